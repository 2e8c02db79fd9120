"""A user's function of parameters and x, called with one x or with an array."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from ..common.arrays import Array
from ..execution.returned_value import as_real

Function = Callable[[Array, Any], Any]


def at_each(fun: Function, params: Array, x: Array) -> Array:
    """Return a function's values at x (m,), called for each with a float.

    Raises
    ------
    TypeError, ValueError
        If it does not return a real number; the message has the parameters.
    """
    return np.array([as_real(fun(params.copy(), value), params) for value in x.tolist()])


def at_once(fun: Function, params: Array, x: Array) -> Array:
    """Return a function's values at x (m,), called once with the array.

    Raises
    ------
    TypeError, ValueError
        If it returns neither a real number nor one for each x.
    """
    returned = fun(params.copy(), x.copy())
    if np.ndim(returned) == 0:
        return np.full(x.shape, as_real(returned, params))
    found = np.asarray(returned)
    if found.dtype.kind not in "biuf" or found.shape != x.shape:
        raise ValueError(
            f"fun returned an array of shape {found.shape} and type {found.dtype} at "
            f"{params.tolist()}; it must return a real number for each of the {x.size} x"
        )
    return found.astype(np.float64)


def takes_arrays(fun: Function, params: Array, x: Array) -> bool:
    """Return whether a function can be called with an array of x, with the same values."""
    few = x[:3]
    try:
        with np.errstate(all="ignore"):
            together = at_once(fun, params, few)
    except (TypeError, ValueError):
        return False
    with np.errstate(all="ignore"):
        apart = at_each(fun, params, few)
    return bool(np.allclose(together, apart, rtol=1e-9, atol=0.0, equal_nan=True))
