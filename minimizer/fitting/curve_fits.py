"""`fit_curve`: a curve fitted in one call."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..common import checks
from ..common.arrays import Array
from ..common.errors import BadInput
from .curve import Bound, Fit, r_squared_of
from .curve_result import CurveFit
from .models import Model, model_of
from .outcome import Outcome
from .points import Points, points_of
from .precision import Precision, precision
from .robust.named import fit_model
from .robust.search import Limits

MAX_REL_ERROR = 1e-13  # of the sum of squares: leaves parameters within 1e-6 of their error


def fit_curve(
    x: Any,
    y: Any,
    function: str | int | Callable[..., Any],
    *,
    start: Mapping[str, float] | None = None,
    sigma: Any = None,
    absolute_sigma: bool = False,
    bounds: Mapping[str, Bound] | None = None,
    fixed: Mapping[str, float] | None = None,
    seed: int = 0,
) -> CurveFit:
    """Fit a curve to points; a start is not needed where it can be found.

    Parameters
    ----------
    x, y : array (m,)
        Data; pairs without numbers are left out.
    function : str, int or callable
        A built-in function by its name, in any case ("Gaussian"), or ImageJ's number; a formula
        (``"a*exp(-b*x)+c"``, which needs the extra ``fit``); or a function ``f(x, a, b, ...)`` that
        takes an array x.
    start : dict, optional
        Start by name of the parameter. Other starts are tried, too: the lowest minimum counts.
    sigma : array (m,), optional
        Errors of y, or their ratios.
    absolute_sigma : bool
        Whether `sigma` are the errors themselves; if not, the residuals determine their size.
    bounds : dict, optional
        Lower and upper bound by name, None for none.
    fixed : dict, optional
        Parameters that keep these values.
    seed : int
        Seed of the initial simplices.

    Returns
    -------
    CurveFit

    Raises
    ------
    ValueError, TypeError
        If an argument is wrong.

    Notes
    -----
    Parameters in which the function is linear are found by linear regression for each value of the
    others [1]_, and need no start. Many values of the others are tried, over the range of the data.
    A fit is a success if two runs of the minimizer agree, the data determine all parameters, and
    none of them runs away.

    References
    ----------
    .. [1] G. H. Golub, V. Pereyra, The differentiation of pseudo-inverses and nonlinear least
       squares problems whose variables separate, SIAM J. Numer. Anal. 10 (1973) 413-432.

    Examples
    --------
    >>> import numpy as np
    >>> from minimizer import fit_curve
    >>> x = np.array([0.0, 1, 2, 3, 4, 5, 6])
    >>> y = np.array([5.1, 3.0, 1.8, 1.1, 0.63, 0.41, 0.22])
    >>> fit = fit_curve(x, y, "Exponential")
    >>> fit.status.name, {name: round(value, 3) for name, value in fit.values.items()}
    ('SUCCESS', {'a': 5.087, 'b': -0.518})
    """
    model = model_of(function)
    return fit_points(
        model,
        x,
        y,
        start=dict(start or {}),
        sigma=sigma,
        absolute=absolute_sigma,
        bounds=dict(bounds or {}),
        fixed=dict(fixed or {}),
        seed=seed,
    )


def fit_points(
    model: Model,
    x: Any,
    y: Any,
    *,
    start: dict[str, float],
    sigma: Any,
    absolute: bool,
    bounds: dict[str, Bound],
    fixed: dict[str, float],
    seed: int,
) -> CurveFit:
    """Fit a model; arguments as `fit_curve`."""
    _check_names(model, start=start, bounds=bounds, fixed=fixed)
    weights = None if sigma is None else _weights(sigma)
    points = points_of(x, y, weights, as_imagej=False)
    limits = Limits(max_rel_error=MAX_REL_ERROR, random_seed=checks.seed("seed", seed))
    outcome = fit_model(model, points, start=start, bounds=bounds, fixed=fixed, limits=limits)
    free = np.array([name not in fixed for name in model.names])
    return CurveFit(
        fit_of(model, points, outcome, free, bounds, absolute),
        formula=model.text,
        x=points.x,
        y=points.y,
        sigma=None if points.weights is None else 1.0 / np.sqrt(points.weights),
        absolute=absolute,
        curve=lambda at: model.value(list(outcome.params), at),
        n_left_out=points.left_out,
        n_fitted=int(free.sum()),
    )


def fitted_model(
    model: Model,
    x: Array,
    y: Array,
    sigma: Array | None,
    *,
    absolute: bool,
    bounds: dict[str, Bound],
    seed: int,
) -> Fit:
    """Return the fit of a model to complete data (m,), without a start."""
    _check_names(model, bounds=bounds)
    data = Points(x, y, None if sigma is None else 1.0 / sigma**2)
    limits = Limits(max_rel_error=MAX_REL_ERROR, random_seed=seed)
    outcome = fit_model(model, data, start={}, bounds=bounds, fixed={}, limits=limits)
    free = np.ones(len(model.names), dtype=bool)
    return fit_of(model, data, outcome, free, bounds, absolute)


def fit_of(
    model: Model,
    data: Points,
    outcome: Outcome,
    free: NDArray[np.bool_],
    bounds: Mapping[str, Bound],
    absolute: bool,
) -> Fit:
    """Return the result of a fit, with the precision of its parameters."""
    params, names = outcome.params, model.names
    roots = np.ones_like(data.y) if data.weights is None else np.sqrt(data.weights)

    def value(some: Array) -> Array:
        with np.errstate(all="ignore"):
            full = params.copy()
            full[free] = some
            return np.array(np.broadcast_to(model.value(list(full), data.x), data.y.shape))

    def residuals(some: Array) -> Array:
        return (data.y - value(some)) * roots

    at_bound = np.array(
        [
            name in bounds and number in bounds[name]
            for name, number in zip(names, params, strict=True)
        ]
    )
    n, n_free = len(names), int(free.sum())
    known = Precision(np.full(n, np.nan), np.full(n, np.nan), np.full((n, n), np.nan))
    trouble = outcome.message
    fitted = value(params[free])
    if np.isfinite(fitted).all() and n_free:
        inner = precision(
            residuals,
            params[free],
            ~at_bound[free],
            [names[i] for i in np.flatnonzero(free)],
            absolute,
        )
        trouble = inner.trouble
        known.uncertainties[free], known.digits[free] = inner.uncertainties, inner.digits
        known.correlations[np.ix_(free, free)] = inner.correlations
    r = residuals(params[free])
    return Fit(
        names=names,
        params=params,
        precision=Precision(
            known.uncertainties, known.digits, known.correlations, trouble.rstrip(".")
        ),
        rss=float(r @ r),
        freedom=data.y.size - n_free,
        r_squared=r_squared_of(data.y, r, roots) if data.y.size else math.nan,
        fitted=fitted,
        status=outcome.status,
        message=outcome.message,
        evaluations=outcome.evaluations,
        held=tuple(name for name, held in zip(names, at_bound, strict=True) if held),
    )


def _weights(sigma: Any) -> Array:
    """Return weights of errors."""
    errors = checks.vector("sigma", sigma)
    for i in np.flatnonzero(~(errors > 0.0) & ~np.isnan(errors)):
        raise ValueError(f"sigma[{i}] is {errors[i]}; errors must be positive")
    return 1.0 / errors**2


def _check_names(model: Model, **arguments: dict[str, Any]) -> None:
    """Refuse names that are no parameters, and bounds in the wrong order."""
    for argument, values in arguments.items():
        for name in values:
            if name not in model.names:
                raise BadInput(
                    f"{argument} has {name!r}, which is no parameter of {model.text}; they are "
                    f"{', '.join(model.names)}"
                )
    for name, (low, high) in arguments["bounds"].items():
        if low is not None and high is not None and low > high:
            raise BadInput(f"bounds of {name} are ({low}, {high}); the lower must come first")
