"""Addresses of compiled functions, and the loops around them, each compiled once."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from typing import Any

from numba import types

from . import loops
from .function_pointers import Pointer
from .state_type import state_view
from .step import step

PARAMS = types.float64[::1]
_MATRIX = types.float64[:, ::1]
_STEP = Pointer(types.boolean, (state_view, types.int64, types.float64))


def address_of(result: Any) -> int:
    """Return where compiled code begins."""
    address: int = result.library.get_pointer_to_function(result.fndesc.llvm_func_name)
    return address


@cache
def step_address() -> int:
    """Return where the machine begins, compiled or read from numba's cache."""
    step.compile(_STEP.arguments)
    return address_of(step.overloads[_STEP.arguments])


@cache
def drive_entry(fun: Pointer) -> Callable[..., bool]:
    """Return the loop of a run for functions of a type."""
    given = types.Tuple(fun.arguments[1:])
    loop: Any = loops.drive.compile((fun, given, _STEP, state_view, PARAMS, types.int64))
    return loop


@cache
def many_entry(fun: Pointer, arrays: tuple[Any, ...]) -> Callable[..., None]:
    """Return the loop over problems for functions of a type and arrays of arguments."""
    loop: Any = loops.solve_many.compile(
        (
            fun,
            types.Tuple(arrays),
            _STEP,
            state_view,
            PARAMS,
            types.Array(types.float64, 2, "A", readonly=True),
            types.Array(types.float64, 2, "A", readonly=True),
            _MATRIX,
            types.float64[::1],
            types.int8[::1],
            types.int64[:, ::1],
        )
    )
    return loop
