"""The judgement of a fit: is it a success, and if not, why."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np

from ...common.arrays import Array
from ...common.curvature_steps import jacobian
from ...common.status import Status
from ..curve import MESSAGES
from ..precision import in_names
from ..uncertainty import inverse_square

FAR = 3.0  # times the range of the values that are tried
LEAST_VARIANCE = 1e-20  # of the variance of the data: residuals count as at least this

Verdict = tuple[Status, str]

TWO_AGREED = MESSAGES[Status.SUCCESS]
NO_SEARCH = "All parameters are linear: a regression, without a search."


def too_few(n_points: int, n_params: int) -> str:
    """Return what is wrong with the number of points, empty if it suffices."""
    if n_points >= n_params:
        return ""
    points = "1 point" if n_points == 1 else f"{n_points} points"
    return f"{points} cannot determine {n_params} parameters: these are one solution of many."


def not_told_apart(
    residuals: Callable[[Array], Array], params: Array, names: list[str], variation: float
) -> str:
    """Return which parameters the data do not determine, empty if they determine all.

    Parameters
    ----------
    residuals : callable
        ``residuals(params (P,)) -> ndarray (m,)``.
    params : ndarray (P,)
    names : list of str
    variation : float
        Sum of the squared differences of the data from their mean.
    """
    with np.errstate(all="ignore"):
        r = residuals(params)
        freedom = max(1, r.size - params.size)
        floor = LEAST_VARIANCE * variation / r.size or 1e-300
        unit = max(float(r @ r) / freedom, floor)
        try:
            inverse_square(jacobian(residuals, params, unit))
        except (ValueError, np.linalg.LinAlgError) as error:
            return in_names(str(error), names)
    return ""


def run_away(params: Array, grid: Sequence[Array], names: Sequence[str]) -> str:
    """Return a text about a parameter far beyond all values that were tried, or an empty one."""
    for value, axis, name in zip(params.tolist(), grid, names, strict=False):
        low, high = float(axis.min()), float(axis.max())
        room = FAR * max(high - low, abs(high), abs(low))
        if not low - room <= value <= high + room:
            return (
                f"{name} = {value:.3g} has run away from the data: the further, the better, "
                "so that there is no best value."
            )
    return ""


def verdict(status: Status, doubts: list[str], success: str = TWO_AGREED) -> Verdict:
    """Return status and message: a success, in these words, only without doubts."""
    real = [doubt for doubt in doubts if doubt]
    if status is Status.SUCCESS and real:
        return Status.MAX_RESTARTS_EXCEEDED, f"Not to be trusted: {real[0]}"
    if status is Status.SUCCESS:
        return status, success
    message = MESSAGES.get(status, status.message)
    return status, f"{message} {real[0]}" if real else message
