"""Chunks of many problems, solved in compiled code."""

from __future__ import annotations

from typing import Any

import numpy as np
from numba import types

from ..common.arrays import Array
from ..settings import plan_of, problem_of
from ..simplex.compiled.entry_points import many_entry, step_address
from ..simplex.compiled.function import argument_types, pointer_to
from ..simplex.compiled.packing import address_of, packed_rounds, packed_run
from ..simplex.initial_state import state_of
from ..simplex.method import rounds_of
from ..simplex.run_spec import RunSpec
from .chunks import Problems, Solve
from .results import ManyResults


def chunk_solver(problems: Problems) -> Solve:
    """Return a function that solves a slice of the problems and writes to a slice of the results.

    Raises
    ------
    NotCompilableError
        If the function cannot be compiled for the arguments of one problem.
    """
    m, x0, sizes = problems.m, problems.x0, problems.sizes

    def arguments(where: slice) -> tuple[Array, ...]:
        """Return the arguments of some problems in arrays that numba has one type for."""
        parts = (arg[where] for arg in problems.args)
        return tuple(np.require(a, a.dtype.newbyteorder("="), ["C", "W"]) for a in parts)

    arrays = argument_types(arguments(slice(0, 1)))
    pointer, address = pointer_to(m.fun, tuple(map(element_type, arrays)))
    solve_chunk, step = many_entry(pointer, arrays), step_address()
    zeros, box = np.zeros(x0.shape[1]), m.box(x0.shape[1])
    starts = read_only(x0)
    variations = read_only(np.broadcast_to(zeros, x0.shape) if sizes is None else sizes)
    start = zeros if box is None else box.clip(zeros)  # any
    problem = problem_of(m, start, None if sizes is None else sizes[0], None)
    run = state_of(problem, RunSpec(0), 0)
    rounds = rounds_of(problem, **plan_of(m))

    def solve(part: slice, out: ManyResults, flag: Array) -> None:
        r, s, fresh = packed_rounds(rounds), packed_run(run), packed_run(run)
        solve_chunk(
            address,
            arguments(part),
            step,
            r.address,
            s.address,
            fresh.address,
            s.row("handed"),
            address_of(flag),
            starts[part],
            variations[part],
            out.params[part],
            out.function_value[part],
            out.status[part],
            out.counts[part],
        )

    return solve


def element_type(array_type: Any) -> types.Type:
    """Return the type of the elements of an array along its first axis."""
    if array_type.ndim == 1:
        return array_type.dtype
    return array_type.copy(ndim=array_type.ndim - 1)


def read_only(array: Array) -> Array:
    """Return a view of one type, whatever the array may be."""
    view = array.view()
    view.flags.writeable = False
    return view
