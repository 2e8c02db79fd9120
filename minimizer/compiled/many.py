"""Chunks of many problems, solved in compiled code."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numba
import numpy as np
from numba import types

from ..core import Minimizer
from ..limits import Array
from ..prepare import problem_of
from . import state as at
from .function import NotCompilableError
from .machine import as_limit, new_machine
from .problems import solve_many
from .rounds import N_COLUMNS, N_RESULTS
from .signature import PARAMS, argument_types, pointer_type_for

MOST_RESTARTS = 2**31

_entries: dict[Any, Any] = {}


def chunk_solver(m: Minimizer, args: tuple[Array, ...], x0: Array, sizes: Array | None) -> Callable:
    """Return what solves a slice of the problems and writes to a slice of the results.

    `m` has the settings, `x0` (P, n) and `sizes` (P, n) are the starts.

    Raises
    ------
    NotCompilableError
        If the function cannot be compiled for the arguments of one problem.
    """
    if m.max_seconds is not None:
        raise NotCompilableError("a time limit for each problem needs a clock (max_seconds)")
    pointer = pointer_type_for(m.fun, tuple(element_type(t) for t in argument_types(args)))
    template, _ = _machine(m, x0, sizes, np.zeros(1, np.int64))
    variations = np.broadcast_to(np.zeros(x0.shape[1]), x0.shape) if sizes is None else sizes
    width = x0.shape[1] + m.extra_array_elements

    def solve(part: slice, out: Any, flag: Array) -> None:
        state, work = _machine(m, x0, sizes, flag)
        state[:] = template
        table = at.table_of(work)
        entry(pointer, argument_types(args))(
            m.fun,
            tuple(arg[part] for arg in args),
            x0[part],
            read_only(variations[part]),
            state[0],
            table.ctypes.data,
            work.handed,
            np.zeros((N_RESULTS, width + N_COLUMNS)),
            out.params[part],
            out.function_value[part],
            out.status[part],
            out.counts[part],
        )

    return solve


def _machine(m: Minimizer, x0: Array, sizes: Array | None, flag: Array) -> Any:
    """Return the machine of the first problem; the starts of the others are set one by one."""
    box = m.box(x0.shape[1])
    start = np.zeros(x0.shape[1]) if box is None else box.clip(np.zeros(x0.shape[1]))
    problem = problem_of(m, start, None if sizes is None else sizes[0], None)
    state, work = new_machine(problem, flag)
    state["pairs"], state["random_seed"] = m.schedule == "pairs", m.random_seed
    state["max_restarts"] = min(m.max_restarts, MOST_RESTARTS)
    state["all_evaluations"] = as_limit(m.max_evaluations)
    iterations = as_limit(m.max_iterations)
    state["shared"] = not problem.rules.independent_runs
    state["max_tally"] = iterations if state["shared"][0] else -1
    state["all_iterations"] = -1 if state["shared"][0] else iterations
    return state, work


def element_type(array_type: Any) -> Any:
    """Return the type of the elements of an array along its first axis."""
    if array_type.ndim == 1:
        return array_type.dtype
    return array_type.copy(ndim=array_type.ndim - 1)


def read_only(array: Array) -> Array:
    """Return a view of one type, whatever the array's layout."""
    view = array.view()
    view.flags.writeable = False
    return view


def entry(pointer: Any, arg_types: tuple[Any, ...]) -> Any:
    """Return the loop for functions and arguments of these types, compiled or from the cache."""
    key = pointer, arg_types
    if key not in _entries:
        matrix = types.float64[:, ::1]
        signature = (
            pointer,
            types.Tuple(arg_types),
            matrix,
            types.Array(types.float64, 2, "A", readonly=True),
            numba.from_dtype(at.SCALARS),
            types.intp,
            PARAMS,
            matrix,
            matrix,
            PARAMS,
            types.int8[::1],
            types.int64[:, ::1],
        )
        _entries[key] = solve_many.compile(signature)
    return _entries[key]
