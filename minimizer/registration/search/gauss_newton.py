"""Levenberg-Marquardt for costs that are sums of squares: two or three evaluations suffice.

The parameters of a transform are lengths: a step has a length in pixels, and so has a trust radius.
The tangent space and the damping for a radius are those of `levenberg_marquardt`.

A descent has converged when the whole step of Gauss and Newton is shorter than a resolution: that
is evidence of a minimum. Where no step lowers the cost, as at the edge of the least overlap or
along an edge in the images, it has not, and another method must go on from its best point.
"""

from __future__ import annotations

import numpy as np

from ...common.arrays import Array, norm_of
from ...levenberg_marquardt.damping import damping_for_radius
from ...levenberg_marquardt.tangent import Tangent, triangle
from ..cost import RegistrationCost
from ..metrics.least_squares import Squares
from .descent import Descent

MAX_STEPS = 30

GOOD, POOR = 0.75, 0.25
"""Falls of the cost, relative to the predicted one, that widen or narrow the trust radius."""

SURE = 10.0
"""A step shorter than this many resolutions is taken even if the cost rises by the ripples that
come with every pixel that enters or leaves the overlap; the slopes are free of them."""

TRUNCATED = 1e-6
"""Directions with less than this part of the largest influence have none."""


def descend(cost: RegistrationCost, start: Array, radius: float, resolution: float) -> Descent:
    """Return the minimum near a start.

    Parameters
    ----------
    cost : RegistrationCost
        Of least squares.
    start : ndarray (n,)
    radius : float
        The longest first step.
    resolution : float
        Length of the step at which it ends, in the unit of the parameters.
    """
    x = start
    value, squares = cost.squares(x)
    values, converged = [value], False
    while squares is not None and len(values) <= MAX_STEPS and not converged:
        tangent = tangent_of(squares)
        spectrum = tangent.spectrum(np.ones(x.size)).truncated(TRUNCATED)
        has_influence = bool((spectrum.s > 0).all())
        whole = spectrum.damped_step(0.0)
        is_last = has_influence and norm_of(whole) <= resolution
        step = spectrum.damped_step(damping_for_radius(spectrum, radius))
        predicted = tangent.decrease(step)
        new, found = cost.squares(x + step)
        values.append(new)
        fall = squares.total - found.total if found is not None else -np.inf
        converged = is_last
        is_sure = norm_of(step) <= SURE * resolution
        if found is not None and (fall > 0.0 or is_sure):
            x, value, squares = x + step, new, found
        if fall < POOR * predicted and not is_sure:
            radius = 0.25 * norm_of(step)
        elif fall > GOOD * predicted:
            radius = max(radius, 2.0 * norm_of(step))
        if radius < 0.1 * resolution and not converged:
            break
    return Descent(x, value, np.array(values), converged)


def tangent_of(squares: Squares) -> Tangent:
    """Return the triangle of J and r, from their products alone."""
    n = len(squares.gradient)
    products = np.empty((n + 1, n + 1))
    products[:n, :n], products[n, n] = squares.curvature, squares.total
    products[:n, n] = products[n, :n] = squares.gradient
    values, vectors = np.linalg.eigh(products)
    root = np.sqrt(np.maximum(values, 0.0))[:, None] * vectors.T
    return Tangent(triangle(root[:, :n], root[:, n]))
