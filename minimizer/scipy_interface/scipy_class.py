"""A result that is an instance of SciPy's `OptimizeResult`, too, where SciPy is imported."""

from __future__ import annotations

import functools
import sys
from typing import Any


def also_scipys(own: type[Any]) -> type[Any]:
    """Return a class or, if SciPy is imported, one that derives from it and from SciPy's."""
    theirs = getattr(sys.modules.get("scipy.optimize"), "OptimizeResult", None)
    return own if theirs is None or issubclass(own, theirs) else _derived((own, theirs))


def own_class(result: Any) -> type[Any]:
    """Return the class that can be imported by its name."""
    own: type[Any] = getattr(type(result), "_derived_from", type(result))
    return own


@functools.cache
def _derived(classes: tuple[type[Any], type[Any]]) -> type[Any]:
    own, _ = classes
    names = ("__module__", "__qualname__", "__doc__")
    fields = {name: getattr(own, name) for name in names}
    return type(own.__name__, classes, fields | {"_derived_from": own})
