"""Robust losses: functions of squared residuals that grow more slowly than these.

``loss(z)`` of z = (r / f_scale)² returns rho, rho' and rho''. The sum of f_scale² rho is minimized.

References
----------
B. Triggs, P. F. McLauchlan, R. I. Hartley, A. W. Fitzgibbon, Bundle adjustment: a modern synthesis,
Vision Algorithms '99, Springer 2000, 298-372, appendix A.1.5 (the correction of r and J).
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from ..common.arrays import Array

Loss = Callable[[Array], tuple[Array, Array, Array]]

LEAST_CURVATURE = 0.25  # of rho': where outliers would bend the model upside down


def soft_l1(z: Array) -> tuple[Array, Array, Array]:
    """Return 2 (√(1 + z) - 1) and its derivatives: a smooth absolute value."""
    root = np.sqrt(1.0 + z)
    return 2.0 * (root - 1.0), 1.0 / root, -0.5 / root**3


def huber(z: Array) -> tuple[Array, Array, Array]:
    """Return z up to 1, above it 2 √z - 1, and the derivatives."""
    far = z > 1.0
    root = np.sqrt(np.where(far, z, 1.0))
    value = np.where(far, 2.0 * root - 1.0, z)
    return value, 1.0 / root, np.where(far, -0.5 / root**3, 0.0)


def cauchy(z: Array) -> tuple[Array, Array, Array]:
    """Return log(1 + z) and its derivatives."""
    t = 1.0 + z
    return np.log1p(z), 1.0 / t, -1.0 / t**2


def arctan(z: Array) -> tuple[Array, Array, Array]:
    """Return arctan(z), which has an upper limit, and its derivatives."""
    t = 1.0 + z * z
    return np.arctan(z), 1.0 / t, -2.0 * z / t**2


LOSSES: dict[str, Loss] = {
    "soft_l1": soft_l1,
    "huber": huber,
    "cauchy": cauchy,
    "arctan": arctan,
}


def corrected(loss: Loss, f_scale: float, r: Array, J: Array) -> tuple[Array, Array]:
    """Return r and J for plain least squares with the same gradient.

    The curvature is the same, too, except where it is negative or nearly so.
    """
    z = (r / f_scale) ** 2
    _, slope, bend = loss(z)
    root = np.sqrt(np.maximum(slope + 2.0 * z * bend, LEAST_CURVATURE * slope))
    safe = np.where(root > 0.0, root, 1.0)
    return slope / safe * r, root[:, None] * J
