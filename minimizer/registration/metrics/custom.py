"""A custom metric: a function of the values that both images have at the same places."""

from __future__ import annotations

import numpy as np

from ...common.arrays import Array
from ..images.pixels import Pair
from .comparison import Comparison
from .definitions import Metric
from .scipy_kernels import values


class Values(Comparison):
    """A custom metric."""

    def __init__(self, pair: Pair, metric: Metric) -> None:
        super().__init__(pair, "scipy")
        self._metric = metric

    def __call__(self, matrix: Array) -> tuple[int, float]:
        """Return the number of pixels where both have data, and the cost."""
        fixed, warped = values(self.pair, matrix)
        if fixed.size == 0 or np.ptp(fixed) == 0 or np.ptp(warped) == 0:
            return fixed.size, float("nan")
        return fixed.size, float(self._metric(fixed, warped, np.ones(fixed.size)))
