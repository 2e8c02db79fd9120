"""The operators and functions of ImageJ's macro language, on arrays."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from ..functions.arithmetic import Mathematics, erf
from .tokens import MacroError

Operation = Callable[..., Any]


def truth(condition: Any) -> Any:
    """Return 1.0 where a condition holds, 0.0 elsewhere."""
    return np.where(condition, 1.0, 0.0)


def as_boolean(value: Any) -> Any:
    """Return where a value is 1; values other than 0 and 1 are an error."""
    wrong = (value != 0.0) & (value != 1.0)
    if np.any(wrong):
        raise MacroError("a condition is neither 0 nor 1; compare it with something")
    return value == 1.0


def choose(condition: Any, first: Any, second: Any) -> Any:
    """Return ``condition ? first : second``."""
    return np.where(condition != 0.0, first, second)


def integer(value: Any) -> Any:
    """Return 32-bit integers, as 64-bit ones: truncated, saturating, 0 for NaN."""
    whole = np.nan_to_num(np.trunc(value), nan=0.0, posinf=2.0**31, neginf=-(2.0**31))
    return np.clip(whole, -(2.0**31), 2.0**31 - 1).astype(np.int64)


def _wrapped(value: Any) -> Any:
    return ((value + 2**31) % 2**32 - 2**31).astype(np.float64)


def _of_integers(function: Callable[[Any, Any], Any]) -> Operation:
    return lambda a, b: _wrapped(np.asarray(function(integer(a), integer(b))))


def _long(value: Any) -> Any:
    """Return ``Math.round``: the next 64-bit integer, ties up, 0 for NaN."""
    whole = np.floor(value)
    up = np.where(value - whole >= 0.5, whole + 1.0, whole)
    return np.nan_to_num(np.clip(up, -(2.0**63), 2.0**63), nan=0.0) + 0.0


COMPARISONS: dict[str, Operation] = {
    "==": lambda a, b: truth(a == b),
    "!=": lambda a, b: truth(a != b),
    "<": lambda a, b: truth(a < b),
    "<=": lambda a, b: truth(a <= b),
    ">": lambda a, b: truth(a > b),
    ">=": lambda a, b: truth(a >= b),
}
LOGICAL: dict[str, Operation] = {
    "&&": lambda a, b: truth(as_boolean(a) & as_boolean(b)),
    "||": lambda a, b: truth(as_boolean(a) | as_boolean(b)),
}
SUMS: dict[str, Operation] = {"+": lambda a, b: a + b, "-": lambda a, b: a - b}
PRODUCTS: dict[str, Operation] = {
    "*": lambda a, b: a * b,
    "/": lambda a, b: a / b,
    "%": lambda a, b: np.fmod(a, b),
    "&": _of_integers(lambda a, b: a & b),
    "|": _of_integers(lambda a, b: a | b),
    "^": _of_integers(lambda a, b: a ^ b),
    "<<": _of_integers(lambda a, b: a << (b & 31)),
    ">>": _of_integers(lambda a, b: a >> (b & 31)),
}
ASSIGNMENTS: dict[str, Operation] = {
    "=": lambda old, new: new,
    "+=": lambda old, new: old + new,
    "-=": lambda old, new: old - new,
    "*=": lambda old, new: old * new,
    "/=": lambda old, new: old / new,
}
SIGNS: dict[str, Operation] = {
    "-": lambda a: -a,
    "!": lambda a: truth(~as_boolean(a)),
    "~": lambda a: _wrapped(np.asarray(~integer(a))),
}
CONSTANTS = {"PI": np.pi, "NaN": np.nan, "true": 1.0, "false": 0.0}

_SHARED: dict[str, tuple[int, Operation]] = {
    "abs": (1, lambda m, a: abs(a)),
    "cos": (1, lambda m, a: m.cos(a)),
    "exp": (1, lambda m, a: m.exp(a)),
    "floor": (1, lambda m, a: np.floor(a)),
    "log": (1, lambda m, a: m.log(a)),
    "sin": (1, lambda m, a: m.sin(a)),
    "sqrt": (1, lambda m, a: np.sqrt(a)),
    "tan": (1, lambda m, a: m.tan(a)),
    "atan": (1, lambda m, a: m.atan(a)),
    "asin": (1, lambda m, a: m.asin(a)),
    "acos": (1, lambda m, a: m.acos(a)),
    "pow": (2, lambda m, a, b: m.pow(a, b)),
    "atan2": (2, lambda m, a, b: m.atan2(a, b)),
}
FUNCTIONS: dict[str, tuple[int, Operation]] = _SHARED | {
    "round": (1, lambda m, a: np.floor(a + 0.5)),
    "isNaN": (1, lambda m, a: truth(np.isnan(a))),
    "maxOf": (2, lambda m, a, b: np.maximum(a, b)),
    "minOf": (2, lambda m, a, b: np.minimum(a, b)),
}
WITH_PREFIX: dict[str, tuple[int, Operation]] = _SHARED | {
    "ceil": (1, lambda m, a: np.ceil(a)),
    "erf": (1, erf),
    "log10": (1, lambda m, a: m.log10(a)),
    "round": (1, lambda m, a: _long(a)),
    "sqr": (1, lambda m, a: a * a),
    "toRadians": (1, lambda m, a: a * 0.017453292519943295),
    "toDegrees": (1, lambda m, a: a * 57.29577951308232),
    "min": (2, lambda m, a, b: np.minimum(a, b)),
    "max": (2, lambda m, a, b: np.maximum(a, b)),
    "constrain": (3, lambda m, v, low, high: np.minimum(np.maximum(v, low), high)),
    "map": (5, lambda m, v, a, b, c, d: (v - a) * (d - c) / (b - a) + c),
}


class Run:
    """Variables of one run of a text, and the mathematical functions it uses."""

    def __init__(self, variables: dict[str, Any], m: Mathematics) -> None:
        self.variables, self.m = variables, m

    def get(self, name: str) -> Any:
        """Return a variable."""
        if name not in self.variables:
            raise MacroError(f"{name} is not defined")
        return self.variables[name]
