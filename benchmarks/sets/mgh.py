"""Sums of squares of Moré, Garbow and Hillstrom that are not in the collection of Moré and Wild.

Each function returns the residuals of n parameters; m is the number of residuals where it is free.
`PROBLEMS` holds them, and those of the other collection that are small, with their starts.

References
----------
J. J. Moré, B. S. Garbow, K. E. Hillstrom, Testing unconstrained optimization software, ACM
Trans. Math. Softw. 7 (1981) 17-41.
"""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import NamedTuple

import numpy as np

from ..case import Array
from ..morewild import FUNCTIONS, STARTS, Residuals


def extended_rosenbrock(n: int) -> Residuals:
    return lambda x: np.concatenate([10.0 * (x[1::2] - x[::2] ** 2), 1.0 - x[::2]])


def beale(n: int) -> Residuals:
    y, i = np.array([1.5, 2.25, 2.625]), np.arange(1.0, 4.0)
    return lambda x: y - x[0] * (1.0 - x[1] ** i)


def gaussian(n: int) -> Residuals:
    half = [0.0009, 0.0044, 0.0175, 0.0540, 0.1295, 0.2420, 0.3521]
    y = np.array([*half, 0.3989, *half[::-1]])
    t = (8.0 - np.arange(1.0, 16.0)) / 2.0
    return lambda x: x[0] * np.exp(-x[1] * (t - x[2]) ** 2 / 2.0) - y


def gulf(n: int) -> Residuals:
    t = np.arange(1.0, 100.0) / 100.0
    y = 25.0 + (-50.0 * np.log(t)) ** (2.0 / 3.0)
    return lambda x: np.exp(-(np.abs(y - x[1]) ** x[2]) / x[0]) - t


def wood(n: int) -> Residuals:
    def residuals(x: Array) -> Array:
        a, b, c, d = x
        return np.array(
            [
                10.0 * (b - a * a),
                1.0 - a,
                90.0**0.5 * (d - c * c),
                1.0 - c,
                10.0**0.5 * (b + d - 2.0),
                (b - d) / 10.0**0.5,
            ]
        )

    return residuals


def biggs_6(n: int) -> Residuals:
    t = 0.1 * np.arange(1.0, 14.0)
    y = np.exp(-t) - 5.0 * np.exp(-10.0 * t) + 3.0 * np.exp(-4.0 * t)
    return lambda x: (
        x[2] * np.exp(-t * x[0]) - x[3] * np.exp(-t * x[1]) + x[5] * np.exp(-t * x[4]) - y
    )


def penalty_1(n: int) -> Residuals:
    return lambda x: np.append(1e-5**0.5 * (x - 1.0), x @ x - 0.25)


def penalty_2(n: int) -> Residuals:
    small = 1e-5**0.5
    i = np.arange(2.0, n + 1)
    y = np.exp(i / 10.0) + np.exp((i - 1.0) / 10.0)
    weights = np.arange(float(n), 0.0, -1.0)

    def residuals(x: Array) -> Array:
        e = np.exp(x / 10.0)
        return np.concatenate(
            [
                [x[0] - 0.2],
                small * (e[1:] + e[:-1] - y),
                small * (e[1:] - np.exp(-0.1)),
                [weights @ (x * x) - 1.0],
            ]
        )

    return residuals


def variably_dimensioned(n: int) -> Residuals:
    j = np.arange(1.0, n + 1)

    def residuals(x: Array) -> Array:
        total = j @ (x - 1.0)
        return np.append(x - 1.0, [total, total * total])

    return residuals


def trigonometric(n: int) -> Residuals:
    i = np.arange(1.0, n + 1)
    return lambda x: n - np.cos(x).sum() + i * (1.0 - np.cos(x)) - np.sin(x)


def boundary_value(n: int) -> Residuals:
    h = 1.0 / (n + 1)
    t = h * np.arange(1.0, n + 1)

    def residuals(x: Array) -> Array:
        padded = np.concatenate([[0.0], x, [0.0]])
        r: Array = 2.0 * x - padded[:-2] - padded[2:] + h * h * (x + t + 1.0) ** 3 / 2.0
        return r

    return residuals


def integral_equation(n: int) -> Residuals:
    h = 1.0 / (n + 1)
    t = h * np.arange(1.0, n + 1)
    kernel = np.where(np.tri(n) > 0.0, np.outer(1.0 - t, t), np.outer(t, 1.0 - t))
    return lambda x: x + h / 2.0 * (kernel @ (x + t + 1.0) ** 3)


def broyden_tridiagonal(n: int) -> Residuals:
    def residuals(x: Array) -> Array:
        padded = np.concatenate([[0.0], x, [0.0]])
        r: Array = (3.0 - 2.0 * x) * x - padded[:-2] - 2.0 * padded[2:] + 1.0
        return r

    return residuals


def broyden_banded(n: int) -> Residuals:
    i, j = np.indices((n, n))
    band = ((j >= i - 5) & (j <= i + 1) & (j != i)).astype(float)
    return lambda x: x * (2.0 + 5.0 * x * x) + 1.0 - band @ (x * (1.0 + x))


class Problem(NamedTuple):
    """Residuals of n parameters, their standard start, and the two numbers n that are used."""

    residuals: Callable[[int], Residuals]
    start: Callable[[int], Array]
    sizes: tuple[int, int]


def _shared(name: str, sizes: tuple[int, int], m: int = 0) -> Problem:
    """Return a problem that Moré and Wild use, too; m is n if it is not given."""
    return Problem(lambda n: FUNCTIONS[name](n, m or n), STARTS[name], sizes)


def _at(*start: float) -> Callable[[int], Array]:
    """Return a start that does not depend on n."""
    return lambda n: np.array(start)


def _grid_start(n: int) -> Array:
    """Return the start of the two discretized equations."""
    t = np.arange(1.0, n + 1) / (n + 1)
    first: Array = t * (t - 1.0)
    return first


PROBLEMS: dict[str, Problem] = {
    "Rosenbrock": Problem(extended_rosenbrock, lambda n: np.tile([-1.2, 1.0], n // 2), (2, 4)),
    "Freudenstein-Roth": _shared("Freudenstein-Roth", (2, 2)),
    "Beale": Problem(beale, _at(1.0, 1.0), (2, 2)),
    "Jennrich-Sampson": _shared("Jennrich-Sampson", (2, 2), 10),
    "Helical valley": _shared("Helical valley", (3, 3)),
    "Bard": _shared("Bard", (3, 3), 15),
    "Gaussian": Problem(gaussian, _at(0.4, 1.0, 0.0), (3, 3)),
    "Box 3-dimensional": _shared("Box 3-dimensional", (3, 3), 10),
    "Gulf": Problem(gulf, _at(5.0, 2.5, 0.15), (3, 3)),
    "Powell singular": _shared("Powell singular", (4, 4)),
    "Wood": Problem(wood, _at(-3.0, -1.0, -3.0, -1.0), (4, 4)),
    "Kowalik-Osborne": _shared("Kowalik-Osborne", (4, 4), 11),
    "Brown-Dennis": _shared("Brown-Dennis", (4, 4), 20),
    "Penalty I": Problem(penalty_1, lambda n: np.arange(1.0, n + 1), (3, 4)),
    "Penalty II": Problem(penalty_2, lambda n: np.full(n, 0.5), (3, 4)),
    "Biggs EXP6": Problem(biggs_6, _at(1.0, 2.0, 1.0, 1.0, 1.0, 1.0), (6, 6)),
    "Watson": _shared("Watson", (5, 6), 31),
    "Variably dimensioned": Problem(
        variably_dimensioned, lambda n: 1.0 - np.arange(1.0, n + 1) / n, (4, 8)
    ),
    "Trigonometric": Problem(trigonometric, lambda n: np.full(n, 1.0 / n), (3, 5)),
    "Boundary value": Problem(boundary_value, _grid_start, (4, 7)),
    "Integral equation": Problem(integral_equation, _grid_start, (3, 6)),
    "Broyden tridiagonal": Problem(broyden_tridiagonal, lambda n: np.full(n, -1.0), (4, 7)),
    "Broyden banded": Problem(broyden_banded, lambda n: np.full(n, -1.0), (3, 8)),
    "Brown almost-linear": _shared("Brown almost-linear", (4, 6)),
    "Chebyquad": _shared("Chebyquad", (5, 8)),
}


@functools.cache
def residuals(name: str, n: int) -> Residuals:
    """Return the residuals of a problem; kept in every process, as they cannot be pickled."""
    return PROBLEMS[name].residuals(n)
