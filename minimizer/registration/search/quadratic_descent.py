"""Newton's method with differences for any smooth cost: fewer evaluations than a simplex needs.

The cost is computed at a cross of points around the start, and at one further point per pair of
parameters, from which follow its gradient and all its curvature. Newton's step leads close to the
minimum; there the curvature is the same, and another cross gives the next step. The cross is some
tenths of a pixel wide, at which the small ripples of a histogram's cost hardly count.

A descent has converged when Newton's step from a narrow cross is shorter than a resolution, in a
valley that is curved upwards in all directions. Otherwise another method must go on from its best
point.

References
----------
M. J. D. Powell, UOBYQA: unconstrained optimization by quadratic approximation, Math. Program. 92
(2002) 555-582, for a model of all points of a quadratic, without its updates.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from ...common.arrays import Array, norm_of
from ..cost import RegistrationCost
from .descent import Descent

MAX_STEPS = 6

LONGEST = 2.0
"""Longest step, in widths of the cross."""

NARROW = 0.3
"""Width of the second and all later crosses, in widths of the first."""

LEAST_CURVATURE = 1e-3
"""A valley is flat in directions with less than this part of the largest curvature."""


class Cross(NamedTuple):
    """The cost around a point: a step along each axis, forwards and backwards.

    Attributes
    ----------
    width : float
    ahead, behind : ndarray (n,)
    """

    width: float
    ahead: Array
    behind: Array

    @property
    def gradient(self) -> Array:
        """Gradient (n,) by central differences."""
        return np.asarray((self.ahead - self.behind) / (2 * self.width), dtype=np.float64)

    def curvature(self, value: float) -> Array:
        """Return the second derivatives (n,) along the axes; `value` is the cost in the middle."""
        curvature = (self.ahead + self.behind - 2 * value) / self.width**2
        return np.asarray(curvature, dtype=np.float64)


class QuadraticDescent:
    """Descents of one cost.

    Parameters
    ----------
    cost : RegistrationCost
    width : float
        Width of the first cross, in the unit of the parameters.
    resolution : float
        Length of the step at which a descent ends.
    """

    def __init__(self, cost: RegistrationCost, width: float, resolution: float) -> None:
        self.cost, self.width, self.resolution = cost, width, resolution
        self.values: list[float] = []

    def descend(self, start: Array) -> Descent:
        """Return the minimum near a start."""
        x, value = start, self._value(start)
        best, before = (value, x), (x, np.zeros(x.size))
        curvature = np.zeros((x.size, x.size))
        for number in range(MAX_STEPS):
            is_first = number == 0
            cross = self._cross(x, self.width if is_first else NARROW * self.width)
            if is_first:
                curvature = self._curvature(x, value, cross)
            if not (np.isfinite(cross.gradient).all() and np.isfinite(curvature).all()):
                break
            if not is_first:
                curvature = rescaled(curvature, cross.curvature(value))
                curvature = updated(curvature, x - before[0], cross.gradient - before[1])
            before = x, cross.gradient
            step, is_valley = newton_step(cross.gradient, curvature, LONGEST * cross.width)
            x, length = x + step, norm_of(step)
            value = self._value(x)
            if is_valley and length <= self.resolution and not is_first:
                return Descent(x, value, np.array(self.values), True)
            best = min(best, (value, x), key=lambda pair: pair[0])
        return Descent(best[1], best[0], np.array(self.values), False)

    def _value(self, x: Array) -> float:
        self.values.append(self.cost(x))
        return self.values[-1]

    def _cross(self, x: Array, width: float) -> Cross:
        """Return the cost at the ends of a cross."""
        steps = width * np.eye(x.size)
        ahead, behind = ([self._value(x + sign * step) for step in steps] for sign in (1, -1))
        return Cross(width, np.array(ahead), np.array(behind))

    def _curvature(self, x: Array, value: float, cross: Cross) -> Array:
        """Return the second derivatives (n, n): of the cross, and of a point for each pair."""
        h, downhill = cross.width, np.where(cross.gradient > 0, -1.0, 1.0)
        rise = np.where(downhill > 0, cross.ahead, cross.behind) - value
        curvature = np.diag(cross.curvature(value))
        for i in range(x.size):
            for j in range(i):
                corner = x.copy()
                corner[[i, j]] += h * downhill[[i, j]]
                twist = self._value(corner) - value - rise[i] - rise[j]
                curvature[i, j] = curvature[j, i] = twist * downhill[i] * downhill[j] / h**2
        return curvature


def rescaled(curvature: Array, diagonal: Array) -> Array:
    """Return the curvature with a new diagonal and the same ratios beside it.

    A peaked cost is curved more, the narrower a cross is.

    Examples
    --------
    >>> rescaled(np.array([[1.0, 0.5], [0.5, 1.0]]), np.array([4.0, 1.0])).tolist()
    [[4.0, 1.0], [1.0, 1.0]]
    """
    before = np.diag(curvature)
    if not ((before > 0) & (diagonal > 0)).all():
        return curvature
    factors = np.sqrt(diagonal / before)
    return np.asarray(curvature * np.outer(factors, factors), dtype=np.float64)


def updated(curvature: Array, step: Array, change: Array) -> Array:
    """Return the curvature that agrees with the change of the gradient by a step (BFGS)."""
    seen, expected = float(step @ change), curvature @ step
    if not (seen > 0.0 and step @ expected > 0.0):
        return curvature
    lost = np.outer(expected, expected) / (step @ expected)
    return np.asarray(curvature - lost + np.outer(change, change) / seen, dtype=np.float64)


def newton_step(gradient: Array, curvature: Array, longest: float) -> tuple[Array, bool]:
    """Return the step to the minimum of a model, and whether the model has one.

    Along directions that are not curved upwards it goes downhill, and no step is too long.

    Examples
    --------
    >>> step, is_valley = newton_step(np.array([2.0, 4.0]), np.diag([2.0, 8.0]), 9.0)
    >>> step.tolist(), is_valley
    ([-1.0, -0.5], True)
    """
    values, vectors = np.linalg.eigh(curvature)
    least = LEAST_CURVATURE * max(float(abs(values).max()), 1e-300)
    step = -vectors @ (vectors.T @ gradient / np.maximum(abs(values), least))
    length = norm_of(step)
    return step * min(1.0, longest / max(length, 1e-300)), bool(values.min() > least)
