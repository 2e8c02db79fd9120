"""A test of randomness of residuals: the runs of their signs (A. Wald, J. Wolfowitz, 1940)."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from ..common.arrays import Array

UNLIKELY = 3.09  # standard deviations: by chance once in a thousand
ROUNDING = 1e-10  # of the data: the signs of smaller residuals are meaningless


@dataclass(frozen=True)
class Signs:
    """Runs of the residuals' signs along x.

    Attributes
    ----------
    runs : int
        Number of stretches of one sign.
    expected, deviation : float
        Mean and standard deviation of their number in a random order.
    """

    runs: int
    expected: float
    deviation: float

    @property
    def few(self) -> bool:
        """Whether there are fewer than chance explains."""
        return self.runs < self.expected - UNLIKELY * self.deviation

    def __str__(self) -> str:
        return f"{self.runs} runs, {self.expected:.1f} ± {self.deviation:.1f} if they are random"


def signs(x: Array, y: Array, fitted: Array) -> Signs | None:
    """Return the runs of the residuals' signs along x, None if they are all of one sign or tiny."""
    r = (y - fitted)[np.argsort(x, kind="stable")]
    if not np.isfinite(r).all() or abs(r).max() <= ROUNDING * abs(y).max():
        return None
    positive = r[r != 0.0] > 0.0
    above = int(positive.sum())
    below = positive.size - above
    if min(above, below) == 0 or positive.size < 3:
        return None
    pairs = 2.0 * above * below / positive.size
    return Signs(
        runs=1 + int((positive[1:] != positive[:-1]).sum()),
        expected=pairs + 1.0,
        deviation=math.sqrt(pairs * (pairs - 1.0) / (positive.size - 1.0)),
    )
