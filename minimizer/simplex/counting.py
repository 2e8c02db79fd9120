"""Counting, bookkeeping and limits from one point to the next.

`start_run` asks for the first point, `tell` takes its value and asks for the next; a run is over
when its status is not `RUNNING`.
"""

from __future__ import annotations

import math

from ..common.one_source import compilable
from . import state as at
from .agreement import has_come_to_target
from .penalties import begin_penalties, is_beyond_wall, is_penalty
from .run import advance, begin
from .state import RunState

LONG_AGO = 2**62
DEEP = -1e100


@compilable
def start_run(s: RunState) -> None:
    """Begin the run that the state describes, and ask for its first point."""
    s.before_run, s.before_completed = s.iterations, s.completed
    begin_penalties(s)
    s.falls, s.fallen_to = 0, math.inf
    s.last_nan, s.top, s.magnitude = -LONG_AGO, math.inf, math.inf
    begin(s)
    skip_outside(s)


@compilable
def tell(s: RunState, value: float, aborted: bool) -> None:
    """Take the value at the trial point, and ask for the next."""
    s.evaluations += 1
    s.told = value
    if s.penalties_are_edges and is_penalty(s, value):
        value = math.nan
    s.is_wall = s.penalties_are_edges and is_beyond_wall(s, value)
    if s.is_wall:
        value = math.nan
    if value != value:
        s.last_nan = s.evaluations
        if s.told != s.told:
            s.nan_evaluations += 1
    elif not s.has_best:
        s.has_best, s.first_value = True, value
        s.best_point, s.best_value = s.trial, value
    elif value < s.best_value:
        s.best_point, s.best_value = s.trial, value
    if s.unbounded_is_no_minimum and is_unbounded(s, value):
        s.status = at.UNBOUNDED
        return
    if aborted and s.shared and not s.abort_seen:
        s.abort_seen, s.tally_status = True, at.ABORTED
    iterations = s.iterations
    advance(s, value)
    skip_outside(s)
    followed = s.has_target and s.iterations != iterations and s.status == at.RUNNING
    if followed and has_come_to_target(s):
        s.confirms, s.status = True, at.SUCCESS


@compilable
def is_unbounded(s: RunState, value: float) -> bool:
    """Return whether the value is -inf, or has fallen beyond all proportion (R22)."""
    return value < DEEP and (value == -math.inf or value < DEEP * s.magnitude)


@compilable
def skip_outside(s: RunState) -> None:
    """Count points that are out of bounds as NaN, without an evaluation."""
    while s.has_box and s.waiting != at.ENDED and s.is_outside():
        s.told = math.nan
        advance(s, math.nan)


@compilable
def stop_if_due(s: RunState, ends: int) -> None:
    """End the run if the next point must not be evaluated.

    `ends` is the status with which the call ends, 0 if it continues. In ImageJ an abort acts at the
    end of the iteration.
    """
    if s.status != at.RUNNING:
        return
    if ends != 0 and not (ends == at.ABORTED and s.shared):
        s.status = ends
    elif 0 <= s.max_evaluations <= s.evaluations:
        s.status = at.MAX_EVALUATIONS_EXCEEDED
    elif 0 <= s.max_iterations <= s.iterations and not is_initial(s):
        s.status = at.MAX_ITERATIONS_EXCEEDED


@compilable
def is_initial(s: RunState) -> bool:
    """Return whether the point is one of the first simplex."""
    making = at.FAR <= s.waiting <= at.VERTEX and not s.remaking
    return making or s.waiting == at.GIVEN or s.waiting == at.FIRST
