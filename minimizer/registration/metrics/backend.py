"""The code that computes the sums: numba where it is installed, otherwise SciPy."""

from __future__ import annotations

import importlib
from collections.abc import Callable
from typing import Any, NamedTuple

from ...common.extras import require
from .pose_sums import pose_sums


class Backend(NamedTuple):
    """The functions that sum over the pixels."""

    name: str
    moments: Callable[..., None]
    joint: Callable[..., None]
    gradient: Callable[..., None]
    gram: Callable[..., None]
    poses: Callable[..., None]
    robust: Callable[..., None]


def find_backend(name: str | None, ndim: int) -> Backend:
    """Return a backend: "numba", "scipy", or None for the fastest available.

    The numba backend is for two and three dimensions.

    Raises
    ------
    ImportError
        If numba is requested and not installed.
    ValueError
        For other names, and if numba is requested for other dimensions.

    Examples
    --------
    >>> find_backend("scipy", 2).name
    'scipy'
    """
    if name not in (None, "numba", "scipy"):
        raise ValueError(f"backend is {name!r}; it must be None, 'numba' or 'scipy'")
    if name == "numba":
        require("numba", extra="registration")
        if ndim not in (2, 3):
            raise ValueError(
                f"backend is 'numba', which is for 2 or 3 dimensions, and the images have {ndim}; "
                "omit backend"
            )
    if name != "scipy" and ndim in (2, 3) and _has_numba():
        kernels: Any = importlib.import_module(".numba_kernels", __package__)
        sums = kernels.MOMENTS[ndim], kernels.JOINT[ndim], kernels.GRADIENT[ndim]
        return Backend("numba", *sums, kernels.GRAM[ndim], kernels.pose_sums, kernels.ROBUST[ndim])
    plain: Any = importlib.import_module(".scipy_kernels", __package__)
    sums = plain.moments, plain.joint, plain.gradient
    return Backend("scipy", *sums, plain.gram, pose_sums, plain.robust)


def _has_numba() -> bool:
    """Return whether numba can be imported."""
    try:
        importlib.import_module("numba")
    except ImportError:
        return False
    return True
