"""Rodbard's four-parameter logistic function and its inverse, and the error function."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np

from ...common.arrays import Array
from . import trial_values as trial
from .arithmetic import Mathematics, Numbers, erf
from .data_range import TINY, DataRange
from .row import CurveFunction, Linear, Modified, Params, RefusedError, unchanged

LEAST = 2 * 5e-324


def rodbard(m: Mathematics, p: Params, x: Array) -> Numbers:
    """Return d + (a - d)/(1 + (x/c)^b)."""
    a, b, c, d = p
    return d + (a - d) / (1.0 + m.pow(x / c, b))


def rodbard_on_background(m: Mathematics, p: Params, x: Array) -> Numbers:
    """Return d + a/(1 + (x/c)^b)."""
    a, b, c, d = p
    return d + a / (1.0 + m.pow(x / c, b))


def inverse_rodbard(m: Mathematics, p: Params, x: Array) -> Numbers:
    """Return c·((x-a)/(d-x))^(1/b), NaN unless a <= x < d."""
    return _inverse(m, p, x, np.nan)


def inverse_rodbard_or_zero(m: Mathematics, p: Params, x: Array) -> Numbers:
    """Return the same, 0 unless a <= x < d."""
    return _inverse(m, p, x, 0.0)


def _inverse(m: Mathematics, p: Params, x: Array, outside: float) -> Numbers:
    a, b, c, d = p
    value = m.pow((x - a) / (d - x), 1.0 / b) * c
    return np.where((d - x < LEAST) | (x < a), outside, value)


def error_function(m: Mathematics, p: Params, x: Array) -> Numbers:
    """Return a + b·erf((x-c)/d)."""
    a, b, c, d = p
    return a + b * erf(m, (x - c) / d)


def _start_rodbard(data: DataRange) -> list[Any]:
    c = data.x_min if data.x_min < 0.0 else data.x_max
    return [data.first_y, 1.0, c, data.last_y]


def _variations_rodbard(data: DataRange, start: list[Any]) -> dict[int, Any]:
    return {
        2: 0.5 * np.maximum(data.width, abs(data.x_mean)),
        3: 0.5 * np.maximum(data.height, abs(data.y_max)),
    }


def _one_sign(data: DataRange) -> None:
    if data.x_min < 0.0 < data.x_max:
        raise RefusedError("Cannot fit Rodbard to mixture of x<0 and x>0")


def _start_inverse(data: DataRange) -> list[Any]:
    slope = 1.0 if data.slope >= 0.0 else -1.0
    return [data.x_min - 0.1 * data.width, slope, data.y_max, data.x_max + data.width]


def _variations_inverse(data: DataRange, start: list[Any]) -> dict[int, Any]:
    return {
        0: 0.01 * np.maximum(data.width, abs(data.x_max)),
        2: 0.1 * np.maximum(data.height, abs(data.y_max)),
        3: 0.1 * np.maximum(data.width, abs(data.x_mean)),
    }


def _start_error_function(data: DataRange) -> list[Any]:
    rises = data.last_y > data.first_y
    share = data.y_max - data.y_mean if rises else data.y_mean - data.y_min
    return [
        0.5 * (data.y_max + data.y_min),
        0.5 * (data.height + TINY) * (1.0 if rises else -1.0),
        data.x_min + data.width * share / (data.height + TINY),
        0.1 * (data.width + TINY),
    ]


def _variations_error_function(data: DataRange, start: list[Any]) -> dict[int, Any]:
    return {2: 0.1 * (data.width + TINY), 3: 0.5 * start[3]}


def _positive_width(params: Array) -> None:
    if params[3] < 0.0:
        params[1], params[3] = -params[1], -params[3]


def _to_level(params: Array, y: Array) -> None:
    params[0] += params[3]


_ON_BACKGROUND = Modified(rodbard_on_background, Linear(offset=3, factor=0), undo=_to_level)

SIGMOIDS = (
    CurveFunction(
        number=24,
        constant="ERF",
        name="Error Function",
        n_params=4,
        formula="y = a+b*erf((x-c)/d)",
        code="y = a+b*Math.erf((x-c)/d)",
        value=error_function,
        linear=Linear(offset=0, factor=1),
        start=_start_error_function,
        variations=_variations_error_function,
        grid=lambda data: [trial.positions(data), trial.widths(data)],
        tidy=_positive_width,
    ),
    CurveFunction(
        number=7,
        constant="RODBARD",
        name="Rodbard",
        n_params=4,
        formula="y = d+(a-d)/(1+(x/c)^b)",
        code="y = d+(a-d)/(1+Math.pow(x/c,b))",
        value=rodbard,
        linear=Linear(offset=3, factor=0),
        start=_start_rodbard,
        variations=_variations_rodbard,
        grid=lambda data: [trial.exponents(), trial.scales(data)],
        refuse=_one_sign,
        modified=_ON_BACKGROUND,
    ),
    CurveFunction(
        number=10,
        constant="RODBARD2",
        name="Rodbard (NIH Image)",
        n_params=4,
        formula="x = d+(a-d)/(1+(y/c)^b) [y = c*((x-a)/(d-x))^(1/b)]",
        code="y = c*Math.pow((x-a)/(d-x),1/b)",
        value=inverse_rodbard_or_zero,
        linear=Linear(factor=2),
        start=_start_inverse,
        grid=lambda data: [trial.exponents(), trial.scales(data)],
        modified=Modified(
            rodbard_on_background,
            Linear(offset=3, factor=0),
            data=lambda x, y: replace(unchanged(x, y), x=y, y=x),
            undo=_to_level,
            number=7,
        ),
    ),
    CurveFunction(
        number=14,
        constant="INV_RODBARD",
        name="Inverse Rodbard",
        n_params=4,
        formula="y = c*((x-a)/(d-x))^(1/b)",
        code="y = c*Math.pow((x-a)/(d-x),1/b)",
        value=inverse_rodbard,
        linear=Linear(factor=2),
        start=_start_inverse,
        variations=_variations_inverse,
        grid=lambda data: [
            trial.below(data),
            trial.both_signs(trial.exponents()),
            trial.above(data),
        ],
    ),
)
