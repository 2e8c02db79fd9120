"""`CurveFitter`: curve fits with ImageJ's functions, words and, if wanted, numbers."""

from __future__ import annotations

import time
import warnings
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any, ClassVar

import numpy as np

from ..common import checks
from ..common.arrays import Array
from ..common.status import Status
from ..minimizer import Minimizer
from . import statistics
from .functions.arithmetic import JAVA, NUMPY
from .functions.registry import FUNCTIONS, fit_code, function_of
from .functions.row import CurveFunction, Linear
from .imagej import fit as imagej
from .imagej.text import result_string
from .macro.equation import Equation
from .outcome import Outcome, nothing
from .points import points_of
from .robust import custom as robust_custom
from .robust import fit as robust
from .robust.search import Limits
from .user_function import at_each

UNNAMED = "(defined in plugin)"
Evaluation = Callable[[Array, Array], Array]


@dataclass(frozen=True)
class Fitted:
    """The function of a fit: its names, and its values at any x."""

    name: str
    formula: str
    code: str
    n_params: int
    value: Evaluation


class CurveFitter:
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
        What the last fit started from, those of linear parameters included; under "robust" None.
    minimizer : Minimizer or None
        That of the last fit, if it needed one.
    fit_list : tuple of str
        Names of the functions, in ImageJ's order.

    Notes
    -----
    Each fit is made afresh; in ImageJ a second one on the same object starts from what the first
    left behind.

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

    # The three fits.

    def do_fit(self, which: str | int, initial_params: Any = None) -> Status:
        """Fit a built-in function.

        Parameters
        ----------
        which : str or int
            Its name, in any case, or ImageJ's number.
        initial_params : array (P,), optional
            Start. Those of linear parameters have no influence.

        Raises
        ------
        ValueError
            If there is no such function, or the start has another number of elements.
        """
        row = function_of(which)
        given = _start(initial_params, row.n_params)

        def value(params: Array, x: Array) -> Array:
            with np.errstate(all="ignore"):
                found = row.value(JAVA if self._as_imagej else NUMPY, list(params), x)
            return np.array(np.broadcast_to(found, x.shape), dtype=np.float64)

        self._fitted = Fitted(**_names(row), n_params=row.n_params, value=value)
        if self._as_imagej:
            status = self._take(
                lambda: imagej.fit_function(row, self._imagej_data, self._imagej(given))
            )
            internal = row.fitted.number
            if self._outcome.variation is None and internal is not None:  # D9: ImageJ does not go back
                self._fitted = replace(self._fitted, **_names(function_of(internal)))
            return status
        return self._take(lambda: robust.fit_function(row, self._data, given, self._limits))

    def do_custom_fit(
        self,
        fun: Callable[[Array, Any], Any],
        n_params: int,
        initial_params: Any = None,
        initial_param_variations: Any = None,
        *,
        offset: int | None = None,
        factor: int | None = None,
        slope: int | None = None,
        formula: str = UNNAMED,
    ) -> Status:
        """Fit a function of your own.

        Parameters
        ----------
        fun : callable
            ``fun(params, x) -> float``. Under "robust" it is called with an array x if it can take
            one and then returns an array.
        n_params : int
            P.
        initial_params : array (P,), optional
            Start; ones if not given. Under "robust" other places are tried, too.
        initial_param_variations : array (P,), optional
            Size of the first simplex. Under "imagej" they are checked and ignored (D6 of the guide).
        offset, factor, slope : int, optional
            Indices of linear parameters, which are then found by regression:
            ``f = p[offset] + p[factor] * g(x)`` or ``f = p[offset] + p[slope] * x + g(x)``.
        formula : str
            For the report.

        Raises
        ------
        ValueError, TypeError
            If both a factor and a slope are given, or one index twice; if `fun` does not return real
            numbers.
        """
        n = checks.integer("n_params", n_params, 1)
        fun = checks.function("fun", fun)
        linear = _linear(n, offset, factor, slope)
        given = _start(initial_params, n)
        sizes = _start(initial_param_variations, n, "initial_param_variations")
        x = self._points.x
        self._fitted = Fitted("User-defined", formula, formula, n, lambda p, x: at_each(fun, p, x))
        if self._as_imagej:
            return self._take(
                lambda: imagej.fit_user_function(
                    lambda p: at_each(fun, p, x), n, linear, self._imagej_data, self._imagej(given)
                )
            )
        return self._take(
            lambda: robust_custom.fit_user_function(
                fun, n, linear, self._data, given, sizes, self._limits
            )
        )

    def do_equation(self, equation: str, initial_params: Any = None) -> Status:
        """Fit an equation in ImageJ's macro language, such as ``y = a + b*exp(-c*x)``.

        It is parsed, and never run as code. The parameters are the first of the letters a to f.

        Parameters
        ----------
        equation : str
        initial_params : array (P,), optional
            Start; ones if not given.

        Warns
        -----
        RuntimeWarning
            Under "imagej" if ImageJ reads the equation in another way than people do; under "robust"
            such an equation is refused: the status and the message say so.

        Raises
        ------
        ValueError
            If it cannot be evaluated, as where a condition is neither 0 nor 1.
        """
        parsed = Equation(equation)
        n = parsed.n_params
        m = JAVA if self._as_imagej else NUMPY
        self._fitted = Fitted("User-defined", equation, equation, n, lambda p, x: parsed.values(p, x, m))
        given = _start(initial_params, n) if n else None
        if self._as_imagej:
            return self._take(lambda: self._equation_as_imagej(parsed, given))
        wrong = parsed.error or (parsed.traps[0] if parsed.traps else "")
        if wrong:
            message = f"{equation!r} is refused: {wrong}."
            return self._take(
                lambda: Outcome(Status.INITIALIZATION_FAILURE, message, nothing(n))
            )
        return self._take(
            lambda: robust_custom.fit_equation(parsed, self._data, given, self._limits)
        )

    def _equation_as_imagej(self, parsed: Equation, given: Array | None) -> Outcome:
        for trap in parsed.traps:
            warnings.warn(f"{parsed.text!r}: {trap}", RuntimeWarning, stacklevel=5)
        if not parsed.n_params:
            message = imagej.MESSAGES[Status.INITIALIZATION_FAILURE]
            return Outcome(Status.INITIALIZATION_FAILURE, message, nothing(0))
        settings = replace(self._imagej(given), schedule="sequential")
        return imagej.fit_user_function(
            lambda p: parsed.values(p, self._points.x),
            parsed.n_params,
            Linear(),
            self._imagej_data,
            settings,
        )

    # Results.

    @property
    def params(self) -> Array:
        """Parameters (P,), NaN if there are none."""
        return self._outcome.params.copy()

    def get_params(self) -> Array:
        """Return the parameters and, behind them, the sum of squares, as ImageJ's ``getParams``."""
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
        """What R² compares with; under "robust" None if y is constant, so that there is no R²."""
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
        """What the last fit started from."""
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

        It needs the extra ``plot``.
        """
        from .plot import draw_fitter

        return draw_fitter(self, self._points.x, self._points.y)

    # How.

    @property
    def _data(self) -> robust.Data:
        return robust.Data(self._points.x, self._points.y, self._points.weights)

    @property
    def _imagej_data(self) -> imagej.Data:
        return imagej.Data(self._points.x, self._points.y, self._points.weights)

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
        """Make a fit, and keep what it came to."""
        self._outcome = Outcome(
            Status.INITIALIZATION_FAILURE, "The fit did not end.", nothing(self.n_params)
        )
        begin = time.perf_counter()
        self._outcome = fit()
        self._milliseconds = round(1000.0 * (time.perf_counter() - begin))
        return self.status


def _names(row: CurveFunction) -> dict[str, str]:
    return {"name": row.name, "formula": row.formula, "code": row.code}


def _start(given: Any, n: int, name: str = "initial_params") -> Array | None:
    """Check numbers of all parameters."""
    if given is None:
        return None
    array = checks.vector(name, given)
    if array.size != n:
        raise ValueError(f"{name} has {array.size} elements; it must have {n}, one per parameter")
    return array


def _linear(n: int, offset: int | None, factor: int | None, slope: int | None) -> Linear:
    """Check the indices of linear parameters."""
    if factor is not None and slope is not None:
        raise ValueError("factor and slope are both given; at most one of them can be")
    indices = {"offset": offset, "factor": factor, "slope": slope}
    found = {}
    for name, index in indices.items():
        if index is not None:
            found[name] = checks.integer(name, index, 0)
            if found[name] >= n:
                raise ValueError(f"{name} is {index}; the last parameter has the index {n - 1}")
    if len(set(found.values())) < len(found):
        raise ValueError(f"{' and '.join(found)} are the same parameter; they must be different")
    return Linear(**found)
