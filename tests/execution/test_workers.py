"""When to go parallel, with how many workers, and what reaches them."""

from __future__ import annotations

import sys
import threading
import time
from pathlib import Path
from typing import Any

import joblib
import numpy as np
import pytest
from parallel_cases import START, noise, rosenbrock
from processes import finish, start

from minimizer import Minimizer, Status
from minimizer.execution.pools import Workers, choose


def test_a_configuration_of_joblib_is_followed() -> None:
    assert choose(None).number == 1
    assert choose(1).number == 1
    assert choose(3) == Workers(3, share_memory=True)
    for backend, shares in (("threading", True), ("loky", False)):
        with joblib.parallel_config(backend, n_jobs=3):
            assert choose(None) == Workers(3, shares)
            assert choose(2) == Workers(2, shares)
        with joblib.parallel_config(backend):
            assert choose(2) == Workers(2, shares)
    with joblib.parallel_config(n_jobs=2):
        assert choose(None) == Workers(2, share_memory=True)
    with joblib.parallel_config(n_jobs=1):
        assert choose(None).number == 1


@pytest.mark.parametrize("backend", ["threading", "loky"])
def test_in_a_worker_of_joblib_a_minimizer_stays_alone(backend: str) -> None:
    found = joblib.Parallel(n_jobs=2, backend=backend)(
        joblib.delayed(lambda: choose(None).number)() for _ in range(2)
    )
    assert found == [1, 1]


def test_a_minimizer_inside_the_function_of_another_stays_alone() -> None:
    found = []

    def fun(x: Any) -> float:
        time.sleep(0.002)
        found.append(choose(None))
        return rosenbrock(x)

    with joblib.parallel_config("threading", n_jobs=2):
        Minimizer(fun, max_evaluations=900).minimize(START)
    assert {workers.number for workers in found[20:]} == {1}


def test_a_function_may_use_joblib_itself() -> None:
    def fun(x: Any) -> float:
        parts = joblib.Parallel()(joblib.delayed(pow)(xi - 1.0, 2) for xi in x)
        return float(sum(parts))

    with joblib.parallel_config("threading", n_jobs=2):
        assert Minimizer(fun).minimize(START) is Status.SUCCESS


def test_many_minimizations_in_processes() -> None:
    def solve(seed: int) -> str:
        m = Minimizer(rosenbrock, random_seed=seed)
        m.minimize(START)
        return repr(m)

    found = joblib.Parallel(n_jobs=2)(joblib.delayed(solve)(seed) for seed in range(4))
    assert found == [solve(seed) for seed in range(4)]


@pytest.mark.slow
def test_many_minimizations_on_dask(cluster: Any) -> None:
    def solve(seed: int) -> str:
        m = Minimizer(rosenbrock, random_seed=seed)
        m.minimize(START)
        return repr(m)

    with joblib.parallel_config("dask"):
        found = joblib.Parallel()(joblib.delayed(solve)(seed) for seed in range(4))
    assert found == [solve(seed) for seed in range(4)]


@pytest.mark.slow
def test_images_reach_processes_as_read_only_maps() -> None:
    pytest.importorskip("scipy")
    from scipy import ndimage

    from minimizer.registration import RegistrationCost

    scene = ndimage.gaussian_filter(np.random.default_rng(0).random((64, 64)), 3)
    cost = RegistrationCost(scene, np.roll(scene, 2, axis=0), transform="translation")

    def checked(x: Any) -> float:
        image = cost.comparison.pair.moving
        assert isinstance(image, np.memmap)
        assert not image.flags.writeable
        return cost(x)

    expected = Minimizer(cost, cost.n_params, n_jobs=1, max_evaluations=800)
    expected.minimize(cost.identity, cost.variations)
    m = Minimizer(checked, cost.n_params, n_jobs=2, max_evaluations=800)
    with joblib.parallel_config("loky", max_nbytes=1000):  # by default from 1 MB on
        m.minimize(cost.identity, cost.variations)
    assert repr(m) == repr(expected)


def test_what_the_function_keeps_stays_in_the_worker_but_counts_and_events_arrive() -> None:
    kept: list[int] = []
    events: list[int] = []

    def fun(x: Any) -> float:
        kept.append(1)
        return rosenbrock(x)

    def callback(record: Any) -> None:
        assert threading.current_thread() is threading.main_thread()
        events.append(record.iterations)

    m = Minimizer(fun, n_jobs=2, callback=callback, trace=True)
    with joblib.parallel_config("loky"):
        m.minimize(START)
    assert kept == []
    assert isinstance(m.trace, list)
    assert len(m.trace) == m.evaluations
    assert len(events) == m.iterations


def test_an_exception_that_cannot_be_pickled_arrives_in_words() -> None:
    class OddError(Exception):
        def __init__(self, one: int, two: int) -> None:
            super().__init__("odd")
            self.lock = threading.Lock()

    def fun(x: Any) -> float:
        raise OddError(1, 2)

    with joblib.parallel_config("loky"), pytest.raises(RuntimeError, match="OddError: odd"):
        Minimizer(fun, n_jobs=2).minimize(START)


def test_without_a_temporary_directory_answers_come_at_the_end(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """As they do from workers on other machines."""

    def refuse(**_: Any) -> str:
        raise OSError("no space")

    monkeypatch.setattr("tempfile.mkdtemp", refuse)
    expected = Minimizer(noise, n_jobs=1)
    expected.minimize(START)
    m = Minimizer(noise, n_jobs=2)
    monkeypatch.setattr("minimizer.execution.executor.tempfile.mkdtemp", refuse)
    with joblib.parallel_config("loky"):
        m.minimize(START)
    assert repr(m) == repr(expected)


LEAKS = """
    import gc
    def resident():
        pages = int(open("/proc/self/statm").read().split()[1])
        return pages * os.sysconf("SC_PAGE_SIZE")
    def kept():
        gc.collect()
        return resident(), threading.active_count(), len(os.listdir("/proc/self/fd"))
    warnings.simplefilter("ignore")
    m = Minimizer(lambda x: float(x[0] ** 2), n_jobs=2)
    with joblib.parallel_config({backend!r}):
        for _ in range(50):
            m.minimize([1.0])
        before = kept()
        for _ in range({times}):
            m.minimize([1.0])
        after = kept()
    assert m.status is Status.SUCCESS
    print(after[0] - before[0] < 5e6, after[1] - before[1], after[2] - before[2])
"""


@pytest.mark.slow
@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="looks into /proc")
@pytest.mark.parametrize(("backend", "times"), [("threading", 1000), ("loky", 30)])
def test_a_thousand_minimizations_leave_nothing_behind(
    backend: str, times: int, tmp_path: Path
) -> None:
    """In memory, threads and file descriptors."""
    lines, err = finish(start(LEAKS.format(backend=backend, times=times), tmp_path), 60.0)
    assert lines == ["True 0 0"], err
