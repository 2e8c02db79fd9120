"""The result of a fit, by either set of rules."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from ..common.arrays import Array
from ..common.status import Status
from ..minimizer import Minimizer


def nothing(n: int) -> Array:
    """Return n unknown parameters."""
    return np.full(n, np.nan)


@dataclass
class Outcome:
    """Result of a fit.

    Attributes
    ----------
    status : Status
    message : str
    params : ndarray (P,)
        NaN if there are none.
    sum_residuals_sqr : float
        The minimum, weighted if there are weights, for the data that were fitted.
    variation : float or None
        Sum of the squared differences of these data from their mean, None if there was no fit.
    n_points : int
        Number of points that were fitted.
    iterations, evaluations : int
    completed_minimizations, max_iterations : int or None
        None if no minimizer was needed.
    initial_params, initial_param_variations : ndarray (P,) or None
        Start of the fit, None if it needs none.
    minimizer : Minimizer or None
    """

    status: Status
    message: str
    params: Array
    sum_residuals_sqr: float = np.nan
    variation: float | None = None
    n_points: int = 0
    iterations: int = 0
    evaluations: int = 0
    completed_minimizations: int | None = None
    max_iterations: int | None = None
    initial_params: Array | None = None
    initial_param_variations: Array | None = None
    minimizer: Minimizer | None = field(default=None, repr=False)
