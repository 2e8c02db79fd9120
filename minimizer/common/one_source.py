"""One source for two kinds of runs: the functions that numba may compile, as they stand.

A function marked `compilable` is plain Python, and stays so. When a run is compiled,
`simplex.compiled.jit` tells numba of all of them, so that it finds in their place what it compiles
from the same source.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

F = TypeVar("F", bound=Callable[..., Any])

COMPILABLE: list[Callable[..., Any]] = []


def compilable(function: F) -> F:
    """Mark a function of the algorithm; it is returned as it is."""
    COMPILABLE.append(function)
    return function
