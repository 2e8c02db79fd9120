"""Several points at once: the bits and counts of one at a time, in fewer rounds."""

from __future__ import annotations

import functools
import time
import warnings
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from parallel_cases import START, disc, rosenbrock, with_extra
from problems import ball, bowl, wavy
from quick import examples
from random_calls import Drawn, calls, facts, value_at
from scripted import NAN, bits

from minimizer import Minimizer, Status


def results(m: Minimizer) -> Any:
    return m.status, m.message, [facts(run) for run in m.runs], m.extra.tobytes()


def trace_of(m: Minimizer) -> Any:
    assert isinstance(m.trace, list)
    return [(e.run, e.move, e.point.tobytes(), bits([e.value])) for e in m.trace]


def carried(m: Minimizer, fun: Any, max_points: int, *start: Any) -> int:
    """Carry a minimizer to its end; return how many rounds of points there were."""
    rounds = 0
    while not m.is_over:
        points = m.ask(*start, max_points=max_points)
        assert points.shape[0] <= max_points
        m.tell([fun(point) for point in points])
        rounds += len(points) > 0
    return rounds


@functools.cache
def one_by_one(fun: Any, start: tuple[float, ...], rules: Any, schedule: Any) -> Minimizer:
    """Return a minimizer that is compared with several, after its call."""
    single = Minimizer(fun, rules=rules, schedule=schedule, trace=True)
    single.minimize(start)
    return single


@pytest.mark.parametrize("max_points", [1, 2, 3, 8, 100])
@pytest.mark.parametrize("schedule", ["pairs", "sequential"])
@pytest.mark.parametrize("rules", ["imagej", "robust"])
@pytest.mark.parametrize(("fun", "start"), [(rosenbrock, START), (disc, START), (bowl, [5.0] * 4)])
def test_it_makes_no_difference(
    fun: Any, start: list[float], rules: Any, schedule: Any, max_points: int
) -> None:
    single = one_by_one(fun, tuple(start), rules, schedule)
    several = Minimizer(None, rules=rules, schedule=schedule, trace=True)
    rounds = carried(several, fun, max_points, start)
    assert results(several) == results(single)
    assert trace_of(several) == trace_of(single)
    if max_points == 1:
        assert rounds == single.evaluations
        assert several.speculative_evaluations == 0


@pytest.mark.slow
@settings(max_examples=examples(30))
@given(calls(), st.integers(2, 20))
def test_whatever_the_call(drawn: Drawn, max_points: int) -> None:
    p = np.array(drawn.p)

    def fun(x: Any) -> float:
        return value_at(x, p)

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        begin = (drawn.simplex[0], None) if drawn.simplex else (drawn.start, drawn.variations)
        single, several = drawn.minimizer(None), drawn.minimizer(None)
        while (point := single.ask(*begin)) is not None:
            single.tell(fun(point))
        carried(several, fun, max_points, *begin)
    assert results(several) == results(single)


@pytest.mark.parametrize("n", [2, 4, 6])
def test_two_points_at_once_halve_the_rounds_and_more_do_more(n: int) -> None:
    single = Minimizer(bowl)
    single.minimize([5.0] * n)
    rounds = {k: carried(Minimizer(None), bowl, k, [5.0] * n) for k in (2, 8)}
    assert rounds[2] <= 0.6 * single.evaluations
    assert rounds[8] <= 0.8 * rounds[2]


def test_a_function_is_called_as_often_but_for_what_is_not_needed() -> None:
    made: list[Any] = []
    several, single = Minimizer(None), Minimizer(disc)

    def fun(x: Any) -> float:
        made.append(x)
        return disc(x)

    carried(several, fun, 8, START)
    single.minimize(START)
    assert several.evaluations == single.evaluations
    assert len(made) == several.evaluations + several.speculative_evaluations


@pytest.mark.parametrize("limit", [1, 2, 3, 7, 50, 500])
def test_limits_hold(limit: int) -> None:
    """No more than that many points are asked for."""
    asked: list[Any] = []

    def fun(x: Any) -> float:
        asked.append(x)
        return wavy(x)

    single, several = (Minimizer(wavy, 2, max_evaluations=limit) for _ in range(2))
    single.minimize([10.0, 5.0])
    carried(several, fun, 8, [10.0, 5.0])
    assert results(several) == results(single)
    assert len(asked) <= limit


def test_extra_elements_stay_with_their_points() -> None:
    single, several = (Minimizer(with_extra, 2, extra_array_elements=2) for _ in range(2))
    single.minimize(START)
    carried(several, with_extra, 8, START)
    assert results(several) == results(single)
    assert several.extra[0] == several.function_value / 2


def test_callbacks_come_in_order() -> None:
    heard: dict[int, list[Any]] = {1: [], 8: []}
    for k, into in heard.items():
        m = Minimizer(None, callback=lambda r, into=into: into.append(facts(r)))  # type: ignore[misc]
        carried(m, rosenbrock, k, START)
    assert heard[1] == heard[8]


def test_one_point_and_several_in_turn() -> None:
    single, mixed = Minimizer(rosenbrock), Minimizer(None)
    single.minimize(START)
    turn = 0
    while not mixed.is_over:
        turn += 1
        if turn % 2:
            points = mixed.ask(START, max_points=5)
            mixed.tell([rosenbrock(point) for point in points])
        elif (point := mixed.ask()) is not None:
            mixed.tell(rosenbrock(point))
    assert results(mixed) == results(single)


def test_points_that_were_not_told_are_asked_for_again() -> None:
    m = Minimizer(None)
    first = m.ask(START, max_points=4)
    assert m.ask(max_points=4).tolist() == first.tolist()
    one = m.ask()
    assert one is not None
    assert one.tolist() == first[0].tolist()
    m.tell(rosenbrock(one))
    assert m.evaluations == 1


def test_values_that_are_wrong_are_refused_and_can_be_told_again() -> None:
    m, single = Minimizer(None), Minimizer(rosenbrock)
    points = m.ask(START, max_points=3)
    values = [rosenbrock(point) for point in points]
    with pytest.raises(ValueError, match=r"^tell: there are 2 values for 3 points; give one"):
        m.tell(values[:2])
    with pytest.raises(TypeError, match=r"^fun returned None at \["):
        m.tell([*values[:2], None])
    with pytest.raises(TypeError, match=r"^tell: .* is not a sequence"):
        m.tell(values[0])
    assert m.evaluations == 0
    m.tell(np.array(values))
    single.minimize(START)
    carried(m, rosenbrock, 3)
    assert results(m) == results(single)


@pytest.mark.parametrize("wrong", [0, -1])
def test_at_least_one_point(wrong: int) -> None:
    with pytest.raises(ValueError, match=r"^max_points is .*; it must be at least 1"):
        Minimizer(None).ask(START, max_points=wrong)


def test_at_the_end_there_are_no_points_and_then_a_new_minimization() -> None:
    m = Minimizer(None, extra_array_elements=1)

    def fun(x: Any) -> float:
        return rosenbrock(x[:2])

    points = m.ask(START, max_points=8)
    while len(points):
        m.tell([fun(point) for point in points])
        points = m.ask(max_points=8)
    assert points.shape == (0, 3)
    assert m.is_over
    assert m.status is Status.SUCCESS
    assert len(m.ask(START, max_points=8)) > 1
    assert not m.is_over


def test_is_over_disturbs_nothing() -> None:
    """Neither extra elements that were written already, nor a call that has not begun."""
    m, single = (Minimizer(with_extra, 2, extra_array_elements=2) for _ in range(2))
    single.minimize(START)
    assert not m.is_over
    while (point := m.ask(START)) is not None:
        value = with_extra(point)
        assert not m.is_over
        m.tell(value)
        if m.is_over:
            break
    assert results(m) == results(single)


def test_is_over_within_a_call_is_no() -> None:
    seen: list[bool] = []
    m = Minimizer(lambda x: seen.append(m.is_over) or rosenbrock(x))  # type: ignore[func-returns-value]
    m.minimize(START)
    assert not any(seen)
    assert m.is_over


def test_an_abort_ends_it() -> None:
    m = Minimizer(None)
    m.tell([rosenbrock(point) for point in m.ask(START, max_points=4)])
    m.ask(max_points=4)
    m.abort()
    assert m.is_over
    assert m.status is Status.ABORTED


def test_when_the_time_is_up_what_was_evaluated_beside_counts() -> None:
    """The second run has the lower value by then, and is kept."""
    m = Minimizer(None, 1, max_seconds=0.2)
    points = m.ask([5.0], max_points=2)
    assert points.tolist() == [[5.0], [5.0]]
    m.tell([1.0, 1.0])
    beside = m.ask(max_points=2)[1]
    m.tell([1.0, -7.0])
    time.sleep(0.25)
    assert m.ask(max_points=2).shape == (0, 1)
    assert m.status is Status.MAX_SECONDS_EXCEEDED
    assert m.function_value == -7.0
    assert m.params.tolist() == beside.tolist()
    assert m.evaluations == 4
    assert len(m.runs) == 2


def test_a_call_goes_on_from_a_file_written_between_rounds(tmp_path: Path) -> None:
    """With the second run where it was, and values that wait for their turn."""
    m, single = Minimizer(None), Minimizer(rosenbrock)
    single.minimize(START)
    for number in range(30):
        points = m.ask(START, max_points=6)
        m.save(tmp_path / f"call{number}")
        m.tell([rosenbrock(point) for point in points])
    for number in range(0, 30, 7):
        made: list[Any] = []
        again = Minimizer.load(tmp_path / f"call{number}", None)
        known = again.evaluations
        carried(again, lambda x, made=made: made.append(x) or rosenbrock(x), 6)  # type: ignore[misc]
        assert results(again) == results(single)
        assert known + len(made) <= again.evaluations + again.speculative_evaluations
        one_by_one = Minimizer.load(tmp_path / f"call{number}", rosenbrock)
        one_by_one.resume()
        assert results(one_by_one) == results(single)


@pytest.mark.parametrize("edge", [ball, lambda x: NAN if x[0] > 5.0 else bowl(x)])
def test_at_an_edge_what_was_not_needed_is_counted_apart(edge: Any) -> None:
    single, several = (Minimizer(edge) for _ in range(2))
    start = [0.9, 0.8, 0.7]
    single.minimize(start)
    carried(several, edge, 8, start)
    assert results(several) == results(single)
