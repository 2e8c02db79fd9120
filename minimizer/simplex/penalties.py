"""Values that say "out of bounds" without being NaN, and walls (R21).

Legacy code returns inf, 1e10 or 10000 where NaN is meant, and a simplex that takes them for heights
creeps along the edge as if it were a wall to climb.
"""

from __future__ import annotations

import math

from ..common.one_source import compilable
from . import state as at
from .state import RunState

FAR_ABOVE = 10.0  # times the range of all other values
WALL, OF_DESCENT = 1e4, 1e-3  # of the range of the simplex, and of the descent: its least height


@compilable
def begin_penalties(s: RunState) -> None:
    """Forget all values."""
    s.lowest, s.highest, s.second_highest, s.times_highest = math.inf, -math.inf, -math.inf, 0


@compilable
def is_penalty(s: RunState, value: float) -> bool:
    """Return whether a value is +inf, or the highest so far, again, and far above all others."""
    if not value < s.highest:
        if value == math.inf:
            return True
        if value > s.highest:
            s.second_highest, s.highest, s.times_highest = s.highest, value, 1
        elif value == s.highest:
            s.times_highest += 1
    elif value > s.second_highest:
        s.second_highest = value
    if value < s.lowest:
        s.lowest = value
    if s.times_highest < 2 or value != s.highest:
        return False
    gap, rest = s.highest - s.second_highest, s.second_highest - s.lowest
    return rest >= 0.0 and gap > 0.0 and gap >= FAR_ABOVE * rest


@compilable
def is_beyond_wall(s: RunState, value: float) -> bool:
    """Return whether a value is so high above the simplex that it lies beyond an edge.

    By chance the values of a simplex may be nearly equal, which is told by the descent.
    """
    if s.waiting < at.REFLECTED:
        return False
    f_best = s.values[s.best]
    height, spread = value - f_best, s.values[s.worst] - f_best
    beyond: bool = height > WALL * spread > 0.0 and height > OF_DESCENT * (s.top - f_best)
    return beyond
