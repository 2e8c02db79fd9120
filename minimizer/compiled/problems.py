"""Many problems one after another, in compiled code."""

from __future__ import annotations

from ..status import Status
from . import state as at
from .arithmetic import vertex_range
from .jitting import entry, jit
from .loops import hand_out, take_back
from .rounds import (
    UNDECIDED,
    VALUE,
    begin_rounds,
    decide,
    ends_round,
    final_status,
    is_enough_for_two,
    prepare_run,
    rounds_at_most,
    seeds_per_round,
    take_run,
)
from .run import ABORTED, INITIALIZATION_FAILURE, RUNNING, begin, tell
from .take import take
from .views import is_aborted, view_of

FUNCTION_FAILURE = int(Status.FUNCTION_FAILURE)


@jit
def set_start(s, w, x, variations):
    """Set the start, which is within the box, and the ranges there."""
    for i in range(s.n):
        size = variations[i] if s.has_variations else 0.1 * abs(x[i])
        w.rows[at.START, i] = x[i]
        w.rows[at.RANGES, i] = vertex_range(x[i], size)
        if s.has_variations:
            w.rows[at.VARIATIONS, i] = variations[i]


@jit
def solve(fun, args, s, w, handed, results):
    """Make rounds of runs for one problem; return the overall status."""
    begin_rounds(s)
    for i in range(rounds_at_most(s)):
        in_two = seeds_per_round(s) == 2 and is_enough_for_two(s)
        all_failed, any_aborted = True, False
        for k in range(seeds_per_round(s)):
            prepare_run(s, w, results, i, k, in_two)
            begin(s, w)
            while s.status == RUNNING:
                hand_out(s, w, handed)
                value = float(fun(handed, *args))
                take_back(s, w, handed)
                tell(s, w, value)
            take_run(s, w, results)
            all_failed = all_failed and s.status == INITIALIZATION_FAILURE
            any_aborted = any_aborted or s.status == ABORTED
            if ends_round(s):
                break
        status = decide(s, w, results, all_failed, any_aborted)
        if status != UNDECIDED:
            return status
    return final_status(s)


@entry
def solve_many(
    fun, args, x0, variations, s, address, handed, results, params, values, status, counts
):
    """Solve the problems of a chunk; those not begun when the flag is set are left as they are."""
    w = view_of(address)
    for i in range(len(x0)):
        if is_aborted(w):
            break
        set_start(s, w, x0[i], variations[i])
        arguments = take(args, i)
        failed = False
        try:
            status[i] = solve(fun, arguments, s, w, handed, results)
        except Exception:
            failed = True
        if failed:
            status[i] = FUNCTION_FAILURE
            s.total_iterations += s.tally_iterations - s.run_iterations
            s.total_evaluations += s.evaluations + 1
        elif s.has_overall:
            for j in range(s.n):
                params[i, j] = results[0, j]
            values[i] = results[0, s.n + s.extra + VALUE]
        counts[i, 0], counts[i, 1] = s.total_iterations, s.total_evaluations
