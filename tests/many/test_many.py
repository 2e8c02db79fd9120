"""Many problems at once: each gives what it gives alone, and none stops the others."""

from __future__ import annotations

import math
import os
import pickle
import signal
import threading
import time
from typing import Any

import joblib
import numpy as np
import pytest
from scripted import bits

from minimizer import ManyResults, Minimizer, Status, minimize_many

numba = pytest.importorskip("numba")

RANDOM = np.random.default_rng(1)
T = np.linspace(0.0, 3.0, 12)
TRUE = RANDOM.uniform([1.0, 0.5, 0.0], [5.0, 2.0, 1.0], (40, 3))
Y = TRUE[:, :1] * np.exp(-TRUE[:, 1:2] * T) + TRUE[:, 2:] + RANDOM.normal(0.0, 0.02, (40, 12))
TIMES = np.broadcast_to(T, Y.shape)
START = [2.0, 1.0, 0.5]


@numba.njit
def decay(params, y, t):  # type: ignore[no-untyped-def]
    s = 0.0
    for i in range(len(y)):
        d = params[0] * math.exp(-params[1] * t[i]) + params[2] - y[i]
        s += d * d
    return s


def decay_in_python(params: Any, y: Any, t: Any) -> float:
    return float(decay(params, y, t))


SETTINGS: list[dict[str, Any]] = [
    {},
    {"bounds": [(0.0, 4.0), (0.8, 3.0), (-1.0, 1.0)]},
    {"rules": "imagej", "random_seed": 7},
    {"schedule": "sequential", "max_evaluations": 300},
    {"max_evaluations": 1500, "random_seed": -3},
    {"rules": "imagej", "max_iterations": 200, "schedule": "sequential"},
    {"max_restarts": 0, "max_iterations": 150},
    {"tolerances": (1e-4, 1e-6), "extra_array_elements": 1},
    {"initial_param_variations": [0.5, 0.1, 0.1]},
]


@numba.njit
def remembers(x, a):  # type: ignore[no-untyped-def]
    before = x[1]  # what was written when this vertex was last evaluated
    x[1] = before + 1.0
    return (x[0] - a) ** 2 + 1e-3 * before


@pytest.mark.parametrize("rules", ["robust", "imagej"])
def test_no_extra_element_is_left_from_another_run(rules: str) -> None:
    """The function reads what it wrote; in a new run, and a new problem, that begins with zeros."""
    settings: dict[str, Any] = {"extra_array_elements": 1, "rules": rules, "max_evaluations": 300}
    places = np.array([1.0, -2.0, 3.0, 0.5])
    compiled = minimize_many(remembers, [0.0], (places,), n_jobs=1, **settings)
    python = minimize_many(lambda x, a: remembers(x, a), [0.0], (places,), **settings)
    assert bits(compiled.params.ravel()) == bits(python.params.ravel())
    assert compiled.counts.tolist() == python.counts.tolist()


@pytest.mark.slow
@pytest.mark.parametrize("settings", SETTINGS)
def test_each_problem_gives_what_it_gives_alone(settings: dict[str, Any]) -> None:
    several = [minimize_many(decay, START, (Y, TIMES), n_jobs=k, **settings) for k in (1, 2)]
    several.append(minimize_many(decay_in_python, START, (Y[:9], TIMES[:9]), **settings))
    backwards = minimize_many(decay, START, (Y[::-1], TIMES), **settings)
    alone = dict(settings)
    sizes = alone.pop("initial_param_variations", None)
    for i in range(len(Y)):
        m = Minimizer(decay_in_python, 3, args=(Y[i], T), **alone)
        m.minimize(START, sizes)
        for result in several:
            if i < len(result):
                check(result, i, m)
        check(backwards, len(Y) - 1 - i, m)


def check(result: ManyResults, i: int, m: Minimizer) -> None:
    assert result.status[i] == m.status
    assert bits(result.params[i]) == bits(m.params)
    assert bits([result.function_value[i]]) == bits([m.function_value])
    assert (result.iterations[i], result.evaluations[i]) == (m.iterations, m.evaluations)


@numba.njit
def picky(x, kind):  # type: ignore[no-untyped-def]
    if kind == 1:
        raise ValueError("no")
    if kind == 2:
        return math.nan
    return (x[0] - kind) ** 2 + 1.0


@pytest.mark.slow
@pytest.mark.parametrize("fun", [picky, lambda x, kind: picky(x, kind)])
def test_a_problem_that_fails_does_not_stop_the_others(fun: Any) -> None:
    result = minimize_many(fun, [0.5], (np.array([0.0, 1.0, 2.0, 3.0]),))
    wanted = [Status.SUCCESS, Status.FUNCTION_FAILURE, Status.INITIALIZATION_FAILURE, 0]
    assert result.status.tolist() == wanted
    assert result.success.tolist() == [True, False, False, True]
    assert np.isnan(result.params[1:3]).all()
    assert result.params[[0, 3], 0] == pytest.approx([0.0, 3.0], abs=1e-4)
    assert result.evaluations[1] == 1
    assert repr(result) == (
        "<ManyResults: 4 problems, SUCCESS 2, INITIALIZATION_FAILURE 1, FUNCTION_FAILURE 1>"
    )


@pytest.mark.parametrize(
    ("fun", "why"),
    [(lambda x: x, "it returns ndarray"), (lambda x: x[5], "it raises IndexError: index 5")],
)
def test_a_function_that_fails_everywhere_says_why(fun: Any, why: str) -> None:
    with pytest.warns(RuntimeWarning, match=f"fun fails for all problems; for the first {why}"):
        result = minimize_many(fun, np.zeros((3, 2)))
    assert (result.status == Status.FUNCTION_FAILURE).all()


def test_what_cannot_be_compiled_is_said_once_for_all_problems() -> None:
    items = np.array([1, 2, 3], object)
    with pytest.warns(RuntimeWarning) as warned:
        result = minimize_many(picky, [0.5], (items + 3,))
    assert [str(one.message)[:45] for one in warned] == [
        "numba cannot compile fun for these arguments "
    ]
    assert result.params[:, 0] == pytest.approx([4.0, 5.0, 6.0], abs=1e-4)


@pytest.mark.slow
@pytest.mark.parametrize("compiled", [True, False])
def test_time_limit_for_all_together(compiled: bool) -> None:
    k, settings = np.arange(6.0), {"max_iterations": 10**12, "n_jobs": 1}
    args = k[:2], np.zeros((2, 1))
    minimize_many(endless, [0.5], args, **settings)  # type: ignore[arg-type]
    fun = endless if compiled else (lambda *given: endless(*given))
    began = time.monotonic()
    result = minimize_many(
        fun,
        [0.5],
        (k, np.zeros((6, 1))),
        max_seconds=0.5,
        **settings,  # type: ignore[arg-type]
    )
    assert time.monotonic() - began < 10
    assert result.status.tolist() == [0, 0] + [Status.MAX_SECONDS_EXCEEDED] * 4
    assert result.evaluations[2] > 0
    assert np.isfinite(result.params[2]).all()
    assert result.evaluations[3:].tolist() == [0, 0, 0]
    assert np.isnan(result.params[3:]).all()


@pytest.mark.slow
def test_arguments_of_many_kinds() -> None:
    """In any layout and of any type, each problem gets what it would get alone."""
    a, k = np.arange(24.0).reshape(6, 4)[:, ::2], np.ones(12)[::2]
    wanted = minimize_many(scaled, [0.0, 0.0], (a.copy(), k.copy()))
    assert wanted.params == pytest.approx(a, abs=1e-4)
    for kind in ("f8", ">f8", "f4", "i8"):
        for order in ("C", "F"):
            given = np.asarray(a, kind, order=order), k.astype(kind)  # type: ignore[call-overload]
            got = minimize_many(scaled, [0.0, 0.0], given)
            assert bits(got.params.ravel()) == bits(wanted.params.ravel())
    got = minimize_many(scaled, [0.0, 0.0], (a.tolist(), np.broadcast_to(1.0, 6)))
    assert bits(got.params.ravel()) == bits(wanted.params.ravel())
    records = np.array([(1.0, 2.0), (3.0, 4.0)], [("a", float), ("b", float)])
    assert minimize_many(of_record, [0.0], (records,)).params[:, 0] == pytest.approx([1.5, 3.5])


@numba.njit
def scaled(x, a, k):  # type: ignore[no-untyped-def]
    return k * ((x[0] - a[0]) ** 2 + (x[1] - a[1]) ** 2) + 1.0


@numba.njit
def of_record(x, record):  # type: ignore[no-untyped-def]
    return (x[0] - (record.a + record.b) / 2) ** 2


@numba.njit
def endless(x, k, calls):  # type: ignore[no-untyped-def]
    calls[0] += 1.0
    if k < 2:
        return (x[0] - k) ** 2
    s = 0.0
    for i in range(1000):
        s += math.sin(i * x[0])
    return x[0] ** 2 - 1e-3 * calls[0] + 1e-300 * s


@pytest.mark.slow
@pytest.mark.usefixtures("ctrl_c")
def test_ctrl_c_returns_what_is_done() -> None:
    k = np.arange(4.0)
    settings = {"max_iterations": 10**12, "n_jobs": 1, "max_seconds": 60}
    minimize_many(endless, [0.5], (k[:2], np.zeros((2, 1))), **settings)  # compiles
    threading.Timer(0.5, os.kill, (os.getpid(), signal.SIGINT)).start()
    with pytest.warns(RuntimeWarning, match="interrupted: 2 of 4 problems"):
        result = minimize_many(endless, [0.5], (k, np.zeros((4, 1))), **settings)  # type: ignore[arg-type]
    assert result.status.tolist() == [0, 0, Status.ABORTED, Status.ABORTED]
    assert result.evaluations[3] == 0
    assert np.isnan(result.params[3]).all()


@pytest.mark.slow
@pytest.mark.parametrize("backend", ["threading", "loky"])
def test_any_backend_of_joblib_gives_the_same(backend: str) -> None:
    plain = minimize_many(distance, np.zeros(2), (np.arange(12.0),))
    with joblib.parallel_config(backend=backend, n_jobs=2):
        result = minimize_many(distance, np.zeros(2), (np.arange(12.0),))
    assert bits(result.params.ravel()) == bits(plain.params.ravel())
    assert result.evaluations.tolist() == plain.evaluations.tolist()


class Pool:
    """All that a pool must have; it tells what its workers are asked for."""

    def __init__(self) -> None:
        self.n_tasks = 0

    def map(self, function: Any, tasks: Any) -> list[Any]:
        sent = [pickle.dumps((function, task)) for task in tasks]
        self.n_tasks += len(sent)
        return [f(task) for f, task in map(pickle.loads, sent)]


@pytest.mark.slow
def test_the_workers_of_a_pool_give_the_same() -> None:
    """What they get and return can be sent to other processes."""
    pool, a = Pool(), np.arange(40.0)
    plain = minimize_many(distance, np.zeros(2), (a,))
    result = minimize_many(distance, np.zeros(2), (a,), pool=pool)
    assert bits(result.params.ravel()) == bits(plain.params.ravel())
    assert pool.n_tasks == 40
    with pytest.raises(TypeError, match=r"^pool is 3; it must have a method map"):
        minimize_many(distance, np.zeros(2), (a,), pool=3)


def distance(x: Any, a: float) -> float:
    return float(abs(x - a).sum() + 1)


def test_starts_for_each_and_for_all() -> None:
    each = minimize_many(distance, [[0.0], [5.0]], ([1.0, 2.0],))
    assert each.params[:, 0] == pytest.approx([1.0, 2.0])
    one = minimize_many(lambda x: distance(x, 1.0), [0.0, 0.0])
    assert len(one) == 1
    assert len(minimize_many(distance, np.zeros((0, 2)), (np.zeros(0),))) == 0


def test_progress(capsys: pytest.CaptureFixture[str]) -> None:
    pytest.importorskip("tqdm")
    minimize_many(decay, START, (Y, TIMES), progress=True)
    assert "40/40" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("arguments", "settings", "message"),
    [
        (([0.0], (1.0,)), {}, r"args\[0\] is a single value"),
        (([0.0], ([1.0, 2.0], [1.0])), {}, r"args\[1\] has 1 elements, args\[0\] has 2"),
        (([[0.0]], ([1.0, 2.0],)), {}, "numbers of problems differ"),
        (([[[0.0]]], ()), {}, "x0 has shape"),
        (([math.inf], ()), {}, "x0"),
        (([0.0], ()), {"initial_param_variations": [1.0, 1.0]}, "they must agree"),
        (([0.0], ()), {"initial_param_variations": [0.0]}, "must be positive"),
    ],
)
def test_wrong_arguments(arguments: Any, settings: Any, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        minimize_many(distance, *arguments, **settings)


@pytest.mark.parametrize("name", ["callback", "trace", "n_params", "no_such_setting"])
def test_settings_that_are_none(name: str) -> None:
    with pytest.raises(TypeError, match=name):
        minimize_many(distance, [0.0], **{name: None})


@pytest.mark.slow
def test_a_start_out_of_bounds_is_moved_in_like_alone() -> None:
    bounds = [(1.0, 2.0)] * 2
    with pytest.warns(RuntimeWarning, match="1 of 2 starts are out of bounds"):
        result = minimize_many(picky2, [[0.0, 5.0], [1.0, 1.0]], bounds=bounds)
    m = Minimizer(lambda x: picky2(x), 2, bounds=bounds)
    with pytest.warns(RuntimeWarning, match="out of bounds"):
        m.minimize([0.0, 5.0])
    check(result, 0, m)


@numba.njit
def picky2(x):  # type: ignore[no-untyped-def]
    return abs(x[0] - 1.3) + abs(x[1] - 1.7) + 1.0


def test_memory_does_not_grow_with_problems() -> None:
    """Besides the arrays of results, hardly anything is kept: chunks are slices."""
    began = time.monotonic()
    result = minimize_many(picky2, np.zeros((20000, 2)), max_evaluations=50)
    assert len(result) == 20000
    assert time.monotonic() - began < 30
