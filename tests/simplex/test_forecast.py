"""The points that a run foretells are those that it asks for, and foretelling changes nothing."""

from __future__ import annotations

from collections import Counter
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from problems import ball, bowl, rosenbrock, sphere, wavy
from quick import examples
from random_calls import Drawn, calls, facts, value_at
from scripted import NAN, make_problem

from minimizer.common.status import Status
from minimizer.settings import plan_of, problem_of
from minimizer.simplex.method import NelderMead
from minimizer.simplex.moves import Move
from minimizer.simplex.problem import Problem
from minimizer.simplex.run_spec import RunSpec
from minimizer.simplex.solver import NelderMeadRun

pytestmark = pytest.mark.usefixtures("form")


def foretold(
    run: NelderMeadRun, fun: Any, count: int = 1000
) -> tuple[Counter[bytes], Counter[bytes], Any]:
    """Carry a run to its end; return the points foretold and not asked for, those asked, facts."""
    asked: Counter[bytes] = Counter()
    open_: Counter[bytes] = Counter()
    while (point := run.ask(0)) is not None:
        known = point.tobytes()
        asked[known] += 1
        if open_[known]:
            open_[known] -= 1
        else:
            open_ += Counter(p.tobytes() for p in run.points_ahead(count))
        run.tell(fun(point), point, False)
    return +open_, asked, facts(run.record())


def plainly(run: NelderMeadRun, fun: Any) -> tuple[Counter[bytes], Any]:
    asked: Counter[bytes] = Counter()
    while (point := run.ask(0)) is not None:
        asked[point.tobytes()] += 1
        run.tell(fun(point), point, False)
    return asked, facts(run.record())


SMOOTH: list[tuple[Any, dict[str, Any]]] = [
    (bowl, {"start": [5.0, 5.0]}),
    (rosenbrock, {"start": [-1.2, 1.0]}),
    (sphere, {"start": [5.0] * 9}),
    (wavy, {"start": [5.0, 4.0, 3.0]}),
    (bowl, {"start": [5.0, 5.0], "variations": [1.0, 2.0]}),
    (bowl, {"start": [5.0, 5.0], "box": ([2.5, -np.inf], [6.0, 1.5])}),
    (bowl, {"start": [5.0, 5.0], "given_simplex": [[5.0, 5.0], [6.0, 5.0], [5.0, 7.0]]}),
]


@pytest.mark.parametrize("count", [1, 2, 3, 1000])
@pytest.mark.parametrize("rules", ["imagej", "robust"])
@pytest.mark.parametrize(("fun", "problem"), SMOOTH)
def test_what_is_foretold_is_asked_for(
    fun: Any, problem: dict[str, Any], rules: str, count: int
) -> None:
    """Where the function has a value everywhere, all of it, from wherever it is foretold."""
    made = make_problem(len(problem["start"]), rules=rules, **problem)
    in_vain, asked, record = foretold(NelderMeadRun(made, RunSpec(3), 0), fun, count)
    assert not in_vain
    assert (asked, record) == plainly(NelderMeadRun(made, RunSpec(3), 0), fun)


def first_forecast(problem: Problem) -> int:
    run = NelderMeadRun(problem, RunSpec(0), 0)
    run.ask(0)
    return len(run.points_ahead(1000))


def test_the_whole_first_simplex_is_known() -> None:
    """The start, then with guessed sizes two probes along each axis, else the vertices."""
    assert first_forecast(make_problem(4, rules="robust")) == 8
    assert first_forecast(make_problem(4, rules="robust", variations=[1.0] * 4)) == 4
    assert first_forecast(make_problem(4, rules="imagej")) == 4


def test_extra_elements_of_the_start_go_with_the_next_points_and_are_not_known() -> None:
    assert first_forecast(make_problem(4, rules="robust", extra=1)) == 0


def sizes_of_forecasts(problem: Problem, fun: Any) -> dict[Move, set[int]]:
    """Return how many points are foretold when the first of them is asked for."""
    run, sizes, left = NelderMeadRun(problem, RunSpec(3), 0), {}, 0
    while (point := run.ask(0)) is not None:
        if left == 0:
            left = 1 + len(run.points_ahead(1000))
            sizes.setdefault(run.move, set()).add(left)
        left -= 1
        run.tell(fun(point), point, False)
    return sizes  # type: ignore[return-value]


def test_a_surface_is_foretold() -> None:
    """Of n = 4: 10 midpoints of edges, then the minimum, then 4 vertices around it."""
    sizes = sizes_of_forecasts(make_problem(4, rules="robust", start=[5.0] * 4), bowl)
    assert sizes[Move.SURFACE] == {10, 1}
    assert sizes[Move.SURROUND] == {4}


def test_a_remade_simplex_is_foretold() -> None:
    sizes = sizes_of_forecasts(make_problem(3, rules="imagej", start=[5.0] * 3), bowl)
    assert sizes[Move.REINITIALIZE] == {3}


@pytest.mark.parametrize("best", [0, 1, 2, 3])
def test_a_shrunk_simplex_is_foretold(best: int) -> None:
    """All vertices but the best; which is where it is, first, last or between."""
    run = NelderMeadRun(make_problem(3, rules="imagej"), RunSpec(3), 0)
    while run.ask(0) is not None and run.move is not Move.REFLECT:
        value = 0.0 if run.state.evaluations == best else 1.0 + run.state.evaluations
        run.tell(value, run.ask(0), False)  # type: ignore[arg-type]
    while run.move is not Move.SHRINK:  # what is equal to the worst is not accepted
        assert run.ask(0) is not None
        run.tell(100.0, run.ask(0), False)  # type: ignore[arg-type]
    assert len(run.points_ahead(10)) == 2
    assert len(run.points_ahead(1)) == 1


def test_a_limit_is_not_exceeded() -> None:
    run = NelderMeadRun(make_problem(4, rules="robust"), RunSpec(0, max_evaluations=5), 0)
    run.ask(0)
    assert len(run.points_ahead(1000)) == 4


@pytest.mark.parametrize("edge", [ball, lambda x: NAN if x[0] > 5.0 else bowl(x)])
def test_at_an_edge_some_are_foretold_in_vain_and_nothing_changes(edge: Any) -> None:
    made = make_problem(3, rules="robust", start=[0.9, 0.8, 0.7])
    _, asked, record = foretold(NelderMeadRun(made, RunSpec(3), 0), edge)
    assert (asked, record) == plainly(NelderMeadRun(made, RunSpec(3), 0), edge)


def test_a_run_that_is_over_foretells_nothing() -> None:
    run = NelderMeadRun(make_problem(2), RunSpec(0), 0)
    assert run.points_ahead(5) == []  # nor one that has not begun
    run.ask(0)
    run.cut(Status.ABORTED)
    assert run.points_ahead(5) == []


@pytest.mark.slow
@settings(max_examples=examples(25))
@given(calls())
def test_whatever_the_call(drawn: Drawn) -> None:
    p = np.array(drawn.p)
    m = drawn.minimizer(None)
    problem = problem_of(m, drawn.start, drawn.variations, drawn.simplex)
    method = NelderMead(problem, once=drawn.once, **plan_of(m))
    spec = method.spec
    assert spec is not None

    def fun(x: Any) -> float:
        return value_at(x, p)

    _, asked, record = foretold(method.make(spec, 0), fun)
    assert (asked, record) == plainly(method.make(spec, 0), fun)
