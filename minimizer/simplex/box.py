"""Steps within a box."""

from __future__ import annotations

import math
import sys

from ..common.one_source import compilable
from .state import RunState

ROUNDINGS = 8.0 * sys.float_info.epsilon  # of a bound: a number as near as this lies on it


@compilable
def inwards(s: RunState, i: int, step: float) -> float:
    """Return parameter i of vertex 0 after a step; mirrored where the box would shorten it (R8)."""
    origin = s.points[0][i]
    x = origin + step
    if s.clips:
        x, back = clipped(s, i, x), clipped(s, i, origin - step)
        if not abs(x - origin) >= abs(back - origin):
            return back
    return x


@compilable
def clipped(s: RunState, i: int, x: float) -> float:
    """Return the nearest number within the bounds of parameter i, or NaN."""
    if x <= s.lower[i]:
        return s.lower[i]
    return s.upper[i] if x >= s.upper[i] else x


@compilable
def clip_step(s: RunState) -> None:
    """Clip `step` to the box, onto the bound itself if it differs from it by rounding only."""
    for i in range(s.n):
        x = clipped(s, i, s.step[i])
        bound = nearer_bound(s, i, x)
        s.step[i] = bound if is_at(x, bound) else x


@compilable
def nearer_bound(s: RunState, i: int, x: float) -> float:
    """Return the bound of parameter i that is nearer to x."""
    lower, upper = s.lower[i], s.upper[i]
    return lower if abs(x - lower) <= abs(x - upper) else upper


@compilable
def is_at(x: float, bound: float) -> bool:
    """Return whether x lies on a bound, up to rounding."""
    return abs(x - bound) <= ROUNDINGS * abs(bound) < math.inf
