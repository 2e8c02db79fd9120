"""Gaussians, and the gamma variate."""

from __future__ import annotations

from typing import Any

import numpy as np

from ...common.arrays import Array
from . import trial_values as trial
from .arithmetic import JAVA, Mathematics, Numbers
from .data_range import TINY, DataRange
from .row import CurveFunction, Linear, Modified, Params

WIDTH = 0.39894  # 1/sqrt(2 pi): the standard deviation of a peak of this area and height 1


def gaussian(m: Mathematics, p: Params, x: Array) -> Numbers:
    """Return a Gaussian between background a and maximum b."""
    a, b, c, d = p
    return a + (b - a) * m.exp(-(x - c) * (x - c) / (2.0 * d * d))


def gaussian_on_background(m: Mathematics, p: Params, x: Array) -> Numbers:
    """Return a Gaussian of height b on background a."""
    a, b, c, d = p
    return a + b * m.exp(-(x - c) * (x - c) / (2.0 * d * d))


def gaussian_no_offset(m: Mathematics, p: Params, x: Array) -> Numbers:
    """Return a Gaussian of height a."""
    a, b, c = p
    return a * m.exp(-(x - b) * (x - b) / (2.0 * c * c))


def gamma_variate(m: Mathematics, p: Params, x: Array) -> Numbers:
    """Return b·(x-a)^c·exp(-(x-a)/d), 0 up to a; NaN unless b, c and d are positive."""
    a, b, c, d = p
    value = b * m.pow(x - a, c) * m.exp(-(x - a) / d)
    invalid = (b <= 0.0) | (c <= 0.0) | (d <= 0.0)
    return np.where(a >= x, 0.0, np.where(invalid, np.nan, value))


def _start_gaussian(data: DataRange) -> list[Any]:
    d = WIDTH * data.width * (data.y_mean - data.y_min) / (data.height + TINY)
    return [data.y_min, data.y_max, data.x_of_max, d]


def _start_gaussian_no_offset(data: DataRange) -> list[Any]:
    c = WIDTH * data.width * data.y_mean / (data.y_max + TINY)
    return [data.y_max, data.x_of_max, c]


def _start_gamma_variate(data: DataRange) -> list[Any]:
    rise = data.x_of_max - data.x_min
    if rise < 0.1 * data.width:
        rise = 0.1 * data.width
    c = np.sqrt(rise)
    return [data.x_min, data.y_max / (JAVA.pow(rise, c) * JAVA.exp(-rise / c)), c, c]


def _variations_gamma_variate(data: DataRange, start: list[Any]) -> dict[int, Any]:
    # The variation of a, a position, is taken from y, as in ImageJ.
    rise = 0.1 * np.sqrt(data.x_of_max - data.first_x + 0.1 * (data.width + TINY))
    return {0: 0.1 * np.maximum(data.height, abs(data.y_max)), 2: rise, 3: rise}


def _height_to_maximum(params: Array, y: Array) -> None:
    params[1] += params[0]


def _positive(i: int) -> Any:
    def tidy(params: Array) -> None:
        params[i] = abs(params[i])

    return tidy


PEAKS = (
    CurveFunction(
        number=12,
        constant="GAUSSIAN",
        name="Gaussian",
        n_params=4,
        formula="y = a + (b-a)*exp(-(x-c)*(x-c)/(2*d*d))",
        code="y = a+(b-a)*Math.exp(-(x-c)*(x-c)/(2*d*d))",
        value=gaussian,
        linear=Linear(offset=0, factor=1),
        start=_start_gaussian,
        variations=lambda data, start: {2: 0.2 * start[3]},
        grid=lambda data: [trial.positions(data), trial.widths(data)],
        tidy=_positive(3),
        modified=Modified(
            gaussian_on_background, Linear(offset=0, factor=1), undo=_height_to_maximum
        ),
    ),
    CurveFunction(
        number=21,
        constant="GAUSSIAN_NOOFFSET",
        name="Gaussian (no offset)",
        n_params=3,
        formula="y = a*exp(-(x-b)*(x-b)/(2*c*c))",
        code="y = a*Math.exp(-(x-b)*(x-b)/(2*c*c))",
        value=gaussian_no_offset,
        linear=Linear(factor=0),
        start=_start_gaussian_no_offset,
        variations=lambda data, start: {1: 0.2 * start[2]},
        grid=lambda data: [trial.positions(data), trial.widths(data)],
        tidy=_positive(2),
    ),
    CurveFunction(
        number=8,
        constant="GAMMA_VARIATE",
        name="Gamma Variate",
        n_params=4,
        formula="y = b*(x-a)^c*exp(-(x-a)/d)",
        code="y = b*Math.pow(x-a,c)*Math.exp(-(x-a)/d)",
        value=gamma_variate,
        linear=Linear(factor=1),
        start=_start_gamma_variate,
        variations=_variations_gamma_variate,
        grid=lambda data: [trial.onsets(data), trial.exponents(), trial.widths(data)],
    ),
)
