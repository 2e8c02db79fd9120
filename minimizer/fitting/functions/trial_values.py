"""Values of a parameter worth trying as starts of a fit, from the range of the data."""

from __future__ import annotations

from typing import Any

import numpy as np

from ...common.arrays import Array
from .data_range import DataRange


def _sizes(low: Any, high: Any, count: int) -> Array:
    return np.geomspace(max(float(low), 1e-300), max(float(high), 1e-290), count)


def _spacing(data: DataRange) -> Any:
    """Return the least distance of two x, the range if there is none."""
    steps = np.diff(np.unique(data.x))
    return steps.min() if steps.size else _extent(data)


def _extent(data: DataRange) -> Any:
    """Return the range of x, or the size of x if they are all the same, or 1."""
    return data.width or abs(data.x_max) or np.float64(1.0)


def _far(data: DataRange) -> tuple[Any, Any]:
    return 1e-6 * _extent(data), 1e3 * _extent(data)


def _nearest(x: Any) -> Array:
    """Return distances from x that hardly exceed its rounding."""
    distances: Array = np.array([0.5, 1.0, 1e3]) * np.spacing(abs(x))
    return distances


def both_signs(values: Array) -> Array:
    """Return values and their negatives."""
    return np.concatenate([-values[::-1], values])


def rates(data: DataRange) -> Array:
    """Return rates of exponentials of both signs: from nearly straight to a step of one point."""
    return both_signs(_sizes(1e-3 / _extent(data), 5.0 / _spacing(data), 40))


def exponents() -> Array:
    """Return exponents from far below 1 to far above."""
    return _sizes(0.02, 50.0, 24)


def positions(data: DataRange) -> Array:
    """Return positions within the data, and somewhat outside."""
    extent = _extent(data)
    inside = np.unique(data.x)
    if inside.size > 60:
        inside = np.linspace(data.x_min, data.x_max, 60)
    middles = 0.5 * (inside[1:] + inside[:-1])
    outside = extent * np.array([0.05, 0.15, 0.4, 1.0, 2.5])
    extremes = [data.x_of_max, data.x[int(np.argmin(data.y))]]
    ends = data.x_min - outside, data.x_max + outside
    return np.unique(np.concatenate([*ends, inside, middles, extremes]))


def widths(data: DataRange) -> Array:
    """Return widths from half the spacing to several times the range."""
    return _sizes(0.3 * _spacing(data), 4.0 * _extent(data), 24)


def scales(data: DataRange) -> Array:
    """Return sizes with the sign of x: from below the smallest x to above the largest."""
    sizes = abs(data.x[data.x != 0.0])
    low, high = (sizes.min(), sizes.max()) if sizes.size else (1.0, 1.0)
    values = _sizes(0.03 * low, 100.0 * high, 40)
    return -values if data.x_min < 0.0 else values


def below(data: DataRange) -> Array:
    """Return positions below the data, from next to it to far away."""
    distances = np.concatenate([_nearest(data.x_min), _sizes(*_far(data), 40)])
    return np.asarray(data.x_min - distances)


def above(data: DataRange) -> Array:
    """Return positions above the data, from next to it to far away."""
    distances = np.concatenate([_nearest(data.x_max), _sizes(*_far(data), 24)])
    return np.asarray(data.x_max + distances)


def onsets(data: DataRange) -> Array:
    """Return positions where something begins: below the data and within."""
    inside = np.unique(data.x)
    if inside.size > 40:
        inside = np.linspace(data.x_min, data.x_max, 40)
    middles = 0.5 * (inside[1:] + inside[:-1])
    outside = data.x_min - _sizes(1e-3 * _extent(data), 1e2 * _extent(data), 12)
    return np.concatenate([outside, inside, middles])


def factors_of_logarithm(data: DataRange) -> Array:
    """Return factors b of ln(bx): the zero of the logarithm within the data and far outside."""
    return 1.0 / _sizes(1e-6 * data.x_min, 1e6 * data.x_max, 60)
