"""Rounds of runs until two results agree.

The rounds `r` are to runs what a run is to points: `begin_rounds` prepares the first run, `end_run`
takes one that has ended and prepares the next, so they need not know where it is made. A
round is two runs, or one where they are made in sequence.
"""

from __future__ import annotations

import math

from ..common.one_source import compilable
from . import state as at
from .agreement import AT_EDGE, DESCENT, N_COLUMNS, VALUE, agree, is_at_edge
from .closeness import descent_of
from .java_random import wrap_seed
from .run_spec import ONE_SEARCH
from .state import RoundsState, RunState

UNDECIDED = -1  # in place of a status: there is another run
WIDER = 5.0  # factor of the first simplex of every second run (R15)

ENDLESS = 2**31  # restarts
_SECOND_SEED = 1_000_000


@compilable
def begin_rounds(r: RoundsState) -> None:
    """Reset everything that the runs share, and prepare the first."""
    r.total_iterations = r.total_evaluations = r.n_candidates = 0
    r.has_overall = r.overall_counts = False
    r.left_iterations, r.left_evaluations = r.all_iterations, r.all_evaluations
    r.round = r.run = r.run_number = 0
    r.tally_status, r.tally_initialized, r.abort_seen = at.SUCCESS, False, False
    r.iterations = r.completed = 0
    prepare_run(r)


@compilable
def end_run(r: RoundsState, s: RunState) -> int:
    """Take the result of a run; prepare the next run, or return the overall status."""
    take_run(r, s)
    r.all_failed = r.all_failed and s.status == at.INITIALIZATION_FAILURE
    r.any_aborted = r.any_aborted or s.status == at.ABORTED
    r.run += 1
    r.run_number += 1
    if r.run == runs_per_round(r) or ends_round(r, s):
        r.run = 0
        r.round += 1
        status = overall_status(r, s)
        if status != UNDECIDED:
            return status
    prepare_run(r)
    return UNDECIDED


@compilable
def runs_per_round(r: RoundsState) -> int:
    """Return how many runs a round has."""
    return 2 if r.pairs and r.max_restarts > 0 and not r.once else 1


@compilable
def rounds_at_most(r: RoundsState) -> int:
    """Return how many rounds there may be; two single runs count as a pair."""
    return r.max_restarts + 1 if r.pairs else 2 * (r.max_restarts + 1)


@compilable
def seed_of(r: RoundsState, i: int, k: int) -> int:
    """Return the seed of run `k` of round `i`."""
    return wrap_seed(r.random_seed + i + (_SECOND_SEED if k == 1 else 0))


@compilable
def width_of(r: RoundsState, i: int, k: int) -> float:
    """Return how wide run `k` of round `i` starts: every second one wider, by a guess (R15)."""
    second = k == 1 if r.pairs else i % 2 == 1
    return WIDER if r.guessed and second else 1.0


@compilable
def prepare_run(r: RoundsState) -> None:
    """Set seed, size, limits and target of the next run.

    Of a budget that suffices for two runs, a quarter is reserved for the second, which also gets
    all that the first leaves. A smaller budget goes to the first run, and the second gets the rest.
    The same holds for ImageJ's runs, which depend on each other.
    """
    if r.run == 0:
        r.all_failed, r.any_aborted = True, False
        r.in_two = runs_per_round(r) == 2 and is_enough_for_two(r)
    r.seed, r.width = seed_of(r, r.round, r.run), width_of(r, r.round, r.run)
    kept = r.in_two and r.run == 0
    r.second_iterations = reserve(r.left_iterations) if kept else 0
    r.second_evaluations = reserve(r.left_evaluations) if kept else 0
    r.max_iterations = without(r.left_iterations, r.second_iterations)
    r.max_evaluations = without(r.left_evaluations, r.second_evaluations)
    r.has_target = not r.shared and r.stop_when_confirmed and r.overall_counts
    r.has_second = r.run == 0 and r.max_restarts > 0 and not (r.once or r.shared or r.has_target)
    if r.has_target:
        best, width = r.results[0], r.n + r.extra
        r.target, r.target_value = best, best[width + VALUE]
        r.target_descent = best[width + DESCENT]
        r.target_at_edge = best[width + AT_EDGE] != 0.0


@compilable
def reserve(limit: int) -> int:
    """Return the part of a limit that is reserved for the second run."""
    return limit // 4 if limit >= 0 else -1


@compilable
def without(limit: int, used: int) -> int:
    """Return the rest of a limit; -1 means none."""
    return limit if limit < 0 else (limit - used if limit > used else 0)


@compilable
def is_enough_for_two(r: RoundsState) -> bool:
    """Return whether two searches can be expected to end within the budget."""
    need = 2 * ONE_SEARCH * r.n
    few = 0 <= r.left_iterations < need or 0 <= r.left_evaluations < need
    return not (r.shared or few)


@compilable
def take_run(r: RoundsState, s: RunState) -> None:
    """Take the result of a run; candidates for agreement go to the rows after the best."""
    iterations = s.iterations - s.before_run
    r.total_iterations += iterations
    r.total_evaluations += s.evaluations
    r.left_iterations = without(r.left_iterations, iterations)
    r.left_evaluations = without(r.left_evaluations, s.evaluations)
    if r.shared:
        r.tally_status, r.tally_initialized = s.tally_status, s.tally_initialized
        r.iterations, r.completed, r.abort_seen = s.iterations, s.completed, s.abort_seen
    if not has_vertex(s):
        return
    value = vertex_value(s)
    converged = s.status == at.SUCCESS or s.status == at.REINITIALIZATION_FAILURE
    counts = value < math.inf and (converged or r.shared)
    # A NaN that came first stays, as in ImageJ.
    if not r.has_overall or value < r.results[0][r.n + r.extra + VALUE]:
        r.has_overall, r.overall_counts, r.overall_number = True, counts, r.run_number
        write_result(r, s, 0)
    if counts:
        r.n_candidates += 1
        write_result(r, s, r.n_candidates)


@compilable
def has_vertex(s: RunState) -> bool:
    """Return whether a run has a best point; in ImageJ's rules, once it has ended, a result."""
    return s.has_result if s.ended and not s.nan_ranks_worst else s.has_best


@compilable
def vertex_value(s: RunState) -> float:
    """Return the value of a run's result."""
    return s.result_value if s.ended and not s.nan_ranks_worst else s.best_value


@compilable
def write_result(r: RoundsState, s: RunState, i: int) -> None:
    """Write the result of a run to row `i`."""
    row, width, value = r.results[i], r.n + r.extra, vertex_value(s)
    point = s.result if s.ended and not s.nan_ranks_worst else s.best_point
    for j in range(width):
        row[j] = point[j]
    row[width + VALUE] = value
    row[width + DESCENT] = descent_of(s, value)
    row[width + AT_EDGE] = 1.0 if is_at_edge(s) else 0.0


@compilable
def ends_round(r: RoundsState, s: RunState) -> bool:
    """Return whether the round has no other run."""
    used_up = r.left_iterations == 0 or r.left_evaluations == 0
    in_vain = is_in_vain(r, s) or cannot_agree(r)
    return stops_all(s) or s.confirms or used_up or in_vain or found_nothing(r, s)


@compilable
def is_in_vain(r: RoundsState, s: RunState) -> bool:
    """Return whether a small limit would end the search for two runs that agree (R23).

    Small is less than three searches may need: one that ran away, and two more. Where rounds have
    no limit, all of a budget is to be used.
    """
    is_small = 0 <= r.all_iterations < 3 * ONE_SEARCH * r.n and r.max_restarts < ENDLESS
    return s.runaway_is_no_minimum and s.status == at.RUNAWAY and is_small


@compilable
def cannot_agree(r: RoundsState) -> bool:
    """Return whether there is no result with which the last run of the last round could agree."""
    return r.n_candidates == 0 and not may_restart(r)


@compilable
def is_trapped(r: RoundsState) -> bool:
    """Return whether the best result is stuck at an edge (R20): another round would be, too."""
    return r.overall_counts and r.n_candidates == 0 and r.run_number >= 2


@compilable
def found_nothing(r: RoundsState, s: RunState) -> bool:
    """Return whether the runs have searched widely and found no value."""
    failed = s.status == at.INITIALIZATION_FAILURE and not (s.has_best or s.has_given)
    return failed and not (r.shared or r.has_overall)


@compilable
def stops_all(s: RunState) -> bool:
    """Return whether no further run would change anything."""
    stopped = s.status == at.ABORTED or s.status == at.MAX_SECONDS_EXCEEDED
    return stopped or s.status == at.UNBOUNDED


@compilable
def overall_status(r: RoundsState, s: RunState) -> int:
    """Return the overall status after a round, `UNDECIDED` if there is to be another."""
    if r.once:
        return status_of(s)
    if s.confirms:
        return at.SUCCESS
    if r.shared:
        if s.tally_status == at.INITIALIZATION_FAILURE or s.tally_status == at.ABORTED:
            return s.tally_status
        if 0 <= s.max_tally <= s.iterations:
            return at.MAX_ITERATIONS_EXCEEDED
    elif r.any_aborted:
        return at.ABORTED
    elif r.all_failed:
        return at.INITIALIZATION_FAILURE
    if stops_all(s):
        return s.status
    if not r.has_overall:
        return status_of(s)
    drop_others(r, s)
    if r.n_candidates >= 2:
        return at.SUCCESS
    if r.left_iterations == 0:
        return at.MAX_ITERATIONS_EXCEEDED
    if r.left_evaluations == 0:
        return at.MAX_EVALUATIONS_EXCEEDED
    if is_in_vain(r, s):
        return at.RUNAWAY
    if r.round < rounds_at_most(r) and may_restart(r) and not is_trapped(r):
        return UNDECIDED
    status = status_of(s)
    only = r.max_restarts == 0 and (r.shared or r.pairs)
    if only or (cannot_agree(r) and status != at.SUCCESS):
        return status
    return at.MAX_RESTARTS_EXCEEDED


@compilable
def may_restart(r: RoundsState) -> bool:
    """Return whether so few evaluations have been made that another round may begin."""
    return r.restart_within < 0 or r.total_evaluations < r.restart_within


@compilable
def status_of(s: RunState) -> int:
    """Return the status of a run; under ImageJ's rules only ImageJ's limits count."""
    cut = s.status == at.MAX_EVALUATIONS_EXCEEDED or s.status == at.MAX_SECONDS_EXCEEDED
    return s.tally_status if s.shared and not cut else s.status


@compilable
def drop_others(r: RoundsState, s: RunState) -> None:
    """Keep the candidates that agree with the best."""
    kept = 0
    for i in range(1, r.n_candidates + 1):
        if agree(r, s, i, 0):
            kept += 1
            for j in range(r.n + r.extra + N_COLUMNS):
                r.results[kept][j] = r.results[i][j]
    r.n_candidates = kept
