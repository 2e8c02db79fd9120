"""The loops between the machine and the user's function; both are called at addresses.

So nothing but these lines is compiled for other types of arguments.
"""

from __future__ import annotations

from ...common.status import Status
from . import state as at
from .arithmetic import vertex_range
from .array_types import load_flag, view_of
from .function_pointers import call
from .jit import entry, jit
from .step import BEGIN_PROBLEM, BEGIN_RUN, TELL
from .take import take

FUNCTION_FAILURE = int(Status.FUNCTION_FAILURE)


@entry
def drive(fun, args, step, s, handed, evaluations):
    """Carry a run on for so many evaluations; tell whether it has ended."""
    if s.status == at.FRESH:
        call(step, s, (BEGIN_RUN, 0.0))
    for _ in range(evaluations):
        if s.status != at.RUNNING:
            break
        call(step, s, (TELL, float(call(fun, handed, args))))
    return s.status != at.RUNNING


@entry
def solve_many(fun, args, step, s, handed, x0, variations, params, values, status, counts):
    """Solve the problems of a chunk; those not begun when the flag is set are left as they are."""
    w = view_of(s.base, s.n, s.n + s.extra)
    for i in range(len(x0)):
        if load_flag(s.abort_at) != 0:
            break
        set_start(s, w, x0[i], variations[i])
        failed = False
        try:
            solve(fun, take(args, i), step, s, handed)
        except Exception:
            failed = True
        if failed:
            s.status = FUNCTION_FAILURE
            s.total_iterations += s.tally_iterations - s.run_iterations
            s.total_evaluations += s.evaluations + 1
        elif s.has_overall:
            for j in range(s.n):
                params[i, j] = w.results[0, j]
            values[i] = w.results[0, s.n + s.extra + at.VALUE]
        status[i] = s.status
        counts[i, 0], counts[i, 1] = s.total_iterations, s.total_evaluations


@jit
def solve(fun, args, step, s, handed):
    """Carry all runs of a problem to their end."""
    goes_on = call(step, s, (BEGIN_PROBLEM, 0.0))
    while goes_on:
        goes_on = call(step, s, (TELL, float(call(fun, handed, args))))


@jit
def set_start(s, w, x, variations):
    """Set the start, which is within the box, and the ranges there."""
    for i in range(s.n):
        size = variations[i] if s.has_variations else 0.1 * abs(x[i])
        w.rows[at.START, i] = x[i]
        w.rows[at.RANGES, i] = vertex_range(x[i], size)
        if s.has_variations:
            w.rows[at.VARIATIONS, i] = variations[i]
