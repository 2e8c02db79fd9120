"""Random boxes with active bounds: Rosenbrock's function and convex quadratics of condition 1e4.

In turn, n = 2 … 6. The minimum lies on at least one face and is the only one: that of a quadratic
is known from its optimality conditions; that of Rosenbrock's function is where projected Newton
steps end from 20 starts, all at the same point.

References
----------
This package's own. The projected Newton method: D. P. Bertsekas, Projected Newton methods for
optimization problems with simple constraints, SIAM J. Control Optim. 20 (1982) 221-246.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ..case import Array, Case
from .convex import Quadratic

NAME = "boxes"
TITLE = "Random boxes with active bounds"


@dataclass(frozen=True)
class Rosenbrock:
    """The valley in n dimensions."""

    def __call__(self, x: Array) -> float:
        """Return the value."""
        with np.errstate(all="ignore"):
            return float((100.0 * (x[1:] - x[:-1] ** 2) ** 2 + (1.0 - x[:-1]) ** 2).sum())

    def slope(self, x: Array) -> Array:
        """Return the gradient."""
        g = np.zeros_like(x)
        rise = x[1:] - x[:-1] ** 2
        g[:-1] = -400.0 * rise * x[:-1] - 2.0 * (1.0 - x[:-1])
        g[1:] += 200.0 * rise
        return g

    def bend(self, x: Array) -> Array:
        """Return the Hessian."""
        main = np.zeros_like(x)
        main[:-1] = 1200.0 * x[:-1] ** 2 - 400.0 * x[1:] + 2.0
        main[1:] += 200.0
        beside = -400.0 * x[:-1]
        return np.diag(main) + np.diag(beside, 1) + np.diag(beside, -1)


def cases(seed: int, quick: bool = False) -> list[Case]:
    """Return 48 boxes, the first 12 if quick."""
    return list(itertools.islice(_boxes(seed), 12 if quick else 48))


def _boxes(seed: int) -> Iterator[Case]:
    """Yield one random box after the other, without end."""
    for number in itertools.count():
        rng = np.random.default_rng([seed, number])
        n = 2 + number // 2 % 5
        lower = rng.uniform(-2.0, 1.0, n)
        upper = lower + rng.uniform(0.3, 3.0, n)
        start = rng.uniform(lower, upper)
        fun: Callable[[Array], float]
        if number % 2 == 0:
            name, fun = "Rosenbrock", Rosenbrock()
            found = _rosenbrock_minimum(fun, lower, upper, rng)
        else:
            name, fun = "quadratic", _quadratic(rng, n)
            found = quadratic_minimum(fun, lower, upper)
        if found is not None and ((found == lower) | (found == upper)).any():
            yield Case(
                f"{name} in box {number}, n = {n}",
                fun,
                start,
                fun(found),
                bounds=tuple(zip(lower.tolist(), upper.tolist(), strict=True)),
                solution=found,
            )


def _quadratic(rng: np.random.Generator, n: int) -> Quadratic:
    """Return a quadratic of condition 1e4 in random directions."""
    rotation = np.linalg.qr(rng.normal(size=(n, n)))[0]
    matrix = 0.5 * rotation * np.logspace(0.0, 4.0, n) @ rotation.T
    return Quadratic(matrix, rng.uniform(-3.0, 3.0, n))


def quadratic_minimum(fun: Quadratic, lower: Array, upper: Array) -> Array | None:
    """Return the minimum of a quadratic in a box: of all faces, the one whose gradient is right."""
    matrix, centre = fun.matrix, fun.centre
    for case in itertools.product((-1, 0, 1), repeat=len(centre)):
        side = np.array(case)
        free = side == 0
        x = np.where(side < 0, lower, upper)
        if free.any():
            pull = matrix[np.ix_(free, ~free)] @ (x - centre)[~free]
            x[free] = centre[free] - np.linalg.solve(matrix[np.ix_(free, free)], pull)
        slope = fun.slope(x)
        inside = ((lower <= x) & (x <= upper)).all()
        if inside and (slope[side < 0] >= 0).all() and (slope[side > 0] <= 0).all():
            return x
    return None


def _rosenbrock_minimum(
    fun: Rosenbrock, lower: Array, upper: Array, rng: np.random.Generator
) -> Array | None:
    """Return where descents end from 20 starts, None if they do not all end at one minimum."""
    starts = rng.uniform(lower, upper, (20, len(lower)))
    ends = [projected_newton(fun, start, lower, upper) for start in starts]
    best = min(ends, key=fun)
    same = all(np.abs(end - best).max() < 1e-7 for end in ends)
    return best if same else None


def projected_newton(fun: Rosenbrock, x: Array, lower: Array, upper: Array) -> Array:
    """Descend to a minimum between bounds."""
    for _ in range(100):
        slope = fun.slope(x)
        held = ((x <= lower) & (slope > 0.0)) | ((x >= upper) & (slope < 0.0))
        if held.all() or np.abs(slope[~held]).max() < 1e-11:
            break
        step = _newton_step(fun.bend(x), slope, ~held)
        share, here = 1.0, fun(x)
        ahead = np.clip(x + step, lower, upper)
        while fun(ahead) > here + 1e-4 * float(slope @ (ahead - x)) and share > 1e-9:
            share *= 0.5
            ahead = np.clip(x + share * step, lower, upper)
        if fun(ahead) >= here:
            break  # by rounding it does not get any better
        x = ahead
    return x


def _newton_step(bend: Array, slope: Array, free: NDArray[np.bool_]) -> Array:
    """Return a step of the free parameters, downhill where the curvature is negative, too."""
    values, vectors = np.linalg.eigh(bend[np.ix_(free, free)])
    step = np.zeros_like(slope)
    step[free] = -vectors @ ((vectors.T @ slope[free]) / np.maximum(np.abs(values), 1e-3))
    return step
