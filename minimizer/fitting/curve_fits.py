"""`fit_curve` and `best_fit`: a curve fitted in one call, and the curves that fit best."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..common import checks
from ..common.arrays import Array
from ..common.errors import BadInput
from ..common.status import Status
from .curve import MAX_REL_ERROR, Bound, Fit, r_squared_of
from .curve_result import CurveFit
from .functions.registry import FUNCTIONS
from .models import Model, model_of
from .outcome import Outcome
from .points import points_of
from .precision import Precision, precision
from .robust.fit import Data
from .robust.named import fit_model
from .robust.search import Limits


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
        Parameters and where to start. Other places are tried, too: the lowest minimum counts.
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
    others [1]_, and need no start. Of the others many values are tried, over the range of the data.
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
    data = Data(points.x, points.y, points.weights)
    limits = Limits(max_rel_error=MAX_REL_ERROR, random_seed=checks.seed("seed", seed))
    outcome = fit_model(model, data, start=start, bounds=bounds, fixed=fixed, limits=limits)
    free = np.array([name not in fixed for name in model.names])
    fit = fit_of(model, data, outcome, free, bounds, absolute)
    return CurveFit(
        fit,
        formula=model.text,
        x=points.x,
        y=points.y,
        sigma=None if points.weights is None else 1.0 / np.sqrt(points.weights),
        absolute=absolute,
        curve=lambda at: model.value(list(outcome.params), at),
        n_left_out=points.left_out,
        n_fitted=int(free.sum()),
    )


def fit_of(
    model: Model,
    data: Data,
    outcome: Outcome,
    free: NDArray[np.bool_],
    bounds: Mapping[str, Bound],
    absolute: bool,
) -> Fit:
    """Return what a fit came to, with the precision of its parameters."""
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
        [name in bounds and number in bounds[name] for name, number in zip(names, params, strict=True)]
    )
    n, n_free = len(names), int(free.sum())
    known = Precision(np.full(n, np.nan), np.full(n, np.nan), np.full((n, n), np.nan))
    trouble, merged = outcome.message, False
    fitted = value(params[free])
    if np.isfinite(fitted).all() and n_free:
        inner = precision(
            residuals, params[free], ~at_bound[free], [names[i] for i in np.flatnonzero(free)], absolute
        )
        trouble, merged = inner.trouble, inner.merged
        known.uncertainties[free], known.digits[free] = inner.uncertainties, inner.digits
        known.correlations[np.ix_(free, free)] = inner.correlations
    r = residuals(params[free])
    return Fit(
        names=names,
        params=params,
        precision=Precision(
            known.uncertainties, known.digits, known.correlations, trouble.rstrip("."), merged
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


@dataclass(frozen=True)
class Ranking:
    """The functions that were tried, the best first.

    Attributes
    ----------
    fits : list of (str, CurveFit)
        Name and fit: successes by their AICc, and then those that are none.
    """

    fits: list[tuple[str, CurveFit]]

    @property
    def best(self) -> CurveFit:
        """The best fit."""
        return self.fits[0][1]

    def __str__(self) -> str:
        least = min(fit.aicc for _, fit in self.fits)
        lines = [f"{'function':<34}{'AICc':>12}{'above best':>12}{'R²':>11}  status"]
        for name, fit in self.fits:
            above = fit.aicc - least if math.isfinite(fit.aicc) else math.nan
            lines.append(
                f"{name:<34}{fit.aicc:>12.4f}{above:>12.4f}{fit.r_squared:>11.6f}  {fit.status.name}"
            )
        return "\n".join(lines)


def best_fit(
    x: Any, y: Any, functions: Sequence[str | int] | None = None, *, sigma: Any = None, seed: int = 0
) -> Ranking:
    """Fit all built-in functions, and rank them by Akaike's criterion (AICc).

    Parameters
    ----------
    x, y, sigma, seed
        As in `fit_curve`.
    functions : sequence of str or int, optional
        Which functions to try; by default all that fit the data themselves: without those that fit
        logarithms, or exchange x and y.

    Returns
    -------
    Ranking

    Notes
    -----
    R², by which ImageJ's "try all" compares, always prefers more parameters. Differences of AICc
    below 2 mean nothing; a function that is more than 10 above the best has no support [1]_. A fit
    that is no success comes last, whatever its criterion.

    References
    ----------
    .. [1] K. P. Burnham, D. R. Anderson, Model Selection and Multimodel Inference, 2nd ed.,
       Springer 2002.

    Examples
    --------
    >>> import numpy as np
    >>> from minimizer import best_fit
    >>> x = np.arange(12.0)
    >>> y = 3 + 2 * x + 0.1 * (-1) ** x
    >>> best_fit(x, y, ["Straight Line", "2nd Degree Polynomial", "Power"]).fits[0][0]
    'Straight Line'
    """
    if functions is None:
        functions = [row.number for row in FUNCTIONS if not row.fits_other_data]
    if not functions:
        raise ValueError("functions is empty; give at least one name or number")
    found = []
    for which in functions:
        model = model_of(which)
        fit = fit_points(
            model, x, y, start={}, sigma=sigma, absolute=False, bounds={}, fixed={}, seed=seed
        )
        found.append((_name_of(which), fit))
    found.sort(key=lambda pair: (pair[1].status is not Status.SUCCESS, pair[1].aicc))
    return Ranking(found)


def _name_of(which: str | int) -> str:
    names = {row.number: row.name for row in FUNCTIONS}
    return which if isinstance(which, str) else names[which]


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
                    f"{argument} has {name!r}, which is no parameter of {model.text}; there are "
                    f"{', '.join(model.names)}"
                )
    for name, (low, high) in arguments["bounds"].items():
        if low is not None and high is not None and low > high:
            raise BadInput(f"bounds of {name} are ({low}, {high}); the lower must come first")
