"""Metrics as sums of squares of residuals, with their slopes, as Gauss-Newton needs them.

Everything is computed from one matrix of products, summed over the overlap, of 1, f, m, f - m and
the slopes g of m along the parameters. Its rows and columns are in this order.

References
----------
B. D. Lucas, T. Kanade, An iterative image registration technique with an application to stereo
vision, IJCAI 1981, 674-679 (differences).

G. D. Evangelidis, E. Z. Psarakis, Parametric image alignment using enhanced correlation coefficient
maximization, IEEE Trans. Pattern Anal. Mach. Intell. 30 (2008) 1858-1865 (correlation).
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from ...common.arrays import Array

ONE, F, M, D, SLOPES = 0, 1, 2, 3, slice(4, None)


class Squares(NamedTuple):
    """Residuals r of a cost, with J their slopes along the n parameters.

    Attributes
    ----------
    total : float
        rᵀr.
    gradient : ndarray (n,)
        Jᵀr.
    curvature : ndarray (n, n)
        JᵀJ.
    """

    total: float
    gradient: Array
    curvature: Array

    @staticmethod
    def none(n: int) -> Squares:
        """Return the squares of no residual at all."""
        return Squares(0.0, np.zeros(n), np.zeros((n, n)))

    def plus(self, other: Squares, weight: float) -> Squares:
        """Return the sum of these and the weighted others."""
        return Squares(
            self.total + weight * other.total,
            self.gradient + weight * other.gradient,
            self.curvature + weight * other.curvature,
        )


def moments_of(gram: Array) -> Array:
    """Return the sums (7,) of 1, f, m, ff, mm, fm and (f - m)²."""
    one, values = gram[ONE], gram[:4, :4]
    return np.array(
        [one[ONE], one[F], one[M], values[F, F], values[M, M], values[F, M], values[D, D]]
    )


def ssd_squares(gram: Array) -> Squares:
    """Return the mean of the squared differences m - f."""
    n = gram[ONE, ONE]
    return Squares(gram[D, D] / n, -gram[D, SLOPES] / n, gram[SLOPES, SLOPES] / n)


def ncc_squares(gram: Array) -> Squares:
    """Return the squared distance of the normalized images, 2 - 2 r with Pearson's r.

    Each image is centred and divided by its norm; the slopes are those of the moving one.
    """
    centred = gram - np.outer(gram[ONE], gram[ONE]) / gram[ONE, ONE]
    f, m = np.sqrt(centred[F, F]), np.sqrt(centred[M, M])
    r = centred[F, M] / (f * m)
    along = centred[M, SLOPES] / m
    gradient = (r * along - centred[F, SLOPES] / f) / m
    curvature = (centred[SLOPES, SLOPES] - np.outer(along, along)) / m**2
    return Squares(float(2 - 2 * r), gradient, curvature)
