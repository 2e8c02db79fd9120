"""The simplex of `simplex.simplex` for compiled code; points to try are left in row TRIAL."""

from __future__ import annotations

import math

from ..simplex import FLAT
from . import state as at
from .arithmetic import pairwise_dot
from .jit import jit, leaf


@leaf
def rank(s, w):
    """Find the best, worst and next worst vertex; among equals the first."""
    values = w.values
    best = worst = 0
    lowest = highest = values[0]
    for i in range(1, s.n + 1):
        value = values[i]
        best, lowest = (i, value) if value < lowest else (best, lowest)
        worst, highest = (i, value) if value > highest else (worst, highest)
    next_worst, next_highest = best, lowest
    for i in range(s.n + 1):
        value = values[i]
        higher = (value > next_highest) & (i != worst)
        next_worst, next_highest = (i, value) if higher else (next_worst, next_highest)
    s.best, s.next_worst, s.worst = best, next_worst, worst


@jit
def start_search(s, w):
    """Note where a search begins."""
    rank(s, w)
    n = s.n
    for i in range(n):
        w.rows[at.ORIGIN, i] = w.points[s.best, i]
        w.rows[at.MIDDLE, i] = sum_of(s, w, i, -1) * (1.0 / (n + 1))
    s.nan_reflections = 0


@leaf
def sum_of(s, w, i, without):
    """Sum of parameter i over the vertices, in index order."""
    total = 0.0
    for v in range(s.n + 1):
        if v != without:
            total += w.points[v, i]
    return total


@leaf
def set_centroid(s, w):
    """Find the mean of the vertices other than the worst."""
    share = 1.0 / s.n
    for i in range(s.n):
        w.rows[at.CENTROID, i] = sum_of(s, w, i, s.worst) * share


@leaf
def ask(s, w, waiting, vertex=-1):
    """Clip the trial point, add the extra elements (zeros, or a vertex's), and wait."""
    n = s.n
    for i in range(n):
        if s.clips and not (s.fixed_only and w.rows[at.LOWER, i] < w.rows[at.UPPER, i]):
            w.rows[at.TRIAL, i] = clipped(w, i, w.rows[at.TRIAL, i])
    for i in range(n, n + s.extra):
        w.rows[at.TRIAL, i] = w.points[vertex, i] if vertex >= 0 else 0.0
    s.waiting = waiting


@jit
def clipped(w, i, x):
    """Return the nearest number within the bounds of parameter i."""
    lower, upper = w.rows[at.LOWER, i], w.rows[at.UPPER, i]
    if not (x > lower or math.isnan(x)):
        x = lower
    if not (x < upper or math.isnan(x)):
        x = upper
    return x


@jit
def ask_on_line(s, w, t, waiting):
    """Try the point at `t` on the line from the centroid (0) to the worst vertex (1)."""
    for i in range(s.n):
        w.rows[at.TRIAL, i] = (1.0 - t) * w.rows[at.CENTROID, i] + t * w.points[s.worst, i]
    ask(s, w, waiting)


@jit
def ask_centre(s, w):
    """Try the mean of all vertices."""
    for i in range(s.n):
        w.rows[at.TRIAL, i] = sum_of(s, w, i, -1) * (1.0 / (s.n + 1))
    ask(s, w, at.CENTRE)


@jit
def ask_inwards(s, w, share):
    """Try the reflection drawn towards the middle by a share of the way."""
    for i in range(s.n):
        x = w.rows[at.REFLECTION, i]
        w.rows[at.TRIAL, i] = x + share * (w.rows[at.MIDDLE, i] - x)
    ask(s, w, at.DRAWN)


@jit
def ask_shrunk(s, w, v):
    """Try vertex v moved towards the best."""
    for i in range(s.n):
        w.rows[at.TRIAL, i] = s.shrink * w.points[v, i] + (1.0 - s.shrink) * w.points[s.best, i]
    ask(s, w, at.SHRUNK, v)


@leaf
def put(s, w, v, point, value):
    """Let vertex v be a point (n + extra,) of that value."""
    for i in range(s.n + s.extra):
        w.points[v, i] = point[i]
    w.values[v] = math.inf if math.isnan(value) and s.nan_ranks_worst else value


@jit
def keep(s, w, row, point):
    """Copy a point (n + extra,) to a row."""
    for i in range(s.n + s.extra):
        w.rows[row, i] = point[i]


@jit
def swap(s, w, a, b):
    """Exchange the places of two vertices."""
    for i in range(s.n + s.extra):
        w.points[a, i], w.points[b, i] = w.points[b, i], w.points[a, i]
    w.values[a], w.values[b] = w.values[b], w.values[a]


@jit
def is_flat(s, w):
    """Whether some edge at the best vertex is nearly a combination of the others."""
    n, edges = s.n, w.edges
    for i in range(n):
        v = i if i < s.best else i + 1
        for j in range(n):
            edges[i, j] = w.points[v, j] - w.points[s.best, j]
    for j in range(n):
        extent = 0.0
        for i in range(n):
            size = abs(edges[i, j])
            if size > extent or math.isnan(size):
                extent = size
        for i in range(n):
            edges[i, j] /= extent if extent > 0.0 else 1.0
    least = math.inf
    for i in range(n):  # Gram-Schmidt
        square = pairwise_dot(edges[i], edges[i], 0, n)
        height = math.sqrt(square)
        if i == 0 or height < least:
            least = height
        divisor = square if square != 0.0 else 1.0
        for k in range(i + 1, n):
            share = pairwise_dot(edges[k], edges[i], 0, n) / divisor
            for j in range(n):
                edges[k, j] -= share * edges[i, j]
    return least < FLAT * math.sqrt(n)
