"""Budgets are exact, whatever the schedule, the rules and the number of workers."""

from __future__ import annotations

import time
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from problems import bowl, rosenbrock, wavy
from quick import slow_unless
from scripted import FORMER, NAN, Counted

from minimizer import Minimizer, Move, Status

N = 3
START = [10.0, 5.0, 2.0]


@pytest.mark.parametrize(
    "limit", slow_unless({1, N + 1, 500}.__contains__, [1, 2, N, N + 1, 50, 500, 1500])
)
@pytest.mark.parametrize("n_jobs", [1, 2])
@pytest.mark.parametrize("schedule", ["pairs", "sequential"])
@pytest.mark.parametrize("rules", ["imagej", "robust"])
@pytest.mark.parametrize("fun", [rosenbrock, wavy])
def test_max_evaluations_is_exact(
    fun: Any, rules: str, schedule: str, n_jobs: int, limit: int
) -> None:
    seen = Counted(fun)
    m = Minimizer(seen, N, rules=rules, schedule=schedule, n_jobs=n_jobs, max_evaluations=limit)
    status = m.minimize(START)
    assert m.evaluations + m.speculative_evaluations == seen.calls <= limit
    if status is Status.MAX_EVALUATIONS_EXCEEDED:
        assert seen.calls == limit
    if limit <= 50:
        assert status is Status.MAX_EVALUATIONS_EXCEEDED
    assert m.function_value == min(seen.values)


@pytest.mark.parametrize(
    "limit", slow_unless({1, N + 1, 500}.__contains__, [1, 2, N, N + 1, 50, 500, 1500])
)
@pytest.mark.parametrize("n_jobs", [1, 2])
@pytest.mark.parametrize("schedule", ["pairs", "sequential"])
@pytest.mark.parametrize("fun", [rosenbrock, wavy])
def test_max_iterations_is_exact(fun: Any, schedule: str, n_jobs: int, limit: int) -> None:
    seen = Counted(fun)
    m = Minimizer(seen, N, schedule=schedule, n_jobs=n_jobs, max_iterations=limit)
    status = m.minimize(START)
    assert m.iterations <= limit
    if status is Status.MAX_ITERATIONS_EXCEEDED:
        assert m.iterations == limit
    if limit <= 50:
        assert status is Status.MAX_ITERATIONS_EXCEEDED
    assert m.function_value == min(seen.values)


@pytest.mark.slow
@given(
    st.integers(1, 1500),
    st.integers(1, 1500),
    st.sampled_from(["pairs", "sequential"]),
    st.integers(-(2**31), 2**31 - 1),
)
def test_both_limits_hold_together(
    evaluations: int, iterations: int, schedule: str, seed: int
) -> None:
    m = Minimizer(
        wavy,
        2,
        schedule=schedule,
        random_seed=seed,
        max_evaluations=evaluations,
        max_iterations=iterations,
    )
    status = m.minimize([10.0, 5.0])
    assert m.evaluations <= evaluations
    assert m.iterations <= iterations
    assert (status is Status.MAX_EVALUATIONS_EXCEEDED) <= (m.evaluations == evaluations)
    assert (status is Status.MAX_ITERATIONS_EXCEEDED) <= (m.iterations == iterations)


@pytest.mark.parametrize("limit", [1, 10, 201, 300])
@pytest.mark.parametrize("rules", ["imagej", "robust"])
def test_the_search_for_a_valid_start_counts(rules: str, limit: int) -> None:
    """It takes 201 evaluations a run where all is NaN; with the robust rules 200, and one run."""
    seen = Counted(lambda x: NAN)
    m = Minimizer(seen, 2, rules=rules, max_evaluations=limit)
    m.minimize([5.0, 5.0])
    expected = limit if rules == "imagej" else min(limit, 200)
    assert seen.calls == expected
    assert m.evaluations == m.nan_evaluations == expected


@pytest.mark.parametrize("rules", ["robust", FORMER], ids=["robust", "former"])
def test_no_iterations_leave_the_initial_simplex(rules: Any) -> None:
    """And what it takes to find its size (R19)."""
    seen = Counted(bowl)
    m = Minimizer(seen, N, max_iterations=0, rules=rules, trace=True)
    assert m.minimize(START) is Status.MAX_ITERATIONS_EXCEEDED
    assert m.iterations == 0
    assert isinstance(m.trace, list)
    moves = [evaluation.move for evaluation in m.trace]
    assert moves.count(Move.INITIAL) == N + 1
    assert set(moves) == {Move.INITIAL} | ({Move.PROBE} if rules == "robust" else set())
    assert m.function_value == min(seen.values)


def test_imagej_overruns_its_iterations_by_one_a_run_at_most() -> None:
    """Its limit is tested after the iteration, with >, in each run."""
    m = Minimizer(wavy, N, rules="imagej", max_iterations=50)
    assert m.minimize(START) in (
        Status.MAX_ITERATIONS_EXCEEDED,
        Status.MAX_RESTARTS_EXCEEDED,
    )
    assert m.iterations <= 50 + 1
    assert m.runs[0].iterations == 21


def test_one_run_may_use_all_evaluations() -> None:
    seen = Counted(rosenbrock)
    m = Minimizer(seen, N, max_evaluations=60)
    assert m.minimize_once(START) is Status.MAX_EVALUATIONS_EXCEEDED
    assert seen.calls == 60


@pytest.mark.parametrize("n_jobs", [1, 2])
@pytest.mark.parametrize("schedule", ["pairs", "sequential"])
def test_a_time_budget_ends_with_a_result(schedule: str, n_jobs: int) -> None:
    def slow(x: Any) -> float:
        time.sleep(0.002)
        return rosenbrock(x)

    seen = Counted(slow)
    m = Minimizer(seen, N, schedule=schedule, n_jobs=n_jobs, max_seconds=0.1)
    began = time.monotonic()
    assert m.minimize(START) is Status.MAX_SECONDS_EXCEEDED
    assert time.monotonic() - began < 5.0
    assert m.evaluations == seen.calls
    assert m.function_value == min(seen.values) < rosenbrock(START)


def test_a_time_budget_that_is_over_at_once_gives_no_result() -> None:
    """No evaluation was made, so there is none; the call does not fail."""
    seen = Counted(bowl)
    m = Minimizer(seen, N, max_seconds=1e-9)
    assert m.minimize(START) is Status.MAX_SECONDS_EXCEEDED
    assert seen.calls == m.evaluations == 0
    assert m.function_value != m.function_value


def test_a_limit_that_is_not_reached_changes_nothing() -> None:
    plain, limited = Counted(bowl), Counted(bowl)
    Minimizer(plain, N).minimize(START)
    m = Minimizer(limited, N, max_evaluations=10**6, max_iterations=10**6, max_seconds=1e6)
    assert m.minimize(START) is Status.SUCCESS
    assert limited.points == plain.points


# A pair and its budget: the second run is sure of a quarter, and has all that the first leaves.


class Endless:
    """A bowl for so many calls, and then always less than ever before: no search ends."""

    def __init__(self, bowl_for: int = 0) -> None:
        self.calls, self.bowl_for = 0, bowl_for

    def __call__(self, x: Any) -> float:
        self.calls += 1
        return bowl(x) if self.calls <= self.bowl_for else -1e3 * self.calls


EITHER = pytest.mark.parametrize("rules", ["robust", FORMER], ids=["robust", "former"])


def evaluations_of(m: Minimizer) -> list[int]:
    m.minimize(START)
    assert m.status is Status.MAX_EVALUATIONS_EXCEEDED
    return [run.evaluations for run in m.runs]


@EITHER
@pytest.mark.parametrize("limit", [1200, 1201, 1203, 2500])
def test_the_second_run_is_sure_of_a_quarter(rules: Any, limit: int) -> None:
    m = Minimizer(Endless(), N, rules=rules, max_evaluations=limit)
    assert evaluations_of(m) == [limit - limit // 4, limit // 4]


@EITHER
def test_the_second_run_has_all_that_the_first_leaves(rules: Any) -> None:
    once = Minimizer(bowl, N, rules=rules)
    once.minimize_once(START)
    first, limit = once.evaluations, 2500
    m = Minimizer(Endless(bowl_for=first), N, rules=rules, max_evaluations=limit)
    assert evaluations_of(m) == [first, limit - first]


@EITHER
def test_below_400_a_parameter_the_first_run_may_use_all(rules: Any) -> None:
    m = Minimizer(Endless(), N, rules=rules, max_evaluations=400 * N - 1)
    assert evaluations_of(m) == [400 * N - 1]


@pytest.mark.slow
@pytest.mark.parametrize("settings", [{}, {"rules": FORMER}, {"tolerances": (1e-6, 1e-6)}])
@pytest.mark.parametrize("which", ["max_evaluations", "max_iterations"])
@pytest.mark.parametrize("fun", [rosenbrock, wavy, bowl])
def test_a_budget_gives_the_same_with_one_worker_and_with_two(
    fun: Any, which: str, settings: Any
) -> None:
    """The run beside has the quarter that it is sure of, and goes on from there in the caller."""
    for limit in (1200, 1300, 1700, 2500, 10_000):
        one, two = (
            Minimizer(fun, N, n_jobs=n_jobs, **{which: limit}, **settings) for n_jobs in (1, 2)
        )
        for m in (one, two):
            m.minimize(START)
        assert (repr(one), repr(one.runs)) == (repr(two), repr(two.runs))
        if which == "max_evaluations":
            assert two.evaluations + two.speculative_evaluations <= limit
