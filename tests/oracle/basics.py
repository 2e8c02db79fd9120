"""Arithmetic of IEEE 754, bounds and tolerances."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

Array = NDArray[Any]


def divide(a: float, b: float) -> float:
    """Return a / b; a/0 is infinite and 0/0 is NaN."""
    if b != 0.0:
        return a / b
    if a == 0.0 or math.isnan(a):
        return math.nan
    return math.copysign(math.inf, a) * math.copysign(1.0, b)


def log(a: float) -> float:
    """Return the natural logarithm; that of 0 is -inf and that of a negative number NaN."""
    if a > 0.0:
        return math.log(a)
    return -math.inf if a == 0.0 else math.nan


def maximum(a: float, b: float) -> float:
    """Return the larger number, NaN if either is NaN."""
    return math.nan if math.isnan(a) or math.isnan(b) else max(a, b)


@dataclass(frozen=True)
class Box:
    """Bounds of the parameters, two arrays (n,); infinite where there is none."""

    lower: Array
    upper: Array

    def clip(self, point: Array) -> Array:
        """Return the nearest point of the box, the lower bound if both are 0.

        Lists were clipped so, and arrays by `numpy.minimum`, which may return either of two zeros.
        """
        low, high = self.lower, self.upper
        return np.where(point <= low, low, np.where(point >= high, high, point))

    def contains(self, point: Array) -> bool:
        """Return whether no parameter is out of bounds (a NaN is not)."""
        return not bool(((point < self.lower) | (point > self.upper)).any())

    def touches(self, point: Array) -> bool:
        """Return whether a parameter that is free to move lies on a bound."""
        on_bound = (point <= self.lower) | (point >= self.upper)
        return bool((on_bound & (self.lower < self.upper)).any())

    def fixed_only(self) -> Box:
        """Return the box that only holds the parameters whose bounds coincide."""
        fixed = self.lower == self.upper
        return Box(np.where(fixed, self.lower, -np.inf), np.where(fixed, self.upper, np.inf))

    def farther(self, origin: Array, step: Array) -> Array:
        """Return origin + step clipped or, where this leads farther, origin - step clipped."""
        ahead, back = self.clip(origin + step), self.clip(origin - step)
        return np.where(abs(ahead - origin) >= abs(back - origin), ahead, back)


@dataclass(frozen=True)
class Tolerances:
    """Absolute tolerances of parameters and value; both must hold."""

    params: float
    value: float

    def hold(self, points: Array, values: Sequence[float], best: Array, best_value: float) -> bool:
        """Return whether points (…, n) and their values are all within tolerance of the best."""
        return bool((abs(points - best) <= self.params).all()) and all(
            abs(value - best_value) <= self.value for value in values
        )
