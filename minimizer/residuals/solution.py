"""A result of least squares, and the job: the functions and the remaining budgets."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np

from ..common.arrays import Array
from ..common.records import RunRecord
from ..common.status import Status
from ..levenberg_marquardt.options import Options
from ..levenberg_marquardt.outcome import Outcome
from .engine import LevenbergMarquardt

LIMITS = (Status.MAX_EVALUATIONS_EXCEEDED, Status.MAX_SECONDS_EXCEEDED, Status.ABORTED)


@dataclass(frozen=True)
class Solution:
    """A result, and how it was obtained.

    Attributes
    ----------
    outcome : Outcome
    status : Status
    message : str
    runs : list of RunRecord
    simplex : bool
        Whether the simplex vouches for it.
    """

    outcome: Outcome
    status: Status
    message: str
    runs: list[RunRecord]
    simplex: bool = False

    @property
    def cost(self) -> float:
        """Half the sum that is minimized, infinite if there is no result."""
        cost = self.outcome.cost
        return cost if cost == cost else np.inf


@dataclass
class Job:
    """One call: the functions, their settings, and the part of the budgets that was used."""

    fun: Callable[..., Any]
    start: Array
    jac: Callable[..., Any] | None = None
    args: tuple[Any, ...] = ()
    settings: dict[str, Any] = field(default_factory=dict)
    max_evaluations: int | None = None
    max_seconds: float | None = None
    evaluations: int = 0
    jacobians: int = 0
    iterations: int = 0
    first_cost: float = np.inf  # at the start, where it was valid
    first_evaluations: int = 0  # of the first descent
    is_over: bool = False  # aborted, or a budget is used up

    def __post_init__(self) -> None:
        self._began = time.monotonic()

    @property
    def evaluations_left(self) -> int | None:
        """Remaining calls of the function, None without a limit."""
        return None if self.max_evaluations is None else self.max_evaluations - self.evaluations

    @property
    def seconds_left(self) -> float | None:
        """Remaining seconds, None without a limit."""
        if self.max_seconds is None:
            return None
        return max(1e-9, self.max_seconds - (time.monotonic() - self._began))

    @property
    def is_spent(self) -> bool:
        """Whether nothing is left."""
        left = self.evaluations_left
        return left is not None and left <= 0

    def descend(self, start: Array, at_most: int | None = None, **options: Any) -> Solution:
        """Return the result of Levenberg-Marquardt from a start.

        `at_most` limits its evaluations; `options` differ from those of the job.
        """
        settings, left = dict(self.settings), self.evaluations_left
        limit = min((each for each in (left, at_most) if each is not None), default=None)
        if options:
            settings["options"] = replace(settings.get("options") or Options(), **options)
        lm = LevenbergMarquardt(
            self.fun,
            jac=self.jac,
            args=self.args,
            max_evaluations=limit,
            max_seconds=self.seconds_left,
            **settings,
        )
        try:
            status = lm.minimize(start)
        finally:
            self.evaluations += lm.evaluations
            self.jacobians += lm.jacobians
            self.iterations += lm.iterations
        self.first_evaluations = self.first_evaluations or lm.evaluations
        self.first_cost = min(self.first_cost, lm.first_cost)
        late = self.seconds_left is not None and status is Status.MAX_SECONDS_EXCEEDED
        self.is_over = status is Status.ABORTED or late or self.is_spent
        return Solution(lm.outcome, status, lm.message, lm.runs)
