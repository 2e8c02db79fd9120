"""Hard least-squares problems with a known answer, made at random from a seed.

Seven families: residuals that are NaN in a region, a minimum on the edge of such a region, boxes
that cut off the minimum, parameters and data of very different sizes, parameters that data do not
determine, sums of exponentials, and outliers under a robust loss.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np
from numpy.random import Generator

from .case import Array

Residuals = Callable[[Array], Array]


@dataclass(frozen=True)
class Hard:
    """A problem: residuals, start, and perhaps bounds (lower, upper) and the name of a loss."""

    family: str
    fun: Residuals
    start: Array
    bounds: tuple[Array, Array] | None = None
    loss: str | None = None


def hard_problems(seed: int) -> Iterator[Hard]:
    """Give the problems of a seed."""
    for family in FAMILIES:
        yield from family(np.random.default_rng(seed))


def _fit(model: Callable[[Array], Array], y: Array, valid: Callable[[Array], bool]) -> Residuals:
    """Return residuals that are NaN where parameters are not valid."""

    def residuals(p: Array) -> Array:
        with np.errstate(all="ignore"):
            r: Array = model(p) - y
        return r if valid(p) else np.full_like(y, np.nan)

    return residuals


def _always(p: Array) -> bool:
    return True


def undefined(rng: Generator) -> Iterator[Hard]:
    """Give logarithms, roots and powers of what may be negative; a valley along a wall."""
    t = np.linspace(0.1, 3.0, 30)
    for i in range(20):
        noise = 0.02 * rng.standard_normal(30)
        if i % 4 == 0:
            n = int(rng.integers(2, 6))
            basis = np.cos(np.outer(t, np.arange(n)))
            truth = np.append(n + 1.0, rng.uniform(-0.8, 0.8, n - 1))
            y = np.log(basis @ truth) + noise
            start = np.append(n, rng.uniform(-0.8, 0.8, n - 1))
            yield Hard("undefined", _log(basis, y), start)
        elif i % 4 == 1:
            y = 1.5 * np.sqrt(4.0 - t) + 0.3 + noise
            start = np.array([rng.uniform(3.02, 3.3), 0.5, 0.0])
            yield Hard(
                "undefined", _fit(lambda p: p[1] * np.sqrt(p[0] - t) + p[2], y, _always), start
            )
        elif i % 4 == 2:
            y = 2.0 * (t - 0.05) ** 1.7 + noise
            start = np.array([1.0, 1.0, 0.09])
            yield Hard("undefined", _fit(lambda p: p[0] * (t - p[2]) ** p[1], y, _always), start)
        else:
            wall = float(rng.uniform(0.02, 0.2))
            start = np.array([-1.2, 1.44 + 0.5 * wall])
            yield Hard("undefined", _valley(wall), start)


def _log(basis: Array, y: Array) -> Residuals:
    return _fit(lambda p: np.log(basis @ p), y, _always)


def _valley(wall: float) -> Residuals:
    def residuals(x: Array) -> Array:
        r = np.array([10.0 * (x[1] - x[0] ** 2), 1.0 - x[0]])
        return r if x[1] >= x[0] ** 2 - wall else np.full(2, np.nan)

    return residuals


def edges(rng: Generator) -> Iterator[Hard]:
    """Give a decay whose rate must not exceed a limit that lies below the best rate."""
    t = np.linspace(0.0, 1.0, 30)
    for i in range(12):
        y, limit = (
            2.0 * np.exp(-3.0 * t) + 0.01 * rng.standard_normal(30),
            float(rng.uniform(1, 2.8)),
        )
        yield Hard(
            "edge", _limited(t, y, limit, 3 if i % 2 else 2), np.array([1.0, 0.5, 0.0])[: 2 + i % 2]
        )


def _limited(t: Array, y: Array, limit: float, n: int) -> Residuals:
    if n == 2:
        return _fit(lambda p: p[0] * np.exp(-p[1] * t), y, lambda p: bool(p[1] <= limit))
    return _fit(
        lambda p: p[0] * np.exp(-p[1] * t) + p[2], y, lambda p: bool(p[1] + 0.3 * p[2] <= limit)
    )


def boxes(rng: Generator) -> Iterator[Hard]:
    """Give linear problems of any scale and two exponentials, in boxes."""
    t = np.linspace(0.0, 1.0, 40)
    for i in range(20):
        if i % 2:
            y = _exponentials(t, np.array([2.0, 3.0, 1.0, 9.0])) + 0.01 * rng.standard_normal(40)
            low = np.zeros(4)
            high = np.array([rng.uniform(*pair) for pair in ((1, 3), (1, 2.9), (0.5, 2), (3, 8))])
            fun = _fit(lambda p: _exponentials(t, p), y, _always)
        else:
            n = int(rng.integers(2, 7))
            A = rng.standard_normal((40, n)) * 10.0 ** rng.uniform(-3, 3, n)
            unit = 5.0 / np.linalg.norm(A, axis=0)
            truth = rng.standard_normal(n) * unit
            y = A @ truth + 0.1 * rng.standard_normal(40)
            low = truth + unit * rng.uniform(-1.5, 0.3, n)
            high = low + unit * rng.uniform(0.2, 1.5, n)
            fun = _linear(A, y)
        yield Hard("box", fun, low + (high - low) * rng.uniform(0.1, 0.9, low.size), (low, high))


def _linear(A: Array, y: Array) -> Residuals:
    return lambda p: A @ p - y


def _exponentials(t: Array, p: Array) -> Array:
    total: Array = (p[::2, None] * np.exp(-p[1::2, None] * t)).sum(axis=0)
    return total


def scales(rng: Generator) -> Iterator[Hard]:
    """Give parameters and data in units from 1e-12 to 1e9; of every fourth one starts at zero."""
    t = np.linspace(0.0, 1.0, 50)
    truth = np.array([2.0, 5.0, 1.0, 0.3])

    def model(p: Array) -> Array:
        r: Array = p[0] * np.exp(-p[1] * t) + p[2] * np.sin(6.0 * t) + p[3]
        return r

    for i in range(20):
        units, unit = 10.0 ** rng.uniform(-12, 9, 4), 10.0 ** rng.uniform(-9, 9)
        y = model(truth) + 0.02 * rng.standard_normal(50)
        start = units * truth * rng.uniform(0.4, 2.0, 4)
        if i % 4 == 3:
            start[rng.integers(4)] = 0.0
        yield Hard("scale", _scaled(model, y, units, unit), start)


def _scaled(model: Callable[[Array], Array], y: Array, units: Array, unit: float) -> Residuals:
    return lambda p: unit * (model(p / units) - y)


def undetermined(rng: Generator) -> Iterator[Hard]:
    """Give a product, a sum, an unused parameter, an amplitude beside a shift."""
    t = np.linspace(0.0, 1.0, 30)
    models: list[tuple[Callable[[Array], Array], int]] = [
        (lambda p: p[0] * p[2] * np.exp(-p[1] * t), 3),
        (lambda p: p[0] + p[1] + p[2] * t, 3),
        (lambda p: np.exp(-p[0] * t) + 0.0 * p[1], 2),
        (lambda p: p[0] * np.exp(-p[1] * (t - p[2])), 3),
    ]
    for i in range(16):
        model, n = models[i % 4]
        y = model(np.array([1.5, 2.0, 0.5])[:n]) + 0.01 * rng.standard_normal(30)
        yield Hard("undetermined", _fit(model, y, _always), rng.uniform(0.5, 2.0, n))


def exponentials(rng: Generator) -> Iterator[Hard]:
    """Give sums of two or three exponentials with little noise."""
    t = np.linspace(0.0, 4.0, 60)
    for i in range(20):
        k = 2 + i % 2
        rates = np.cumsum(rng.uniform(0.8, 2.0, k)) * np.array([0.4, 1.0, 2.0])[:k]
        truth = np.column_stack([rng.uniform(0.5, 3.0, k), rates]).ravel()
        y = _exponentials(t, truth) + 10.0 ** rng.uniform(-6, -3) * rng.standard_normal(60)
        guess = np.linspace(0.3, 3.0, k) * rng.uniform(0.5, 1.5)
        start = np.column_stack([np.ones(k), guess]).ravel()
        yield Hard("exponentials", _fit(lambda p: _exponentials(t, p), y, _always), start)


def outliers(rng: Generator) -> Iterator[Hard]:
    """Give a decay, a fifth of whose data are far off."""
    t = np.linspace(0.0, 1.0, 60)
    for i in range(16):
        y = 2.0 * np.exp(-4.0 * t) + 0.5 + 0.02 * rng.standard_normal(60)
        off = rng.choice(60, 12, replace=False)
        y[off] += rng.choice([-1, 1], 12) * rng.uniform(1, 20, 12)
        fun = _fit(lambda p: p[0] * np.exp(-p[1] * t) + p[2], y, _always)
        loss = ("huber", "soft_l1", "cauchy")[i % 3]
        yield Hard("outliers", fun, np.array([1.0, 1.0, 0.0]), loss=loss)


FAMILIES: tuple[Callable[[Generator], Iterator[Hard]], ...] = (
    undefined,
    edges,
    boxes,
    scales,
    undetermined,
    exponentials,
    outliers,
)
