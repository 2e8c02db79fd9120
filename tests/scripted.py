"""Tools for the tests: problems and simplices by hand, generators sent made-up values."""

from __future__ import annotations

import math
import threading
from collections.abc import Callable, Generator, Sequence
from typing import Any, TypeVar

import numpy as np

from minimizer.common.arrays import Array
from minimizer.common.bounds import Box
from minimizer.simplex.limits import Limits
from minimizer.simplex.problem import Problem, vertex_ranges
from minimizer.simplex.rules import as_rules
from minimizer.simplex.moves import Move, Simplex
from minimizer.simplex.small_simplex import simplex_for

T = TypeVar("T")
Asked = list[tuple[Move, list[float]]]


def make_problem(
    n: int = 2,
    *,
    rules: Any = "robust",
    start: Sequence[float] | None = None,
    variations: Sequence[float] | None = None,
    extra: int = 0,
    resolutions: Sequence[float] | None = None,
    max_rel_error: float = 1e-10,
    max_abs_error: float = 1e-100,
    box: tuple[Sequence[float], Sequence[float]] | None = None,
) -> Problem:
    """Return a problem of n parameters, by default from a start at zeros."""
    first = [0.0] * n if start is None else list(start)
    sizes = None if variations is None else list(variations)
    limits = Limits(
        max_rel_error=max_rel_error,
        max_abs_error=max_abs_error,
        resolutions=None if resolutions is None else np.array(resolutions, dtype=float),
        ranges=np.array(vertex_ranges(first, sizes)),
    )
    return Problem(
        n=n,
        extra=extra,
        start=first,
        variations=sizes,
        rules=as_rules(rules),
        limits=limits,
        box=None if box is None else Box(*(np.array(side, dtype=float) for side in box)),
    )


def make_simplex(
    problem: Problem, vertices: Sequence[Sequence[float]], values: Sequence[float]
) -> Simplex:
    """Return a ranked simplex with these vertices (parameters and extra elements) and values."""
    simplex = simplex_for(problem)
    simplex.set(np.array(vertices, dtype=float), [0.0] * len(vertices))
    for i, value in enumerate(values):
        simplex.put(i, simplex.vertex(i, simplex.params[i]), value)
    simplex.rank()
    return simplex


def play(
    generator: Generator[tuple[Move, Array], float, T], values: Sequence[float]
) -> tuple[Asked, T]:
    """Send exactly these values; return what was asked for, and what the generator returned."""
    asked: Asked = []
    remaining = list(values)
    try:
        move, point = next(generator)
        while True:
            asked.append((move, np.array(point).tolist()))
            assert remaining, f"one value too few: {asked}"
            move, point = generator.send(remaining.pop(0))
    except StopIteration as end:
        assert not remaining, f"{len(remaining)} values too many: {asked}"
        return asked, end.value


def feed(
    generator: Generator[tuple[Move, Array], float, T], fun: Callable[[Any], float]
) -> tuple[Asked, T]:
    """Send the values of a function; return what was asked for, and what the generator returned."""
    asked: Asked = []
    try:
        move, point = next(generator)
        while True:
            asked.append((move, np.array(point).tolist()))
            move, point = generator.send(fun(point))
    except StopIteration as end:
        return asked, end.value


class Counted:
    """A function that remembers its arguments and values, also when called from two threads."""

    def __init__(self, fun: Callable[[Any], Any]) -> None:
        self.fun = fun
        self.points: list[list[float]] = []
        self.values: list[Any] = []
        self._lock = threading.Lock()

    def __call__(self, x: Any) -> Any:
        point = x.tolist()
        value = self.fun(x)
        with self._lock:
            self.points.append(point)
            self.values.append(value)
        return value

    @property
    def calls(self) -> int:
        return len(self.points)


def same(a: float, b: float) -> bool:
    """Tell whether two numbers have the same bits, NaN being one number."""
    return float(a).hex() == float(b).hex()


def bits(numbers: Any) -> list[str]:
    """Write numbers so that only equal bits, or two NaN, are equal."""
    return [float(number).hex() for number in numbers]


NAN = math.nan
INF = math.inf
