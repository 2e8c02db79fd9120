"""Central differences with steps adapted to the function."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np

from ..common.arrays import Array

STEP = 0.03  # of the distance that changes the function by a unit: little bending and rounding
RESOLVED = 1e-8  # of the parameter: shorter steps drown in rounding errors
ACCEPTED = 0.1, 10.0  # range of a step's rise, as shares of the rise wanted
TRIES = 80
TURNS = 4  # at most, until the axes are principal


def jacobian(fun: Callable[[Array], Any], point: Array, unit: float) -> Array:
    """Return the first derivatives (m, n) of an array (m,), by fourth-order differences.

    Each step changes the sum of squares by about ``STEP² unit``.
    """
    columns = []
    for i in range(point.size):
        direction = np.eye(point.size)[i]

        def change(h: float, direction: Array = direction) -> Array:
            ahead = np.array(fun(point + h * direction), dtype=np.float64).ravel()
            back = np.array(fun(point - h * direction), dtype=np.float64).ravel()
            return ahead - back

        def rise(h: float, change: Callable[[float], Array] = change) -> float:
            difference = change(h)
            return float(difference @ difference) / 4.0

        h = _step(rise, point, i, unit)
        h = (point[i] + h) - point[i]  # exact: adding it to the parameter does not round
        column = (8.0 * change(h) - change(2.0 * h)) / (12.0 * h)
        if not np.isfinite(column).all():
            raise ValueError(_BESIDE)
        if not column.any():
            raise ValueError(_STEPS.format(i=i))
        columns.append(column)
    return np.column_stack(columns)


def rises(fun: Callable[[Array], Any], point: Array, unit: float) -> Array:
    """Return steps (n,) of the parameters that raise the function by about ``STEP² unit``."""
    here = float(fun(point.copy()))
    steps = []
    for i in range(point.size):
        direction = np.eye(point.size)[i]

        def rise(h: float, direction: Array = direction) -> float:
            ahead, back = fun(point + h * direction), fun(point - h * direction)
            return 0.5 * (float(ahead) + float(back)) - here

        steps.append(_step(rise, point, i, unit))
    return np.array(steps)


def axes_of(hessian: Array, unit: float) -> Array | None:
    """Return axes, the columns of (n, n), that raise a quadratic function by ``STEP² unit`` each.

    None if these second derivatives are not those of a minimum.
    """
    try:
        lower = np.linalg.cholesky(hessian)
    except np.linalg.LinAlgError:
        return None
    axes = STEP * math.sqrt(2.0 * unit) * np.linalg.inv(lower).T
    return axes if np.isfinite(axes).all() else None


def principal(fun: Callable[[Array], Any], point: Array, axes: Array, unit: float) -> Array:
    """Return axes, the columns of (n, n), in which the function is a round bowl.

    A step along any of them raises it by about ``STEP² unit``; `axes` are a first guess.
    """
    for _ in range(TURNS):
        h = second_differences(fun, point, axes) / (2.0 * STEP**2 * unit)
        values, vectors = np.linalg.eigh(h)
        if values.min() > 0.5 and values.max() < 2.0:
            break
        axes = axes @ (vectors / np.sqrt(np.clip(values, 1e-4 * max(values.max(), 1e-4), None)))
    return axes


def second_differences(fun: Callable[[Array], Any], point: Array, axes: Array) -> Array:
    """Return second derivatives (n, n) along the columns of `axes` (n, n), in units of these."""
    n = point.size

    def at(step: Array) -> float:
        value = float(fun(point + step))
        if not math.isfinite(value):
            raise ValueError(_BESIDE)
        return value

    h = np.empty((n, n))
    here = at(np.zeros(n))
    for i in range(n):
        a = axes[:, i]
        h[i, i] = at(a) - 2.0 * here + at(-a)
        for k in range(i):
            b = axes[:, k]
            h[i, k] = h[k, i] = 0.25 * (at(a + b) - at(a - b) - at(b - a) + at(-a - b))
    return h


NOT_A_MINIMUM = (
    "params is not at a minimum of fun, or at one without curvature; continue the minimization, or "
    "hold parameters fixed"
)
_STEPS = "params[{i}] changes fun in steps, without a slope; omit it, or hold it fixed"
_BESIDE = (
    "fun is NaN or infinite beside params, where the curvature is needed; at the edge of a valid "
    "region there is none"
)


def _step(rise: Callable[[float], float], point: Array, i: int, unit: float) -> float:
    """Return a step of parameter `i` that raises the function by about ``STEP² unit``."""
    x = abs(float(point[i]))
    wanted, least = STEP**2 * unit, max(RESOLVED * x, 1e-150)
    h = max(1e-4 * x, least) if x > 0.0 else 1e-4
    any_rise = any_value = any_nan = any_change = False
    for _ in range(TRIES):
        with np.errstate(all="ignore"):
            found = rise(h)
        any_value, any_nan = any_value or math.isfinite(found), any_nan or not math.isfinite(found)
        any_rise, any_change = any_rise or found > 0.0, any_change or found != 0.0
        if ACCEPTED[0] * wanted <= found <= ACCEPTED[1] * wanted:
            return h
        if not math.isfinite(found):
            factor = 0.25
        elif found <= 0.0:
            factor = 8.0
        else:
            factor = min(32.0, max(1.0 / 32.0, math.sqrt(wanted / found)))
        if factor < 1.0 and h <= least:
            break
        h = max(least, h * factor)
    else:
        if any_change and any_rise:  # too little here, too much a little further on
            raise ValueError(_BESIDE if any_nan else _STEPS.format(i=i))
    if not any_value:
        raise ValueError(_BESIDE)
    if not any_change:
        raise ValueError(f"params[{i}] has no influence on fun; omit it, or hold it fixed")
    if not any_rise:
        raise ValueError(NOT_A_MINIMUM)
    return h
