"""The answers of the function that workers have evaluated ahead, run by run.

A worker makes a run as one core would, and writes down each answer of the function. From these the
caller makes the same run again, as it is deterministic: all counts, records, callbacks and
decisions are those of one core, no matter who evaluates and in which order answers arrive.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from concurrent.futures import Future
from typing import Any, NamedTuple

from ..common.arrays import Array
from .answer_file import Answer, Reader, check_of
from .answer_log import give, replay
from .call import Call
from .driver import Driver, Function

_LONGEST_WAIT = 0.01  # seconds between two checks for an answer


class Here(threading.local):
    """The task of this thread: the call for which it evaluates, and whether others do, too."""

    call_id: str | None = None
    aborted = False
    busy = False


here = Here()


def make_run(
    driver: Driver,
    fun: Function,
    n: int,
    call_id: str,
    known: list[Answer],
    keep: Callable[[Answer], None],
) -> None:
    """Make a run in a worker; keep the answers of `fun` after those already known.

    This is no generator, out of which a StopIteration of `fun` would come as another exception.
    """
    replay(driver, known)
    check = known[-1].check if known else 0
    before = here.call_id, here.aborted, here.busy
    here.call_id, here.aborted, here.busy = call_id, False, True
    try:
        while not here.aborted and (point := driver.ask()) is not None:
            check = check_of(point[:n], check)
            value = driver.tell(fun(point))
            keep(Answer(value, here.aborted, tuple(point[n:].tolist()), check))
    finally:
        here.call_id, here.aborted, here.busy = before


class RunLog(NamedTuple):
    """All answers of a run, and the exception that the function raised after them."""

    answers: list[Answer]
    error: BaseException | None = None
    traceback: str = ""


class WorkerTraceback(Exception):  # noqa: N818
    """The cause of an exception from a worker process: its traceback there."""


class Stream:
    """The answers of run `number`, in their order; `end` ends all workers and waits for it."""

    work: Future[RunLog]  # the worker's final result, or the way it failed
    reader: Reader | None = None  # through which answers arrive before
    error: BaseException | None = None  # what the function raised after the last answer
    is_complete = False  # whether the worker has reached the end of its run
    at_last_loss = -1  # number of answers when a worker died last

    def __init__(self, number: int, spec: Any, end: Callable[[], None]) -> None:
        self.number, self.spec, self.end = number, spec, end
        self.answers: list[Answer] = []
        self.taken = 0

    @property
    def not_taken(self) -> int:
        """How many evaluations were made that no run has asked for."""
        return len(self.answers) + (self.error is not None) - self.taken

    @property
    def is_lost(self) -> bool:
        """Whether the worker has ended before the end of its run."""
        return not self.is_complete and self.work.done()

    def look(self) -> bool:
        """Add the answers that have arrived; return whether no more will come."""
        if self.is_complete:
            return True
        last = self.work.done()  # before reading the file, which is then complete
        if self.reader is not None:
            self.reader.read(self.answers)
        if last and self.work.exception() is None:
            log = self.work.result()
            self.answers += log.answers[len(self.answers) :]
            self.error, self.is_complete = log.error, True
            if log.error is not None and log.traceback:
                log.error.__cause__ = WorkerTraceback("\n" + log.traceback)
        return last

    def wait(self, call: Call) -> bool:
        """Wait for the next answer; return whether there is one.

        When the call is stopped from outside, evaluations under way are waited for.
        """
        pause = 0.0002
        while self.not_taken <= 0:
            last = self.look()
            if last or self.not_taken > 0:
                break
            if call.ends_now:
                self.end()
            else:
                time.sleep(pause)
                pause = min(2 * pause, _LONGEST_WAIT)
        return self.not_taken > 0

    def take(self, point: Array, call: Call) -> float:
        """Stand in for the function: write the extra elements to `point`, return the value."""
        self.taken += 1
        if self.taken > len(self.answers):
            assert self.error is not None
            raise self.error
        before = self.answers[self.taken - 2].check if self.taken > 1 else 0
        return give(self.answers[self.taken - 1], before, point, call)

    @property
    def all_answers(self) -> list[Answer]:
        """All answers up to now, including those not read yet; callable from any thread."""
        answers = self.answers.copy()
        return answers if self.reader is None else self.reader.all_after(answers)


def follow(driver: Driver, stream: Stream, call: Call) -> None:
    """Advance a run as far as its stream goes, or until it is over.

    When the call is stopped from outside, answers that have arrived still count.
    """
    call.following = True
    try:
        while (point := driver.ask()) is not None and stream.wait(call):
            try:
                driver.tell(stream.take(point, call))
            except BaseException:
                driver.failed()
                raise
    finally:
        call.following = False
    if call.ends_now:
        driver.ask()  # is told that it is over
