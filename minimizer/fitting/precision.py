"""Precision of the parameters of a fit."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ..common.arrays import Array
from ..common.curvature_steps import jacobian
from .uncertainty import correlations, inverse_square

MOST_DIGITS = 15.0


@dataclass(frozen=True)
class Precision:
    """Precision of n parameters from the curvature; NaN where it is unknown.

    Attributes
    ----------
    uncertainties, digits : ndarray (n,)
        Standard deviations, and numbers of correct digits of the values.
    correlations : ndarray (n, n)
    trouble : str
        The reason if there are no uncertainties, with the names of the parameters.
    """

    uncertainties: Array
    digits: Array
    correlations: Array
    trouble: str = ""


def precision(
    residuals: Callable[[Array], Array],
    params: Array,
    free: NDArray[np.bool_],
    names: list[str],
    absolute: bool,
    least: float = 0.0,
) -> Precision:
    """Return the precision of the free parameters.

    Parameters
    ----------
    residuals : callable
        ``residuals(params) -> ndarray (m,)``
    params : ndarray (n,)
        At the minimum.
    free : ndarray (n,)
        True for parameters that are not at a bound.
    names : list of str
    absolute : bool
        Whether residuals are in units of known errors.
    least : float
        Residual that differences must resolve; it is their unit where the fit is better.
    """
    n = params.size
    found = Precision(np.full(n, np.nan), np.full(n, np.nan), np.full((n, n), np.nan))

    def without(trouble: str) -> Precision:
        return Precision(found.uncertainties, found.digits, found.correlations, trouble)

    def of_free(part: Array) -> Array:
        full = params.copy()
        full[free] = part
        return residuals(full)

    r = residuals(params.copy())
    if r.size <= n:
        return without("there must be more rows than parameters")
    if not free.any():
        return without("all parameters are at their bounds")
    variance = float(r @ r) / (r.size - n)
    try:
        j = jacobian(of_free, params[free], max(variance, least**2))
        inverse = inverse_square(j)
    except ValueError as error:
        words = in_names(str(error), [name for name, f in zip(names, free, strict=True) if f])
        return without(words)
    left = inverse @ (j.T @ r)  # the next step of a Gauss-Newton iteration
    found.uncertainties[free] = np.sqrt(np.diag(inverse) * (1.0 if absolute else variance))
    found.correlations[np.ix_(free, free)] = correlations(inverse)
    found.digits[free] = right_digits(params[free], left)
    return found


def in_names(text: str, names: list[str]) -> str:
    """Return an error message of `minimizer.fitting.uncertainty` in the terms of a fit."""
    for i, name in enumerate(names):
        text = text.replace(f"params[{i}]", name)
    return re.sub(r"\bfun\b", "the formula", text.replace("beside params", "beside the result"))


def right_digits(params: Array, left: Array) -> Array:
    """Return the numbers of correct digits of parameters whose errors are `left`."""
    ratio = np.where(params == 0.0, np.inf, abs(left) / abs(params))
    digits: Array = np.clip(-np.log10(np.maximum(ratio, 10.0**-MOST_DIGITS)), 0.0, MOST_DIGITS)
    return digits
