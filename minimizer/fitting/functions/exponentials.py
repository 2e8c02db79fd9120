"""Exponentials, with an offset or without, rising or falling, and Chapman and Richards' growth."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np

from ...common.arrays import Array
from . import trial_values as trial
from .arithmetic import JAVA, Mathematics, Numbers
from .data_range import TINY, DataRange
from .polynomials import LINE
from .row import CurveFunction, Linear, Modified, Params, RefusedError, unchanged


def exponential(m: Mathematics, p: Params, x: Array) -> Numbers:
    """Return a·exp(bx)."""
    a, b = p
    return a * m.exp(b * x)


def exp_with_offset(m: Mathematics, p: Params, x: Array) -> Numbers:
    """Return a·exp(-bx) + c."""
    a, b, c = p
    return a * m.exp(-b * x) + c


def exp_recovery(m: Mathematics, p: Params, x: Array) -> Numbers:
    """Return a·(1 - exp(-bx)) + c."""
    a, b, c = p
    return a * (1.0 - m.exp(-b * x)) + c


def exp_recovery_no_offset(m: Mathematics, p: Params, x: Array) -> Numbers:
    """Return a·(1 - exp(-bx))."""
    a, b = p
    return a * (1.0 - m.exp(-b * x))


def chapman(m: Mathematics, p: Params, x: Array) -> Numbers:
    """Return a·(1 - exp(-bx))^c."""
    a, b, c = p
    return a * m.pow(1.0 - m.exp(-b * x), c)


def _start_through_mean(data: DataRange) -> list[Any]:
    b = 1.0 / (data.width + TINY) * np.sign(data.y_mean) * np.sign(data.slope)
    return [data.y_mean / JAVA.exp(b * data.x_mean), b]


def _start_with_offset(number: int) -> Any:
    def start(data: DataRange) -> list[Any]:
        b = 1.0 / (data.width + TINY)
        size = (data.height + TINY) / JAVA.exp(b * data.x_mean) * np.sign(data.slope) * number
        return [1.0 if size == 13 else -1.0, b, 0.5 * data.y_mean]

    return start


def _start_chapman(data: DataRange) -> list[Any]:
    high = np.flatnonzero(data.y[1:] > 0.5 * data.y_max)
    b = 1.0 / data.x[1 + high[0]] if high.size else np.float64(0.0)
    if np.isnan(b) or b > 1000.0 / data.x_max:
        b = 10.0 / data.x_max
    return [data.y_max, b, 1.5]


def _rate(data: DataRange, start: list[Any]) -> dict[int, Any]:
    return {1: 0.1 / (data.width + TINY)}


def _not_below_zero(data: DataRange) -> None:
    if data.x_min < 0.0:
        raise RefusedError("Cannot fit Chapman-Richards when x<0")


def sign_of_first(y: Array) -> float:
    """Return the sign of the first y that is not 0."""
    signs = np.sign(y)
    known = signs[signs != 0.0]
    return float(known[0]) if known.size else 0.0


def logarithms(y: Array) -> Array:
    """Return ln |y|, if all y have the same sign."""
    signed = y * sign_of_first(y[:1])
    if not (signed > 0.0).all():
        raise RefusedError("Cannot fit y=0 or mixture of y>0, y<0")
    return np.asarray(JAVA.log(signed))


def exponentiate_offset(params: Array, y: Array) -> None:
    """Turn the offset of a straight line into the factor of an exponential or a power."""
    params[0] = sign_of_first(y) * float(JAVA.exp(params[0]))


EXPONENTIALS = (
    CurveFunction(
        number=4,
        constant="EXPONENTIAL",
        name="Exponential",
        n_params=2,
        formula="y = a*exp(bx)",
        code="y = a*Math.exp(b*x)",
        value=exponential,
        linear=Linear(factor=0),
        start=_start_through_mean,
        variations=_rate,
        grid=lambda data: [trial.rates(data)],
    ),
    CurveFunction(
        number=15,
        constant="EXP_REGRESSION",
        name="Exponential (linear regression)",
        n_params=2,
        formula="y = a*exp(bx)",
        code="y = a*Math.exp(b*x)",
        value=exponential,
        linear=Linear(factor=0),
        start=_start_through_mean,
        modified=Modified(
            LINE.value,
            LINE.linear,
            data=lambda x, y: replace(unchanged(x, y), y=logarithms(y)),
            undo=exponentiate_offset,
            basis=LINE.basis,
        ),
    ),
    CurveFunction(
        number=11,
        constant="EXP_WITH_OFFSET",
        name="Exponential with Offset",
        n_params=3,
        formula="y = a*exp(-bx) + c",
        code="y = a*Math.exp(-b*x)+c",
        value=exp_with_offset,
        linear=Linear(offset=2, factor=0),
        start=_start_with_offset(11),
        variations=_rate,
        grid=lambda data: [trial.rates(data)],
    ),
    CurveFunction(
        number=13,
        constant="EXP_RECOVERY",
        name="Exponential Recovery",
        n_params=3,
        formula="y = a*(1-exp(-b*x)) + c",
        code="y = a*(1-Math.exp(-b*x))+c",
        value=exp_recovery,
        linear=Linear(offset=2, factor=0),
        start=_start_with_offset(13),
        variations=_rate,
        grid=lambda data: [trial.rates(data)],
    ),
    CurveFunction(
        number=22,
        constant="EXP_RECOVERY_NOOFFSET",
        name="Exponential Recovery (no offset)",
        n_params=2,
        formula="y = a*(1-exp(-b*x))",
        code="y = a*(1-Math.exp(-b*x))",
        value=exp_recovery_no_offset,
        linear=Linear(factor=0),
        start=_start_through_mean,
        grid=lambda data: [trial.rates(data)],
    ),
    CurveFunction(
        number=23,
        constant="CHAPMAN",
        name="Chapman-Richards",
        n_params=3,
        formula="y = a*(1-exp(-b*x))^c",
        code="y = a*Math.pow(1-Math.exp(-b*x),c)",
        value=chapman,
        linear=Linear(factor=0),
        start=_start_chapman,
        grid=lambda data: [trial.rates(data), trial.exponents()],
        refuse=_not_below_zero,
    ),
)
