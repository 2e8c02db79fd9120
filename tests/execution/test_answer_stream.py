"""Answers of workers: how they travel, and how a run is made from them."""

from __future__ import annotations

import threading
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from scripted import NAN, make_problem

from minimizer import Status
from minimizer.execution.answer_file import Reader, Writer, packer, parse, row
from minimizer.execution.answer_stream import Answer, Stream, follow, make_run
from minimizer.execution.call import Call
from minimizer.execution.driver import Driver
from minimizer.execution.worker_failures import explained, is_death, name_of
from minimizer.simplex.run_spec import RunSpec
from minimizer.simplex.solver import NelderMeadRun

SPEC = RunSpec(0)


class Nowhere:
    """A source from which no more comes."""

    def is_over(self, stream: Stream) -> bool:
        return True

    def look(self, stream: Stream) -> None:
        pass

    def end(self) -> None:
        pass


def square(x: Any) -> float:
    return float((x[0] - 1) ** 2)


def make_driver(call: Call | None = None, spec: RunSpec = SPEC) -> Driver:
    solver = NelderMeadRun(make_problem(1), spec, 0)
    return Driver(solver, Call() if call is None else call, 0)


def evaluated(fun: Any = square) -> list[Answer]:
    return made(make_driver(), fun, [])


def made(driver: Driver, fun: Any, known: list[Answer]) -> list[Answer]:
    """Return what a worker keeps."""
    kept: list[Answer] = []
    make_run(driver, fun, 1, "id", known, kept.append)
    return kept


def stream_of(given: list[Answer], error: BaseException | None = None) -> Stream:
    stream = Stream(0, SPEC, Nowhere())
    stream.answers, stream.error = list(given), error
    stream.is_complete = True
    return stream


def test_a_run_made_from_answers_is_the_run_itself() -> None:
    itself, again = (make_driver(Call(tracing=True)) for _ in range(2))
    itself.drive(square)
    stream = stream_of(evaluated())
    follow(again, stream, Call())
    assert repr(again.record()) == repr(itself.record())
    assert again.trace == itself.trace
    assert stream.not_taken == 0


def test_a_worker_takes_a_run_up_after_what_is_known() -> None:
    whole = evaluated()
    driver = make_driver()
    rest = made(driver, square, whole[:20])
    assert rest == whole[20:]


def test_a_limit_that_the_worker_did_not_know_cuts_the_run() -> None:
    driver = make_driver(spec=RunSpec(0, max_evaluations=10))
    stream = stream_of(evaluated())
    follow(driver, stream, Call())
    assert driver.record().status is Status.MAX_EVALUATIONS_EXCEEDED
    assert driver.record().evaluations == 10
    assert stream.not_taken == len(stream.answers) - 10


def test_an_exception_comes_after_the_last_answer() -> None:
    call = Call()
    driver = make_driver(call)
    with pytest.raises(ZeroDivisionError):
        follow(driver, stream_of(evaluated()[:5], ZeroDivisionError()), call)
    assert driver.record().evaluations == 6
    assert call.aborted


def test_an_answer_that_aborts_is_the_last_one() -> None:
    some = evaluated()[:5]
    some[2] = some[2]._replace(aborts=True)
    call = Call()
    driver = make_driver(call)
    follow(driver, stream_of(some), call)
    assert (driver.record().status, driver.record().evaluations) == (Status.ABORTED, 3)


def test_a_stop_from_outside_takes_in_what_is_there() -> None:
    call = Call()
    threading.Thread(target=lambda: call.abort_from(threading.get_ident())).start()
    while not call.stopped:
        pass
    driver = make_driver(call)
    follow(driver, stream_of(evaluated()[:5]), call)
    assert (driver.record().status, driver.record().evaluations) == (Status.ABORTED, 5)


def test_answers_travel_through_a_file_bit_by_bit(tmp_path: Path) -> None:
    form = packer(2)
    sent = [
        Answer(0.1, False, (1.0, 2.0)),
        Answer(-0.0, True, (NAN, 0.0)),
        Answer(NAN, False, (1, 2)),
    ]
    received: list[Answer] = []
    reader = Reader(tmp_path / "run0", form)
    writer = Writer(str(tmp_path / "run0"), form, [])
    for number, answer in enumerate(sent):
        writer.write(number, answer)
        reader.read(received)
        assert len(received) == number + 1
    writer.close()
    assert repr(received) == repr(
        [Answer(a.value, a.aborts, tuple(map(float, a.extra))) for a in sent]
    )


def test_a_row_cut_off_by_a_kill_is_written_again(tmp_path: Path) -> None:
    form, path = packer(0), tmp_path / "run0"
    rows = row(form, 0, Answer(1.0, False)) + row(form, 1, Answer(2.0, False))
    path.write_bytes(rows[:-5])
    known: list[Answer] = []
    writer = Writer(str(path), form, known)
    assert known == [Answer(1.0, False)]
    writer.write(1, Answer(2.0, False))
    writer.close()
    assert path.read_bytes() == rows


def test_rows_that_two_workers_wrote_count_once() -> None:
    form = packer(0)
    known: list[Answer] = []
    rows = b"".join(row(form, number, Answer(float(number), False)) for number in (0, 1, 0, 1, 2))
    assert parse(form, rows, known) == len(rows)
    assert [answer.value for answer in known] == [0.0, 1.0, 2.0]


def test_a_worker_that_sees_no_file_writes_none(tmp_path: Path) -> None:
    writer = Writer(str(tmp_path / "elsewhere"), packer(0), [])
    writer.write(0, Answer(1.0, False))
    writer.close()
    assert list(tmp_path.iterdir()) == []


def test_whose_fault_it_is() -> None:
    from concurrent.futures.process import BrokenProcessPool

    assert is_death(BrokenProcessPool("a worker was killed"))
    assert not is_death(BrokenProcessPool("A task has failed to un-serialize."))
    assert not is_death(ValueError("something else"))
    assert "un-pickled" in str(explained(BrokenProcessPool("un-serialize"), square))
    assert name_of(square) == "square"
    lost = ValueError("x")
    assert explained(lost, square) is lost
    assert np.isfinite(evaluated()[-1].value)
