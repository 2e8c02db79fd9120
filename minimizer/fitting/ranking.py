"""`best_fit`: a ranking of the built-in functions."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from ..common.status import Status
from .curve_fits import fit_points
from .curve_result import CurveFit
from .functions.registry import FUNCTIONS
from .models import model_of


@dataclass(frozen=True)
class Ranking:
    """The functions that were tried, the best first.

    Attributes
    ----------
    fits : list of (str, CurveFit)
        Name and fit: successes by their AICc, then the others.
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
                f"{name:<34}{fit.aicc:>12.4f}{above:>12.4f}{fit.r_squared:>11.6f}  "
                f"{fit.status.name}"
            )
        return "\n".join(lines)


def best_fit(
    x: Any,
    y: Any,
    functions: Sequence[str | int] | None = None,
    *,
    sigma: Any = None,
    seed: int = 0,
) -> Ranking:
    """Fit the built-in functions, and rank them by Akaike's criterion (AICc).

    Parameters
    ----------
    x, y, sigma, seed
        As in `fit_curve`.
    functions : sequence of str or int, optional
        Functions to try; by default all that fit the data themselves, not logarithms or exchanged x
        and y.

    Returns
    -------
    Ranking

    Notes
    -----
    R², by which ImageJ's "try all" compares, always prefers more parameters. Differences of AICc
    below 2 are insignificant; a function more than 10 above the best has no support [1]_. Fits that
    are no success come last, regardless of their criterion.

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
