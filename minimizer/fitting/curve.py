"""A least-squares fit of a model to data, with all reported quantities."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..common.arrays import Array
from ..common.errors import BadInput
from ..common.status import Status
from ..minimizer import Minimizer
from .precision import Precision, precision

Bound = tuple[float | None, float | None]

MAX_REL_ERROR = 1e-13  # of the sum of squares: leaves parameters within 1e-6 of their error
LOWER = 1e-6  # relative: a second attempt is better if its sum of squares is lower by this

MESSAGES = {
    Status.SUCCESS: "Two runs agreed.",
    Status.INITIALIZATION_FAILURE: "The formula is not defined around the start; start elsewhere.",
    Status.REINITIALIZATION_FAILURE: "The formula is hardly defined around the result; start "
    "elsewhere, and check whether the result is the same.",
    Status.MAX_ITERATIONS_EXCEEDED: "Not converged: this is the best so far. Start nearer, give "
    "bounds, or omit parameters that the data do not determine.",
    Status.MAX_RESTARTS_EXCEEDED: "No two runs agreed: this is the best so far. Start nearer, or "
    "try another seed.",
}


@dataclass(frozen=True)
class Fit:
    """The result of a fit.

    Attributes
    ----------
    names : list of str
    params : ndarray (n,)
    precision : Precision
        Uncertainties, correlations and correct digits.
    rss : float
        Sum of squares of the residuals, weighted if there are weights.
    freedom : int
        Number of data points minus number of parameters.
    r_squared : float
    fitted : ndarray (m,)
    status : Status
    message : str
    evaluations : int
    held : list of str
        Parameters at a bound: they have no uncertainty, and are fixed for those of the others.
    """

    names: list[str]
    params: Array
    precision: Precision
    rss: float
    freedom: int
    r_squared: float
    fitted: Array
    status: Status
    message: str
    evaluations: int
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
        Whether `sigma` are the errors themselves; if not, the residuals determine their size.
    bounds : dict, optional
        Lower and upper bound by name.
    seed : int
        Seed of the initial simplices.

    Notes
    -----
    If parameters cannot be told apart at the result, the formula has too many of them, or two of
    its terms have become the same at a local minimum, as in NIST's Lanczos1 to 3 from their first
    start. Then a second attempt is made with other simplices, and the lower result is kept.
    """
    weights = np.ones_like(y) if sigma is None else 1.0 / sigma
    limits = limits_of(bounds or {}, start)

    def residuals(params: Array) -> Array:
        return (y - model(params)) * weights

    def rss(params: Array) -> float:
        r = residuals(params)
        return float(r @ r)

    def attempt(seed: int) -> Fit:
        m = Minimizer(rss, len(start), bounds=limits, random_seed=seed, max_rel_error=MAX_REL_ERROR)
        status = m.minimize(list(start.values()))
        free = ~_at_bound(m.params, limits)
        r = residuals(m.params)
        return Fit(
            names=list(start),
            params=m.params,
            precision=precision(residuals, m.params, free, list(start), absolute),
            rss=float(r @ r),
            freedom=y.size - len(start),
            r_squared=r_squared_of(y, r, weights),
            fitted=model(m.params),
            status=status,
            message=MESSAGES.get(status, status.message),
            evaluations=m.evaluations,
            held=tuple(name for name, is_free in zip(start, free, strict=True) if not is_free),
        )

    with np.errstate(all="ignore"):
        first = attempt(seed)
        if not first.precision.merged:
            return first
        second = attempt(seed ^ 1)
    better = second if second.rss < first.rss * (1.0 - LOWER) else first
    return replace(better, evaluations=first.evaluations + second.evaluations)


def limits_of(bounds: dict[str, Bound], start: dict[str, float]) -> list[Bound]:
    """Return lower and upper bounds per parameter; the start must lie within them."""
    for name, (low, high) in bounds.items():
        if name not in start:
            raise BadInput(f"bounds of {name}: there is no such parameter in start")
        if (low is not None and start[name] < low) or (high is not None and start[name] > high):
            raise BadInput(f"start: {name} is {start[name]:g}, out of its bounds ({low}, {high})")
    return [bounds.get(name, (None, None)) for name in start]


def _at_bound(params: Array, limits: list[Bound]) -> NDArray[np.bool_]:
    """Return which parameters are at a bound, (n,)."""
    return np.array([x in pair for x, pair in zip(params.tolist(), limits, strict=True)])


def r_squared_of(y: Array, r: Array, weights: Array) -> float:
    """Return the explained share of the variance."""
    square = weights**2
    mean = float((square * y).sum() / square.sum())
    total = float((square * (y - mean) ** 2).sum())
    return 1.0 - float(r @ r) / total if total > 0.0 else math.nan


def as_dict(result: Fit) -> dict[str, Any]:
    """Return a fit in JSON's types, with None for NaN."""

    def plain(value: Any) -> Any:
        if isinstance(value, np.ndarray):
            return [plain(item) for item in value]
        number = float(value)
        return number if math.isfinite(number) else None

    known = result.precision
    return {
        "parameters": {
            name: {"value": plain(v), "uncertainty": plain(u), "digits": plain(d)}
            for name, v, u, d in zip(
                result.names, result.params, known.uncertainties, known.digits, strict=True
            )
        },
        "correlations": plain(known.correlations),
        "residual_sum_of_squares": plain(result.rss),
        "residual_standard_deviation": plain(result.deviation),
        "degrees_of_freedom": result.freedom,
        "r_squared": plain(result.r_squared),
        "status": result.status.name,
        "message": result.message,
        "evaluations": result.evaluations,
        "at_bound": list(result.held),
        "note": known.trouble,
    }
