"""Checks of arguments: each error names the argument, the rule and the remedy."""

from __future__ import annotations

import math
import numbers
import operator
from collections.abc import Callable
from typing import Any

import numpy as np

from .arrays import Array
from .bounds import Box
from .tolerances import Tolerances

SCHEDULES = ("pairs", "sequential")


def function(name: str, value: Any) -> Callable[..., Any] | None:
    """Return a callable, or None."""
    if value is None or callable(value):
        return value  # type: ignore[no-any-return]
    raise TypeError(f"{name} is {value!r}; it must be callable (pass the function, not its result)")


def args(name: str, value: Any) -> tuple[Any, ...]:
    """Wrap anything that is not a tuple in one."""
    return value if isinstance(value, tuple) else (value,)


def integer(name: str, value: Any, least: int) -> int:
    """Return an integer of at least `least`."""
    try:
        number = operator.index(value)
    except TypeError:
        raise TypeError(f"{name} is {value!r}; it must be an integer") from None
    if number < least:
        raise ValueError(f"{name} is {number}; it must be at least {least}")
    return number


def optional_count(name: str, value: Any) -> int | None:
    """Return a positive integer, or None for no limit."""
    return None if value is None else integer(name, value, 1)


def count(name: str, value: Any) -> int:
    """Return an integer that is not negative."""
    return integer(name, value, 0)


def seed(name: str, value: Any) -> int:
    """Return a 32-bit signed integer."""
    number = integer(name, value, -(2**31))
    if number >= 2**31:
        raise ValueError(f"{name} is {number}; it must be below 2**31 (a 32-bit signed integer)")
    return number


def jobs(name: str, value: Any) -> int | None:
    """Return a number of workers in joblib's convention, or None."""
    if value is None:
        return None
    number = integer(name, value, -(2**31))
    if number == 0:
        raise ValueError(f"{name} is 0; it must be a number of workers, -1 for all cores, or None")
    return number


def pool(name: str, value: Any) -> Any:
    """Return an object with a method ``map``, or None."""
    if value is None or callable(getattr(value, "map", None)):
        return value
    raise TypeError(
        f"{name} is {value!r}; it must have a method map(function, iterable), or be None"
    )


def real(name: str, value: Any) -> float:
    """Return a real number that is not NaN."""
    if not isinstance(value, numbers.Real) or math.isnan(value):
        raise TypeError(f"{name} is {value!r}; it must be a number")
    return float(value)


def limit(name: str, value: Any) -> float:
    """Return a number that is not negative."""
    number = real(name, value)
    if number < 0:
        raise ValueError(f"{name} is {number}; it must be 0 or positive")
    return number


def optional_seconds(name: str, value: Any) -> float | None:
    """Return a positive time, or None for no limit."""
    if value is None:
        return None
    number = real(name, value)
    if number <= 0:
        raise ValueError(f"{name} is {number}; it must be positive, or None for no limit")
    return number


def schedule(name: str, value: Any) -> str:
    """Return one of the schedules."""
    if not isinstance(value, str) or value not in SCHEDULES:
        raise ValueError(f"{name} is {value!r}; it must be 'pairs' or 'sequential'")
    return str(value)


def progress(name: str, value: Any) -> bool | str:
    """Return whether, and how, to show progress."""
    if isinstance(value, bool) or (isinstance(value, str) and value == "line"):
        return value
    raise ValueError(f"{name} is {value!r}; it must be True (a tqdm bar), 'line' or False")


def interrupt(name: str, value: Any) -> str:
    """Return the effect of Ctrl-C."""
    if isinstance(value, str) and value in ("raise", "abort"):
        return value
    raise ValueError(f"{name} is {value!r}; it must be 'raise' (KeyboardInterrupt) or 'abort'")


def trace(name: str, value: Any) -> bool | list[Any]:
    """Return whether to keep a trace; after a call, the trace itself."""
    if isinstance(value, bool | list):
        return value
    raise TypeError(f"{name} is {value!r}; it must be True or False")


def vector(name: str, value: Any) -> Array:
    """Return a new float64 array (n,); a single number is n = 1."""
    try:
        array = np.asarray(value)
    except ValueError:  # rows of different lengths
        raise ValueError(f"{name} is {value!r}; it must have one dimension") from None
    if array.dtype.kind == "c":
        raise TypeError(f"{name} is complex; it must be real (minimize over the two parts)")
    if array.dtype.kind not in "biufO":
        raise TypeError(f"{name} is {value!r}; it must be numbers")
    try:
        array = np.array(array, dtype=np.float64, ndmin=1)
    except (TypeError, ValueError):
        raise TypeError(f"{name} is {value!r}; it must be numbers") from None
    if array.ndim != 1:
        raise ValueError(f"{name} has shape {array.shape}; it must have one dimension (ravel it)")
    return array


def initial_params(name: str, value: Any) -> Array | None:
    """Return the start: finite, or NaN for an unknown parameter."""
    if value is None:
        return None
    array = _not_empty(name, vector(name, value))
    _each(name, array, ~np.isinf(array), "parameters must be finite, or NaN if unknown")
    return array


def variations(name: str, value: Any) -> Array | None:
    """Return positive, finite distances."""
    if value is None:
        return None
    array = _not_empty(name, vector(name, value))
    _each(name, array, np.isfinite(array) & (array > 0), "variations must be positive and finite")
    return array


def resolutions(name: str, value: Any) -> Array | None:
    """Return distances that are finite and not negative."""
    if value is None:
        return None
    array = vector(name, value)
    rule = "resolutions must be finite and not negative"
    _each(name, array, np.isfinite(array) & (array >= 0), rule)
    return array


def simplex(name: str, value: Any) -> Array | None:
    """Return finite vertices (n + 1, n)."""
    if value is None:
        return None
    rows = np.atleast_2d(np.asarray(value))
    if rows.ndim != 2 or rows.shape[0] != rows.shape[1] + 1:
        raise ValueError(f"{name} has shape {rows.shape}; it should be an array of shape (N+1,N)")
    array = vector(name, rows.ravel()).reshape(rows.shape)
    if not np.isfinite(array).all():
        raise ValueError(f"{name} is not finite; all its vertices must be")
    return array


def tolerances(name: str, value: Any) -> Tolerances | None:
    """Return absolute tolerances of parameters and value."""
    if value is None or isinstance(value, Tolerances):
        return value
    try:
        params, fun = value
    except (TypeError, ValueError):
        raise TypeError(f"{name} is {value!r}; it must be a pair (params, value)") from None
    return Tolerances(limit(f"{name}[0]", params), limit(f"{name}[1]", fun))


def bounds(name: str, value: Any) -> Box | None:
    """Return a box from pairs (lower, upper) or from an object with `lb` and `ub` (SciPy's Bounds).

    None and infinities mean no bound.
    """
    if value is None or isinstance(value, Box):
        return value
    if hasattr(value, "lb") and hasattr(value, "ub"):
        lower, upper = np.broadcast_arrays(
            vector(f"{name}.lb", value.lb), vector(f"{name}.ub", value.ub)
        )
    else:
        pairs = _pairs(name, value)
        lower = vector(name, [-np.inf if pair[0] is None else pair[0] for pair in pairs])
        upper = vector(name, [np.inf if pair[1] is None else pair[1] for pair in pairs])
    possible = (lower <= upper) & (lower < np.inf) & (upper > -np.inf)
    for i in np.flatnonzero(~possible):
        raise ValueError(
            f"{name}[{i}] is ({lower[i]}, {upper[i]}); the lower bound must not exceed the upper, "
            "None means no bound"
        )
    return Box(lower, upper)


def _pairs(name: str, value: Any) -> list[tuple[Any, ...]]:
    """Return the bounds as a list of pairs."""
    rule = f"{name} is {value!r}; it must be one pair (lower, upper) per parameter"
    try:
        pairs = [tuple(pair) if np.iterable(pair) else () for pair in value]
    except TypeError:
        raise TypeError(rule) from None
    if any(len(pair) != 2 for pair in pairs):
        raise ValueError(rule)
    return pairs


def of_length(name: str, array: Array, n: int) -> Array:
    """Return `array` if it has n elements; a single one is repeated."""
    if len(array) == 1:
        return np.repeat(array, n)
    if len(array) != n:
        raise ValueError(f"{name} has {len(array)} elements; it must have {n}, one per parameter")
    return array


def _not_empty(name: str, array: Array) -> Array:
    """Refuse an empty array."""
    if not array.size:
        raise ValueError(f"{name} is empty; give one element per parameter")
    return array


def _each(name: str, array: Array, good: Any, rule: str) -> None:
    """Raise an error for the first element that is not good."""
    for i in np.flatnonzero(~good):
        raise ValueError(f"{name}[{i}] is {array[i]}; {rule}")
