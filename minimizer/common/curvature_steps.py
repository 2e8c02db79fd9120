"""Differences of fourth order with steps adapted to the function: a small share of its unit."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np

from .arrays import Array
from .bounds import Box
from .differences import STENCILS, Differences, relative_steps, weights

STEP = 0.03  # of the distance that changes the function by a unit: little bending and rounding
RESOLVED = 1e-8  # of the parameter: shorter steps drown in rounding errors
ACCEPTED = 0.1, 10.0  # range of a step's rise, as shares of the rise wanted
TRIES = 80
STENCIL = STENCILS["richardson"][0]
EPS = float(np.finfo(np.float64).eps)
LONG = 1.15  # times that: a first step with less rounding
TURNS = 4  # at most, until the axes are principal


def jacobian(fun: Callable[[Array], Any], point: Array, unit: float) -> Array:
    """Return the first derivatives (m, n) of an array (m,), by fourth-order differences.

    Each step changes the sum of squares by about ``STEP² unit``.
    """
    here = np.array(fun(point.copy()), dtype=np.float64).ravel()
    first = _first_steps(fun, point, here, unit)
    columns = []
    for i in range(point.size):
        direction = np.eye(point.size)[i]

        def at(h: float, direction: Array = direction) -> Array:
            return np.array(fun(point + h * direction), dtype=np.float64).ravel()

        def rise(h: float, at: Callable[[float], Array] = at) -> float:
            difference = at(h) - at(-h)
            return float(difference @ difference) / 4.0

        h = _step(rise, point, i, unit, float(first[i]))
        h = (point[i] + h) - point[i]  # exact: adding it to the parameter does not round
        column = weights(STENCIL) @ np.array([at(offset * h) - here for offset in STENCIL]) / h
        if not np.isfinite(column).all():
            raise ValueError(_BESIDE)
        if not column.any():
            raise ValueError(_STEPS.format(i=i))
        columns.append(column)
    return np.column_stack(columns)


def _first_steps(fun: Callable[[Array], Any], point: Array, here: Array, unit: float) -> Array:
    """Return steps (n,) that change an array by about ``STEP √unit``, from short differences.

    Where the function does not change, the step is NaN.
    """
    n = point.size
    steps = relative_steps(point, abs(point), EPS, "forward", np.zeros(n))
    box = Box(np.full(n, -np.inf), np.full(n, np.inf))
    found = Differences(point, here, steps, box, np.ones(n, dtype=bool))
    with np.errstate(all="ignore"):
        while not found.is_done:
            found.take([np.array(fun(y), dtype=np.float64).ravel() for y in found.points()])
        sizes = np.sqrt(np.add.reduce(found.jacobian() ** 2, axis=0))
    slopes = np.where(sizes > 0.0, sizes, np.nan)
    wanted: Array = LONG * STEP * math.sqrt(unit) / slopes
    return wanted


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

    None if these second derivatives do not belong to a minimum.
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
    "params is not at a minimum of fun, or at a minimum without curvature; continue the "
    "minimization, or hold parameters fixed"
)
_STEPS = "params[{i}] changes fun in steps, without a slope; omit it, or hold it fixed"
_BESIDE = (
    "fun is NaN or infinite beside params, where the curvature is needed; at the edge of a valid "
    "region there is none"
)


def _step(
    rise: Callable[[float], float], point: Array, i: int, unit: float, first: float = math.nan
) -> float:
    """Return a step of parameter `i` that raises the function by about ``STEP² unit``.

    `first` is the step to try first, NaN if unknown.
    """
    x = abs(float(point[i]))
    wanted, least = STEP**2 * unit, max(RESOLVED * x, 1e-150)
    h = max(1e-4 * x, least) if x > 0.0 else 1e-4
    if 0.0 < first < math.inf:
        h = max(first, least)
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
