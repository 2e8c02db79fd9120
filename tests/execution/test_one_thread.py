"""Unasked, the function is called from the caller's thread, one call after another."""

from __future__ import annotations

import json
import sqlite3
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import joblib
import numpy as np
import pytest
from scipy import optimize

from minimizer import Minimizer, Status, fmin, minimize, minimize_many, nelder_mead

START = [3.0, 3.0]


class Watched:
    """A quadratic that takes over a millisecond; notes its threads, and any call during another."""

    def __init__(self) -> None:
        self.threads: set[int] = set()
        self.under_way = 0
        self.overlaps = 0

    def __call__(self, x: Any, *args: Any) -> float:
        self.threads.add(threading.get_ident())
        self.under_way += 1
        self.overlaps += self.under_way > 1
        time.sleep(0.0012)
        self.under_way -= 1
        return float((x[0] - 1) ** 2 + 3 * (x[1] + 2) ** 2 + 5)


CALLS: dict[str, Callable[[Any, int | None], Any]] = {
    "Minimizer": lambda fun, n_jobs: Minimizer(fun, n_jobs=n_jobs).minimize(START),
    "minimize_once": lambda fun, n_jobs: Minimizer(fun, n_jobs=n_jobs).minimize_once(START),
    "minimize": lambda fun, n_jobs: minimize(fun, START, options={"n_jobs": n_jobs}),
    "fmin": lambda fun, n_jobs: fmin(fun, START, disp=False, n_jobs=n_jobs),
    "nelder_mead": lambda fun, n_jobs: nelder_mead(fun, START, n_jobs=n_jobs),
    "scipy's minimize": lambda fun, n_jobs: optimize.minimize(
        fun, START, method=nelder_mead, options={"n_jobs": n_jobs}
    ),
    "minimize_many": lambda fun, n_jobs: minimize_many(fun, START, (np.ones(2),), n_jobs=n_jobs),
}


@pytest.mark.parametrize("name", CALLS)
def test_the_function_is_called_from_the_thread_of_the_caller(name: str) -> None:
    fun = Watched()
    CALLS[name](fun, None)
    assert fun.threads == {threading.get_ident()}
    assert fun.overlaps == 0


@pytest.mark.parametrize("name", ["Minimizer", "minimize", "fmin", "nelder_mead"])
def test_a_second_thread_is_there_for_those_who_ask(name: str) -> None:
    """Else the test above would also pass where nothing is ever parallel."""
    fun = Watched()
    CALLS[name](fun, 2)
    assert len(fun.threads) == 2
    fun = Watched()
    with joblib.parallel_config("threading", n_jobs=2):
        CALLS[name](fun, None)
    assert len(fun.threads) == 2


def test_a_custom_metric_of_a_registration_is_called_from_the_thread_of_the_caller() -> None:
    from minimizer.registration import register

    threads = set()

    def metric(fixed: Any, moving: Any, weights: Any) -> float:
        threads.add(threading.get_ident())
        time.sleep(0.0012)
        return float(np.mean((fixed - moving) ** 2))

    blob = np.exp(-((np.indices((24, 24)) - 12) ** 2).sum(axis=0) / 30)
    register(blob, np.roll(blob, 2, axis=1), "translation", metric, search="local")
    assert threads == {threading.get_ident()}


def test_a_function_with_state_gets_the_right_answer() -> None:
    """It reads back what it has written itself, as a model object does."""
    state = {}

    def fun(x: Any) -> float:
        state["a"] = x[0]
        time.sleep(0.0012)
        return float((state["a"] - 1) ** 2 + 3 * (x[1] + 2) ** 2 + 5)

    x, value, _, calls, flag = fmin(fun, START, full_output=True, disp=False)
    assert np.allclose(x, [1, -2], atol=1e-4)
    assert value == pytest.approx(5.0)
    assert flag == 0
    assert calls < 300


def test_parameters_may_go_through_a_file(tmp_path: Path) -> None:
    """The usual way to calibrate an external program."""
    path = tmp_path / "params.json"

    def fun(x: Any) -> float:
        with path.open("w") as file:
            for part in json.dumps(x.tolist()).partition(","):
                file.write(part)
                file.flush()
                time.sleep(0.0004)
        a, b = json.loads(path.read_text())
        return float((a - 1) ** 2 + 3 * (b + 2) ** 2 + 5)

    assert minimize(fun, START).success


def test_a_connection_to_a_database_stays_in_its_thread() -> None:
    connection = sqlite3.connect(":memory:")

    def fun(x: Any) -> float:
        time.sleep(0.0012)
        a, b = connection.execute("select ?, ?", x.tolist()).fetchone()
        return float((a - 1) ** 2 + 3 * (b + 2) ** 2 + 5)

    try:
        assert Minimizer(fun).minimize(START) is Status.SUCCESS
    finally:
        connection.close()


def test_an_objective_may_need_the_main_thread() -> None:
    def fun(x: Any) -> float:
        assert threading.current_thread() is threading.main_thread()
        time.sleep(0.0012)
        return float((x[0] - 1) ** 2 + 5)

    assert Minimizer(fun).minimize([3.0]) is Status.SUCCESS
