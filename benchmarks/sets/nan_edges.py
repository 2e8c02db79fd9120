"""Minima on the edge of a region, convex as the function, outside of which the value is NaN.

Random ellipsoids, polytopes and cones from a seed, besides the ball and the corner on which this
package was first tried. Every start lies inside, the free minimum outside. The minima are known in
closed form (balls, corners, round cones) or certified by duality to 1e-9 of the gap.

References
----------
The ball and the corner are this package's own. S. Boyd, L. Vandenberghe, Convex Optimization,
Cambridge University Press 2004, sections 5.5, 8.1 and 11.3: duality, projections, barriers.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from ..case import Array, Case
from .certified import minimum_inside
from .convex import Cone, Ellipsoid, Inside, Objective, Polytope, Quadratic, SoftMax

NAME = "nan_edges"
TITLE = "Minima on the edge of a NaN region"

CERTAIN = 1e-9  # of the gap: how near the minima that are computed are, at least
KINDS = ("distance", "quadratic", "soft maximum")


def cases(seed: int, quick: bool = False) -> list[Case]:
    """Return 57 cases, 12 of all kinds if quick."""
    every = [*_balls(seed), *_corners(seed), *_ellipsoids(seed), *_polytopes(seed), *_cones(seed)]
    return every[::5] if quick else every


def _balls(seed: int) -> Iterator[Case]:
    """Yield squared distances from (3, 3, …) in the ball of radius 2, from its centre and not."""
    for n in (3, 4, 6):
        fun = Inside(Quadratic(np.eye(n), np.full(n, 3.0)), Ellipsoid(0.5 * np.eye(n), np.zeros(n)))
        solution = np.full(n, (1.0 - 1e-15) * 2.0 / n**0.5)  # inside in spite of rounding
        minimum = n * (3.0 - 2.0 / n**0.5) ** 2
        rng = np.random.default_rng([seed, n, 0])
        for where, start in (("0", np.zeros(n)), ("inside", 1.9 * _in_ball(rng, n))):
            yield Case(f"ball, n = {n}, from {where}", fun, start, minimum, solution=solution)


def _corners(seed: int) -> Iterator[Case]:
    """Yield Σ (x_i + i / 10)², where all x_i >= 0: the minimum is at 0."""
    for n in (2, 3, 4):
        centre = -0.1 * np.arange(1.0, n + 1)
        fun = Inside(Quadratic(np.eye(n), centre), Polytope(-np.eye(n), np.zeros(n)))
        rng = np.random.default_rng([seed, n, 1])
        for number in (1, 2):
            start = rng.uniform(0.0, 2.0, n)
            name = f"corner, n = {n}, start {number}"
            yield Case(name, fun, start, float(centre @ centre), solution=np.zeros(n))


def _ellipsoids(seed: int) -> Iterator[Case]:
    """Yield each kind of function in an ellipsoid whose axes are up to 1 : 3."""
    for n in (2, 3, 4, 5, 6):
        for k, kind in enumerate(KINDS):
            rng = np.random.default_rng([seed, n, 2, k])
            centre = rng.normal(size=n)
            axes = np.exp(rng.uniform(np.log(0.5), np.log(1.5), n))
            region = Ellipsoid(_rotation(rng, n) / axes[:, None], centre)
            back = np.linalg.inv(region.map)
            start = centre + 0.8 * back @ _in_ball(rng, n)
            outside = centre + rng.uniform(1.2, 3.0) * back @ _direction(rng, n)
            fun = _objective(rng, kind, outside)
            yield _certified(f"{kind} in an ellipsoid, n = {n}", fun, region, start)


def _polytopes(seed: int) -> Iterator[Case]:
    """Yield each kind of function in a few half-spaces, n + 1, and in many, 3 n."""
    for n in (2, 3, 4, 5):
        for m in (n + 1, 3 * n):
            for k, kind in enumerate(KINDS):
                rng = np.random.default_rng([seed, n, 3, k, m])
                start = rng.normal(size=n)
                normals = np.array([_direction(rng, n) for _ in range(m)])
                region = Polytope(normals, normals @ start + rng.uniform(0.1, 2.0, m))
                fun = _objective(rng, kind, _beyond(rng, region, start))
                name = f"{kind} in {m} half-spaces, n = {n}"
                yield _certified(name, fun, region, start)


def _cones(seed: int) -> Iterator[Case]:
    """Yield distances from a point outside of a round cone, and functions in skew corners."""
    for n in (2, 3, 4):
        rng = np.random.default_rng([seed, n, 4])
        cone = Cone(_direction(rng, n), rng.normal(size=n), rng.uniform(0.3, 1.5))
        across = _direction(rng, n)
        across -= (across @ cone.axis) * cone.axis
        across /= np.linalg.norm(across)
        start = cone.apex + 2.0 * cone.axis + rng.uniform(0.0, 1.5) * cone.tangent * across
        outside = cone.apex + rng.uniform(-1.5, 1.0) * cone.axis + rng.uniform(2.0, 3.0) * across
        fun = Quadratic(np.eye(n), outside)
        solution = cone.projection(outside)
        solution += 1e-14 * (start - solution)  # inside in spite of rounding
        name = f"distance in a round cone, n = {n}"
        yield Case(name, Inside(fun, cone), start, fun(solution), solution=solution)

        sides = _rotation(rng, n) + 0.3 * rng.normal(size=(n, n))
        region = Polytope(-sides, -sides @ cone.apex)
        start = cone.apex + np.linalg.solve(sides, rng.uniform(0.5, 2.0, n))
        beyond = cone.apex - np.linalg.solve(sides, rng.uniform(0.2, 1.0, n))
        skew = _objective(rng, "quadratic", beyond)
        yield _certified(f"quadratic in a skew corner, n = {n}", skew, region, start)


def _certified(name: str, fun: Objective, region: Ellipsoid | Polytope, start: Array) -> Case:
    """Return the case of a function in a region, with its minimum."""
    solution = minimum_inside(fun, region, start, CERTAIN)
    return Case(name, Inside(fun, region), start, fun(solution), solution=solution)


def _objective(rng: np.random.Generator, kind: str, centre: Array) -> Objective:
    """Return a convex function with its free minimum at the centre."""
    n = len(centre)
    if kind == "distance":
        return Quadratic(np.eye(n), centre)
    turn = _rotation(rng, n)
    if kind == "quadratic":
        scales = np.logspace(0.0, rng.uniform(0.5, 2.0), n)
        return Quadratic(turn.T * scales @ turn, centre)
    return SoftMax(turn * np.logspace(0.0, 0.5, n)[:, None], centre)


def _beyond(rng: np.random.Generator, region: Polytope, start: Array) -> Array:
    """Return a point beyond a face that is met on the way from the start into a direction."""
    while True:
        ahead = _direction(rng, len(start))
        speeds = region.normals @ ahead
        if (speeds > 0.1).any():
            exits = region.slacks(start)[speeds > 0.1] / speeds[speeds > 0.1]
            point: Array = start + (exits.min() + rng.uniform(0.5, 2.0)) * ahead
            return point


def _direction(rng: np.random.Generator, n: int) -> Array:
    """Return a random unit vector."""
    v = rng.normal(size=n)
    unit: Array = v / np.linalg.norm(v)
    return unit


def _in_ball(rng: np.random.Generator, n: int) -> Array:
    """Return a random point of the unit ball."""
    return float(rng.uniform() ** (1.0 / n)) * _direction(rng, n)


def _rotation(rng: np.random.Generator, n: int) -> Array:
    """Return a random orthogonal matrix."""
    q, r = np.linalg.qr(rng.normal(size=(n, n)))
    turned: Array = q * np.sign(np.diag(r))
    return turned
