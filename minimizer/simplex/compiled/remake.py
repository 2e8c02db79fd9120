"""Making a new simplex around the result of a search, as in `minimizer.simplex.initial_simplex`."""

from __future__ import annotations

import math

from ..initial_simplex import KEPT
from . import state as at
from .arithmetic import larger, log, vertex_range
from .geometry import swap
from .initial_simplex import next_vertex
from .jit import jit, part


@part
def remake(s, w):
    """Make a new simplex, ten times as large, around the best vertex."""
    sizes = w.rows[at.SIZES]
    set_new_sizes(s, w, sizes)
    if s.regrow_after_nan and s.nan_reflections > 0:
        regrow(s, w, sizes)
    for i in range(s.n):
        sizes[i] = vertex_range(w.points[s.best, i], sizes[i])
    swap(s, w, 0, s.best)
    s.remaking = True
    s.vertex, s.tries = 1, 0
    return next_vertex(s, w)


@part
def regrow(s, w, sizes):
    """Let sizes be no smaller than the way that the search went, or than `KEPT` of the last."""
    farthest = -1.0
    for i in range(s.n):
        way = abs(w.points[s.best, i] - w.rows[at.ORIGIN, i]) / w.rows[at.RUN_RANGES, i]
        if way > farthest or math.isnan(way):
            farthest = way
    kept = KEPT * s.reach
    s.reach = kept if kept > farthest else farthest
    for i in range(s.n):
        bound = s.reach * w.rows[at.RUN_RANGES, i]
        if bound > sizes[i]:
            sizes[i] = bound


@part
def set_new_sizes(s, w, sizes):
    """Ten times the size of the simplex per parameter, no parameter too small among the others."""
    n, best = s.n, s.best
    for i in range(n):
        square = 0.0
        for v in range(n + 1):
            if v != best:
                d = abs(w.points[v, i] - w.points[best, i])
                square += d * d
        sizes[i] = 10.0 * math.sqrt(square)
    logs = 0.0
    for i in range(n):
        scale = size_scale(s, w, i)
        logs += 0.0 if sizes[i] > scale else log(sizes[i] / scale)
    typical = math.exp(logs / n)
    for i in range(n):
        scale = size_scale(s, w, i)
        if sizes[i] < scale and sizes[i] / scale < typical * 1e-3:
            sizes[i] = scale * typical * 1e-3
    if s.has_resolutions:
        for i in range(n):
            if sizes[i] < 10.0 * w.rows[at.RESOLUTIONS, i]:
                sizes[i] = 10.0 * w.rows[at.RESOLUTIONS, i]


@jit
def size_scale(s, w, i):
    """Return what the size in parameter i is compared with."""
    if s.has_variations:
        return w.rows[at.VARIATIONS, i]
    return larger(abs(w.rows[at.START, i]), abs(w.points[s.best, i]))
