"""From the starts to the lowest minimum; only this module knows which method minimizes.

A method for sums of squares with derivatives would take the place of `minimum_from`: it has the
residuals of the model, its start and the limits.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ...common.arrays import Array
from ...common.status import Status
from ...minimizer import Minimizer
from .separable import Separable
from .starts import Start

SAME_VALUE = 1e-4  # relative: two starts led to the same minimum
SAME = 1e-7  # relative: sums of squares that differ by less are the same minimum


@dataclass(frozen=True)
class Limits:
    """Limits of the minimizer, and the bounds of its parameters, or None."""

    max_rel_error: float = 1e-10
    max_iterations: int | None = None
    max_restarts: int = 2
    random_seed: int = 0
    schedule: str = "pairs"
    bounds: list[tuple[float | None, float | None]] | None = None


@dataclass(frozen=True)
class Minimum:
    """The result of a search: nonlinear parameters (n,) and the sum of squares there."""

    params: Array
    total: float
    status: Status
    minimizer: Minimizer


def minimum_from(model: Separable, start: Start, limits: Limits) -> Minimum:
    """Return the minimum found from one start."""
    m = Minimizer(
        model.sum_of_squares,
        start.point.size,
        max_rel_error=limits.max_rel_error,
        max_iterations=limits.max_iterations,
        max_restarts=limits.max_restarts,
        random_seed=limits.random_seed,
        schedule=limits.schedule,
        bounds=limits.bounds,
    )
    status = m.minimize(start.point, start.sizes if start.sizes.size else None)
    return Minimum(m.params, m.function_value, status, m)


def reached_once(found: list[Minimum], best: Minimum, rounding: float) -> str:
    """Return a text if only one of several starts led to the lowest minimum, else an empty one.

    Sums of squares within the `rounding` of the data are equal.
    """
    limit = best.total + SAME_VALUE * abs(best.total) + rounding
    if len(found) == 1 or sum(each.total <= limit for each in found) > 1:
        return ""
    return f"only one of {len(found)} starts led to this minimum; there may be a lower one."


def lowest_minimum(found: list[Minimum]) -> Minimum:
    """Return the lowest; among equal ones a success, and the first."""
    totals = [each.total if np.isfinite(each.total) else np.inf for each in found]
    least = min(totals)
    equal = [
        each
        for each, total in zip(found, totals, strict=True)
        if total <= least * (1.0 + SAME) or total == least
    ]
    successes = [each for each in equal if each.status is Status.SUCCESS]
    return (successes or equal)[0]
