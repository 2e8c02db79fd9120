"""A least-squares fit of an expression to data, with all that is reported of it."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..core import Minimizer
from ..curvature import correlations, inverse_square
from ..differences import jacobian
from ..limits import Array
from ..status import Status

Bound = tuple[float | None, float | None]

MOST_DIGITS = 15.0
MAX_REL_ERROR = 1e-13  # of the sum of squares: parameters are then right to 6 digits of their error


@dataclass(frozen=True)
class Fit:
    """The result of a fit.

    Attributes
    ----------
    names : list of str
    params, uncertainties, digits : ndarray (n,)
        Values, standard deviations, and how many digits of the values are right.
    correlations : ndarray (n, n)
    rss : float
        Sum of squares of the residuals, weighted if there are weights.
    freedom : int
        Data less parameters.
    r_squared : float
    fitted : ndarray (m,)
    status : Status
    message : str
    evaluations : int
    trouble : str
        Why there are no uncertainties, empty if there are.
    held : list of str
        Parameters at a bound: they have no uncertainty, and those of the others hold them there.
    """

    names: list[str]
    params: Array
    uncertainties: Array
    digits: Array
    correlations: Array
    rss: float
    freedom: int
    r_squared: float
    fitted: Array
    status: Status
    message: str
    evaluations: int
    trouble: str = ""
    held: tuple[str, ...] = ()

    @property
    def deviation(self) -> float:
        """Residual standard deviation."""
        return math.sqrt(self.rss / self.freedom) if self.freedom > 0 else math.nan


def fit(
    model: Callable[[Array], Array],
    y: Array,
    start: dict[str, float],
    *,
    sigma: Array | None = None,
    absolute: bool = False,
    bounds: dict[str, Bound] | None = None,
    seed: int = 0,
) -> Fit:
    """Fit a model by least squares.

    Parameters
    ----------
    model : callable
        ``model(params) -> ndarray (m,)``.
    y : ndarray (m,)
        Data.
    start : dict
        Names of the parameters and where to start.
    sigma : ndarray (m,), optional
        Errors of the data, or their ratios.
    absolute : bool
        Whether `sigma` are the errors themselves; if not, their size is taken from the residuals.
    bounds : dict, optional
        Lower and upper bound by name.
    seed : int
    """
    weights = np.ones_like(y) if sigma is None else 1.0 / sigma

    def residuals(params: Array) -> Array:
        return (y - model(params)) * weights

    def rss(params: Array) -> float:
        r = residuals(params)
        return float(r @ r)

    limits = [(bounds or {}).get(name, (None, None)) for name in start]
    m = Minimizer(rss, len(start), bounds=limits, random_seed=seed, max_rel_error=MAX_REL_ERROR)
    with np.errstate(all="ignore"):
        status = m.minimize(list(start.values()))
        free = ~_at_bound(m.params, limits)
        found, trouble = _precision(residuals, m.params, free, absolute)
        r = residuals(m.params)
        fitted = model(m.params)
    return Fit(
        names=list(start),
        params=m.params,
        rss=float(r @ r),
        freedom=y.size - len(start),
        r_squared=_r_squared(y, r, weights),
        fitted=fitted,
        status=status,
        message=m.message,
        evaluations=m.evaluations,
        trouble=trouble,
        held=tuple(name for name, is_free in zip(start, free, strict=True) if not is_free),
        **found,
    )


def _at_bound(params: Array, limits: list[Bound]) -> NDArray[np.bool_]:
    """Tell which parameters are at a bound, (n,)."""
    return np.array([x in pair for x, pair in zip(params.tolist(), limits, strict=True)])


def _precision(
    residuals: Callable[[Array], Array], params: Array, free: NDArray[np.bool_], absolute: bool
) -> tuple[dict[str, Array], str]:
    """Return uncertainties, correlations and digits; or NaN, and why there are none."""
    n, k = params.size, int(free.sum())
    found = {
        "uncertainties": np.full(n, np.nan),
        "correlations": np.full((n, n), np.nan),
        "digits": np.full(n, np.nan),
    }

    def of_free(part: Array) -> Array:
        full = params.copy()
        full[free] = part
        return residuals(full)

    r = residuals(params.copy())
    if r.size <= n:
        return found, f"{r.size} points are too few for {n} parameters and their errors"
    if k == 0:
        return found, "all parameters are at their bounds"
    variance = float(r @ r) / (r.size - n)
    try:
        j = jacobian(of_free, params[free], variance)
        inverse = inverse_square(j)
    except ValueError as error:
        return found, str(error)
    left = inverse @ (j.T @ r)  # the step that Gauss and Newton would still make
    found["uncertainties"][free] = np.sqrt(np.diag(inverse) * (1.0 if absolute else variance))
    found["correlations"][np.ix_(free, free)] = correlations(inverse)
    found["digits"][free] = right_digits(params[free], left)
    return found, ""


def right_digits(params: Array, left: Array) -> Array:
    """Return how many digits of parameters are right if `left` is what they are off by."""
    ratio = np.where(params == 0.0, np.inf, abs(left) / abs(params))
    digits: Array = np.clip(-np.log10(np.maximum(ratio, 10.0**-MOST_DIGITS)), 0.0, MOST_DIGITS)
    return digits


def _r_squared(y: Array, r: Array, weights: Array) -> float:
    """Return the share of the variance that is explained."""
    square = weights**2
    mean = float((square * y).sum() / square.sum())
    total = float((square * (y - mean) ** 2).sum())
    return 1.0 - float(r @ r) / total if total > 0.0 else math.nan


def as_dict(result: Fit) -> dict[str, Any]:
    """Return a fit as JSON takes it: None in place of NaN."""

    def plain(value: Any) -> Any:
        if isinstance(value, np.ndarray):
            return [plain(item) for item in value]
        number = float(value)
        return number if math.isfinite(number) else None

    return {
        "parameters": {
            name: {"value": plain(v), "uncertainty": plain(u), "digits": plain(d)}
            for name, v, u, d in zip(
                result.names, result.params, result.uncertainties, result.digits, strict=True
            )
        },
        "correlations": plain(result.correlations),
        "residual_sum_of_squares": plain(result.rss),
        "residual_standard_deviation": plain(result.deviation),
        "degrees_of_freedom": result.freedom,
        "r_squared": plain(result.r_squared),
        "status": result.status.name,
        "message": result.message,
        "evaluations": result.evaluations,
        "at_bound": list(result.held),
        "note": result.trouble,
    }
