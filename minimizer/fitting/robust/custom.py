"""Robust fits of a user's function, and of an equation in macro language."""

from __future__ import annotations

import warnings
from collections.abc import Callable
from typing import Any

import numpy as np

from ...common.arrays import Array
from ..functions.arithmetic import NUMPY
from ..functions.data_range import DataRange
from ..functions.row import Linear
from ..macro.equation import Equation
from ..outcome import Outcome
from ..points import Points
from ..user_function import Function, at_each, at_once, takes_arrays
from .fit import LETTERS, NO_DATA, fit_separable, refused
from .linearity import TRACING, linear_params
from .one_by_one import OneByOne
from .scattered import scattered_starts
from .search import Limits
from .separable import Separable, declared, keeping_best, recognized
from .starts import Start

N_POINTS = 3000  # that are tried for a start, if all can be evaluated at once
FEW_POINTS = 300  # if not
N_STARTS = 4
SAME = 1e-9  # relative difference of a function from its declaration


def fit_user_function(
    fun: Function,
    n_params: int,
    linear: Linear,
    data: Points,
    given: Array | None,
    sizes: Array | None,
    limits: Limits,
) -> Outcome:
    """Fit a user's function from its start, and from other points."""
    if not data.x.size:
        return refused(NO_DATA, n_params)
    start = np.ones(n_params) if given is None else given
    call = at_once if takes_arrays(fun, start, data.x) else at_each

    def value(params: list[Any]) -> Array:
        return call(fun, np.array(params, dtype=np.float64), data.x)

    columns, indices = declared(value, data.x, n_params, _believed(value, start, linear, data.x))
    model = OneByOne(columns, n_params, indices, data.y, data.weights)
    with keeping_best(model):
        return _fit(model, data, given, sizes, limits)


def fit_equation(equation: Equation, data: Points, given: Array | None, limits: Limits) -> Outcome:
    """Fit an equation; parameters in which it is linear need no start."""
    n = equation.n_params
    if equation.doubt:
        return refused(f"{equation.text!r} is refused: {equation.doubt}.", n)
    if not data.x.size:
        return refused(NO_DATA, n)

    def value(params: list[Any]) -> Array:
        return equation.values(params, data.x, NUMPY)

    found = linear_params(lambda params: equation.follow(params, TRACING), n, range(n))
    columns, indices = recognized(value, n, found)
    kind = Separable if equation.takes_many else OneByOne
    model = kind(columns, n, indices, data.y, data.weights)
    with keeping_best(model):
        return _fit(model, data, given, None, limits)


def _fit(
    model: Separable,
    data: Points,
    given: Array | None,
    sizes: Array | None,
    limits: Limits,
) -> Outcome:
    """Fit a model from the start (ones if not given), and from the best of many points."""
    start = np.ones(model.n_params) if given is None else given
    first = Start(start[model.nonlinear], np.zeros(0) if sizes is None else sizes[model.nonlinear])
    starts = [first] if np.isfinite(first.point).all() else []
    if model.nonlinear:
        with np.errstate(all="ignore"):
            everywhere = [(-np.inf, np.inf)] * len(model.nonlinear)
            extent = DataRange(data.x, data.y)
            n_points = N_POINTS if model.at_once else FEW_POINTS
            starts += scattered_starts(model, extent, {}, n_points, N_STARTS, everywhere)
    confirm = given is None and len(model.nonlinear) > 1
    return fit_separable(model, starts, data, limits, LETTERS[: model.n_params], confirm=confirm)


def _believed(
    value: Callable[[list[Any]], Array], start: Array, linear: Linear, x: Array
) -> Linear:
    """Return a declaration of linear parameters, or an empty one if it is wrong."""
    if not linear.eliminated:
        return linear
    columns, indices = declared(value, x, start.size, linear)
    others = [start[i] for i in range(start.size) if i not in indices]
    for shares in ((0.7, -1.3), (-2.1, 0.6)):
        params = start.copy()
        params[indices] = shares[: len(indices)]
        with np.errstate(all="ignore"):
            base, found = columns(others)
            said = base + sum(s * c for s, c in zip(shares, found, strict=False))
            is_so = value(list(params))
            size = np.nanmax(abs(is_so), initial=0.0) + np.nanmax(abs(said), initial=0.0)
        if not np.allclose(is_so, said, rtol=0.0, atol=SAME * size, equal_nan=True):
            warnings.warn(
                f"fun is not {linear._asdict()} as declared: it is fitted without this",
                RuntimeWarning,
                stacklevel=6,
            )
            return Linear()
    return linear
