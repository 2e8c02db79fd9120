"""A function in Python, and the compiled algorithm between its calls: the bits of plain Python."""

from __future__ import annotations

import subprocess
import sys
import warnings
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from parallel_cases import START, AbortsAt, FailsAt, disc, rosenbrock, with_extra
from random_calls import Drawn, calls, facts, value_at

from minimizer import Minimizer, Status, minimize_many

pytest.importorskip("numba")

from minimizer.execution import compiled_driver

pytestmark = pytest.mark.slow


@pytest.fixture(autouse=True, scope="module")
def compiled() -> None:
    compiled_driver.compile_algorithm()


@pytest.fixture
def steps(monkeypatch: pytest.MonkeyPatch) -> list[bool]:
    """Return whether runs were made in steps, one by one."""
    made: list[bool] = []
    drive = compiled_driver.drive_in_steps

    def noted(*arguments: Any) -> bool:
        made.append(drive(*arguments))
        return made[-1]

    monkeypatch.setattr(compiled_driver, "drive_in_steps", noted)
    return made


def results(m: Minimizer) -> Any:
    return m.status, m.message, [facts(run) for run in m.runs], m.extra.tobytes()


@pytest.mark.parametrize("engine", ["auto", "compiled"])
@pytest.mark.parametrize("rules", ["imagej", "robust"])
@pytest.mark.parametrize(("fun", "extra"), [(rosenbrock, 0), (disc, 0), (with_extra, 2)])
def test_the_bits_are_those_of_python(
    fun: Any, extra: int, rules: str, engine: str, steps: list[bool]
) -> None:
    given = {"rules": rules, "extra_array_elements": extra, "max_evaluations": 900}
    python, numba = (Minimizer(fun, engine=e, **given) for e in ("python", engine))
    python.minimize(START)
    assert steps == []
    numba.minimize(START)
    assert len(steps) == len(numba.runs)
    assert all(steps)
    assert results(numba) == results(python)


@settings(max_examples=60)
@given(calls())
def test_whatever_the_call(drawn: Drawn) -> None:
    assert made(drawn, "python") == made(drawn, "compiled")


def made(drawn: Drawn, engine: str) -> Any:
    """Return all that becomes of a call."""
    p, asked = np.array(drawn.p), []

    def fun(x: Any) -> float:
        asked.append(x.tobytes())
        if len(asked) == drawn.abort_at:
            m.abort()
        return value_at(x, p)

    m = drawn.minimizer(fun, engine=engine, n_jobs=1)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        drawn.make(m)
    return results(m), asked


@pytest.mark.parametrize("settings", [{"trace": True}, {"callback": print}, {"n_jobs": 2}], ids=str)
def test_who_watches_or_has_workers_gets_python(
    settings: dict[str, Any], steps: list[bool], capsys: Any
) -> None:
    m, plain = Minimizer(rosenbrock, engine="compiled", **settings), Minimizer(rosenbrock)
    m.minimize(START)
    assert steps == []
    plain.minimize(START)
    assert results(m) == results(plain)


def test_the_best_so_far_can_be_read_by_the_function() -> None:
    assert seen_meanwhile("python") == seen_meanwhile("compiled")


def seen_meanwhile(engine: str) -> str:
    """Return what the function sees of its own minimizer."""
    seen: list[Any] = []

    def fun(x: Any) -> float:
        seen.append((m.evaluations, m.iterations, m.function_value, m.params.tolist()))
        return rosenbrock(x)

    m = Minimizer(fun, engine=engine)
    m.minimize(START)
    return repr(seen)


def points() -> list[list[float]]:
    m = Minimizer(rosenbrock, trace=True)
    m.minimize(START)
    assert isinstance(m.trace, list)
    return [e.point.tolist() for e in m.trace]


@pytest.mark.parametrize("number", [0, 5, 300])
def test_an_exception_and_an_abort_are_the_same(number: int) -> None:
    raised, aborted = [], []
    for engine in ("python", "compiled"):
        m = Minimizer(FailsAt(points()[number]), engine=engine)
        with pytest.raises(ZeroDivisionError):
            m.minimize(START)
        raised.append(repr(results(m)))
        fun = AbortsAt(points()[number])
        fun.minimizer = m = Minimizer(fun, engine=engine)
        assert m.minimize(START) is Status.ABORTED
        aborted.append(repr(results(m)))
    assert raised[0] == raised[1]
    assert aborted[0] == aborted[1]


@pytest.mark.parametrize("wrong", [None, "1.0", [1.0, 2.0], 1j])
def test_what_is_no_number_is_refused_with_its_point(wrong: Any) -> None:
    said = []
    for engine in ("python", "compiled"):
        m = Minimizer(lambda x: wrong if x[0] > -1.1 else rosenbrock(x), engine=engine)
        with pytest.raises((TypeError, ValueError), match=r"^fun returned .* at \[") as raised:
            m.minimize(START)
        said.append((str(raised.value), m.evaluations))
    assert said[0] == said[1]


def test_the_argument_is_the_functions_own() -> None:
    kept: list[Any] = []

    def careless(x: Any) -> np.float64:
        value = np.float64(rosenbrock(x))
        kept.append(x)
        for each in kept[-3:]:
            each[:] = np.nan
        return value

    m, plain = Minimizer(careless, engine="compiled"), Minimizer(rosenbrock, engine="python")
    m.minimize(START)
    plain.minimize(START)
    assert results(m) == results(plain)


def test_time_runs_out() -> None:
    m = Minimizer(rosenbrock, engine="compiled", max_seconds=1e-9)
    assert m.minimize(START) is Status.MAX_SECONDS_EXCEEDED
    assert m.evaluations == 0


def test_many_problems() -> None:
    data = np.linspace(0.5, 2.0, 5)
    python, numba = (
        minimize_many(lambda x, a: (x[0] - a) ** 2 + a, [1.0], (data,), engine=e)
        for e in ("python", "compiled")
    )
    assert python.params.tobytes() == numba.params.tobytes()
    assert python.counts.tolist() == numba.counts.tolist()


def test_nothing_is_imported_or_compiled_unasked() -> None:
    code = (
        "import sys; from minimizer import Minimizer; m = Minimizer(lambda x: x[0] ** 2)\n"
        "m.minimize([1.0]); print('numba' in sys.modules)\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "False\n"


def test_where_it_is_not_compiled_the_remedy_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    from minimizer.simplex.compiled import entry_points

    monkeypatch.setattr(entry_points, "is_loaded", lambda: False)
    monkeypatch.setattr(entry_points, "is_cached", lambda: False)
    m = Minimizer(rosenbrock, engine="compiled")
    with pytest.raises(RuntimeError, match=r"engine is 'compiled'.*python -m minimizer compile"):
        m.minimize(START)
    m.engine = "auto"
    assert m.minimize(START) is Status.SUCCESS


def test_the_command_says_that_it_is_done(capsys: pytest.CaptureFixture[str]) -> None:
    from minimizer.__main__ import main

    assert main(["compile"]) == 0
    assert capsys.readouterr().out == "The algorithm is already compiled.\n"
