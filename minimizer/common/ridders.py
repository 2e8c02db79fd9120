"""Derivatives with estimates of their errors: differences over ever shorter steps, extrapolated.

References
----------
C. J. F. Ridders, Accurate computation of F'(x) and F'(x) F''(x), Adv. Eng. Software 4 (1982) 75-76.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np

from .arrays import Array

FIRST = 0.125  # of the parameter: the longest step
UNIT = 0.125  # the same for a parameter that is zero
RATIO = 2.0  # of a step to the next
TINY = 1e-150  # a parameter nearer to zero counts as zero
VISIBLE, LONGER = 1e-6, 2.0**10  # relative change of the function; a longer step to try
LEVELS = 12
EPS = float(np.finfo(np.float64).eps)

Function = Callable[[Array], Any]


class Estimate(NamedTuple):
    """Derivatives, and estimates of their errors, of the same shape."""

    value: Array
    error: Array


def gradient(fun: Function, x: Any, *, step: Any = None) -> Estimate:
    """Return the gradient (n,) of a function that returns a number.

    Parameters
    ----------
    fun : callable
        ``fun(x) -> float``.
    x : array (n,)
        Where.
    step : float or array (n,), optional
        First and longest steps, which are halved up to eleven times. By default an eighth of each
        parameter; longer ones, up to an eighth of a unit, where `fun` would hardly change.

    Returns
    -------
    value : ndarray (n,)
        NaN where `fun` is not finite around `x`.
    error : ndarray (n,)
        An estimate of its error.

    Examples
    --------
    >>> from minimizer.derivatives import gradient
    >>> value, error = gradient(lambda x: x[0] ** 3 * x[1], [1.0, 2.0])
    >>> value.round(9).tolist(), bool((error < 1e-9).all())
    ([6.0, 1.0], True)
    """
    value, error = jacobian(lambda y: [float(fun(y))], x, step=step)
    return Estimate(value[0], error[0])


def jacobian(fun: Function, x: Any, *, step: Any = None) -> Estimate:
    """Return the first derivatives (m, n) of a function that returns an array (m,).

    Arguments and errors as in `gradient`.

    Examples
    --------
    >>> import numpy as np
    >>> from minimizer.derivatives import jacobian
    >>> value, error = jacobian(lambda x: np.array([np.sin(x[0]), x[0] * x[1]]), [0.0, 3.0])
    >>> value.round(9).tolist()
    [[1.0, 0.0], [3.0, 0.0]]
    """
    point, steps = _point_and_steps(fun, x, step)
    here = _array(fun, point)

    def column(j: int) -> Estimate:
        way = np.eye(point.size)[j]

        def difference(h: float) -> Array:
            ahead, back = point + h * way, point - h * way
            width = ahead[j] - back[j]  # as it was rounded
            change: Array = (_array(fun, ahead) - _array(fun, back)) / width
            return change

        return extrapolated(difference, steps[j], lambda h: EPS * abs(here) / h)

    columns = [column(j) for j in range(point.size)]
    return Estimate(*(np.column_stack([c[i] for c in columns]) for i in (0, 1)))


def hessian(fun: Function, x: Any, *, step: Any = None) -> Estimate:
    """Return the second derivatives (n, n) of a function that returns a number.

    Arguments and errors as in `gradient`.

    Examples
    --------
    >>> from minimizer.derivatives import hessian
    >>> value, error = hessian(lambda x: x[0] ** 2 * x[1], [1.0, 3.0])
    >>> (value + 0.0).round(6).tolist(), bool((error < 1e-6).all())
    ([[6.0, 2.0], [2.0, 0.0]], True)
    """
    point, steps = _point_and_steps(fun, x, step)
    n = point.size
    here = _array(fun, point)
    value, error = np.empty((n, n)), np.empty((n, n))

    def along(way: Array) -> Callable[[float], Array]:
        def difference(h: float) -> Array:
            change: Array = (
                (_array(fun, point + h * way) - here) + (_array(fun, point - h * way) - here)
            ) / h**2
            return change

        return difference

    def rounding(h: float) -> Array:
        error: Array = 4.0 * EPS * abs(here) / h**2
        return error

    scaled = np.diag(steps)
    for i in range(n):
        for j in range(i + 1):
            if i == j:
                found = extrapolated(along(scaled[i]), 1.0, rounding)
            else:  # by polarization
                plus = extrapolated(along(scaled[i] + scaled[j]), 1.0, rounding)
                minus = extrapolated(along(scaled[i] - scaled[j]), 1.0, rounding)
                found = Estimate(
                    0.25 * (plus.value - minus.value), 0.25 * (plus.error + minus.error)
                )
            unit = steps[i] * steps[j]
            value[i, j] = value[j, i] = float(found.value[0]) / unit
            error[i, j] = error[j, i] = float(found.error[0]) / unit
    return Estimate(value, error)


def extrapolated(
    difference: Callable[[float], Array], step: float, rounding: Callable[[float], Array]
) -> Estimate:
    """Return the limit of a difference quotient, whose error is even in the step.

    For each element, the entry of the table that differs least from its neighbours is taken;
    `rounding` is the error of a quotient by rounding of the function's values.
    """
    rows: list[list[Array]] = []
    best: Estimate | None = None
    with np.errstate(all="ignore"):
        for level in range(LEVELS):
            row = [difference(step / RATIO**level)]
            noise = rounding(step / RATIO**level)
            for k in range(1, level + 1):
                share = RATIO ** (2 * k)
                row.append((share * row[k - 1] - rows[-1][k - 1]) / (share - 1.0))
                apart = np.maximum(abs(row[k] - row[k - 1]), abs(row[k] - rows[-1][k - 1]))
                apart = np.maximum(apart, noise)
                apart = np.where(np.isfinite(apart), apart, np.inf)
                if best is None:
                    best = Estimate(row[k], apart)
                better = apart < best.error
                best = Estimate(
                    np.where(better, row[k], best.value), np.where(better, apart, best.error)
                )
            rows.append(row)
    assert best is not None
    known = np.isfinite(best.error)
    least = EPS * abs(best.value)
    return Estimate(
        np.where(known, best.value, np.nan), np.where(known, np.maximum(best.error, least), np.nan)
    )


def _point_and_steps(fun: Function, x: Any, step: Any) -> tuple[Array, Array]:
    point = np.array(x, dtype=np.float64, ndmin=1)
    if point.ndim != 1 or not np.isfinite(point).all():
        raise ValueError(f"x is {x!r}; it must be finite numbers in one dimension")
    if step is None:
        sizes = np.where(abs(point) < TINY, UNIT, FIRST * abs(point))
        return point, np.array([_visible(fun, point, j, h) for j, h in enumerate(sizes)])
    steps = np.broadcast_to(np.asarray(step, dtype=np.float64), point.shape)
    if not (np.isfinite(steps) & (steps > 0.0)).all():
        raise ValueError(f"step is {step!r}; steps must be positive and finite")
    return point, steps


def _visible(fun: Function, point: Array, j: int, h: float) -> float:
    """Return a step of parameter `j` that changes the function visibly, at most that of a unit."""
    here = _array(fun, point)
    while h < UNIT:
        beside = point.copy()
        beside[j] += h
        with np.errstate(all="ignore"):
            change = np.linalg.norm(_array(fun, beside) - here)
            if not change <= VISIBLE * np.linalg.norm(here):
                break
        h = min(UNIT, LONGER * h)
    return h


def _array(fun: Function, point: Array) -> Array:
    return np.array(fun(point.copy()), dtype=np.float64).ravel()
