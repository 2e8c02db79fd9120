"""Making a simplex around the start, and making it again around a result.

As in `search`, each function takes the value of a point and asks for the next. They return whether
the simplex is complete. Sums run in index order and products from left to right, so that the
numbers are ImageJ's to the last bit.
"""

from __future__ import annotations

import math

from ..common.ieee import divide
from ..common.one_source import compilable
from . import state as at
from .box import inwards
from .closeness import vertex_size
from .java_random import next_double, next_float
from .remade_sizes import find_new_sizes, regrow
from .scaling import begin_balancing, begin_shortening, far, near, probed
from .state import RunState

MAKING, MADE, FAILED = 0, 1, 2
HALVINGS = 5  # of the way from a NaN vertex inwards (R12)

_TOO_SHORT = 1e-14  # squared length of a random direction that is drawn again


@compilable
def begin_first_simplex(s: RunState) -> None:
    """Ask for the first point of the first simplex."""
    s.remaking = False
    s.attempt = 0
    if s.has_given:
        s.any_valid = False
        ask_given(s, 0)
    else:
        s.try_params(s.start, 0)
        s.waiting = at.FIRST


@compilable
def take_vertex(s: RunState, value: float) -> int:
    """Take the value that an unfinished simplex waits for."""
    if s.waiting == at.VERTEX:
        return made_vertex(s, value)
    if s.waiting == at.FIRST:
        return first(s, value)
    if s.waiting == at.DRAWN_VERTEX:
        return drawn_vertex(s, value)
    if s.waiting == at.FAR:
        far(s, value)
        return MAKING
    if s.waiting == at.NEAR:
        return begin_first_vertices(s) if near(s, value) else MAKING
    if s.waiting == at.PROBED:
        if not probed(s, value):
            return MAKING
        adopt_best(s, 0)
        return begin_vertices(s)
    return given(s, value)


@compilable
def ask_given(s: RunState, v: int) -> None:
    """Try vertex `v` of the given simplex."""
    s.vertex_index = v
    s.try_params(s.given[v], v)
    s.waiting = at.GIVEN


@compilable
def given(s: RunState, value: float) -> int:
    """Take a vertex of the given simplex, at least one of which must be valid."""
    v = s.vertex_index
    s.put(v, s.trial, value)
    s.any_valid = s.any_valid or not math.isnan(value)
    if v == s.n:
        return MADE if s.any_valid else FAILED
    ask_given(s, v + 1)
    return MAKING


@compilable
def first(s: RunState, value: float) -> int:
    """Take vertex 0; if it is NaN, try a random point."""
    attempts = start_attempts(s)
    if math.isnan(value) and s.attempt < attempts:
        draw_start(s, attempts)
        s.try_params(s.step, 0)
        s.attempt += 1
        return MAKING
    s.put(0, s.trial, value)
    if math.isnan(value):
        return FAILED
    for i in range(s.n):
        x = s.points[0][i]
        size = s.variations[i] if s.has_variations else 0.1 * abs(x)
        s.sizes[i] = vertex_size(s, x, size)
        s.first_point[i] = x
    if s.starts_off_plateau and not s.has_variations and math.isfinite(value):
        begin_shortening(s)
        return MAKING
    return begin_first_vertices(s)


@compilable
def start_attempts(s: RunState) -> int:
    """Return how many random points are tried in place of a start that is NaN.

    Where no valid point is found, more attempts would only cost: with the start they are 50 n²
    evaluations, and not more than the 200 n that SciPy allows a search. ImageJ tries 50 n² besides
    the start.
    """
    attempts: int = 50 * s.n**2
    if s.shared:
        return attempts
    return min(attempts, 200 * s.n) - 1


@compilable
def begin_first_vertices(s: RunState) -> int:
    """Make the vertices of the first simplex, whose sizes are known."""
    if s.starts_off_plateau:
        adopt_best(s, 0)
    for i in range(s.n):
        if s.starts_off_plateau and not s.has_variations:
            s.run_ranges[i] = s.sizes[i]
        s.sizes[i] = s.width * s.sizes[i]
    return begin_vertices(s)


@compilable
def draw_start(s: RunState, attempts: int) -> None:
    """Draw a point near the start, or, after a tenth of the attempts, of any magnitude."""
    growth = math.log(1e20) / (attempts - 1)
    for i in range(s.n):
        origin = 0.0 if math.isnan(s.start[i]) else s.start[i]
        variation = s.variations[i] if s.has_variations else 0.1 * origin
        if not 1e-10 <= abs(variation) <= 1e10:
            variation = 0.1
        multiplier = 1.0
        if s.attempt >= attempts // 10:
            multiplier = math.exp(growth * s.attempt * 2.0 * (next_double(s) - 0.5))
        s.step[i] = multiplier * (origin + 2.0 * (next_double(s) - 0.5) * variation)


@compilable
def adopt_best(s: RunState, v: int) -> bool:
    """Replace vertex `v` by the best point so far if that is lower; return whether it was."""
    lower = s.has_best and s.best_value < s.values[v]
    if lower:
        s.put(v, s.best_point, s.best_value)
    return lower


@compilable
def begin_vertices(s: RunState) -> int:
    """Make vertices 1 … n around vertex 0, at the distances `sizes`, in random directions."""
    s.vertex_index, s.tries = 1, 0
    return next_vertex(s)


@compilable
def next_vertex(s: RunState) -> int:
    """Draw directions for the next vertex until one gives a point to try."""
    attempts = 100 * s.n
    while s.vertex_index <= s.n:
        s.tries += 1
        if s.tries > attempts + 1:
            return FAILED
        for i in range(s.n):
            s.step[i] = 2.0 * next_float(s) - 1.0
        if s.tries < attempts // 3:
            s.orthogonalize()
        square = 0.0
        for i in range(s.n):
            square += s.step[i] * s.step[i]
        if square < _TOO_SHORT:
            if not s.nan_ranks_worst:
                # ImageJ tests, and keeps, the value that the vertex had before.
                s.try_params(s.step, s.vertex_index)
                keep_vertex(s, s.values[s.vertex_index])
            continue
        ask_step(s, 1.0 if s.tries > 2 and square > 1e-6 else math.sqrt(square))
        return MAKING
    return MADE


@compilable
def ask_step(s: RunState, length: float) -> None:
    """Try vertex 0 plus the step; mirrored inwards where the box would flatten the simplex (R8)."""
    for i in range(s.n):
        s.step[i] = inwards(s, i, s.step[i] / length * s.sizes[i])
    s.try_params(s.step, s.vertex_index)
    s.waiting = at.VERTEX


@compilable
def made_vertex(s: RunState, value: float) -> int:
    """Take a vertex; one that is NaN is drawn inwards (R12) or tried again."""
    if math.isnan(value) and s.remaking and s.draw_inwards and s.nan_reflections > 0:
        aim_inwards(s)
        s.halvings = 0
        ask_halfway(s)
        return MAKING
    keep_vertex(s, value)
    return next_vertex(s)


@compilable
def drawn_vertex(s: RunState, value: float) -> int:
    """Draw the vertex further in if it is still NaN."""
    if math.isnan(value) and s.halvings < HALVINGS:
        ask_halfway(s)
        return MAKING
    keep_vertex(s, value)
    return next_vertex(s)


@compilable
def keep_vertex(s: RunState, value: float) -> None:
    """Put the vertex in its place; continue unless it is NaN and may be tried again."""
    s.put(s.vertex_index, s.trial, value)
    if not (math.isnan(value) and is_open(s)):
        s.vertex_index += 1
        s.tries = 0


@compilable
def is_open(s: RunState) -> bool:
    """Return whether the run may continue to make simplices."""
    return s.tally_status == at.SUCCESS or s.tally_status == at.REINITIALIZATION_FAILURE


@compilable
def aim_inwards(s: RunState) -> None:
    """Find the point one step away from vertex 0 towards the middle, or nearer."""
    way = s.inwards
    for i in range(s.n):
        way[i] = divide(s.middle[i] - s.points[0][i], s.sizes[i])
    length = s.length(way)
    if not length > 1.0:
        length = 1.0
    for i in range(s.n):
        way[i] = s.points[0][i] + way[i] / length * s.sizes[i]


@compilable
def ask_halfway(s: RunState) -> None:
    """Halve the way inwards, as M. J. Box (Comput. J. 8 (1965) 42-52) did."""
    s.halvings += 1
    for i in range(s.n):
        s.step[i] = 0.5 * (s.trial[i] + s.inwards[i])
    s.try_params(s.step, s.vertex_index)
    s.waiting = at.DRAWN_VERTEX


@compilable
def remake(s: RunState) -> int:
    """Make a new simplex, ten times as large, around the best vertex."""
    find_new_sizes(s)
    if s.regrow_after_nan and s.nan_reflections > 0:
        regrow(s)
    for i in range(s.n):
        s.sizes[i] = vertex_size(s, s.points[s.best][i], s.sizes[i])
    s.swap(0, s.best)
    s.remaking = True
    if s.balanced_remake and not s.has_tolerances and math.isfinite(s.values[0]):
        begin_balancing(s)
        return MAKING
    return begin_vertices(s)
