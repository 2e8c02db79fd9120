"""The course of one run: search, make a new simplex around the result, search again until stable.

`begin` asks for the first point, `advance` takes the value of a point and asks for the next.
"""

from __future__ import annotations

import math

from ..common.ieee import maximum
from ..common.one_source import compilable
from . import state as at
from .closeness import (
    all_within_tolerances,
    is_level,
    params_agree,
    values_agree,
    values_within_tolerance,
    vertex_range,
)
from .initial_simplex import (
    FAILED,
    MADE,
    adopt_best,
    begin_first_simplex,
    is_open,
    remake,
    take_vertex,
)
from .java_random import set_seed
from .pole import begin_looking, looks_for_pole, take_on_line
from .runaway import begin_watch, has_run_away, runs_away
from .search import begin_iteration, begin_search, take_move
from .state import GOES_ON, OVER, STAYS, RunState

ENDS = 3  # beside `STAYS` and `OVER`: after a search, the run ends
FALLS = 3  # of a small simplex: near a pole there are more


@compilable
def begin(s: RunState) -> None:
    """Ask for the first point."""
    s.status = at.RUNNING
    set_seed(s, s.seed)
    begin_first_simplex(s)


@compilable
def advance(s: RunState, value: float) -> None:
    """Take the value that the run waits for."""
    if s.waiting >= at.REFLECTED:
        iteration = take_move(s, value)
        if iteration != GOES_ON:
            end_iteration(s, iteration)
    elif s.waiting == at.ON_LINE:
        looked = take_on_line(s, value)
        if looked == OVER:
            s.status = at.UNBOUNDED
        elif looked == STAYS:
            go_on(s, s.after_lines)
    else:
        making_goes_on(s, take_vertex(s, value))


@compilable
def end_iteration(s: RunState, then: int) -> None:
    """Go on, unless there is no minimum."""
    if s.runaway_is_no_minimum and runs_away(s):
        s.status = at.RUNAWAY
        return
    is_due = s.unbounded_is_no_minimum and s.evaluations >= s.pole_look
    if not (is_due and looks_for_pole(s, then)):
        go_on(s, then)


@compilable
def go_on(s: RunState, then: int) -> None:
    """Begin the next iteration, end the search, or end the run."""
    if then == STAYS:
        begin_iteration(s)
    elif then == OVER:
        search_is_over(s)
    else:
        finish(s, True)


@compilable
def making_goes_on(s: RunState, making: int) -> None:
    """Search from the simplex when it is made."""
    if making == MADE:
        if s.remaking:
            s.fixed_only = s.clips and touches_bound(s)
        else:
            s.tally_initialized = True
            rescale(s)
            find_top(s)
            begin_watch(s)
            begin_looking(s)
        begin_search(s)
    elif making == FAILED:
        again = s.tally_initialized or s.remaking
        s.tally_status = at.REINITIALIZATION_FAILURE if again else at.INITIALIZATION_FAILURE
        finish(s, s.remaking)


@compilable
def search_is_over(s: RunState) -> None:
    """Make a new simplex, unless the result is stable."""
    s.fixed_only = False
    if s.unbounded_is_no_minimum and s.falls >= FALLS:
        s.tally_status = at.UNBOUNDED
    elif s.runaway_is_no_minimum and not s.by_surface and has_run_away(s):
        s.tally_status = at.RUNAWAY
    has_left = s.balanced_remake and has_left_best(s)
    # At the edge of a NaN region a single search is trapped too often.
    by_walls = s.wall_reflections > 0 and s.nan_reflections == 0
    single = (s.has_second and by_walls) or has_value_of_target(s)
    suffices = s.by_surface or (s.single_search_first and single)
    stable = not has_left and (suffices or (s.remaking and is_stable(s)))
    # ImageJ never ends here if every search ends at once, within the resolutions.
    if not stable and 0 <= s.max_tally < s.before_search:
        s.tally_status = at.MAX_ITERATIONS_EXCEEDED
    if stable or not is_open(s):
        if is_open(s):
            s.completed += 1
            if s.unbounded_is_no_minimum and not s.by_surface and looks_for_pole(s, ENDS):
                return
        finish(s, True)
        return
    if has_left:
        adopt_best(s, s.best)
        s.by_surface = False
    s.before, s.before_value = s.vertex(s.best), s.values[s.best]
    making_goes_on(s, remake(s))


@compilable
def has_left_best(s: RunState) -> bool:
    """Return whether a probe has found a point lower than the end of the search."""
    lowest = s.values[s.best]
    return s.best_value < lowest and not values_agree(s, lowest, s.best_value, 2.0)


@compilable
def has_value_of_target(s: RunState) -> bool:
    """Return whether a search has met absolute tolerances at the value of an earlier run (R24)."""
    if not (s.has_target and s.has_tolerances):
        return False
    f_best = s.values[s.best]
    met = all_within_tolerances(s, s.points[s.best], f_best)
    return met and values_within_tolerance(s, f_best, s.target_value)


@compilable
def is_stable(s: RunState) -> bool:
    """Return whether a search from a new simplex has changed nothing of importance.

    Under absolute tolerances only its value counts, as for two runs: minima may form a line, along
    which each search ends elsewhere.
    """
    before, after = s.before_value, s.values[s.best]
    if s.has_tolerances:
        return values_within_tolerance(s, before, after)
    if values_agree(s, before, after, 2.0):
        return True
    if before == after:
        return s.agree_in_params
    near = s.agree_in_params and is_level(s, after, before)
    return near and params_agree(s, s.before, s.points[s.best], s.run_ranges)


@compilable
def finish(s: RunState, has_result: bool) -> None:
    """End the run by itself.

    After a failed remake the best vertex stands at 0, but ImageJ takes the one at the old index.
    """
    s.ended, s.has_result, s.status, s.waiting = True, has_result, s.tally_status, at.ENDED
    if has_result:
        s.result, s.result_value = s.vertex(s.best), s.values[s.best]


@compilable
def rescale(s: RunState) -> None:
    """Adapt the ranges to the simplex, even if it is far from the start."""
    if s.has_given:
        for i in range(s.n):
            s.first_point[i] = s.points[0][i]
    if s.starts_off_plateau:
        return
    same = True
    for i in range(s.n):
        same = same and s.points[0][i] == s.start[i]
    if not (s.has_variations or same):
        for i in range(s.n):
            x = s.points[0][i]
            s.run_ranges[i] = vertex_range(x, 0.1 * abs(x))


@compilable
def find_top(s: RunState) -> None:
    """Find the highest value of the first simplex, and the largest magnitude."""
    s.top, s.magnitude = -math.inf, 1.0
    for v in range(s.n + 1):
        value = s.values[v]
        if math.isfinite(value):
            s.top, s.magnitude = maximum(s.top, value), maximum(s.magnitude, abs(value))


@compilable
def touches_bound(s: RunState) -> bool:
    """Return whether a parameter of vertex 0 that is free to move lies on a bound.

    Clipping flattens a simplex onto the face that it has reached, and a flat simplex can never
    leave that face. In this search points outside count as NaN (R8).
    """
    for i in range(s.n):
        x, lower, upper = s.points[0][i], s.lower[i], s.upper[i]
        if lower < upper and (x <= lower or x >= upper):
            return True
    return False
