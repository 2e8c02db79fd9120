"""What the runs of one call share: the abort flag, the deadline, and who is watching."""

from __future__ import annotations

import threading
import time
import uuid
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from ..common.status import Status
from ..simplex.counts import Tally

if TYPE_CHECKING:
    from ..common.progress import Reporter
    from ..simplex.records import RunRecord


@dataclass
class Call:
    """One call of `minimize`, as its runs see it.

    Parameters
    ----------
    shared : Tally or None
        The one tally of all runs in ImageJ's rules; None if each has its own (R5).
    leader : Call or None
        In a worker thread, the call that it works for; it ends with it.
    """

    shared: Tally | None = None
    deadline: float | None = None
    callback: Callable[[RunRecord], object] | None = None
    reporter: Reporter | None = None
    tracing: bool = False
    aborted: bool = False  # by the function or a callback, in the order of the runs
    stopped: bool = False  # from outside: by another thread, or by Ctrl-C
    following: bool = False  # values that are there already are taken in before a stop
    quiet: bool = False
    leader: Call | None = None

    def __post_init__(self) -> None:
        self._one_at_a_time = threading.Lock()
        self.thread = threading.get_ident()
        self.id = uuid.uuid4().hex
        self.flag = np.array([self.aborted], np.int64)  # an abort or a stop as compiled runs see it

    @property
    def is_watched(self) -> bool:
        """Whether anyone wants to hear of every iteration."""
        return not self.quiet and (self.callback is not None or self.reporter is not None)

    @property
    def is_aborted(self) -> bool:
        """Whether no further point may be evaluated."""
        if self.aborted or (self.stopped and not self.following):
            return True
        return self.leader is not None and (self.leader.aborted or self.leader.stopped)

    @property
    def is_late(self) -> bool:
        """Whether the time is used up."""
        late = self.deadline is not None and time.monotonic() >= self.deadline
        return late and not self.following

    @property
    def ends_now(self) -> bool:
        """Whether nothing more should be waited for."""
        late = self.deadline is not None and time.monotonic() >= self.deadline
        return late or self.stopped or self.aborted

    def abort(self) -> None:
        """Stop all runs: after the iteration in ImageJ's rules, else at the next evaluation."""
        self.aborted = True
        self.flag[0] = 1
        if self.shared is not None:
            self.shared.status = Status.ABORTED

    def abort_from(self, thread: int) -> None:
        """Stop all runs; at once, if it is not the caller's own thread that says so."""
        if thread == self.thread or self.shared is not None:
            self.abort()
        else:
            self.stopped = True
            self.flag[0] = 1

    def iteration_done(self, record: RunRecord) -> None:
        """Tell those who watch; a callback that raises StopIteration aborts."""
        with self._one_at_a_time:
            if self.reporter is not None:
                self.reporter.update(record.function_value)
            if self.callback is not None:
                try:
                    self.callback(record)
                except StopIteration:
                    self.abort()
