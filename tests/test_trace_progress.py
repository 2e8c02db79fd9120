"""Watching a minimization: trace, callback, tqdm bar and status line."""

from __future__ import annotations

import itertools
import sys
from types import SimpleNamespace
from typing import Any

import pytest
from problems import ball, bowl, wavy
from scripted import Counted, bits

from minimizer import Evaluation, Minimizer, Move, RunRecord, Status

START = [5.0, 5.0]
RULES = pytest.mark.parametrize("rules", ["imagej", "robust"])


def traced(fun: Any, **settings: Any) -> tuple[Minimizer, list[Evaluation]]:
    m = Minimizer(fun, 2, trace=True, **settings)
    m.minimize(START)
    assert isinstance(m.trace, list)
    return m, m.trace


@RULES
@pytest.mark.parametrize("schedule", ["pairs", "sequential"])
def test_the_trace_is_every_evaluation_run_after_run(schedule: str, rules: str) -> None:
    seen = Counted(wavy)
    m, trace = traced(seen, rules=rules, schedule=schedule)
    assert [e.point.tolist() for e in trace] == seen.points
    assert [e.value for e in trace] == seen.values
    assert [e.run for e in trace] == sorted(e.run for e in trace)
    for i, run in enumerate(m.runs):
        evaluations = [e for e in trace if e.run == i]
        assert len(evaluations) == run.evaluations
        assert min(e.value for e in evaluations) == run.function_value
        moves = [e.move for e in evaluations if e.move is not Move.PROBE]  # of a size, in between
        assert moves[:3] == [Move.INITIAL] * 3
        assert set(moves[3:]) <= set(Move) - {Move.INITIAL}


def test_with_two_workers_the_trace_is_the_same() -> None:
    _, one = traced(wavy, n_jobs=1)
    _, two = traced(wavy, n_jobs=2)
    assert repr(one) == repr(two)


def test_nan_is_in_the_trace() -> None:
    m = Minimizer(ball, 3, trace=True, rules="imagej", max_evaluations=500)
    m.minimize([0.1, 0.1, 0.1])
    assert isinstance(m.trace, list)
    assert sum(e.value != e.value for e in m.trace) == m.nan_evaluations > 0


@RULES
def test_every_move_occurs_in_a_trace(rules: str) -> None:
    """Where there are many minima, or none; ImageJ has neither surfaces nor probes."""
    traces = traced(wavy, rules=rules)[1] + traced(lambda x: 1.0, rules=rules)[1]
    later = {Move.SURFACE, Move.SURROUND, Move.PROBE} if rules == "imagej" else set()
    assert {e.move for e in traces} == set(Move) - {Move.DRAW_INWARDS} - later


def test_what_is_nan_is_drawn_inwards() -> None:
    m = Minimizer(ball, 3, trace=True, max_evaluations=500)
    m.minimize([0.1, 0.1, 0.1])
    assert isinstance(m.trace, list)
    assert Move.DRAW_INWARDS in {e.move for e in m.trace}


def test_the_trace_is_off_by_default() -> None:
    m = Minimizer(bowl, 2)
    m.minimize(START)
    assert m.trace is False


def test_a_second_call_has_a_trace_of_its_own() -> None:
    m, first = traced(bowl)
    before = len(first)
    m.minimize_once(START)
    assert isinstance(m.trace, list)
    assert 0 < len(m.trace) == m.evaluations < before
    assert len(first) == before
    m.trace = False
    m.minimize_once(START)
    assert m.trace is False


def test_what_is_done_to_the_trace_changes_nothing_else() -> None:
    m, trace = traced(bowl)
    best = m.params.tolist()
    for evaluation in trace:
        evaluation.point[:] = 0.0
    assert m.params.tolist() == best


def test_after_an_exception_the_trace_is_what_there_was() -> None:
    def fun(x: Any) -> float:
        if seen.calls == 30:
            raise ValueError("no")
        return float(seen(x))

    seen = Counted(bowl)
    m = Minimizer(fun, 2, trace=True)
    with pytest.raises(ValueError, match="no"):
        m.minimize(START)
    assert isinstance(m.trace, list)
    assert [e.point.tolist() for e in m.trace] == seen.points


@RULES
@pytest.mark.parametrize("n_jobs", [1, 2])
def test_the_callback_hears_of_every_iteration_with_the_best_so_far(
    n_jobs: int, rules: str
) -> None:
    heard: dict[int, list[RunRecord]] = {}

    def callback(record: RunRecord) -> None:
        heard.setdefault(record.seed, []).append(record)

    m = Minimizer(wavy, 2, rules=rules, callback=callback, n_jobs=n_jobs)
    m.minimize(START)
    assert sum(map(len, heard.values())) == m.iterations
    for run in m.runs:
        records = heard[run.seed]
        assert [record.iterations for record in records] == list(range(1, run.iterations + 1))
        values = [record.function_value for record in records]
        assert values == sorted(values, reverse=True)
        assert values[-1] == run.function_value
        assert all(wavy(record.params) == record.function_value for record in records)
        evaluations = [record.evaluations for record in records]
        assert evaluations == sorted(set(evaluations))


def test_the_callback_changes_nothing() -> None:
    def callback(record: RunRecord) -> None:
        record.params[:] = 0.0
        record.extra[:] = 0.0

    plain, watched = Counted(bowl), Counted(bowl)
    Minimizer(plain, 2).minimize(START)
    m = Minimizer(watched, 2, callback=callback)
    m.minimize(START)
    assert watched.points == plain.points
    assert m.params.any()


@RULES
@pytest.mark.parametrize("n_jobs", [1, 2])
def test_stop_iteration_of_the_callback_ends_it_with_the_best_so_far(
    n_jobs: int, rules: str
) -> None:
    def callback(record: RunRecord) -> None:
        heard.append(record)
        if record.iterations == 10:
            raise StopIteration

    heard: list[RunRecord] = []
    seen = Counted(wavy)
    m = Minimizer(seen, 2, rules=rules, callback=callback, n_jobs=n_jobs)
    assert m.minimize(START) is Status.ABORTED
    assert m.evaluations + m.speculative_evaluations == seen.calls
    assert n_jobs == 2 or m.function_value == min(seen.values)
    assert m.function_value == wavy(m.params) == heard[-1].function_value
    assert [run.iterations for run in m.runs] == [10 if rules == "robust" else 11]


def test_results_can_be_read_in_the_callback() -> None:
    def callback(record: RunRecord) -> None:
        assert m.function_value == min(seen.values)
        assert m.evaluations == seen.calls
        assert m.params.shape == (2,)
        assert m.status is None
        counted.append(m.iterations)

    counted: list[int] = []
    seen = Counted(bowl)
    m = Minimizer(seen, 2, callback=callback)
    m.minimize(START)
    assert counted == list(range(1, m.iterations + 1))


def test_a_record_says_all_about_its_run() -> None:
    m = Minimizer(ball, 3, random_seed=7)
    m.minimize([0.1, 0.1, 0.1])
    assert [run.seed for run in m.runs[:2]] == [7, 1_000_007]
    for run in m.runs:
        assert run.status is Status.SUCCESS
        assert run.completed == 1
        assert bits([ball(run.params)]) == bits([run.function_value])
        assert 0 < run.nan_evaluations < run.evaluations
        assert run.simplex is not None
        vertices, values = run.simplex
        assert vertices.shape == (4, 3)
        assert list(values) == sorted(values)
    assert m.evaluations == sum(run.evaluations for run in m.runs)
    assert m.nan_evaluations == sum(run.nan_evaluations for run in m.runs)


def test_the_status_line_goes_to_standard_error(capsys: pytest.CaptureFixture[str]) -> None:
    m = Minimizer(bowl, 2, progress="line")
    m.minimize(START)
    out, err = capsys.readouterr()
    assert out == ""
    assert err.endswith("\n")
    last = err.rstrip().split("\r")[-1]
    assert last == f"minimize: {m.iterations} iterations, best {m.function_value:.10g}"


def test_the_status_line_is_rewritten_a_few_times_a_second(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Not at every iteration: printing would take longer than the search."""
    clock = itertools.count(0.0, 0.01)
    fake = SimpleNamespace(monotonic=lambda: next(clock))
    monkeypatch.setattr("minimizer.common.progress.time", fake)
    m = Minimizer(wavy, 2, progress="line")
    m.minimize(START)
    lines = capsys.readouterr().err.count("\r")
    assert 2 < lines < m.iterations / 5


def test_the_status_line_ends_after_an_exception_too(capsys: pytest.CaptureFixture[str]) -> None:
    def fun(x: Any) -> float:
        if seen.calls == 30:
            raise ValueError("no")
        return float(seen(x))

    seen = Counted(bowl)
    with pytest.raises(ValueError, match="no"):
        Minimizer(fun, 2, progress="line").minimize(START)
    assert capsys.readouterr().err.endswith("\n")


def test_a_tqdm_bar_shows_iterations_and_the_best_value(
    capsys: pytest.CaptureFixture[str],
) -> None:
    pytest.importorskip("tqdm")
    m = Minimizer(bowl, 2, progress=True)
    m.minimize(START)
    out, err = capsys.readouterr()
    assert out == ""
    assert "minimize: " in err
    assert f"{m.iterations} iterations" in err
    assert f"best={m.function_value:.6g}" in err


def test_without_tqdm_the_bar_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "tqdm", None)
    seen = Counted(bowl)
    m = Minimizer(seen, 2, progress=True)
    with pytest.raises(ImportError, match=r'pip install "imagej-minimizer\[progress\]"') as caught:
        m.minimize(START)
    assert caught.value.name == "tqdm"
    assert seen.calls == 0
    m.progress = False
    assert m.minimize(START) is Status.SUCCESS


def test_nothing_is_shown_by_default(capsys: pytest.CaptureFixture[str]) -> None:
    Minimizer(bowl, 2).minimize(START)
    assert capsys.readouterr() == ("", "")


def test_a_list_of_callbacks_is_called_in_its_order() -> None:
    heard: list[Any] = []
    m = Minimizer(bowl, 2, callback=[lambda r: heard.append(("a", r)), lambda r: heard.append("b")])
    m.minimize(START)
    assert len(heard) == 2 * m.iterations
    assert heard[1::2] == ["b"] * m.iterations
    assert heard[0][1].iterations == 1


def test_one_of_a_list_that_raises_stopiteration_aborts_when_all_were_called() -> None:
    heard: list[Any] = []

    def stop(record: RunRecord) -> None:
        raise StopIteration

    m = Minimizer(bowl, 2, callback=(stop, heard.append))
    assert m.minimize(START) is Status.ABORTED
    assert len(heard) == 1


def test_a_list_with_something_else_is_refused() -> None:
    with pytest.raises(TypeError, match=r"^callback is .*; it must be callable, or a list"):
        Minimizer(bowl, 2, callback=[print, 3])  # type: ignore[list-item]
