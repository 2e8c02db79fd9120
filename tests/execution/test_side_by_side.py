"""Where one run is made after another, workers evaluate what each foretells; nothing changes."""

from __future__ import annotations

import math
import threading
from concurrent.futures import ThreadPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from typing import Any

import joblib
import pytest
from parallel_cases import START, AbortsAt, FailsAt, disc, rosenbrock, with_extra
from problems import bowl
from random_calls import facts
from scripted import bits

from minimizer import Minimizer, Status
from minimizer.execution import executor, side_by_side
from minimizer.execution.pools import choose

ALONE: list[dict[str, Any]] = [
    {"max_restarts": 0},
    {"rules": "imagej"},
    {"schedule": "sequential"},
    {"max_evaluations": 90},
]


@pytest.fixture
def any_pays(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let every function be slow enough."""
    for module in (executor, side_by_side):
        monkeypatch.setattr(module, "PAYS", 0.0)


def results(m: Minimizer) -> Any:
    trace = [(e.run, e.move, e.point.tobytes(), bits([e.value])) for e in m.trace]  # type: ignore[union-attr]
    return m.status, m.message, [facts(run) for run in m.runs], m.extra.tobytes(), trace


@pytest.mark.usefixtures("any_pays")
@pytest.mark.parametrize("n_jobs", [2, 4])
@pytest.mark.parametrize("settings", ALONE, ids=str)
@pytest.mark.parametrize(("fun", "extra"), [(rosenbrock, 0), (disc, 0), (with_extra, 2)])
def test_the_result_is_that_of_one_core(
    fun: Any, extra: int, settings: dict[str, Any], n_jobs: int
) -> None:
    heard: dict[int, list[Any]] = {1: [], n_jobs: []}
    made = []
    for jobs, into in heard.items():
        given = {"max_evaluations": 300} | settings  # ImageJ's rules creep along an edge
        m = Minimizer(fun, n_jobs=jobs, trace=True, extra_array_elements=extra, **given)
        m.callback = lambda record, into=into: into.append(facts(record))  # type: ignore[misc]
        m.minimize(START)
        made.append(results(m))
    assert made[0] == made[1]
    assert heard[1] == heard[n_jobs]


@pytest.mark.usefixtures("any_pays")
def test_several_threads_are_at_work_and_what_is_not_needed_is_counted_apart() -> None:
    calls: list[int] = []

    def fun(x: Any) -> float:
        calls.append(threading.get_ident())
        return bowl(x) if x[0] < 4.9 else math.nan

    m = Minimizer(fun, n_jobs=4, max_restarts=0)
    m.minimize([4.8] * 5)
    assert len(set(calls)) > 1
    assert len(calls) == m.evaluations + m.speculative_evaluations


@pytest.mark.parametrize("settings", ALONE, ids=str)
def test_a_fast_function_is_called_by_the_caller(settings: dict[str, Any]) -> None:
    calls: set[int] = set()

    def fun(x: Any) -> float:
        calls.add(threading.get_ident())
        return bowl(x)

    Minimizer(fun, n_jobs=4, **settings).minimize([5.0, 5.0])
    assert calls == {threading.get_ident()}


@pytest.mark.usefixtures("any_pays")
def test_one_that_is_slow_the_first_time_only_too(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(side_by_side, "PAYS", 1e3)
    calls: list[int] = []

    def fun(x: Any) -> float:
        calls.append(threading.get_ident())
        return bowl(x)

    Minimizer(fun, n_jobs=4, max_restarts=0).minimize([5.0, 5.0])
    assert set(calls[10:]) == {threading.get_ident()}


def points_of_a_run(**settings: Any) -> list[list[float]]:
    m = Minimizer(rosenbrock, trace=True, **settings)
    m.minimize(START)
    assert isinstance(m.trace, list)
    return [e.point.tolist() for e in m.trace]


@pytest.mark.usefixtures("any_pays")
@pytest.mark.parametrize("number", [1, 3, 6, 30])
def test_an_exception_comes_in_its_turn(number: int) -> None:
    raised = []
    for n_jobs in (1, 4):
        m = Minimizer(FailsAt(points_of_a_run(max_restarts=0)[number]), n_jobs=n_jobs)
        m.max_restarts = 0
        with pytest.raises(ZeroDivisionError, match="at this point") as error:
            m.minimize(START)
        raised.append((m.evaluations, m.params.tolist(), error.value.best_value))  # type: ignore[attr-defined]
    assert raised[0] == raised[1]
    assert raised[0][0] == number + 1


@pytest.mark.usefixtures("any_pays")
@pytest.mark.parametrize("number", [2, 6, 30])
def test_an_abort_acts_in_its_turn(number: int) -> None:
    ended = []
    for n_jobs in (1, 4):
        fun = AbortsAt(points_of_a_run(max_restarts=0)[number])
        fun.minimizer = m = Minimizer(fun, n_jobs=n_jobs, max_restarts=0, trace=True)
        assert m.minimize(START) is Status.ABORTED
        ended.append(results(m))
    assert ended[0] == ended[1]


@pytest.mark.usefixtures("any_pays")
def test_what_is_no_number_is_reported_with_its_point() -> None:
    def fun(x: Any) -> Any:
        return None if x[0] > -1.19 else rosenbrock(x)

    with pytest.raises(TypeError, match=r"^fun returned None at \["):
        Minimizer(fun, n_jobs=4, max_restarts=0).minimize(START)


@pytest.mark.slow
@pytest.mark.usefixtures("any_pays")
def test_in_processes() -> None:
    one, four = (Minimizer(rosenbrock, n_jobs=k, rules="imagej", trace=True) for k in (1, 4))
    one.minimize(START)
    with joblib.parallel_config("loky"):
        four.minimize(START)
    assert results(one) == results(four)


class Dying:
    """A pool whose workers die, at the first task or at each."""

    def __init__(self, deaths: int) -> None:
        self.deaths = deaths

    def map(self, function: Any, tasks: Any) -> Any:
        self.deaths -= 1
        if self.deaths >= 0:
            raise BrokenProcessPool("A process was terminated abruptly")
        return [function(task) for task in tasks]


@pytest.mark.usefixtures("any_pays")
def test_a_worker_that_dies_costs_a_warning_and_dying_twice_is_an_error() -> None:
    one = Minimizer(rosenbrock, max_restarts=0, trace=True)
    one.minimize(START)
    m = Minimizer(rosenbrock, max_restarts=0, trace=True, n_jobs=2, pool=Dying(1))
    with pytest.warns(RuntimeWarning, match="a worker process died"):
        m.minimize(START)
    assert results(m) == results(one)
    m.pool = Dying(2)
    with (
        pytest.warns(RuntimeWarning, match="a worker process died"),
        pytest.raises(RuntimeError, match=r"died twice at \[.*n_jobs=1"),
    ):
        m.minimize(START)


@pytest.mark.usefixtures("any_pays")
def test_a_pool_of_the_user() -> None:
    one = Minimizer(rosenbrock, max_restarts=0, trace=True)
    one.minimize(START)
    with ThreadPoolExecutor(2) as pool:
        m = Minimizer(rosenbrock, max_restarts=0, trace=True, pool=pool)
        m.minimize(START)
    assert results(m) == results(one)


@pytest.mark.usefixtures("any_pays")
def test_a_minimization_within_the_function_gets_no_further_workers() -> None:
    """As long as those there are evaluate; the first two points were the caller's own."""
    inner: list[int] = []

    def fun(x: Any) -> float:
        inner.append(choose(None).number)
        return rosenbrock(x)

    with joblib.parallel_config("threading", n_jobs=2):
        Minimizer(fun, max_restarts=0, max_evaluations=40).minimize(START)
    assert inner == 2 * [2] + 38 * [1]
