"""What holds for every function, however badly it behaves."""

from __future__ import annotations

import math
import zlib
from collections.abc import Callable
from dataclasses import fields
from typing import Any

import joblib
import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from scripted import FORMER, INF, NAN, Counted, bits

from minimizer import Evaluation, Minimizer, Move, Rules, Status
from minimizer.simplex.problem import vertex_ranges

Function = Callable[[Any], float]

ORDINARY = [-1.0, 0.0, 0.5, 1.0, 2.0]
EXTREME = [1e300, -1e300, 1.7e308, 5e-324, -5e-324, 1e-200, INF, -INF]


class Hashed:
    """A function that has one of a few values everywhere, with no sense to it."""

    def __init__(self, seed: int, values: list[float]) -> None:
        self.seed, self.values = seed, values

    def __call__(self, x: Any) -> float:
        return self.values[zlib.crc32(x.tobytes(), self.seed) % len(self.values)]

    def __repr__(self) -> str:
        return f"Hashed({self.seed}, {self.values})"


class Scaled:
    """A parabola whose values may overflow, NaN beyond a distance from its minimum."""

    def __init__(self, centre: float, scale: float, radius: float) -> None:
        self.centre, self.scale, self.radius = centre, scale, radius

    def __call__(self, x: Any) -> float:
        square = 0.0
        for xi in x.tolist():
            d = xi - self.centre
            if not abs(d) <= self.radius:
                return math.nan
            square += d * d
        return self.scale * square

    def __repr__(self) -> str:
        return f"Scaled({self.centre}, {self.scale}, {self.radius})"


hashed = st.builds(
    Hashed,
    st.integers(0, 1000),
    st.lists(st.sampled_from([*ORDINARY, *EXTREME, NAN]), min_size=1, max_size=12),
)
scaled = st.builds(
    Scaled,
    st.sampled_from([0.0, 1.0, -1e10, 1e300, 1e-300]),
    st.sampled_from([1.0, -1.0, 1e-300, 1e300]),
    st.sampled_from([INF, 1e3, 1e-3]),
)
functions = st.one_of(hashed, scaled)
rule_sets = st.sampled_from(["imagej", "robust"])
former_rule_sets = st.sampled_from(["imagej", FORMER])  # which know nothing of the size of a value
schedules = st.sampled_from(["pairs", "sequential"])
coordinates = st.one_of(
    st.sampled_from([0.0, -0.0, 1.0, 1e300, -1e300, 1e-300, 5e-324, 1e10]), st.floats(-100, 100)
)
starts = st.lists(coordinates, min_size=1, max_size=4)
variation_sizes = st.sampled_from([None, 1.0, 1e-12, 1e12, 1e300, 1e-300, 5e-324])


def minimized(
    fun: Function, start: list[float], size: float | None = None, **given: Any
) -> Minimizer:
    m = Minimizer(fun, max_evaluations=300, trace=True, **given)
    m.minimize(start, None if size is None else [size] * len(start))
    return m


def trace_of(m: Minimizer) -> list[Evaluation]:
    assert isinstance(m.trace, list)
    return m.trace


def outcome(m: Minimizer) -> Any:
    """All that came out, to the bit."""
    runs = [
        (run.seed, run.status, bits(run.params), bits([run.function_value]), run.iterations)
        for run in m.runs
    ]
    trace = [(e.run, e.move, bits(e.point), bits([e.value])) for e in trace_of(m)]
    return m.status, bits(m.params), bits([m.function_value]), m.iterations, runs, trace


@pytest.mark.slow
@given(functions, starts, variation_sizes, rule_sets, schedules)
def test_counts_are_those_of_the_function_and_no_warning_is_raised(
    fun: Function, start: list[float], size: float | None, rules: str, schedule: str
) -> None:
    """The tests run with every warning an error; only a NaN or infinite start is refused."""
    seen = Counted(fun)
    m = minimized(seen, start, size, rules=rules, schedule=schedule)
    assert m.evaluations == seen.calls == len(trace_of(m)) <= 300
    assert m.nan_evaluations == sum(value != value for value in seen.values)
    assert m.evaluations == sum(run.evaluations for run in m.runs)
    assert isinstance(m.status, Status)
    assert m.params.shape == (len(start),)
    assert type(m.function_value) is float


@pytest.mark.slow
@given(functions, starts, variation_sizes, schedules)
@example(Hashed(0, [NAN, NAN, NAN, NAN, NAN, 1.0]), [1.0, 1.0], None, "pairs")
def test_the_result_is_the_best_point_seen_and_no_nan_while_a_number_was(
    fun: Function, start: list[float], size: float | None, schedule: str
) -> None:
    seen = Counted(fun)
    m = minimized(seen, start, size, schedule=schedule)
    numbers = [value for value in seen.values if value < INF]  # inf is out of bounds (R21)
    if numbers:
        assert m.function_value == min(numbers)
        assert bits([fun(m.params)]) == bits([m.function_value])
    else:
        assert m.function_value != m.function_value
        assert np.isnan(m.params).all()


@pytest.mark.slow
@given(functions, starts, variation_sizes, rule_sets)
def test_the_best_value_never_rises(
    fun: Function, start: list[float], size: float | None, rules: str
) -> None:
    """As the callback sees it, and it is the lowest of the trace so far."""
    heard: dict[int, list[tuple[int, float]]] = {}

    def callback(record: Any) -> None:
        heard.setdefault(record.seed, []).append((record.evaluations, record.function_value))

    m = minimized(fun, start, size, rules=rules, callback=callback)
    for i, run in enumerate(m.runs):
        values = [e.value for e in trace_of(m) if e.run == i]
        best = [value for _, value in heard.get(run.seed, [])]
        numbers = [value for value in best if value == value]
        assert numbers == sorted(numbers, reverse=True)
        if rules == "robust":
            for evaluations, value in heard.get(run.seed, []):
                known = [v for v in values[:evaluations] if v == v]
                assert value == min(known, default=value) or not known


@pytest.mark.slow
@given(functions, starts, variation_sizes, rule_sets, st.integers(-(2**31), 2**31 - 1))
def test_same_call_same_bits(
    fun: Function, start: list[float], size: float | None, rules: str, seed: int
) -> None:
    one, two = (minimized(fun, start, size, rules=rules, random_seed=seed) for _ in range(2))
    assert outcome(one) == outcome(two)


@pytest.mark.slow
@settings(max_examples=20)
@given(functions, starts, variation_sizes, rule_sets, schedules)
def test_workers_do_not_change_a_bit(
    fun: Function, start: list[float], size: float | None, rules: str, schedule: str
) -> None:
    """Neither their number, nor joblib's own setting of it, nor asking for points one by one."""
    given_settings: dict[str, Any] = {
        "rules": rules,
        "schedule": schedule,
        "trace": True,
        "max_evaluations": 2000,
    }
    variations = None if size is None else [size] * len(start)

    def call(n_jobs: int | None) -> Any:
        m = Minimizer(fun, n_jobs=n_jobs, **given_settings)
        m.minimize(start, variations)
        return outcome(m)

    expected = call(1)
    assert call(2) == expected
    with joblib.parallel_config(backend="threading", n_jobs=2):
        assert call(None) == expected

    asked = Minimizer(None, **given_settings)
    point = asked.ask(start, variations)
    while point is not None:
        asked.tell(fun(point))
        point = asked.ask()
    assert outcome(asked) == expected


class Steps:
    """An integer-valued function with an integer added; both are exact."""

    def __init__(self, steps: int, added: int) -> None:
        self.steps, self.added = steps, added

    def __call__(self, x: Any) -> float:
        value = 0
        for i, xi in enumerate(x.tolist()):
            if not abs(xi - i) < 50:
                return math.nan
            value += math.floor(self.steps * abs(xi - i))
        return float(value + self.added)


integers = st.integers(-(2**40), 2**40)
small_starts = st.lists(st.floats(-20, 20), min_size=1, max_size=4)


@pytest.mark.slow
@given(st.integers(1, 10**6), integers, small_starts, former_rule_sets, schedules)
def test_adding_a_constant_changes_no_move_under_an_absolute_limit(
    steps: int, added: int, start: list[float], rules: str, schedule: str
) -> None:
    """Only the relative error limit sees the constant; without it all is the same."""
    limits: dict[str, Any] = {
        "max_rel_error": 0.0,
        "max_abs_error": 0.5,
        "rules": rules,
        "schedule": schedule,
    }
    plain = minimized(Steps(steps, 0), start, **limits)
    moved = minimized(Steps(steps, added), start, **limits)
    assert plain.status is moved.status
    assert [(e.run, e.move, bits(e.point)) for e in trace_of(plain)] == [
        (e.run, e.move, bits(e.point)) for e in trace_of(moved)
    ]
    assert bits(plain.params) == bits(moved.params)
    assert moved.function_value - added == plain.function_value or plain.evaluations == 0


@pytest.mark.slow
@given(st.integers(1, 10**6), integers, small_starts, former_rule_sets)
def test_adding_a_constant_changes_no_move_before_the_end_of_a_search(
    steps: int, added: int, start: list[float], rules: str
) -> None:
    """With the usual limits: up to the first time that either thinks it has converged."""

    def prefix(fun: Function) -> list[Any]:
        trace = trace_of(minimized(fun, start, rules=rules))
        return [(e.move, bits(e.point)) for e in trace if e.run == 0]

    def length(moves: list[Any]) -> int:
        ends = (Move.CENTRE, Move.REINITIALIZE)
        return next((i for i, (move, _) in enumerate(moves) if move in ends), len(moves))

    plain, moved = prefix(Steps(steps, 0)), prefix(Steps(steps, added))
    common = min(length(plain), length(moved))
    assert common > len(start)
    assert plain[:common] == moved[:common]


any_rules = st.builds(Rules, **{field.name: st.booleans() for field in fields(Rules)})
any_tolerances = st.sampled_from([None, (1e-4, 1e-4), (0.0, 0.0), (1e300, 1e300)])
any_resolutions = st.sampled_from([None, 0.0, 1e-3, 1e300])


@pytest.mark.slow
@given(functions, starts, any_rules, schedules, any_tolerances, any_resolutions, st.booleans())
def test_any_switches_work_together(
    fun: Function,
    start: list[float],
    rules: Rules,
    schedule: str,
    tolerances: Any,
    resolutions: Any,
    bounded: bool,
) -> None:
    seen = Counted(fun)
    m = minimized(
        seen,
        start,
        rules=rules,
        schedule=schedule,
        tolerances=tolerances,
        param_resolutions=resolutions,
        bounds=[(min(x, 0.0), max(x, 1.0)) for x in start] if bounded else None,
    )
    assert m.evaluations == seen.calls <= 300
    numbers = [value for value in seen.values if value == value]
    if rules.penalties_are_edges:
        numbers = [value for value in numbers if value < INF]
    if rules.nan_ranks_worst:
        assert bits([m.function_value]) == bits([min(numbers, default=NAN)])


def overflowing(x: Any) -> float:
    """Fall towards an infinite first parameter; many local minima in the second."""
    first, second = abs(float(x[0])), float(x[1])
    if math.isnan(first) or not abs(second) < 100:
        return math.nan
    return (0.0 if math.isinf(first) else 1e3) + math.cos(50 * second) + 0.01 * second * second


@pytest.mark.parametrize("tolerances", [None, (1e-4, 1e-4)])
@pytest.mark.parametrize("rules", ["imagej", "robust"])
def test_infinite_parameters_raise_no_warning(rules: str, tolerances: Any) -> None:
    m = Minimizer(overflowing, 2, rules=rules, tolerances=tolerances, max_evaluations=3000)
    m.minimize([1.7e308, 10.0])
    assert math.isinf(m.params[0])


def test_an_initial_simplex_as_large_as_can_be_raises_no_warning() -> None:
    """Its extent is infinite although its vertices are not."""
    simplex = [[-1.7e308, 0.0], [1.7e308, 0.0], [0.0, 1.0]]
    m = Minimizer(lambda x: 1.0, 2, max_evaluations=300)
    m.minimize(initial_simplex=simplex)
    assert m.function_value == 1.0


@given(rule_sets, st.booleans())
def test_input_arrays_are_unchanged_and_may_be_read_only(rules: str, given_simplex: bool) -> None:
    arrays = {
        "start": np.array([5.0, 4.0]),
        "variations": np.array([1.0, 2.0]),
        "bounds": np.array([[-10.0, 10.0], [3.0, 10.0]]),
        "resolutions": np.array([1e-9, 1e-9]),
        "simplex": np.array([[5.0, 4.0], [6.0, 4.0], [5.0, 6.0]]),
    }
    before = {name: array.copy() for name, array in arrays.items()}
    for array in arrays.values():
        array.flags.writeable = False

    def fun(x: Any) -> float:
        value = float(x @ x)
        x[:] = 77.0
        return value

    m = Minimizer(
        fun, rules=rules, bounds=arrays["bounds"], param_resolutions=arrays["resolutions"]
    )
    if given_simplex:
        m.minimize(initial_simplex=arrays["simplex"])
    else:
        m.minimize(arrays["start"], arrays["variations"])
    for name, array in arrays.items():
        assert array.tolist() == before[name].tolist()
    m.params[:] = 0.0
    assert arrays["start"].tolist() == [5.0, 4.0]


@pytest.mark.slow
@given(functions, starts, rule_sets)
def test_a_callback_and_a_trace_change_no_bit(
    fun: Function, start: list[float], rules: str
) -> None:
    plain, watched = Counted(fun), Counted(fun)
    Minimizer(plain, rules=rules, max_evaluations=300).minimize(start)
    m = Minimizer(
        watched, rules=rules, max_evaluations=300, trace=True, callback=lambda record: None
    )
    m.minimize(start)
    assert [bits(point) for point in watched.points] == [bits(point) for point in plain.points]


@pytest.mark.slow
@given(starts, st.data(), st.sampled_from([1e-3, 1.0, 10.0]))
def test_success_means_that_two_runs_ended_at_the_best(
    start: list[float], data: st.DataObject, scale: float
) -> None:
    """Their values or parameters agree; neither was cut short (robust rules)."""
    fun = data.draw(functions)
    m = minimized(fun, start, None, max_abs_error=1e-3 * scale)
    if m.status is Status.SUCCESS:
        ended = [run for run in m.runs if run.completed or run.status == 3]
        ranges = np.array(vertex_ranges(start, None))
        near = [
            run
            for run in ended
            if run.function_value == m.function_value
            or abs(run.function_value - m.function_value)
            < max(1e-3 * scale, 1e-10 * abs(m.function_value))
            or (abs(run.params - m.params) <= 1e-7 * abs(m.params) + 1e-9 * ranges).all()
        ]
        assert len(near) >= 2


@pytest.mark.slow
@pytest.mark.parametrize("rules", ["imagej", "robust"])
@pytest.mark.parametrize("value", [1e300, -1e300, 5e-324, 0.0, INF, -INF, 1.7e308])
def test_a_constant_of_any_size_ends_soon(value: float, rules: str) -> None:
    """No division, logarithm or difference of such values warns or raises."""
    m = Minimizer(lambda x: value, 3, rules=rules, max_evaluations=20_000)
    m.minimize([1.0, 2.0, 3.0])
    if rules == "robust" and value == INF:
        assert m.status is Status.INITIALIZATION_FAILURE  # all is out of bounds
        return
    assert m.function_value == value
    if rules == "robust" and math.isfinite(value):
        assert m.status is Status.SUCCESS
        assert m.evaluations < 100
