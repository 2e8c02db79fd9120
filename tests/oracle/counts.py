"""Status and counts of the runs: one for all of them in ImageJ, one each if independent (R5)."""

from __future__ import annotations

from dataclasses import dataclass

from minimizer import Status

_SUCCESS = Status.SUCCESS
_OPEN = (_SUCCESS, Status.REINITIALIZATION_FAILURE)


@dataclass
class Tally:
    """What a run reports while it goes on, and in ImageJ also what stops it.

    `max_iterations` is ImageJ's limit on the shared count; None where the driver, which can be
    exact, keeps to the limits.
    """

    max_iterations: int | None = None
    status: Status = Status.SUCCESS
    iterations: int = 0
    completed: int = 0
    any_initialized: bool = False

    @property
    def is_open(self) -> bool:
        """Whether a run may go on making simplices."""
        return self.status in _OPEN

    def stops_search(self, before: int) -> bool:
        """Return whether a search begun at count `before` must end; ImageJ overruns limits by 1."""
        if self.max_iterations is not None and (
            self.iterations > self.max_iterations
            or self.iterations - before > 4 * (self.max_iterations // 10)
        ):
            self.status = Status.MAX_ITERATIONS_EXCEEDED
        return self.status is not _SUCCESS
