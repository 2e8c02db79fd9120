"""The driver: it counts, copies, checks, keeps the best and watches the limits."""

from __future__ import annotations

import threading
import time
from typing import Any

import numpy as np
import pytest
from problems import bowl, wavy
from scripted import NAN, Counted, make_problem

from minimizer import Move, Status
from minimizer.common.records import RunRecord
from minimizer.execution.call import Call
from minimizer.execution.driver import Driver
from minimizer.simplex.problem import Problem
from minimizer.simplex.run_spec import RunSpec
from minimizer.simplex.solver import NelderMeadRun

START = [5.0, 5.0]


def make_driver(problem: Problem | None = None, call: Call | None = None, **limits: int) -> Driver:
    problem = make_problem(2, start=START) if problem is None else problem
    solver = NelderMeadRun(problem, RunSpec(0, **limits), 0)
    return Driver(solver, Call() if call is None else call, 0)


def test_drive_carries_a_run_to_its_end_and_counts() -> None:
    driver, seen = make_driver(), Counted(bowl)
    driver.drive(seen)
    record = driver.record()
    assert record.status is Status.SUCCESS
    assert record.evaluations == seen.calls
    assert record.nan_evaluations == 0
    assert record.completed == 1
    assert record.function_value == min(seen.values)
    assert record.params.tolist() == seen.points[seen.values.index(min(seen.values))]
    assert record.simplex is not None
    assert record.simplex[1][0] == record.function_value


def test_ask_and_tell_do_the_same_as_drive() -> None:
    driven, told = make_driver(), make_driver()
    driven.drive(bowl)
    while (point := told.ask()) is not None:
        told.tell(bowl(point))
    assert repr(told.record()) == repr(driven.record())


def test_nothing_is_evaluated_before_it_is_asked_for() -> None:
    record = make_driver().record()
    assert record.status is None
    assert record.evaluations == 0
    assert not record.has_result
    assert np.isnan(record.params).all()
    assert np.isnan(record.function_value)


def test_the_point_is_the_callers_own() -> None:
    """What is done to it, also later, changes neither the simplex nor the best point."""
    clean, dirty = make_driver(), make_driver()
    kept: list[Any] = []
    clean.drive(bowl)

    def fun(x: Any) -> float:
        value = bowl(x)
        for old in kept:
            old[:] = -1.0
        kept.append(x)
        x[:] = 0.0
        return value

    dirty.drive(fun)
    assert repr(dirty.record()) == repr(clean.record())


def test_asking_twice_gives_the_same_point() -> None:
    driver = make_driver()
    first = driver.ask()
    assert first is not None
    assert first.tolist() == START
    second = driver.ask()
    assert second is not None
    assert second.tolist() == START
    driver.tell(1.0)
    assert driver.record().evaluations == 1


def test_a_point_that_was_changed_does_not_change_what_is_asked_again() -> None:
    driver = make_driver()
    first = driver.ask()
    assert first is not None
    first[:] = 99.0
    second = driver.ask()
    assert second is not None
    assert second.tolist() == START


def test_telling_without_asking_is_refused() -> None:
    driver = make_driver()
    with pytest.raises(RuntimeError, match=r"^tell: .*ask\(\)"):
        driver.tell(1.0)
    driver.ask()
    driver.tell(1.0)
    with pytest.raises(RuntimeError, match=r"^tell: .*ask\(\)"):
        driver.tell(1.0)


def test_a_value_that_is_refused_may_be_told_again() -> None:
    driver = make_driver()
    driver.ask()
    with pytest.raises(TypeError, match=r"fun returned None at \[5\.0, 5\.0\]"):
        driver.tell(None)
    assert driver.is_waiting
    assert driver.record().evaluations == 0
    driver.tell(3.0)
    assert driver.record().function_value == 3.0


@pytest.mark.parametrize("error", [ValueError, KeyboardInterrupt, SystemExit, StopIteration])
def test_an_exception_of_the_function_ends_the_run_and_the_call_is_counted(
    error: type[BaseException],
) -> None:
    call = Call()
    driver, seen = make_driver(call=call), Counted(bowl)

    def fun(x: Any) -> float:
        if seen.calls == 10:
            raise error
        return float(seen(x))

    with pytest.raises(error):
        driver.drive(fun)
    assert call.aborted
    assert driver.record().evaluations == 11
    assert driver.record().function_value == min(seen.values)
    assert driver.ask() is None or driver.is_waiting


@pytest.mark.parametrize("rules", ["imagej", "robust"])
@pytest.mark.parametrize("limit", [1, 2, 3, 4, 50])
def test_max_evaluations_is_exact(rules: str, limit: int) -> None:
    driver = make_driver(make_problem(2, rules=rules, start=START), max_evaluations=limit)
    seen = Counted(wavy)
    driver.drive(seen)
    assert seen.calls == limit
    assert driver.record().status is Status.MAX_EVALUATIONS_EXCEEDED
    assert driver.record().function_value == min(seen.values)


@pytest.mark.parametrize("limit", [0, 1, 2, 17])
def test_max_iterations_is_exact_and_the_initial_simplex_is_made_in_any_case(limit: int) -> None:
    driver, seen = make_driver(max_iterations=limit), Counted(bowl)
    driver.drive(seen)
    record = driver.record()
    assert record.status is Status.MAX_ITERATIONS_EXCEEDED
    assert record.iterations == limit
    assert 3 + limit <= seen.calls <= 3 + 4 * limit


def test_the_deadline_ends_the_run_before_the_next_evaluation() -> None:
    seen = Counted(bowl)

    def fun(x: Any) -> float:
        time.sleep(0.005)
        return float(seen(x))

    driver = make_driver(call=Call(deadline=time.monotonic() + 0.05))
    driver.drive(fun)
    assert driver.record().status is Status.MAX_SECONDS_EXCEEDED
    assert 1 <= seen.calls <= 11


def test_an_abort_ends_the_run_before_the_next_evaluation() -> None:
    call = Call()
    driver, seen = make_driver(call=call), Counted(bowl)

    def fun(x: Any) -> float:
        if seen.calls == 20:
            call.abort()
        return float(seen(x))

    driver.drive(fun)
    assert seen.calls == 21
    assert driver.record().status is Status.ABORTED
    assert driver.record().function_value == min(seen.values)


def test_an_abort_in_imagej_ends_the_run_after_the_iteration_under_way() -> None:
    call = Call(in_order=True)
    driver, seen = make_driver(make_problem(2, rules="imagej", start=START), call), Counted(bowl)
    iterations = []

    def fun(x: Any) -> float:
        if seen.calls == 20:
            call.abort()
            iterations.append(driver.record().iterations)
        return float(seen(x))

    driver.drive(fun)
    assert driver.record().status is Status.ABORTED
    assert driver.record().iterations == iterations[0] + 1
    assert 21 <= seen.calls <= 24


def test_out_of_bounds_is_nan_without_a_call_in_imagej() -> None:
    problem = make_problem(2, rules="imagej", start=START, box=([4.0, 4.0], [6.0, 6.0]))
    driver, seen = make_driver(problem, Call(tracing=True)), Counted(bowl)
    driver.drive(seen)
    points = np.array(seen.points)
    assert points.min() >= 4.0
    assert points.max() <= 6.0
    assert driver.record().evaluations == seen.calls == len(driver.trace)
    assert driver.record().nan_evaluations == 0


def test_nan_is_counted_and_never_the_best() -> None:
    driver = make_driver()
    seen = Counted(lambda x: NAN if x[0] > 5.0 else bowl(x))
    driver.drive(seen)
    numbers = [value for value in seen.values if value == value]
    assert driver.record().nan_evaluations == seen.calls - len(numbers) > 0
    assert driver.record().function_value == min(numbers)


def test_among_equal_values_the_first_point_is_the_best() -> None:
    driver = make_driver()
    driver.drive(lambda x: 1.0)
    assert driver.record().params.tolist() == START


def test_extra_elements_that_the_function_wrote_come_back_with_the_best_point() -> None:
    problem = make_problem(2, extra=2, start=START)
    driver, calls = make_driver(problem), Counted(lambda x: bowl(x[:2]))

    def fun(x: Any) -> float:
        value = float(calls(x))
        x[2:] = value, calls.calls
        return value

    driver.drive(fun)
    record = driver.record()
    assert record.params.shape == (2,)
    assert record.extra.tolist() == [min(calls.values), 1 + calls.values.index(min(calls.values))]


def test_the_trace_is_off_by_default_and_what_the_function_saw_if_on() -> None:
    seen = Counted(bowl)
    off, on = make_driver(), make_driver(call=Call(tracing=True))
    off.drive(bowl)
    on.drive(seen)
    assert off.trace == []
    assert [e.point.tolist() for e in on.trace] == seen.points
    assert [e.value for e in on.trace] == seen.values
    assert [e.move for e in on.trace[:3]] == [Move.INITIAL] * 3
    assert all(e.run == 0 for e in on.trace)


@pytest.mark.parametrize("rules", ["imagej", "robust"])
def test_those_who_watch_hear_of_every_iteration_once(rules: str) -> None:
    heard: list[RunRecord] = []
    driver = make_driver(make_problem(2, rules=rules, start=START), Call(callback=heard.append))
    driver.drive(bowl)
    assert [record.iterations for record in heard] == list(range(1, len(heard) + 1))
    assert driver.record().iterations == len(heard)
    values = [record.function_value for record in heard]
    assert values == sorted(values, reverse=True)
    assert all(record.status is None for record in heard[:-1])


def test_callbacks_of_two_runs_do_not_overlap() -> None:
    inside = []
    overlaps = []

    def callback(record: RunRecord) -> None:
        inside.append(record)
        time.sleep(1e-4)
        overlaps.append(len(inside))
        inside.pop()

    call = Call(callback=callback)
    drivers = [make_driver(call=call), make_driver(call=call)]
    threads = [threading.Thread(target=driver.drive, args=(bowl,)) for driver in drivers]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)
        assert not thread.is_alive()
    assert set(overlaps) == {1}
