"""The basis of start values: where data begin and end, and their extent."""

from __future__ import annotations

from typing import Any

import numpy as np

from ...common.arrays import Array
from .arithmetic import in_order

TINY = 1e-100  # is added to divisors


class DataRange:
    """Extent of data (m,) in their given order.

    All numbers are NumPy's, whose divisions by zero give infinity or NaN.
    """

    def __init__(self, x: Array, y: Array) -> None:
        self.x, self.y = x, y
        self.first_x, self.last_x, self.first_y, self.last_y = x[0], x[-1], y[0], y[-1]
        self.x_min, self.x_max = np.fmin.reduce(x), np.fmax.reduce(x)
        self.y_min, self.y_max = np.fmin.reduce(y), np.fmax.reduce(y)
        self.x_of_max = x[int(np.argmax(y))]
        self.x_mean, self.y_mean = in_order(x) / x.size, in_order(y) / y.size
        slope = (self.last_y - self.first_y) / (self.last_x - self.first_x)
        self.slope: Any = slope if np.isfinite(slope) else np.float64(0.0)

    @property
    def width(self) -> Any:
        """Range of x."""
        return self.x_max - self.x_min

    @property
    def height(self) -> Any:
        """Range of y."""
        return self.y_max - self.y_min
