"""The results of a `LevenbergMarquardt`; during a call, the best so far."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from ..common.arrays import Array
from ..common.records import RunRecord
from ..common.status import Status
from ..execution.session import Session
from ..levenberg_marquardt.outcome import Outcome, expected_sum, outcome_of, reason
from ..levenberg_marquardt.solver import LevenbergMarquardtRun
from .problem_of import names_of


class EngineResults:
    """The results of the runs of a call."""

    names: Sequence[str] | None
    _session: Session | None
    _made: list[LevenbergMarquardtRun]

    def expected_error(self, step: Any = "current") -> float:
        """Return the cost that the tangent space expects after a step.

        Parameters
        ----------
        step : "current", "undamped" or array (n,)
            The next damped step, that of Gauss and Newton, or any other step.
        """
        return 0.5 * expected_sum(self._best.state, step)

    @property
    def outcome(self) -> Outcome:
        """Everything that is known about the result."""
        return outcome_of(self._best.state)

    @property
    def params(self) -> Array:
        """Best point (n,)."""
        x: Array = self._best.state.x.copy()
        return x

    @property
    def residuals(self) -> Array:
        """Residuals (m,) at the best point."""
        r: Array = self._best.state.r.copy()
        return r

    @property
    def cost(self) -> float:
        """Half the sum of squares (or of the loss) at the best point; NaN if there is none."""
        best = self._best.state
        return 0.5 * best.f if best.f < np.inf else np.nan

    @property
    def first_cost(self) -> float:
        """Cost at the start; infinite if it is not valid there."""
        start = self._made[0].state.start if self._made else None
        return np.inf if start is None else 0.5 * start.f

    @property
    def status(self) -> Status | None:
        """Status of the last call, None before and during it."""
        return None if self._session is None else self._session.status

    @property
    def message(self) -> str:
        """What happened and what to do, with the names of the parameters concerned."""
        if self.status is None:
            return "No minimization has ended yet."
        names = names_of(self.names, self._best.problem.n)
        return reason(self.status, self.outcome, names)

    @property
    def runs(self) -> list[RunRecord]:
        """Records of the runs."""
        return [] if self._session is None else self._session.all_records

    @property
    def evaluations(self) -> int:
        """Calls of `fun`."""
        return sum(run.evaluations for run in self._made)

    @property
    def jacobians(self) -> int:
        """Jacobians, of the user or by differences."""
        return sum(run.state.jacobians for run in self._made)

    @property
    def iterations(self) -> int:
        """Steps from a tangent space."""
        return sum(run.state.iterations for run in self._made)

    @property
    def _best(self) -> LevenbergMarquardtRun:
        if not self._made:
            raise RuntimeError("there is no result yet; call minimize first")
        return min(self._made, key=lambda run: (run.sum, run.status is not Status.SUCCESS))
