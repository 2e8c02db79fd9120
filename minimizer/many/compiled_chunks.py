"""Chunks of many problems, solved in compiled code."""

from __future__ import annotations

from typing import Any

import numpy as np
from numba import types

from ..common.arrays import Array
from ..settings import problem_of
from ..simplex.compiled import state as at
from ..simplex.compiled.entry_points import many_entry, step_address
from ..simplex.compiled.machine import Template, as_limit, template_of
from ..simplex.compiled.signature import argument_types, pointer_to
from .chunks import Problems, Solve
from .results import ManyResults

MOST_RESTARTS = 2**31


def chunk_solver(problems: Problems) -> Solve:
    """Return what solves a slice of the problems and writes to a slice of the results.

    Raises
    ------
    NotCompilableError
        If the function cannot be compiled for the arguments of one problem.
    """
    x0, sizes = problems.x0, problems.sizes
    arrays = argument_types(problems.arguments(slice(0, 1)))
    pointer, address = pointer_to(problems.m.fun, tuple(map(element_type, arrays)))
    solve_chunk, step, template = many_entry(pointer, arrays), step_address(), _template(problems)
    variations = read_only(
        np.broadcast_to(np.zeros(x0.shape[1]), x0.shape) if sizes is None else sizes
    )
    starts = read_only(x0)

    def solve(part: slice, out: ManyResults, flag: Array) -> None:
        machine = template.machine(flag)
        solve_chunk(
            address,
            problems.arguments(part),
            step,
            at.address_of(machine.state),
            machine.work.rows[at.HANDED],
            starts[part],
            variations[part],
            out.params[part],
            out.function_value[part],
            out.status[part],
            out.counts[part],
        )

    return solve


def _template(problems: Problems) -> Template:
    """Return what all problems begin with; their starts are set one by one."""
    m, n = problems.m, problems.x0.shape[1]
    box = m.box(n)
    start = np.zeros(n) if box is None else box.clip(np.zeros(n))
    problem = problem_of(m, start, None if problems.sizes is None else problems.sizes[0], None)
    shared, iterations = not problem.rules.independent_runs, as_limit(m.max_iterations)
    known = {
        "in_rounds": True,
        "pairs": m.schedule == "pairs",
        "random_seed": m.random_seed,
        "max_restarts": min(m.max_restarts, MOST_RESTARTS),
        "shared": shared,
        "max_tally": iterations if shared else -1,
        "all_iterations": -1 if shared else iterations,
        "all_evaluations": as_limit(m.max_evaluations),
    }
    scalars, work = template_of(problem)
    return Template(scalars | known, work)


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
