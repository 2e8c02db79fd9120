"""The value returned by the user's function: a float, residuals, or their Jacobian."""

from __future__ import annotations

import math
import numbers
import warnings
from collections.abc import Callable
from contextlib import suppress
from decimal import Decimal
from typing import Any

import numpy as np

from ..common.arrays import Array

# Its place before NumPy 1.25.
_ComplexWarning: type[Warning] = getattr(np, "exceptions", np).ComplexWarning


def as_real(value: Any, params: Array) -> float:
    """Return `value` as a float; an array of one element is accepted.

    A TypeError says that it is not a real number (None, complex, a string …), a ValueError that
    it is an array of no or several elements; both name the point, `params`. NumPy's complex numbers
    without an imaginary part are cast, with its ComplexWarning.
    """
    if isinstance(value, float):  # NumPy's scalars among them
        return float(value)
    if _is_real(value):
        return _as_float(value)
    point = [float(x) for x in params]
    if value is None:
        raise TypeError(
            f"fun returned None at {point}; it must return a real number "
            "(is a return statement missing?)"
        )
    try:
        array = np.asarray(value)
    except ValueError:  # rows of different lengths
        array = np.array(None)
    if isinstance(value, np.complexfloating | np.ndarray) and is_real_in_disguise(array):
        array = array.real
    is_numeric = array.dtype.kind in "biufO"
    if is_numeric and array.size != 1:
        raise ValueError(
            f"fun returned {array.size} values (shape {array.shape}) at {point}; it "
            "must return one number (to minimize a sum of squared residuals, use least_squares)"
        )
    if np.ma.is_masked(value):
        return math.nan
    item = array.item() if is_numeric else None
    if not _is_real(item):
        raise TypeError(f"fun returned {value!r} at {point}; it must return a real number")
    return _as_float(item)


def is_real_in_disguise(array: np.ndarray[Any, Any]) -> bool:
    """Return whether complex numbers have no imaginary part; warn, as NumPy does when it casts."""
    if array.dtype.kind != "c" or np.any(array.imag != 0.0):
        return False
    text = "Casting complex values to real discards the imaginary part"
    warnings.warn(text, _ComplexWarning, stacklevel=2)
    return True


def _is_real(value: Any) -> bool:
    """Return whether this is a real number (NumPy calls a time difference an integer)."""
    return isinstance(value, numbers.Real | Decimal) and not isinstance(value, np.timedelta64)


def _as_float(value: Any) -> float:
    """Return a real number as a float; an integer beyond the range of floats is infinite."""
    try:
        return float(value)
    except OverflowError:
        return math.inf if value > 0 else -math.inf
    except ValueError:  # a signalling NaN
        return math.nan


def as_residuals(value: Any, params: Array) -> Array:
    """Return residuals (m,); their type, float32 or float64, is kept.

    The errors name the point, `params`.
    """
    rule = "it must return residuals, an array of one real number per data point"
    array = _as_array(value, params, "fun", rule)
    if array.ndim > 1:
        raise ValueError(
            f"fun returned an array of shape {array.shape} at {_text(params)}; it must return at "
            "most 1-d residuals (ravel them)"
        )
    if array.size == 0:
        raise ValueError(f"fun returned no residuals at {_text(params)}; {rule}")
    return np.atleast_1d(array)


def as_jacobian(value: Any, params: Array) -> Array:
    """Return a Jacobian (m, n)."""
    rule = "it must return the derivatives of the residuals, an array (m, n)"
    return np.atleast_2d(_as_array(value, params, "jac", rule))


def _as_array(value: Any, params: Array, name: str, rule: str) -> Array:
    if value is None:
        raise TypeError(
            f"{name} returned None at {_text(params)}; {rule} (is a return statement missing?)"
        )
    try:
        array = np.asarray(value)
    except ValueError:  # rows of different lengths
        raise TypeError(f"{name} returned {value!r} at {_text(params)}; {rule}") from None
    if array.dtype == object:  # of numbers, it may be
        with suppress(TypeError, ValueError):
            array = array.astype(np.float64)
    if array.dtype.kind not in "biuf":
        what = "complex numbers" if array.dtype.kind == "c" else repr(value)
        raise TypeError(f"{name} returned {what} at {_text(params)}; {rule}")
    if np.ma.isMaskedArray(value):
        array = np.ma.filled(value.astype(np.float64), np.nan)
    return array if array.dtype == np.float32 else array.astype(np.float64)


def _text(params: Array) -> list[float]:
    return [float(x) for x in params]


#: How a solver wants the returned value read, by its `returns`.
READERS: dict[str, Callable[[Any, Array], Any]] = {
    "real": as_real,
    "residuals": as_residuals,
    "jacobian": as_jacobian,
}
