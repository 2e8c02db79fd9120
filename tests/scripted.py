"""Tools for the tests: problems and simplices by hand, runs told made-up values."""

from __future__ import annotations

import math
import threading
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from minimizer.common.bounds import Box
from minimizer.simplex.initial_state import state_of
from minimizer.simplex.moves import Move, move_of
from minimizer.simplex.problem import Problem, vertex_ranges
from minimizer.simplex.rules import as_rules
from minimizer.simplex.run_spec import RunSpec
from minimizer.simplex.state import RunState

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
    return Problem(
        n=n,
        extra=extra,
        start=first,
        variations=sizes,
        ranges=vertex_ranges(first, sizes),
        rules=as_rules(rules),
        max_rel_error=max_rel_error,
        max_abs_error=max_abs_error,
        resolutions=None if resolutions is None else list(resolutions),
        box=None if box is None else Box(*(np.array(side, dtype=float) for side in box)),
    )


def make_state(
    problem: Problem,
    vertices: Sequence[Sequence[float]] | None = None,
    values: Sequence[float] = (),
    **spec: Any,
) -> RunState:
    """Return a run; its simplex has these vertices (with extra elements) and values, ranked."""
    s = state_of(problem, RunSpec(**{"seed": 0} | spec), 0)
    if vertices is not None:
        for v, (vertex, value) in enumerate(zip(vertices, values, strict=True)):
            point = [float(x) for x in vertex]
            s.put(v, point if isinstance(s.points, list) else np.array(point), value)
        s.rank()
    return s


def play(
    s: RunState, begin: Callable[[RunState], Any], take: Any, values: Sequence[float]
) -> tuple[Asked, Any]:
    """Tell exactly these values; return what was asked for, and what the last function returned.

    `take` returns 0 as long as there is a next point to ask for.
    """
    asked: Asked = []
    remaining = list(values)
    returned = begin(s) or 0
    while returned == 0:
        asked.append((move_of(s), np.array(s.trial).tolist()))
        assert remaining, f"one value too few: {asked}"
        returned = take(s, remaining.pop(0))
    assert not remaining, f"{len(remaining)} values too many: {asked}"
    return asked, returned


def feed(
    s: RunState, begin: Callable[[RunState], Any], take: Any, fun: Callable[[Any], float]
) -> tuple[Asked, Any]:
    """Tell the values of a function; return what was asked for, and the last that was returned."""
    asked: Asked = []
    returned = begin(s) or 0
    while returned == 0:
        asked.append((move_of(s), np.array(s.trial).tolist()))
        returned = take(s, fun(np.array(s.trial)))
    return asked, returned


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
