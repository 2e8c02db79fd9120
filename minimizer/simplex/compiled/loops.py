"""The algorithm as compiled functions, and the loops between it and the user's function.

Both are called at addresses, so that nothing but the loops is compiled for other types of
arguments. They are over when the status of the run is not `RUNNING`.
"""

from __future__ import annotations

from typing import Any

from numba import types
from numba.extending import overload

from ...common.status import Status
from ..agreement import VALUE
from ..rounds import UNDECIDED
from ..state import ABORTED, FRESH, RUNNING
from . import kernels  # noqa: F401  # they are known when they are imported
from .function_pointers import call
from .jit import compiled_source, entry, leaf, short_entry
from .state_type import load_flag, restore

_source = compiled_source("tell", "assign", "begin_rounds", "end_run", *["stop_if_due"] * 2)
start_run, tell, stop_if_due = (_source[name] for name in ("start_run", "tell", "stop_if_due"))
begin_rounds, end_run = _source["begin_rounds"], _source["end_run"]
assign, vertex_range = _source["assign"], _source["vertex_range"]

BEGIN, TELL, BEGIN_ROUNDS, TELL_ROUNDS = 0, 1, 2, 3

_FUNCTION_FAILURE = int(Status.FUNCTION_FAILURE)


@entry
def step(r, s, fresh, what, value, ends):
    """Begin a run, or take the value at the point that was handed out; hand out the next.

    This is for a single run, or for all runs of a problem; `fresh` is then a run that has not
    begun.
    """
    if what == BEGIN_ROUNDS:
        restore(s, fresh)
        begin_rounds(r)
    elif what == BEGIN:
        start_run(s)
    else:
        for i in range(s.n, s.n + s.extra):
            s.trial[i] = s.handed[i]
        tell(s, value, ends == ABORTED)
    stop_if_due(s, ends)
    while what >= BEGIN_ROUNDS and s.status != RUNNING:
        if s.status != FRESH:
            status = end_run(r, s)
            if status != UNDECIDED:
                s.status = status
                break
        begin_again(r, s, fresh)
        start_run(s)
        stop_if_due(s, ends)
    s.handed = s.trial  # a copy, which the function may change
    return s.status == RUNNING


@leaf
def begin_again(r, s, fresh):
    """Reset a run to the next one of the rounds."""
    restore(s, fresh)
    assign(s, r)
    s.run_ranges = s.ranges
    values, true_values, points = s.values, s.true_values, s.points
    for v in range(s.n + 1):
        values[v] = true_values[v] = fresh.values[v]
        for i in range(s.n + s.extra):
            points[v][i] = 0.0


@entry
def drive(fun, args, step, r, s, handed, flag_at, evaluations):
    """Continue a run for at most this many evaluations; return whether it has ended."""
    if s.status == FRESH:
        call(step, r, (s, s, BEGIN, 0.0, load_flag(flag_at)))
    for _ in range(evaluations):
        if s.status != RUNNING:
            break
        value = float(call(fun, handed, args))
        call(step, r, (s, s, TELL, value, load_flag(flag_at)))
    return s.status != RUNNING


@short_entry
def step_once(step, r, s, what, value, ends):
    """Run the algorithm between two calls of a Python function."""
    return call(step, r, (s, s, what, value, ends))


@entry
def solve_many(
    fun, args, step, r, s, fresh, handed, flag_at, x0, variations, params, values, status, counts
):
    """Solve the problems of a chunk; those not begun when the flag is set are left unsolved."""
    for i in range(len(x0)):
        if load_flag(flag_at) != 0:
            break
        set_start(s, x0[i], variations[i])
        failed = False
        try:
            solve(fun, element(args, i), step, r, s, fresh, handed, flag_at)
        except Exception:
            failed = True
        if failed:
            s.status = _FUNCTION_FAILURE
            r.total_iterations += s.iterations - s.before_run
            r.total_evaluations += s.evaluations + 1
        elif r.has_overall:
            best = r.results[0]
            for j in range(s.n):
                params[i, j] = best[j]
            values[i] = best[s.n + s.extra + VALUE]
        status[i] = s.status
        counts[i, 0], counts[i, 1] = r.total_iterations, r.total_evaluations


@leaf
def solve(fun, args, step, r, s, fresh, handed, flag_at):
    """Complete all runs of a problem."""
    goes_on = call(step, r, (s, fresh, BEGIN_ROUNDS, 0.0, load_flag(flag_at)))
    while goes_on:
        value = float(call(fun, handed, args))
        goes_on = call(step, r, (s, fresh, TELL_ROUNDS, value, load_flag(flag_at)))


@leaf
def set_start(s, x, variations):
    """Set the start, which is within the box, and the ranges there."""
    for i in range(s.n):
        size = variations[i] if s.has_variations else 0.1 * abs(x[i])
        s.start[i] = x[i]
        s.ranges[i] = vertex_range(x[i], size)
        if s.has_variations:
            s.variations[i] = variations[i]


def element(args: Any, i: int) -> Any:
    """Return element i of every array, the arguments of one problem out of those of many."""
    return tuple(arg[i] for arg in args)


@overload(element)
def _element(args, i):
    if not isinstance(args, types.BaseTuple):
        return None
    if len(args) == 0:
        return lambda args, i: ()
    if len(args) == 1:
        return lambda args, i: (args[0][i],)
    return lambda args, i: (args[0][i], *element(args[1:], i))
