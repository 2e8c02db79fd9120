"""One search: the simplex moves until it has converged.

A search is a sequence of iterations, and each begins with a ranked simplex: the best vertex has the
value f_best, the worst f_worst, the next worst f_next. With the centroid c of all vertices but the
worst, x(t) = (1 - t) c + t x_worst are the points on the line from the centroid to the worst. An
iteration (Lagarias et al., section 2) is this, with the coefficients of Nelder and Mead::

    Reflect             f_r = f(x(-1))
    Expand              if f_r <= f_best:   f_e = f(x(-2))
                            if f_e <= f_r:     accept x(-2)
    Accept              if f_r < f_next:       accept x(-1)
    Contract outside    if f_r < f_worst:   f_c = f(x(-1/2))
                            if f_c <= f_r:     accept x(-1/2)
    Contract inside     if f_r > f_worst:   f_c = f(x(+1/2))
                            if f_c < f_worst:  accept x(+1/2)
    Shrink              otherwise: draw all vertices halfway to the best

where accepting a point puts it in the place of the worst and ends the iteration. Order and
comparisons are those of ImageJ's ``Minimizer``; the additions of `Rules`, above all for NaN, which
fails every comparison, are at their places below.

Each function here bears the name of a point and takes its value: it accepts a point or asks for the
next one, so that an iteration is a chain of them that begins with `begin_move` and ends in `moved`.
They return whether the iteration, or the search, continues.

References
----------
J. C. Lagarias, J. A. Reeds, M. H. Wright, P. E. Wright, Convergence properties of the
Nelder-Mead simplex method in low dimensions, SIAM J. Optim. 9 (1998) 112-147.
"""

from __future__ import annotations

import math
from typing import Any

from ..common.one_source import compilable
from . import state as at
from .closeness import (
    all_within_resolutions,
    all_within_tolerances,
    is_small,
    is_tiny,
    note_fall,
    values_agree,
    within_resolutions,
)
from .geometry import find_mean, try_centre, try_inwards, try_shrunk
from .state import GOES_ON, OVER, STAYS, RunState
from .surface import begin_attempts, begin_surface, surface_is_due, take_surface

INWARDS = (0.03, 0.1, 0.3)  # how far a NaN reflection is drawn, in turn, towards the middle (R12)


@compilable
def begin_search(s: RunState) -> None:
    """Note where the search begins, and begin the first iteration."""
    s.rank()
    for i in range(s.n):
        s.origin[i] = s.points[s.best][i]
    find_mean(s, s.middle)
    s.nan_reflections = s.wall_reflections = 0
    s.before_search = s.iterations
    begin_attempts(s)
    begin_iteration(s)


@compilable
def begin_iteration(s: RunState) -> None:
    """Move the simplex, or fit a surface (R16)."""
    if s.quadratic_surface and surface_is_due(s) and begin_surface(s) == GOES_ON:
        return
    begin_move(s)


@compilable
def take_move(s: RunState, value: float) -> int:
    """Take the value that an iteration waits for."""
    waiting = s.waiting
    if waiting >= at.MIDPOINT:
        result = take_surface(s, value)
        return GOES_ON if result == GOES_ON else end_of_iteration(s, result == OVER)
    if waiting == at.REFLECTED:
        return reflected(s, value)
    if waiting == at.INSIDE:
        return contracted_inside(s, value)
    if waiting == at.EXPANDED:
        return expanded(s, value)
    if waiting == at.OUTSIDE:
        return contracted_outside(s, value)
    if waiting == at.SHRUNK:
        return shrunk(s, value)
    if waiting == at.DRAWN:
        return drawn(s, value)
    return centred(s, value)


@compilable
def begin_move(s: RunState) -> None:
    """Reflect the worst vertex at the centroid of the others."""
    s.find_centroid()
    s.try_on_line(s.reflection)
    s.waiting = at.REFLECTED


@compilable
def reflected(s: RunState, f_r: float) -> int:
    """Expand, accept or contract."""
    f_best = s.values[s.best]
    s.reflected, s.f_r, s.nan = s.trial, f_r, f_r != f_r
    s.at_wall = s.nan and s.is_wall
    if s.at_wall:
        s.wall_reflections += 1
    elif s.nan:
        s.nan_reflections += 1
    # Growing along a plateau, a simplex would never meet a tolerance.
    if f_r < f_best or (f_r == f_best and not s.has_tolerances):
        s.try_on_line(s.expansion)
        s.waiting = at.EXPANDED
        return GOES_ON
    return not_expanded(s)


@compilable
def expanded(s: RunState, f_e: float) -> int:
    """Accept the expansion if it is not worse than the reflection."""
    if f_e <= s.f_r:
        return accept(s, s.trial, f_e)
    return not_expanded(s)


@compilable
def not_expanded(s: RunState) -> int:
    """Accept the reflection, or contract on the better side."""
    f_r = s.f_r
    if f_r < s.values[s.next_worst]:
        return accept(s, s.reflected, f_r)
    if f_r < s.values[s.worst] or (s.nan and s.nan_contracts_outside):
        s.try_on_line(s.outside)
        s.waiting = at.OUTSIDE
        return GOES_ON
    return not_outside(s)


@compilable
def contracted_outside(s: RunState, f_c: float) -> int:
    """Accept the outside contraction if it is not worse than the reflection (R2)."""
    if f_c <= s.f_r or (s.nan and f_c < s.values[s.worst]):
        return accept(s, s.trial, f_c)
    return not_outside(s)


@compilable
def not_outside(s: RunState) -> int:
    """Draw a NaN reflection inwards (R12); else contract inside."""
    if s.nan and s.draw_inwards and not s.at_wall:
        s.share_index = 0
        try_inwards(s, INWARDS[0])
        s.waiting = at.DRAWN
        return GOES_ON
    return not_drawn(s)


@compilable
def drawn(s: RunState, f_d: float) -> int:
    """Accept the point drawn inwards, draw further if it is still NaN, or contract inside."""
    if f_d < s.values[s.worst]:
        return accept(s, s.trial, f_d)
    s.share_index += 1
    if math.isnan(f_d) and s.share_index < len(INWARDS):
        try_inwards(s, INWARDS[s.share_index])
        return GOES_ON
    return not_drawn(s)


@compilable
def not_drawn(s: RunState) -> int:
    """Contract inside, or shrink (R3)."""
    f_r, f_worst = s.f_r, s.values[s.worst]
    if f_r > f_worst or s.nan or (f_r < f_worst and s.inside_after_outside):
        s.try_on_line(s.inside)
        s.waiting = at.INSIDE
        return GOES_ON
    return shrink_from(s, 0)


@compilable
def contracted_inside(s: RunState, f_c: float) -> int:
    """Accept the inside contraction if it is better than the worst vertex; else shrink."""
    if f_c < s.values[s.worst]:
        return accept(s, s.trial, f_c)
    return shrink_from(s, 0)


@compilable
def shrink_from(s: RunState, v: int) -> int:
    """Draw the next vertex, from `v` on, towards the best."""
    if v == s.best:
        v += 1
    if v > s.n:
        return moved(s)
    s.vertex_index = v
    try_shrunk(s, v)
    s.waiting = at.SHRUNK
    return GOES_ON


@compilable
def shrunk(s: RunState, value: float) -> int:
    """Take the shrunk vertex."""
    s.put(s.vertex_index, s.trial, value)
    return shrink_from(s, s.vertex_index + 1)


@compilable
def accept(s: RunState, point: Any, value: float) -> int:
    """Replace the worst vertex by a point."""
    s.put(s.worst, point, value)
    return moved(s)


@compilable
def moved(s: RunState) -> int:
    """Rank the vertices; if their values agree, try the centre before that counts."""
    near = s.has_resolutions and within_resolutions(s, s.points[s.worst], s.points[s.best])
    s.rank()
    if has_converged(s, near):
        return end_of_iteration(s, True)
    if s.has_tolerances or not values_agree(s, s.values[s.best], s.values[s.worst], 4.0):
        return end_of_iteration(s, False)
    try_centre(s)
    s.waiting = at.CENTRE
    return GOES_ON


@compilable
def has_converged(s: RunState, near: bool) -> bool:
    """Return whether the search is over by a criterion other than the error limits on the value.

    `near`: the vertex last replaced is within the resolutions of the best one.
    """
    if s.has_tolerances:
        if is_small(s):
            note_fall(s)
        return all_within_tolerances(s, s.points[s.best], s.values[s.best])
    if near and all_within_resolutions(s):
        return True
    if s.nan_ranks_worst and s.values[s.best] == -math.inf:
        return True
    return s.tiny_simplex_converges and is_tiny(s)


@compilable
def centred(s: RunState, f_c: float) -> int:
    """Take the centre if it is better than the best vertex; the values must still agree then."""
    if f_c < s.values[s.best]:
        s.put(s.best, s.trial, f_c)
    return end_of_iteration(s, values_agree(s, s.values[s.best], s.values[s.worst], 4.0))


@compilable
def end_of_iteration(s: RunState, done: bool) -> int:
    """Count the iteration; return whether the search is over (R9: also if it has gone flat)."""
    if s.nan and s.regrow_after_nan and not s.at_wall:
        done = done or s.is_flat()
    s.iterations += 1
    return OVER if done or stops_search(s) else STAYS


@compilable
def stops_search(s: RunState) -> bool:
    """Return whether the search must end; ImageJ exceeds its limits by 1."""
    if s.max_tally >= 0 and (
        s.iterations > s.max_tally or s.iterations - s.before_search > 4 * (s.max_tally // 10)
    ):
        s.tally_status = at.MAX_ITERATIONS_EXCEEDED
    return s.tally_status != at.SUCCESS
