"""The mathematical functions of curves, on arrays: those of Java, or of NumPy.

A curve is written once, with ``m.exp`` and its like. With `JAVA` each number goes through Python's
``math``, whose last bits hardly depend on the machine, and special cases are those of Java; with
`NUMPY` whole arrays are computed at once. Sums and products are the same in both.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from ...common.arrays import Array

Numbers = Any  # an array, or a number of NumPy, whose divisions do not raise


@dataclass(frozen=True)
class Mathematics:
    """Functions of arrays that a curve may call; invalid arguments give NaN, never an error."""

    exp: Callable[[Numbers], Numbers]
    log: Callable[[Numbers], Numbers]
    log10: Callable[[Numbers], Numbers]
    sin: Callable[[Numbers], Numbers]
    cos: Callable[[Numbers], Numbers]
    tan: Callable[[Numbers], Numbers]
    asin: Callable[[Numbers], Numbers]
    acos: Callable[[Numbers], Numbers]
    atan: Callable[[Numbers], Numbers]
    atan2: Callable[[Numbers, Numbers], Numbers]
    pow: Callable[[Numbers, Numbers], Numbers]


def java_pow(base: float, exponent: float) -> float:
    """Return a power as in Java: pow(1, NaN) and pow(±1, ±inf) are NaN, not 1 as in C."""
    if exponent == 0.0:
        return 1.0
    if math.isnan(exponent) or (math.isinf(exponent) and abs(base) == 1.0):
        return math.nan
    try:
        return math.pow(base, exponent)
    except (OverflowError, ValueError):
        with np.errstate(all="ignore"):
            return float(np.power(np.float64(base), np.float64(exponent)))


def _each(function: Callable[[float], float], numpys: Any) -> Callable[[Numbers], Numbers]:
    """Make a function of ``math`` take arrays; where it raises, NumPy's is used."""

    def one(value: float) -> float:
        try:
            return function(value)
        except (OverflowError, ValueError):
            with np.errstate(all="ignore"):
                return float(numpys(np.float64(value)))

    def apply(values: Numbers) -> Array:
        array = np.asarray(values, dtype=np.float64)
        numbers = array.ravel().tolist()
        try:
            found = [function(value) for value in numbers]
        except (OverflowError, ValueError):
            found = [one(value) for value in numbers]
        return np.array(found, dtype=np.float64).reshape(array.shape)

    return apply


def _each_pair(function: Callable[[float, float], float]) -> Callable[[Numbers, Numbers], Numbers]:
    """Make a function of two numbers take arrays."""

    def apply(first: Numbers, second: Numbers) -> Array:
        a, b = np.broadcast_arrays(np.asarray(first, float), np.asarray(second, float))
        found = [
            function(x, y) for x, y in zip(a.ravel().tolist(), b.ravel().tolist(), strict=True)
        ]
        return np.array(found, dtype=np.float64).reshape(a.shape)

    return apply


JAVA = Mathematics(
    exp=_each(math.exp, np.exp),
    log=_each(math.log, np.log),
    log10=_each(math.log10, np.log10),
    sin=_each(math.sin, np.sin),
    cos=_each(math.cos, np.cos),
    tan=_each(math.tan, np.tan),
    asin=_each(math.asin, np.arcsin),
    acos=_each(math.acos, np.arccos),
    atan=_each(math.atan, np.arctan),
    atan2=_each_pair(math.atan2),
    pow=_each_pair(java_pow),
)

NUMPY = Mathematics(
    exp=np.exp,
    log=np.log,
    log10=np.log10,
    sin=np.sin,
    cos=np.cos,
    tan=np.tan,
    asin=np.arcsin,
    acos=np.arccos,
    atan=np.arctan,
    atan2=np.arctan2,
    pow=np.power,
)

_K = 2.0 / math.sqrt(math.pi)
_A = 0.05857895078654250866288
_B = -0.00626245895772819579
_C = -0.00299946450696036814
_D = 0.289389696496082416
_E = 0.0539962589851632982
_F = 0.00508516909930653109
_G = 0.000215969713046142876
_H = -0.000225663858340491571
_I = -3.06833213472529049e-7


def erf(m: Mathematics, x: Numbers) -> Numbers:
    """Return ImageJ's approximation of the error function; its error is below 1e-12."""
    x2 = x * x
    series = _K * x * (1.0 + x2 * (-1.0 / 3.0 + x2 * (1.0 / 10.0)))
    above = _A * (1.0 + x2 * x2 * (_B + x2 * (_C + x2 * (_H + x2 * _I))))
    below = 1.0 + x2 * (_D + x2 * (_E + x2 * (_F + x2 * _G)))
    u = x * ((_K - _A) + above / below)
    size = np.where(x2 > 36.0, 1.0, np.sqrt(1.0 - m.exp(-(u * u))))
    return np.where(x2 < 1e-8, series, np.where(x > 0.0, size, -size))


def in_order(terms: Array) -> Any:
    """Return sums along the last axis, added one after another as a loop does.

    ``np.sum`` adds in another order, which changes the last bits.
    """
    if terms.shape[-1] == 0:
        return np.zeros(terms.shape[:-1])[()]
    return np.add.accumulate(terms, axis=-1)[..., -1] + 0.0
