"""Problems of any number of parameters, and a minimum of 0.

Convex quadratics, randomly rotated, of three condition numbers, and Rosenbrock's function in
pairs of parameters (Moré, Garbow and Hillstrom's extended one, which has one minimum).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from .case import Array, Case

CONDITIONS = (1.0, 1e2, 1e4)
BUDGET = 2000  # evaluations for each of n + 1


@dataclass(frozen=True)
class Quadratic:
    """A convex quadratic of minimum 0."""

    matrix: Array
    centre: Array

    def __call__(self, x: Array) -> float:
        """Return the value."""
        d = x - self.centre
        return float(0.5 * d @ self.matrix @ d)


def rosenbrock(x: Array) -> float:
    odd, even = x[::2], x[1::2]
    return float((100.0 * (even - odd * odd) ** 2 + (1.0 - odd) ** 2).sum())


def quadratic(n: int, condition: float, seed: int) -> Quadratic:
    """Return a randomly rotated quadratic around a random centre."""
    rng = np.random.default_rng([seed, n, int(condition)])
    rotation = np.linalg.qr(rng.normal(size=(n, n)))[0]
    axes = np.logspace(0.0, np.log10(condition), n)
    return Quadratic(rotation * axes @ rotation.T, rng.normal(size=n))


def growing_cases(sizes: Sequence[int], seed: int) -> Iterator[Case]:
    """Yield the cases; the name is that of the problem, whatever n."""
    for n in sizes:
        budget = BUDGET * (n + 1)
        for condition in CONDITIONS:
            fun: Callable[[Array], float] = quadratic(n, condition, seed)
            name = f"quadratic, condition {condition:g}"
            yield Case(name, fun, np.ones(n), 0.0, budget=budget)
        if n % 2 == 0:
            start = np.tile([-1.2, 1.0], n // 2)
            yield Case("Rosenbrock", rosenbrock, start, 0.0, budget=budget)
