"""A pole along one parameter: the value falls without end as the parameter comes nearer (R22).

So does the likelihood of many distributions whose support begins at the smallest datum. The simplex
becomes thin in this parameter, and only rounding ends the search. A thin simplex is therefore
looked at: from its best vertex, the function is probed along the parameter at four distances, each
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

PROBES = 4
SHORTER = 0.1  # times the distance before
BEYOND = 30.0  # times the extent of the simplex: the least distance, compared with which it is small
RESOLVED = 32.0 * sys.float_info.epsilon  # of the parameter: the same
FARTHEST = 1e-5  # of the way + range
KEEPS = 0.75  # times the last fall: the next, at least; that of a cusp |x|^(1/8) is 0.75 times


@compilable
def begin_looking(s: RunState) -> None:
    """Note when a run is first looked at: when it is longer than SciPy's may be."""
    s.pole_look = ONE_SEARCH * s.n


@compilable
def looks_for_pole(s: RunState, then: int) -> bool:
    """Ask for the first probe if the simplex is thin; note what comes after the last."""
    if s.has_resolutions or not s.near_by_way:
        return False
    s.after_lines, s.line = then, -1
    s.pole_look = 2 * s.evaluations
    return begin_next_line(s) == GOES_ON


@compilable
def begin_next_line(s: RunState) -> int:
    """Ask for the farthest probe on the next line: to either side along each thin parameter."""
    s.line += 1
    while s.line < 2 * s.n:
        s.line_distance = farthest_probe(s, s.line // 2)
        if s.line_distance > 0.0:
            s.line_probe, s.line_fall = 0, 0.0
            ask_on_line(s)
            return GOES_ON
        s.line += 1
    return STAYS


@compilable
def farthest_probe(s: RunState, i: int) -> float:
    """Return the distance of the farthest probe along parameter i, 0 if the simplex is not thin."""
    x, extent = s.points[s.best][i], 0.0
    for v in range(s.n + 1):
        extent = maximum(extent, abs(s.points[v][i] - x))
    distance = maximum(BEYOND * extent, RESOLVED * abs(x)) / SHORTER**3
    return distance if distance <= reach(s, i, x, FARTHEST, s.run_ranges) else 0.0


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
    fall = s.line_value - value
    if s.line_probe > 0:
        f_best = s.values[s.best]
        visible = fall > 0.0 and not is_level(s, f_best, f_best + fall)
        if not (visible and fall >= KEEPS * s.line_fall):
            return begin_next_line(s)
        s.line_fall = fall
    s.line_probe += 1
    if s.line_probe == PROBES:
        return OVER
    s.line_value = value
    s.line_distance *= SHORTER
    ask_on_line(s)
    return GOES_ON
