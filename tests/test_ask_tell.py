"""Asking for points one by one gives what a call gives."""

from __future__ import annotations

import pickle
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from problems import ball, bowl, rosenbrock, wavy
from scripted import NAN, Counted

from minimizer import Minimizer, Status


def answer(m: Minimizer, fun: Any, *start: Any) -> list[list[float]]:
    """Ask and tell to the end; return the points."""
    points = []
    point = m.ask(*start)
    while point is not None:
        points.append(point.tolist())
        m.tell(fun(point))
        point = m.ask()
    return points


def results(m: Minimizer) -> str:
    return repr((m, m.status, m.runs, m.extra.tolist(), m.iterations, m.completed_minimizations))


@pytest.mark.slow
@pytest.mark.parametrize("fun", [bowl, rosenbrock, wavy, ball])
@pytest.mark.parametrize("schedule", ["pairs", "sequential"])
@pytest.mark.parametrize("rules", ["imagej", "robust"])
def test_ask_and_tell_give_the_bits_of_a_call(rules: str, schedule: str, fun: Any) -> None:
    settings: dict[str, Any] = {"rules": rules, "schedule": schedule, "max_iterations": 1000}
    start, variations = [0.5, -0.25, 0.125], [0.5, 0.25, 1.0]
    called = Minimizer(seen := Counted(fun), 3, **settings)
    called.minimize(start, variations)
    asked = Minimizer(None, 3, **settings)
    points = answer(asked, fun, start, variations)
    assert results(asked) == results(called)
    if rules == "imagej" or schedule == "sequential":
        assert points == seen.points
    else:
        assert sorted(points) == sorted(seen.points)


@pytest.mark.parametrize("limit", [1, 2, 3, 4, 50, 500])
def test_budgets_hold_and_give_the_same(limit: int) -> None:
    called = Minimizer(wavy, 2, max_evaluations=limit)
    called.minimize([10.0, 5.0])
    asked = Minimizer(None, 2, max_evaluations=limit)
    assert len(answer(asked, wavy, [10.0, 5.0])) <= limit
    assert results(asked) == results(called)


@pytest.mark.slow
@given(st.integers(-(2**31), 2**31 - 1))
def test_the_seed_counts(seed: int) -> None:
    called, asked = (Minimizer(bowl, 2, random_seed=seed) for _ in range(2))
    called.minimize([5.0, 5.0])
    answer(asked, bowl, [5.0, 5.0])
    assert results(asked) == results(called)


def test_extra_elements_written_before_tell_stay_with_the_point() -> None:
    def fun(x: Any) -> float:
        value = bowl(x[:2])
        x[2] = value
        return value

    m = Minimizer(None, 2, extra_array_elements=1)
    points = answer(m, fun, [5.0, 5.0])
    assert len(points[0]) == 3
    assert m.extra.tolist() == [m.function_value]


def test_the_function_is_not_needed_and_not_called() -> None:
    calls: list[Any] = []
    m = Minimizer(calls.append, 1)
    answer(m, bowl, [5.0])
    assert calls == []
    assert m.status is Status.SUCCESS


def test_tell_before_ask_is_refused() -> None:
    with pytest.raises(RuntimeError, match=r"^tell: .*ask\(\)"):
        Minimizer(None, 1).tell(1.0)


def test_tell_twice_and_tell_after_the_end_are_refused() -> None:
    m = Minimizer(None, 1)
    m.ask([5.0])
    m.tell(1.0)
    with pytest.raises(RuntimeError, match=r"^tell: .*ask\(\)"):
        m.tell(1.0)
    answer(m, lambda x: 1.0)
    with pytest.raises(RuntimeError, match=r"^tell: .*ask\(\)"):
        m.tell(1.0)


def test_a_refused_value_can_be_told_again() -> None:
    m = Minimizer(None, 1)
    m.ask([5.0])
    for bad in (None, 1j, [1.0, 2.0]):
        with pytest.raises((TypeError, ValueError), match=r"^fun returned .* at \[5\.0\]"):
            m.tell(bad)
    m.tell(1.0)
    assert m.evaluations == 1
    assert m.function_value == 1.0


def test_asking_twice_is_asking_for_the_same_point() -> None:
    m = Minimizer(None, 2)
    first, second = m.ask([5.0, 4.0]), m.ask()
    assert first is not None
    assert second is not None
    assert first.tolist() == second.tolist() == [5.0, 4.0]


def test_the_best_so_far_can_be_read_at_any_time() -> None:
    m = Minimizer(None, 2)
    best = np.inf
    point = m.ask([5.0, 5.0])
    for _ in range(50):
        assert point is not None
        value = wavy(point)
        best = min(best, value)
        m.tell(value)
        assert m.function_value == best == wavy(m.params)
        assert m.status is None
        point = m.ask()


def test_abort_ends_it_at_the_next_ask() -> None:
    m = Minimizer(None, 2)
    m.ask([5.0, 5.0])
    m.tell(3.0)
    m.abort()
    assert m.ask() is None
    assert m.status is Status.ABORTED
    assert m.function_value == 3.0
    assert m.params.tolist() == [5.0, 5.0]


def test_abort_before_the_first_ask() -> None:
    m = Minimizer(None, 2)
    m.abort()
    assert m.ask([5.0, 5.0]) is None
    assert m.status is Status.ABORTED
    assert np.isnan(m.params).all()
    assert m.ask([5.0, 5.0]) is not None


def test_a_second_minimization_starts_afresh() -> None:
    m = Minimizer(None, 2)
    first = answer(m, bowl, [5.0, 5.0])
    done = results(m)
    assert answer(m, bowl, [5.0, 5.0]) == first
    assert results(m) == done


def test_nan_told_is_out_of_bounds() -> None:
    m = Minimizer(None, 1)
    answer(m, lambda x: NAN if x[0] < 2.0 else float(x[0]), [5.0])
    assert m.status is Status.SUCCESS
    assert m.params == pytest.approx([2.0], abs=1e-6)
    assert m.params[0] >= 2.0


def test_the_trace_is_what_was_told() -> None:
    m = Minimizer(None, 2, trace=True)
    points = answer(m, bowl, [5.0, 5.0])
    assert isinstance(m.trace, list)
    assert [evaluation.point.tolist() for evaluation in m.trace] == points
    assert [evaluation.value for evaluation in m.trace] == [bowl(point) for point in points]


def test_callbacks_are_called() -> None:
    heard: list[int] = []
    m = Minimizer(None, 2, callback=lambda record: heard.append(record.iterations))
    answer(m, bowl, [5.0, 5.0])
    assert len(heard) == m.iterations


def test_a_minimizer_that_has_ended_can_be_pickled() -> None:
    m = Minimizer(None, 2)
    answer(m, bowl, [5.0, 5.0])
    assert results(pickle.loads(pickle.dumps(m))) == results(m)


def test_a_start_out_of_bounds_warns_where_ask_was_called() -> None:
    m = Minimizer(None, 1, bounds=[(0, 1)])
    with pytest.warns(RuntimeWarning, match=r"^initial_params \[5\.0\]") as caught:
        point = m.ask([5.0])
    assert caught[0].filename == __file__
    assert point is not None
    assert point.tolist() == [1.0]
