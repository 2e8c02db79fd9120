"""The points that a run will ask for next, as far as they do not depend on values still unknown.

They are the vertices of a new simplex, the probes along the axes, the vertices of a shrunk simplex,
and the points of a surface: midpoints of the edges, and the vertices around the minimum. All of
them are known when the first is asked for, as long as each has an ordinary value: NaN or a penalty
ends a surface, and makes a vertex be drawn again elsewhere.

A run is data, so the forecast is made by the run itself: a copy of it is told made-up values.
"""

from __future__ import annotations

import copy
import math
from typing import Any

from . import state as at
from .counting import stop_if_due
from .run import advance
from .scaling import TENTH
from .state import RunState


def points_after(s: RunState, count: int) -> list[Any]:
    """Return up to `count` points after the trial point of a run, which is not changed."""
    points: list[Any] = []
    if count < 1 or not is_known_after(s):
        return points
    s = copy.deepcopy(s)
    while len(points) < count and is_known_after(s):
        if s.has_box and s.is_outside():  # which is not evaluated
            advance(s, math.nan)
        else:
            s.evaluations += 1
            advance(s, made_up(s))
        stop_if_due(s, 0)
        if s.status == at.RUNNING and not (s.has_box and s.is_outside()):
            points.append(s.trial)
    return points


def is_known_after(s: RunState) -> bool:
    """Return whether the point after the trial point does not depend on the value there."""
    waiting = s.waiting
    if s.status != at.RUNNING:
        return False
    if waiting == at.GIVEN or waiting == at.VERTEX:
        return bool(s.vertex_index < s.n)
    if waiting == at.SHRUNK:
        return bool(s.vertex_index + (s.vertex_index + 1 == s.best) < s.n)
    if waiting == at.FIRST:
        return not s.extra  # of the start, which go with the points after it
    if waiting == at.FAR:
        return True
    if waiting == at.NEAR:
        return bool(s.probe_index < s.n - 1)
    if waiting == at.PROBED:
        return bool(s.target_change < 0.0 and s.probe_index < s.n - 1)
    if waiting == at.MIDPOINT:
        return bool(s.edge_from < s.n_edges - 1)
    return bool(waiting == at.SURROUNDING and s.next_vertex < s.n_edges)


def made_up(s: RunState) -> float:
    """Return an ordinary value: along an axis that of a straight line, which is no plateau."""
    value: float = s.values[0]
    if s.waiting == at.NEAR and math.isfinite(s.change_far):
        return value + TENTH * (s.change_far - value)
    return value if math.isfinite(value) else 0.0
