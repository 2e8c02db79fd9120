"""The sum of squares that ImageJ minimizes, with up to two parameters found by linear regression.

All sums are taken in the order of the points and of uncentred squares, as in ImageJ, whose rounding
errors they share.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from ...common.arrays import Array
from ..functions.arithmetic import in_order
from ..functions.row import Linear

FLOOR = 2e-15  # of the squares that are subtracted: lower limit of a sum of squares


@dataclass(frozen=True)
class Sums:
    """Sums over the points: of weights, of y, of its square."""

    weights: Any
    y: Any
    y_square: Any

    @property
    def variation(self) -> float:
        """Weighted sum of the squared differences of y from its mean, with its rounding error."""
        with np.errstate(all="ignore"):
            return float(self.y_square - self.y * self.y / self.weights)


def sums_of(y: Array, weights: Array | None) -> Sums:
    """Return the sums over data (m,)."""
    w = np.ones_like(y) if weights is None else weights
    with np.errstate(all="ignore"):
        return Sums(*in_order(np.array([w, y * w, y * y * w])))


class SumOfSquares:
    """The function for the minimizer, of the parameters that are not eliminated.

    The eliminated ones follow in its argument, where it writes the result of the regression.

    Parameters
    ----------
    value : callable
        ``value(params (P,)) -> ndarray (m,)``.
    x, y, weights : ndarray (m,)
    n_params : int
        P.
    linear : Linear
    power_positive : bool
        Whether the slope must be positive.
    """

    def __init__(
        self,
        value: Callable[[Array], Array],
        x: Array,
        y: Array,
        weights: Array | None,
        n_params: int,
        linear: Linear,
        power_positive: bool = False,
    ) -> None:
        self.value, self.x, self.y, self.linear = value, x, y, linear
        self.weighted, self.w = weights is not None, np.ones_like(y) if weights is None else weights
        self.n_params, self.power_positive = n_params, power_positive
        self.sums = sums_of(y, weights)
        self.eliminated = linear.eliminated
        self.kept = [i for i in range(n_params) if i not in self.eliminated]
        self._places = np.array(self.kept, dtype=np.intp)

    def __call__(self, point: Array) -> float:
        """Return the sum of squares at ``point[:n]``; the other elements are written."""
        n = len(self.kept)
        params = np.zeros(self.n_params)
        params[self._places] = point[:n]
        if self.linear.factor >= 0:
            params[self.linear.factor] = 1.0
        with np.errstate(all="ignore"):
            value = self.value(params)
            if np.isnan(value).any():
                point[n:] = params[self.eliminated]
                return np.nan
            if not self.eliminated:
                return self.plain(value)
            total, offset, second = self.regress(value)
        found = [offset] if self.linear.offset >= 0 else []
        point[n:] = [*found, second] if self.linear.second >= 0 else found
        return float(total)

    def plain(self, value: Array) -> float:
        """Return the sum of the squared residuals."""
        squares = (value - self.y) * (value - self.y)
        return float(in_order(squares * self.w if self.weighted else squares))

    def regress(self, value: Array) -> tuple[Any, Any, Any]:
        """Return the sum of squares, the offset, and the factor or slope that minimize it."""
        if self.linear.slope >= 0:
            x, y = self.x, self.y - value
        else:
            x, y = value, self.y
        sx, sxx, sxy, sy, syy = in_order(
            np.array([x * self.w, x * x * self.w, x * y * self.w, y * self.w, y * y * self.w])
        )
        if self.linear.offset < 0:
            second = _finite_or_zero(sxy / sxx)
            total = syy + second * (second * sxx - 2.0 * sxy)
            floor = FLOOR * syy
            return (floor if total < floor else total), 0.0, second
        w = self.sums.weights
        second = np.float64(0.0)
        if self.linear.second >= 0:
            second = (sxy - sx * sy / w) / (sxx - sx * sx / w)
            if self.power_positive and second <= 0.0:
                second = np.float64(1e-100)
            second = _finite_or_zero(second)
        offset = (sy - second * sx) / w
        q, o = second, offset
        total = q * q * sxx + w * (o * o) + syy + 2.0 * q * o * sx - 2.0 * q * sxy - 2.0 * o * sy
        floor = FLOOR * (q * q * sxx + w * (o * o) + syy)
        return (floor if total < floor else total), offset, second

    def all_params(self, found: Array, extra: Array) -> Array:
        """Return all P parameters, from those of the minimizer and its extra elements."""
        params = np.zeros(self.n_params)
        params[self.kept] = found
        params[self.eliminated] = extra
        return params


def _finite_or_zero(value: Any) -> Any:
    return value if np.isfinite(value) else np.float64(0.0)
