"""Tools for the tests: problems and simplices by hand, runs told made-up values."""

from __future__ import annotations

import math
import threading
from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

import numpy as np

from minimizer import Rules
from minimizer.common.bounds import Box
from minimizer.common.tolerances import Tolerances
from minimizer.simplex import java_random
from minimizer.simplex.initial_state import state_of
from minimizer.simplex.method import rounds_of
from minimizer.simplex.moves import Move, move_of
from minimizer.simplex.problem import Problem, vertex_ranges
from minimizer.simplex.rules import as_rules
from minimizer.simplex.run_spec import RunSpec
from minimizer.simplex.state import RoundsState, RunState

Asked = list[tuple[Move, list[float]]]

# What changes, between the moves of the simplex, where points lie, how large a simplex starts, and
# against what differences are held.
LATER = (
    "quadratic_surface",
    "balanced_remake",
    "limit_by_descent",
    "starts_off_plateau",
    "near_by_way",
    "penalties_are_edges",
    "unbounded_is_no_minimum",
    "runaway_is_no_minimum",
    "single_search_first",
)


def without_later(**switches: bool) -> Rules:
    """Return R1 to R15, without R16 to R24.

    What is computed by hand for a move, a size or a limit is that of the simplex alone: the later
    rules ask for points of their own between its moves, and would hide what the tests of R1 to R15
    protect. They have tests of their own.
    """
    return Rules(**dict.fromkeys(LATER, False) | switches)


FORMER = without_later()


def make_problem(
    n: int = 2,
    *,
    rules: Any = FORMER,
    start: Sequence[float] | None = None,
    variations: Sequence[float] | None = None,
    extra: int = 0,
    resolutions: Sequence[float] | None = None,
    max_rel_error: float = 1e-10,
    max_abs_error: float = 1e-100,
    tolerances: Tolerances | None = None,
    box: tuple[Sequence[float], Sequence[float]] | None = None,
    given_simplex: Sequence[Sequence[float]] | None = None,
) -> Problem:
    """Return a problem of n parameters, by default from a start at zeros and by R1 to R15."""
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
        tolerances=tolerances,
        box=None if box is None else Box(*(np.array(side, dtype=float) for side in box)),
        given_simplex=None if given_simplex is None else np.array(given_simplex, dtype=float),
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
            s.put(v, as_point(s, vertex), value)
        s.rank()
    return s


def as_point(s: RunState, elements: Sequence[float]) -> Any:
    """Return a point in the form that a run has them in."""
    point = [float(x) for x in elements]
    return point if isinstance(s.points, list) else np.array(point)


def params_of(s: RunState) -> list[list[float]]:
    """Return the parameters of the vertices."""
    params: list[list[float]] = np.array(s.points)[:, : s.n].tolist()
    return params


class Result(NamedTuple):
    """What a run came to."""

    point: Sequence[float]
    value: float
    descent: float = 0.0
    at_edge: bool = False


def make_rounds(problem: Problem, results: Sequence[Result] = (), **plan: Any) -> RoundsState:
    """Return rounds that know these results, the first being the best."""
    settings: dict[str, Any] = {
        "random_seed": 0,
        "max_restarts": 2,
        "pairs": True,
        "once": False,
        "max_iterations": None,
        "max_evaluations": None,
    }
    r = rounds_of(problem, **settings | plan)
    for row, result in zip(r.results, results, strict=False):
        row[:] = [*map(float, result.point), result.value, result.descent, float(result.at_edge)]
    return r


class JavaRandom:
    """The random numbers of a run, by themselves."""

    def __init__(self, seed: int) -> None:
        self._s = make_state(make_problem(1))
        java_random.set_seed(self._s, seed)

    def next_bits(self, bits: int) -> int:
        return java_random.next_bits(self._s, bits)

    def next_float(self) -> float:
        return java_random.next_float(self._s)

    def next_double(self) -> float:
        return java_random.next_double(self._s)


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
    """Return whether two numbers have the same bits, NaN being one number."""
    return float(a).hex() == float(b).hex()


def bits(numbers: Any) -> list[str]:
    """Write numbers so that only equal bits, or two NaN, are equal."""
    return [float(number).hex() for number in numbers]


NAN = math.nan
INF = math.inf
