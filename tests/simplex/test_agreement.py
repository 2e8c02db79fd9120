"""When two results are the same, and when a simplex has come to one."""

from __future__ import annotations

from typing import Any

import pytest
from scripted import FORMER, INF, Result, make_problem, make_rounds, make_state, without_later

from minimizer import Rules
from minimizer.common.tolerances import Tolerances
from minimizer.simplex.agreement import agree, has_come_to_target
from minimizer.simplex.problem import Problem
from minimizer.simplex.state import RunState

pytestmark = pytest.mark.usefixtures("form")

TARGET = Result([1.0, 2.0], 3.0, descent=100.0)


def result(value: float, *point: float, descent: float = 0.0, at_edge: bool = False) -> Result:
    return Result(point, value, descent, at_edge)


def same_results(problem: Problem, a: Result, b: Result) -> bool:
    """Return whether two results agree, in whichever order, and in whatever rows they stand."""
    r, s = make_rounds(problem, [a, b, a]), make_state(problem)
    one, *others = (agree(r, s, i, j) for i, j in ((0, 1), (1, 0), (2, 1), (1, 2)))
    assert others == [one] * 3
    return one


@pytest.mark.parametrize(("difference", "same"), [(0.9e-10, True), (1.1e-10, False)])
def test_values_agree_within_the_error_limits(difference: float, same: bool) -> None:
    a, b = result(1.0, 1.0, 1.0), result(1.0 - difference, 5.0, 5.0)
    assert same_results(make_problem(2), a, b) is same


@pytest.mark.parametrize(("share", "same"), [(2e-16, True), (3e-16, False)])
def test_values_agree_within_the_rounding_of_the_descent_by_r11(share: float, same: bool) -> None:
    """Of the smaller of the two, so that a start of huge value does not decide."""
    a = result(0.0, 1.0, 1.0, descent=1e6)
    b = result(share * 1e3, 5.0, 5.0, descent=1e3)
    assert same_results(make_problem(2), a, b) is same
    assert not same_results(make_problem(2, rules=without_later(agree_by_descent=False)), a, b)


@pytest.mark.parametrize(
    ("difference", "same"), [(0.9e-8, True), (0.98e-8, True), (1.02e-8, False), (1.1e-8, False)]
)
def test_less_is_asked_of_two_results_at_an_edge_by_r13(difference: float, same: bool) -> None:
    a, b = result(1.0, 1.0, 1.0, at_edge=True), result(1.0 - difference, 5.0, 5.0, at_edge=True)
    assert same_results(make_problem(2), a, b) is same
    assert not same_results(make_problem(2), a, replace_edge(b))
    assert not same_results(make_problem(2), replace_edge(a), b)
    assert not same_results(make_problem(2, rules=without_later(agree_at_edge=False)), a, b)


def test_without_limits_and_descent_equal_values_still_agree_by_r11() -> None:
    for descent in (True, False):
        rules = without_later(agree_in_params=False, agree_by_descent=descent)
        problem = make_problem(2, rules=rules, max_rel_error=0.0, max_abs_error=0.0)
        assert same_results(problem, result(1.0, 1.0, 1.0), result(1.0, 5.0, 5.0)) is descent


def replace_edge(r: Result) -> Result:
    return r._replace(at_edge=False)


def test_points_within_the_resolutions_agree_by_r6() -> None:
    a, b = result(1.0, 1.0, 1.0), result(2.0, 1.09, 1.0)
    for rules, same in ((FORMER, True), (without_later(agree_in_params=False), False)):
        assert same_results(fine(rules, 0.1), a, b) is same
        assert not same_results(fine(rules, 0.05), a, b)


def fine(rules: Rules, resolution: float) -> Problem:
    return make_problem(2, rules=rules, resolutions=[resolution] * 2)


@pytest.mark.parametrize("x", [1.0, 5.0])
@pytest.mark.parametrize(
    ("value", "same"), [(3.25, True), (2.75, True), (3.3, False), (2.7, False), (INF, False)]
)
def test_under_tolerances_the_values_decide(value: float, same: bool, x: float) -> None:
    """And nothing else: neither the point nor the descent."""
    problem = make_problem(2, tolerances=Tolerances(0.5, 0.25))
    a, b = result(3.0, 1.0, 1.0, descent=1e30), result(value, x, 1.0, descent=1e30)
    assert same_results(problem, a, b) is same


def state_at(
    vertices: Any, values: list[float], target: Result = TARGET, problem: Problem | None = None
) -> RunState:
    return make_state(
        make_problem(2) if problem is None else problem,
        vertices,
        values,
        has_target=True,
        target=list(target.point),
        target_value=target.value,
        target_descent=target.descent,
        target_at_edge=target.at_edge,
    )


FAR = [[9.0, 9.0], [8.0, 9.0], [7.0, 7.0]]
NEAR = [[1.0, 2.0], [1.0 + 1e-8, 2.0], [1.0, 2.0 - 2e-8]]


@pytest.mark.parametrize(
    ("vertices", "values", "there"),
    [
        (FAR, [3.0, 3.0 + 2e-10, 3.0 - 2e-10], True),  # all values are the target's
        (FAR, [3.0, 3.0 + 4e-10, 3.0], False),
        (FAR, [3.0, 3.0, 3.0 - 4e-10], False),
        (FAR, [3.0, INF, 3.0], False),  # NaN ranks like +inf
        (FAR, [-INF, 3.0, 3.0], False),
    ],
)
def test_a_whole_simplex_confirms(vertices: Any, values: list[float], there: bool) -> None:
    assert has_come_to_target(state_at(vertices, values)) is there


@pytest.mark.parametrize(
    ("vertices", "values", "there"),
    [
        (NEAR, [1e-20, 0.9e-12, -0.9e-12], True),  # all vertices are near, none is high
        (NEAR, [1e-20, 1.1e-12, 1e-20], False),
        (NEAR, [1e-20, 1e-20, -1.1e-12], False),  # passing by, on its way down
        ([*NEAR[:2], [1.0, 2.0 + 4e-8]], [1e-20, 2e-20, 3e-20], False),
        (NEAR, [1e-20, INF, 1e-20], False),
    ],
)
def test_a_simplex_near_a_minimum_of_value_zero_confirms_it(
    vertices: Any, values: list[float], there: bool
) -> None:
    """Where no two values agree to a share of themselves."""
    assert has_come_to_target(state_at(vertices, values, TARGET._replace(value=0.0))) is there


def test_without_limits_and_descent_a_simplex_confirms_equal_values_nearby() -> None:
    problem = make_problem(2, max_rel_error=0.0, max_abs_error=0.0)
    target = TARGET._replace(descent=0.0)
    assert has_come_to_target(state_at(NEAR, [3.0] * 3, target, problem))
    assert not has_come_to_target(state_at(FAR, [3.0] * 3, target, problem))
    assert not has_come_to_target(state_at(NEAR, [3.0, 3.0, 3.0 + 1e-15], target, problem))


def test_at_an_edge_a_simplex_confirms_within_what_is_asked_there() -> None:
    values = [3.0, 3.0 + 2e-8, 3.0]
    at_edge = TARGET._replace(at_edge=True)
    assert not has_come_to_target(state_at(FAR, values, at_edge))
    for target, there in ((at_edge, True), (TARGET, False)):
        s = state_at(FAR, values, target)
        s.nan_reflections = 1
        assert has_come_to_target(s) is there


def test_under_tolerances_both_must_hold() -> None:
    vertices, values = [[1.0, 2.0], [1.5, 2.0], [1.0, 2.5]], [3.0, 3.2, 3.1]
    for params, value, there in ((0.6, 0.3, True), (0.4, 0.3, False), (0.6, 0.1, False)):
        problem = make_problem(2, tolerances=Tolerances(params, value))
        assert has_come_to_target(state_at(vertices, values, problem=problem)) is there


def test_ranks_that_are_out_of_date_confirm_nothing() -> None:
    """When a new simplex has been begun around it, the best vertex is no longer where it was."""
    s = state_at(NEAR, [3.0, 2.0, 3.0])
    s.best, s.worst = 0, 1  # a value lower than the target's, taken for the highest
    assert not has_come_to_target(s)
