"""One source for interpreted and compiled runs: the functions that numba may compile.

A function marked `compilable` remains plain Python. When a run is compiled,
`simplex.compiled.jit` compiles a twin of each; the twins call each other.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

F = TypeVar("F", bound=Callable[..., Any])

COMPILABLE: list[Callable[..., Any]] = []


def compilable(function: F) -> F:
    """Mark a function of the algorithm; it is returned unchanged.

    The twins find each other by name, so no two functions may have the same name.
    """
    name, module = function.__name__, function.__module__
    for other in COMPILABLE:
        if other.__name__ == name and other.__module__ != module:
            raise ValueError(
                f"{other.__module__} has a compilable {name!r}, too; rename one of them"
            )
    COMPILABLE.append(function)
    return function
