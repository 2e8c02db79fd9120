"""A least-squares fit of a model to data, with all reported quantities."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..common.arrays import Array
from ..common.errors import BadInput
from ..common.status import Status
from ..residuals.solution import Job, Solution
from ..residuals.solve import solve
from .precision import Precision, precision

Bound = tuple[float | None, float | None]

CONFIRM = 2  # further starts that must lead to a result: with peaks one is not enough
VISIBLE = 1e-4  # of the scatter of the data: residuals that differences must resolve

MESSAGES = {
    Status.SUCCESS: "Runs from three starts agreed.",
    Status.INITIALIZATION_FAILURE: "The formula is not defined around the start; start elsewhere.",
    Status.REINITIALIZATION_FAILURE: "The formula is hardly defined around the result; start "
    "elsewhere, and check whether the result is the same.",
    Status.MAX_ITERATIONS_EXCEEDED: "Not converged: this is the best so far. Start nearer, give "
    "bounds, or omit parameters that the data do not determine.",
    Status.MAX_RESTARTS_EXCEEDED: "Runs from other starts ended elsewhere: this is the best so "
    "far. Start nearer, or try another seed.",
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
        Start by name of the parameter.
    sigma : ndarray (m,), optional
        Errors of the data, or their ratios.
    absolute : bool
        Whether `sigma` are the errors themselves; if not, the residuals determine their size.
    bounds : dict, optional
        Lower and upper bound by name.
    seed : int
        Seed of the starts that confirm the result.

    Notes
    -----
    Levenberg-Marquardt minimizes the residuals, and a success is a minimum that is found from
    three starts. Where residuals are not defined or not differentiable, the simplex takes over.
    """
    weights = np.ones_like(y) if sigma is None else 1.0 / sigma
    limits = limits_of(bounds or {}, start)
    names = list(start)

    def residuals(params: Array) -> Array:
        return (y - model(params)) * weights

    settings = {"names": names, "bounds": limits}
    job = Job(residuals, np.array(list(start.values()), dtype=np.float64), settings=settings)
    with np.errstate(all="ignore"):
        solution = solve(job, confirm=CONFIRM, seed=seed)
        found = np.isfinite(solution.cost)
        params = solution.outcome.x if found else np.full(len(start), np.nan)
        free = ~_at_bound(params, limits)
        r = residuals(params)
        rss = float(r @ r)
        scatter = float(np.sqrt(max(_total(y, weights), 0.0) / y.size))
        known = precision(residuals, params, free, names, absolute, VISIBLE * scatter)
        fitted = model(params)
    return Fit(
        names=names,
        params=params,
        precision=known,
        rss=rss,
        freedom=y.size - len(start),
        r_squared=r_squared_of(y, r, weights),
        fitted=fitted,
        status=solution.status,
        message=solution.message if solution.simplex else message_of(solution),
        evaluations=job.evaluations,
        held=tuple(name for name, is_free in zip(names, free, strict=True) if not is_free),
    )


def message_of(solution: Solution) -> str:
    """Return the message of a status in the words of fits."""
    return MESSAGES.get(solution.status, solution.message)


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


def _total(y: Array, weights: Array) -> float:
    """Return the sum of squares about the mean."""
    square = weights**2
    mean = float((square * y).sum() / square.sum())
    return float((square * (y - mean) ** 2).sum())


def r_squared_of(y: Array, r: Array, weights: Array) -> float:
    """Return the explained share of the variance."""
    total = _total(y, weights)
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
