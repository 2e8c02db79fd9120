"""The user's function, if numba has compiled it; numba is not imported for any other."""

from __future__ import annotations

import sys
import warnings
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from ...common.arrays import Array

if TYPE_CHECKING:
    from ...execution.driver import Driver

FIRST_SLICE = 64  # evaluations between two looks at the clock and at signals; then as time allows


class CompiledFunction:
    """A compiled function with its further arguments, to call or to have runs driven by.

    Raises
    ------
    NotCompilableError
        If it cannot be compiled for these arguments, with the reason.
    """

    def __init__(self, fun: Callable[..., Any], args: tuple[Any, ...]) -> None:
        from .signature import argument_types, pointer_to

        self.fun, self.args = fun, args
        self.pointer, self.address = pointer_to(fun, argument_types(args))
        self.slice = FIRST_SLICE
        self.template: Any = None  # what runs of the last problem begin with

    def __call__(self, params: Array) -> Any:
        """Evaluate; for runs that are watched."""
        return self.fun(params, *self.args)

    def __reduce__(self) -> tuple[Any, ...]:
        return CompiledFunction, (self.fun, self.args)

    def drive(self, driver: Driver) -> None:
        """Carry a run to its end."""
        from ...execution.compiled_driver import drive

        drive(driver, self)


class NotCompilableError(Exception):
    """Why no run can be compiled around a function."""


def is_compiled(fun: Any) -> bool:
    """Tell whether numba has compiled a function."""
    numba = sys.modules.get("numba")
    return numba is not None and isinstance(fun, numba.core.registry.CPUDispatcher)


def compiled_function(fun: Any, args: tuple[Any, ...], stacklevel: int) -> CompiledFunction | None:
    """Return the function to compile runs around, None if it is not or cannot be compiled."""
    if not is_compiled(fun):
        return None
    try:
        return CompiledFunction(fun, args)
    except NotCompilableError as why:
        warnings.warn(
            f"fun is compiled, but a run cannot be compiled around it: {why}. It is called from "
            "Python, which takes longer",
            RuntimeWarning,
            stacklevel=stacklevel,
        )
        return None
