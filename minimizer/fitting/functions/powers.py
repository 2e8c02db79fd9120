"""Powers and logarithms."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from ...common.arrays import Array
from . import trial_values as trial
from .arithmetic import JAVA, Mathematics, Numbers
from .data_range import TINY, DataRange
from .exponentials import exponentiate_offset, sign_of_first
from .polynomials import LINE
from .row import Changed, CurveFunction, Linear, Modified, Params, RefusedError


def power(m: Mathematics, p: Params, x: Array) -> Numbers:
    """Return a·x^b."""
    a, b = p
    return a * m.pow(x, b)


def log(m: Mathematics, p: Params, x: Array) -> Numbers:
    """Return a·ln(bx), -1000 a where x is 0."""
    a, b = p
    return np.where(x == 0.0, -1000.0 * a, a * m.log(b * x))


def log_with_offset(m: Mathematics, p: Params, x: Array) -> Numbers:
    """Return a + b·ln(x - c), NaN where there is no logarithm."""
    a, b, c = p
    return np.where(x - c <= 0.0, np.nan, a + b * m.log(x - c))


def _start_power(data: DataRange) -> list[Any]:
    return [data.y_mean / abs(data.x_mean + TINY), 1.0]


def _start_log(data: DataRange) -> list[Any]:
    return [data.y_mean, math.e / (data.x_max + TINY)]


def _start_log_with_offset(data: DataRange) -> list[Any]:
    b = (data.height + TINY) / (data.width + TINY)
    return [data.y_mean, b, np.minimum(0.0, -data.x_min - 0.1 * data.width - TINY)]


def _power_from_zero(data: DataRange) -> None:
    if data.x_min < 0.0:
        raise RefusedError("Cannot fit Power when x<0")


def _log_above_zero(data: DataRange) -> None:
    if data.x_min <= 0.0:
        raise RefusedError("Cannot fit Log when x<=0")


def _both_logarithms(x: Array, y: Array) -> Changed:
    """Return ln x and ln |y| without points (0, 0); with any, the exponent must be positive."""
    at_zero = (x == 0.0) & (y == 0.0)
    x, y = x[~at_zero], y[~at_zero]
    sign = sign_of_first(y[:1])
    for this_x, this_y in zip(x, y, strict=True):
        if this_x <= 0.0:
            raise RefusedError("Cannot fit x<=0")
        if not this_y * sign > 0.0:
            raise RefusedError("Cannot fit y=0 or mixture of y>0, y<0")
    return Changed(JAVA.log(x), JAVA.log(y * sign), ~at_zero, rising=bool(at_zero.any()))


POWERS = (
    CurveFunction(
        number=5,
        constant="POWER",
        name="Power",
        n_params=2,
        formula="y = a*x^b",
        code="y = a*Math.pow(x,b)",
        value=power,
        linear=Linear(factor=0),
        start=_start_power,
        grid=lambda data: [trial.both_signs(trial.exponents())],
        refuse=_power_from_zero,
    ),
    CurveFunction(
        number=16,
        constant="POWER_REGRESSION",
        name="Power (linear regression)",
        n_params=2,
        formula="y = a*x^b",
        code="y = a*Math.pow(x,b)",
        value=power,
        linear=Linear(factor=0),
        start=_start_power,
        modified=Modified(
            LINE.value,
            LINE.linear,
            data=_both_logarithms,
            undo=exponentiate_offset,
            basis=LINE.basis,
        ),
    ),
    CurveFunction(
        number=6,
        constant="LOG",
        name="Log",
        n_params=2,
        formula="y = a*ln(bx)",
        code="y = a*Math.log(b*x)",
        value=log,
        linear=Linear(factor=0),
        start=_start_log,
        grid=lambda data: [trial.factors_of_logarithm(data)],
        refuse=_log_above_zero,
    ),
    CurveFunction(
        number=9,
        constant="LOG2",
        name="y = a+b*ln(x-c)",
        n_params=3,
        formula="y = a+b*ln(x-c)",
        code="y = a+b*Math.log(x-c)",
        value=log_with_offset,
        linear=Linear(offset=0, factor=1),
        start=_start_log_with_offset,
        grid=lambda data: [trial.below(data)],
    ),
)
