"""The results of a `CurveFitter`, and its report."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from ..common.arrays import Array
from ..common.status import Status
from ..minimizer import Minimizer
from . import statistics
from .imagej.text import result_string
from .outcome import Outcome
from .points import Points

Evaluation = Callable[[Array, Array], Array]


@dataclass(frozen=True)
class Fitted:
    """The function of a fit: its names, and its values at any x."""

    name: str
    formula: str
    code: str
    n_params: int
    value: Evaluation


class FitterResults:
    """The results of the last fit."""

    _as_imagej: bool
    _points: Points
    _fitted: Fitted
    _outcome: Outcome
    _milliseconds: int

    @property
    def params(self) -> Array:
        """Parameters (P,), NaN if there are none."""
        return np.array(self._outcome.params)

    def get_params(self) -> Array:
        """Return the parameters followed by the sum of squares, as ImageJ's ``getParams``."""
        return np.append(self.params, self.sum_residuals_sqr)

    @property
    def n_params(self) -> int:
        """Number of parameters P."""
        return self._fitted.n_params

    @property
    def sum_residuals_sqr(self) -> float:
        """Sum of the squared residuals."""
        return self._outcome.sum_residuals_sqr

    @property
    def r_squared(self) -> float:
        """R²."""
        variation = self._variation
        if variation is None:
            return np.nan
        return statistics.r_squared(self.sum_residuals_sqr, variation)

    @property
    def fit_goodness(self) -> float:
        """R², corrected for the number of parameters."""
        variation = self._variation
        if variation is None:
            return np.nan
        n = self._points.x.size if self._as_imagej else self._outcome.n_points
        return statistics.fit_goodness(self.sum_residuals_sqr, variation, n, self.n_params)

    @property
    def _variation(self) -> float | None:
        """Variation of y for R²; under "robust" None if y is constant, and R² undefined."""
        variation = self._outcome.variation
        return variation if self._as_imagej else variation or None

    @property
    def residuals(self) -> Array:
        """Residuals (m,)."""
        residuals: Array = self._points.y - np.asarray(self.f(self._points.x))
        return residuals

    @property
    def sd(self) -> float:
        """Standard deviation of the residuals."""
        return statistics.deviation_of(self.residuals)

    def f(self, x: Any) -> Any:
        """Return the curve at x: a float, or an array of its shape.

        NaN if there are no parameters.
        """
        points = np.asarray(x, dtype=np.float64)
        if np.isnan(self.params).all():
            values = np.full(points.shape, np.nan)
        else:
            values = self._fitted.value(self.params, points.ravel()).reshape(points.shape)
        return values if points.ndim else float(values)

    @property
    def status(self) -> Status:
        """Status of the last fit."""
        return self._outcome.status

    @property
    def message(self) -> str:
        """What happened, in words."""
        return self._outcome.message

    @property
    def iterations(self) -> int:
        """Iterations of the minimizer; 1 if none was needed."""
        return self._outcome.iterations

    @property
    def evaluations(self) -> int:
        """Evaluations of the sum of squares."""
        return self._outcome.evaluations

    @property
    def completed_minimizations(self) -> int:
        """Number of runs that converged."""
        return self._outcome.completed_minimizations or 0

    @property
    def initial_params(self) -> Array | None:
        """Start of the last fit."""
        return self._outcome.initial_params

    @property
    def initial_param_variations(self) -> Array | None:
        """Size of its first simplex."""
        return self._outcome.initial_param_variations

    @property
    def minimizer(self) -> Minimizer | None:
        """The minimizer of the last fit."""
        return self._outcome.minimizer

    @property
    def name(self) -> str:
        """Name of the function."""
        return self._fitted.name

    @property
    def formula(self) -> str:
        """Formula of the function."""
        return self._fitted.formula

    @property
    def macro_code(self) -> str:
        """Formula in macro language."""
        return self._fitted.code

    @property
    def result_string(self) -> str:
        """Report of the fit, as in ImageJ's log."""
        outcome = self._outcome
        return result_string(
            formula=self.formula,
            code=self.macro_code,
            message=self.message,
            failed=self.status is Status.INITIALIZATION_FAILURE,
            completed=outcome.completed_minimizations,
            iterations=self.iterations,
            max_iterations=outcome.max_iterations,
            milliseconds=self._milliseconds,
            sum_residuals_sqr=self.sum_residuals_sqr,
            deviation=self.sd,
            r_squared=self.r_squared,
            params=self.params.tolist(),
        )

    def plot(self) -> Any:
        """Return ImageJ's plot as a matplotlib figure: data, curve, and a legend with the numbers.

        It needs the extra ``fit``.
        """
        from .plot import draw_fitter

        return draw_fitter(self, self._points.x, self._points.y)
