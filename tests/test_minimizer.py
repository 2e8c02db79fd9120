"""The class: settings that are attributes, calls that start afresh, aborting, pickling, memory."""

from __future__ import annotations

import copy
import gc
import math
import pickle
import threading
import tracemalloc
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from problems import bowl, rosenbrock, wavy
from scripted import FORMER, NAN, Counted, without_later

import minimizer
from minimizer import Minimizer, Rules, Status

START = [5.0, 5.0]
RULES = pytest.mark.parametrize("rules", ["imagej", "robust"])
JOBS = pytest.mark.parametrize("n_jobs", [1, 2])


def results(m: Minimizer) -> str:
    return repr((m, m.status, m.runs, m.extra.tolist(), m.iterations, m.completed_minimizations))


def test_settings_are_attributes() -> None:
    m = Minimizer(wavy, 2)
    assert m.max_restarts == 2
    m.max_restarts = 5
    assert m.max_restarts == 5
    assert m.minimize([10.0, 5.0]) is Status.MAX_RESTARTS_EXCEEDED
    assert len(m.runs) == 2 * (5 + 1)


def test_a_setting_of_a_wrong_value_is_refused_and_the_old_one_stays() -> None:
    m = Minimizer(bowl, 2)
    with pytest.raises(ValueError, match=r"^max_restarts is -1; "):
        m.max_restarts = -1
    assert m.max_restarts == 2


def test_a_misspelt_setting_is_refused_with_the_right_one() -> None:
    m = Minimizer(bowl, 2)
    with pytest.raises(AttributeError, match=r"'max_restart'.*did you mean 'max_restarts'"):
        m.max_restart = 5
    with pytest.raises(AttributeError, match=r"'n_job'.*did you mean 'n_jobs'"):
        m.n_job = 2
    with pytest.raises(AttributeError, match="'entirely_different'"):
        m.entirely_different = 5
    with pytest.raises(TypeError, match="max_restart"):
        Minimizer(bowl, 2, max_restart=5)  # type: ignore[call-arg]


@pytest.mark.parametrize(
    "name", ["params", "function_value", "extra", "status", "message", "runs", "iterations"]
)
def test_results_cannot_be_set(name: str) -> None:
    with pytest.raises(AttributeError, match=name):
        setattr(Minimizer(bowl, 2), name, 1.0)


def test_max_iterations_shows_its_default_once_n_is_known() -> None:
    m = Minimizer(bowl)
    assert m.n_params is None
    assert m.max_iterations is None
    m.minimize([5.0, 5.0, 5.0])
    assert m.n_params == 3
    assert m.max_iterations == 1500 * 9
    m.max_restarts = 0
    assert m.max_iterations == 750 * 9
    m.max_iterations = 10
    assert m.max_iterations == 10
    m.max_iterations = None
    assert m.max_iterations == 750 * 9
    assert Minimizer(bowl, 4).max_iterations == 1500 * 16


def test_the_number_of_parameters_may_change_if_it_was_not_given() -> None:
    m = Minimizer(bowl)
    for n in (1, 3, 2):
        assert m.minimize([5.0] * n) is Status.SUCCESS
        assert m.params.shape == (n,)
        assert m.n_params == n
    with pytest.raises(ValueError, match="n_params"):
        Minimizer(bowl, 2).minimize([5.0])


def test_the_number_of_parameters_may_come_from_the_variations() -> None:
    seen = Counted(bowl)
    Minimizer(seen).minimize(None, [1.0, 1.0, 1.0])
    assert seen.points[0] == [0.0, 0.0, 0.0]


def test_further_arguments_go_to_the_function() -> None:
    m = Minimizer(lambda x, a, b: float((x[0] - a) ** 2 + b), 1, args=(3.0, 5.0))
    assert m.minimize([1.0]) is Status.SUCCESS
    assert m.params == pytest.approx([3.0], abs=1e-4)
    m.args = (4.0, 5.0)
    m.minimize([1.0])
    assert m.params == pytest.approx([4.0], abs=1e-4)


@RULES
@pytest.mark.parametrize("method", ["minimize", "minimize_once"])
def test_a_second_call_starts_afresh(method: str, rules: str) -> None:
    m = Minimizer(wavy, 2, rules=rules)
    getattr(m, method)([10.0, 5.0])
    first = results(m)
    getattr(m, method)([10.0, 5.0])
    assert results(m) == first


@RULES
def test_a_call_after_a_failed_one_starts_afresh(rules: str) -> None:
    m = Minimizer(lambda x: NAN, 2, rules=rules)
    assert m.minimize(START) is Status.INITIALIZATION_FAILURE
    m.fun = bowl
    fresh = Minimizer(bowl, 2, rules=rules)
    assert m.minimize(START) is fresh.minimize(START) is Status.SUCCESS
    assert results(m) == results(fresh)


def test_a_refused_call_leaves_the_results_of_the_last() -> None:
    m = Minimizer(bowl, 2)
    m.minimize(START)
    before = results(m)
    with pytest.raises(ValueError, match="initial_params"):
        m.minimize([math.inf, 1.0])
    assert results(m) == before


def test_results_are_copies() -> None:
    m = Minimizer(lambda x: bowl(x[:2]), 2, extra_array_elements=1)
    m.minimize(START)
    before = results(m)
    m.params[:] = 0.0
    m.extra[:] = 9.0
    m.runs.clear()
    assert results(m) == before


@RULES
@JOBS
def test_the_argument_is_the_functions_own(n_jobs: int, rules: str) -> None:
    """To keep, and to change at any time."""
    kept: list[Any] = []

    def careless(x: Any) -> float:
        value = bowl(x)
        for old in kept[-3:]:
            old[:] = np.nan
        kept.append(x)
        x[:] = 0.0
        return value

    careful = Minimizer(bowl, 2, rules=rules)
    careful.minimize(START)
    m = Minimizer(careless, 2, rules=rules, n_jobs=n_jobs)
    m.minimize(START)
    assert results(m) == results(careful)


def test_the_argument_is_an_array_of_float64() -> None:
    def fun(x: Any) -> float:
        assert type(x) is np.ndarray
        assert x.dtype == np.float64
        assert x.shape == (2,)
        assert x.flags.writeable
        assert x.flags.c_contiguous
        return bowl(x)

    Minimizer(fun, 2).minimize(np.array([5, 5], dtype=np.int8))


@RULES
@pytest.mark.parametrize("method", ["minimize", "minimize_once"])
def test_extra_elements_of_the_best_point_belong_to_it(method: str, rules: str) -> None:
    """The function writes its value and the number of the call."""
    values: list[float] = []

    def fun(x: Any) -> float:
        assert x.shape == (4,)
        value = wavy(x[:2])
        values.append(value)
        x[2], x[3] = value, len(values)
        return value

    m = Minimizer(fun, 2, rules=rules, extra_array_elements=2)
    getattr(m, method)([10.0, 5.0])
    assert m.params.shape == (2,)
    value, number = m.extra
    assert value == m.function_value == wavy(m.params)
    assert values[int(number) - 1] == value
    for run in m.runs:
        assert run.extra[0] == run.function_value
    assert np.isnan(Minimizer(fun, 2, extra_array_elements=2).extra).all()


@RULES
def test_extra_elements_do_not_change_the_search(rules: str) -> None:
    plain, extra = Counted(bowl), Counted(lambda x: bowl(x[:2]))
    Minimizer(plain, 2, rules=rules).minimize(START)
    Minimizer(extra, 2, rules=rules, extra_array_elements=3).minimize(START)
    assert [point[:2] for point in extra.points] == plain.points


@RULES
@JOBS
@pytest.mark.parametrize("method", ["minimize", "minimize_once"])
def test_abort_before_the_first_evaluation_gives_nan(method: str, n_jobs: int, rules: str) -> None:
    seen = Counted(bowl)
    m = Minimizer(seen, 2, rules=rules, n_jobs=n_jobs, extra_array_elements=1)
    m.abort()
    assert getattr(m, method)(START) is Status.ABORTED
    assert seen.calls == m.evaluations == 0
    assert math.isnan(m.function_value)
    assert np.isnan(m.params).all()
    assert m.params.shape == (2,)
    assert np.isnan(m.extra).all()
    assert m.extra.shape == (1,)
    assert m.runs == []
    m.extra_array_elements, m.fun = 0, bowl
    assert getattr(m, method)(START) is Status.SUCCESS


@pytest.mark.parametrize("schedule", ["pairs", "sequential"])
def test_a_run_that_evaluated_nothing_has_no_record(schedule: str) -> None:
    """The abort comes in the first run, before the second of the pair has begun."""
    m = Minimizer(bowl, 2, n_jobs=1, schedule=schedule)
    m.callback = lambda record: m.abort()
    assert m.minimize(START) is Status.ABORTED
    assert len(m.runs) == 1
    assert m.runs[0].iterations == 1


@RULES
def test_abort_after_a_call_counts_for_the_next(rules: str) -> None:
    m = Minimizer(bowl, 2, rules=rules)
    m.minimize(START)
    m.abort()
    assert m.status is Status.SUCCESS
    assert m.minimize(START) is Status.ABORTED


@RULES
@JOBS
def test_abort_from_a_callback(n_jobs: int, rules: str) -> None:
    """It acts at its place in the order of the runs; what workers did ahead is counted apart."""
    seen = Counted(bowl)
    m = Minimizer(seen, 2, rules=rules, n_jobs=n_jobs)
    m.callback = lambda record: m.abort() if record.iterations == 5 else None
    assert m.minimize(START) is Status.ABORTED
    assert m.evaluations + m.speculative_evaluations == seen.calls
    assert n_jobs == 2 or m.function_value == min(seen.values)
    assert len(m.runs) == 1
    assert max(run.iterations for run in m.runs) <= 6


@RULES
@JOBS
def test_abort_from_another_thread(n_jobs: int, rules: str) -> None:
    """The function waits for the abort, so that it comes in the midst of things."""
    called, aborted = threading.Event(), threading.Event()

    def fun(x: Any) -> float:
        if seen.calls >= 20:
            called.set()
            assert aborted.wait(timeout=10)
        return bowl(x)

    def abort() -> None:
        assert called.wait(timeout=10)
        m.abort()
        aborted.set()

    seen = Counted(fun)
    m = Minimizer(seen, 2, rules=rules, n_jobs=n_jobs)
    thread = threading.Thread(target=abort)
    thread.start()
    assert m.minimize(START) is Status.ABORTED
    thread.join(timeout=10)
    assert 20 < m.evaluations == seen.calls <= 25
    assert m.function_value == min(seen.values)


def test_abort_while_a_valid_start_is_looked_for_ends_it_in_the_robust_rules() -> None:
    def fun(x: Any) -> float:
        if seen.calls == 4:
            m.abort()
        return NAN

    seen = Counted(fun)
    m = Minimizer(seen, 2)
    assert m.minimize(START) is Status.ABORTED
    assert seen.calls == 5
    assert math.isnan(m.function_value)


def test_abort_does_not_end_the_attempts_at_a_valid_start_in_imagej() -> None:
    def fun(x: Any) -> float:
        if seen.calls == 4:
            m.abort()
        return NAN

    seen = Counted(fun)
    m = Minimizer(seen, 2, rules="imagej")
    assert m.minimize_once(START) is Status.INITIALIZATION_FAILURE
    assert seen.calls == 201


def test_two_minimizers_do_not_disturb_each_other() -> None:
    """One minimizes in the function of the other."""

    def outer(x: Any) -> float:
        inner = Minimizer(lambda y: bowl(y) + float(x[0] ** 2), 1)
        inner.minimize_once([3.0])
        return inner.function_value

    m = Minimizer(outer, 1)
    assert m.minimize([3.0]) is Status.SUCCESS
    assert m.params == pytest.approx([0.0], abs=1e-4)
    assert m.function_value == pytest.approx(7.0, abs=1e-8)


def test_an_initial_simplex_is_that_of_the_first_run() -> None:
    simplex = [[5.0, 5.0], [6.0, 5.0], [5.0, 7.0]]
    seen = Counted(bowl)
    m = Minimizer(seen, n_jobs=1)
    assert m.minimize(initial_simplex=simplex) is Status.SUCCESS
    assert seen.points[:3] == simplex
    second = np.array(seen.points[m.runs[0].evaluations :][:3])
    assert second[0].tolist() == [5.0, 5.0]
    edges = (second[1:] - second[0]) / [1.0, 2.0]
    assert edges @ edges.T == pytest.approx(np.eye(2), abs=1e-6)


def test_tolerances_decide_in_place_of_the_error_limits() -> None:
    """Where a surface has ended a run, it is the distance from the minimum that they hold for."""
    coarse, fine = (
        Minimizer(rosenbrock, 2, tolerances=(size, size), trace=True) for size in (1e-2, 1e-8)
    )
    for m in (coarse, fine):
        assert m.minimize([-1.2, 1.0]) is Status.SUCCESS
        size = m.tolerances.params  # type: ignore[union-attr]
        for run in m.runs:
            assert run.simplex is not None
            minimum = np.ones((1, 2)), np.zeros(1)
            points, values = run.simplex if run.hessian is None else minimum
            assert abs(points - run.params).max() <= size
            assert abs(values - run.function_value).max() <= size
    assert coarse.evaluations < fine.evaluations


@RULES
def test_resolutions_end_a_search_on_steps(rules: str) -> None:
    """A staircase with a million steps, of which one parameter need not know the smallest."""

    def steps(x: Any) -> float:
        return 1.0 + float(np.floor(1e6 * abs(x[0] - 1.0)))

    without = Minimizer(steps, 1, rules=rules)
    without.minimize([5.0])
    within = Minimizer(steps, 1, rules=rules, param_resolutions=[1e-2])
    within.minimize([5.0])
    assert within.params == pytest.approx([1.0], abs=0.05)
    assert within.evaluations < without.evaluations


def module_level(x: Any, offset: float = 7.0) -> float:
    """Return a bowl; what is to be pickled must be found by its name."""
    return float((x[0] - 1.0) ** 2 + (x[1] - 2.0) ** 2 + offset)


@pytest.mark.parametrize("change", [pickle.dumps, copy.deepcopy, copy.copy])
def test_a_minimizer_can_be_pickled_and_copied_before_and_after_a_call(change: Any) -> None:
    m = Minimizer(
        module_level,
        2,
        args=(3.0,),
        rules=Rules(agree_in_params=False),
        bounds=[(0, 9), (None, 9)],
        param_resolutions=[1e-9, 1e-9],
        tolerances=(1e-6, 1e-6),
        random_seed=5,
        trace=True,
    )

    def changed() -> Minimizer:
        result = change(m)
        copied: Minimizer = pickle.loads(result) if isinstance(result, bytes) else result
        return copied

    before = changed()
    m.minimize(START)
    after = changed()
    assert results(after) == results(m)
    assert repr(after.trace) == repr(m.trace)
    before.minimize(START)
    assert results(before) == results(m)
    after.minimize_once(START)
    assert len(after.runs) == 1
    assert len(m.runs) > 1


def test_the_representation_says_how_it_went() -> None:
    m = Minimizer(bowl, 2)
    m.minimize(START)
    for part in ("SUCCESS", f"{m.function_value:.10g}", str(m.evaluations), "2 runs"):
        assert part in repr(m)


def high_dimensional(x: Any) -> float:
    """Rosenbrock's function: with 30 parameters no search of the simplex converges in time."""
    rest = x[:-1]
    return float((100.0 * (x[1:] - rest * rest) ** 2 + (1.0 - rest) ** 2).sum())


@pytest.mark.slow
@pytest.mark.parametrize(
    ("rules", "step"),
    [(FORMER, 1000), (without_later(independent_runs=False), 1000), (Rules(), 10)],
    ids=["own", "shared", "surfaces"],
)
def test_memory_stays_flat(rules: Rules, step: int) -> None:
    """Of an iteration only values are kept, for `save`; one with a surface has many points.

    What other threads keep meanwhile, such as those of a cluster, does not count.
    """
    here = tracemalloc.Filter(True, str(Path(minimizer.__file__).parent / "*"))
    sizes: dict[int, int] = {}
    told: dict[int, int] = {}

    def callback(record: Any) -> None:
        if record.iterations % step == 0:
            gc.collect()
            told[record.iterations] = record.evaluations
            kept = tracemalloc.take_snapshot().filter_traces([here]).statistics("filename")
            sizes[record.iterations] = sum(file.size for file in kept)
        if record.iterations == 10 * step:
            raise StopIteration

    m = Minimizer(high_dimensional, 30, rules=rules, max_iterations=30_000, callback=callback)
    tracemalloc.start()
    try:
        m.minimize_once(np.full(30, -1.0))
    finally:
        tracemalloc.stop()
    assert len(m.runs) == 1
    assert len(sizes) > 2
    last = max(sizes)
    assert sizes[last] - sizes[step] < 64 * 1024 + 40 * (told[last] - told[step])


@pytest.mark.parametrize("sizes", [[0.0, -0.1], [math.nan, 0.1]])
def test_imagejs_rules_take_any_numbers(sizes: list[float]) -> None:
    """A range that is no positive number becomes 0.01, as in ImageJ; the robust rules refuse it."""

    def bowl(p: Any) -> float:
        return float((p[0] - 1) ** 2 + (p[1] + 2) ** 2 + 5)

    m = Minimizer(bowl, rules="imagej")
    assert m.minimize([0.0, 0.0], sizes) is Status.SUCCESS
    np.testing.assert_allclose(m.params, [1, -2], atol=1e-3)
    assert m.minimize([math.inf, 0.0], [0.1, 0.1]) in tuple(Status)
    with pytest.raises(ValueError, match="initial_param_variations"):
        Minimizer(bowl).minimize([0.0, 0.0], sizes)
