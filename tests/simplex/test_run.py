"""One run: search, remake, search again, until two searches in a row agree."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from minimizer.simplex.counts import Tally
from minimizer.simplex.simplex import Simplex
from problems import bowl
from scripted import INF, NAN, Asked, feed, make_problem

from minimizer import Move, Rules, Status
from minimizer.common.arrays import Array
from minimizer.common.tolerances import Tolerances
from minimizer.simplex.agreement import Result, agree
from minimizer.simplex.problem import Problem
from minimizer.simplex.run import Vertex, best_vertex, is_stable, run

BOTH = pytest.mark.parametrize("rules", ["imagej", "robust"])


def make_run(
    problem: Problem, fun: Any, tally: Tally, seed: int = 0, given: Array | None = None
) -> tuple[Asked, Vertex | None, Simplex]:
    simplex = Simplex(problem)
    asked, vertex = feed(run(simplex, problem, seed, tally, given), fun)
    return asked, vertex, simplex


class Constant:
    """1.0 for a number of calls and another value from then on."""

    def __init__(self, calls: int, after: float) -> None:
        self.calls, self.after = calls, after

    def __call__(self, x: Any) -> float:
        self.calls -= 1
        return 1.0 if self.calls >= 0 else self.after


# A constant function of two parameters: three vertices, then one iteration that reflects,
# expands and tries the centre, whereupon the search has converged.
INITIAL = [Move.INITIAL] * 3
SEARCH = [Move.REFLECT, Move.EXPAND, Move.CENTRE]
REMAKE = [Move.REINITIALIZE] * 2


@BOTH
def test_a_run_ends_when_two_searches_agree(rules: str) -> None:
    tally = Tally()
    asked, vertex, _ = make_run(make_problem(2, rules=rules), Constant(99, NAN), tally)
    assert [move for move, _ in asked] == INITIAL + SEARCH + REMAKE + SEARCH
    assert (tally.status, tally.completed, tally.iterations) == (Status.SUCCESS, 1, 2)
    assert vertex is not None
    assert vertex.value == 1.0


@BOTH
def test_a_run_goes_on_while_searches_improve(rules: str) -> None:
    """The second search finds 0.5 where the first found 1, so there is a third."""
    tally = Tally()
    moves: list[Move] = []

    def fun(x: Any) -> float:
        return 1.0 if len(calls) < 6 else 0.5

    calls: list[Any] = []

    def counted(x: Any) -> float:
        value = fun(x)
        calls.append(x)
        return value

    asked, vertex, _ = make_run(make_problem(2, rules=rules), counted, tally)
    moves = [move for move, _ in asked]
    assert moves.count(Move.CENTRE) == 3
    assert moves.count(Move.REINITIALIZE) == 4
    assert vertex is not None
    assert vertex.value == 0.5
    assert tally.completed == 1


@BOTH
def test_two_searches_agree_when_they_differ_by_half_the_limit(rules: str) -> None:
    """7e-11 is more than half of 1e-10, 4e-11 is less; the values are told from the sixth call."""
    for improvement, searches in ((7e-11, 3), (4e-11, 2)):
        run_of = Constant(6, 1.0 - improvement)
        asked, _, _ = make_run(make_problem(2, rules=rules), run_of, Tally())
        remade = [move for move, _ in asked].count(Move.REINITIALIZE)
        assert remade == 2 * (searches - 1), improvement


@BOTH
def test_a_simplex_that_cannot_be_remade_is_a_reinitialization_failure(rules: str) -> None:
    tally = Tally()
    asked, vertex, _ = make_run(make_problem(2, rules=rules), Constant(6, NAN), tally)
    assert [move for move, _ in asked[:6]] == INITIAL + SEARCH
    assert len(asked) == 6 + 201
    assert tally.status is Status.REINITIALIZATION_FAILURE
    assert tally.completed == 0
    assert vertex is not None
    assert vertex.value == 1.0


@BOTH
def test_a_simplex_that_cannot_be_made_is_an_initialization_failure(rules: str) -> None:
    tally = Tally()
    asked, vertex, _ = make_run(make_problem(2, rules=rules), Constant(1, NAN), tally)
    assert len(asked) == 1 + 201
    assert vertex is None
    assert tally.status is Status.INITIALIZATION_FAILURE


def test_after_another_run_was_initialized_imagej_calls_it_a_reinitialization_failure() -> None:
    tally = Tally(any_initialized=True)
    _, vertex, _ = make_run(make_problem(2, rules="imagej"), Constant(1, NAN), tally)
    assert vertex is None
    assert tally.status is Status.REINITIALIZATION_FAILURE


@BOTH
def test_a_run_under_a_status_of_before_stops_after_one_iteration(rules: str) -> None:
    tally = Tally(status=Status.MAX_ITERATIONS_EXCEEDED)
    asked, vertex, _ = make_run(make_problem(2, rules=rules), bowl, tally)
    assert tally.iterations == 1
    assert tally.completed == 0
    assert vertex is not None
    assert Move.REINITIALIZE not in [move for move, _ in asked]


@BOTH
def test_a_run_finds_the_minimum_and_its_result_is_the_best_point_asked_for(rules: str) -> None:
    problem = make_problem(3, rules=rules, start=[5.0, 5.0, 5.0])
    asked, vertex, _ = make_run(problem, bowl, Tally())
    assert vertex is not None
    assert vertex.value == min(bowl(point) for _, point in asked)
    assert vertex.point == pytest.approx([1.0, 2.0, 3.0], abs=1e-4)
    assert vertex.value == bowl(vertex.point)


def test_the_seed_decides() -> None:
    problem = make_problem(2, start=[5.0, 5.0])
    one, two, other = (make_run(problem, bowl, Tally(), seed)[0] for seed in (1, 1, 2**30))
    assert one == two
    assert one[0] == other[0]
    assert one[1:4] != other[1:4]


def test_a_given_simplex_comes_first() -> None:
    given = np.array([[1.0, 1.0], [2.0, 1.0], [1.0, 3.0]])
    asked, _, _ = make_run(make_problem(2), bowl, Tally(), given=given)
    assert [point for _, point in asked[:3]] == given.tolist()
    assert [move for move, _ in asked[:3]] == INITIAL


def test_the_result_is_a_copy() -> None:
    problem = make_problem(2, start=[5.0, 5.0])
    _, _, simplex = make_run(problem, bowl, Tally())
    vertex = best_vertex(simplex)
    before = vertex.point.tolist()
    vertex.point[:] = 0.0
    assert simplex.point(simplex.best).tolist() == before
    vertex = best_vertex(simplex)
    simplex.set(np.zeros((3, 2)), [0.0] * 3)
    assert vertex.point.tolist() == before


def vertex_at(value: float, *point: float) -> Result:
    return Result(np.array(point), value)


@BOTH
def test_results_agree_in_value_within_the_limit_and_are_stable_within_half_of_it(
    rules: str,
) -> None:
    """Relative limit 1e-10, the points being far from each other."""
    problem = make_problem(2, rules=rules)
    one = vertex_at(1.0, 0.0, 0.0)
    for difference, same, stable in (
        (4e-11, True, True),
        (7e-11, True, False),
        (1.1e-10, False, False),
    ):
        other = vertex_at(1.0 + difference, 9.0, 9.0)
        assert agree(problem, one, other) is agree(problem, other, one) is same
        assert is_stable(problem, one, other) is is_stable(problem, other, one) is stable


@pytest.mark.parametrize(
    ("a", "b"),
    [
        (vertex_at(1e-20, 1.0, 2.0), vertex_at(3e-20, 1.0 + 5e-8, 2.0)),  # the same point
        (vertex_at(-INF, 1.0, 2.0), vertex_at(-INF, 5.0, 2.0)),  # the same value
    ],
)
@pytest.mark.parametrize("same", [agree, is_stable])
def test_results_are_the_same_in_parameters_by_r6_only(same: Any, a: Result, b: Result) -> None:
    assert same(make_problem(2), a, b)
    assert not same(make_problem(2, rules=Rules(agree_in_params=False)), a, b)
    assert not same(make_problem(2, rules="imagej"), a, b)


def test_extra_elements_do_not_matter_for_agreement() -> None:
    problem = make_problem(2, extra=1)
    a, b = vertex_at(1e-20, 1.0, 2.0, 7.0), vertex_at(3e-20, 1.0, 2.0, 8.0)
    assert is_stable(problem, a, b)
    assert not is_stable(problem, a, vertex_at(3e-20, 1.0, 2.1, 7.0))


@pytest.mark.parametrize(
    ("other", "same_run", "same_result"),
    [
        (vertex_at(3.25, 1.5, 0.5), True, True),
        (vertex_at(3.5, 1.0, 1.0), False, False),  # the value differs
        (vertex_at(3.0, 1.0, 1.75), False, True),  # the point: only a run must come back to it
        (vertex_at(NAN, 1.0, 1.0), False, False),
    ],
)
def test_tolerances_ask_a_run_for_point_and_value_and_two_runs_for_the_value(
    other: Result, same_run: bool, same_result: bool
) -> None:
    problem = make_problem(2)
    limits = replace(problem.limits, tolerances=Tolerances(params=0.5, value=0.25))
    problem = replace(problem, limits=limits)
    one = vertex_at(3.0, 1.0, 1.0)
    assert is_stable(problem, one, other) is same_run
    assert agree(problem, one, other) is same_result
