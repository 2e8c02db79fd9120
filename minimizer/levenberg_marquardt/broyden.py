"""Broyden's update of the Jacobian.

References
----------
C. G. Broyden, A class of methods for solving nonlinear simultaneous equations, Math. Comp. 19
(1965) 577-593.
"""

from __future__ import annotations

import numpy as np

from ..common.arrays import Array


def updated(J: Array, step: Array, change: Array, scale: Array) -> Array:
    """Return J such that J @ step is the `change` of the residuals.

    Of all such matrices it is the nearest to the old one, in units of the parameters' scales.
    """
    w = scale**2 * step
    return J + np.outer(change - J @ step, w / (step @ w))
