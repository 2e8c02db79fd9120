"""How good results are: scatter of residuals, errors beside bounds, numbers of spheres."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from minimizer.blocks import Reparametrized, add_and_remove, fit_blocks
from minimizer.blocks.spheres import Spheres
from minimizer.blocks.spheres.made import Comparison, compare
from minimizer.common.arrays import Array

from .cases import Case

Solved = tuple[Spheres, Array, float]


@dataclass(frozen=True)
class Score:
    """A result beside the truth.

    Attributes
    ----------
    chi2 : float
        Sum of squares over residuals less parameters: 1, but for chance.
    sigmas : float
        How far that is from 1, in its standard deviations.
    comparison : Comparison
    """

    chi2: float
    sigmas: float
    comparison: Comparison

    @property
    def is_exact(self) -> bool:
        """Whether all spheres were found, and no others."""
        return not self.comparison.missed and not self.comparison.spurious


def score(model: Spheres, params: Array, cost: float, truth: Array) -> Score:
    """Return how good a result is."""
    n, m = params.size, model.image.size
    chi2 = 2.0 * cost / (m - n)
    return Score(chi2, (chi2 - 1.0) / np.sqrt(2.0 / m), compare(model, params, truth))


def rms(parts: Sequence[Array]) -> float:
    """Return the root mean square of all elements of some arrays."""
    values = np.concatenate([np.ravel(part) for part in parts])
    return float(np.sqrt(np.mean(values**2)))


def fitted(case: Case) -> Solved:
    """Fit a case whose number of spheres is known."""
    result = fit_blocks(case.model, case.guess)
    return case.model, result.x, result.cost


def found(case: Case, **options: Any) -> Solved:
    """Find the spheres of a case."""
    result = add_and_remove(case.model, case.guess, **options)
    return result.model, result.x, result.cost


def straightened(case: Case) -> Solved:
    """Fit a case whose radii drift: first a drift of all, then each sphere."""
    wrapped = drift_of(case.model)
    start = wrapped.unwrap(fit_blocks(wrapped, wrapped.wrap(case.guess), max_loops=30).x)
    result = fit_blocks(case.model, start)
    return case.model, result.x, result.cost


def drift_of(model: Spheres) -> Reparametrized:
    """Return a model with a factor of all radii, and a drift of it with depth."""
    n, depth = len(model.shared), model.shape[0]

    def mapping(params: Array, c: Array) -> Array:
        z = 2.0 * params[n::4] / (depth - 1) - 1.0
        params[n + 3 :: 4] *= np.exp(c[0] + c[1] * z)
        return params

    return Reparametrized(model, mapping, 2, names=["log size", "drift"])


SOLVERS: dict[str, Callable[[Case], Solved]] = {
    "known": fitted,
    "come and go": found,
    "drifting radii": straightened,
}
