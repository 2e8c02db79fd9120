"""Each status code is provoked, under both rule sets, and says in words what to do."""

from __future__ import annotations

import math
import pickle
import time
from typing import Any

import pytest
from problems import bowl, wavy
from scripted import NAN, Counted

from minimizer import Minimizer, Move, Rules, Status

BOTH = pytest.mark.parametrize("rules", ["imagej", "robust"])


def constant_then_nan(calls: int) -> Counted:
    """Return a function that is 1.0 for so many calls, and NaN from then on."""
    seen = Counted(lambda x: 1.0 if seen.calls < calls else NAN)
    return seen


@BOTH
@pytest.mark.parametrize("method", ["minimize", "minimize_once"])
def test_0_success(rules: str, method: str) -> None:
    m = Minimizer(bowl, 2, rules=rules)
    assert getattr(m, method)([5.0, 5.0]) is Status.SUCCESS
    assert m.status is Status.SUCCESS
    assert int(m.status) == 0
    assert m.params == pytest.approx([1.0, 2.0], abs=1e-4)
    assert m.function_value == pytest.approx(7.0, abs=1e-8)
    runs = 2 if method == "minimize" else 1
    assert m.completed_minimizations == len(m.runs) == runs


@BOTH
@pytest.mark.parametrize("method", ["minimize", "minimize_once"])
def test_1_initialization_failure(rules: str, method: str) -> None:
    """NaN everywhere: 50 n² evaluations, and in ImageJ that many besides the start of each run."""
    m = Minimizer(lambda x: NAN, 2, rules=rules)
    assert getattr(m, method)([5.0, 5.0]) is Status.INITIALIZATION_FAILURE
    assert int(Status.INITIALIZATION_FAILURE) == 1
    assert math.isnan(m.function_value)
    assert m.params.shape == (2,)
    assert all(math.isnan(param) for param in m.params)
    expected = 200 if rules == "robust" else 201 * len(m.runs)
    assert m.evaluations == m.nan_evaluations == expected
    assert m.completed_minimizations == 0
    assert "NaN" in m.message
    assert "initial_param_variations" in m.message


def test_1_initialization_failure_keeps_the_best_point_seen_in_the_robust_rules() -> None:
    """The start is valid, but no other vertex is."""
    m = Minimizer(lambda x: 3.0 if x[0] == 5.0 else NAN, 1)
    assert m.minimize([5.0]) is Status.INITIALIZATION_FAILURE
    assert m.function_value == 3.0
    assert m.params.tolist() == [5.0]


@BOTH
@pytest.mark.parametrize("method", ["minimize", "minimize_once"])
def test_2_aborted(rules: str, method: str) -> None:
    def fun(x: Any) -> float:
        if seen.calls == 20:
            m.abort()
        return wavy(x)

    seen = Counted(fun)
    m = Minimizer(seen, 2, rules=rules)
    assert getattr(m, method)([10.0, 5.0]) is Status.ABORTED
    assert int(Status.ABORTED) == 2
    assert m.function_value == min(seen.values)
    assert 21 <= m.evaluations == seen.calls <= 25
    assert "best point so far" in m.message


def calls_of_a_search(rules: str) -> int:
    """Return how many calls a first search takes where all is constant; the last is the centre."""
    m = Minimizer(lambda x: 1.0, 2, rules=rules, trace=True)
    m.minimize_once([5.0, 5.0])
    assert isinstance(m.trace, list)
    return [e.move for e in m.trace].index(Move.CENTRE) + 1


@BOTH
def test_3_reinitialization_failure(rules: str) -> None:
    """A constant has converged, in ImageJ after six calls; then no new simplex can be made."""
    calls = calls_of_a_search(rules)
    assert calls == 6 or rules == "robust"
    seen = constant_then_nan(calls)
    m = Minimizer(seen, 2, rules=rules)
    assert m.minimize_once([5.0, 5.0]) is Status.REINITIALIZATION_FAILURE
    assert int(Status.REINITIALIZATION_FAILURE) == 3
    assert m.function_value == 1.0
    more = seen.calls - calls
    assert more == 201 or (rules == "robust" and more > 201)  # probes of its size come first
    assert m.completed_minimizations == 0
    assert "another start" in m.message


@BOTH
def test_3_reinitialization_failure_of_an_unconfirmed_run(rules: str) -> None:
    m = Minimizer(constant_then_nan(calls_of_a_search(rules)), 2, rules=rules, max_restarts=0)
    assert m.minimize([5.0, 5.0]) is Status.REINITIALIZATION_FAILURE
    assert len(m.runs) == 1


@BOTH
@pytest.mark.parametrize("method", ["minimize", "minimize_once"])
def test_4_max_iterations_exceeded(rules: str, method: str) -> None:
    """In ImageJ's rules each search ends after 4 (5 // 10) + 1 iterations; six runs are made."""
    m = Minimizer(bowl, 2, rules=rules, max_iterations=5)
    assert getattr(m, method)([500.0, 500.0]) is Status.MAX_ITERATIONS_EXCEEDED
    assert int(Status.MAX_ITERATIONS_EXCEEDED) == 4
    iterations = {("imagej", "minimize"): 6, ("imagej", "minimize_once"): 1}
    assert m.iterations == iterations.get((rules, method), 5)
    assert math.isfinite(m.function_value)
    assert "Raise max_iterations" in m.message


@BOTH
@pytest.mark.parametrize(("schedule", "runs"), [("pairs", 6), ("sequential", 6)])
def test_5_max_restarts_exceeded(rules: str, schedule: str, runs: int) -> None:
    m = Minimizer(wavy, 2, rules=rules, schedule=schedule)
    assert m.minimize([10.0, 5.0]) is Status.MAX_RESTARTS_EXCEEDED
    assert int(Status.MAX_RESTARTS_EXCEEDED) == 5
    assert len(m.runs) == runs
    values = sorted(run.function_value for run in m.runs)
    assert m.function_value == values[0]
    assert "Raise max_restarts" in m.message
    assert f"{values[0]:.6g}" in m.message
    assert f"{values[1]:.6g}" in m.message


@BOTH
@pytest.mark.parametrize("method", ["minimize", "minimize_once"])
def test_6_max_evaluations_exceeded(rules: str, method: str) -> None:
    seen = Counted(bowl)
    m = Minimizer(seen, 2, rules=rules, max_evaluations=20)
    assert getattr(m, method)([5.0, 5.0]) is Status.MAX_EVALUATIONS_EXCEEDED
    assert int(Status.MAX_EVALUATIONS_EXCEEDED) == 6
    assert m.evaluations == seen.calls == 20
    assert m.function_value == min(seen.values)
    assert "Raise max_evaluations" in m.message


@BOTH
@pytest.mark.parametrize("method", ["minimize", "minimize_once"])
def test_7_max_seconds_exceeded(rules: str, method: str) -> None:
    def slow(x: Any) -> float:
        time.sleep(0.002)
        return wavy(x)

    seen = Counted(slow)
    m = Minimizer(seen, 2, rules=rules, max_seconds=0.1)
    began = time.monotonic()
    assert getattr(m, method)([10.0, 5.0]) is Status.MAX_SECONDS_EXCEEDED
    assert 0.1 <= time.monotonic() - began < 5.0
    assert int(Status.MAX_SECONDS_EXCEEDED) == 7
    assert 2 <= m.evaluations == seen.calls <= 100  # two threads
    assert m.function_value == min(seen.values)
    assert "Raise max_seconds" in m.message


@pytest.mark.parametrize("status", list(Status))
def test_every_status_has_a_name_and_a_message_of_its_own(status: Status) -> None:
    assert str(status) == status.name
    assert status.message.endswith(".")
    assert [other.message for other in Status].count(status.message) == 1
    assert Status(int(status)) is pickle.loads(pickle.dumps(status)) is status


def test_every_status_has_a_code_of_its_own_here_and_for_scipy() -> None:
    """No row may repeat a code; SciPy's 0, 1 and 2 have its words, and it has no others."""
    assert [int(status) for status in Status] == list(range(len(Status.__members__)))
    codes = {status.name: status.scipy_code for status in Status}
    assert codes == {
        "SUCCESS": 0,
        "MAX_EVALUATIONS_EXCEEDED": 1,
        "MAX_ITERATIONS_EXCEEDED": 2,
        "INITIALIZATION_FAILURE": 3,
        "ABORTED": 4,
        "REINITIALIZATION_FAILURE": 5,
        "MAX_RESTARTS_EXCEEDED": 6,
        "MAX_SECONDS_EXCEEDED": 7,
        "FUNCTION_FAILURE": 8,
        "UNBOUNDED": 9,
        "SINGULAR": 10,
        "RUNAWAY": 11,
        "EDGE": 12,
        "STALLED": 13,
        "TOLERANCE_REACHED": 14,
    }
    words = {status.scipy_code: status.scipy_message for status in Status if status.scipy_message}
    assert words == {
        0: "Optimization terminated successfully.",
        1: "Maximum number of function evaluations has been exceeded.",
        2: "Maximum number of iterations has been exceeded.",
    }


def test_before_a_call_there_is_no_status() -> None:
    m = Minimizer(bowl, 2)
    assert m.status is None
    assert m.message == "No minimization has ended yet."
    assert m.runs == []
    assert m.evaluations == m.iterations == m.nan_evaluations == m.completed_minimizations == 0
    assert m.params.shape == (2,)
    assert all(math.isnan(param) for param in m.params)
    assert math.isnan(m.function_value)
    assert "not run" in repr(m)


def test_during_a_call_there_is_no_status() -> None:
    seen: list[Any] = []
    m = Minimizer(bowl, 2, callback=lambda record: seen.append((m.status, m.message)))
    m.minimize([5.0, 5.0])
    assert set(seen) == {(None, "No minimization has ended yet.")}


def test_the_message_of_disagreeing_runs_leaves_out_runs_without_a_result() -> None:
    """The first run ends at 1, the second finds nothing, and the others end at 3 and more."""
    calls_of_runs: list[int] = []

    def fun(x: Any) -> float:
        if x[0] == 5.0:
            calls_of_runs.append(0)
        if len(calls_of_runs) == 2:
            return NAN
        return float(len(calls_of_runs))

    m = Minimizer(fun, 1, rules=Rules(agree_in_params=False))
    assert m.minimize([5.0]) is Status.MAX_RESTARTS_EXCEEDED
    assert [run.function_value for run in m.runs[2:]] == [3.0, 4.0, 5.0, 6.0]
    assert "1 and 3" in m.message
    assert "nan" not in m.message
