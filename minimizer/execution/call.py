"""What the runs of one call share: the abort flag, the deadline, callback and progress."""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from ..common.progress import Reporter
from ..common.records import RunRecord
from ..common.status import Status

_ABORTED, _LATE = int(Status.ABORTED), int(Status.MAX_SECONDS_EXCEEDED)


@dataclass
class Call:
    """One call of `minimize`, as its runs see it."""

    in_order: bool = False  # runs depend on each other, so that an abort has its place among them
    deadline: float | None = None
    callback: Callable[[RunRecord], object] | None = None
    reporter: Reporter | None = None
    tracing: bool = False
    logs: bool = False  # keeps all answers, so that it can be saved and continued
    aborted: bool = False  # by the function or a callback, in the order of the runs
    stopped: bool = False  # from outside: by another thread, or by Ctrl-C
    following: bool = False  # values that have arrived count before a stop
    leader: Call | None = None  # in a worker thread: the call that it works for, and ends with
    seconds_before: float = 0.0  # that were used before it was saved and continued

    def __post_init__(self) -> None:
        self._one_at_a_time = threading.Lock()
        self.thread = threading.get_ident()
        self.id = os.urandom(16).hex()  # unique to this call, on any machine
        # An abort or a stop as compiled runs see it.
        self.flag = np.array([_ABORTED if self.aborted else 0], np.int64)
        self.begin(self.callback, self.reporter, None)

    def begin(
        self,
        callback: Callable[[RunRecord], object] | None,
        reporter: Reporter | None,
        max_seconds: float | None,
    ) -> None:
        """Start the clock, and register callback and progress."""
        self.callback, self.reporter = callback, reporter
        self.is_watched = callback is not None or reporter is not None
        self.began = time.monotonic()
        if max_seconds is not None:
            self.deadline = self.began + max(0.0, max_seconds - self.seconds_before)

    @property
    def seconds(self) -> float:
        """The time taken by the call."""
        return self.seconds_before + time.monotonic() - self.began

    def ends(self) -> int:
        """Return the status that forbids further evaluations, 0 if there is none."""
        if self.aborted or (self.stopped and not self.following):
            return _ABORTED
        if self.leader is not None and (self.leader.aborted or self.leader.stopped):
            return _ABORTED
        return _LATE if self.deadline is not None and not self.following and self._is_late() else 0

    @property
    def ends_now(self) -> bool:
        """Whether nothing more should be waited for."""
        return self.stopped or self.aborted or self._is_late()

    def _is_late(self) -> bool:
        return self.deadline is not None and time.monotonic() >= self.deadline

    def abort(self) -> None:
        """Stop all runs: at the next evaluation, or where the method prescribes."""
        self.aborted = True
        self.flag[0] = _ABORTED

    def abort_from(self, thread: int) -> None:
        """Stop all runs; at once, if this is not the caller's own thread."""
        if thread == self.thread or self.in_order:
            self.abort()
        else:
            self.stopped = True
            self.flag[0] = _ABORTED

    def iteration_done(self, record: RunRecord) -> None:
        """Call callback and progress; a callback that raises StopIteration aborts."""
        with self._one_at_a_time:
            if self.reporter is not None:
                self.reporter.update(record.function_value)
            if self.callback is not None:
                try:
                    self.callback(record)
                except StopIteration:
                    self.abort()
