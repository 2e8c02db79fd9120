"""What the user's function returned, as a float."""

from __future__ import annotations

import numbers
from decimal import Decimal
from typing import Any

import numpy as np

from .limits import Array


def as_real(value: Any, params: Array) -> float:
    """Return `value` as a float; an array of one element will do.

    Raises
    ------
    TypeError
        If it is not a real number (None, complex, a string …).
    ValueError
        If it is an array of none or several elements.
    """
    if value is None:
        raise TypeError(
            f"fun returned None at {params.tolist()}; it must return a real number "
            "(is a return statement missing?)"
        )
    if isinstance(value, numbers.Real | Decimal):
        return _as_float(value)
    array = np.asarray(value)
    if array.dtype.kind not in "biufO":
        raise TypeError(
            f"fun returned {value!r} at {params.tolist()}; it must return a real number"
        )
    if array.size != 1:
        raise ValueError(
            f"fun returned {array.size} values (shape {array.shape}) at {params.tolist()}; it must "
            "return one number (for residuals, the sum of their squares)"
        )
    item = array.reshape(-1)[0]
    if array.dtype.kind != "O":
        return float(item)
    if isinstance(item, numbers.Real | Decimal):
        return _as_float(item)
    raise TypeError(f"fun returned {value!r} at {params.tolist()}; it must return a real number")


def _as_float(value: Any) -> float:
    """Return a real number as a float; an integer beyond the range of floats is infinite."""
    try:
        return float(value)
    except OverflowError:
        return float("inf") if value > 0 else float("-inf")
