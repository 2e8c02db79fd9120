"""Points computed from the vertices that are seldom needed, so that one form suffices."""

from __future__ import annotations

import math
from typing import Any

from ..common.one_source import compilable
from .state import RunState


@compilable
def find_mean(s: RunState, mean: Any) -> None:
    """Find the mean of all vertices, summed in index order."""
    for i in range(s.n):
        total = 0.0
        for v in range(s.n + 1):
            total += s.points[v][i]
        mean[i] = total * (1.0 / (s.n + 1))


@compilable
def try_centre(s: RunState) -> None:
    """Try the mean of all vertices."""
    find_mean(s, s.step)
    s.try_params(s.step, -1)


@compilable
def try_inwards(s: RunState, share: float) -> None:
    """Try the reflection drawn towards the middle by a share of the way."""
    for i in range(s.n):
        x = s.reflected[i]
        s.step[i] = x + share * (s.middle[i] - x)
    s.try_params(s.step, -1)


@compilable
def try_shrunk(s: RunState, v: int) -> None:
    """Try vertex `v` drawn towards the best."""
    for i in range(s.n):
        s.step[i] = s.shrink * s.points[v][i] + (1.0 - s.shrink) * s.points[s.best][i]
    s.try_params(s.step, v)


@compilable
def find_extents(s: RunState) -> None:
    """Set `sizes` to the root of the summed squares of the edges at the best vertex."""
    for i in range(s.n):
        square, best = 0.0, s.points[s.best][i]
        for v in range(s.n + 1):
            if v != s.best:
                d = abs(s.points[v][i] - best)
                square += d * d
        s.sizes[i] = math.sqrt(square)
