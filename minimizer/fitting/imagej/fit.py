"""A fit step by step as ImageJ's CurveFitter makes it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from ...common.arrays import Array
from ...common.status import Status
from ...minimizer import Minimizer
from ..functions.arithmetic import JAVA
from ..functions.data_range import DataRange
from ..functions.row import (
    CurveFunction,
    Linear,
    RefusedError,
    initial_params,
    initial_variations,
)
from ..macro.equation import Equation
from ..outcome import Outcome, nothing
from ..points import Points
from .regression import SumOfSquares
from .without_params import minimize_constant

MESSAGES = {
    Status.SUCCESS: "Success",
    Status.INITIALIZATION_FAILURE: "Initialization failure; no result",
    Status.ABORTED: "Aborted",
    Status.REINITIALIZATION_FAILURE: "Re-initialization failure (inaccurate result?)",
    Status.MAX_ITERATIONS_EXCEEDED: "Max. no. of iterations reached (inaccurate result?)",
    Status.MAX_RESTARTS_EXCEEDED: "Max. no. of restarts reached (inaccurate result?)",
}
NO_DATA = "No data to fit"
ABSOLUTE = 1e-6  # the relative error that the absolute one is made of is at most this


@dataclass(frozen=True)
class Settings:
    """Settings of a fit, as in ImageJ."""

    initial_params: Array | None
    max_rel_error: float
    max_restarts: int
    max_iterations: int | None
    random_seed: int
    schedule: str


def fit_function(row: CurveFunction, data: Points, settings: Settings) -> Outcome:
    """Fit a built-in function."""
    fitted, p = row.fitted, row.n_params
    with np.errstate(all="ignore"):
        try:
            changed = fitted.data(data.x, data.y)
        except RefusedError as error:
            return _refused(str(error), p)
        x, y = changed.x, changed.y

        is_linear = len(fitted.linear.eliminated) == p

        def value(params: Array) -> Array:
            if is_linear:
                return np.zeros_like(x)
            return np.asarray(fitted.value(JAVA, list(params), x))

        weights = None if data.weights is None else data.weights[: x.size]  # not those left in
        squares = SumOfSquares(value, x, y, weights, p, fitted.linear, changed.rising)
        if row.is_regression:
            outcome = _regression(squares)
        else:
            try:
                if not x.size:
                    raise RefusedError(NO_DATA)
                extent = DataRange(x, y)
                row.refuse(extent)
            except RefusedError as error:
                return _refused(str(error), p)
            start = initial_params(row, extent, settings.initial_params)
            variations = initial_variations(row, extent, start)
            outcome = _minimize(squares, start, variations, settings)
        fitted.undo(outcome.params, data.y)
        row.tidy(outcome.params)
    return outcome


def fit_user_function(
    value: Callable[[Array], Array], n_params: int, linear: Linear, data: Points, settings: Settings
) -> Outcome:
    """Fit a user's function, ``value(params) -> ndarray (m,)``."""
    if not data.x.size:
        return _refused(NO_DATA, n_params)
    given = settings.initial_params
    start = np.ones(n_params) if given is None else given[:n_params]
    variations = 0.1 * start
    variations[variations == 0.0] = 0.01
    squares = SumOfSquares(value, data.x, data.y, data.weights, n_params, linear)
    return _minimize(squares, start, variations, settings)


def fit_equation(equation: Equation, data: Points, settings: Settings) -> Outcome:
    """Fit an equation; one without parameters is not fitted."""
    if not equation.n_params:
        return _refused(MESSAGES[Status.INITIALIZATION_FAILURE], 0)
    return fit_user_function(
        lambda params: equation.values(params, data.x),
        equation.n_params,
        Linear(),
        data,
        settings,
    )


def _refused(message: str, n_params: int) -> Outcome:
    return Outcome(Status.INITIALIZATION_FAILURE, message, nothing(n_params))


def _regression(squares: SumOfSquares) -> Outcome:
    """Return the fit of a straight line, which needs no minimizer."""
    point = np.zeros(2)
    total = squares(point)
    return Outcome(
        Status.SUCCESS,
        MESSAGES[Status.SUCCESS],
        squares.all_params(point[:0], point),
        sum_residuals_sqr=total,
        variation=squares.sums.variation,
        iterations=1,
    )


def _minimize(
    squares: SumOfSquares, start: Array, variations: Array, settings: Settings
) -> Outcome:
    """Return the fit by the minimizer."""
    m: Any = _minimum(squares, start[squares.kept], variations[squares.kept], settings)
    return Outcome(
        m.status,
        MESSAGES[m.status],
        squares.all_params(m.params, m.extra),
        sum_residuals_sqr=m.function_value,
        variation=squares.sums.variation,
        iterations=m.iterations,
        evaluations=m.evaluations,
        completed_minimizations=m.completed_minimizations,
        max_iterations=m.max_iterations,
        initial_params=start,
        initial_param_variations=variations,
        minimizer=m if isinstance(m, Minimizer) else None,
    )


def _minimum(squares: SumOfSquares, start: Array, variations: Array, settings: Settings) -> Any:
    """Return a minimizer after its work, or its substitute if there are no parameters."""
    extra, restarts = len(squares.linear.eliminated), settings.max_restarts
    if not start.size:
        return minimize_constant(
            squares,
            extra,
            max_iterations=settings.max_iterations or 0,
            max_restarts=restarts,
            pairs=settings.schedule == "pairs",
        )
    scale = float(np.sqrt(squares.sums.y_square))
    m = Minimizer(
        squares,
        start.size,
        rules="imagej",
        extra_array_elements=extra,
        max_rel_error=settings.max_rel_error,
        max_abs_error=min(ABSOLUTE, settings.max_rel_error) * scale,
        max_iterations=settings.max_iterations or None,
        max_restarts=restarts,
        random_seed=settings.random_seed,
        schedule=settings.schedule,
    )
    try:
        m.minimize(start, variations)
    except BaseException as error:
        error.best_params = squares.all_params(m.params, m.extra)  # type: ignore[attr-defined]
        raise
    return m
