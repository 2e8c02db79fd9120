"""Making a simplex, as in `minimizer.simplex.initial_simplex`.

`FAILED` and `MADE` tell how it went; `GOES_ON` that a value is needed first.
"""

from __future__ import annotations

import math

from ...common.status import Status
from ..initial_simplex import _TOO_SHORT, HALVINGS
from . import state as at
from .arithmetic import next_double, next_float, pairwise_dot, vertex_range
from .geometry import ask, clipped, put
from .jit import jit, part

GOES_ON, MADE, FAILED = 0, 1, 2
SUCCESS = int(Status.SUCCESS)
REINITIALIZATION_FAILURE = int(Status.REINITIALIZATION_FAILURE)


@jit
def make(s, w):
    """Ask for the first point of the first simplex."""
    s.remaking = False
    s.attempt = 0
    if s.has_given:
        s.near = False  # whether a vertex is valid
        ask_given(s, w, 0)
        return
    for i in range(s.n):
        w.rows[at.TRIAL, i] = w.rows[at.START, i]
    ask(s, w, at.FIRST, 0)


@jit
def ask_given(s, w, v):
    """Try the next vertex of the simplex that is given."""
    s.vertex = v
    for i in range(s.n):
        w.rows[at.TRIAL, i] = w.given[v, i]
    ask(s, w, at.GIVEN, v)


@part
def given(s, w, value):
    """Take a vertex of the given simplex."""
    put(s, w, s.vertex, w.rows[at.TRIAL], value)
    s.near = s.near or not math.isnan(value)
    if s.vertex == s.n:
        return MADE if s.near else FAILED
    ask_given(s, w, s.vertex + 1)
    return GOES_ON


@part
def first(s, w, value):
    """Take vertex 0; if it is NaN, try a random point."""
    attempts = 50 * s.n**2
    if math.isnan(value) and s.attempt < attempts:
        ask_random_start(s, w, attempts)
        return GOES_ON
    put(s, w, 0, w.rows[at.TRIAL], value)
    if math.isnan(value):
        return FAILED
    for i in range(s.n):
        x = w.points[0, i]
        size = w.rows[at.VARIATIONS, i] if s.has_variations else 0.1 * abs(x)
        w.rows[at.SIZES, i] = s.width * vertex_range(x, size)
    s.vertex, s.tries = 1, 0
    return next_vertex(s, w)


@jit
def ask_random_start(s, w, attempts):
    """Try a point near the start, or after a tenth of the attempts of any magnitude."""
    growth = math.log(1e20) / (attempts - 1)
    for i in range(s.n):
        start = w.rows[at.START, i]
        middle = 0.0 if math.isnan(start) else start
        variation = w.rows[at.VARIATIONS, i] if s.has_variations else 0.1 * middle
        if not 1e-10 <= abs(variation) <= 1e10:
            variation = 0.1
        multiplier = 1.0
        if s.attempt >= attempts // 10:
            multiplier = math.exp(growth * s.attempt * 2.0 * (next_double(s) - 0.5))
        shift = 2.0 * (next_double(s) - 0.5) * variation
        w.rows[at.TRIAL, i] = multiplier * (middle + shift)
    s.attempt += 1
    ask(s, w, at.FIRST, 0)


@jit
def is_open(s):
    """Tell whether a run may go on making simplices."""
    return s.tally_status == SUCCESS or s.tally_status == REINITIALIZATION_FAILURE


@jit
def next_vertex(s, w):
    """Draw directions for the next vertex until one gives a point to try."""
    n = s.n
    attempts = 100 * n
    step = w.rows[at.STEP]
    while s.vertex <= n:
        s.tries += 1
        if s.tries > attempts + 1:
            return FAILED
        for i in range(n):
            step[i] = 2.0 * next_float(s) - 1.0
        if s.tries < attempts // 3:
            orthogonalize(s, w, step)
        square = 0.0
        for i in range(n):
            square += step[i] * step[i]
        if square < _TOO_SHORT:
            if not s.nan_ranks_worst:
                # ImageJ tests, and keeps, the value that the vertex had before.
                for i in range(n):
                    w.points[s.vertex, i] = step[i]
                accept(s, w.values[s.vertex])
            continue
        length = 1.0 if s.tries > 2 and square > 1e-6 else math.sqrt(square)
        for i in range(n):
            step[i] = step[i] / length * w.rows[at.SIZES, i]
        ask_step(s, w, step)
        return GOES_ON
    return MADE


@jit
def ask_step(s, w, step):
    """Try vertex 0 + step; mirrored inwards where the box would flatten the simplex (R8)."""
    for i in range(s.n):
        origin = w.points[0, i]
        x = origin + step[i]
        if s.clips:
            x, back = clipped(w, i, x), clipped(w, i, origin - step[i])
            if not abs(x - origin) >= abs(back - origin):
                x = back
        w.rows[at.TRIAL, i] = x
    ask(s, w, at.VERTEX, s.vertex)


@jit
def accept(s, value):
    """Go on to the next vertex unless this one is NaN and may be tried again."""
    if not (math.isnan(value) and is_open(s)):
        s.vertex += 1
        s.tries = 0


@part
def vertex(s, w, value):
    """Take a vertex; one that is NaN is drawn inwards (R12) or tried again."""
    draws = s.draw_inwards and s.nan_reflections > 0
    if math.isnan(value) and s.remaking and draws:
        set_inwards(s, w)
        s.drawn = 0
        ask_halfway(s, w)
        return GOES_ON
    return take_vertex(s, w, value)


@part
def drawn_vertex(s, w, value):
    """Draw the vertex on if it is still NaN."""
    if math.isnan(value) and s.drawn < HALVINGS:
        ask_halfway(s, w)
        return GOES_ON
    return take_vertex(s, w, value)


@jit
def take_vertex(s, w, value):
    """Put the vertex in its place and go on."""
    put(s, w, s.vertex, w.rows[at.TRIAL], value)
    accept(s, value)
    return next_vertex(s, w)


@part
def set_inwards(s, w):
    """Find the point one step away from vertex 0 towards the middle, or nearer."""
    way, n = w.rows[at.INWARDS], s.n
    for i in range(n):
        way[i] = (w.rows[at.MIDDLE, i] - w.points[0, i]) / w.rows[at.SIZES, i]
    length = math.sqrt(pairwise_dot(way, way, 0, n))
    length = length if length > 1.0 else 1.0
    for i in range(n):
        way[i] = w.points[0, i] + way[i] / length * w.rows[at.SIZES, i]


@jit
def ask_halfway(s, w):
    """Try the point halfway between the last one and the inside."""
    s.drawn += 1
    for i in range(s.n):
        w.rows[at.TRIAL, i] = 0.5 * (w.rows[at.TRIAL, i] + w.rows[at.INWARDS, i])
    ask(s, w, at.DRAWN_VERTEX, s.vertex)


@jit
def orthogonalize(s, w, step):
    """Make a direction orthogonal to the edges at vertex 0 to the others, in units of the sizes."""
    for v in range(1, s.vertex):
        square = dot = 0.0
        for i in range(s.n):
            y = (w.points[v, i] - w.points[0, i]) / w.rows[at.SIZES, i]
            square += y * y
            dot += y * step[i]
        if square == 0.0 and s.clips:
            continue
        share = dot / square
        for i in range(s.n):
            y = (w.points[v, i] - w.points[0, i]) / w.rows[at.SIZES, i]
            step[i] = step[i] - y * share
