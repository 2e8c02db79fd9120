"""The way down a pyramid: find the place on the coarsest level, refine it on the others."""

from __future__ import annotations

import time
from collections.abc import Callable

import numpy as np

from ..core import Minimizer
from .cost import RegistrationCost
from .result import LevelRecord
from .starts import look_around
from .transforms import Floats

N_STARTS = 16
"""So many starts are refined at the coarsest level."""

RESOLUTION = 0.005
"""A search ends when its simplex is smaller than this, in pixels of the level."""

VALUE_RESOLUTION = 1e-6
"""The part of the costs' spread that a shift by `RESOLUTION` changes, about."""

MAX_EVALUATIONS = 2000
"""Limit for each minimization; about a hundred for each run are usual."""


class Descent:
    """Minimizes the cost at one level after the other.

    Parameters
    ----------
    cost_at : callable
        ``cost_at(level=level)`` returns the cost at a pyramid level.
    random_seed, n_jobs
        For the minimizer.
    """

    def __init__(
        self, cost_at: Callable[..., RegistrationCost], random_seed: int, n_jobs: int | None
    ) -> None:
        self.cost_at = cost_at
        self.random_seed = random_seed
        self.n_jobs = n_jobs
        # A wrong setting is refused now, not after a long look.
        Minimizer(None, random_seed=random_seed, n_jobs=n_jobs)
        self.spread = 0.0  # of the costs, all over the place; known when `begin` has looked

    def begin(self, level: int) -> LevelRecord:
        """Look everywhere, refine the best starts, and make runs from the best until two agree."""
        clock = time.perf_counter()
        cost = self.cost_at(level=level)
        look = look_around(cost, N_STARTS)
        self.spread = look.spread
        pixel = np.full(cost.n_params, 2.0**level)
        refined = [self._minimizer(cost) for _ in look.starts]
        for minimizer, start in zip(refined, look.starts, strict=True):
            minimizer.minimize_once(start, pixel)
        best = min(refined, key=lambda minimizer: minimizer.function_value)
        last = self._minimizer(cost)
        last.minimize(best.params, pixel)
        seen = np.concatenate([look.costs, *map(_values, refined), _values(last)])
        return _record(cost, last, best.params, seen, clock)

    def refine(self, level: int, params: Floats) -> LevelRecord:
        """Make one run from the result of the coarser level, which is right to a pixel or so."""
        clock = time.perf_counter()
        cost = self.cost_at(level=level)
        minimizer = self._minimizer(cost)
        minimizer.minimize_once(params, np.full(cost.n_params, 0.5 * 2**level))
        return _record(cost, minimizer, params, _values(minimizer), clock)

    def _minimizer(self, cost: RegistrationCost) -> Minimizer:
        """Return a minimizer with limits that suit the level.

        Over N pixels, moving by one standard error changes a mean square by 1 / N of itself:
        there is no sense in telling smaller differences apart. Where the images agree nearly
        perfectly it is the resolution that ends a search.
        """
        return Minimizer(
            cost,
            cost.n_params,
            max_rel_error=1 / np.prod(cost.shape),
            max_abs_error=VALUE_RESOLUTION * self.spread,
            param_resolutions=np.full(cost.n_params, RESOLUTION * 2**cost.level),
            max_evaluations=MAX_EVALUATIONS,
            random_seed=self.random_seed,
            n_jobs=self.n_jobs,
            trace=True,
        )


def _values(minimizer: Minimizer) -> Floats:
    """Return the values of all evaluations, in order."""
    assert isinstance(minimizer.trace, list)
    return np.array([evaluation.value for evaluation in minimizer.trace])


def _record(
    cost: RegistrationCost, minimizer: Minimizer, start: Floats, seen: Floats, clock: float
) -> LevelRecord:
    """Return the record of a level; the start stands where the minimizer had no result."""
    assert minimizer.status is not None
    has_result = bool(np.isfinite(minimizer.function_value))
    return LevelRecord(
        level=cost.level,
        shape=cost.shape,
        params=minimizer.params if has_result else start,
        cost=minimizer.function_value,
        status=minimizer.status,
        evaluations=len(seen),
        seconds=time.perf_counter() - clock,
        trace=np.fmin.accumulate(seen),
    )
