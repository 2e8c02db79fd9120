"""Test problems with known minima."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]


class Problem(NamedTuple):
    """A function, a start, and the least value."""

    name: str
    fun: Callable[[Array], float]
    start: Array
    minimum: float

    @property
    def gap(self) -> float:
        """Distance of the start's value from the minimum."""
        return self.fun(self.start) - self.minimum


def ball(n: int, start: Array | None = None) -> Problem:
    """Squared distance from (3, 3, …), NaN outside the ball of radius 2: a minimum on its edge."""

    def fun(x: Array) -> float:
        return math.nan if x @ x > 4.0 else float(((x - 3.0) ** 2).sum())

    minimum = n * (3.0 - 2.0 / math.sqrt(n)) ** 2
    return Problem(f"NaN ball, n = {n}", fun, np.zeros(n) if start is None else start, minimum)


def rosenbrock(n: int) -> Problem:
    """Rosenbrock's valley in n dimensions (n even), from its standard start."""

    def fun(x: Array) -> float:
        return float((100.0 * (x[1:] - x[:-1] ** 2) ** 2 + (1.0 - x[:-1]) ** 2).sum())

    return Problem(f"Rosenbrock, n = {n}", fun, np.tile([-1.2, 1.0], n // 2), 0.0)


def wood() -> Problem:
    """Wood's function, from its standard start."""

    def fun(x: Array) -> float:
        a, b, c, d = map(float, x)
        return (
            100.0 * (b - a * a) ** 2
            + (1.0 - a) ** 2
            + 90.0 * (d - c * c) ** 2
            + (1.0 - c) ** 2
            + 10.0 * (b + d - 2.0) ** 2
            + 0.1 * (b - d) ** 2
        )

    return Problem("Wood, n = 4", fun, np.array([-3.0, -1.0, -3.0, -1.0]), 0.0)


def mckinnon(tau: float, theta: float, phi: float, start: tuple[float, float]) -> Problem:
    """Return McKinnon's function, on which Nelder-Mead can converge to a point that is no minimum.

    K. I. M. McKinnon, Convergence of the Nelder-Mead simplex method to a nonstationary point,
    SIAM J. Optim. 9 (1998) 148-158.
    """

    def fun(x: Array) -> float:
        a, b = x.tolist()
        steep = theta * phi if a <= 0.0 else theta
        return float(steep * abs(a) ** tau + b + b * b)

    name = f"McKinnon ({tau:g}, {theta:g}, {phi:g}) from ({start[0]:g}, {start[1]:g})"
    return Problem(name, fun, np.array(start), -0.25)


def all_problems() -> list[Problem]:
    """Return the problems of the table."""
    return [
        *(ball(n) for n in (3, 4, 6)),
        rosenbrock(4),
        wood(),
        *(
            mckinnon(*constants, start)
            for constants in ((1, 15, 10), (2, 6, 60), (3, 6, 400))
            for start in ((1.0, 1.0), (-1.0, 1.0))
        ),
    ]
