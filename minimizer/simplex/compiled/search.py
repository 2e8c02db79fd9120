"""One search, as in `minimizer.simplex.search`: what to do when the value of a point is known.

Each function takes the value at the point of its name and either replaces the worst vertex or
asks for the next point, so that an iteration is a chain of them that ends in `moved`.
"""

from __future__ import annotations

import math

from ...common.status import Status
from ..limits import TINY
from ..search import INWARDS
from . import state as at
from .arithmetic import near, tolerance_holds, values_agree, within_resolution
from .geometry import (
    ask_centre,
    ask_inwards,
    ask_on_line,
    ask_shrunk,
    is_flat,
    put,
    rank,
    set_centroid,
)
from .jit import jit, leaf, part

GOES_ON, STAYS, OVER = 0, 1, 2  # an iteration is under way, has ended, and so has the search
SUCCESS = int(Status.SUCCESS)
MAX_ITERATIONS_EXCEEDED = int(Status.MAX_ITERATIONS_EXCEEDED)


@jit
def begin_move(s, w):
    """Reflect the worst vertex at the centroid of the others."""
    s.old_best, s.old_worst, s.old_nans = s.best, s.worst, s.nan_reflections
    s.f_best, s.f_next = w.values[s.best], w.values[s.next_worst]
    s.f_worst = w.values[s.worst]
    set_centroid(s, w)
    ask_on_line(s, w, s.reflection, at.REFLECTED)


@part
def reflected(s, w, f_r):
    """Expand, accept or contract."""
    for i in range(s.n + s.extra):
        w.rows[at.REFLECTION, i] = w.rows[at.TRIAL, i]
    s.f_r, s.nan = f_r, math.isnan(f_r)
    s.nan_reflections += s.nan
    plateau = f_r == s.f_best and s.has_tolerances
    if f_r <= s.f_best and not plateau:
        ask_on_line(s, w, s.expansion, at.EXPANDED)
        return GOES_ON
    return not_expanded(s, w)


@part
def expanded(s, w, f_e):
    """Accept the expansion if it is not worse than the reflection."""
    if f_e <= s.f_r:
        return replace_worst(s, w, at.TRIAL, f_e)
    return not_expanded(s, w)


@jit
def not_expanded(s, w):
    """Accept the reflection, or contract on the better side."""
    if s.f_r < s.f_next:
        return replace_worst(s, w, at.REFLECTION, s.f_r)
    if s.f_r < s.f_worst or (s.nan and s.nan_contracts_outside):
        ask_on_line(s, w, s.outside, at.OUTSIDE)
        return GOES_ON
    return not_outside(s, w)


@part
def contracted_outside(s, w, f_c):
    """Accept the outside contraction if it is not worse than the reflection."""
    if f_c <= s.f_r or (s.nan and f_c < s.f_worst):
        return replace_worst(s, w, at.TRIAL, f_c)
    return not_outside(s, w)


@jit
def not_outside(s, w):
    """Draw a NaN reflection inwards; else contract inside."""
    if s.nan and s.draw_inwards:
        s.share_index = 0
        ask_inwards(s, w, INWARDS[0])
        return GOES_ON
    return not_drawn(s, w)


@part
def drawn(s, w, f_d):
    """Accept what was drawn inwards, draw on if it is still NaN, or contract inside."""
    if f_d < s.f_worst:
        return replace_worst(s, w, at.TRIAL, f_d)
    s.share_index += 1
    if math.isnan(f_d) and s.share_index < len(INWARDS):
        ask_inwards(s, w, INWARDS[s.share_index])
        return GOES_ON
    return not_drawn(s, w)


@jit
def not_drawn(s, w):
    """Contract inside, or shrink."""
    if s.f_r > s.f_worst or s.nan or (s.f_r < s.f_worst and s.inside_after_outside):
        ask_on_line(s, w, s.inside, at.INSIDE)
        return GOES_ON
    return shrink_from(s, w, 0)


@part
def contracted_inside(s, w, f_c):
    """Accept the inside contraction if it is better than the worst vertex; else shrink."""
    if f_c < s.f_worst:
        return replace_worst(s, w, at.TRIAL, f_c)
    return shrink_from(s, w, 0)


@jit
def shrink_from(s, w, v):
    """Draw the next vertex but the best towards the best."""
    if v == s.best:
        v += 1
    if v > s.n:
        return moved(s, w)
    s.vertex = v
    ask_shrunk(s, w, v)
    return GOES_ON


@part
def shrunk(s, w, value):
    """Take the shrunk vertex."""
    put(s, w, s.vertex, w.rows[at.TRIAL], value)
    return shrink_from(s, w, s.vertex + 1)


@jit
def replace_worst(s, w, row, value):
    """Let a point take the place of the worst vertex."""
    put(s, w, s.worst, w.rows[row], value)
    return moved(s, w)


@jit
def moved(s, w):
    """Look whether the search has converged; the centre is tried before its end."""
    near_best = s.has_resolutions and within_resolution(
        s, w, w.points[s.old_worst], w.points[s.old_best]
    )
    rank(s, w)
    best, worst = s.best, s.worst
    if s.has_tolerances:
        return end_of_iteration(s, w, tolerances_hold(s, w, w.points[best], w.values[best]))
    if near_best and all_within_resolution(s, w):
        return end_of_iteration(s, w, True)
    if s.nan_ranks_worst and w.values[best] == -math.inf:
        return end_of_iteration(s, w, True)
    if s.tiny_simplex_converges and is_tiny(s, w):
        return end_of_iteration(s, w, True)
    if not values_agree(s, w.values[best], w.values[worst], 4.0):
        return end_of_iteration(s, w, False)
    ask_centre(s, w)
    return GOES_ON


@part
def centred(s, w, f_c):
    """Take the centre if it is better than the best vertex."""
    if f_c < w.values[s.best]:
        put(s, w, s.best, w.rows[at.TRIAL], f_c)
    return end_of_iteration(s, w, values_agree(s, w.values[s.best], w.values[s.worst], 4.0))


@jit
def tolerances_hold(s, w, x, value):
    """Tell whether all vertices and their values are within the tolerances of a point."""
    for v in range(s.n + 1):
        if not tolerance_holds(s, w.points[v], x):
            return False
        if not abs(w.values[v] - value) <= s.value_tolerance:
            return False
    return True


@jit
def all_within_resolution(s, w):
    """Tell whether all vertices are within the resolutions of the best."""
    for v in range(s.n + 1):
        if not within_resolution(s, w, w.points[v], w.points[s.best]):
            return False
    return True


@leaf
def is_tiny(s, w):
    """Tell whether the simplex is hardly larger than what rounding can resolve."""
    x = w.points[s.best]
    if not near(s, w, w.points[s.worst], x, TINY, at.RUN_RANGES):
        return False  # nearly always
    for v in range(s.n + 1):
        if not near(s, w, w.points[v], x, TINY, at.RUN_RANGES):
            return False
    return True


@jit
def end_of_iteration(s, w, done):
    """Count the iteration; tell whether the search is over."""
    if s.regrow_after_nan and s.nan_reflections > s.old_nans:
        done = done or is_flat(s, w)
    s.tally_iterations += 1
    return OVER if done or stops_search(s) else STAYS


@leaf
def stops_search(s):
    """Tell whether the search must end; ImageJ overruns limits by 1."""
    if s.max_tally >= 0 and (
        s.tally_iterations > s.max_tally or s.tally_iterations - s.before > 4 * (s.max_tally // 10)
    ):
        s.tally_status = MAX_ITERATIONS_EXCEEDED
    return s.tally_status != SUCCESS
