"""Workers die, Ctrl-C is pressed, the machine goes down: as real processes."""

from __future__ import annotations

import os
import signal
import sys
import time
from pathlib import Path
from typing import Any

import joblib
import pytest
from parallel_cases import START, AbortsAt, DiesAt, SlowRosenbrock, rosenbrock, wait_for_calls
from processes import all_gone, finish, members, start

from minimizer import Minimizer, Status

pytestmark = pytest.mark.skipif(not sys.platform.startswith("linux"), reason="looks into /proc")


def expected() -> Minimizer:
    m = Minimizer(rosenbrock, n_jobs=1)
    m.minimize(START)
    return m


def workers_in(log: Path) -> list[int]:
    """Return the processes that called the function, in the order of their first calls."""
    lines = log.read_text(encoding="ascii").splitlines()
    return list(dict.fromkeys(int(line.split()[0]) for line in lines))


def calls_in(log: Path) -> list[str]:
    """Return the points at which the function was called."""
    return [line.split()[1] for line in log.read_text(encoding="ascii").splitlines()]


@pytest.mark.slow
def test_a_worker_that_is_killed_costs_one_evaluation(tmp_path: Path) -> None:
    log = tmp_path / "calls"
    script = start(
        """
        with joblib.parallel_config("loky"):
            m = Minimizer(SlowRosenbrock("calls"), n_jobs=2)
            m.minimize(START)
        print(repr(m))
        print(m.speculative_evaluations)
        """,
        tmp_path,
    )
    wait_for_calls(str(log))
    os.kill(workers_in(log)[0], signal.SIGKILL)
    (result, speculative), err = finish(script)
    assert result == repr(expected())
    assert "RuntimeWarning: a worker process died in run 0 (TerminatedWorkerError)" in err
    made = expected().evaluations + int(speculative)
    assert made <= len(calls_in(log)) <= made + 2
    assert script.pid not in workers_in(log)
    assert all_gone(script.pid)


@pytest.mark.slow
def test_a_function_that_kills_its_worker_is_reported() -> None:
    """It is not called in the parent, which would then be gone too."""
    m = Minimizer(rosenbrock, trace=True, n_jobs=1)
    m.minimize(START)
    assert isinstance(m.trace, list)
    m = Minimizer(DiesAt(m.trace[100].point), n_jobs=2)
    with (
        joblib.parallel_config("loky"),
        pytest.warns(RuntimeWarning, match="a worker process died in run 0"),
        pytest.raises(RuntimeError, match="died twice at evaluation 101 of run 0") as caught,
    ):
        m.minimize(START)
    assert m.evaluations == 100
    assert caught.value.best_value == m.function_value < rosenbrock(START)  # type: ignore[attr-defined]
    assert m.status is Status.ABORTED


@pytest.mark.slow
@pytest.mark.parametrize("interrupt", ["raise", "abort"])
@pytest.mark.parametrize("backend", ["threading", "loky"])
def test_ctrl_c_keeps_the_best_point(backend: str, interrupt: str, tmp_path: Path) -> None:
    log = tmp_path / "calls"
    script = start(
        f"""
        fun = SlowRosenbrock("calls", seconds=0.02)
        m = Minimizer(fun, n_jobs=2, interrupt={interrupt!r})
        with joblib.parallel_config({backend!r}):
            try:
                print(m.minimize(START))
            except KeyboardInterrupt as error:
                print("KeyboardInterrupt", error.best_value == m.function_value)
        print(m.status, m.function_value, m.evaluations)
        print([thread.name for thread in threading.enumerate() if "minimizer" in thread.name])
        """,
        tmp_path,
    )
    wait_for_calls(str(log))
    began = time.monotonic()
    os.killpg(script.pid, signal.SIGINT)  # as a terminal does: to all processes
    (how, what, threads), _ = finish(script)
    assert time.monotonic() - began < 30.0
    assert how == ("ABORTED" if interrupt == "abort" else "KeyboardInterrupt True")
    status, value, evaluations = what.split()
    assert status == "ABORTED"
    assert threads == "[]"
    calls = calls_in(log)
    # One call of each worker may have been interrupted before or after its line was written.
    assert abs(len(calls) - int(evaluations)) <= 2
    values = sorted(rosenbrock(point_of(call)) for call in calls)
    assert float(value) in values[:3]  # the two calls that were interrupted may be the best
    assert all_gone(script.pid)


def point_of(call: str) -> Any:
    import numpy as np

    return np.frombuffer(bytes.fromhex(call))


@pytest.mark.slow
def test_a_parent_that_is_killed_leaves_no_process(tmp_path: Path) -> None:
    log = tmp_path / "calls"
    script = start(
        """
        with joblib.parallel_config("loky"):
            Minimizer(SlowRosenbrock("calls", seconds=0.05), n_jobs=2).minimize(START)
        """,
        tmp_path,
    )
    wait_for_calls(str(log), workers=2)
    assert len(members(script.pid)) >= 3
    os.kill(script.pid, signal.SIGKILL)
    finish(script)
    assert all_gone(script.pid)
    assert len(calls_in(log)) < 100


@pytest.mark.slow
def test_an_exception_in_the_second_run_comes_with_the_best_of_both(tmp_path: Path) -> None:
    m = Minimizer(rosenbrock, trace=True, n_jobs=1)
    m.minimize(START)
    assert isinstance(m.trace, list)
    point = [e.point.tolist() for e in m.trace if e.run == 1][30]
    script = start(
        f"""
        from parallel_cases import FailsAt
        m = Minimizer(FailsAt({point!r}), n_jobs=2)
        with joblib.parallel_config("loky"):
            try:
                m.minimize(START)
            except ZeroDivisionError as error:
                print(error, error.best_value == m.function_value == m.runs[0].function_value)
                print([run.evaluations for run in m.runs], "in happen" in str(error.__cause__))
        """,
        tmp_path,
    )
    lines, _ = finish(script)
    assert lines == ["at this point True", f"[{m.runs[0].evaluations}, 31] True"]
    assert all_gone(script.pid)


@pytest.mark.slow
@pytest.mark.parametrize("backend", ["threading", "loky"])
@pytest.mark.parametrize("how", ["abort", "time budget"])
def test_a_stop_from_outside_reaches_all_workers_in_time(
    how: str, backend: str, tmp_path: Path
) -> None:
    """Under threads within one evaluation, under processes within a second."""
    import threading

    with joblib.parallel_config("loky"):  # processes start before the clock does
        joblib.Parallel(n_jobs=2)(joblib.delayed(abs)(i) for i in range(2))
    seconds = 0.3 if backend == "threading" else 60.0
    fun = SlowRosenbrock(str(tmp_path / "calls"), seconds)
    m = Minimizer(fun, n_jobs=2, max_seconds=0.7 if how == "time budget" else None)
    if how == "abort":
        threading.Timer(0.7, m.abort).start()
    began = time.monotonic()
    with joblib.parallel_config(backend):
        status = m.minimize(START)
    assert 0.7 <= time.monotonic() - began < 4.0
    assert status is (Status.ABORTED if how == "abort" else Status.MAX_SECONDS_EXCEEDED)
    assert m.evaluations == (0 if backend == "loky" else len(calls_in(tmp_path / "calls")))


@pytest.mark.slow
def test_a_dask_worker_that_is_killed_loses_nothing(cluster: Any, tmp_path: Path) -> None:
    """Neither a run of one minimization nor one of many minimizations."""
    import threading

    log = tmp_path / "calls"

    def kill_one() -> None:
        wait_for_calls(str(log))
        os.kill(workers_in(log)[0], signal.SIGKILL)

    threading.Thread(target=kill_one).start()
    with joblib.parallel_config("dask"):
        m = Minimizer(SlowRosenbrock(str(log), 0.01), n_jobs=2)
        m.minimize(START)
    assert repr(m) == repr(expected())
    assert len(workers_in(log)) >= 2


def test_abort_in_a_worker_process_is_that_of_the_minimizer() -> None:
    fun = AbortsAt(START)
    m = fun.minimizer = Minimizer(fun, n_jobs=2)
    with joblib.parallel_config("loky"):
        assert m.minimize(START) is Status.ABORTED
    assert m.evaluations <= 3


@pytest.mark.slow
def test_a_stop_reaches_dask_and_leaves_its_workers_usable(cluster: Any, tmp_path: Path) -> None:
    """A task that waited until its call was over ends at once."""
    with joblib.parallel_config("dask"):
        for _ in range(2):
            m = Minimizer(SlowRosenbrock(str(tmp_path / "calls"), 2.0), n_jobs=2, max_seconds=0.3)
            began = time.monotonic()
            assert m.minimize(START) is Status.MAX_SECONDS_EXCEEDED
            assert time.monotonic() - began < 1.8
        m = Minimizer(rosenbrock, n_jobs=2)
        m.minimize(START)
    assert repr(m) == repr(expected())
