"""All facts about one function: its row."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np

from ...common.arrays import Array
from .arithmetic import Mathematics, Numbers
from .data_range import DataRange

Params = Sequence[Any]  # numbers of NumPy, or arrays (…, 1) that are combined with x, (m,)
Value = Callable[[Mathematics, Params, Array], Numbers]


class Linear(NamedTuple):
    """Indices of the parameters that a linear regression finds, -1 for none.

    ``f = p[offset] + p[factor] * g(x)`` or ``f = p[offset] + p[slope] * x + g(x)``.
    """

    offset: int = -1
    factor: int = -1
    slope: int = -1

    @property
    def second(self) -> int:
        """Index of the factor or the slope, -1 for none."""
        return max(self.factor, self.slope)

    @property
    def eliminated(self) -> list[int]:
        """Indices of all, in the order in which the minimizer keeps them."""
        return [i for i in (self.offset, self.second) if i >= 0]


class Basis(NamedTuple):
    """Nearly independent functions (m,), and how to get the parameters from their coefficients."""

    columns: list[Array]
    params: Callable[[Array], Array]


class RefusedError(Exception):
    """A function cannot be fitted to these data; the text says why, in ImageJ's words."""


@dataclass(frozen=True)
class Changed:
    """Data (m,) that are fitted in place of the original ones.

    Attributes
    ----------
    x, y : ndarray (k,)
    kept : ndarray (m,)
        The original points that they come from.
    rising : bool
        Whether the slope must be positive.
    """

    x: Array
    y: Array
    kept: Array
    rising: bool = False


def unchanged(x: Array, y: Array) -> Changed:
    """Return the data themselves."""
    return Changed(x, y, np.ones(x.size, dtype=bool))


@dataclass(frozen=True)
class Modified:
    """A fit of another function, to transformed data, in place of the original.

    Parameters
    ----------
    value, linear
        The function that is fitted.
    data : callable
        ``data(x, y) -> Changed``; may raise `RefusedError`.
    undo : callable
        ``undo(params, y)``: the parameters of the function from those of the fit, in place.
    basis
        As in `CurveFunction`.
    number : int or None
        ImageJ's number of the fitted function, whose name a refused fit keeps.
    """

    value: Value
    linear: Linear
    data: Callable[[Array, Array], Changed] = unchanged
    undo: Callable[[Array, Array], None] = lambda params, y: None
    basis: Callable[[Array, int], Basis] | None = None
    number: int | None = None


@dataclass(frozen=True)
class CurveFunction:
    """A built-in function.

    Parameters
    ----------
    number : int
        ImageJ's number.
    constant, name, formula, code : str
        The name in Java, the name in menus, the formula, and the formula in macro language.
    n_params : int
    value : callable
        ``value(m, params, x) -> ndarray``.
    linear : Linear
    start : callable
        Initial parameters by ImageJ's rules; linear ones have no influence.
    variations : callable
        Initial variations by index; a tenth of the parameter where there is none.
    grid : callable
        For the robust fit: values to try for each nonlinear parameter, as arrays.
    basis : callable or None
        For the robust fit of a function that is linear in all its parameters.
    refuse : callable
        May raise `RefusedError`.
    tidy : callable
        Makes the result unique, in place: a width is positive.
    modified : Modified or None
    """

    number: int
    constant: str
    name: str
    n_params: int
    formula: str
    code: str
    value: Value
    linear: Linear
    start: Callable[[DataRange], list[Any]]
    variations: Callable[[DataRange, list[Any]], dict[int, Any]] = lambda data, start: {}
    grid: Callable[[DataRange], list[Array]] = lambda data: []
    basis: Callable[[Array, int], Basis] | None = None
    refuse: Callable[[DataRange], None] = lambda data: None
    tidy: Callable[[Array], None] = lambda params: None
    modified: Modified | None = None

    @property
    def fitted(self) -> Modified:
        """The function that is fitted: this one, unless it is modified."""
        return self.modified or Modified(self.value, self.linear)

    def turned_value(self, m: Mathematics, params: Params, x: Array) -> Numbers:
        """Return the values; for a function with a factor, also where this is negative.

        ImageJ's gamma variate is NaN there, although it can be fitted.
        """
        if self.linear.eliminated != [self.linear.factor]:
            return self.value(m, params, x)
        one = list(params)
        one[self.linear.factor] = np.float64(1.0)
        return params[self.linear.factor] * self.value(m, one, x)

    @property
    def fits_other_data(self) -> bool:
        """Whether the fit is to logarithms, or with x and y exchanged."""
        return self.fitted.data is not unchanged

    @property
    def fitted_basis(self) -> Callable[[Array, int], Basis] | None:
        """The basis of the function that is fitted."""
        return self.basis if self.modified is None else self.modified.basis

    @property
    def is_regression(self) -> bool:
        """Whether a regression finds all parameters, and no minimizer is needed."""
        return len(self.fitted.linear.eliminated) == self.n_params


def initial_params(row: CurveFunction, data: DataRange, given: Array | None) -> Array:
    """Return the start of all parameters, (P,)."""
    if given is not None:
        return np.array(given[: row.n_params])
    return np.array(row.start(data), dtype=np.float64)


def initial_variations(row: CurveFunction, data: DataRange, start: Array) -> Array:
    """Return the initial variations (P,) of all parameters, negative for a negative start."""
    found: Array = 0.1 * start
    for i, value in row.variations(data, list(start)).items():
        found[i] = value
    return found
