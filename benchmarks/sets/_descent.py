"""Least squares from a start nearby, for minima that are computed where cases are made.

References
----------
J. J. Moré, The Levenberg-Marquardt algorithm: implementation and theory, Lecture Notes in
Mathematics 630 (1978) 105-116.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from ..case import Array

ROUNDS = 300
DIFFERENCE = 1e-5  # of central differences, in units of the scales
LEAST, MOST = 1e-14, 1e14  # damping


def polished(residuals: Callable[[Array], Array], start: Array, scales: Array) -> Array:
    """Return a minimum of the sum of squares: damped Gauss-Newton steps down from the start.

    Parameters
    ----------
    residuals : callable
        Smooth, of parameters without a large offset; what is not finite is never accepted.
    start : ndarray (n,)
    scales : ndarray (n,)
        Differences of the parameters that matter.
    """
    x: Array = start.copy()
    damping = 1e-3
    r = residuals(x)
    for _ in range(ROUNDS):
        slope = jacobian(residuals, x, scales)
        gradient, bend = slope.T @ r, slope.T @ slope
        step = -np.linalg.solve(bend + damping * np.diag(np.diag(bend) + 1e-300), gradient)
        ahead = residuals(x + scales * step)
        if ahead @ ahead < r @ r:
            x, r, damping = x + scales * step, ahead, max(0.1 * damping, LEAST)
        else:
            damping *= 10.0
            if damping > MOST:
                break  # by rounding it does not get any better
    return x


def jacobian(residuals: Callable[[Array], Array], x: Array, scales: Array) -> Array:
    """Return the derivatives (m, n) by the parameters in units of their scales."""
    steps = DIFFERENCE * np.diag(scales)
    columns = [(residuals(x + step) - residuals(x - step)) / (2.0 * DIFFERENCE) for step in steps]
    slopes: Array = np.array(columns).T
    return slopes
