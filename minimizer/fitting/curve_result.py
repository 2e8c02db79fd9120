"""The result of `fit_curve`."""

from __future__ import annotations

import html
import math
from collections.abc import Callable
from typing import Any

import numpy as np

from ..common.arrays import Array
from ..common.status import Status
from .curve import Fit
from .report import report
from .runs_test import signs

LEAST = 1e-30  # of the mean square of y: a smaller residual variance is rounding


class CurveFit:
    """A curve that was fitted to data.

    Attributes
    ----------
    formula : str
    names : list of str
        Names of the parameters, in the order of `params`.
    params, uncertainties : ndarray (P,)
        Values and standard deviations, NaN where they are not known; ``fit["a"]`` is one value.
    correlations : ndarray (P, P)
    x, y, fitted, residuals : ndarray (m,)
        Complete data, in their order.
    rss, r_squared : float
        Sum of the squared residuals, divided by `sigma` if it was given, and R², NaN if y is
        constant.
    freedom : int
        Number of data points minus number of fitted parameters.
    status : Status
    message : str
    n_left_out : int
        Number of pairs without numbers.
    """

    def __init__(
        self,
        fit: Fit,
        *,
        formula: str,
        x: Array,
        y: Array,
        sigma: Array | None,
        absolute: bool,
        curve: Callable[[Any], Any],
        n_left_out: int,
        n_fitted: int,
    ) -> None:
        self._fit, self._curve, self._absolute = fit, curve, absolute
        self.formula, self.x, self.y, self.sigma = formula, x, y, sigma
        self.names, self.params = fit.names, fit.params
        self.uncertainties, self.correlations = (
            fit.precision.uncertainties,
            fit.precision.correlations,
        )
        self.fitted, self.residuals = fit.fitted, y - fit.fitted
        self.rss, self.r_squared, self.freedom = fit.rss, fit.r_squared, fit.freedom
        self.status, self.message = fit.status, fit.message
        self.n_left_out, self._n_fitted = n_left_out, n_fitted

    def __getitem__(self, name: str) -> float:
        if name not in self.names:
            raise KeyError(f"{name!r} is not a parameter; they are {', '.join(self.names)}")
        return float(self.params[self.names.index(name)])

    def __repr__(self) -> str:
        values = ", ".join(f"{name}={value:.6g}" for name, value in self.values.items())
        return f"<CurveFit {self.formula!r}: {self.status.name}, {values}>"

    @property
    def values(self) -> dict[str, float]:
        """Parameters by name."""
        return dict(zip(self.names, self.params.tolist(), strict=True))

    def f(self, x: Any) -> Any:
        """Return the curve at x: a float, or an array of its shape."""
        points = np.asarray(x, dtype=np.float64)
        with np.errstate(all="ignore"):
            values = np.broadcast_to(self._curve(points.ravel()), (points.size,))
        return values.reshape(points.shape).copy() if points.ndim else float(values[0])

    @property
    def aicc(self) -> float:
        """Akaike's criterion with the correction for few data; inf if there are too few.

        The lower, the better: log-likelihood of normal errors, less a penalty per parameter.
        """
        m, k = self.y.size, self._n_fitted + 1
        if m <= k + 1 or not math.isfinite(self.rss):
            return math.inf
        variance = max(self.rss / m, LEAST * float((self.y**2).mean()), 1e-300)
        return m * math.log(variance) + 2.0 * k + 2.0 * k * (k + 1) / (m - k - 1)

    def summary(self) -> str:
        """Return the report as text."""
        left = f", {self.n_left_out} left out" if self.n_left_out else ""
        head = f"{self.formula}: {self.y.size} points{left}\n\n"
        runs = signs(self.x, self.y, self.fitted) if np.isfinite(self.fitted).all() else None
        return head + report(self._fit, self._absolute, self.sigma is not None, runs)

    __str__ = summary

    def plot(self) -> Any:
        """Return a matplotlib figure: data, curve and residuals. It needs the extra ``fit``."""
        from .plot import draw, in_short

        return draw(
            self.x,
            self.y,
            self.fitted,
            sigma=self.sigma,
            curve=self.f,
            labels=("x", "y"),
            title=f"{self.formula}\n{in_short(self._fit)}",
        )

    def _repr_html_(self) -> str:
        """Return a table for notebooks."""
        rows = "".join(
            f"<tr><th>{html.escape(name)}</th><td>{value:.8g}</td>"
            f"<td>{f'{error:.3g}' if math.isfinite(error) else '-'}</td></tr>"
            for name, value, error in zip(self.names, self.params, self.uncertainties, strict=True)
        )
        good = "" if self.status is Status.SUCCESS else f"<p><b>{html.escape(self.message)}</b></p>"
        return (
            f"<p>{html.escape(self.formula)}: {self.status.name}, R² = {self.r_squared:.6g}</p>"
            f"{good}<table><tr><th></th><th>value</th><th>uncertainty</th></tr>{rows}</table>"
        )
