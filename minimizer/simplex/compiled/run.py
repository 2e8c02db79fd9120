"""The course of one run, as in `simplex.run`: what to do when a search or a simplex is over."""

from __future__ import annotations

from ...common.status import Status
from . import initial_simplex as initial
from . import search
from . import state as at
from .arithmetic import params_agree, tolerance_holds, values_agree, vertex_range
from .geometry import keep, start_search
from .initial_simplex import FAILED, MADE, is_open
from .jit import jit, part
from .remake import remake
from .search import OVER, STAYS, begin_move

SUCCESS = int(Status.SUCCESS)
INITIALIZATION_FAILURE = int(Status.INITIALIZATION_FAILURE)
REINITIALIZATION_FAILURE = int(Status.REINITIALIZATION_FAILURE)


@jit
def advance(s, w, value):
    """Take the value that the run waits for."""
    if s.waiting >= at.REFLECTED:
        iteration_goes_on(s, w, take_move(s, w, value))
    elif s.waiting != at.ENDED:
        making_goes_on(s, w, take_vertex(s, w, value))


@part
def take_move(s, w, value):
    """Take the value of a move; tell whether the iteration, or the search, is over."""
    waiting = s.waiting
    if waiting == at.REFLECTED:
        return search.reflected(s, w, value)
    if waiting == at.EXPANDED:
        return search.expanded(s, w, value)
    if waiting == at.OUTSIDE:
        return search.contracted_outside(s, w, value)
    if waiting == at.INSIDE:
        return search.contracted_inside(s, w, value)
    if waiting == at.DRAWN:
        return search.drawn(s, w, value)
    if waiting == at.SHRUNK:
        return search.shrunk(s, w, value)
    return search.centred(s, w, value)


@part
def take_vertex(s, w, value):
    """Take the value of a vertex of a new simplex; tell whether it is made."""
    if s.waiting == at.FIRST:
        return initial.first(s, w, value)
    if s.waiting == at.VERTEX:
        return initial.vertex(s, w, value)
    if s.waiting == at.DRAWN_VERTEX:
        return initial.drawn_vertex(s, w, value)
    return initial.given(s, w, value)


@part
def iteration_goes_on(s, w, state):
    """Begin the next iteration or, at the end of a search, make a new simplex."""
    if state == STAYS:
        begin_move(s, w)
    elif state == OVER:
        search_is_over(s, w)


@part
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


@part
def rescale(s, w):
    """Set ranges that suit the simplex if it is far from the start."""
    same = True
    for i in range(s.n):
        same = same and w.points[0, i] == w.rows[at.START, i]
    if not (s.has_variations or same):
        for i in range(s.n):
            x = w.points[0, i]
            w.rows[at.RUN_RANGES, i] = vertex_range(x, 0.1 * abs(x))


@part
def touches(s, w):
    """Tell whether a parameter of vertex 0 that is free to move lies on a bound."""
    for i in range(s.n):
        x, lower, upper = w.points[0, i], w.rows[at.LOWER, i], w.rows[at.UPPER, i]
        if lower < upper and (x <= lower or x >= upper):
            return True
    return False


@part
def is_stable(s, w):
    """Tell whether a search from a new simplex has changed nothing that counts."""
    before, after = s.before_value, w.values[s.best]
    a, b = w.rows[at.BEFORE], w.points[s.best]
    if s.has_tolerances:
        return tolerance_holds(s, a, b) and abs(before - after) <= s.value_tolerance
    if values_agree(s, before, after, 2.0):
        return True
    return s.agree_in_params and (before == after or params_agree(s, w, a, b, at.RUN_RANGES))


@part
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
