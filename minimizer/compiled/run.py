"""One run as a machine, as in `minimizer.run` and `minimizer.objective`.

`begin` asks for the first point, `tell` takes its value and asks for the next. A run has ended when
`s.status` is not `RUNNING`.
"""

from __future__ import annotations

import math

from ..agreement import EDGE, LEVEL, NEAR
from ..status import Status
from . import initial, search
from . import state as at
from .arithmetic import near, params_agree, set_seed, tolerance_holds, values_agree, vertex_range
from .geometry import start_search
from .initial import FAILED, MADE, is_open, make, remake
from .jitting import jit
from .search import OVER, STAYS, begin_move, tolerances_hold
from .views import is_aborted

RUNNING = -1
SUCCESS = int(Status.SUCCESS)
INITIALIZATION_FAILURE = int(Status.INITIALIZATION_FAILURE)
ABORTED = int(Status.ABORTED)
REINITIALIZATION_FAILURE = int(Status.REINITIALIZATION_FAILURE)
MAX_ITERATIONS_EXCEEDED = int(Status.MAX_ITERATIONS_EXCEEDED)
MAX_EVALUATIONS_EXCEEDED = int(Status.MAX_EVALUATIONS_EXCEEDED)


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
    s.status = RUNNING
    set_seed(s, s.seed)
    make(s, w)
    skip_outside(s, w)
    stop_if_due(s, w)


@jit
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
    if s.shared and is_aborted(w) and not s.abort_seen:
        s.abort_seen, s.tally_status = True, ABORTED
    iterations = s.tally_iterations
    advance(s, w, value)
    skip_outside(s, w)
    followed = s.has_target and s.tally_iterations != iterations and s.status == RUNNING
    if followed and has_come_to_target(s, w):
        s.confirms, s.status = True, SUCCESS
    stop_if_due(s, w)


@jit
def keep(s, w, row, point):
    """Copy a point (n + extra,) to a row."""
    for i in range(s.n + s.extra):
        w.rows[row, i] = point[i]


@jit
def skip_outside(s, w):
    """Let points that are out of bounds be NaN."""
    while s.has_box and s.waiting != at.ENDED and is_outside(s, w):
        advance(s, w, math.nan)


@jit
def is_outside(s, w):
    """Tell whether a parameter is out of bounds (a NaN is not)."""
    for i in range(s.n):
        x = w.rows[at.TRIAL, i]
        if x < w.rows[at.LOWER, i] or x > w.rows[at.UPPER, i]:
            return True
    return False


@jit
def stop_if_due(s, w):
    """End the run if the next point must not be evaluated."""
    if s.status != RUNNING:
        return
    if is_aborted(w) and not s.shared:
        s.status = ABORTED
    elif 0 <= s.max_evaluations <= s.evaluations:
        s.status = MAX_EVALUATIONS_EXCEEDED
    elif 0 <= s.max_iterations <= s.tally_iterations and not is_initial(s):
        s.status = MAX_ITERATIONS_EXCEEDED


@jit
def is_initial(s):
    """Tell whether the point is one of the first simplex."""
    making = s.waiting == at.VERTEX and not s.remaking
    return making or s.waiting == at.GIVEN or s.waiting == at.FIRST


@jit
def advance(s, w, value):
    """Take the value that the run waits for."""
    waiting = s.waiting
    if waiting == at.REFLECTED:
        iteration_goes_on(s, w, search.reflected(s, w, value))
    elif waiting == at.EXPANDED:
        iteration_goes_on(s, w, search.expanded(s, w, value))
    elif waiting == at.OUTSIDE:
        iteration_goes_on(s, w, search.contracted_outside(s, w, value))
    elif waiting == at.INSIDE:
        iteration_goes_on(s, w, search.contracted_inside(s, w, value))
    elif waiting == at.DRAWN:
        iteration_goes_on(s, w, search.drawn(s, w, value))
    elif waiting == at.SHRUNK:
        iteration_goes_on(s, w, search.shrunk(s, w, value))
    elif waiting == at.CENTRE:
        iteration_goes_on(s, w, search.centred(s, w, value))
    elif waiting == at.FIRST:
        making_goes_on(s, w, initial.first(s, w, value))
    elif waiting == at.VERTEX:
        making_goes_on(s, w, initial.vertex(s, w, value))
    elif waiting == at.DRAWN_VERTEX:
        making_goes_on(s, w, initial.drawn_vertex(s, w, value))
    elif waiting == at.GIVEN:
        making_goes_on(s, w, initial.given(s, w, value))


@jit
def iteration_goes_on(s, w, state):
    """Begin the next iteration or, at the end of a search, make a new simplex."""
    if state == STAYS:
        begin_move(s, w)
    elif state == OVER:
        search_is_over(s, w)


@jit
def search_is_over(s, w):
    """Make a new simplex unless the result is stable."""
    if s.remaking:
        s.fixed_only = False
        if is_stable(s, w):
            end_of_run(s, w)
            return
    if not is_open(s):
        end_of_run(s, w)
        return
    keep(s, w, at.BEFORE, w.points[s.best])
    s.before_value = w.values[s.best]
    making_goes_on(s, w, remake(s, w))


@jit
def making_goes_on(s, w, state):
    """Search from the simplex when it is made."""
    if state == MADE:
        if s.remaking:
            s.fixed_only = s.clips and touches(s, w)
        else:
            s.tally_initialized = True
            rescale(s, w)
        start_search(s, w)
        s.before = s.tally_iterations
        begin_move(s, w)
    elif state == FAILED:
        if s.remaking or s.tally_initialized:
            s.tally_status = REINITIALIZATION_FAILURE
        else:
            s.tally_status = INITIALIZATION_FAILURE
        finish(s, w, s.remaking)


@jit
def rescale(s, w):
    """Set ranges that suit the simplex if it is far from the start."""
    same = True
    for i in range(s.n):
        same = same and w.points[0, i] == w.rows[at.START, i]
    if not (s.has_variations or same):
        for i in range(s.n):
            x = w.points[0, i]
            w.rows[at.RUN_RANGES, i] = vertex_range(x, 0.1 * abs(x))


@jit
def touches(s, w):
    """Tell whether a parameter of vertex 0 that is free to move lies on a bound."""
    for i in range(s.n):
        x, lower, upper = w.points[0, i], w.rows[at.LOWER, i], w.rows[at.UPPER, i]
        if lower < upper and (x <= lower or x >= upper):
            return True
    return False


@jit
def is_stable(s, w):
    """Tell whether a search from a new simplex has changed nothing that counts."""
    before, after = s.before_value, w.values[s.best]
    a, b = w.rows[at.BEFORE], w.points[s.best]
    if s.has_tolerances:
        return tolerance_holds(s, a, b) and abs(before - after) <= s.value_tolerance
    if values_agree(s, before, after, 2.0):
        return True
    return s.agree_in_params and (before == after or params_agree(s, w, a, b, at.RUN_RANGES))


@jit
def end_of_run(s, w):
    """Count a run that has converged."""
    if is_open(s):
        s.tally_completed += 1
    finish(s, w, True)


@jit
def finish(s, w, has_result):
    """End the run by itself."""
    s.ended, s.has_result, s.status, s.waiting = True, has_result, s.tally_status, at.ENDED
    if has_result:
        keep(s, w, at.RESULT, w.points[s.best])
        s.result_value = w.values[s.best]


@jit
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
