"""What the runs of one call share: the abort flag, the deadline, and who is watching."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from .status import Status
from .tally import Tally

if TYPE_CHECKING:
    from .objective import RunRecord
    from .progress import Reporter


@dataclass
class Call:
    """One call of `minimize`, as its runs see it.

    Parameters
    ----------
    shared : Tally or None
        The one tally of all runs in ImageJ's rules; None if each has its own (R5).
    """

    shared: Tally | None = None
    deadline: float | None = None
    callback: Callable[[RunRecord], object] | None = None
    reporter: Reporter | None = None
    tracing: bool = False
    aborted: bool = False

    def __post_init__(self) -> None:
        self._one_at_a_time = threading.Lock()
        self.flag = np.array([self.aborted], np.int64)  # `aborted` as compiled runs see it

    @property
    def is_watched(self) -> bool:
        """Whether anyone wants to hear of every iteration."""
        return self.callback is not None or self.reporter is not None

    @property
    def is_late(self) -> bool:
        """Whether the time is used up."""
        return self.deadline is not None and time.monotonic() >= self.deadline

    def abort(self) -> None:
        """Stop all runs: after the iteration in ImageJ's rules, else at the next evaluation."""
        self.aborted = True
        self.flag[0] = 1
        if self.shared is not None:
            self.shared.status = Status.ABORTED

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
