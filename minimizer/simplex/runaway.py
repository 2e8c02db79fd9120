"""A parameter that grows without end while the value converges (R23)."""

from __future__ import annotations

from ..common.ieee import maximum
from ..common.one_source import compilable
from .state import RunState

FARTHER = 2.0  # times the distance from the start: where a parameter is looked at again
CONVERGES = 0.75  # times the last fall of the value: the next, if the value converges
TIMES = 6  # in a row that it does so
FAR = 1000.0  # times the size of the first simplex: the least distance
NEGLIGIBLE = 1e-2  # of the descent, and of the value: what is left to gain
ONE_SEARCH = 200  # evaluations per parameter that SciPy allows a search by default
OFTEN = 3  # evaluations per parameter between two looks
STAYS_AWAY = 0.5


@compilable
def begin_watch(s: RunState) -> None:
    """Note where the parameters begin."""
    s.look_at = 0
    for i in range(s.n):
        s.far_away[i], s.far_value[i] = FARTHER * s.ranges[i], s.values[0]
        s.far_fall[i], s.far_times[i] = 0.0, 0.0


@compilable
def runs_away(s: RunState) -> bool:
    """Return whether a parameter runs away, after the usual length of a search."""
    if s.evaluations < s.look_at:
        return False
    s.look_at = s.evaluations + OFTEN * s.n
    away = False
    for i in range(s.n):
        way = abs(s.points[s.best][i] - s.first_point[i])
        if way > s.far_away[i]:
            away = takes_little_along(s, i, way) or away
    return away and s.evaluations >= ONE_SEARCH * s.n


@compilable
def takes_little_along(s: RunState, i: int, way: float) -> bool:
    """Note the fall of the value since the last distance; return whether it converges."""
    f_best = s.values[s.best]
    fall, before = s.far_value[i] - f_best, s.far_fall[i]
    s.far_times[i] = s.far_times[i] + 1.0 if fall <= CONVERGES * before else 0.0
    s.far_away[i], s.far_value[i], s.far_fall[i] = FARTHER * way, f_best, fall
    return is_away(s, i, way)


@compilable
def is_away(s: RunState, i: int, way: float) -> bool:
    """Return whether a parameter is far away and hardly anything is left to gain."""
    f_best = s.values[s.best]
    descent, size = s.top - f_best, abs(f_best)
    left = s.far_fall[i] * CONVERGES / (1.0 - CONVERGES)
    far = way >= FAR * s.ranges[i] and s.far_times[i] >= TIMES
    little: bool = left <= NEGLIGIBLE * (descent if descent < size else size)
    return far and little


@compilable
def has_run_away(s: RunState) -> bool:
    """Return whether a search has ended where a parameter has run away to."""
    for i in range(s.n):
        way = abs(s.points[s.best][i] - s.first_point[i])
        if way >= STAYS_AWAY * s.far_away[i] / FARTHER and is_away(s, i, way):
            return True
    return False
