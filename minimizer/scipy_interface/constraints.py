"""Constraints, which Nelder-Mead ignores: the check whether a result fulfils them."""

from __future__ import annotations

import warnings
from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np

from ..common.arrays import Array

TOLERANCE = 1e-6  # how far a constraint may exceed its limits, as in SciPy's SLSQP


def given(constraints: Any) -> Sequence[Any]:
    """Return the constraints as a sequence, without those that are empty."""
    if constraints is None:
        return ()
    several = isinstance(constraints, Sequence | np.ndarray)
    return [each for each in (constraints if several else [constraints]) if not is_empty(each)]


def is_empty(constraint: Any) -> bool:
    """Return whether this stands for no constraint."""
    return constraint is None or (isinstance(constraint, dict) and not constraint)


def warn_of(constraints: Sequence[Any]) -> None:
    """Warn that there are constraints, in SciPy's words."""
    if constraints:
        text = "Method Nelder-Mead cannot handle constraints."
        warnings.warn(text, RuntimeWarning, stacklevel=4)


def unfulfilled(constraints: Sequence[Any], x: Array) -> str:
    """Return a text on the constraints that a point violates; empty if it fulfils all."""
    return "; ".join(filter(None, complaints(constraints, x)))


def complaints(constraints: Sequence[Any], x: Array) -> Iterator[str]:
    """Return one sentence per constraint, empty if it holds."""
    for k, constraint in enumerate(constraints):
        name = f"constraints[{k}]"
        try:
            values, lower, upper = values_of(constraint, x)
            holds = (values >= lower - TOLERANCE) & (values <= upper + TOLERANCE)
        except Exception as error:
            yield f"{name} cannot be evaluated there ({type(error).__name__}: {error})"
            continue
        yield "" if np.all(holds) else f"{name} is not fulfilled (its value is {values})"


def values_of(constraint: Any, x: Array) -> tuple[Array, Array, Array]:
    """Return the values of a constraint, and their limits."""
    if isinstance(constraint, dict):
        arguments = constraint.get("args", ())
        values = constraint["fun"](x.copy(), *arguments)
        limits = (0.0, 0.0) if constraint["type"].lower() == "eq" else (0.0, np.inf)
    elif hasattr(constraint, "A"):
        values, limits = constraint.A @ x, (constraint.lb, constraint.ub)
    else:
        fun = getattr(constraint, "fun", np.asarray)  # none for SciPy's Bounds
        values, limits = fun(x.copy()), (constraint.lb, constraint.ub)
    lower, upper = (np.asarray(limit, dtype=np.float64) for limit in limits)
    return np.asarray(values, dtype=np.float64), lower, upper
