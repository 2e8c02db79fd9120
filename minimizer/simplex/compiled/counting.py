"""What is counted, kept and watched from point to point, as in `minimizer.execution.driver`.

`begin` asks for the first point, `tell` takes its value and asks for the next. A run has ended when
`s.status` is not `RUNNING`.
"""

from __future__ import annotations

import math

from ...common.status import Status
from ..agreement import EDGE, LEVEL, NEAR
from . import state as at
from .arithmetic import near, set_seed, values_agree
from .array_types import load_flag
from .geometry import keep
from .initial_simplex import make
from .jit import jit, leaf, part
from .run import SUCCESS, advance
from .search import tolerances_hold

ABORTED = int(Status.ABORTED)
MAX_ITERATIONS_EXCEEDED = int(Status.MAX_ITERATIONS_EXCEEDED)
MAX_EVALUATIONS_EXCEEDED = int(Status.MAX_EVALUATIONS_EXCEEDED)
MAX_SECONDS_EXCEEDED = int(Status.MAX_SECONDS_EXCEEDED)


@jit
def begin(s, w):
    """Begin a run with what the record says of it, and ask for its first point."""
    never_evaluated = math.inf if s.nan_ranks_worst else 0.0
    for v in range(s.n + 1):
        w.values[v] = never_evaluated
        for i in range(s.n + s.extra):
            w.points[v, i] = 0.0
    for i in range(s.n):
        w.rows[at.RUN_RANGES, i] = w.rows[at.RANGES, i]
    if not s.shared:
        s.tally_status, s.tally_initialized = SUCCESS, False
        s.tally_iterations = s.tally_completed = 0
    s.run_iterations = s.tally_iterations
    s.best = s.next_worst = s.worst = s.nan_reflections = 0
    s.evaluations = s.nan_evaluations = 0
    s.reach, s.first, s.best_value = 0.0, math.nan, math.nan
    s.fixed_only = s.has_first = s.has_best = s.has_result = s.ended = s.confirms = False
    s.status = at.RUNNING
    set_seed(s, s.seed)
    make(s, w)
    skip_outside(s, w)
    stop_if_due(s, w)


@part
def tell(s, w, value):
    """Take the value of the point, and ask for the next."""
    s.evaluations += 1
    if math.isnan(value):
        s.nan_evaluations += 1
    else:
        if not s.has_first:
            s.has_first, s.first = True, value
        if not s.has_best or value < s.best_value:
            s.has_best, s.best_value = True, value
            keep(s, w, at.BEST, w.rows[at.TRIAL])
    if s.shared and is_aborted(s) and not s.abort_seen:
        s.abort_seen, s.tally_status = True, ABORTED
    iterations = s.tally_iterations
    advance(s, w, value)
    skip_outside(s, w)
    followed = s.has_target and s.tally_iterations != iterations and s.status == at.RUNNING
    if followed and has_come_to_target(s, w):
        s.confirms, s.status = True, SUCCESS
    stop_if_due(s, w)


@jit
def skip_outside(s, w):
    """Let points that are out of bounds be NaN."""
    while s.has_box and s.waiting != at.ENDED and is_outside(s, w):
        advance(s, w, math.nan)


@leaf
def is_outside(s, w):
    """Tell whether a parameter is out of bounds (a NaN is not)."""
    for i in range(s.n):
        x = w.rows[at.TRIAL, i]
        if x < w.rows[at.LOWER, i] or x > w.rows[at.UPPER, i]:
            return True
    return False


@leaf
def stop_if_due(s, w):
    """End the run if the next point must not be evaluated."""
    if s.status != at.RUNNING:
        return
    if load_flag(s.abort_at) != 0 and not (s.shared and is_aborted(s)):
        s.status = ABORTED if is_aborted(s) else MAX_SECONDS_EXCEEDED
    elif 0 <= s.max_evaluations <= s.evaluations:
        s.status = MAX_EVALUATIONS_EXCEEDED
    elif 0 <= s.max_iterations <= s.tally_iterations and not is_initial(s):
        s.status = MAX_ITERATIONS_EXCEEDED


@leaf
def is_aborted(s):
    """Tell whether the call is aborted, not just late."""
    flag = load_flag(s.abort_at)
    return flag != 0 and flag != MAX_SECONDS_EXCEEDED


@leaf
def is_initial(s):
    """Tell whether the point is one of the first simplex."""
    making = s.waiting == at.VERTEX and not s.remaking
    return making or s.waiting == at.GIVEN or s.waiting == at.FIRST


@part
def has_come_to_target(s, w):
    """Tell whether the whole simplex has come to another run's result (R14)."""
    lowest, highest = w.values[s.best], w.values[s.worst]
    if not math.isfinite(highest):
        return False
    x, value = w.rows[at.TARGET], s.target_value
    if s.has_tolerances:
        return tolerances_hold(s, w, x, value)
    wide = s.nan_reflections > 0 and s.target_at_edge and s.agree_at_edge
    factor = 1.0 / EDGE if wide else 1.0
    if values_agree(s, lowest, value, factor) and values_agree(s, highest, value, factor):
        return True
    if max(highest - value, value - lowest) > LEVEL * s.target_descent:
        return False
    for v in range(s.n + 1):
        if not near(s, w, w.points[v], x, NEAR, at.RANGES):
            return False
    return True
