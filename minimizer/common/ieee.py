"""Divisions, logarithms and maxima that follow IEEE 754 (and Java) where Python raises."""

from __future__ import annotations

import math

from .one_source import compilable


@compilable
def divide(a: float, b: float) -> float:
    """Return a / b; a/0 is infinite and 0/0 is NaN."""
    if b != 0.0:
        return a / b
    if a == 0.0 or math.isnan(a):
        return math.nan
    return math.copysign(math.inf, a) * math.copysign(1.0, b)


@compilable
def log(a: float) -> float:
    """Return the natural logarithm: -inf for 0, NaN for a negative number."""
    if a > 0.0:
        return math.log(a)
    return -math.inf if a == 0.0 else math.nan


@compilable
def maximum(a: float, b: float) -> float:
    """Return the larger number, NaN if either is NaN."""
    if math.isnan(a) or math.isnan(b):
        return math.nan
    return b if b > a else a
