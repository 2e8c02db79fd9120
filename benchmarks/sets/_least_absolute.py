"""Least sums of absolute residuals: for the reference values of the piecewise smooth instances.

Linear programs in a trust region, R. Fletcher's method for such sums, converge fast where as many
residuals vanish as there are parameters. Where fewer do, sequential quadratic programming on the
surface on which these residuals vanish, and the others keep their signs, takes over. Needs SciPy.
"""

from __future__ import annotations

import warnings
from collections.abc import Callable

import numpy as np
import scipy.optimize

from ..case import Array

Vector = Callable[[Array], Array]


def total(residuals: Vector, x: Array) -> float:
    """Return the sum of the absolute residuals, infinity where one is not defined."""
    with np.errstate(all="ignore"):
        value = float(np.abs(residuals(x)).sum())
    return value if np.isfinite(value) else np.inf


def slopes(residuals: Vector, x: Array) -> Array:
    """Return derivatives (m, n) by central differences."""
    lengths = 6e-6 * np.maximum(1.0, np.abs(x))
    with np.errstate(all="ignore"):
        columns = [
            (residuals(x + step) - residuals(x - step)) / (2.0 * length)
            for step, length in zip(np.diag(lengths), lengths, strict=True)
        ]
    return np.stack(columns, axis=1)


def linear_step(f: Array, J: Array, reach: Array, x: Array, lower: float) -> Array | None:
    """Minimize Σ |f + J d| over the d within reach."""
    m, n = J.shape
    eye = np.eye(m)
    rows = np.block([[J, -eye], [-J, -eye]])
    limits = [(max(-r, lower - at), r) for r, at in zip(reach, x, strict=True)]
    end = scipy.optimize.linprog(
        np.append(np.zeros(n), np.ones(m)),
        A_ub=rows,
        b_ub=np.append(-f, f),
        bounds=limits + [(0.0, None)] * m,
        method="highs",
    )
    return end.x[:n] if end.status == 0 else None


def descend(residuals: Vector, x: Array, lower: float, most: int = 150) -> Array:
    """Descend by linear programs in a trust region."""
    value, radius = total(residuals, x), 0.3
    for _ in range(most):
        J = slopes(residuals, x)
        f = residuals(x)
        if not np.isfinite(J).all():
            break
        unit = np.abs(J).max() or 1.0  # the programs are solved to absolute tolerances
        reach = radius * np.maximum(np.abs(x), 1e-2)
        step = linear_step(f / unit, J / unit, reach, x, lower)
        if step is None:
            break
        promised = value - float(np.abs(f + J @ step).sum())
        ahead = np.maximum(x + step, lower)
        gained = value - total(residuals, ahead)
        if gained > 0.0:
            x, value = ahead, value - gained
        radius *= 2.0 if gained > 0.75 * promised else 0.25 if gained < 0.25 * promised else 1.0
        if radius < 1e-12 or promised <= 1e-13 * value:
            break
    return x


def polish(residuals: Vector, x: Array, lower: float) -> Array:
    """Minimize on the surface where the small residuals vanish, for several meanings of small."""
    best = x
    for small in (1e-2, 1e-3, 1e-4, 1e-5, 1e-7):
        end = _on_surface(residuals, best, lower, small)
        if end is not None and total(residuals, end) < total(residuals, best):
            best = end
    return best


def _on_surface(residuals: Vector, x: Array, lower: float, small: float) -> Array | None:
    """Minimize the sum with the signs that it has, where small residuals stay zero."""
    f = residuals(x)
    zero = np.abs(f) < small * np.abs(f).max()
    signs = np.where(zero, 0.0, np.sign(f))
    scale = np.maximum(np.abs(x), 1e-3)
    level = max(float(np.abs(f).sum()), 1e-300)

    def slope(u: Array) -> Array:
        gradient: Array = signs @ slopes(residuals, u * scale) * scale / level
        return gradient

    def surface(u: Array) -> Array:
        part: Array = residuals(u * scale)[zero] / level
        return part

    def surface_slopes(u: Array) -> Array:
        part: Array = slopes(residuals, u * scale)[zero] * scale / level
        return part

    constraints = (
        [{"type": "eq", "fun": surface, "jac": surface_slopes}] if 0 < zero.sum() <= len(x) else []
    )
    with warnings.catch_warnings(), np.errstate(all="ignore"):
        warnings.simplefilter("ignore")
        try:
            end = scipy.optimize.minimize(
                lambda u: float(signs @ residuals(u * scale)) / level,
                x / scale,
                jac=slope,
                method="SLSQP",
                bounds=[(lower / s, None) for s in scale] if lower > -np.inf else None,
                constraints=constraints,
                options={"ftol": 1e-15, "maxiter": 60},
            )
        except (ValueError, np.linalg.LinAlgError):
            return None
    point = np.maximum(end.x * scale, lower)
    return point if np.isfinite(point).all() else None


def least_absolute(residuals: Vector, start: Array, lower: float) -> tuple[float, Array]:
    """Return the local minimum of the sum to which the start leads, and where it is."""
    x = descend(residuals, np.maximum(start, lower), lower)
    x = descend(residuals, polish(residuals, x, lower), lower, most=20)
    return total(residuals, x), x
