"""Geodesic acceleration: the second-order part of a step.

References
----------
M. K. Transtrum, J. P. Sethna, Improvements to the Levenberg-Marquardt algorithm for nonlinear
least-squares minimization, arXiv:1201.5885 (2012).
"""

from __future__ import annotations

from ..common.arrays import Array
from .tangent import Spectrum

AHEAD = 0.125  # of the step: the point at which the curvature is measured


def second_derivative(r: Array, ahead: Array, J: Array, step: Array) -> Array:
    """Return the second derivative (m,) of the residuals along a step, by a difference.

    `ahead` are the residuals at the share `AHEAD` of the step.
    """
    return 2.0 / AHEAD * ((ahead - r) / AHEAD - J @ step)


def acceleration(spectrum: Spectrum, J: Array, second: Array, damping: float) -> Array:
    """Return -½ (JᵀJ + damping DᵀD)⁻¹ Jᵀ r'' of the free parameters, to which J belongs."""
    return -0.5 * spectrum.solve(J.T @ second, damping)
