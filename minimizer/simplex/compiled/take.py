"""The arguments of one problem out of those of many."""

from __future__ import annotations

from typing import Any

from numba import types
from numba.extending import overload


def take(args: Any, i: int) -> Any:
    """Return element i of every array."""
    return tuple(arg[i] for arg in args)


@overload(take)
def _take(args, i):
    if not isinstance(args, types.BaseTuple):
        return None
    if len(args) == 0:
        return lambda args, i: ()
    if len(args) == 1:
        return lambda args, i: (args[0][i],)
    return lambda args, i: (args[0][i], *take(args[1:], i))
