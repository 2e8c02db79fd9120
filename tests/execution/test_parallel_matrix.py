"""One answer on one core, on threads, on processes and on a cluster: to the last bit."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from typing import Any

import joblib
import pytest
from parallel_cases import START, AbortsAt, FailsAt, disc, noise, rosenbrock, with_extra
from quick import slow_unless

from minimizer import Minimizer, Status

Backend = Callable[[], AbstractContextManager[Any]]

MODES: dict[str, tuple[int, Backend]] = {
    "two threads": (2, nullcontext),
    "two processes": (2, lambda: joblib.parallel_config("loky")),
    "four threads": (4, nullcontext),
    "dask": (2, lambda: joblib.parallel_config("dask")),
}


def points(run: int) -> list[Any]:
    """Return the points that a run of Rosenbrock's function evaluates."""
    m = Minimizer(rosenbrock, trace=True, n_jobs=1)
    m.minimize(START)
    assert isinstance(m.trace, list)
    return [evaluation.point for evaluation in m.trace if evaluation.run == run]


CASES: dict[str, tuple[Callable[[], Any], dict[str, Any], Status]] = {
    "success": (lambda: rosenbrock, {}, Status.SUCCESS),
    "max restarts": (lambda: noise, {}, Status.MAX_RESTARTS_EXCEEDED),
    "five rounds": (lambda: noise, {"max_restarts": 4}, Status.MAX_RESTARTS_EXCEEDED),
    "max iterations": (
        lambda: noise,
        {"max_iterations": 900, "max_restarts": 20},
        Status.MAX_ITERATIONS_EXCEEDED,
    ),
    "NaN region": (lambda: disc, {}, Status.SUCCESS),
    "bounds": (lambda: rosenbrock, {"bounds": [(-2, 0.5), (0, 2)]}, Status.SUCCESS),
    "exact maxfev": (
        lambda: noise,
        {"max_evaluations": 1501, "max_restarts": 20},
        Status.MAX_EVALUATIONS_EXCEEDED,
    ),
    "small maxfev": (lambda: rosenbrock, {"max_evaluations": 77}, Status.MAX_EVALUATIONS_EXCEEDED),
    "extra elements": (lambda: with_extra, {"extra_array_elements": 2}, Status.SUCCESS),
    "abort in the first run": (lambda: AbortsAt(points(0)[40]), {}, Status.ABORTED),
    "abort in the second run": (lambda: AbortsAt(points(1)[40]), {}, Status.ABORTED),
    "failure in the first run": (lambda: FailsAt(points(0)[40]), {}, Status.ABORTED),
    "failure in the second run": (lambda: FailsAt(points(1)[40]), {}, Status.ABORTED),
}


def bits(number: float) -> str:
    return float(number).hex()


def outcome(case: str, n_jobs: int) -> list[Any]:
    """Minimize; return all there is to see, as text or bits."""
    make, settings, _ = CASES[case]
    events: list[Any] = []
    fun = make()
    m = Minimizer(
        fun,
        n_jobs=n_jobs,
        trace=True,
        callback=lambda record: events.append((record.seed, record.iterations)),
        **settings,
    )
    if hasattr(fun, "minimizer"):
        fun.minimizer = m
    raised: Any = None
    try:
        m.minimize(START)
    except ZeroDivisionError as error:
        best = error.best_params.tolist(), error.best_value  # type: ignore[attr-defined]
        raised = (str(error), best)
    runs = [
        (r.seed, r.status, r.params.tolist(), bits(r.function_value), r.extra.tolist())
        + (r.iterations, r.evaluations, r.nan_evaluations, r.completed)
        + ((r.simplex[0].tolist(), r.simplex[1].tolist()) if r.simplex else ())
        for r in m.runs
    ]
    assert isinstance(m.trace, list)
    trace = [(e.run, e.move, e.point.tolist(), bits(e.value)) for e in m.trace]
    return [
        m.status,
        [bits(x) for x in m.params],
        bits(m.function_value),
        m.extra.tolist(),
        (m.iterations, m.evaluations, m.nan_evaluations, m.completed_minimizations),
        runs,
        trace,
        events,
        raised,
    ]


@pytest.fixture(scope="module")
def serial() -> dict[str, list[Any]]:
    return {case: outcome(case, 1) for case in CASES}


@pytest.mark.slow
@pytest.mark.parametrize("case", CASES)
def test_the_case_is_what_it_says(case: str, serial: dict[str, list[Any]]) -> None:
    assert serial[case][0] is CASES[case][2]


@pytest.mark.parametrize("mode", slow_unless("two threads".__eq__, MODES))
@pytest.mark.parametrize("case", CASES)
def test_the_same_to_the_bit(
    case: str, mode: str, serial: dict[str, list[Any]], request: pytest.FixtureRequest
) -> None:
    if mode == "dask":
        request.getfixturevalue("cluster")
    n_jobs, backend = MODES[mode]
    with backend():
        assert repr(outcome(case, n_jobs)) == repr(serial[case])


def test_evaluations_ahead_are_counted_apart() -> None:
    calls: list[int] = []

    def counted(x: Any) -> float:
        calls.append(1)
        return rosenbrock(x)

    m = Minimizer(counted, n_jobs=4)
    m.minimize(START)
    assert m.evaluations + m.speculative_evaluations == len(calls)
    assert len(m.runs) == 2


def test_an_exact_limit_on_the_evaluations_is_one_for_all_workers() -> None:
    calls: list[int] = []

    def counted(x: Any) -> float:
        calls.append(1)
        return noise(x)

    m = Minimizer(counted, n_jobs=4, max_evaluations=1501, max_restarts=20)
    assert m.minimize(START) is Status.MAX_EVALUATIONS_EXCEEDED
    assert m.evaluations == len(calls) == 1501
    assert m.speculative_evaluations == 0
