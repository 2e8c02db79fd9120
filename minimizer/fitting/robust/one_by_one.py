"""A separable model of a function that takes one set of parameters at a time."""

from __future__ import annotations

import numpy as np

from ...common.arrays import Array
from .separable import Separable


class OneByOne(Separable):
    """The same model, whose sums of squares at many points are computed one by one."""

    at_once = False

    def sums_of_squares(self, many: Array) -> Array:
        """Return sums of squares of many points (k, n), as (k,)."""
        return np.array([self.sum_of_squares(point) for point in many])
