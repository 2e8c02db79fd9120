"""What a call of `minimize` has found so far, read off its session."""

from __future__ import annotations

import numpy as np

from .common.arrays import Array
from .common.status import Status
from .execution.session import Session
from .simplex.records import RunRecord


class Results:
    """The results that `Minimizer` shows; during a call, the best so far."""

    n_params: int | None
    extra_array_elements: int
    _session: Session | None

    @property
    def params(self) -> Array:
        """Best point (n,), NaN if there is none."""
        best = self._best
        return np.full(self.n_params or 0, np.nan) if best is None else best.params.copy()

    @property
    def function_value(self) -> float:
        """Value at the best point, NaN if there is none."""
        return np.nan if self._best is None else self._best.function_value

    @property
    def extra(self) -> Array:
        """Extra array elements of the best point, NaN if there is none."""
        best = self._best
        return np.full(self.extra_array_elements, np.nan) if best is None else best.extra.copy()

    @property
    def status(self) -> Status | None:
        """How the last call ended, None before and during it."""
        outcome = self._session and self._session.outcome
        return outcome.status if outcome else None

    @property
    def message(self) -> str:
        """What happened and what to do, in words."""
        if self.status is None:
            return "No minimization has ended yet."
        values = sorted(run.function_value for run in self.runs if run.has_result)
        if self.status is Status.MAX_RESTARTS_EXCEEDED and len(values) > 1:
            return (
                f"No two runs agreed: best {values[0]:.6g} and {values[1]:.6g}. "
                "Raise max_restarts, or try another start."
            )
        return self.status.message

    @property
    def runs(self) -> list[RunRecord]:
        """Records of all runs, one each, in the order of the schedule."""
        return [] if self._session is None else self._session.all_records

    @property
    def iterations(self) -> int:
        """Iterations of all runs."""
        return sum(run.iterations for run in self.runs)

    @property
    def evaluations(self) -> int:
        """Calls of the function in all runs."""
        return sum(run.evaluations for run in self.runs)

    @property
    def speculative_evaluations(self) -> int:
        """Calls of the function in workers that nobody needed, known when the call has ended."""
        return 0 if self._session is None else self._session.speculative_evaluations

    @property
    def nan_evaluations(self) -> int:
        """Calls of the function that gave NaN."""
        return sum(run.nan_evaluations for run in self.runs)

    @property
    def completed_minimizations(self) -> int:
        """Number of runs that converged."""
        return sum(run.completed for run in self.runs)

    @property
    def _best(self) -> RunRecord | None:
        return None if self._session is None else self._session.best
