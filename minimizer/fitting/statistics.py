"""ImageJ's measures of the quality of a fit."""

from __future__ import annotations

import math

import numpy as np

from ..common.arrays import Array
from .functions.arithmetic import in_order


def r_squared(total: float, variation: float) -> float:
    """Return R²; 0 if the data do not vary."""
    return 1.0 - total / variation if variation > 0.0 else 0.0


def fit_goodness(total: float, variation: float, n_points: int, n_params: int) -> float:
    """Return R² corrected for the number of parameters; 0 if there are no degrees of freedom."""
    freedom = n_points - n_params
    if not (variation > 0.0 and freedom > 0):
        return 0.0
    return 1.0 - (total / variation) * n_points / freedom


def deviation_of(residuals: Array) -> float:
    """Return the standard deviation of residuals; NaN for one point."""
    n = residuals.size
    with np.errstate(all="ignore"):
        first, second = in_order(np.array([residuals, residuals * residuals]))
        square = np.float64(second - first * first / np.float64(n)) / np.float64(n - 1)
        return float(np.sqrt(square)) if n else math.nan
