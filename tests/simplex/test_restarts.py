"""When another round of runs is not begun: after enough evaluations, or if it would be in vain."""

from __future__ import annotations

import math
from typing import Any

import pytest
from problems import rosenbrock

from minimizer import Minimizer, Rules, Status


def rough(x: Any) -> float:
    """Return a value so rough that no two runs agree on it."""
    return rosenbrock(x) + 0.1 * math.sin(1e9 * float(x[0])) + 0.1 * math.sin(1e9 * float(x[1]))


def ridge(x: Any) -> float:
    """Return a value that falls without end."""
    return float(1.0 / math.log(10.0 + abs(x[0])) + (x[1] - abs(x[0]) ** 0.5) ** 2)


def corner(x: Any) -> float:
    """Return a distance from (1, 2), NaN beyond an oblique edge through that point."""
    return abs(x[0] - 1.0) + abs(x[1] - 2.0) if x[0] + x[1] <= 3.0 else math.nan


@pytest.mark.parametrize(("schedule", "runs"), [("pairs", [2, 4, 6]), ("sequential", [2, 3, 6])])
def test_no_round_begins_after_so_many_evaluations(schedule: str, runs: list[int]) -> None:
    full = Minimizer(rough, 2, schedule=schedule)
    full.minimize([-1.2, 1.0])
    assert len(full.runs) == 6
    taken = [run.evaluations for run in full.runs]
    for within, expected in zip((sum(taken[:2]), sum(taken[:2]) + 1, None), runs, strict=True):
        m = Minimizer(rough, 2, schedule=schedule, restart_within=within)
        assert m.minimize([-1.2, 1.0]) is Status.MAX_RESTARTS_EXCEEDED
        assert [run.evaluations for run in m.runs] == taken[:expected]


@pytest.mark.parametrize("n_jobs", [1, 2])
def test_a_run_that_has_not_converged_is_followed_by_none_that_could_not_agree(n_jobs: int) -> None:
    settings = {"max_iterations": 2000, "rules": Rules(runaway_is_no_minimum=False)}
    m = Minimizer(ridge, 2, restart_within=100, n_jobs=n_jobs, **settings)
    assert m.minimize([1.0, 1.0]) is Status.MAX_ITERATIONS_EXCEEDED
    assert [run.status for run in m.runs] == [Status.MAX_ITERATIONS_EXCEEDED]
    without = Minimizer(ridge, 2, n_jobs=n_jobs, **settings)
    without.minimize([1.0, 1.0])
    assert len(without.runs) == 2


def test_where_all_runs_are_trapped_no_further_round_is_begun() -> None:
    """A start on an edge that two parameters have not left is not believed (R20)."""
    m = Minimizer(corner)
    assert m.minimize([1.0, 2.0]) is Status.MAX_RESTARTS_EXCEEDED
    assert m.function_value == 0.0
    assert len(m.runs) == 2


@pytest.mark.parametrize("within", [1, 100, 300])
@pytest.mark.parametrize("limit", [60, 100, 150, 250])
def test_a_result_that_none_confirms_is_never_a_success(limit: int, within: int) -> None:
    """Not even if the last run has converged, above a better point of one that has not."""
    for fun, start in ((rough, [-1.2, 1.0]), (corner, [1.0, 2.0]), (ridge, [1.0, 1.0])):
        m = Minimizer(fun, 2, max_iterations=limit, restart_within=within)
        assert m.minimize(start) is not Status.SUCCESS
