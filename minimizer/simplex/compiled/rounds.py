"""Rounds of runs until two results agree, as in `minimizer.simplex.rounds`, for many problems.

Records of runs are rows of `w.results`: a point (n + extra,), value, descent, and whether the last
search met NaN. Row 0 is the best, rows 1 … are those that agree with it.
"""

from __future__ import annotations

import math

from ...common.status import Status
from ..agreement import EDGE, EPSILON
from ..rounds import _ONE_SEARCH, _SECOND_SEED, WIDER
from . import state as at
from .arithmetic import params_agree, values_agree, wrap_seed
from .counting import (
    ABORTED,
    MAX_EVALUATIONS_EXCEEDED,
    MAX_ITERATIONS_EXCEEDED,
    MAX_SECONDS_EXCEEDED,
    begin,
)
from .jit import jit, part
from .run import INITIALIZATION_FAILURE, REINITIALIZATION_FAILURE, SUCCESS
from .state import AT_EDGE, DESCENT, N_COLUMNS, VALUE

UNDECIDED = -1
MAX_RESTARTS_EXCEEDED = int(Status.MAX_RESTARTS_EXCEEDED)


@part
def begin_problem(s, w):
    """Reset everything that runs share, and begin the first."""
    s.tally_status, s.tally_initialized, s.abort_seen = SUCCESS, False, False
    s.tally_iterations = s.tally_completed = 0
    s.total_iterations = s.total_evaluations = s.n_candidates = 0
    s.has_overall = s.overall_counts = False
    s.left_iterations, s.left_evaluations = s.all_iterations, s.all_evaluations
    s.round = s.run = 0
    begin_run(s, w)


@jit
def begin_run(s, w):
    """Begin the next run, and if it is the first of a round, the round."""
    if s.run == 0:
        s.in_two = seeds_per_round(s) == 2 and is_enough_for_two(s)
        s.all_failed, s.any_aborted = True, False
    prepare_run(s, w)
    begin(s, w)


@part
def end_run(s, w):
    """Take what a run came to; return the overall status, `UNDECIDED` if there is another run."""
    take_run(s, w)
    s.all_failed = s.all_failed and s.status == INITIALIZATION_FAILURE
    s.any_aborted = s.any_aborted or s.status == ABORTED
    s.run += 1
    if s.run < seeds_per_round(s) and not ends_round(s):
        return UNDECIDED
    s.run = 0
    s.round += 1
    status = decide(s, w)
    if status == UNDECIDED and s.round == rounds_at_most(s):
        return final_status(s)
    return status


@jit
def seeds_per_round(s):
    """How many runs a round has."""
    return 2 if s.pairs and s.max_restarts > 0 else 1


@jit
def rounds_at_most(s):
    """How many rounds there may be: two single runs stand for a pair."""
    return s.max_restarts + 1 if s.pairs else 2 * (s.max_restarts + 1)


@part
def prepare_run(s, w):
    """Set seed, size, limits and target of the next run."""
    i, k, in_two = s.round, s.run, s.in_two
    s.seed = wrap_seed(s.random_seed + i + (_SECOND_SEED if k == 1 else 0))
    second = k == 1 if s.pairs else i % 2 == 1
    guessed = not s.has_variations and s.wider_second_run
    s.width = WIDER if guessed and second else 1.0
    if k == 0 or not in_two:
        s.share_iterations, s.share_evaluations = s.left_iterations, s.left_evaluations
    if k == 0 and in_two:
        s.second_iterations, s.second_evaluations = s.left_iterations, s.left_evaluations
        if s.left_iterations >= 0:
            s.second_iterations = s.left_iterations // 2
            s.share_iterations = s.left_iterations - s.second_iterations
        if s.left_evaluations >= 0:
            s.second_evaluations = s.left_evaluations // 2
            s.share_evaluations = s.left_evaluations - s.second_evaluations
    elif in_two:
        s.share_iterations, s.share_evaluations = s.second_iterations, s.second_evaluations
    s.max_iterations, s.max_evaluations = s.share_iterations, s.share_evaluations
    s.has_target = not s.shared and s.stop_when_confirmed and s.overall_counts
    if s.has_target:
        width = s.n + s.extra
        for j in range(width):
            w.rows[at.TARGET, j] = w.results[0, j]
        s.target_value = w.results[0, width + VALUE]
        s.target_descent = w.results[0, width + DESCENT]
        s.target_at_edge = w.results[0, width + AT_EDGE] != 0.0


@jit
def is_enough_for_two(s):
    """Tell whether two searches can be expected to end within the budget."""
    need = 2 * _ONE_SEARCH * s.n
    few = 0 <= s.left_iterations < need or 0 <= s.left_evaluations < need
    return not s.shared and not few


@part
def take_run(s, w):
    """Take what a run came to; candidates for agreement go to the rows after the best."""
    s.total_iterations += s.tally_iterations - s.run_iterations
    s.total_evaluations += s.evaluations
    if s.left_iterations >= 0:
        s.left_iterations = max(0, s.left_iterations - (s.tally_iterations - s.run_iterations))
    if s.left_evaluations >= 0:
        s.left_evaluations = max(0, s.left_evaluations - s.evaluations)
    own = s.ended and not s.nan_ranks_worst
    if not (s.has_result if own else s.has_best):
        return
    value = s.result_value if own else s.best_value
    converged = s.status == SUCCESS or s.status == REINITIALIZATION_FAILURE
    counts = value < math.inf and (converged or s.shared)
    if not s.has_overall or value < w.results[0, s.n + s.extra + VALUE]:
        s.has_overall, s.overall_counts = True, counts
        write_result(s, w, 0, own, value)
    if counts:
        s.n_candidates += 1
        write_result(s, w, s.n_candidates, own, value)


@jit
def write_result(s, w, row, own, value):
    """Write the result of a run to a row."""
    width = s.n + s.extra
    for j in range(width):
        w.results[row, j] = w.rows[at.RESULT, j] if own else w.rows[at.BEST, j]
    descent = s.first - value if s.has_first else 0.0
    w.results[row, width + VALUE] = value
    w.results[row, width + DESCENT] = descent if math.isfinite(descent) else 0.0
    w.results[row, width + AT_EDGE] = 1.0 if s.nan_reflections > 0 else 0.0


@jit
def ends_round(s):
    """Tell whether no other run of the round is made."""
    used_up = s.left_iterations == 0 or s.left_evaluations == 0
    return s.status == ABORTED or s.status == MAX_SECONDS_EXCEEDED or s.confirms or used_up


@part
def decide(s, w):
    """Return the overall status after a round, `UNDECIDED` if there is to be another."""
    if s.confirms:
        return SUCCESS
    if s.shared:
        if s.tally_status == INITIALIZATION_FAILURE or s.tally_status == ABORTED:
            return s.tally_status
        if 0 <= s.max_tally <= s.tally_iterations:
            return MAX_ITERATIONS_EXCEEDED
    elif s.any_aborted:
        return ABORTED
    elif s.all_failed:
        return INITIALIZATION_FAILURE
    if s.status == MAX_SECONDS_EXCEEDED or not s.has_overall:
        return last_status(s)
    drop_others(s, w)
    if s.n_candidates >= 2:
        return SUCCESS
    if s.left_iterations == 0:
        return MAX_ITERATIONS_EXCEEDED
    return MAX_EVALUATIONS_EXCEEDED if s.left_evaluations == 0 else UNDECIDED


@jit
def last_status(s):
    """Status that the last run leaves behind."""
    cut = s.status == MAX_EVALUATIONS_EXCEEDED or s.status == MAX_SECONDS_EXCEEDED
    return s.tally_status if s.shared and not cut else s.status


@part
def final_status(s):
    """Return the status when all rounds have been made."""
    if s.max_restarts == 0 and (s.shared or s.pairs):
        return last_status(s)
    return MAX_RESTARTS_EXCEEDED


@part
def drop_others(s, w):
    """Keep the candidates that agree with the best."""
    kept = 0
    for row in range(1, s.n_candidates + 1):
        if agree(s, w, w.results[row], w.results[0]):
            kept += 1
            if kept != row:
                for j in range(s.n + s.extra + N_COLUMNS):
                    w.results[kept, j] = w.results[row, j]
    s.n_candidates = kept


@jit
def agree(s, w, a, b):
    """Tell whether two runs have the same result."""
    width = s.n + s.extra
    value, other = a[width + VALUE], b[width + VALUE]
    if s.has_tolerances:
        return abs(value - other) <= s.value_tolerance
    wide = a[width + AT_EDGE] != 0.0 and b[width + AT_EDGE] != 0.0 and s.agree_at_edge
    if values_agree(s, value, other, 1.0 / EDGE if wide else 1.0):
        return True
    descent = min(a[width + DESCENT], b[width + DESCENT])
    if s.agree_by_descent and abs(value - other) <= EPSILON * descent:
        return True
    return s.agree_in_params and (value == other or params_agree(s, w, a, b, at.RANGES))
