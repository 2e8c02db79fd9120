"""Image registration with the minimizer: the adapter between images and a function of parameters.

`register` does it all; `RegistrationCost` is an ordinary function for any minimizer. Needs SciPy
(extra ``registration``), and is some ten times faster with numba, which the extra brings, too. Both
are imported when they are needed first.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

from ..common.extras import require

if TYPE_CHECKING:
    from .cost import RegistrationCost
    from .files.itk import read_itk, write_itk
    from .pairwise import register
    from .result import LevelRecord, RegistrationResult
    from .stack import register_stack
    from .stack_result import StackResult

_HOME = {
    "LevelRecord": "result",
    "RegistrationCost": "cost",
    "RegistrationResult": "result",
    "StackResult": "stack_result",
    "read_itk": "files.itk",
    "register": "pairwise",
    "register_stack": "stack",
    "write_itk": "files.itk",
}

__all__ = [
    "LevelRecord",
    "RegistrationCost",
    "RegistrationResult",
    "StackResult",
    "read_itk",
    "register",
    "register_stack",
    "write_itk",
]


def __getattr__(name: str) -> Any:
    """Import a public name when it is asked for."""
    if name not in _HOME:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    require("scipy.ndimage", extra="registration")
    return getattr(importlib.import_module(f".{_HOME[name]}", __name__), name)


def __dir__() -> list[str]:
    return sorted([*globals(), *__all__])
