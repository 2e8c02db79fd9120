"""Certified minima of convex functions over convex regions.

The minimum comes from a logarithmic barrier, then Newton's method on the optimality conditions. Its
certificate is the dual function: for convex f, concave slacks s_i and multipliers λ_i >= 0, no
feasible point within a distance R has a value below f - Σ λ_i s_i - R |∇f - Σ λ_i ∇s_i|.

References
----------
S. Boyd, L. Vandenberghe, Convex Optimization, Cambridge University Press 2004, chapters 5 and 11.
"""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from ..case import Array
from .convex import Objective, Region


def minimum_inside(fun: Objective, region: Region, start: Array, relative: float) -> Array:
    """Return the constrained minimum, certified to a part of the gap; start strictly inside.

    Raises
    ------
    ArithmeticError
        If the dual bound does not show that the value is that near to the minimum.
    """
    x = start.copy()
    weight = 1.0
    while weight < 1e9:
        weight *= 8.0
        x = _centre(fun, region, x, weight)
    multipliers = 1.0 / (weight * region.slacks(x))
    x, multipliers = _polished(fun, region, x, multipliers)
    x += 1e-14 * (start - x)  # inside in spite of rounding
    excess = fun(x) - _dual_bound(fun, region, x, multipliers)
    if not excess <= relative * (fun(start) - fun(x)) or not (region.slacks(x) >= 0.0).all():
        raise ArithmeticError(f"the minimum is certain to {excess:.1e} only")
    return x


def _polished(fun: Objective, region: Region, x: Array, multipliers: Array) -> tuple[Array, Array]:
    """Solve the optimality conditions on the constraints that pull: those have no slack."""
    active = multipliers > 1e-5 * (1.0 + multipliers.max())
    pulls = multipliers[active]
    n = len(x)
    for _ in range(20):
        J = region.slopes(x)[active]
        bend = fun.bend(x) - np.tensordot(pulls, region.bends(x)[active], 1)
        rows = np.block([[bend, -J.T], [J, np.zeros((len(pulls), len(pulls)))]])
        errors = np.concatenate([fun.slope(x) - pulls @ J, region.slacks(x)[active]])
        step = -np.linalg.solve(rows, errors)
        x, pulls = x + step[:n], pulls + step[n:]
        if np.abs(step[:n]).max() < 1e-14:
            break
    return x, _at(active, pulls)


def _at(places: NDArray[np.bool_], values: Array) -> Array:
    """Return values at the places, 0 elsewhere."""
    everywhere = np.zeros(len(places))
    everywhere[places] = values
    return everywhere


def _centre(fun: Objective, region: Region, x: Array, weight: float) -> Array:
    """Minimize fun - Σ log(slack) / weight by Newton's method."""
    for _ in range(100):
        s, J = region.slacks(x), region.slopes(x)
        slope = fun.slope(x) - (1.0 / s) @ J / weight
        walls = (J.T / s**2) @ J - np.tensordot(1.0 / s, region.bends(x), 1)
        step = -np.linalg.solve(fun.bend(x) + walls / weight, slope)
        decrement = float(-slope @ step)
        if decrement < 1e-6 / weight:
            return _shortened(region, x, step)
        x = _descended(fun, region, x, step, weight, decrement)
    return x


def _shortened(region: Region, x: Array, step: Array) -> Array:
    """Go a step, or half of it and so on if it leads out of the region."""
    while not (region.slacks(x + step) > 0.0).all():
        step = 0.5 * step
    return x + step


def _descended(
    fun: Objective, region: Region, x: Array, step: Array, weight: float, decrement: float
) -> Array:
    """Go as much of a step as lowers the barrier function enough."""

    def barrier(y: Array) -> float:
        s = region.slacks(y)
        return fun(y) - np.log(s).sum() / weight if (s > 0.0).all() else math.inf

    here, share = barrier(x), 1.0
    while barrier(x + share * step) > here - 0.1 * share * decrement and share > 1e-9:
        share *= 0.5
    return x + share * step


def _dual_bound(fun: Objective, region: Region, x: Array, multipliers: Array) -> float:
    """Return a lower bound of the values at feasible points within a distance of 20."""
    pulls = np.maximum(multipliers, 0.0)
    residual = fun.slope(x) - pulls @ region.slopes(x)
    return fun(x) - float(pulls @ region.slacks(x)) - 20.0 * float(np.linalg.norm(residual))
