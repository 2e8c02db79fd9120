"""The new simplex around the lowest point of a surface, and the end of a surface (R16).

Its vertices are the columns of L⁻ᵀ, where L Lᵀ is the curvature along the edges: in a quadratic
function all of them are equally high above the minimum. Whether they are confirms a result: they
are too low where a function is flat, and too high at a kink.
"""

from __future__ import annotations

import math

from ..common.ieee import divide
from ..common.one_source import compilable
from . import state as at
from .box import clip_step
from .face import ask_across, next_held
from .quadratic import NOISE
from .state import GOES_ON, OVER, STAYS, RunState

TALL, LOW = 0.1, 1e-6  # of the spread: how high the new simplex is, at most and at least
ABOVE_ERROR, ABOVE_NOISE = 10.0, 1e4  # times these: further lower limits
MATCHES = 1.2  # times the predicted height: the range allowed for its vertices
PAYS = 3.0  # times the simplex's gain per evaluation: the least gain for which surfaces continue
GAIN = 1e-3  # of the spread: the same
PAUSE, LONGEST_PAUSE = 20, 64  # attempts: how far apart they are without a call
SHARE = 0.1  # of a vertex in a point: the least for which the point may replace it


@compilable
def lowest_new(s: RunState) -> float:
    """Return the lowest value so far."""
    return min(s.values[0], s.middle_value, s.minimum_value)


@compilable
def find_centre(s: RunState) -> None:
    """Set `centre` to the parameters of the lowest point."""
    lowest = lowest_new(s)
    point = s.points[0]
    if s.minimum_value == lowest:
        point = s.minimum
    elif s.middle_value == lowest:
        point = s.middle_point
    for i in range(s.n):
        s.centre[i] = point[i]


@compilable
def find_heights(s: RunState, error: float) -> None:
    """Find how high above the lowest point the vertices should be, and how far away at most."""
    f_0 = s.values[0]
    spread = s.values[s.worst] - f_0
    if s.holds:
        least = max(ABOVE_ERROR * error, ABOVE_NOISE * NOISE * abs(f_0), LOW * spread)
        s.height, s.farthest = min(least, TALL * spread), math.inf
    else:
        s.height = max(f_0 - lowest_new(s), TALL * spread)
        s.farthest = max(0.5 * s.step_share * s.step_length, 0.25)


@compilable
def begin_renewal(s: RunState, error: float) -> int:
    """Try the first vertex of a new simplex."""
    find_heights(s, error)
    find_centre(s)
    s.next_vertex, s.matches = 1, s.holds
    return ask_surrounding(s)


@compilable
def ask_surrounding(s: RunState) -> int:
    """Try a vertex of the new simplex: a column of L⁻ᵀ, all of which are equally high."""
    t, k, square = s.direction, s.next_vertex - 1, 0.0
    for j in range(s.n_edges):
        t[j] = 1.0 if j == k else 0.0
    s.solve_upper(t)
    for j in range(s.n_edges):
        square += t[j] * t[j]
    size = min(math.sqrt(2.0 * s.height), divide(s.farthest, math.sqrt(square)))
    s.combine(t, size)
    step, centre = s.step, s.centre
    for i in range(s.n):
        step[i] = centre[i] + step[i]
    if s.clips:
        clip_step(s)
    s.try_params(step, s.next_vertex)
    s.waiting = at.SURROUNDING
    return GOES_ON


@compilable
def surrounding(s: RunState, value: float) -> int:
    """Take a vertex of the new simplex; with the last one it replaces the old."""
    if math.isnan(value):
        return give_up(s)
    above = value - lowest_new(s)
    s.matches = s.matches and NOISE * abs(value) < above <= MATCHES * s.height
    s.set_aside(s.next_vertex, s.trial, value)
    s.next_vertex += 1
    if s.next_vertex <= s.n_edges:
        return ask_surrounding(s)
    s.verified = s.matches
    if s.ending and s.verified:
        replace_worst(s)
        return begin_across(s, 0)
    before = s.values[0]
    replace_all(s)
    if s.holds or pays(s, before - s.values[s.best]):
        s.goes_again, s.pause = True, PAUSE
    else:
        s.pause = min(2 * s.pause, LONGEST_PAUSE)
    return leave(s)


@compilable
def replace_all(s: RunState) -> None:
    """Replace the simplex by the new one."""
    if s.minimum_value <= s.values[0] and s.minimum_value <= s.middle_value:
        s.put(0, s.minimum, s.minimum_value)
    elif s.middle_value < s.values[0]:
        s.put(0, s.middle_point, s.middle_value)
    for k in range(1, s.n_edges + 1):
        s.put(k, s.around[k], s.around_values[k])
    s.rank()


@compilable
def pays(s: RunState, gained: float) -> bool:
    """Return whether a surface has gained more per evaluation than the simplex did before."""
    evaluations = s.evaluations - s.tried_at
    return gained >= PAYS * s.simplex_rate * evaluations and gained >= GAIN * s.tried_spread


@compilable
def give_up(s: RunState) -> int:
    """Replace a vertex by the lowest new point, if that does not flatten the simplex."""
    f_m, worst = s.minimum_value, -1
    if f_m < s.middle_value:
        rest = 1.0
        for k in range(s.n_edges):
            share = s.step_share * s.minimum_step[k]
            rest -= share
            higher = worst < 0 or s.values[k + 1] > s.values[worst]
            if f_m < s.values[k + 1] and abs(share) >= SHARE and higher:
                worst = k + 1
        if worst < 0 and f_m < s.values[0] and abs(rest) >= SHARE:
            worst = 0
    if worst >= 0:
        s.put(worst, s.minimum, f_m)
    elif s.middle_value < math.inf:
        s.put(s.middle_of, s.middle_point, s.middle_value)
    s.rank()
    s.pause = min(2 * s.pause, LONGEST_PAUSE)
    return leave(s)


@compilable
def replace_worst(s: RunState) -> None:
    """Put the lowest new point in the place of the worst vertex."""
    if s.middle_value < s.minimum_value:
        s.put(s.worst, s.middle_point, s.middle_value)
    else:
        s.put(s.worst, s.minimum, s.minimum_value)
    s.rank()


@compilable
def leave(s: RunState) -> int:
    """Note the state at which the surface leaves the search to the simplex."""
    s.left_at, s.left_value = s.evaluations, s.values[s.best]
    return STAYS


@compilable
def begin_across(s: RunState, i: int) -> int:
    """Probe the slope across the face, if there is one; else the run has converged."""
    if s.clips:
        i = next_held(s, i)
        if i < s.n:
            ask_across(s, i)
            s.waiting = at.ACROSS
            return GOES_ON
    s.by_surface = True
    return OVER


@compilable
def across(s: RunState, value: float) -> int:
    """Probe the next face if the function rises into the box; else continue the search."""
    f_best = s.values[s.best]
    if value > f_best + NOISE * abs(f_best):
        return begin_across(s, s.probe_index + 1)
    if value < s.values[s.worst]:
        s.put(s.worst, s.trial, value)
        s.rank()
    return leave(s)
