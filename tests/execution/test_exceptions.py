"""What the user's function raises or returns wrongly comes out with the best point so far."""

from __future__ import annotations

import math
import os
import signal
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import joblib
import numpy as np
import pytest
from problems import bowl, wavy
from scripted import Counted, same

from minimizer import Minimizer, Status
from minimizer.execution.pools import as_they_end

START = [5.0, 5.0]
RULES = pytest.mark.parametrize("rules", ["imagej", "robust"])
JOBS = pytest.mark.parametrize("n_jobs", [1, 2])


def failing(error: Any, after: int = 30) -> Counted:
    """Return a function that raises at the next call after so many."""

    def fun(x: Any) -> float:
        if seen.calls >= after:
            raise error
        return wavy(x)

    seen = Counted(fun)
    return seen


@RULES
@JOBS
@pytest.mark.parametrize("method", ["minimize", "minimize_once"])
@pytest.mark.parametrize(
    "error", [ZeroDivisionError, KeyError, KeyboardInterrupt, SystemExit, GeneratorExit]
)
def test_an_exception_propagates_with_the_best_point_so_far(
    error: type[BaseException], method: str, n_jobs: int, rules: str
) -> None:
    raised = error("at the 31st call")
    seen = failing(raised)
    m = Minimizer(seen, 2, rules=rules, n_jobs=n_jobs)
    with pytest.raises(error, match="at the 31st call") as caught:
        getattr(m, method)(START)
    assert caught.value is raised
    assert same(caught.value.best_value, m.function_value)  # type: ignore[attr-defined]
    assert same(wavy(caught.value.best_params), m.function_value)  # type: ignore[attr-defined]
    assert m.status is Status.ABORTED
    if m.speculative_evaluations == 0 or not issubclass(error, Exception):
        assert m.function_value == min(seen.values)  # Ctrl-C loses nothing of what workers did


@JOBS
def test_stop_iteration_of_the_function_propagates_too(n_jobs: int) -> None:
    """For the function it is an error like any other; only a callback ends things with it."""
    with pytest.raises(StopIteration):
        Minimizer(failing(StopIteration()), 2, n_jobs=n_jobs).minimize(START)


def stop(x: Any) -> float:
    """Raise what would end a loop over a generator."""
    if x[0] < 0.9:
        raise StopIteration("of the function")
    return float(x @ x)


@pytest.mark.slow
def test_stop_iteration_comes_out_of_a_process_as_itself() -> None:
    """And not as "generator raised StopIteration"; with the best point so far."""
    for backend in ("sequential", "loky"):
        with (
            joblib.parallel_config(backend, n_jobs=2),
            pytest.raises(StopIteration, match="of the function") as caught,
        ):
            Minimizer(stop, 2).minimize([1.0, 1.0])
        assert math.isfinite(caught.value.best_value)  # type: ignore[attr-defined]
    with ThreadPoolExecutor(2) as pool, pytest.raises(StopIteration, match="of the function"):
        Minimizer(stop, 2, pool=pool).minimize([1.0, 1.0])


def test_a_task_that_stops_iteration_does_not_end_the_results_silently() -> None:
    class Plain:
        map = staticmethod(map)

    tasks = [lambda: 1, lambda: next(iter(())), lambda: 3]
    with pytest.raises(RuntimeError, match="StopIteration"):
        list(as_they_end(tasks, 1, Plain()))


@pytest.mark.skipif(sys.version_info < (3, 11), reason="exceptions have no notes")
def test_a_note_tells_the_best_point() -> None:
    m = Minimizer(failing(ValueError("no"), after=1), 2)
    with pytest.raises(ValueError, match="no") as caught:
        m.minimize(START)
    (note,) = getattr(caught.value, "__notes__", [])
    assert "best_params" in note
    assert "best_value" in note
    assert repr(wavy(START)) in note
    assert str(START) in note


def test_an_exception_at_the_first_call_has_nan_as_best() -> None:
    with pytest.raises(ValueError, match="no") as caught:
        Minimizer(failing(ValueError("no"), after=0), 2).minimize(START)
    assert np.isnan(caught.value.best_params).all()  # type: ignore[attr-defined]
    assert caught.value.best_params.shape == (2,)  # type: ignore[attr-defined]
    assert np.isnan(caught.value.best_value)  # type: ignore[attr-defined]


class SlotsError(Exception):
    """An exception that takes no attributes."""

    __slots__ = ()

    def __setattr__(self, name: str, value: Any) -> None:
        raise AttributeError(name)


def test_an_exception_that_takes_no_attributes_propagates_all_the_same() -> None:
    with pytest.raises(SlotsError, match="no"):
        Minimizer(failing(SlotsError("no")), 2).minimize(START)


@JOBS
def test_the_call_that_raised_is_counted(n_jobs: int) -> None:
    calls = Counted(lambda x: None)

    def fun(x: Any) -> float:
        calls(x)
        if calls.calls == 31:
            raise ValueError("no")
        return bowl(x)

    m = Minimizer(fun, 2, n_jobs=n_jobs)
    with pytest.raises(ValueError, match="no"):
        m.minimize(START)
    assert m.evaluations + m.speculative_evaluations == calls.calls


def test_a_second_run_that_is_in_the_function_is_waited_for() -> None:
    """Nothing calls the function any more when the exception has come out."""
    active = threading.Semaphore(0)
    done = []

    def fun(x: Any) -> float:
        if threading.current_thread() is threads.setdefault(0, threading.current_thread()):
            active.acquire(timeout=5)  # until the other run is in the function
            raise ValueError("no")
        active.release()
        time.sleep(0.01)
        done.append(time.monotonic())
        return bowl(x)

    threads: dict[int, threading.Thread] = {}
    m = Minimizer(fun, 2, n_jobs=2)
    with pytest.raises(ValueError, match="no"):
        m.minimize(START)
    count = len(done)
    evaluations = m.evaluations
    time.sleep(0.1)
    assert len(done) == count
    assert evaluations + m.speculative_evaluations == count + 1


@RULES
@pytest.mark.parametrize("returned", [None, 1j, "1", [1.0, 2.0], np.zeros(3), np.zeros(0), {}])
@pytest.mark.parametrize("after", [0, 5])
def test_a_bad_value_is_an_error_that_names_the_point(
    after: int, returned: Any, rules: str
) -> None:
    points: list[list[float]] = []

    def fun(x: Any) -> Any:
        points.append(x.tolist())
        return returned if len(points) > after else bowl(x)

    m = Minimizer(fun, 2, rules=rules)
    with pytest.raises((TypeError, ValueError), match=r"^fun returned ") as caught:
        m.minimize(START)
    assert str(points[-1]) in str(caught.value)
    assert hasattr(caught.value, "best_params")
    assert m.evaluations == after + 1


def test_the_point_named_is_that_of_the_call_even_if_the_function_changed_its_argument() -> None:
    def fun(x: Any) -> None:
        x[:] = 0.0

    with pytest.raises(TypeError, match=r"fun returned None at \[5\.0, 5\.0\]"):
        Minimizer(fun, 2).minimize(START)


def test_the_point_named_is_without_the_extra_elements() -> None:
    with pytest.raises(TypeError, match=r"fun returned None at \[5\.0, 5\.0\]"):
        Minimizer(lambda x: None, 2, extra_array_elements=3).minimize(START)


@RULES
def test_one_element_arrays_give_the_bits_of_floats(rules: str) -> None:
    expected = Minimizer(bowl, 2, rules=rules)
    expected.minimize(START)
    for wrap in (np.float64, np.array, lambda v: np.array([v]), lambda v: [[v]]):
        m = Minimizer(lambda x, wrap=wrap: wrap(bowl(x)), 2, rules=rules)
        m.minimize(START)
        assert repr(m) == repr(expected)
        assert type(m.function_value) is float


@RULES
@JOBS
def test_an_exception_of_the_callback_propagates_with_the_best_point(
    n_jobs: int, rules: str
) -> None:
    def callback(record: Any) -> None:
        if record.iterations == 10:
            raise ZeroDivisionError("of the callback")

    seen = Counted(wavy)
    m = Minimizer(seen, 2, rules=rules, callback=callback, n_jobs=n_jobs)
    with pytest.raises(ZeroDivisionError, match="of the callback") as caught:
        m.minimize(START)
    assert caught.value.best_value == m.function_value  # type: ignore[attr-defined]
    assert m.evaluations + m.speculative_evaluations == seen.calls
    assert n_jobs == 2 or m.function_value == min(seen.values)


def test_after_an_exception_the_next_call_starts_afresh() -> None:
    m = Minimizer(failing(ValueError("no")), 2)
    with pytest.raises(ValueError, match="no"):
        m.minimize(START)
    m.fun = bowl
    expected = Minimizer(bowl, 2)
    assert m.minimize(START) is expected.minimize(START) is Status.SUCCESS
    assert repr(m) == repr(expected)


@pytest.mark.skipif(os.name == "nt", reason="os.kill does something else there")
@pytest.mark.usefixtures("ctrl_c")
def test_ctrl_c_in_the_main_thread_ends_the_runs_in_the_workers() -> None:

    pressed = threading.Event()

    def slow(x: Any) -> float:
        if seen.calls >= 20 and not pressed.is_set():  # two threads may go from 19 to 21
            pressed.set()
            os.kill(os.getpid(), signal.SIGINT)
        time.sleep(0.002)
        return bowl(x)

    seen = Counted(slow)
    m = Minimizer(seen, 2, n_jobs=2)
    with pytest.raises(KeyboardInterrupt) as caught:
        m.minimize(START)
    assert caught.value.best_value == m.function_value  # type: ignore[attr-defined]
    time.sleep(0.1)
    calls = seen.calls
    time.sleep(0.1)
    assert seen.calls == calls
