"""Data of a curve: pairs of numbers, with weights or without."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from ..common import checks
from ..common.arrays import Array

ENOUGH = 300  # points for the choice of starts
BESIDE = 3  # points beside an extreme


@dataclass(frozen=True)
class Points:
    """Complete pairs of x and y.

    Attributes
    ----------
    x, y : ndarray (m,)
    weights : ndarray (m,) or None
    left_out : int
        Number of incomplete pairs.
    """

    x: Array
    y: Array
    weights: Array | None
    left_out: int = 0

    @property
    def variation(self) -> float:
        """Weighted sum of the squared differences of y from its mean."""
        w = np.ones_like(self.y) if self.weights is None else self.weights
        with np.errstate(all="ignore"):
            mean = (w * self.y).sum() / w.sum()
            return float((w * (self.y - mean) ** 2).sum()) if np.ptp(self.y) > 0.0 else 0.0

    def thinned(self, most: int = ENOUGH) -> Points:
        """Return about `most` of them, spread along x, and those around the extremes of y."""
        m = self.x.size
        if m <= most:
            return self
        order = np.argsort(self.x, kind="stable")
        even = order[np.linspace(0, m - 1, most).astype(int)]
        ranks = np.argsort(order, kind="stable")[[np.argmin(self.y), np.argmax(self.y)]]
        around = np.clip(ranks[:, None] + np.arange(-BESIDE, BESIDE + 1), 0, m - 1)
        kept = np.unique(np.concatenate([even, order[around].ravel()]))
        weights = None if self.weights is None else self.weights[kept]
        return Points(self.x[kept], self.y[kept], weights)


def points_of(x: Any, y: Any, weights: Any, as_imagej: bool) -> Points:
    """Check data, and leave out pairs without numbers.

    ImageJ leaves out the pairs but not their weights, keeps infinite values, and takes any weights.
    """
    x, y = checks.vector("x", x), checks.vector("y", y)
    if y.size != x.size:
        raise ValueError(f"y has {y.size} elements and x has {x.size}; they must have as many")
    if weights is not None:
        weights = checks.vector("weights", weights)
        if weights.size != x.size:
            raise ValueError(
                f"weights has {weights.size} elements and x has {x.size}; they must have as many"
            )
    with np.errstate(all="ignore"):
        kept = ~np.isnan(x + y)
    if as_imagej:
        left = int(kept.sum())
        return Points(x[kept], y[kept], None if weights is None else weights[:left], x.size - left)
    kept &= np.isfinite(x) & np.isfinite(y)
    if weights is not None:
        for i in np.flatnonzero(~(np.isfinite(weights) & (weights >= 0.0)) & kept):
            raise ValueError(
                f"weights[{i}] is {weights[i]}; weights must be finite, and positive or 0"
            )
        kept &= weights > 0.0
        weights = weights[kept]
        if x.size and not kept.any():
            raise ValueError("weights are all 0; at least one must be positive")
    return Points(x[kept], y[kept], weights, x.size - int(kept.sum()))
