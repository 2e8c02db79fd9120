"""A call that is written down, at whatever point, goes on to the same end."""

from __future__ import annotations

import contextlib
import gc
import os
import pickle
import signal
import sys
import threading
import time
import warnings
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from parallel_cases import START, disc, noise, rosenbrock, with_extra
from problems import wavy
from processes import all_gone, finish, members, start
from random_calls import Drawn, calls, facts, value_at
from scripted import bits

from minimizer import Minimizer, Rules, Status, minimize, minimize_many
from minimizer.execution import checkpoint_file

STARTS = {2: START, 3: [5.0, 4.0, 3.0], 9: [5.0] * 9}
EVERY_SETTING: dict[str, Any] = {
    "rules": Rules(quadratic_surface=False),
    "bounds": [(-2.0, None), (None, 3.0)],
    "max_rel_error": 1e-8,
    "max_abs_error": 1e-12,
    "param_resolutions": [1e-9, 1e-8],
    "max_iterations": 5000,
    "max_restarts": 3,
    "max_evaluations": 4000,
    "max_seconds": 1e4,
    "random_seed": -5,
    "schedule": "sequential",
    "n_jobs": 1,
    "extra_array_elements": 2,
    "progress": False,
    "interrupt": "abort",
    "tolerances": (1e-6, 1e-9),
    "trace": True,
    "checkpoint_interval": 17.0,
    "engine": "python",
}


def results(m: Minimizer) -> Any:
    """Return all that a call came to, to the bit."""
    return m.status, m.message, [facts(run) for run in m.runs], m.extra.tobytes()


def trace_of(m: Minimizer) -> Any:
    assert isinstance(m.trace, list)
    return [(e.run, e.move, e.point.tobytes(), bits([e.value])) for e in m.trace]


def saved_at(path: Path, iterations: int, fun: Any, start: Any, **settings: Any) -> Minimizer:
    """Make a call that is written to a file after so many iterations; return it at its end."""
    left = [iterations]

    def callback(record: Any) -> None:
        left[0] -= 1
        if left[0] == 0:
            m.save(path)

    m = Minimizer(fun, callback=callback, **settings)
    m.minimize(start)
    assert left[0] <= 0, "the call is too short for this test"
    return m


@pytest.mark.parametrize("n_jobs", [1, 2])
@pytest.mark.parametrize("iterations", [1, 20, 45])
@pytest.mark.parametrize("rules", ["imagej", "robust"])
@pytest.mark.parametrize("fun", [rosenbrock, disc])
def test_a_call_goes_on_from_where_it_was_saved(
    fun: Any, rules: str, iterations: int, n_jobs: int, tmp_path: Path
) -> None:
    m = saved_at(tmp_path / "call", iterations, fun, START, rules=rules, trace=True)
    again = Minimizer.load(tmp_path / "call", fun)
    again.n_jobs = n_jobs
    assert again.status is None
    assert 0 < again.evaluations < m.evaluations
    assert again.function_value == min(
        run.function_value for run in again.runs if run.function_value == run.function_value
    )
    assert again.resume() is m.status
    assert results(again) == results(m)
    assert trace_of(again) == trace_of(m)


def test_only_what_is_not_known_is_evaluated_again(tmp_path: Path) -> None:
    m = saved_at(tmp_path / "call", 30, rosenbrock, START)
    made: list[float] = []
    again = Minimizer.load(tmp_path / "call", lambda x: made.append(1.0) or rosenbrock(x))  # type: ignore[func-returns-value]
    known = again.evaluations
    again.resume()
    assert known + len(made) == again.evaluations == m.evaluations


@pytest.mark.slow
@settings(max_examples=40)
@given(calls(), st.integers(0, 300))
def test_whatever_the_call(tmp_path_factory: Any, drawn: Drawn, evaluations: int) -> None:
    """Any settings, NaN, bounds, simplices, extra elements: at some point saved and loaded."""
    path = tmp_path_factory.mktemp("checkpoint") / "call"
    p = np.array(drawn.p)

    def fun(x: Any) -> float:
        return value_at(x, p)

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        asked, m = 0, drawn.minimizer(None)
        begin = (drawn.simplex[0], None) if drawn.simplex else (drawn.start, drawn.variations)
        while (point := m.ask(*begin)) is not None:
            if asked == evaluations:
                m.save(path)
            m.tell(fun(point))
            asked += 1
        if asked <= evaluations:
            return
        again = Minimizer.load(path, fun)
    assert again.evaluations == evaluations
    again.resume()
    assert results(again) == results(m)


def test_a_given_simplex_and_a_single_run_go_with_it(tmp_path: Path) -> None:
    vertices = [[5.0, 5.0], [6.0, 5.0], [5.0, 7.0]]

    def callback(record: Any) -> None:
        if record.iterations == 5:
            m.save(tmp_path / "call")

    m = Minimizer(rosenbrock, callback=callback)
    m.minimize_once(initial_simplex=vertices)
    again = Minimizer.load(tmp_path / "call", rosenbrock)
    again.resume()
    assert len(again.runs) == 1
    assert results(again) == results(m)


def test_extra_elements_go_with_it(tmp_path: Path) -> None:
    m = saved_at(tmp_path / "call", 30, with_extra, START, extra_array_elements=2)
    again = Minimizer.load(tmp_path / "call", with_extra)
    again.resume()
    assert results(again) == results(m)
    assert again.extra[0] == again.function_value / 2


def test_ask_and_tell_go_on_with_it_and_so_does_the_callback(tmp_path: Path) -> None:
    m = saved_at(tmp_path / "call", 30, rosenbrock, START)
    again = Minimizer.load(tmp_path / "call", None)
    heard: list[int] = []
    again.callback = lambda record: heard.append(record.iterations)
    while (point := again.ask()) is not None:
        again.tell(rosenbrock(point))
    assert results(again) == results(m)
    assert len(heard) == m.iterations - 30


def test_it_is_saved_between_ask_and_tell_and_asks_for_the_same_point(tmp_path: Path) -> None:
    m = Minimizer(None)
    for _ in range(30):
        point = m.ask(START)
        m.save(tmp_path / "call")
        again = Minimizer.load(tmp_path / "call", None)
        assert again.ask().tolist() == point.tolist()  # type: ignore[union-attr]
        m.tell(rosenbrock(point))


def test_settings_come_from_the_file(tmp_path: Path) -> None:
    m = Minimizer(None, 2, **EVERY_SETTING)
    m.ask(START)
    m.save(tmp_path / "call")
    again = Minimizer.load(tmp_path / "call", None)
    for name, value in EVERY_SETTING.items():
        assert repr(getattr(again, name)) == repr(getattr(m, name)), name
        assert value is not None
    assert (again.n_params, again.checkpoint, again.callback, again.pool) == (2, None, None, None)


def test_arguments_are_given_again(tmp_path: Path) -> None:
    def fun(x: Any, a: float) -> float:
        return float((x[0] - a) ** 2) + 5.0

    m = saved_at(tmp_path / "call", 3, fun, [1.0], args=(3.0,))
    again = Minimizer.load(tmp_path / "call", fun, args=(3.0,))
    again.resume()
    assert results(again) == results(m)


def test_an_abort_by_the_function_goes_with_it(tmp_path: Path) -> None:
    """In ImageJ's rules it acts at the end of the iteration, and runs know that it was seen."""
    m = Minimizer(None, 3, rules="imagej")
    told = 0
    while (point := m.ask(STARTS[3])) is not None:
        if told == 1:
            m.abort()
        if told >= 1:
            m.save(tmp_path / f"call{told}")
        m.tell(wavy(point))
        told += 1
    assert m.status is Status.ABORTED
    assert told > 3
    for number in range(2, told):
        again = Minimizer.load(tmp_path / f"call{number}", wavy)
        again.resume()
        assert results(again) == results(m)


def test_seconds_that_were_used_count(tmp_path: Path) -> None:
    def late(path: Path, seconds: float) -> None:
        data = checkpoint_file.read(path)
        data["seconds"] = seconds
        checkpoint_file.write(path, data)

    path = tmp_path / "call"
    saved_at(path, 10, noise, START, max_seconds=1000.0)
    late(path, 1001.0)
    again = Minimizer.load(path, noise)
    known = again.evaluations
    assert again.resume() is Status.MAX_SECONDS_EXCEEDED
    assert again.evaluations == known
    late(path, 999.0)
    assert Minimizer.load(path, noise).resume() is Status.MAX_RESTARTS_EXCEEDED


# the setting


def test_the_file_is_there_during_the_call_and_not_after_it(tmp_path: Path) -> None:
    path, seen = tmp_path / "call", []

    def fun(x: Any) -> float:
        seen.append(path.exists())
        return rosenbrock(x)

    m, plain = Minimizer(fun, checkpoint=path), Minimizer(rosenbrock)
    m.minimize(START)
    plain.minimize(START)
    assert all(seen)
    assert list(tmp_path.iterdir()) == []
    assert results(m) == results(plain)


@pytest.mark.parametrize("error", [ZeroDivisionError, KeyboardInterrupt])
@pytest.mark.parametrize("n_jobs", [1, 2])
def test_a_call_that_an_exception_ended_can_be_gone_on_with(
    n_jobs: int, error: type[BaseException], tmp_path: Path
) -> None:
    """The licence server was down: nothing that was evaluated before is lost."""
    path, made = tmp_path / "call", [0]

    def fails(x: Any) -> float:
        made[0] += threading.current_thread() is threading.main_thread()
        if made[0] > 50:
            raise error
        return rosenbrock(x)

    m = Minimizer(fails, n_jobs=n_jobs, checkpoint=path)
    with pytest.raises(error) as raised:
        m.minimize(START)
    if hasattr(raised.value, "__notes__"):
        assert f"Minimizer.load({str(path)!r}, fun).resume()" in raised.value.__notes__[-1]
    again, plain = Minimizer.load(path, rosenbrock), Minimizer(rosenbrock)
    assert again.evaluations > 0
    again.resume()
    plain.minimize(START)
    assert results(again) == results(plain)
    assert list(tmp_path.iterdir()) == []


def test_a_file_of_an_unfinished_call_is_refused_and_stays(tmp_path: Path) -> None:
    path = tmp_path / "call"
    saved_at(path, 10, rosenbrock, START)
    before = path.read_bytes()
    for call in (
        lambda: Minimizer(rosenbrock, checkpoint=path).minimize(START),
        lambda: minimize(rosenbrock, START, options={"checkpoint": path}),
    ):
        with pytest.raises(FileExistsError, match=r"load\(.*\)\.resume\(\), or delete it"):
            call()
        assert path.read_bytes() == before


def test_a_file_of_something_else_is_never_overwritten(tmp_path: Path) -> None:
    path = tmp_path / "thesis.txt"
    path.write_text("Chapter 1", encoding="ascii")
    with pytest.raises(ValueError, match=r"thesis\.txt' is no checkpoint"):
        Minimizer(rosenbrock, checkpoint=path).minimize(START)
    assert path.read_text(encoding="ascii") == "Chapter 1"


def test_ask_and_tell_write_the_file_too(tmp_path: Path) -> None:
    path = tmp_path / "call"
    m, plain = Minimizer(None, checkpoint=path, checkpoint_interval=0.01), Minimizer(rosenbrock)
    for _ in range(40):
        m.tell(rosenbrock(m.ask(START)))
    end = time.monotonic() + 20
    while Minimizer.load(path, None).evaluations < 40:
        assert time.monotonic() < end
        time.sleep(0.01)
    del m  # for good, and nobody writes any more
    while any(thread.name == "minimizer-checkpoint" for thread in threading.enumerate()):
        gc.collect()
        assert time.monotonic() < end
        time.sleep(0.01)
    again = Minimizer.load(path, rosenbrock)
    again.resume()
    plain.minimize(START)
    assert results(again) == results(plain)
    assert not path.exists()  # it is the checkpoint of the call that went on, too


def test_what_a_second_worker_has_evaluated_is_in_the_file(tmp_path: Path) -> None:
    """While the first one is in the function for long."""
    path, go, made = tmp_path / "call", threading.Event(), []

    def fun(x: Any) -> float:
        if threading.current_thread() is threading.main_thread() and not made:
            assert go.wait(60)
        elif threading.current_thread() is not threading.main_thread():
            made.append(x)
            if len(made) == 30:
                time.sleep(0.5)  # so that it is written
                data = checkpoint_file.read(path)
                written.append(len(data["runs"].get("1", {}).get("numbers", "")) // 32)
                go.set()
        return rosenbrock(x)

    written: list[int] = []
    m = Minimizer(fun, n_jobs=2, checkpoint=path, checkpoint_interval=0.05)
    m.minimize(START)
    assert written == [29]


def test_an_unwritable_folder_costs_a_warning(tmp_path: Path) -> None:
    m, plain = Minimizer(rosenbrock, checkpoint=tmp_path / "no" / "call"), Minimizer(rosenbrock)
    with pytest.warns(RuntimeWarning, match=r"^checkpoint .* cannot be written") as caught:
        m.minimize(START)
    plain.minimize(START)
    assert len(caught) == 1
    assert caught[0].filename == __file__
    assert results(m) == results(plain)


def test_a_failed_save_leaves_what_was_there(tmp_path: Path, monkeypatch: Any) -> None:
    path = tmp_path / "call"
    saved_at(path, 10, rosenbrock, START)
    before = path.read_bytes()

    def full(file: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    m = Minimizer(None)
    m.ask(START)
    with pytest.raises(OSError, match="No space left"):
        m.save(path)
    assert path.read_bytes() == before
    assert list(tmp_path.iterdir()) == [path]


def test_without_a_call_there_is_nothing_to_save_or_to_go_on_with(tmp_path: Path) -> None:
    m = Minimizer(rosenbrock)
    for _ in range(2):
        with pytest.raises(RuntimeError, match=r"^save: .*callback.*ask\(\).*checkpoint"):
            m.save(tmp_path / "call")
        with pytest.raises(RuntimeError, match=r"^resume: .*load"):
            m.resume()
        m.minimize(START)
    assert list(tmp_path.iterdir()) == []


def test_a_call_begun_with_ask_can_be_gone_on_with_by_the_function() -> None:
    m, plain = Minimizer(rosenbrock), Minimizer(rosenbrock)
    m.tell(rosenbrock(m.ask(START)))
    m.resume()
    plain.minimize(START)
    assert results(m) == results(plain)


def test_results_of_a_call_that_was_gone_on_with_can_be_pickled(tmp_path: Path) -> None:
    saved_at(tmp_path / "call", 10, rosenbrock, START)
    m = Minimizer.load(tmp_path / "call", rosenbrock)
    m.resume()
    assert results(pickle.loads(pickle.dumps(m))) == results(m)


def test_it_is_for_one_problem(tmp_path: Path) -> None:
    with pytest.raises(TypeError, match=r"^checkpoint is not a setting for many problems"):
        minimize_many(rosenbrock, [START], checkpoint=tmp_path / "call")


@pytest.mark.parametrize("wrong", [3, b"", "", None.__class__])
def test_a_path_is_a_path(wrong: Any) -> None:
    with pytest.raises(TypeError, match=r"^checkpoint is .*; it must be the path of a file"):
        Minimizer(rosenbrock, checkpoint=wrong)


@pytest.mark.parametrize("n_jobs", [1, 2])
def test_scipys_interface_takes_it_as_an_option(n_jobs: int, tmp_path: Path) -> None:
    path, made = tmp_path / "call", [0]

    def fails(x: Any) -> float:
        made[0] += 1
        if made[0] == 100:
            raise ZeroDivisionError
        return rosenbrock(x)

    options = {"checkpoint": path, "n_jobs": n_jobs, "maxfev": 5000, "fatol": 1e-9}
    with pytest.raises(ZeroDivisionError):
        minimize(fails, START, options=options)
    m = Minimizer.load(path, rosenbrock)
    m.resume()
    undisturbed = minimize(rosenbrock, START, options=options)
    assert m.function_value == undisturbed.fun
    assert m.evaluations == undisturbed.nfev
    assert list(tmp_path.iterdir()) == []


# kills


@pytest.mark.slow
@pytest.mark.skipif(os.name != "posix", reason="kill -9")
@pytest.mark.parametrize(
    ("n_jobs", "backend"), [(1, "threading"), (2, "threading"), (2, "loky")], ids=str
)
def test_a_killed_call_goes_on(n_jobs: int, backend: str, tmp_path: Path) -> None:
    """Killed three times, with its workers; ``benchmarks/kills.py`` does this at 50 moments."""
    body = f"""
    with joblib.parallel_config({backend!r}):
        if os.path.exists("call"):
            m = Minimizer.load("call", SlowRosenbrock("log"))
            m.resume()
        else:
            m = Minimizer(SlowRosenbrock("log"), n_jobs={n_jobs}, checkpoint="call")
            m.checkpoint_interval = 0.02
            m.minimize(START)
    print(repr(m), m.evaluations)
    """
    for _ in range(3):
        killed_after(start(body, tmp_path), tmp_path / "log", 70)
    script = start(body, tmp_path)
    lines, _ = finish(script)
    plain = Minimizer(rosenbrock)
    plain.minimize(START)
    assert lines == [f"{plain!r} {plain.evaluations}"]
    assert len((tmp_path / "log").read_bytes().splitlines()) < 2 * plain.evaluations
    assert not (tmp_path / "call").exists()
    assert all_gone(script.pid)


def killed_after(script: Any, log: Path, calls: int, seconds: float = 60.0) -> None:
    """Kill a script, with its workers as a power cut would, after so many further calls."""
    before = log.read_bytes().count(b"\n") if log.exists() else 0
    end = time.monotonic() + seconds
    while not log.exists() or log.read_bytes().count(b"\n") < before + calls:
        assert script.poll() is None, script.communicate()
        assert time.monotonic() < end
        time.sleep(0.001)
    for process in [script.pid, *members(script.pid)]:
        with contextlib.suppress(ProcessLookupError):
            os.kill(process, signal.SIGKILL)
    script.communicate(timeout=20)


linux = pytest.mark.skipif(sys.platform != "linux", reason="limits of Linux")


@pytest.mark.slow
@linux
@pytest.mark.parametrize(("backend", "n_jobs"), [("threading", 1), ("loky", 2)], ids=str)
def test_a_full_disk_costs_a_warning(backend: str, n_jobs: int, tmp_path: Path) -> None:
    """From some call on no file of the process can grow: the first one stays, and the call ends."""
    script = start(
        f"""
        from parallel_cases import on_a_disk_that_fills_up
        m = Minimizer(on_a_disk_that_fills_up, n_jobs={n_jobs}, checkpoint="call")
        m.checkpoint_interval = 1e-4
        m.callback = lambda record: time.sleep(0.002) if {n_jobs} == 1 else None
        with joblib.parallel_config({backend!r}):
            m.minimize(START)
        print(repr(m))
        """,
        tmp_path,
    )
    (result,), err = finish(script)
    plain = Minimizer(rosenbrock)
    plain.minimize(START)
    assert result == repr(plain)
    if n_jobs == 1:  # else it is the workers whose disk is full
        assert "RuntimeWarning: checkpoint" in err
        assert "File too large" in err
    assert not (tmp_path / "call").exists()
    assert all_gone(script.pid)
