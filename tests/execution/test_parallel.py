"""The two runs of a round side by side."""

from __future__ import annotations

import threading
from typing import Any

import joblib
import pytest
from problems import bowl
from scripted import Counted

from minimizer import Minimizer, Status

START = [5.0, 5.0]


class Meeting:
    """A function whose first two callers wait for each other; alone they give up waiting."""

    def __init__(self) -> None:
        self.barrier = threading.Barrier(2)
        self.met = False
        self.threads: set[int] = set()
        self._waiting = 2
        self._lock = threading.Lock()

    def __call__(self, x: Any) -> float:
        self.threads.add(threading.get_ident())
        with self._lock:
            waits, self._waiting = self._waiting > 0, self._waiting - 1
        if waits:
            try:
                self.barrier.wait(timeout=0.2 if self._alone else 10.0)
                self.met = True
            except threading.BrokenBarrierError:
                pass
        return bowl(x)

    _alone = False


def met(m: Minimizer) -> bool:
    assert isinstance(m.fun, Meeting)
    assert m.minimize(START) is Status.SUCCESS
    return m.fun.met


class Alone(Meeting):
    """The same where no second caller is expected."""

    _alone = True


def test_two_workers_make_the_runs_side_by_side() -> None:
    m = Minimizer(Meeting(), 2, n_jobs=2)
    assert met(m)
    assert len(m.fun.threads) == 2  # type: ignore[union-attr]


def test_joblib_s_own_setting_decides_by_default() -> None:
    with joblib.parallel_config(backend="threading", n_jobs=2):
        assert met(Minimizer(Meeting(), 2))
    with joblib.parallel_config(backend="threading", n_jobs=1):
        assert not met(Minimizer(Alone(), 2))


def test_a_function_that_cannot_be_pickled_is_named() -> None:
    seen = Counted(bowl)  # has a lock
    with joblib.parallel_config("loky", n_jobs=2):
        m = Minimizer(seen, 2)
        with pytest.raises(TypeError, match=r"fun <scripted.Counted .*cannot be pickled") as caught:
            m.minimize(START)
    assert "use threads: joblib.parallel_config('threading')" in str(caught.value)
    with joblib.parallel_config("threading", n_jobs=2):
        assert m.minimize(START) is Status.SUCCESS
    assert m.evaluations + m.speculative_evaluations == seen.calls


def test_the_setting_of_the_minimizer_goes_before_that_of_joblib() -> None:
    with joblib.parallel_config(backend="threading", n_jobs=1):
        assert met(Minimizer(Meeting(), 2, n_jobs=2))
    with joblib.parallel_config(backend="threading", n_jobs=2):
        assert not met(Minimizer(Alone(), 2, n_jobs=1))


@pytest.mark.parametrize(
    "settings",
    [{"rules": "imagej"}, {"schedule": "sequential"}, {"max_evaluations": 790}],
    ids=str,
)
def test_runs_that_depend_on_each_other_are_made_one_after_another(settings: Any) -> None:
    """In ImageJ's rules, in sequence, or with a budget that is under 400 n."""
    m = Minimizer(Alone(), 2, n_jobs=2, **settings)
    assert not met(m)


def test_one_run_of_a_fast_function_is_made_in_the_thread_of_the_caller() -> None:
    """One of a slow function gets workers, see `test_side_by_side`."""
    threads: set[int] = set()

    def fast(x: Any) -> float:
        threads.add(threading.get_ident())
        return bowl(x)

    Minimizer(fast, 2, n_jobs=2).minimize_once(START)
    assert threads == {threading.get_ident()}


def test_a_minimizer_works_in_joblib_s_workers() -> None:
    """Many problems at once, each of them in one thread."""

    def solve(offset: float) -> float:
        m = Minimizer(lambda x: bowl(x) + offset, 2)
        m.minimize(START)
        return m.function_value

    values = joblib.Parallel(n_jobs=2, backend="threading")(
        joblib.delayed(solve)(float(i)) for i in range(8)
    )
    assert values == pytest.approx([7.0 + i for i in range(8)], abs=1e-8)
