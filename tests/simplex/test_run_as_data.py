"""A run is data: written down at any point and read again, it goes on to the same bits."""

from __future__ import annotations

import copy
import pickle
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from problems import ball, bowl, wavy
from random_calls import Drawn, calls, facts, value_at
from scripted import Asked, bits, make_problem

from minimizer import Minimizer
from minimizer.settings import plan_of, problem_of
from minimizer.simplex import initial_state
from minimizer.simplex.method import NelderMead
from minimizer.simplex.problem import Problem
from minimizer.simplex.run_spec import RunSpec
from minimizer.simplex.solver import NelderMeadRun

pytestmark = pytest.mark.usefixtures("form")

Again = Callable[[NelderMeadRun], NelderMeadRun]


def unchanged(run: NelderMeadRun) -> NelderMeadRun:
    return run


def pickled(run: NelderMeadRun) -> NelderMeadRun:
    again: NelderMeadRun = pickle.loads(pickle.dumps(run))
    return again


def carried(
    run: NelderMeadRun, fun: Any, again: Again = unchanged, at: set[int] | None = None
) -> tuple[Asked, Any]:
    """Carry a run to its end, but with what `again` makes of it at some points, or at all."""
    asked: Asked = []
    while True:
        here = at is None or len(asked) in at
        run = again(run) if here else run
        point = run.ask(0)
        if point is None:
            return asked, facts(run.record())
        move, params = run.move, bits(point)
        run = again(run) if here else run  # between ask and tell, too
        value = fun(point)
        asked.append((move, params))  # type: ignore[arg-type]
        run.tell(value, point, False)


def in_both_ways(problem: Problem, fun: Any, again: Again, number: int = 0) -> None:
    """Check that it makes no difference."""
    spec = RunSpec(3, max_evaluations=400)
    expected = carried(NelderMeadRun(problem, spec, number), fun)
    assert carried(NelderMeadRun(problem, spec, number), fun, again) == expected


@pytest.mark.slow
@pytest.mark.parametrize("again", [pickled, copy.copy, copy.deepcopy])
@pytest.mark.parametrize("rules", ["imagej", "robust"])
@pytest.mark.parametrize(
    ("fun", "problem"),
    [
        (bowl, {"start": [5.0, 5.0]}),
        (wavy, {"start": [5.0, 4.0, 3.0]}),
        (ball, {"start": [0.1, 0.1, 0.1]}),  # draws inwards, and regrows
        (bowl, {"start": [5.0, 5.0], "box": ([2.5, -np.inf], [6.0, 1.5])}),
        (bowl, {"start": [5.0, 5.0], "resolutions": [1e-3, 1e-3]}),
        (bowl, {"start": [5.0] * 9}),
    ],
)
def test_a_run_goes_on_from_anywhere(fun: Any, problem: Any, rules: str, again: Again) -> None:
    n = len(problem["start"])
    in_both_ways(make_problem(n, rules=rules, **problem), fun, again)


def with_extra(x: Any) -> float:
    """Keep something with each point."""
    value = bowl(x[:2])
    x[2:] = value, x[0]
    return value


def test_the_extra_elements_go_with_it() -> None:
    in_both_ways(make_problem(2, extra=2, start=[5.0, 5.0], rules="robust"), with_extra, pickled)


def test_a_given_simplex_goes_with_it() -> None:
    given_simplex = [[5.0, 5.0], [6.0, 5.0], [5.0, 7.0]]
    problem = make_problem(2, start=[5.0, 5.0], given_simplex=given_simplex, rules="robust")
    in_both_ways(problem, bowl, pickled)


def test_a_target_goes_with_it() -> None:
    """A run that is on its way to the result of another one stops there."""
    problem = make_problem(2, start=[5.0, 5.0])
    spec = RunSpec(3, has_target=True, target=[1.0, 2.0], target_value=7.0, target_descent=20.0)
    expected = carried(NelderMeadRun(problem, spec, 1), bowl)
    assert NelderMeadRun(problem, spec, 1).spec.has_target
    assert carried(NelderMeadRun(problem, spec, 1), bowl, pickled) == expected
    *_, flags, _, _ = expected[1]
    assert flags[-1] is True  # it confirms


@pytest.mark.slow
def test_a_copy_does_not_share_anything_with_the_run() -> None:
    """The one goes on, the other stays where it was, and then does the same."""
    problem = make_problem(3, start=[5.0, 4.0, 3.0])
    for evaluations in range(60):
        run = NelderMeadRun(problem, RunSpec(0), 0)
        for _ in range(evaluations):
            point = run.ask(0)
            assert point is not None
            run.tell(wavy(point), point, False)
        copies = [pickled(run), copy.deepcopy(run)]
        expected = carried(run, wavy)
        for other in copies:
            assert carried(other, wavy) == expected


@pytest.mark.slow
@settings(max_examples=25)
@given(calls(), st.sets(st.integers(0, 100), min_size=1, max_size=4))
def test_whatever_the_call(drawn: Drawn, at: set[int]) -> None:
    """Run after run of the rounds."""
    p = np.array(drawn.p)

    def fun(x: Any) -> float:
        return value_at(x, p)

    m = drawn.minimizer(None)
    problem = problem_of(m, drawn.start, drawn.variations, drawn.simplex)
    method = NelderMead(problem, once=drawn.once, **plan_of(m))
    for number in range(4):
        spec = method.spec
        if spec is None:
            return
        expected = carried(method.make(spec, number), fun)
        assert carried(method.make(spec, number), fun, pickled, at) == expected
        run = method.make(spec, number)
        while (point := run.ask(0)) is not None:
            run.tell(fun(point), point, False)
        method.take(run)


def test_a_run_pickled_here_is_of_the_form_that_it_had(form: str) -> None:
    """Whatever the form would be where it is read."""
    run = NelderMeadRun(make_problem(3), RunSpec(0), 0)
    written = pickle.dumps(run)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(initial_state, "FEW", 0 if form == "lists" else 10**9)
        again = pickle.loads(written)
    assert type(again.state) is type(run.state)
    assert carried(again, bowl) == carried(run, bowl)


def test_a_minimizer_between_ask_and_tell_is_not_disturbed_by_a_copy_of_its_run() -> None:
    m, twin = Minimizer(None, 2), Minimizer(None, 2)
    for minimizer in (m, twin):
        point = minimizer.ask([5.0, 5.0])
        while point is not None:
            if minimizer is twin:
                pickle.dumps(twin._session._driver.solver)  # type: ignore[union-attr]
            minimizer.tell(bowl(point))
            point = minimizer.ask()
    assert repr(m) == repr(twin)
