"""Classics with a large constant added: 1e6, 1e9, their negatives, and 3e12.

Functions of Moré, Garbow and Hillstrom from their standard starts and quadratics of condition 1, 10
and 100, all of which have the minimum 0 without the constant. By their value without it results are
judged: good is what eight roundings of the constant and 1e-6 of the gap allow. So the values cannot
tell points apart that are good, but those that are not.

References
----------
J. J. Moré, B. S. Garbow, K. E. Hillstrom, Testing unconstrained optimization software, ACM
Trans. Math. Softw. 7 (1981) 17-41.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np

from ..case import Array, Case
from .convex import Quadratic
from .mgh import PROBLEMS, residuals
from .transformed import references

NAME = "constants"
TITLE = "Classics with a large constant added"

CONSTANTS = (1e6, -1e6, 1e9, -1e9, 3e12)
ROUNDINGS = 8.0
EPSILON = float(np.finfo(np.float64).eps)
CLASSICS = (
    ("Rosenbrock", 2),
    ("Beale", 2),
    ("Helical valley", 3),
    ("Powell singular", 4),
    ("Wood", 4),
)
QUADRATICS = ((2, 1.0), (3, 10.0), (4, 100.0), (6, 10.0))  # n and condition


@dataclass(frozen=True)
class Classic:
    """Sum of the squared residuals of a problem."""

    problem: str
    n: int

    def __call__(self, x: Array) -> float:
        """Return the value."""
        with np.errstate(all="ignore"):
            r = residuals(self.problem, self.n)(x)
            return float(r @ r)


@dataclass(frozen=True, eq=False)
class Raised:
    """A function and a constant."""

    fun: Callable[[Array], float]
    constant: float

    def __call__(self, x: Array) -> float:
        """Return the value."""
        return self.fun(x) + self.constant


def cases(seed: int, quick: bool = False) -> list[Case]:
    """Return 45 cases, 9 of all functions and constants if quick."""
    every = [*_classics(), *_quadratics(seed)]
    return [case for k, case in enumerate(every) if not quick or (k + k // 5) % 5 == 0]


def _classics() -> Iterator[Case]:
    """Yield the classics with each constant."""
    for name, n in CLASSICS:
        others = tuple(references()[name, n]["others"])
        for constant in CONSTANTS:
            start = PROBLEMS[name].start(n)
            yield _case(name, Classic(name, n), constant, start, others=others)


def _quadratics(seed: int) -> Iterator[Case]:
    """Yield quadratics in random directions, with each constant."""
    for n, condition in QUADRATICS:
        for k, constant in enumerate(CONSTANTS):
            rng = np.random.default_rng([seed, n, k])
            turn = np.linalg.qr(rng.normal(size=(n, n)))[0]
            centre = rng.uniform(-3.0, 3.0, n)
            fun = Quadratic(turn.T * np.geomspace(1.0, condition, n) @ turn, centre)
            start = centre + rng.uniform(1.0, 5.0, n) * rng.choice([-1.0, 1.0], n)
            yield _case(f"quadratic, n = {n}", fun, constant, start, solution=centre)


def _case(
    name: str,
    fun: Callable[[Array], float],
    constant: float,
    start: Array,
    others: tuple[float, ...] = (),
    solution: Array | None = None,
) -> Case:
    """Return a function whose least value is 0, raised."""
    return Case(
        name=f"{name}, {constant:+.0e}",
        fun=Raised(fun, constant),
        start=start,
        minimum=0.0,
        others=others,
        tolerance=ROUNDINGS * EPSILON * abs(constant) + 1e-6 * fun(start),
        judge=fun,
        solution=solution,
    )
