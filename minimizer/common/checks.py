"""Checks of arguments: ``check(name, value)`` returns the value to keep, or raises.

Each error names the argument, the rule and the remedy.
"""

from __future__ import annotations

import difflib
import math
import numbers
import operator
import os
from collections.abc import Callable, Iterable
from functools import partial
from typing import Any, TypeVar

import numpy as np

from .arrays import Array
from .bounds import Box
from .tolerances import Tolerances

T = TypeVar("T")
Check = Callable[[str, Any], T]


def optional(check: Check[T]) -> Check[T | None]:
    """Accept None, too."""
    return lambda name, value: None if value is None else check(name, value)


def such_that(
    good: Callable[[Any], bool],
    rule: str,
    error: type[Exception] = ValueError,
    of: Check[Any] = lambda name, value: value,
) -> Check[Any]:
    """Accept what is `good` after the check `of`."""

    def check(name: str, value: Any) -> Any:
        value = of(name, value)
        if good(value):
            return value
        raise error(f"{name} is {value!r}; it must {rule}")

    return check


def one_of(*words: str) -> Check[str]:
    """Accept one of these words."""
    rule = f"be {' or '.join(map(repr, words))}"
    return such_that(lambda value: isinstance(value, str) and value in words, rule)


def args(name: str, value: Any) -> tuple[Any, ...]:
    """Wrap anything that is not a tuple in one."""
    return value if isinstance(value, tuple) else (value,)


def path(name: str, value: Any) -> str:
    """Return the path of a file as a string."""
    try:
        given = os.fspath(value)
    except TypeError:
        given = None
    if not isinstance(given, str) or not given:
        raise TypeError(f"{name} is {value!r}; it must be the path of a file")
    return given


def integer(name: str, value: Any, least: int) -> int:
    """Return an integer of at least `least`."""
    try:
        number = operator.index(value)
    except TypeError:
        raise TypeError(f"{name} is {value!r}; it must be an integer") from None
    if number < least:
        raise ValueError(f"{name} is {number}; it must be at least {least}")
    return number


def real(name: str, value: Any) -> float:
    """Return a real number that is not NaN."""
    if not isinstance(value, numbers.Real) or math.isnan(value):
        raise TypeError(f"{name} is {value!r}; it must be a number")
    return float(value)


count: Check[int] = partial(integer, least=0)
size: Check[int] = partial(integer, least=1)
_integer_32: Check[int] = partial(integer, least=-(2**31))
seed: Check[int] = such_that(
    lambda value: value < 2**31, "be below 2**31 (a 32-bit signed integer)", of=_integer_32
)
jobs: Check[int] = such_that(
    lambda value: value != 0, "be a number of workers, -1 for all cores, or None", of=_integer_32
)
limit: Check[float] = such_that(lambda value: value >= 0, "be 0 or positive", of=real)
seconds: Check[float] = such_that(
    lambda value: value > 0, "be positive, or None for no limit", of=real
)
function: Check[Callable[..., Any]] = such_that(
    callable, "be callable (pass the function, not its result)", TypeError
)
optional_function = optional(function)
callbacks: Check[Any] = such_that(
    lambda value: all(map(callable, value if isinstance(value, list | tuple) else [value])),
    "be callable, or a list of callables",
    TypeError,
)
pool = such_that(
    lambda value: callable(getattr(value, "map", None)),
    "have a method map(function, iterable), or be None",
    TypeError,
)
progress: Check[bool | str] = such_that(
    lambda value: isinstance(value, bool) or (isinstance(value, str) and value == "line"),
    "be True (a tqdm bar), 'line' or False",
)
trace: Check[bool | list[Any]] = such_that(  # a list after a call: the trace itself
    lambda value: isinstance(value, bool | list), "be True or False", TypeError
)


def did_you_mean(name: str, known: Iterable[str]) -> str:
    """Return a hint at the most similar known name, empty if none is similar."""
    near = difflib.get_close_matches(name, sorted(known), n=1)
    return f"; did you mean {near[0]!r}?" if near else ""


def keywords(function: str, given: Iterable[str], known: Iterable[str]) -> None:
    """Refuse unknown keywords, in the name of the function that was called."""
    for name in given:
        if name not in known:
            hint = did_you_mean(name, known)
            raise TypeError(f"{function}() got an unexpected keyword argument {name!r}{hint}")


def unmasked(name: str, value: Any) -> None:
    """Refuse a masked array with masked elements, alone or in a sequence."""
    parts = value if isinstance(value, list | tuple) else (value,)
    if any(isinstance(part, np.ma.MaskedArray) and np.ma.is_masked(part) for part in parts):
        raise ValueError(
            f"{name} has masked elements; all must be known: choose values for them, as by "
            f"{name.strip('`')}.filled(…)"
        )


def vector(name: str, value: Any) -> Array:
    """Return a new float64 array (n,); a single number is n = 1."""
    unmasked(name, value)
    try:
        array = np.asarray(value)
    except ValueError:  # rows of different lengths
        raise ValueError(f"{name} is {value!r}; it must have one dimension") from None
    if array.dtype.kind == "c":
        raise TypeError(f"{name} is complex; it must be real (minimize over its two parts)")
    try:
        if array.dtype.kind not in "biufO":
            raise TypeError
        array = np.array(array, dtype=np.float64, ndmin=1)
    except (TypeError, ValueError):
        raise TypeError(f"{name} is {value!r}; it must be numbers") from None
    if array.ndim != 1:
        raise ValueError(f"{name} has shape {array.shape}; it must have one dimension (ravel it)")
    return array


def elements(bad: Callable[[Array], Any], rule: str) -> Check[Array | None]:
    """Accept None, and vectors without a bad element."""

    def check(name: str, value: Any) -> Array:
        array = vector(name, value)
        if not array.size:
            raise ValueError(f"{name} is empty; give one element per parameter")
        for i in bad(array).nonzero()[0]:
            raise ValueError(f"{name}[{i}] is {array[i]}; {rule}")
        return array

    return optional(check)


any_numbers = elements(np.zeros_like, "")
initial_params = elements(np.isinf, "parameters must be finite, or NaN if unknown")
variations = elements(
    lambda x: ~(np.isfinite(x) & (x > 0)), "variations must be positive and finite"
)
resolutions = elements(
    lambda x: ~(np.isfinite(x) & (x >= 0)), "resolutions must be finite and not negative"
)


@optional
def simplex(name: str, value: Any) -> Array:
    """Return finite vertices (n + 1, n)."""
    unmasked(name, value)
    rows = np.atleast_2d(np.asarray(value))
    if rows.ndim != 2 or rows.shape[0] != rows.shape[1] + 1:
        raise ValueError(f"{name} has shape {rows.shape}; it should be an array of shape (N+1,N)")
    array = vector(name, rows.ravel()).reshape(rows.shape)
    if not np.isfinite(array).all():
        raise ValueError(f"{name} is not finite; all vertices must be")
    return array


@optional
def tolerances(name: str, value: Any) -> Tolerances:
    """Return absolute tolerances of parameters and value."""
    if isinstance(value, Tolerances):
        return value
    try:
        params, fun = value
    except (TypeError, ValueError):
        raise TypeError(f"{name} is {value!r}; it must be a pair (params, value)") from None
    return Tolerances(limit(f"{name}[0]", params), limit(f"{name}[1]", fun))


@optional
def bounds(name: str, value: Any) -> Box:
    """Return a box from pairs (lower, upper) or from an object with `lb` and `ub` (SciPy's Bounds).

    None and infinities mean no bound.
    """
    if isinstance(value, Box):
        return value
    if hasattr(value, "lb") and hasattr(value, "ub"):
        lower, upper = np.broadcast_arrays(
            vector(f"{name}.lb", value.lb), vector(f"{name}.ub", value.ub)
        )
    else:
        rule = f"{name} is {value!r}; it must be one pair (lower, upper) per parameter"
        if not np.iterable(value):
            raise TypeError(rule)
        pairs = [tuple(pair) if np.iterable(pair) else () for pair in value]
        if any(len(pair) != 2 for pair in pairs):
            raise ValueError(rule)
        lower = vector(name, [-np.inf if low is None else low for low, _ in pairs])
        upper = vector(name, [np.inf if high is None else high for _, high in pairs])
    possible = (lower <= upper) & (lower < np.inf) & (upper > -np.inf)
    for i in np.flatnonzero(~possible):
        raise ValueError(
            f"{name}[{i}] is ({lower[i]}, {upper[i]}); the lower bound must not exceed the upper, "
            "None means no bound"
        )
    return Box(lower, upper)


def of_length(name: str, array: Array, n: int) -> Array:
    """Return `array` if it has n elements; a single one is repeated."""
    if len(array) == 1:
        return np.repeat(array, n)
    if len(array) != n:
        raise ValueError(f"{name} has {len(array)} elements; it must have {n}, one per parameter")
    return array
