"""Minimizations at one level: from several starts, and until two runs agree."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from ...common.arrays import Array
from ...common.progress import Reporter
from ...common.records import RunRecord
from ...minimizer import Minimizer
from ..cost import RegistrationCost
from ..level_record import LevelRecord
from ..metrics.registry import find_metric
from .candidates import Candidate, CandidateScorer
from .free_cost import FreeCost

RESOLUTION = 0.005
"""A search at full resolution ends when its simplex is smaller than this, in pixels."""

COARSE_RESOLUTION = 0.05
"""The same at the other levels, in pixels of the level."""

VALUE_TOLERANCE, COARSE_VALUE_TOLERANCE = 1e-6, 1e-5
"""About the change of a cost, as a part of its usual size, by a shift of one resolution."""

MAX_EVALUATIONS = 2000
"""Limit per minimization; about a hundred per run are usual."""


@dataclass
class Refinement:
    """Minimizations of one cost; keeps the values of all evaluations.

    Parameters
    ----------
    cost : RegistrationCost
        The function to minimize.
    scorer : CandidateScorer or None
        Scores the results; without it the cost does.
    step : float
        Size of the initial simplex in pixels of the level.
    random_seed, n_jobs
        For the minimizer.
    reporter : Reporter or None
        Is notified of each iteration.
    """

    cost: RegistrationCost
    scorer: CandidateScorer | None
    step: float
    random_seed: int
    n_jobs: int | None
    reporter: Reporter | None = None

    def __post_init__(self) -> None:
        self.traces: list[Array] = []
        self.function = FreeCost(self.cost)

    def minimize_once(self, start: Array) -> tuple[Minimizer, Candidate]:
        """Make one run."""
        minimizer = self._minimizer(COARSE_RESOLUTION if self.cost.level else RESOLUTION)
        start = self.function.start(start)
        minimizer.minimize_once(self.function.free(start), self._variations)
        self._keep_trace(minimizer)
        found, value = self._result(minimizer, start), minimizer.function_value
        if self.scorer:
            return minimizer, self.scorer.score(found)
        return minimizer, Candidate(found, -value if np.isfinite(value) else 0.0)

    def minimize_until_agreed(self, candidate: Candidate) -> tuple[Minimizer, Candidate]:
        """Make runs until two agree."""
        minimizer = self._minimizer(RESOLUTION)
        start = self.function.start(candidate.params)
        minimizer.minimize(self.function.free(start), self._variations)
        self._keep_trace(minimizer)
        return minimizer, replace(candidate, params=self._result(minimizer, start))

    def record(self, minimizer: Minimizer, best: Candidate) -> LevelRecord:
        """Return the record of the level; the time is added later."""
        assert minimizer.status is not None
        return LevelRecord(
            level=self.cost.level,
            shape=self.cost.shape,
            params=best.params,
            metric=find_metric(self.cost.metric).name,
            cost=minimizer.function_value,
            status=minimizer.status,
            evaluations=sum(map(len, self.traces)),
            seconds=0.0,
            trace=np.fmin.accumulate(np.concatenate(self.traces)),
        )

    @property
    def _variations(self) -> Array:
        """Initial variations of the free parameters, at most half as wide as their limits."""
        size = self.step * self.cost.pixel
        if self.function.box is None:
            return np.full(self.cost.n_params, size)
        return np.minimum(size, (self.function.box.upper - self.function.box.lower) / 2)

    def _minimizer(self, resolution: float) -> Minimizer:
        """Return a minimizer with tolerances that suit the level.

        Over N pixels, moving by one standard error changes a mean square by 1 / N of itself;
        smaller differences have no meaning. Where the images match nearly perfectly, the
        resolution ends the search.
        """
        cost = self.cost
        n_free = len(self._variations)
        return Minimizer(
            self.function if self.function.box else cost,
            n_free,
            bounds=self.function.box.sides if self.function.box else None,
            max_rel_error=1 / np.prod(cost.shape),
            max_abs_error=(COARSE_VALUE_TOLERANCE if cost.level else VALUE_TOLERANCE)
            * cost.comparison.scale,
            param_resolutions=np.full(n_free, resolution * cost.pixel),
            max_evaluations=MAX_EVALUATIONS,
            random_seed=self.random_seed,
            n_jobs=self.n_jobs,
            callback=self._report if self.reporter else None,
            trace=True,
        )

    def _report(self, record: RunRecord) -> None:
        """Notify the reporter of an iteration."""
        assert self.reporter is not None
        self.reporter.update(record.function_value)

    def _result(self, minimizer: Minimizer, start: Array) -> Array:
        """Return all parameters as found, or the start if there was no result."""
        found = np.isfinite(minimizer.function_value)
        return self.function.full(minimizer.params) if found else start

    def _keep_trace(self, minimizer: Minimizer) -> None:
        """Keep the values of all evaluations, in order."""
        assert isinstance(minimizer.trace, list)
        self.traces.append(np.array([evaluation.value for evaluation in minimizer.trace]))


def joined(first: LevelRecord, second: LevelRecord) -> LevelRecord:
    """Return one record for two minimizations at the same level."""
    trace = np.fmin.accumulate(np.concatenate([first.trace, second.trace]))
    evaluations = first.evaluations + second.evaluations
    return replace(second, trace=trace, evaluations=evaluations)
