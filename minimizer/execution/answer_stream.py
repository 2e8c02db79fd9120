"""What workers have evaluated ahead: the answers of the function, run by run.

A worker makes a run as one core would, and writes down each answer of the function. The caller
makes the same run from these answers: its driver asks for the same points, for a run is
deterministic. So all counts, records, callbacks and decisions are those of one core, whoever
evaluates, and in whatever order the answers arrive.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from typing import Any, Protocol

from ..common.arrays import Array
from .answer_file import Answer, Reader
from .call import Call
from .driver import Driver, Function

_LONGEST_WAIT = 0.01  # seconds between two looks for an answer


class Here(threading.local):
    """What this thread does: for which call it evaluates, and whether others evaluate beside it."""

    call_id: str | None = None
    aborted = False
    busy = False


here = Here()


def answers(
    driver: Driver, fun: Function, n: int, call_id: str, known: list[Answer]
) -> Iterator[Answer]:
    """Make a run in a worker; yield what `fun` answers after what is known already."""
    for answer in known:
        if driver.ask() is not None:
            driver.tell(answer.value)
    before = here.call_id, here.aborted, here.busy
    here.call_id, here.aborted, here.busy = call_id, False, True
    try:
        while not here.aborted and (point := driver.ask()) is not None:
            value = driver.tell(fun(point))
            yield Answer(value, here.aborted, tuple(point[n:].tolist()))
    finally:
        here.call_id, here.aborted, here.busy = before


class Source(Protocol):
    """Where the answers of streams come from."""

    def is_over(self, stream: Stream) -> bool:
        """Return whether no more will come."""

    def look(self, stream: Stream) -> None:
        """Add the answers that have arrived since the last look."""

    def end(self) -> None:
        """End all workers; when this returns, no more will come."""


class Stream:
    """The answers of one run, in their order.

    Attributes
    ----------
    answers : list of Answer
    error : BaseException or None
        What the function raised after the last answer.
    worker_error : BaseException or None
        What became of the worker.
    is_complete : bool
        Whether the worker has come to the end of its run.
    """

    reader: Reader | None = None
    error: BaseException | None = None
    worker_error: BaseException | None = None
    is_awaited = False
    is_complete = False
    at_last_loss = -1

    def __init__(self, number: int, spec: Any, source: Source) -> None:
        self.number, self.spec, self.source = number, spec, source
        self.answers: list[Answer] = []
        self._taken = 0

    @property
    def not_taken(self) -> int:
        """How many evaluations were made that nobody has asked for."""
        return len(self.answers) + (self.error is not None) - self._taken

    @property
    def is_lost(self) -> bool:
        """Whether the worker has ended without coming to the end of its run."""
        return not self.is_complete and self.source.is_over(self)

    def rewind(self) -> None:
        """Begin with the first answer again."""
        self._taken = 0

    def wait(self, call: Call) -> bool:
        """Wait for the next answer; tell whether there is one.

        When the call is stopped from outside, evaluations under way are waited for.
        """
        pause = 0.0002
        while self.not_taken <= 0:
            last = self.is_complete or self.source.is_over(
                self
            )  # before the look, which then is last
            self.source.look(self)
            if self.not_taken > 0:
                break
            if last:
                return False
            if call.ends_now:
                self.source.end()
                continue
            time.sleep(pause)
            pause = min(2 * pause, _LONGEST_WAIT)
        return True

    def take(self, point: Array, call: Call) -> float:
        """Stand in for the function: write the extra elements to `point`, return the value."""
        self._taken += 1
        if self._taken > len(self.answers):
            assert self.error is not None
            raise self.error
        answer = self.answers[self._taken - 1]
        if answer.extra:
            point[-len(answer.extra) :] = answer.extra
        if answer.aborts:
            call.abort()
        return answer.value


def follow(driver: Driver, stream: Stream, call: Call) -> None:
    """Carry a run as far as its stream goes, or until it is over.

    When the call is stopped from outside, answers that are there are still taken in: they have
    been paid for.
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
