"""One run: search, remake, search again, until two searches in a row agree."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from problems import bowl
from scripted import (
    FORMER,
    INF,
    NAN,
    Asked,
    Result,
    as_point,
    feed,
    make_problem,
    make_rounds,
    make_state,
    without_later,
)

from minimizer import Move, Status
from minimizer.common.tolerances import Tolerances
from minimizer.simplex.agreement import agree
from minimizer.simplex.closeness import descent_of
from minimizer.simplex.counting import start_run, tell
from minimizer.simplex.problem import Problem
from minimizer.simplex.run import advance, begin, is_stable, search_is_over
from minimizer.simplex.run_spec import RunSpec
from minimizer.simplex.solver import NelderMeadRun
from minimizer.simplex.state import REFLECTED, RUNNING, RunState

pytestmark = pytest.mark.usefixtures("form")

BOTH = pytest.mark.parametrize("rules", ["imagej", FORMER], ids=["imagej", "former"])


def make_run(problem: Problem, fun: Any, **spec: Any) -> tuple[Asked, RunState]:
    """Make a run; return what was asked for, and how the run has ended."""
    s = make_state(problem, **spec)

    def carry_on(s: RunState, value: float) -> bool:
        advance(s, value)
        return s.status != RUNNING

    asked, _ = feed(s, begin, carry_on, fun)
    assert s.ended
    return asked, s


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
    asked, s = make_run(make_problem(2, rules=rules), Constant(99, NAN))
    assert [move for move, _ in asked] == INITIAL + SEARCH + REMAKE + SEARCH
    assert (s.tally_status, s.completed, s.iterations) == (Status.SUCCESS, 1, 2)
    assert s.status == Status.SUCCESS
    assert s.has_result
    assert s.result_value == 1.0


@BOTH
def test_a_run_goes_on_while_searches_improve(rules: str) -> None:
    """The second search finds 0.5 where the first found 1, so there is a third."""
    calls: list[Any] = []

    def fun(x: Any) -> float:
        calls.append(x)
        return 1.0 if len(calls) <= 6 else 0.5

    asked, s = make_run(make_problem(2, rules=rules), fun)
    moves = [move for move, _ in asked]
    assert moves.count(Move.CENTRE) == 3
    assert moves.count(Move.REINITIALIZE) == 4
    assert s.has_result
    assert s.result_value == 0.5
    assert s.completed == 1


@BOTH
def test_two_searches_agree_when_they_differ_by_half_the_limit(rules: str) -> None:
    """7e-11 is more than half of 1e-10, 4e-11 is less; the values are told from the sixth call."""
    for improvement, searches in ((7e-11, 3), (5.1e-11, 3), (4.9e-11, 2), (4e-11, 2)):
        run_of = Constant(6, 1.0 - improvement)
        asked, _ = make_run(make_problem(2, rules=rules), run_of)
        remade = [move for move, _ in asked].count(Move.REINITIALIZE)
        assert remade == 2 * (searches - 1), improvement


@BOTH
def test_a_simplex_that_cannot_be_remade_is_a_reinitialization_failure(rules: str) -> None:
    asked, s = make_run(make_problem(2, rules=rules), Constant(6, NAN))
    assert [move for move, _ in asked[:6]] == INITIAL + SEARCH
    assert len(asked) == 6 + 201
    assert s.tally_status == s.status == Status.REINITIALIZATION_FAILURE
    assert s.completed == 0
    assert s.has_result
    assert s.result_value == 1.0


@BOTH
def test_a_simplex_that_cannot_be_made_is_an_initialization_failure(rules: str) -> None:
    asked, s = make_run(make_problem(2, rules=rules), Constant(1, NAN))
    assert len(asked) == 1 + 201
    assert not s.has_result
    assert s.tally_status == s.status == Status.INITIALIZATION_FAILURE


def test_after_another_run_was_initialized_imagej_calls_it_a_reinitialization_failure() -> None:
    problem = make_problem(2, rules="imagej")
    _, s = make_run(problem, Constant(1, NAN), tally_initialized=True)
    assert not s.has_result
    assert s.tally_status == Status.REINITIALIZATION_FAILURE


@BOTH
def test_a_run_under_a_status_of_before_stops_after_one_iteration(rules: str) -> None:
    before = int(Status.MAX_ITERATIONS_EXCEEDED)
    asked, s = make_run(make_problem(2, rules=rules), bowl, tally_status=before)
    assert s.iterations == 1
    assert s.completed == 0
    assert s.has_result
    assert Move.REINITIALIZE not in [move for move, _ in asked]


@BOTH
def test_a_run_finds_the_minimum_and_its_result_is_the_best_point_asked_for(rules: str) -> None:
    problem = make_problem(3, rules=rules, start=[5.0, 5.0, 5.0])
    asked, s = make_run(problem, bowl)
    assert s.has_result
    assert s.result_value == min(bowl(point) for _, point in asked)
    assert s.result == pytest.approx([1.0, 2.0, 3.0], abs=1e-4)
    assert s.result_value == bowl(s.result)


def test_the_seed_decides() -> None:
    problem = make_problem(2, start=[5.0, 5.0])
    one, two, other = (make_run(problem, bowl, seed=seed)[0] for seed in (1, 1, 2**30))
    assert one == two
    assert one[0] == other[0]
    assert one[1:4] != other[1:4]


def test_a_given_simplex_comes_first() -> None:
    given = [[1.0, 1.0], [2.0, 1.0], [1.0, 3.0]]
    asked, _ = make_run(make_problem(2, given_simplex=given), bowl)
    assert [point for _, point in asked[:3]] == given
    assert [move for move, _ in asked[:3]] == INITIAL


def test_the_result_is_a_copy() -> None:
    """Neither does it change with the simplex, nor does a record of it change the run."""
    problem = make_problem(2, start=[5.0, 5.0])
    _, s = make_run(problem, bowl)
    before = list(s.result)
    for v in range(3):
        s.put(v, as_point(s, [0.0, 0.0]), 0.0)
    assert list(s.result) == before

    run = NelderMeadRun(problem, RunSpec(0), 0)
    while (point := run.ask(0)) is not None:
        run.tell(bowl(point), point, False)
    simplex = run.record().simplex
    assert simplex is not None
    expected = repr(run.record())
    for array in (run.record().params, *simplex):
        array[:] = 7.0
    assert repr(run.record()) == expected
    assert run.state.values != [7.0] * 3


@pytest.mark.parametrize(("variations", "x"), [(None, 5.0), (None, 300.0), ([2.0, 2.0], 300.0)])
def test_ranges_suit_a_simplex_that_is_far_from_the_start(variations: Any, x: float) -> None:
    """Unless they were given; at the start itself nothing changes."""
    problem = make_problem(2, start=[5.0, 5.0], variations=variations)
    given = [[x, 5.0], [x + 1.0, 5.0], [x, 6.0]]
    s = make_state(problem._replace(given_simplex=np.array(given)))
    begin(s)
    for value in (1.0, 2.0, 3.0):
        advance(s, value)
    assert list(s.run_ranges) == (variations or [0.1 * x, 0.5])
    assert list(s.ranges) == (variations or [0.5, 0.5])


def vertex_at(value: float, *point: float) -> Result:
    return Result(point, value)


def stable(problem: Problem, before: Result, after: Result) -> bool:
    """Return whether a search that went from one result to the other has changed nothing."""
    s = make_state(problem, [after.point] * (problem.n + 1), [after.value] * (problem.n + 1))
    s.values[s.best] = after.value  # NaN as it stands
    s.before, s.before_value = as_point(s, before.point), before.value
    return is_stable(s)


def agreeing(problem: Problem, a: Result, b: Result) -> bool:
    return agree(make_rounds(problem, [a, b]), make_state(problem), 0, 1)


@BOTH
def test_results_agree_in_value_within_the_limit_and_are_stable_within_half_of_it(
    rules: str,
) -> None:
    """Relative limit 1e-10, the points being far from each other."""
    problem = make_problem(2, rules=rules)
    one = vertex_at(1.0, 0.0, 0.0)
    for difference, same, unchanged in (
        (4e-11, True, True),
        (4.9e-11, True, True),
        (5.1e-11, True, False),
        (7e-11, True, False),
        (1.1e-10, False, False),
    ):
        other = vertex_at(1.0 + difference, 9.0, 9.0)
        assert agreeing(problem, one, other) is agreeing(problem, other, one) is same
        assert stable(problem, one, other) is stable(problem, other, one) is unchanged


@pytest.mark.parametrize(
    ("a", "b"),
    [
        (vertex_at(1e-20, 1.0, 2.0), vertex_at(3e-20, 1.0 + 5e-8, 2.0)),  # the same point
        (vertex_at(-INF, 1.0, 2.0), vertex_at(-INF, 5.0, 2.0)),  # the same value
    ],
)
@pytest.mark.parametrize("same", [agreeing, stable])
def test_results_are_the_same_in_parameters_by_r6_only(same: Any, a: Result, b: Result) -> None:
    assert same(make_problem(2), a, b)
    assert not same(make_problem(2, rules=without_later(agree_in_params=False)), a, b)
    assert not same(make_problem(2, rules="imagej"), a, b)


def test_a_run_is_stable_by_the_ranges_that_suit_its_simplex() -> None:
    """And two results agree by those of the start, 0.01 here, of which 1e-9 is the limit near 0."""
    a, b = vertex_at(1e-20, 0.0, 0.0), vertex_at(3e-20, 1e-7, 0.0)
    s = make_state(make_problem(2), [b.point] * 3, [b.value] * 3)
    s.before, s.before_value = as_point(s, a.point), a.value
    assert not is_stable(s)
    s.run_ranges = [1e3, 1e3]
    assert is_stable(s)
    r = make_rounds(make_problem(2), [a, b])
    assert not agree(r, s, 0, 1)
    s.ranges = [1e3, 1e3]
    assert agree(r, s, 0, 1)


@pytest.mark.parametrize("clips", [True, False])
def test_from_a_new_simplex_on_a_bound_what_is_outside_is_nan_and_not_clipped(clips: bool) -> None:
    """But it is made of points that are clipped, and only so was the first one searched from."""
    box = ([2.5, -9.0], [9.0, 9.0])  # the minimum (1, 2) is outside
    problem = make_problem(2, start=[5.0, 5.0], box=box, rules=without_later(clip_to_bounds=clips))
    s = make_state(problem)
    seen = set()
    start_run(s)
    while s.status == RUNNING:
        making = s.waiting < REFLECTED
        seen.add((s.remaking, making, s.fixed_only))
        assert not s.is_outside()
        tell(s, bowl(s.trial), False)
    assert seen == {
        (False, True, False),
        (False, False, False),
        (True, True, False),
        (True, False, clips),
    }
    assert list(s.best_point) == pytest.approx([2.5, 2.0], abs=1e-4)


def test_a_search_on_a_bound_is_over_before_the_next_simplex_is_made() -> None:
    s = make_state(make_problem(2, box=([0.0] * 2, [1.0] * 2)), [[0, 0], [1, 0], [0, 1]], [1, 2, 3])
    s.fixed_only = True
    search_is_over(s)
    assert s.remaking
    assert not s.fixed_only


def told(s: RunState, fun: Any) -> RunState:
    """Carry a run to its end, with all that is counted."""
    start_run(s)
    while s.status == RUNNING:
        tell(s, fun(s.trial), False)
    return s


@pytest.mark.parametrize("ends", [True, False])
def test_a_run_that_ends_by_itself_does_not_confirm(ends: bool) -> None:
    """Even if it has come to the target by that; its status and counts are its own."""
    before = Status.MAX_ITERATIONS_EXCEEDED if ends else Status.SUCCESS
    target = {"target": [0.0, 0.0], "target_value": 1.0}
    s = make_state(make_problem(2), tally_status=int(before), has_target=True, **target)
    told(s, Constant(99, NAN))
    assert s.iterations == 1
    assert s.confirms is not ends
    assert s.status == before


def test_a_run_that_has_come_to_its_target_ends_only_after_an_iteration() -> None:
    """Not while a simplex is being made, whose vertices are those of before."""
    s = make_state(make_problem(2), has_target=True, target=[0.0, 0.0], target_value=1.0)
    start_run(s)
    for _ in range(5):
        assert s.status == RUNNING
        tell(s, 1.0, False)
    assert (s.iterations, s.status) == (0, RUNNING)
    tell(s, 1.0, False)
    assert (s.iterations, s.status, s.confirms) == (1, Status.SUCCESS, True)


@pytest.mark.parametrize("rules", ["imagej", FORMER], ids=["imagej", "former"])
@pytest.mark.parametrize("seen", [True, False])
def test_an_abort_is_noted_once_and_in_imagej_only(rules: str, seen: bool) -> None:
    """What becomes of it in ImageJ, as a failure to make a simplex, is not undone."""
    s = make_state(make_problem(2, rules=rules), abort_seen=seen)
    start_run(s)
    tell(s, 1.0, True)
    noted = rules == "imagej" and not seen
    assert s.tally_status == (Status.ABORTED if noted else Status.SUCCESS)
    assert s.abort_seen is (seen or noted)
    s.tally_status = int(Status.REINITIALIZATION_FAILURE)
    if noted:
        tell(s, 1.0, True)
        assert s.tally_status == Status.REINITIALIZATION_FAILURE


@pytest.mark.parametrize(
    ("first", "value", "descent"),
    [(5.0, 3.0, 2.0), (INF, 3.0, 0.0), (5.0, -INF, 0.0), (-INF, -INF, 0.0), (1e308, -1e308, 0.0)],
)
def test_a_descent_is_finite(first: float, value: float, descent: float) -> None:
    s = make_state(make_problem(1))
    assert descent_of(s, value) == 0.0
    s.has_best, s.first_value = True, first
    assert descent_of(s, value) == descent


def test_extra_elements_do_not_matter_for_agreement() -> None:
    problem = make_problem(2, extra=1)
    a, b = vertex_at(1e-20, 1.0, 2.0, 7.0), vertex_at(3e-20, 1.0, 2.0, 8.0)
    other = vertex_at(3e-20, 1.0, 2.1, 7.0)
    for same in (agreeing, stable):
        assert same(problem, a, b)
        assert not same(problem, a, other)


@pytest.mark.parametrize(
    ("other", "same"),
    [
        (vertex_at(3.25, 1.5, 0.5), True),
        (vertex_at(3.5, 1.0, 1.0), False),
        (vertex_at(3.0, 1.0, 1.75), True),  # another point: minima may form a line
        (vertex_at(NAN, 1.0, 1.0), False),
    ],
)
def test_under_tolerances_two_searches_agree_in_value_as_two_runs_do(
    other: Result, same: bool
) -> None:
    """Each search by itself has met both tolerances."""
    problem = make_problem(2, tolerances=Tolerances(params=0.5, value=0.25))
    one = vertex_at(3.0, 1.0, 1.0)
    assert stable(problem, one, other) is same
    assert agreeing(problem, one, other) is same


def test_searches_that_end_at_once_within_the_resolutions_do_not_go_on_for_ever() -> None:
    """ImageJ's loop counts an iteration for each, but looks at its limit only in a search."""
    problem = make_problem(1, rules="imagej", resolutions=[1e300])
    with np.errstate(all="ignore"):
        _, s = make_run(problem, lambda x: float(x[0]), max_tally=1500)
    assert s.status == Status.MAX_ITERATIONS_EXCEEDED
    assert 1500 < s.iterations <= 1502
