"""Addresses of compiled functions, and the loops around them, each compiled once."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from typing import Any

from numba import types

from . import loops
from .function_pointers import Pointer
from .state_type import rounds_state, run_state

PARAMS = types.float64[::1]
_MATRIX = types.float64[:, ::1]
_READ_ONLY = types.Array(types.float64, 2, "A", readonly=True)
_STEP = Pointer(
    types.boolean,
    (rounds_state, run_state, run_state, types.int64, types.float64, types.int64),
)
_ONCE = (_STEP, rounds_state, run_state, types.int64, types.float64, types.int64)


def address_of(result: Any) -> int:
    """Return the address at which compiled code begins."""
    address: int = result.library.get_pointer_to_function(result.fndesc.llvm_func_name)
    return address


@cache
def step_address() -> int:
    """Return the address of the algorithm, compiled or read from numba's cache."""
    loops.step.compile(_STEP.arguments)
    return address_of(loops.step.overloads[_STEP.arguments])


@cache
def step_entry() -> Callable[..., bool]:
    """Return the algorithm of a single run as Python calls it, with its address."""
    once: Any = loops.step_once.compile(_ONCE)
    return once


def is_loaded() -> bool:
    """Return whether this process has already loaded the compiled algorithm."""
    return _STEP.arguments in loops.step.overloads and _ONCE in loops.step_once.overloads


def is_cached() -> bool:
    """Return whether numba's cache has the compiled algorithm."""
    return all(
        function._cache.load_overload(arguments, function.targetctx) is not None
        for function, arguments in ((loops.step, _STEP.arguments), (loops.step_once, _ONCE))
    )


@cache
def drive_entry(fun: Pointer) -> Callable[..., bool]:
    """Return the loop of a run for functions of a type."""
    given = types.Tuple(fun.arguments[1:])
    loop: Any = loops.drive.compile(
        (fun, given, _STEP, rounds_state, run_state, PARAMS, types.int64, types.int64)
    )
    return loop


@cache
def many_entry(fun: Pointer, arrays: tuple[Any, ...]) -> Callable[..., None]:
    """Return the loop over problems for functions of a type and arrays of arguments."""
    loop: Any = loops.solve_many.compile(
        (
            fun,
            types.Tuple(arrays),
            _STEP,
            rounds_state,
            run_state,
            run_state,
            PARAMS,
            types.int64,
            _READ_ONLY,
            _READ_ONLY,
            _MATRIX,
            types.float64[::1],
            types.int8[::1],
            types.int64[:, ::1],
        )
    )
    return loop
