"""Models whose linear parameters follow from the others (variable projection).

References
----------
G. H. Golub, V. Pereyra, The differentiation of pseudo-inverses and nonlinear least squares problems
whose variables separate, SIAM J. Numer. Anal. 10 (1973) 413-432.
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator, Sequence
from typing import Any

import numpy as np

from ...common.arrays import Array
from ..functions.row import Linear

DEPENDENT = 1e-13  # of its length: the rest of a column that depends on those before

Columns = Callable[[list[Any]], tuple[Array, list[Array]]]


class Separable:
    """A model ``f = base + sum of linear * column``, and data to fit it to.

    Parameters
    ----------
    columns : callable
        ``columns(nonlinear) -> (base, columns)``, arrays (…, m) of parameters (…, 1) or numbers.
    n_params : int
        P, the number of all parameters.
    linear : sequence of int
        Indices of the linear ones, one per column.
    y, weights : ndarray (m,)
    """

    at_once = True  # many sums of squares cost little more than one

    def __init__(
        self,
        columns: Columns,
        n_params: int,
        linear: Sequence[int],
        y: Array,
        weights: Array | None,
    ) -> None:
        self.columns, self.n_params, self.linear = columns, n_params, list(linear)
        self.nonlinear = [i for i in range(n_params) if i not in self.linear]
        self.roots = np.ones_like(y) if weights is None else np.sqrt(weights)
        self.y, self.weighted_y = y, y * self.roots
        self.evaluations = 0  # of the sum of squares
        self.lowest = (np.inf, np.full(len(self.nonlinear), np.nan))  # seen one by one, and where

    def residuals(self, nonlinear: Array) -> Array:
        """Return weighted residuals (m,) at the best linear parameters."""
        return self._project(list(nonlinear))[0]

    def sum_of_squares(self, nonlinear: Array) -> float:
        """Return the sum of their squares."""
        self.evaluations += 1
        with np.errstate(all="ignore"):
            r = self.residuals(nonlinear)
            total = float(r @ r)
        if total < self.lowest[0]:
            self.lowest = total, nonlinear.copy()
        return total

    def sums_of_squares(self, many: Array) -> Array:
        """Return the same for many points (k, n), as (k,)."""
        self.evaluations += len(many)
        with np.errstate(all="ignore"):
            r = self._project([many[:, i, None] for i in range(many.shape[1])])[0]
            sums: Array = np.einsum("km,km->k", *np.broadcast_arrays(r, r))
            return np.array(np.broadcast_to(sums, (many.shape[0],)))

    def all_params(self, nonlinear: Array) -> Array:
        """Return all parameters (P,)."""
        params = np.empty(self.n_params)
        params[self.nonlinear] = nonlinear
        if not self.linear:
            return params
        with np.errstate(all="ignore"):
            params[self.linear] = _back(*self._project(list(nonlinear))[1:])
        return params

    def value(self, params: Array) -> Array:
        """Return the model (m,)."""
        with np.errstate(all="ignore"):
            base, columns = self.columns(list(params[self.nonlinear]))
            value = base + sum(p * c for p, c in zip(params[self.linear], columns, strict=True))
            return np.array(np.broadcast_to(value, self.y.shape))

    def _project(self, nonlinear: list[Any]) -> tuple[Array, list[list[Any]], list[Any]]:
        """Return the residuals (…, m), by Gram and Schmidt, twice, and what `_back` solves."""
        base, columns = self.columns(nonlinear)
        residual = self.weighted_y - base * self.roots
        directions: list[Array] = []
        triangle: list[list[Any]] = []
        parts: list[Any] = []
        for column in columns:
            rest = column * self.roots
            size = np.sqrt(_dot(rest, rest))
            shares: list[Any] = [0.0] * len(directions)
            for _ in range(2):
                for i, direction in enumerate(directions):
                    share = _dot(direction, rest)
                    rest = rest - share * direction
                    shares[i] = shares[i] + share
            left = np.sqrt(_dot(rest, rest))
            independent = left > DEPENDENT * size
            direction = np.where(independent, rest / np.where(independent, left, 1.0), 0.0)
            direction = np.where(np.isnan(size), np.nan, direction)
            part = _dot(direction, residual)
            residual = residual - part * direction
            again = _dot(direction, residual)
            residual = residual - again * direction
            directions.append(direction)
            triangle.append([*shares, np.where(independent, left, np.inf)])
            parts.append(part + again)
        return residual, triangle, parts


@contextlib.contextmanager
def keeping_best(model: Separable) -> Iterator[None]:
    """Leave the best parameters so far on an exception of the function, or on Ctrl-C."""
    try:
        yield
    except BaseException as error:
        params = np.full(model.n_params, np.nan)
        params[model.nonlinear] = model.lowest[1]
        with contextlib.suppress(Exception):  # the function may fail again
            params = model.all_params(model.lowest[1])
        with contextlib.suppress(AttributeError):  # a class with slots
            error.best_params, error.best_value = params, model.lowest[0]  # type: ignore[attr-defined]
        raise


def _dot(a: Array, b: Array) -> Any:
    """Return the scalar products of the rows, (…, 1)."""
    return np.add.reduce(a * b, axis=-1, keepdims=True)


def _back(triangle: list[list[Any]], parts: list[Any]) -> list[Any]:
    """Return the solution of a triangular system, of which column k has the elements 0 to k."""
    found: list[Any] = [0.0] * len(parts)
    for k in range(len(parts) - 1, -1, -1):
        rest = parts[k] - sum(triangle[j][k] * found[j] for j in range(k + 1, len(parts)))
        found[k] = rest / triangle[k][k]
    return [np.squeeze(each, axis=-1) if np.ndim(each) else each for each in found]


def declared(
    value: Callable[[list[Any]], Any], x: Array, n_params: int, linear: Linear
) -> tuple[Columns, list[int]]:
    """Return columns and linear indices of a function whose offset, factor or slope is known."""
    indices = linear.eliminated
    others = [i for i in range(n_params) if i not in indices]

    def columns(nonlinear: list[Any]) -> tuple[Array, list[Array]]:
        params: list[Any] = [np.float64(0.0)] * n_params
        for i, each in zip(others, nonlinear, strict=True):
            params[i] = each
        if linear.factor >= 0:
            params[linear.factor] = np.float64(1.0)
        function = value(params)
        found = [np.ones_like(x)] if linear.offset >= 0 else []
        if linear.factor >= 0:
            return np.zeros_like(x), [*found, function]
        return function, [*found, x] if linear.slope >= 0 else found

    return columns, indices


def recognized(
    value: Callable[[list[Any]], Array], n_params: int, linear: Sequence[int]
) -> tuple[Columns, list[int]]:
    """Return columns and linear indices of a function that is linear in some parameters jointly."""
    others = [i for i in range(n_params) if i not in linear]

    def columns(nonlinear: list[Any]) -> tuple[Array, list[Array]]:
        params: list[Any] = [np.float64(0.0)] * n_params
        for i, each in zip(others, nonlinear, strict=True):
            params[i] = each
        base = value(params)
        found = []
        for i in linear:
            params[i] = np.float64(1.0)
            found.append(value(params) - base)
            params[i] = np.float64(0.0)
        return base, found

    return columns, list(linear)
