"""The size of a simplex along each parameter, found by probing the function (R17, R19).

A size that was guessed wrongly in one parameter lets the simplex collapse along it, and freezes the
others: it then seems to have converged where it has not. So the function is probed along the axes.
The first simplex is made smaller where the function has gone flat within its size (R19), a remade
one larger or smaller until every parameter changes the value alike, and visibly (R17).
"""

from __future__ import annotations

import math

from ..common.ieee import maximum
from ..common.one_source import compilable
from . import state as at
from .box import inwards
from .closeness import ROUNDING, error_limit, vertex_size
from .state import RunState

TENTH = 0.1
SHORTENINGS = 14
PLATEAU = (
    0.5  # of the change: with less between a tenth of a size and all of it, the size is too large
)
STEEP = 300.0  # times the change at a tenth of a size: with more at all of it, it is too large
TOO_LITTLE, TOO_MUCH = 1.0 / 30.0, 1000.0  # times the typical change
VISIBLE = 100.0  # error limits that a change should have
FACTOR = 1000.0  # by which a size is changed at most at once
BALANCINGS = 40
AT_MOST = 1000.0  # times the first size and the way since: the limit where nothing changes


@compilable
def ask_along(s: RunState, i: int, size: float) -> None:
    """Try vertex 0 with parameter i at a distance, on the side that the box leaves free."""
    s.begin_at(0)
    s.step[i] = inwards(s, i, size)
    s.try_params(s.step, 0)


@compilable
def begin_shortening(s: RunState) -> None:
    """Ask for the first probe of the first simplex."""
    s.probe_index = 0
    ask_far(s)


@compilable
def ask_far(s: RunState) -> None:
    """Try the whole size of a parameter."""
    s.tries, s.size_before = 0, s.sizes[s.probe_index]
    ask_along(s, s.probe_index, s.size_before)
    s.waiting = at.FAR


@compilable
def far(s: RunState, value: float) -> None:
    """Take the value at the whole size."""
    s.change_far = value
    ask_near(s)


@compilable
def ask_near(s: RunState) -> None:
    """Try a tenth of the size."""
    ask_along(s, s.probe_index, TENTH * s.sizes[s.probe_index])
    s.waiting = at.NEAR


@compilable
def near(s: RunState, f_near: float) -> bool:
    """Shorten the size, repeatedly if necessary; return whether all sizes are final.

    It is not changed where no probe has a value, or where the function falls at once, however near
    the probe: the start is then at an edge, or beyond one.
    """
    f_0, f_far = s.values[0], s.change_far
    shorter = TENTH * s.sizes[s.probe_index]
    may_be = vertex_size(s, s.points[0][s.probe_index], shorter) == shorter
    plateau = is_plateau(f_0, f_near, f_far)
    if plateau and s.tries < SHORTENINGS and may_be:
        s.tries += 1
        s.sizes[s.probe_index] *= TENTH
        s.change_far = f_near
        ask_near(s)
        return False
    if not math.isfinite(f_near) or (plateau and f_near < f_0):
        s.sizes[s.probe_index] = s.size_before
    s.probe_index += 1
    if s.probe_index == s.n:
        return True
    ask_far(s)
    return False


@compilable
def is_plateau(f_0: float, f_near: float, f_far: float) -> bool:
    """Return whether most of the change is within a tenth of the way."""
    if not (math.isfinite(f_far) and math.isfinite(f_near)):
        return True
    if f_far == f_0:
        return False
    far, near = abs(f_far - f_0), abs(f_near - f_0)
    return abs(f_far - f_near) <= PLATEAU * maximum(far, near) or far > STEEP * near


@compilable
def begin_balancing(s: RunState) -> None:
    """Ask for the first probe of a remade simplex."""
    s.target_change, s.tries, s.probe_index = -1.0, 0, 0
    ask_balance(s)


@compilable
def ask_balance(s: RunState) -> None:
    """Try the size of a parameter."""
    ask_along(s, s.probe_index, s.sizes[s.probe_index])
    s.waiting = at.PROBED


@compilable
def probed(s: RunState, value: float) -> bool:
    """Take the change at a probe; return whether all sizes are final.

    A parameter that cannot be changed, or only to a point without a value, keeps its size.
    """
    i = s.probe_index
    change = abs(value - s.values[0])
    if s.trial[i] == s.points[0][i] or not math.isfinite(change):
        change = math.nan
        if s.tries > 0:
            s.sizes[i] = s.size_before
    s.changes[i] = change
    if s.target_change < 0.0:
        s.probe_index += 1
        if s.probe_index < s.n:
            ask_balance(s)
            return False
        find_target(s)
        s.probe_index = 0
    return next_balancing(s)


@compilable
def find_target(s: RunState) -> None:
    """Take as the target the geometric mean of the changes, if that is visible."""
    logs, count = 0.0, 0
    for i in range(s.n):
        if 0.0 < s.changes[i] < math.inf:
            logs += math.log(s.changes[i])
            count += 1
    typical = math.exp(min(logs / count, 700.0)) if count > 0 else 0.0
    s.target_change = maximum(typical, VISIBLE * error_limit(s, s.values[0]))


@compilable
def next_balancing(s: RunState) -> bool:
    """Ask for a better size of the next parameter that needs one; return whether none does."""
    while s.probe_index < s.n:
        change, target = s.changes[s.probe_index], s.target_change
        if 0.0 < target < math.inf and s.tries < BALANCINGS:
            if change < TOO_LITTLE * target and may_grow(s, s.probe_index, change):
                return adjust(s, change_of_size(target, change))
            if TOO_MUCH * target < change < math.inf:
                return adjust(s, 1.0 / change_of_size(change, target))
        s.probe_index += 1
        s.tries = 0
    return True


@compilable
def may_grow(s: RunState, i: int, change: float) -> bool:
    """Return whether the value has changed, or the size is not far larger than the way.

    A parameter without influence changes nothing at any distance, and a function may fail far away.
    """
    if change > 4.0 * ROUNDING * abs(s.values[0]):
        return True
    way = abs(s.points[0][i] - s.first_point[i])
    return s.sizes[i] < AT_MOST * (s.run_ranges[i] + way)


@compilable
def change_of_size(more: float, less: float) -> float:
    """Return the factor of the size that changes a quadratic from less to more, within limits."""
    if less == 0.0:
        return 10.0
    factor = math.sqrt(more / less)
    return 2.0 if factor < 2.0 else FACTOR if factor > FACTOR else factor


@compilable
def adjust(s: RunState, factor: float) -> bool:
    """Try another size."""
    s.size_before, s.tries = s.sizes[s.probe_index], s.tries + 1
    s.sizes[s.probe_index] *= factor
    ask_balance(s)
    return False
