"""A pool of the user's makes the runs ahead: whose workers evaluate changes no bit."""

from __future__ import annotations

import multiprocessing
import threading
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from contextlib import AbstractContextManager, nullcontext
from typing import Any

import pytest
from parallel_cases import START, AbortsAt, DiesAt, FailsAt, disc, noise, rosenbrock, with_extra
from random_calls import facts
from scripted import Counted, bits

from minimizer import Minimizer, Status, minimize

SPAWN = multiprocessing.get_context("spawn")


class InTurn:
    """The least that a pool must be able to do; it has no workers."""

    def __init__(self) -> None:
        self.tasks = 0

    def map(self, function: Callable[[Any], Any], tasks: Iterable[Any]) -> list[Any]:
        results = []
        for task in tasks:
            self.tasks += 1
            results.append(function(task))
        return results


class Lazy(InTurn):
    """Performs a task when its result is asked for."""

    def map(self, function: Callable[[Any], Any], tasks: Iterable[Any]) -> Any:
        return map(function, tasks)


class Threads(InTurn):
    """A thread for each task."""

    def map(self, function: Callable[[Any], Any], tasks: Iterable[Any]) -> list[Any]:
        given = list(tasks)
        results: list[Any] = [None] * len(given)

        def perform(i: int) -> None:
            results[i] = function(given[i])

        threads = [threading.Thread(target=perform, args=(i,)) for i in range(len(given))]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        return results


POOLS: dict[str, Callable[[], AbstractContextManager[Any]]] = {
    "threads": lambda: ThreadPoolExecutor(2),
    "one thread": lambda: ThreadPoolExecutor(1),
    "processes": lambda: ProcessPoolExecutor(2, mp_context=SPAWN),
    "multiprocessing": lambda: SPAWN.Pool(2),
    "in turn": lambda: nullcontext(InTurn()),
    "lazy": lambda: nullcontext(Lazy()),
    "own threads": lambda: nullcontext(Threads()),
}


@pytest.fixture(scope="module", params=POOLS)
def pool(request: pytest.FixtureRequest) -> Iterator[Any]:
    with POOLS[request.param]() as pool:
        yield pool


def outcome(m: Minimizer) -> Any:
    """Return all that must not depend on who evaluates."""
    counts = m.iterations, m.evaluations, m.nan_evaluations, m.completed_minimizations
    best = bits([m.function_value, *m.params, *m.extra])
    trace = m.trace if isinstance(m.trace, list) else []
    points = [(e.run, e.move, bits(e.point), bits([e.value])) for e in trace]
    return m.status, m.message, best, counts, [facts(run) for run in m.runs], points


def made(fun: Any, **settings: Any) -> Minimizer:
    m = Minimizer(fun, **settings)
    if isinstance(fun, AbortsAt):
        fun.minimizer = m
    m.minimize(START)
    return m


CASES: dict[str, tuple[Any, dict[str, Any]]] = {
    "rosenbrock": (rosenbrock, {"trace": True}),
    "noise": (noise, {"max_evaluations": 3000}),
    "more rounds": (noise, {"max_restarts": 3, "max_iterations": 5000}),
    "more workers": (noise, {"max_restarts": 3, "max_iterations": 5000, "n_jobs": 4}),
    "edge": (disc, {"trace": True}),
    "extra": (with_extra, {"extra_array_elements": 2}),
    "box": (rosenbrock, {"bounds": [(-2.0, 0.5), (-1.0, 2.0)]}),
    "imagej": (rosenbrock, {"rules": "imagej"}),
    "sequence": (rosenbrock, {"schedule": "sequential"}),
    "one run": (rosenbrock, {"max_restarts": 0}),
}


@pytest.mark.slow
@pytest.mark.parametrize("case", CASES)
def test_it_gives_the_bits_of_one_thread(case: str, pool: Any) -> None:
    fun, settings = CASES[case]
    alone = made(fun, **settings | {"n_jobs": 1})
    assert alone.speculative_evaluations == 0
    assert outcome(made(fun, pool=pool, **settings)) == outcome(alone)


def middle_of_the_second_run() -> list[float]:
    """Return a point that only the second of two runs evaluates."""
    m = made(rosenbrock, trace=True)
    assert isinstance(m.trace, list)
    points: list[list[float]] = [e.point.tolist() for e in m.trace if e.run == 1]
    return points[len(points) // 2]


@pytest.mark.slow
def test_an_abort_comes_at_its_place(pool: Any) -> None:
    point = middle_of_the_second_run()
    alone = made(AbortsAt(point))
    assert alone.status is Status.ABORTED
    assert len(alone.runs) == 2
    assert outcome(made(AbortsAt(point), pool=pool)) == outcome(alone)


@pytest.mark.slow
def test_an_exception_comes_at_its_place(pool: Any) -> None:
    """With the best so far, as from one thread; the pool can be used again."""
    best = []
    for settings in ({}, {"pool": pool}, {"pool": pool}):
        m = Minimizer(FailsAt(middle_of_the_second_run()), **settings)
        with pytest.raises(ZeroDivisionError, match="at this point") as caught:
            m.minimize(START)
        best.append((outcome(m), bits([caught.value.best_value])))  # type: ignore[attr-defined]
    assert best[0] == best[1] == best[2]


def test_it_is_used_for_the_runs_that_may_be_made_ahead_and_for_no_others() -> None:
    """A task is a run; two at a time, or `n_jobs`."""
    for settings, tasks in (
        ({}, 2),
        ({"rules": "imagej"}, 0),
        ({"schedule": "sequential"}, 0),
        ({"max_restarts": 0}, 0),
        ({"max_evaluations": 700}, 0),
        ({"n_jobs": 4, "max_iterations": 5000}, 4),
        ({"n_jobs": 1}, 0),
    ):
        pool = InTurn()
        made(rosenbrock, pool=pool, **settings)
        assert pool.tasks == tasks, settings


def test_the_function_is_called_by_the_workers() -> None:
    callers = set()

    def fun(x: Any) -> float:
        callers.add(threading.current_thread().name)
        return rosenbrock(x)

    with ThreadPoolExecutor(2, thread_name_prefix="mine") as pool:
        m = made(fun, pool=pool)
    assert m.status is Status.SUCCESS
    assert all(name.startswith("mine") for name in callers)


def test_all_calls_of_the_function_are_counted() -> None:
    seen = Counted(noise)
    with ThreadPoolExecutor(4) as pool:
        m = made(seen, pool=pool, n_jobs=4, max_restarts=3, max_iterations=5000)
    assert m.evaluations + m.speculative_evaluations == seen.calls


def test_a_minimizer_in_the_function_does_not_take_the_pool_of_another() -> None:
    """It would wait for a worker for ever."""
    with ThreadPoolExecutor(1) as pool:

        def fun(x: Any) -> float:
            inner = Minimizer(lambda y: (y[0] - x[0]) ** 2 + 1.0, pool=pool, max_evaluations=900)
            inner.minimize([0.0])
            return inner.function_value + (x[1] - 1.0) ** 2

        m = Minimizer(fun, pool=pool, max_evaluations=900)
        m.minimize(START)
    assert m.function_value == pytest.approx(1.0, abs=1e-6)


def test_it_is_a_setting_that_can_be_changed_and_an_option() -> None:
    pool = InTurn()
    m = Minimizer(rosenbrock)
    assert m.pool is None
    m.pool = pool
    m.minimize(START)
    assert pool.tasks == 2
    m.pool = None
    m.minimize(START)
    assert pool.tasks == 2
    assert minimize(rosenbrock, START, options={"pool": pool}).success
    assert pool.tasks == 4


class WithoutMap:
    """Something that has `map`, but not as a method."""

    map = None


@pytest.mark.parametrize("wrong", [2, "loky", [1, 2], WithoutMap(), map])
def test_what_has_no_map_is_refused(wrong: Any) -> None:
    told = r"pool is .*; it must have a method map\(function, iterable\), or be None"
    with pytest.raises(TypeError, match=told):
        Minimizer(rosenbrock, pool=wrong)
    m = Minimizer(rosenbrock)
    with pytest.raises(TypeError, match=told):
        m.pool = wrong
    with pytest.raises(TypeError, match=told):
        minimize(rosenbrock, START, options={"pool": wrong})
    assert m.pool is None


class Broken(InTurn):
    """Fails by itself."""

    def map(self, function: Callable[[Any], Any], tasks: Iterable[Any]) -> list[Any]:
        raise OSError("no route to the cluster")


def test_what_a_pool_raises_is_raised() -> None:
    with pytest.raises(OSError, match="no route to the cluster"):
        made(rosenbrock, pool=Broken())
    with ThreadPoolExecutor(2) as pool:
        pass
    with pytest.raises(RuntimeError, match="after shutdown"):
        made(rosenbrock, pool=pool)


@pytest.mark.slow
def test_a_pool_whose_process_dies_does_not_hang() -> None:
    """It is broken for good; the caller's process survives, and the best so far is attached."""
    with ProcessPoolExecutor(2, mp_context=SPAWN) as pool:
        m = Minimizer(DiesAt(middle_of_the_second_run()), pool=pool)
        with (
            pytest.warns(
                RuntimeWarning, match=r"a worker process died in run \d \(BrokenProcessPool\)"
            ),
            pytest.raises(
                RuntimeError, match=r"a worker process died twice at evaluation \d+ of run \d"
            ),
        ):
            m.minimize(START)
    assert m.status is Status.ABORTED


class Forgetful(InTurn):
    """Returns nothing."""

    def map(self, function: Callable[[Any], Any], tasks: Iterable[Any]) -> list[Any]:
        return []


def test_a_pool_that_returns_nothing_does_not_hang() -> None:
    with (
        pytest.warns(RuntimeWarning, match="a worker process died in run 0"),
        pytest.raises(RuntimeError, match="a worker process died twice at evaluation 1 of run 0"),
    ):
        made(rosenbrock, pool=Forgetful())
