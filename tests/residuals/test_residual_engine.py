"""`LevenbergMarquardt` and the machinery that evaluates: abort, budgets, traces, interrupts."""

from __future__ import annotations

import pickle
import time
from typing import Any

import numpy as np
import pytest

from minimizer import Evaluation, LevenbergMarquardt, Status
from minimizer.levenberg_marquardt.moves import Move

T = np.linspace(0.0, 2.0, 25)
Y = 2.0 * np.exp(-1.5 * T) + 0.3 + 0.02 * np.sin(31.0 * T)
START = [1.0, 1.0, 0.0]


def decay(p: Any) -> Any:
    return p[0] * np.exp(-p[1] * T) + p[2] - Y


def test_abort_keeps_the_best() -> None:
    seen: list[Any] = []

    def fun(p: Any) -> Any:
        seen.append(p.copy())
        if len(seen) == 11:
            lm.abort()
        return decay(p)

    lm = LevenbergMarquardt(fun)
    assert lm.minimize(START) is Status.ABORTED
    assert len(seen) == lm.evaluations == 11
    costs = [0.5 * float(decay(p) @ decay(p)) for p in seen]
    assert costs[0] > lm.cost >= min(costs)

    early = LevenbergMarquardt(decay)
    early.abort()
    assert early.minimize(START) is Status.ABORTED


def test_a_time_limit() -> None:
    def slow(p: Any) -> Any:
        time.sleep(0.02)
        return decay(p)

    lm = LevenbergMarquardt(slow, max_seconds=0.05)
    assert lm.minimize(START) is Status.MAX_SECONDS_EXCEEDED
    assert 1 <= lm.evaluations < 20


def test_ctrl_c_has_the_best_point() -> None:
    calls = 0

    def fun(p: Any) -> Any:
        nonlocal calls
        calls += 1
        if calls == 9:
            raise KeyboardInterrupt
        return decay(p)

    with pytest.raises(KeyboardInterrupt) as caught:
        LevenbergMarquardt(fun).minimize(START)
    assert np.isfinite(caught.value.best_params).all()  # type: ignore[attr-defined]


def test_the_trace_has_every_evaluation_and_why() -> None:
    lm = LevenbergMarquardt(decay, trace=True)
    lm.minimize(START)
    assert isinstance(lm.trace, list)
    assert len(lm.trace) == lm.evaluations
    assert all(isinstance(each, Evaluation) for each in lm.trace)
    assert lm.trace[0].move is Move.START
    assert [each.move for each in lm.trace[1:4]] == [Move.JACOBIAN] * 3
    for each in lm.trace:
        assert each.value.tolist() == decay(each.point).tolist()


def test_a_callback_sees_every_iteration() -> None:
    costs: list[float] = []
    lm = LevenbergMarquardt(decay, callback=lambda record: costs.append(record.function_value))
    lm.minimize(START)
    assert len(costs) >= 3
    assert costs == sorted(costs, reverse=True)
    assert costs[-1] == lm.cost


def test_results_can_be_pickled() -> None:
    lm = LevenbergMarquardt(decay)
    lm.minimize(START)
    other = pickle.loads(pickle.dumps(lm))
    assert other.params.tolist() == lm.params.tolist()
    assert other.status is Status.SUCCESS


def test_the_function_may_keep_or_change_its_array() -> None:
    def changes(p: Any) -> Any:
        r = decay(p)
        p[:] = np.nan
        return r

    lm, plain = LevenbergMarquardt(changes), LevenbergMarquardt(decay)
    assert lm.minimize(START) is plain.minimize(START)
    assert lm.params.tolist() == plain.params.tolist()


def test_results_before_a_call() -> None:
    lm = LevenbergMarquardt(decay)
    assert lm.status is None
    assert lm.message == "No minimization has ended yet."
    with pytest.raises(RuntimeError, match="call minimize first"):
        _ = lm.params
    with pytest.raises(RuntimeError, match="ask"):
        lm.tell([1.0])


def test_a_wrong_value_may_be_told_again() -> None:
    lm = LevenbergMarquardt(None)
    point = lm.ask(START)
    assert point is not None
    with pytest.raises(TypeError, match="None"):
        lm.tell(None)
    lm.tell(decay(point))
    assert lm.ask() is not None


def test_inside_itself_it_is_refused() -> None:
    def fun(p: Any) -> Any:
        lm.minimize(START)
        return decay(p)

    lm = LevenbergMarquardt(fun)
    with pytest.raises(RuntimeError, match="under way"):
        lm.minimize(START)
