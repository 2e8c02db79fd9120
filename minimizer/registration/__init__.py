"""Image registration with the minimizer: from two images to a function of a few parameters.

`register` does everything; `RegistrationCost` is an ordinary function for any minimizer. Both need
SciPy (extra ``registration``), and are about ten times faster with numba, which the extra installs
as well. SciPy and numba are imported on first use.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

from ..common.extras import require

if TYPE_CHECKING:
    from .affine_map import AffineMap
    from .cost import RegistrationCost
    from .files.itk import read_itk, write_itk
    from .geometry import Grid
    from .initial import from_landmarks, from_moments
    from .level_record import LevelRecord
    from .pairwise import register
    from .result import RegistrationResult
    from .stack import register_stack
    from .stack_result import StackResult

_HOME = {
    "AffineMap": "affine_map",
    "Grid": "geometry",
    "LevelRecord": "level_record",
    "RegistrationCost": "cost",
    "RegistrationResult": "result",
    "StackResult": "stack_result",
    "from_landmarks": "initial",
    "from_moments": "initial",
    "read_itk": "files.itk",
    "register": "pairwise",
    "register_stack": "stack",
    "write_itk": "files.itk",
}

__all__ = [
    "AffineMap",
    "Grid",
    "LevelRecord",
    "RegistrationCost",
    "RegistrationResult",
    "StackResult",
    "from_landmarks",
    "from_moments",
    "read_itk",
    "register",
    "register_stack",
    "write_itk",
]


def __getattr__(name: str) -> Any:
    """Import a public name on first use."""
    if name not in _HOME:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    require("scipy.ndimage", extra="registration")
    return getattr(importlib.import_module(f".{_HOME[name]}", __name__), name)


def __dir__() -> list[str]:
    return sorted([*globals(), *__all__])
