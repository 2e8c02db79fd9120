"""A quadratic surface that ends a search, or carries it on (R16).

As soon as the simplex has come down into a region where a quadratic surface predicts values, there
is no need to polish digit by digit. One iteration then is::

    Fit      q through the vertices and the midpoints of the edges
    Step     f_m = f(x_m) at the lowest point x_m of q in the trust region
             (a smaller region if that gains too little, twice the step if it gains much)
    Test     if q is convex, x_m its minimum, f_m as predicted, and what is left to gain within the
             error limits: the run has converged, once the vertices around x_m are as predicted
    Renew    if f_m is as predicted, or some of the gain is there:
                 a new simplex around the lowest point, of equal height above it
             otherwise:
                 the lowest new point takes the place of a vertex

`quadratic` has the surface, `renewal` the new simplex, `face` the differences on the faces of a
box. A surface is tried seldom, when the spread of the values has come down. Where it predicts
nothing (at kinks, on steps, in noise) it costs the midpoints, ever less often; it never flattens a
simplex, and takes neither a saddle nor the floor of a valley for a minimum.
"""

from __future__ import annotations

import math

from ..common.one_source import compilable
from . import state as at
from .box import clip_step
from .closeness import descent_of, values_agree
from .face import find_edges, first_blocked, room_for, spans_space
from .quadratic import (
    EPSILON,
    NOISE,
    begin_step,
    bend_edge,
    bend_pair,
    build_wall,
    drop_along,
    find_nearer_step,
    find_step,
    least_pivot,
)
from .renewal import (
    PAUSE,
    across,
    begin_across,
    begin_renewal,
    give_up,
    lowest_new,
    replace_worst,
    surrounding,
)
from .state import GOES_ON, RunState

LOWER = 0.3  # of the descent, or of the last spread: the spread at which a surface is tried
APART = 3  # attempts: how far apart they are at least
AFTER_NAN = 2  # times n + 1 evaluations without a surface
LEAST_SPREAD = 1e4  # times the error of a difference of values
RADIUS, LEAST_RADIUS = 16.0, 0.3  # of the trust region: the first, and the least that is tried
NARROWER = 0.25  # times the step: the next radius
IN_VAIN, LATER_RADIUS = 0.5, 1.0  # times the first radius, after an attempt in vain; the least
HOLDS = 0.1  # of the spread: how far the value may be from its prediction
GAINS, STRETCH = 0.1, 0.8  # of the predicted gain: the least for a step, and for a longer one
CERTAIN = 10.0  # times the error: the least curvature
AGREED = 0.25  # of the rounding of the descent: the remaining gain


@compilable
def begin_attempts(s: RunState) -> None:
    """Forget the attempts of the last search."""
    s.pause, s.tried_at, s.tried_spread = PAUSE, 0, math.inf
    s.first_radius = RADIUS
    s.left_at, s.simplex_rate, s.goes_again = -1, 0.0, False
    s.verified = False


@compilable
def surface_is_due(s: RunState) -> bool:
    """Return whether the spread has come down far enough, or the last attempt was long ago."""
    f_best, f_worst = s.values[s.best], s.values[s.worst]
    spread = f_worst - f_best
    if not LEAST_SPREAD * NOISE * abs(f_best) < spread < math.inf:
        s.goes_again = False
        return False
    if s.goes_again:
        return True
    if s.evaluations - s.last_nan < AFTER_NAN * (s.n + 1):
        return False
    cost, since = s.n * (s.n + 1) // 2 + 1, s.evaluations - s.tried_at
    if since >= s.pause * cost:
        return True
    if s.tried_spread == math.inf:
        return spread <= LOWER * max(s.top - f_best, spread)
    return spread <= LOWER * s.tried_spread and since >= APART * cost


@compilable
def begin_surface(s: RunState) -> int:
    """Try the first midpoint."""
    s.verified = s.verified and s.goes_again
    s.nan = s.goes_again = s.ending = False
    s.swap(0, s.best)
    s.rank()
    if s.left_at >= 0 and s.evaluations > s.left_at:
        s.simplex_rate = (s.left_value - s.values[0]) / (s.evaluations - s.left_at)
    s.tried_at, s.tried_spread = s.evaluations, s.values[s.worst] - s.values[0]
    s.middle_value, s.minimum_value = math.inf, math.inf
    found = find_edges(s)
    s.rank()
    if not found:
        return give_up(s)
    s.edge_from, s.edge_to = 0, 1
    return ask_midpoint(s)


@compilable
def ask_midpoint(s: RunState) -> int:
    """Try the midpoint of an edge."""
    s.try_between(s.edge_from, s.edge_to)
    s.waiting = at.MIDPOINT
    return GOES_ON


@compilable
def take_surface(s: RunState, value: float) -> int:
    """Take the value that the surface waits for."""
    if s.waiting == at.MIDPOINT:
        return midpoint(s, value)
    if s.waiting == at.MINIMUM:
        return at_minimum(s, value)
    if s.waiting == at.FARTHER:
        return farther(s, value)
    if s.waiting == at.SURROUNDING:
        return surrounding(s, value)
    return across(s, value)


@compilable
def midpoint(s: RunState, value: float) -> int:
    """Bend the surface to the midpoint; keep the lowest."""
    if value < s.values[0] and value < s.middle_value:
        s.middle_point, s.middle_value, s.middle_of = s.trial, value, s.edge_to
    if not math.isfinite(value):
        return give_up(s)
    if s.edge_from == 0:
        bend_edge(s, s.edge_to, value)
    else:
        bend_pair(s, s.edge_from, s.edge_to, value)
    s.edge_to += 1
    if s.edge_to > s.n_edges:
        s.edge_from += 1
        s.edge_to = s.edge_from + 1
    if s.edge_from < s.n_edges:
        return ask_midpoint(s)
    s.radius = s.first_radius
    return ask_minimum(s)


@compilable
def ask_minimum(s: RunState) -> int:
    """Try the lowest point of the surface within the trust region."""
    begin_step(s)
    return ask_lowest(s, find_step(s))


@compilable
def ask_nearer(s: RunState) -> int:
    """Try the lowest point within a smaller trust region."""
    s.radius = NARROWER * s.step_share * s.step_length
    if s.radius < LEAST_RADIUS:
        s.first_radius = max(IN_VAIN * s.first_radius, LATER_RADIUS)
        return give_up(s)
    if s.stiffness >= 0.0:  # the walls may no longer be in the way
        return ask_minimum(s)
    return ask_lowest(s, find_nearer_step(s))


@compilable
def ask_lowest(s: RunState, found: bool) -> int:
    """Try the step that was found, or the one that stays within the box."""
    s.combine(s.minimum_step, 1.0)
    if s.clips:
        for i in range(s.n):
            s.walled[i] = 0.0
        wall = first_blocked(s)
        while found and wall >= 0:
            s.walled[wall] = 1.0
            build_wall(s, wall, room_for(s, wall, s.step[wall]))
            found = find_step(s)
            s.combine(s.minimum_step, 1.0)
            wall = first_blocked(s)
    if not found:
        return give_up(s)
    s.step_share, s.drop = 1.0, drop_along(s, 1.0)
    try_step(s)
    s.waiting = at.MINIMUM
    return GOES_ON


@compilable
def try_step(s: RunState) -> None:
    """Try the share of the step."""
    step, origin, share = s.step, s.points[0], s.step_share
    for i in range(s.n):
        step[i] = origin[i] + share * step[i]
    if s.clips:
        clip_step(s)
    s.try_params(step, s.worst)


@compilable
def ask_farther(s: RunState) -> int:
    """Try twice the step."""
    s.combine(s.minimum_step, 1.0)
    s.step_share = 2.0 * s.step_share
    try_step(s)
    s.waiting = at.FARTHER
    return GOES_ON


@compilable
def farther(s: RunState, value: float) -> int:
    """Continue as long as the values fall."""
    if value < s.minimum_value:
        s.minimum, s.minimum_value = s.trial, value
        return ask_farther(s)
    s.step_share = 0.5 * s.step_share
    return begin_renewal(s, math.inf)


@compilable
def at_minimum(s: RunState, f_m: float) -> int:
    """Compare the value with its prediction."""
    f_0 = s.values[0]
    s.minimum, s.minimum_value = s.trial, math.inf if math.isnan(f_m) else f_m
    error = abs(f_m - (f_0 - s.drop))
    spread = s.values[s.worst] - f_0
    s.holds = s.shift == 0.0 and error <= HOLDS * max(spread, s.drop)
    if s.holds and is_within_limits(s, error):
        if least_pivot(s) <= CERTAIN * error or not spans_space(s):
            return give_up(s)
        if s.verified and s.drop > 0.0:
            replace_worst(s)
            return begin_across(s, 0)
        s.ending = True
    if not (s.holds or f_0 - f_m >= GAINS * s.drop):
        return ask_nearer(s)
    s.first_radius = RADIUS
    if not s.holds and f_0 - f_m >= STRETCH * s.drop:
        return ask_farther(s)
    return begin_renewal(s, error)


@compilable
def is_within_limits(s: RunState, error: float) -> bool:
    """Return whether the remaining gain, by the surface and its error, is negligible."""
    lowest = lowest_new(s)
    left = max(lowest - (s.values[0] - s.drop), 0.0) + 2.0 * error
    if s.has_tolerances:
        return left <= s.value_tolerance and is_near_minimum(s, left)
    if values_agree(s, lowest, lowest - left, 4.0):
        return True
    return left <= AGREED * EPSILON * descent_of(s, lowest)


@compilable
def is_near_minimum(s: RunState, left: float) -> bool:
    """Return whether no point that is higher by `left` is farther than the tolerance."""
    for i in range(s.n):
        v, square = s.direction, 0.0
        for k in range(s.n_edges):
            v[k] = s.frame[k][i]
        s.solve_lower(v)
        for k in range(s.n_edges):
            square += v[k] * v[k]
        if not math.sqrt(2.0 * left * square) <= s.param_tolerance:
            return False
    return True
