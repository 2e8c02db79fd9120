"""A pole along one parameter: the value falls without end as the parameter comes nearer (R22).

So does the likelihood of many distributions whose support begins at the smallest datum. Only
rounding ends the search there. Long runs, and results that are not a surface's, are therefore
looked at: from the best vertex, the function is probed along each parameter at five distances, each
a tenth of the one before. Towards a minimum, a kink or an edge, the falls from one to the next
vanish; towards a pole they do not.
"""

from __future__ import annotations

import sys

from ..common.ieee import maximum
from ..common.one_source import compilable
from . import state as at
from .closeness import is_level, reach
from .run_spec import ONE_SEARCH
from .state import GOES_ON, OVER, STAYS, RunState

PROBES = 5
SHORTER = 0.1  # times the distance before
SPAN = 10.0 ** (PROBES - 1)  # times the last distance: the first
FARTHEST = 1e-5  # of the way + range: the first distance, at most
NEAREST = 1e-13  # of the same: the last distance, at least
RESOLVED = 32.0 * sys.float_info.epsilon  # of the parameter: the same
BEYOND = 3.0  # times the extent of a simplex that still moves: the same
KEEPS = 0.75  # times the last fall: the next, at least, as towards a cusp |x|^(1/8)


@compilable
def begin_looking(s: RunState) -> None:
    """Note when a run is first looked at: when it is longer than SciPy's may be."""
    s.pole_look = ONE_SEARCH * s.n


@compilable
def looks_for_pole(s: RunState, then: int) -> bool:
    """Ask for the first probe, and note what comes after the last; return whether there is one."""
    if s.has_resolutions or not s.near_by_way:
        return False
    s.after_lines, s.line = then, -1
    s.pole_look = 2 * s.evaluations
    return begin_next_line(s) == GOES_ON


@compilable
def begin_next_line(s: RunState) -> int:
    """Ask for the farthest probe on the next line, to either side along each parameter."""
    s.line += 1
    while s.line < 2 * s.n:
        i = s.line // 2
        s.line_distance = SPAN * nearest_probe(s, i)
        if s.line_distance <= reach(s, i, s.points[s.best][i], FARTHEST, s.run_ranges):
            s.line_probe, s.line_fall = 0, 0.0
            ask_on_line(s)
            return GOES_ON
        s.line += 1
    return STAYS


@compilable
def nearest_probe(s: RunState, i: int) -> float:
    """Return the distance of the nearest probe along parameter i."""
    x, extent = s.points[s.best][i], 0.0
    if s.after_lines == STAYS:
        for v in range(s.n + 1):
            extent = maximum(extent, abs(s.points[v][i] - x))
    resolved = maximum(RESOLVED * abs(x), reach(s, i, x, NEAREST, s.run_ranges))
    return maximum(BEYOND * extent, resolved)


@compilable
def ask_on_line(s: RunState) -> None:
    """Try the best vertex with one parameter at the distance."""
    for i in range(s.n):
        s.step[i] = s.points[s.best][i]
    side = 1.0 if s.line % 2 == 0 else -1.0
    s.step[s.line // 2] += side * s.line_distance
    s.try_params(s.step, s.best)
    s.waiting = at.ON_LINE


@compilable
def take_on_line(s: RunState, value: float) -> int:
    """Take a probe: return `OVER` at a pole, `STAYS` if there is none, or ask for the next."""
    f_best = s.values[s.best]
    fall = s.line_value - value if s.line_probe > 0 else value - f_best
    visible = fall > 0.0 and not is_level(s, f_best, f_best + fall)
    if not (visible and fall >= KEEPS * s.line_fall):
        return begin_next_line(s)
    if s.line_probe > 1:  # the first distance may reach beyond other data
        s.line_fall = fall
    s.line_probe += 1
    if s.line_probe == PROBES:
        return OVER
    s.line_value = value
    s.line_distance *= SHORTER
    ask_on_line(s)
    return GOES_ON
