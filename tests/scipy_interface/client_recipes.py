"""Objectives as client packages of SciPy's Nelder-Mead have them, written out."""

from __future__ import annotations

import json
import math
import sqlite3
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]
Objective = Callable[[Any], float]

SLOW = 0.0012  # seconds: an evaluation that a second thread would once have shared
PENALTY = 100.0 * math.log(np.finfo(float).max)  # scipy.stats: per datum out of the support


def valley(x: Any) -> float:
    """Return 5 at the minimum (1, -2)."""
    return float((x[0] - 1.0) ** 2 + 3.0 * (x[1] + 2.0) ** 2 + 5.0)


class Counted:
    """Counts its calls and notes the threads that they came from."""

    def __init__(self, fun: Callable[..., Any]) -> None:
        self.fun = fun
        self.calls = 0
        self.threads: set[int] = set()

    def __call__(self, x: Any, *args: Any) -> Any:
        self.calls += 1
        self.threads.add(threading.get_ident())
        return self.fun(x, *args)


# Objectives that keep state between their first and last line.


class WithMatrices:
    """A model whose parameters are set before its value is computed."""

    def __init__(self) -> None:
        self.params = np.zeros(2)

    def __call__(self, x: Array) -> float:
        self.params[:] = x
        time.sleep(SLOW)
        return valley(self.params)


class ThroughFile:
    """An external program, which reads its parameters from a file."""

    def __init__(self, folder: Path) -> None:
        self.path = folder / "parameters.json"

    def __call__(self, x: Array) -> float:
        self.path.write_text(json.dumps([float(xi) for xi in x]))
        time.sleep(SLOW)
        return valley(json.loads(self.path.read_text()))


class ThroughDatabase:
    """A connection that belongs to the thread that opened it."""

    def __init__(self) -> None:
        self.connection = sqlite3.connect(":memory:")
        self.connection.execute("create table t (a real)")
        self.connection.execute("insert into t values (1.0)")

    def __call__(self, x: Array) -> float:
        time.sleep(SLOW)
        [target] = self.connection.execute("select a from t").fetchone()
        return float((x[0] - target) ** 2 + 3.0 * (x[1] + 2.0) ** 2 + 5.0)


def in_the_main_thread(x: Array) -> float:
    """Refuse any other thread, as windows, signals and event loops do."""
    time.sleep(SLOW)
    if threading.current_thread() is not threading.main_thread():
        raise RuntimeError("not the main thread")
    return valley(x)


# Likelihoods.


def half_normal(location: float, seed: int = 0) -> tuple[Objective, float, Array]:
    """Return the negative log-likelihood of a location, its minimum and the data."""
    data = location + 0.01 * np.abs(np.random.default_rng(seed).standard_normal(1000))

    def cost(x: Any) -> float:
        return float(0.5 * np.sum(((data - x[0]) / 0.01) ** 2))

    return cost, cost([data.min()]), data


def outside(cost: Objective, data: Array, value: float) -> Objective:
    """Return the cost, or `value` where a location is above the data."""
    return lambda x: cost(x) if x[0] <= data.min() else value


def penalized(density: Callable[[Array], Array], data: Array, scale: float | None) -> Objective:
    """Return scipy.stats' negative log-likelihood: a penalty per datum outside of x >= 0.

    `density` is the logarithm of that of the standard distribution. Without a scale it is the
    second parameter.
    """

    def cost(x: Any) -> float:
        size = x[1] if scale is None else scale
        if not size > 0.0:
            return math.inf
        z = (data - x[0]) / size
        inside = z >= 0.0
        n_bad = int(np.sum(~inside))
        return float(n_bad * PENALTY + len(data) * math.log(size) - np.sum(density(z[inside])))

    return cost


def log_half_normal(z: Array) -> Array:
    """Return the logarithm of the half-normal density."""
    return 0.5 * math.log(2.0 / math.pi) - 0.5 * z * z


def log_half_cauchy(z: Array) -> Array:
    """Return the logarithm of the half-Cauchy density."""
    return math.log(2.0 / math.pi) - np.log1p(z * z)


def log_half_logistic(z: Array) -> Array:
    """Return the logarithm of the half-logistic density."""
    return math.log(2.0) - z - 2.0 * np.log1p(np.exp(-z))


def pareto(seed: int = 1234) -> tuple[Objective, list[float]]:
    """Return statsmodels' model of a Pareto density: -10000 where there is none, averaged."""
    uniform = np.random.RandomState(seed).uniform(size=100)
    data = 2.0 * (1.0 - uniform) ** -0.5

    def cost(x: Any) -> float:
        shape, location, scale = x
        z = (data - location) / scale
        with np.errstate(all="ignore"):
            log = np.log(shape) - (shape + 1.0) * np.log(z) - np.log(scale)
        log[~(z >= 1.0)] = -10000.0
        return float(-log.mean())

    return cost, [1.5, data.min() - 1.5, 1.0]


def gumbel(data: Array, side: float) -> Objective:
    """Return the negative log-likelihood of Gumbel's distribution to the right (1) or left (-1)."""

    def cost(x: Any) -> float:
        if not x[1] > 0.0:
            return math.inf
        z = side * (data - x[0]) / x[1]
        with np.errstate(over="ignore"):
            return float(np.sum(z + np.exp(-z)) + len(data) * math.log(x[1]))

    return cost


def beyond_a_plane(n: int, rng: np.random.Generator, bad: float) -> tuple[Objective, Array, float]:
    """Return a quadratic that is `bad` beyond a plane, a start, and its minimum on the plane."""
    normal = rng.standard_normal(n)
    normal /= np.linalg.norm(normal)
    centre = 2.0 * rng.standard_normal(n)
    steepness = np.exp(rng.uniform(-1.0, 1.0, n))
    limit = normal @ centre - 1.0
    start = centre - 3.0 * normal + 0.5 * rng.standard_normal(n)
    if normal @ start > limit:
        start -= 3.0 * normal

    def cost(x: Any) -> float:
        return bad if normal @ x > limit else float(np.sum(steepness * (x - centre) ** 2))

    return cost, start, float(1.0 / (normal @ (normal / steepness)))


def disc(bad: float) -> Objective:
    """Return a quadratic that is `bad` outside a disc of radius 2."""

    def cost(x: Any) -> float:
        if x[0] ** 2 + x[1] ** 2 > 4.0:
            return bad
        return float((x[0] - 4.0) ** 2 + (x[1] - 1.0) ** 2)

    return cost
