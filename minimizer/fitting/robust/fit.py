"""A robust fit: starts from the data, linear parameters found on the way, an honest status."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from ...common.arrays import Array
from ...common.status import Status
from ..functions.arithmetic import NUMPY
from ..functions.data_range import DataRange
from ..functions.row import Basis, CurveFunction, RefusedError, initial_params
from ..outcome import Outcome, nothing
from ..points import Points
from .judgement import NO_SEARCH, not_told_apart, run_away, too_few, verdict
from .search import Limits, lowest_minimum, minimum_from, reached_once
from .separable import Separable, declared
from .starts import Start, lowest_starts

N_STARTS = 3  # of the grid
ROUNDING = 1e-13  # of the data: residuals possible for exact data
NO_DATA = "There are no data to fit: no point has numbers for x and y."
LETTERS = "abcdefghijklmnopqrstuvwxyz"


def fit_function(row: CurveFunction, data: Points, given: Array | None, limits: Limits) -> Outcome:
    """Fit a built-in function."""
    p = row.n_params
    if not data.x.size:
        return refused(NO_DATA, p)
    with np.errstate(all="ignore"):
        try:
            changed = row.fitted.data(data.x, data.y)
            if not changed.x.size:
                raise RefusedError(NO_DATA)
            extent = DataRange(changed.x, changed.y)
            row.refuse(extent)
        except RefusedError as error:
            return refused(str(error), p)
        weights = None if data.weights is None else data.weights[changed.kept]
        used = Points(changed.x, changed.y, weights)
        if row.fitted_basis is not None:
            outcome = fit_basis(row.fitted_basis(used.x, p), used, rising=changed.rising)
        else:
            outcome = _fit_with_grid(row, used, extent, given, limits)
        row.fitted.undo(outcome.params, data.y)
        row.tidy(outcome.params)
    return outcome


def fit_basis(basis: Basis, data: Points, rising: bool = False) -> Outcome:
    """Fit a function that is linear in all its parameters: no search is needed."""
    columns, n = basis.columns, len(basis.columns)
    flat = np.zeros_like(data.x)
    model = Separable(lambda nonlinear: (flat, columns), n, range(n), data.y, data.weights)
    none = np.zeros(0)
    shares, total = model.all_params(none), model.sum_of_squares(none)
    independent = np.linalg.matrix_rank(np.column_stack(columns))
    doubts = [
        too_few(data.x.size, n),
        "" if independent == n else "too few different x to determine all parameters.",
    ]
    params = basis.params(shares)
    if rising and params[1] <= 0.0:
        doubts.append("y falls while x rises, but a point (0, 0) needs a positive exponent.")
    status, message = verdict(Status.SUCCESS, doubts, NO_SEARCH)
    return Outcome(
        status,
        message,
        params,
        sum_residuals_sqr=total,
        variation=data.variation,
        n_points=data.x.size,
        iterations=1,
        evaluations=0,
    )


def fit_separable(
    model: Separable,
    starts: list[Start],
    data: Points,
    limits: Limits,
    names: Sequence[str],
    grid: Sequence[Array] = (),
    confirm: bool = False,
) -> Outcome:
    """Fit a model from several starts; the lowest minimum counts.

    With `confirm` two starts must lead there, as they are not from a complete grid.
    """
    n = model.n_params
    if not model.nonlinear:
        return _without_search(model, data, names)
    if not starts:
        return refused("The function is not defined at any start that was tried.", n)
    found = [minimum_from(model, start, limits) for start in starts]
    best = lowest_minimum(found)
    if not np.isfinite(best.total):
        status, message = verdict(Status.INITIALIZATION_FAILURE, [])
        return Outcome(status, message, nothing(n), minimizer=best.minimizer)
    params = model.all_params(best.params)
    left = [names[i] for i in model.nonlinear]
    doubts = [*_doubts(model, params, data, names), run_away(best.params, grid, left)]
    if confirm:
        doubts.append(reached_once(found, best, rounding_of(model.weighted_y)))
    status, message = verdict(best.status, doubts)
    return Outcome(
        status,
        message,
        params,
        sum_residuals_sqr=best.total,
        variation=data.variation,
        n_points=data.x.size,
        iterations=sum(each.minimizer.iterations for each in found),
        evaluations=model.evaluations,
        completed_minimizations=sum(each.minimizer.completed_minimizations for each in found),
        max_iterations=best.minimizer.max_iterations,
        minimizer=best.minimizer,
    )


def _without_search(model: Separable, data: Points, names: Sequence[str]) -> Outcome:
    none = np.zeros(0)
    params, total = model.all_params(none), model.sum_of_squares(none)
    if not np.isfinite(total):
        return refused("The function is not defined at all points.", model.n_params)
    status, message = verdict(Status.SUCCESS, _doubts(model, params, data, names), NO_SEARCH)
    return Outcome(
        status,
        message,
        params,
        sum_residuals_sqr=total,
        variation=data.variation,
        n_points=data.x.size,
        iterations=1,
    )


def _doubts(model: Separable, params: Array, data: Points, names: Sequence[str]) -> list[str]:
    """Return the evidence against a success, as sentences."""

    def residuals(all_params: Array) -> Array:
        return (data.y - model.value(all_params)) * model.roots

    few = too_few(data.x.size, model.n_params)
    if few:
        return [few]
    if not np.isfinite(params).all():
        return ["a parameter has no finite value."]
    told = not_told_apart(residuals, params, list(names), data.variation)
    return [f"{told}." if told else ""]


def _fit_with_grid(
    row: CurveFunction, data: Points, extent: DataRange, given: Array | None, limits: Limits
) -> Outcome:
    """Fit a function from the lowest points of its grid, ImageJ's start, and the given one."""
    fitted, p = row.fitted, row.n_params

    def model_of(points: Points) -> Separable:
        def value(params: list[Any]) -> Any:
            return fitted.value(NUMPY, params, points.x)

        columns, linear = declared(value, points.x, p, fitted.linear)
        return Separable(columns, p, linear, points.y, points.weights)

    model, few = model_of(data), model_of(data.thinned())
    grid = row.grid(extent)
    starts = lowest_starts(few, grid, N_STARTS)
    model.evaluations += few.evaluations
    for each in (initial_params(row, extent, None), given):
        if each is not None and np.isfinite(each[model.nonlinear]).all():
            point = each[model.nonlinear]
            starts.insert(0, Start(point, np.zeros(0)))
    return fit_separable(model, starts, data, limits, LETTERS[:p], grid)


def refused(message: str, n_params: int) -> Outcome:
    """Return a fit that was not made."""
    return Outcome(Status.INITIALIZATION_FAILURE, message, nothing(n_params))


def rounding_of(y: Array) -> float:
    """Return the sum of squares that the rounding of exact data may leave."""
    return float(np.sum((ROUNDING * y) ** 2))
