"""Sizes of a new simplex around a result, from those of the last simplex and from the way."""

from __future__ import annotations

import math

from ..common.ieee import divide, log, maximum
from ..common.one_source import compilable
from .geometry import find_extents
from .state import RunState

KEPT = 0.3  # by how much the size of a regrown simplex may fall from one search to the next (R9)


@compilable
def regrow(s: RunState) -> None:
    """Make sizes at least as large as the way of the search, or as `KEPT` of the last ones."""
    farthest = -1.0
    for i in range(s.n):
        way = abs(s.points[s.best][i] - s.origin[i]) / s.run_ranges[i]
        if way > farthest or math.isnan(way):
            farthest = way
    kept = KEPT * s.reach
    s.reach = kept if kept > farthest else farthest
    for i in range(s.n):
        bound = s.reach * s.run_ranges[i]
        if bound > s.sizes[i]:
            s.sizes[i] = bound


@compilable
def find_new_sizes(s: RunState) -> None:
    """Take ten times the size of the simplex, with no parameter too small beside the others."""
    n, sizes = s.n, s.sizes
    find_extents(s)
    for i in range(n):
        sizes[i] = 10.0 * sizes[i]
    logs = 0.0
    for i in range(n):
        scale = scale_of(s, i)
        logs += 0.0 if sizes[i] > scale else log(divide(sizes[i], scale))
    typical = math.exp(logs / n)
    for i in range(n):
        scale = scale_of(s, i)
        if sizes[i] < scale and divide(sizes[i], scale) < typical * 1e-3:
            sizes[i] = scale * typical * 1e-3
    if s.has_resolutions:
        for i in range(n):
            if sizes[i] < 10.0 * s.resolutions[i]:
                sizes[i] = 10.0 * s.resolutions[i]


@compilable
def scale_of(s: RunState, i: int) -> float:
    """Return the scale with which the size in parameter i is compared."""
    if s.has_variations:
        return s.variations[i]
    return maximum(abs(s.start[i]), abs(s.points[s.best][i]))
