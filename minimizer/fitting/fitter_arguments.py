"""Checks of the arguments of a `CurveFitter`."""

from __future__ import annotations

from typing import Any

from ..common import checks
from ..common.arrays import Array
from .functions.row import Linear


def start_of(given: Any, n: int, name: str = "initial_params") -> Array | None:
    """Check numbers of all parameters."""
    if given is None:
        return None
    array = checks.vector(name, given)
    if array.size != n:
        raise ValueError(f"{name} has {array.size} elements; it must have {n}, one per parameter")
    return array


def linear_of(n: int, offset: int | None, factor: int | None, slope: int | None) -> Linear:
    """Check the indices of linear parameters."""
    if factor is not None and slope is not None:
        raise ValueError("factor and slope are both given; at most one of them can be")
    indices = {"offset": offset, "factor": factor, "slope": slope}
    found = {}
    for name, index in indices.items():
        if index is not None:
            found[name] = checks.integer(name, index, 0)
            if found[name] >= n:
                raise ValueError(f"{name} is {index}; the last parameter has the index {n - 1}")
    if len(set(found.values())) < len(found):
        raise ValueError(f"{' and '.join(found)} are the same parameter; they must be different")
    return Linear(**found)
