"""`CurveFitter`: curve fits with ImageJ's functions, methods and, if requested, numbers."""

from __future__ import annotations

import time
import warnings
from collections.abc import Callable
from dataclasses import replace
from typing import Any, ClassVar

import numpy as np

from ..common import checks
from ..common.arrays import Array
from ..common.status import Status
from .fitter_arguments import linear_of, start_of
from .fitter_results import Evaluation, Fitted, FitterResults
from .functions.arithmetic import JAVA, NUMPY
from .functions.registry import FUNCTIONS, fit_code, function_of
from .functions.row import CurveFunction
from .imagej import fit as imagej
from .macro.equation import Equation
from .outcome import Outcome, nothing
from .points import points_of
from .robust import custom as robust_custom
from .robust import fit as robust
from .robust.search import Limits
from .user_function import at_each

UNNAMED = "(defined in plugin)"


class CurveFitter(FitterResults):
    """Fit a curve to points with ImageJ's functions.

    Parameters
    ----------
    x, y : array (m,)
        Data; pairs with NaN are left out.
    weights : array (m,), optional
        Ideally one over the square of the error of y.
    rules : {"robust", "imagej"}
        "imagej" gives the numbers of ImageJ, with its faults. "robust" fits the same functions from
        better starts, and reports a success only if nothing speaks against it.
    schedule, random_seed, max_iterations, max_restarts, max_rel_error
        As in `minimizer.Minimizer`.

    Attributes
    ----------
    params : ndarray (P,)
        Parameters a, b, c …; NaN if there are none.
    sum_residuals_sqr : float
        Sum of the squared residuals, weighted if there are weights. For "Rodbard (NIH Image)" and
        the fits by linear regression it is that of the exchanged data, or of the logarithms, as are
        `r_squared` and `fit_goodness`.
    r_squared, fit_goodness : float
        Share of the variance that is explained; the second is corrected for the number of
        parameters. Under "robust" NaN if y is constant.
    sd : float
        Standard deviation of the residuals, without weights.
    residuals : ndarray (m,)
    status : Status
    message : str
    iterations, evaluations, completed_minimizations : int
    n_params : int
    n_left_out : int
        Number of pairs without numbers.
    name, formula, macro_code : str
    result_string : str
        The report, as in ImageJ's log.
    initial_params, initial_param_variations : ndarray (P,) or None
        Start of the last fit, linear parameters included; None under "robust".
    minimizer : Minimizer or None
        The minimizer of the last fit, if it needed one.
    fit_list : tuple of str
        Names of the functions, in ImageJ's order.

    Notes
    -----
    Each fit starts afresh; in ImageJ a second fit on the same object starts from leftovers of the
    first.

    References
    ----------
    K. Honour, B. Dougherty, W. Rasband, M. Schmid, ``ij.measure.CurveFitter``, ImageJ 1.54.

    Examples
    --------
    >>> import numpy as np
    >>> from minimizer import CurveFitter
    >>> x = np.linspace(-2, 3, 12)
    >>> cf = CurveFitter(x, 1 + 4 * np.exp(-((x - 0.7) ** 2) / 2))
    >>> cf.do_fit("Gaussian")
    <Status.SUCCESS: 0>
    >>> cf.params.round(6).tolist(), round(cf.f(0.7), 6)
    ([1.0, 5.0, 0.7, 1.0], 5.0)
    """

    fit_list: ClassVar[tuple[str, ...]] = tuple(row.name for row in FUNCTIONS)
    fit_code = staticmethod(fit_code)

    def __init__(
        self,
        x: Any,
        y: Any,
        weights: Any = None,
        *,
        rules: str = "robust",
        schedule: str = "pairs",
        random_seed: int = 0,
        max_iterations: int | None = None,
        max_restarts: int = 2,
        max_rel_error: float = 1e-10,
    ) -> None:
        self._as_imagej = checks.one_of("robust", "imagej")("rules", rules) == "imagej"
        self.rules = rules
        self.schedule = checks.one_of("pairs", "sequential")("schedule", schedule)
        self.random_seed = checks.seed("random_seed", random_seed)
        self.max_iterations = checks.optional(checks.count)("max_iterations", max_iterations)
        self.max_restarts = checks.count("max_restarts", max_restarts)
        self.max_rel_error = max_rel_error
        self._points = points_of(x, y, weights, self._as_imagej)
        self.n_left_out = self._points.left_out
        self._fitted = Fitted("", "", "", 0, lambda params, x: np.full(x.shape, np.nan))
        self._outcome = Outcome(Status.INITIALIZATION_FAILURE, "No fit was made yet.", nothing(0))
        self._milliseconds = 0

    def __repr__(self) -> str:
        return (
            f"<CurveFitter: {self.name or 'no fit'}, {self.status.name}, "
            f"params={self.params.tolist()}, r_squared={self.r_squared:.6g}>"
        )

    def do_fit(self, which: str | int, initial_params: Any = None) -> Status:
        """Fit a built-in function.

        Parameters
        ----------
        which : str or int
            Its name, in any case, or ImageJ's number.
        initial_params : array (P,), optional
            Start. The elements of linear parameters have no influence.

        Raises
        ------
        ValueError
            If there is no such function, or the start has another number of elements.
        """
        row = function_of(which)
        given = start_of(initial_params, row.n_params)

        def value(params: Array, x: Array) -> Array:
            with np.errstate(all="ignore"):
                if self._as_imagej:
                    found = row.value(JAVA, list(params), x)
                else:
                    found = row.turned_value(NUMPY, list(params), x)
            return np.array(np.broadcast_to(found, x.shape), dtype=np.float64)

        self._fitted = _named(row, value)
        if self._as_imagej:
            status = self._take(lambda: imagej.fit_function(row, self._points, self._imagej(given)))
            internal = row.fitted.number
            if (
                self._outcome.variation is None and internal is not None
            ):  # D9: ImageJ does not go back
                self._fitted = _named(function_of(internal), value)
            return status
        return self._take(lambda: robust.fit_function(row, self._points, given, self._limits))

    def do_custom_fit(
        self,
        fun: Callable[[Array, Any], Any],
        n_params: int,
        initial_params: Any = None,
        initial_param_variations: Any = None,
        offset: int | None = None,
        factor: int | None = None,
        slope: int | None = None,
        formula: str = UNNAMED,
    ) -> Status:
        """Fit a custom function.

        Parameters
        ----------
        fun : callable
            ``fun(params, x) -> float``. Under "robust" it is called with an array x if it can take
            one and then returns an array.
        n_params : int
            P.
        initial_params : array (P,), optional
            Start; ones if not given. Under "robust" other starts are tried, too.
        initial_param_variations : array (P,), optional
            Size of the first simplex; under "imagej" checked and ignored, as in ImageJ.
        offset, factor, slope : int, optional
            Indices of linear parameters, which are then found by regression:
            ``f = p[offset] + p[factor] * g(x)`` or ``f = p[offset] + p[slope] * x + g(x)``.
        formula : str
            For the report.

        Raises
        ------
        ValueError, TypeError
            If both a factor and a slope are given, or one index twice; if `fun` does not return
            real numbers.
        """
        n = checks.integer("n_params", n_params, 1)
        fun = checks.function("fun", fun)
        linear = linear_of(n, offset, factor, slope)
        given = start_of(initial_params, n)
        sizes = start_of(initial_param_variations, n, "initial_param_variations")
        x = self._points.x
        self._fitted = Fitted("User-defined", formula, formula, n, lambda p, x: at_each(fun, p, x))
        if self._as_imagej:
            return self._take(
                lambda: imagej.fit_user_function(
                    lambda p: at_each(fun, p, x), n, linear, self._points, self._imagej(given)
                )
            )
        return self._take(
            lambda: robust_custom.fit_user_function(
                fun, n, linear, self._points, given, sizes, self._limits
            )
        )

    def do_equation(self, equation: str, initial_params: Any = None) -> Status:
        """Fit an equation in ImageJ's macro language, such as ``y = a + b*exp(-c*x)``.

        It is parsed and never run as code. The parameters are the first of the letters a to f.

        Parameters
        ----------
        equation : str
            One statement or several, which assign y.
        initial_params : array (P,), optional
            Start; ones if not given.

        Raises
        ------
        ValueError
            If it cannot be evaluated, for example because a condition is neither 0 nor 1.

        Warns
        -----
        RuntimeWarning
            Under "imagej" if ImageJ reads the equation differently from people. Under
            "robust" such an equation is refused: the status and the message say so.
        """
        parsed = Equation(equation)
        n, m = parsed.n_params, JAVA if self._as_imagej else NUMPY
        self._fitted = Fitted(
            "User-defined", equation, equation, n, lambda p, x: parsed.values(p, x, m)
        )
        given = start_of(initial_params, n) if n else None
        if not self._as_imagej:
            return self._take(
                lambda: robust_custom.fit_equation(parsed, self._points, given, self._limits)
            )
        for trap in parsed.traps:
            warnings.warn(f"{equation!r}: {trap}", RuntimeWarning, stacklevel=2)
        settings = replace(self._imagej(given), schedule="sequential")
        return self._take(lambda: imagej.fit_equation(parsed, self._points, settings))

    def _imagej(self, given: Array | None) -> imagej.Settings:
        limit = checks.real("max_rel_error", self.max_rel_error)
        return imagej.Settings(
            initial_params=given,
            max_rel_error=min(max(limit, 1e-16), 0.1),
            max_restarts=self.max_restarts,
            max_iterations=self.max_iterations,
            random_seed=self.random_seed,
            schedule=self.schedule,
        )

    @property
    def _limits(self) -> Limits:
        return Limits(
            max_rel_error=checks.limit("max_rel_error", self.max_rel_error),
            max_iterations=self.max_iterations,
            max_restarts=self.max_restarts,
            random_seed=self.random_seed,
            schedule=self.schedule,
        )

    def _take(self, fit: Callable[[], Outcome]) -> Status:
        """Make a fit, and keep its result."""
        self._outcome = Outcome(
            Status.INITIALIZATION_FAILURE, "The fit did not end.", nothing(self.n_params)
        )
        begin = time.perf_counter()
        self._outcome = fit()
        self._milliseconds = round(1000.0 * (time.perf_counter() - begin))
        return self.status


def _named(row: CurveFunction, value: Evaluation) -> Fitted:
    return Fitted(row.name, row.formula, row.code, row.n_params, value)
