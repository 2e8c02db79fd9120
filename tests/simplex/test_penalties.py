"""Values that mean "out of bounds" without being NaN (R21)."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from problems import ball, ball_minimum, bowl
from scripted import INF, NAN, make_problem, make_state

from minimizer import Minimizer, Rules, Status
from minimizer.simplex import state as at
from minimizer.simplex.penalties import begin_penalties, is_beyond_wall, is_penalty

PENALTIES = [INF, 1e10, 1e4, 1e300]


def judged(values: list[float]) -> list[bool]:
    s = make_state(make_problem(1, rules="robust"))
    begin_penalties(s)
    return [is_penalty(s, value) for value in values]


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ([3.0, INF, 2.0, INF], [False, True, False, True]),
        ([INF, INF, 1.0], [True, True, False]),
        ([3.0, 1e4, 2.0, 1e4, 1e4], [False, False, False, True, True]),  # once may be chance
        ([1e4, 3.0, 2.0, 1e4], [False, False, False, True]),
        ([3.0, 10.0, 2.0, 10.0], [False] * 4),  # not far above the others
        ([3.0, 1e4, 2.0, 1e4 + 1, 1e4], [False] * 5),  # not the highest any more
        ([3.0, 1e4, 9e3, 1e4], [False] * 4),
        ([1.0, 1.0, 1.0], [False] * 3),  # a constant is none
        ([1e4, 1e4], [False, False]),  # nothing else is known
        ([-2e4, -1e4, -4e4, -1e4], [False] * 4),
        ([NAN, 3.0, NAN, 1e4, 2.0, 1e4], [False, False, False, False, False, True]),
        ([3.0, -INF, 1e4, 1e4], [False] * 4),  # how far is above -inf?
    ],
)
def test_a_penalty_is_infinite_or_the_highest_value_again_and_far_above_all_others(
    values: list[float], expected: list[bool]
) -> None:
    assert judged(values) == expected


@given(st.lists(st.floats(allow_nan=True), max_size=30))
def test_only_the_highest_value_so_far_is_ever_a_penalty_and_never_the_first_time(
    values: list[float],
) -> None:
    for i, penalty in enumerate(judged(values)):
        if penalty and values[i] < INF:
            before = [value for value in values[:i] if value == value and value < INF]
            assert values[i] == max(before)
            assert values[i] > min(before)


@given(st.lists(st.floats(-1e6, 1e6), unique=True, max_size=30))
def test_values_that_never_come_again_are_no_penalties(values: list[float]) -> None:
    assert not any(judged(values))


def penalized(fun: Any, penalty: float) -> Any:
    """Return a function as legacy code has it, with a number in the place of NaN."""

    def legacy(x: Any) -> float:
        value = fun(x)
        return penalty if math.isnan(value) else float(value)

    return legacy


@pytest.mark.slow
@pytest.mark.parametrize("penalty", PENALTIES)
@pytest.mark.parametrize("n", [2, 3])
def test_a_minimum_at_the_edge_of_a_penalty_is_found_as_at_that_of_nan(
    n: int, penalty: float
) -> None:
    start = [0.1] * n
    gap = ball(start) - ball_minimum(n)
    found = 0
    for seed in range(10):
        m = Minimizer(penalized(ball, penalty), n, random_seed=seed, max_evaluations=5000)
        if m.minimize(start) is Status.SUCCESS:
            assert m.function_value - ball_minimum(n) <= 1e-6 * gap
            found += 1
    assert found >= 8


@pytest.mark.parametrize("penalty", PENALTIES)
def test_penalties_are_values_in_every_count_trace_and_record(penalty: float) -> None:
    """Only the search takes them for NaN: what the function returned is what is told."""
    m = Minimizer(penalized(ball, penalty), 3, trace=True, max_evaluations=600)
    m.minimize([0.1] * 3)
    assert isinstance(m.trace, list)
    assert penalty in [evaluation.value for evaluation in m.trace]
    assert m.nan_evaluations == 0
    for run in m.runs:
        assert run.nan_evaluations == 0
        assert run.simplex is not None
        for point, value in zip(*run.simplex, strict=True):
            if np.isfinite(value) or penalty == INF:
                assert value == penalized(ball, penalty)(point)


def test_a_record_s_simplex_has_the_penalties_of_its_vertices() -> None:
    """They rank worst, and are shown as what they are."""
    fun = penalized(lambda x: NAN if x[0] > 5.0 else bowl(x), 1e6)
    corners = [[5.0, 5.0], [9.0, 5.0], [9.0, 9.0]]
    m = Minimizer(fun, 2, max_evaluations=3)
    m.minimize_once(initial_simplex=corners)
    (run,) = m.runs
    assert run.simplex is not None
    assert run.simplex[1].tolist() == [bowl([5.0, 5.0]), 1e6, 1e6]
    assert m.function_value == bowl([5.0, 5.0])


@pytest.mark.parametrize(
    "rules", [Rules(penalties_are_edges=False), "imagej"], ids=["off", "imagej"]
)
def test_off_a_high_value_is_a_value(rules: Any) -> None:
    m = Minimizer(penalized(ball, 1e4), 3, rules=rules, max_evaluations=400)
    m.minimize([0.1] * 3)
    assert not any(run.at_edge for run in m.runs)
    robust = Minimizer(penalized(ball, 1e4), 3, max_evaluations=400)
    robust.minimize([0.1] * 3)
    assert any(run.at_edge for run in robust.runs)


def test_where_all_but_the_start_is_a_penalty_there_is_no_simplex() -> None:
    m = Minimizer(lambda x: 3.0 if x[0] == 5.0 else INF, 1)
    assert m.minimize([5.0]) is Status.INITIALIZATION_FAILURE
    assert m.function_value == 3.0


@pytest.mark.parametrize("seed", range(5))
def test_a_function_of_two_values_is_minimized(seed: int) -> None:
    """One of them may look like a penalty, and is as good as one."""
    m = Minimizer(lambda x: float(x[0] > 1.0), 1, random_seed=seed)
    assert m.minimize([3.0]) in (Status.SUCCESS, Status.INITIALIZATION_FAILURE)
    assert m.function_value in (0.0, 1.0)
    assert m.status is not Status.SUCCESS or m.function_value == 0.0 or m.params[0] > 1.0


def cliff(x: Any) -> float:
    """Return a likelihood's like: each of ten data outside costs 7e4, and the lowest is outside."""
    outside = sum(x[0] > datum for datum in np.linspace(1.1, 2.0, 10))
    return -float(x[0]) + 0.5 * float((x[1:] ** 2).sum()) + 7e4 * outside


@pytest.mark.parametrize("n", [1, 2, 3])
def test_a_wall_of_any_height_is_an_edge(n: int) -> None:
    """No surface is tried beside it, and the search does not take the wall for a height."""
    start = [0.5] * n
    evaluations = {}
    for on in (True, False):
        m = Minimizer(cliff, n, rules=Rules(penalties_are_edges=on))
        status = m.minimize(start)
        evaluations[on] = m.evaluations
        if on:
            assert status is Status.SUCCESS
            assert m.params == pytest.approx([1.1] + [0.0] * (n - 1), abs=1e-4)
            assert m.nan_evaluations == 0
            assert all(run.at_edge for run in m.runs)
    assert evaluations[True] < 0.8 * evaluations[False]


@pytest.mark.parametrize(
    ("value", "wall"), [(2e4, True), (0.9e4, False), (NAN, False), (-1.0, False), (INF, True)]
)
def test_a_wall_is_far_above_the_simplex(value: float, wall: bool) -> None:
    s = make_state(make_problem(1, rules="robust"))
    s.waiting, s.best, s.worst, s.values, s.top = at.REFLECTED, 0, 1, [0.0, 1.0], 2.0
    assert is_beyond_wall(s, value) is wall
    s.top = 1e9  # the vertices may be equally high by chance
    assert not is_beyond_wall(s, value) or value == INF
    s.top, s.waiting = 2.0, at.VERTEX  # there is no simplex yet
    assert not is_beyond_wall(s, value)
