"""Making a simplex around the start, and making it again around a result.

As in `search`, the generators yield a move and a point and are sent its value. Sums run in index
order and products from left to right, because ImageJ's numbers are to come out to the last bit.
"""

from __future__ import annotations

import math

import numpy as np

from . import basics as ieee
from .basics import Array
from .counts import Tally
from .direction import orthogonalized
from .java_random import JavaRandom
from .problem import Problem, vertex_ranges
from .search import Asking
from .simplex import Move, Simplex

_TOO_SHORT = 1e-14  # squared length of a random direction that is drawn again
HALVINGS = 5  # of the way from a NaN vertex inwards (R12)
KEPT = 0.3  # by how much the size of a regrown simplex may fall from one search to the next (R9)


def make(
    simplex: Simplex, problem: Problem, rng: JavaRandom, tally: Tally, width: float = 1.0
) -> Asking[bool]:
    """Make the simplex around the start, `width` times as large; tell whether it could be made."""
    valid = yield from put_first(simplex, problem, rng)
    if not valid:
        return False
    ranges = vertex_ranges(simplex.params[0].tolist(), problem.variations)
    ranges = [width * size for size in ranges]
    return (yield from add_vertices(simplex, problem, ranges, rng, tally, Move.INITIAL))


def remake(simplex: Simplex, problem: Problem, rng: JavaRandom, tally: Tally) -> Asking[bool]:
    """Make a new simplex, ten times as large, around the best vertex; tell whether it was made."""
    best = simplex.best
    sizes = new_sizes(simplex, problem)
    if problem.rules.regrow_after_nan and simplex.nan_reflections:
        sizes = regrown(simplex, problem, sizes)
    ranges = vertex_ranges(simplex.params[best].tolist(), sizes)
    simplex.swap(0, best)
    return (yield from add_vertices(simplex, problem, ranges, rng, tally, Move.REINITIALIZE))


def put_given(simplex: Simplex, given: Array) -> Asking[bool]:
    """Let the simplex be the one that is given; tell whether any of its vertices is valid."""
    valid = False
    for i, params in enumerate(given):
        point = simplex.vertex(i, params)
        value = yield Move.INITIAL, point
        simplex.put(i, point, value)
        valid = valid or not math.isnan(value)
    return valid


def put_first(simplex: Simplex, problem: Problem, rng: JavaRandom) -> Asking[bool]:
    """Let vertex 0 be the start or, if that is NaN, a random valid point; tell if there is one."""
    point = simplex.vertex(0, np.array(problem.start))
    value = yield Move.INITIAL, point
    attempts = 50 * problem.n**2
    if problem.rules.independent_runs:
        attempts = min(attempts, 200 * problem.n) - 1
    attempt = 0
    while math.isnan(value) and attempt < attempts:
        point = simplex.vertex(0, random_start(problem, rng, attempt, attempts))
        value = yield Move.INITIAL, point
        attempt += 1
    simplex.put(0, point, value)
    return not math.isnan(value)


def random_start(problem: Problem, rng: JavaRandom, attempt: int, attempts: int) -> Array:
    """Draw a point near the start, or after a tenth of the attempts of any magnitude."""
    growth = math.log(1e20) / (attempts - 1)
    params = []
    for i, start in enumerate(problem.start):
        first = 0.0 if math.isnan(start) else start
        variation = 0.1 * first if problem.variations is None else problem.variations[i]
        if not 1e-10 <= abs(variation) <= 1e10:
            variation = 0.1
        multiplier = 1.0
        if attempt >= attempts // 10:
            multiplier = math.exp(growth * attempt * 2.0 * (rng.next_double() - 0.5))
        params.append(multiplier * (first + 2.0 * (rng.next_double() - 0.5) * variation))
    return np.array(params)


def add_vertices(
    simplex: Simplex,
    problem: Problem,
    ranges: list[float],
    rng: JavaRandom,
    tally: Tally,
    why: Move,
) -> Asking[bool]:
    """Put vertices 1 … n around vertex 0 in random directions; tell whether all are valid."""
    n = problem.n
    attempts = 100 * n
    for v in range(1, n + 1):
        for tries in range(1, attempts + 2):
            direction = [2.0 * rng.next_float() - 1.0 for _ in range(n)]
            if tries < attempts // 3:
                direction = orthogonalized(direction, simplex.params[:v], ranges, problem.clips)
            square = 0.0
            for d in direction:
                square += d * d
            if square < _TOO_SHORT:
                if problem.rules.nan_ranks_worst:
                    continue
                # ImageJ tests, and keeps, the value that the vertex had before.
                value = simplex.values[v]
                simplex.put(v, simplex.vertex(v, np.array(direction)), value)
            else:
                length = 1.0 if tries > 2 and square > 1e-6 else math.sqrt(square)
                step = [d / length * size for d, size in zip(direction, ranges, strict=True)]
                point = simplex.vertex(v, stepped(problem, simplex.params[0], np.array(step)))
                value = yield why, point
                if math.isnan(value) and why is Move.REINITIALIZE and simplex.draws_inwards:
                    point, value = yield from drawn_inwards(simplex, v, point, ranges)
                simplex.put(v, point, value)
            if not (math.isnan(value) and tally.is_open):
                break
        else:
            return False
    return True


def drawn_inwards(
    simplex: Simplex, v: int, point: Array, ranges: list[float]
) -> Asking[tuple[Array, float]]:
    """Draw a vertex that is NaN inwards by halves, as M. J. Box (Comput. J. 8 (1965) 42-52) did.

    That is towards the point that lies one step away from vertex 0 in the direction of the inside,
    or at the inside if this is nearer.
    """
    sizes, origin = np.array(ranges), simplex.params[0]
    way = (simplex.inside - origin) / sizes
    length = max(1.0, math.sqrt(np.add.reduce(way * way)))
    target = origin + way / length * sizes
    value = math.nan
    for _ in range(HALVINGS):
        point = simplex.vertex(v, 0.5 * (np.array(point[: simplex.n]) + target))
        value = yield Move.REINITIALIZE, point
        if not math.isnan(value):
            break
    return point, value


def stepped(problem: Problem, origin: Array, step: Array) -> Array:
    """Return origin + step; mirrored inwards where the box would flatten the simplex (R8)."""
    if problem.clips and problem.box is not None:
        return problem.box.farther(origin, step)
    return origin + step


def regrown(simplex: Simplex, problem: Problem, sizes: list[float]) -> list[float]:
    """Return sizes no smaller than the way that the search went, or than `KEPT` of the last."""
    way = abs(simplex.params[simplex.best] - simplex.origin) / problem.limits.ranges
    simplex.reach = max(float(way.max()), KEPT * simplex.reach)
    least = simplex.reach * problem.limits.ranges
    return [max(size, bound) for size, bound in zip(sizes, least.tolist(), strict=True)]


def new_sizes(simplex: Simplex, problem: Problem) -> list[float]:
    """Ten times the size of the simplex per parameter, no parameter too small among the others."""
    n = problem.n
    rows = simplex.params.tolist()
    best = rows.pop(simplex.best)
    widths = []
    for i in range(n):
        square = 0.0
        for row in rows:
            d = abs(row[i] - best[i])
            square += d * d
        widths.append(10.0 * math.sqrt(square))

    scales = problem.variations or [
        ieee.maximum(abs(x), abs(b)) for x, b in zip(problem.start, best, strict=True)
    ]
    logs = 0.0
    for width, scale in zip(widths, scales, strict=True):
        logs += 0.0 if width > scale else ieee.log(ieee.divide(width, scale))
    typical = math.exp(logs / n)

    for i, scale in enumerate(scales):
        if widths[i] < scale and ieee.divide(widths[i], scale) < typical * 1e-3:
            widths[i] = scale * typical * 1e-3
    if problem.limits.resolutions is not None:
        for i, resolution in enumerate(problem.limits.resolutions.tolist()):
            if widths[i] < 10.0 * resolution:
                widths[i] = 10.0 * resolution
    return widths
