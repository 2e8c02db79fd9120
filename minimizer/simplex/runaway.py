"""A parameter that grows without end while the value converges (R23).

On a ridge to infinity, as 1 + 1 / x, a search never ends by itself. It is watched each time that a
parameter has doubled its distance from the start: where the falls of the value from one doubling to
the next form a convergent series, whose rest is negligible, the parameter has run away. Towards a
minimum, however far, they do not: they grow, as for a parabola, or hardly become less.
"""

from __future__ import annotations

import math

from ..common.one_source import compilable
from .run_spec import ONE_SEARCH
from .state import RunState

FARTHER = 2.0  # times the distance from the start: where a parameter is looked at again
CONVERGES = 0.75  # times the last fall: the next, at most, if the falls converge
TIMES, GROWTH = 4, 64.0  # in a row that they do so, and times as far away meanwhile
FAR = 1000.0  # times the size of the first simplex: the least distance
NEGLIGIBLE = 1e-2  # of the descent, and of the value: what is left to gain
STAYS = 0.25  # times the next distance: no longer there if nearer
OFTEN = 3  # evaluations per parameter between two looks


@compilable
def begin_watch(s: RunState) -> None:
    """Note the value where the parameters begin."""
    s.look_at = 0
    for i in range(s.n):
        s.next_way[i], s.way_value[i] = FARTHER * s.ranges[i], s.values[0]
        s.way_fall[i], s.way_times[i], s.way_from[i] = 0.0, 0.0, math.inf


@compilable
def runs_away(s: RunState) -> bool:
    """Return whether a parameter is running away, and the search longer than SciPy's may be."""
    if s.evaluations < s.look_at:
        return False
    s.look_at = s.evaluations + OFTEN * s.n
    away = False
    for i in range(s.n):
        way = abs(s.points[s.best][i] - s.first_point[i])
        if way > s.next_way[i]:
            note_way(s, i, way)
            away = is_away(s, i, way) or away
    return away and s.evaluations >= ONE_SEARCH * s.n


@compilable
def note_way(s: RunState, i: int, way: float) -> None:
    """Note the fall of the value since parameter i was at most half as far away."""
    f_best = s.values[s.best]
    fall = s.way_value[i] - f_best
    if fall <= CONVERGES * s.way_fall[i]:
        s.way_times[i] += 1.0
    else:
        s.way_times[i], s.way_from[i] = 0.0, way
    s.next_way[i], s.way_value[i], s.way_fall[i] = FARTHER * way, f_best, fall


@compilable
def is_away(s: RunState, i: int, way: float) -> bool:
    """Return whether parameter i is far away, and hardly anything is left to gain."""
    far = way >= FAR * s.ranges[i] and way >= GROWTH * s.way_from[i]
    if not far or s.way_times[i] < TIMES:
        return False
    f_best = s.values[s.best]
    descent, size = s.top - f_best, abs(f_best)
    left = s.way_fall[i] * CONVERGES / (1.0 - CONVERGES)  # of a geometric series
    negligible: bool = left <= NEGLIGIBLE * (descent if descent < size else size)
    return negligible


@compilable
def has_run_away(s: RunState) -> bool:
    """Return whether a search has ended where a parameter has run away to."""
    for i in range(s.n):
        way = abs(s.points[s.best][i] - s.first_point[i])
        if way >= STAYS * s.next_way[i] and is_away(s, i, way):
            return True
    return False
