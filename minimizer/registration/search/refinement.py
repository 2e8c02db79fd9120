"""Minimizations at one level: from several starts, and until two runs agree.

A cost of least squares is minimized by Levenberg-Marquardt; the simplex goes on where that finds no
minimum. All other costs are left to the simplex.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import NamedTuple

import numpy as np

from ...common.arrays import Array
from ...common.progress import Reporter
from ...common.records import RunRecord
from ...common.status import Status
from ...minimizer import Minimizer
from ..cost import RegistrationCost
from ..level_record import LevelRecord
from ..metrics.registry import find_metric
from .candidates import Candidate, CandidateScorer
from .descent import Descent
from .free_cost import FreeCost
from .gauss_newton import descend
from .quadratic_descent import QuadraticDescent

RESOLUTION = 0.005
"""A search at full resolution ends when its simplex is smaller than this, in pixels."""

COARSE_RESOLUTION = 0.05
"""The same at the other levels, in pixels of the level."""

VALUE_TOLERANCE, COARSE_VALUE_TOLERANCE = 1e-6, 1e-5
"""About the change of a cost, as a part of its usual size, by a shift of one resolution."""

MAX_EVALUATIONS = 2000
"""Limit per minimization; about a hundred per run are usual."""

STEP_RESOLUTION = 0.02
"""A descent with slopes ends with a step shorter than this, in pixels of the level."""

NOISY = 0.1
"""Of least squares, the last step is this part of it: slopes of noise make the steps too short, and
several times as much may be left."""

DESCENT_STEP = 0.5
"""Levenberg-Marquardt is tried where the start is about this near, in pixels of the level."""


class Ending(NamedTuple):
    """The end of a minimization, and the cost there."""

    status: Status
    value: float


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

    def minimize_once(self, start: Array) -> tuple[Ending, Candidate]:
        """Make one run."""
        params, ending = self._descend(self.function.start(start))
        if ending is None:
            minimizer = self._minimizer(COARSE_RESOLUTION if self.cost.level else RESOLUTION)
            minimizer.minimize_once(self.function.free(params), self._variations)
            params, ending = self._kept(minimizer, params)
        return ending, self._scored(params, ending)

    def minimize_until_agreed(self, start: Array) -> tuple[Ending, Candidate]:
        """Make runs of the simplex until two agree."""
        minimizer = self._minimizer(COARSE_RESOLUTION if self.cost.level else RESOLUTION)
        start = self.function.start(start)
        minimizer.minimize(self.function.free(start), self._variations)
        params, ending = self._kept(minimizer, start)
        return ending, self._scored(params, ending)

    def _scored(self, params: Array, ending: Ending) -> Candidate:
        """Return the end of a minimization with the evidence for it."""
        if self.scorer:
            return self.scorer.score(params)
        return Candidate(params, -ending.value if np.isfinite(ending.value) else 0.0)

    def _descend(self, start: Array) -> tuple[Array, Ending | None]:
        """Return the result of a method with slopes, and the ending if it is a minimum."""
        if self.step > DESCENT_STEP or self.function.box:  # these methods know no limits
            return start, None
        found = self._found_from(start)
        self.traces.append(found.values)
        if self.reporter:
            self.reporter.update(found.value)
        return found.params, Ending(Status.SUCCESS, found.value) if found.converged else None

    def _found_from(self, start: Array) -> Descent:
        """Return the outcome of a method with slopes."""
        step, resolution = self.step * self.cost.pixel, STEP_RESOLUTION * self.cost.pixel
        if find_metric(self.cost.metric).least_squares:
            return descend(self.cost, start, 2 * step, NOISY * resolution)
        return QuadraticDescent(self.cost, step, resolution).descend(start)

    def record(self, ending: Ending, best: Candidate) -> LevelRecord:
        """Return the record of the level; the time is added later."""
        return LevelRecord(
            level=self.cost.level,
            shape=self.cost.shape,
            params=best.params,
            metric=find_metric(self.cost.metric).name,
            cost=ending.value,
            status=ending.status,
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

    def _kept(self, minimizer: Minimizer, start: Array) -> tuple[Array, Ending]:
        """Keep the values of all evaluations; return the result, or the start if there is none."""
        assert isinstance(minimizer.trace, list)
        assert minimizer.status is not None
        self.traces.append(np.array([evaluation.value for evaluation in minimizer.trace]))
        value = minimizer.function_value
        params = self.function.full(minimizer.params) if np.isfinite(value) else start
        return params, Ending(minimizer.status, value)


def joined(first: LevelRecord, second: LevelRecord) -> LevelRecord:
    """Return one record for two minimizations at the same level."""
    trace = np.fmin.accumulate(np.concatenate([first.trace, second.trace]))
    evaluations = first.evaluations + second.evaluations
    return replace(second, trace=trace, evaluations=evaluations)
