"""Steps within a box."""

from __future__ import annotations

from ..common.one_source import compilable
from .state import RunState


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
    """Let `step` be the nearest point of the box."""
    for i in range(s.n):
        s.step[i] = clipped(s, i, s.step[i])
