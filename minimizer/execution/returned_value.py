"""What the user's function returned, as a float."""

from __future__ import annotations

import math
import numbers
from decimal import Decimal
from typing import Any, Protocol

import numpy as np

from ..common.arrays import Array


class Point(Protocol):
    """Whoever knows a point."""

    @property
    def params(self) -> Array:
        """Its parameters."""


def as_real(value: Any, at: Point) -> float:
    """Return `value` as a float; an array of one element will do.

    Parameters
    ----------
    value : object
    at : object with an attribute `params`
        The point, for messages.

    Raises
    ------
    TypeError
        If it is not a real number (None, complex, a string …).
    ValueError
        If it is an array of none or several elements.
    """
    if isinstance(value, float):  # NumPy's scalars among them
        return float(value)
    if value is None:
        raise TypeError(
            f"fun returned None at {_as_list(at.params)}; it must return a real number "
            "(is a return statement missing?)"
        )
    if _is_real(value):
        return _as_float(value)
    try:
        array = np.asarray(value)
    except ValueError:  # rows of different lengths
        array = np.array(None)
    if array.dtype.kind in "biufO" and array.size != 1:
        raise ValueError(
            f"fun returned {array.size} values (shape {array.shape}) at {_as_list(at.params)}; it "
            "must return one number (for residuals, the sum of their squares)"
        )
    if np.ma.is_masked(value):
        return math.nan
    item = array.item() if array.dtype.kind in "biufO" else None
    if not _is_real(item):
        raise TypeError(
            f"fun returned {value!r} at {_as_list(at.params)}; it must return a real number"
        )
    return _as_float(item)


def _as_list(params: Array) -> list[float]:
    """Return parameters as they are printed."""
    return [float(x) for x in params]


def _is_real(value: Any) -> bool:
    """Tell whether this is a real number (NumPy calls a time difference an integer)."""
    return isinstance(value, numbers.Real | Decimal) and not isinstance(value, np.timedelta64)


def _as_float(value: Any) -> float:
    """Return a real number as a float; an integer beyond the range of floats is infinite."""
    try:
        return float(value)
    except OverflowError:
        return math.inf if value > 0 else -math.inf
    except ValueError:  # a signalling NaN
        return math.nan
