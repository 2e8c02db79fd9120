"""After a kill, the same call with a cached cost goes on where it was."""

from __future__ import annotations

import os
import signal
import sys
import warnings
from pathlib import Path
from typing import Any

import joblib
import numpy as np
import pytest
from parallel_cases import START, logged, rosenbrock, wait_for_calls
from processes import all_gone, finish, start

from minimizer import Minimizer, Status

linux = pytest.mark.skipif(not sys.platform.startswith("linux"), reason="looks into /proc")


def expected() -> Minimizer:
    m = Minimizer(rosenbrock, n_jobs=1, trace=True)
    m.minimize(START)
    return m


def of_both_runs() -> set[str]:
    """Return the points, as they are logged, with which both runs begin: start and probes."""
    trace = expected().trace
    assert isinstance(trace, list)
    points: list[set[str]] = [
        {e.point.tobytes().hex() for e in trace if e.run == run} for run in (0, 1)
    ]
    assert np.array(START).tobytes().hex() in points[0] & points[1]
    return points[0] & points[1]


def lines_of(log: Path) -> list[str]:
    return [line.split()[1] for line in log.read_text(encoding="ascii").splitlines()]


SCRIPT = """
    from parallel_cases import logged
    memory = joblib.Memory("cache", verbose=0, compress=True)
    cost = memory.cache(logged, ignore=["log", "seconds"])
    m = Minimizer(cost, args=("calls", 0.002), n_jobs={n_jobs})
    with joblib.parallel_config({backend!r}):
        m.minimize(START)
    print(repr(m))
"""


@pytest.mark.slow
@linux
@pytest.mark.parametrize(
    ("backend", "n_jobs"), [("threading", 1), ("threading", 2), ("loky", 2)], ids=str
)
def test_no_finished_evaluation_is_repeated_after_a_kill(
    backend: str, n_jobs: int, tmp_path: Path
) -> None:
    log = tmp_path / "calls"
    body = SCRIPT.format(backend=backend, n_jobs=n_jobs)
    script = start(body, tmp_path)
    wait_for_calls(str(log), workers=n_jobs if backend == "loky" else 1)
    os.kill(script.pid, signal.SIGKILL)
    finish(script)
    assert all_gone(script.pid)
    before = len(lines_of(log))

    script = start(body, tmp_path)
    (result,), err = finish(script)
    assert result == repr(expected())
    assert err == ""
    calls = lines_of(log)
    assert 0 < before < len(calls)
    both = of_both_runs()
    of_one_run = [call for call in calls if call not in both]
    assert len(of_one_run) - len(set(of_one_run)) <= n_jobs  # under way when the kill came
    assert all_gone(script.pid)


@pytest.mark.slow
def test_the_same_call_again_evaluates_nothing(tmp_path: Path) -> None:
    log = tmp_path / "calls"
    cost = joblib.Memory(tmp_path, verbose=0).cache(logged, ignore=["log"])
    m = Minimizer(cost, args=(str(log),), n_jobs=1)  # so that nothing is evaluated ahead
    assert m.minimize(START) is Status.SUCCESS
    first, calls = repr(m), len(lines_of(log))
    assert m.evaluations - calls == len(of_both_runs())
    assert m.minimize(START) is Status.SUCCESS
    assert (repr(m), len(lines_of(log))) == (first, calls)


def damaged(data: bytes) -> list[bytes]:
    """Return an entry with each of its bytes changed in turn, and cut off at each length."""
    changed = [data[:i] + bytes([data[i] ^ 0x10]) + data[i + 1 :] for i in range(len(data))]
    return changed + [data[:i] for i in range(len(data))]


def test_a_corrupt_entry_is_computed_again(tmp_path: Path, capsys: Any) -> None:
    """With ``compress=True`` there is a checksum; without, a changed digit would be believed."""
    log = tmp_path / "calls"
    cost = joblib.Memory(tmp_path, verbose=0, compress=True).cache(logged, ignore=["log"])
    x = np.array(START)
    value = cost(x, str(log))
    (entry,) = tmp_path.rglob("output.pkl")
    whole = entry.read_bytes()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # joblib tells what it could not read
        for data in damaged(whole):
            entry.write_bytes(data)
            assert cost(x, str(log)) == value
    assert len(lines_of(log)) > len(whole)


@pytest.mark.slow
def test_a_corrupt_cache_changes_no_result(tmp_path: Path) -> None:
    log = tmp_path / "calls"
    cost = joblib.Memory(tmp_path, verbose=0, compress=True).cache(logged, ignore=["log"])
    m = Minimizer(cost, args=(str(log),), n_jobs=1)
    m.minimize(START)
    rng = np.random.default_rng(0)
    for entry in sorted(tmp_path.rglob("output.pkl"))[::50]:
        data = bytearray(entry.read_bytes())
        data[int(rng.integers(len(data)))] ^= 1 << int(rng.integers(8))
        entry.write_bytes(data)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        m.minimize(START)
    assert repr(m) == repr(expected())


@pytest.mark.slow
@linux
@pytest.mark.parametrize(("backend", "n_jobs"), [("threading", 1), ("loky", 2)], ids=str)
def test_a_full_disk_costs_the_cache_but_not_the_result(
    backend: str, n_jobs: int, tmp_path: Path
) -> None:
    """Neither the cache nor the files through which processes tell their answers can be written."""
    script = start(
        f"""
        from parallel_cases import on_a_disk_that_fills_up
        memory = joblib.Memory("cache", verbose=0, compress=True)
        m = Minimizer(memory.cache(on_a_disk_that_fills_up), n_jobs={n_jobs})
        with joblib.parallel_config({backend!r}):
            m.minimize(START)
        print(repr(m))
        """,
        tmp_path,
    )
    (result,), err = finish(script)
    assert result == repr(expected())
    assert "CacheWarning" in err
    assert all_gone(script.pid)
