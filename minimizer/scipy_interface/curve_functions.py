"""`curve_fit`: SciPy's signature, only translated."""

from __future__ import annotations

import inspect
import warnings
from collections.abc import Callable
from typing import Any

import numpy as np

from ..common import checks
from ..common.arrays import Array
from .options import optimize_warning
from .residual_functions import least_squares

LEASTSQ = {"maxfev": "max_nfev", "epsfcn": None, "factor": None, "diag": None, "col_deriv": None}


def curve_fit(
    f: Callable[..., Any],
    xdata: Any,
    ydata: Any,
    p0: Any = None,
    sigma: Any = None,
    absolute_sigma: bool = False,
    check_finite: bool | None = None,
    bounds: Any = (-np.inf, np.inf),
    method: str | None = None,
    jac: Any = None,
    *,
    full_output: bool = False,
    nan_policy: str | None = None,
    **kwargs: Any,
) -> Any:
    """Fit a model to data by least squares, as ``scipy.optimize.curve_fit``.

    Parameters
    ----------
    f : callable
        ``f(xdata, *params) -> predictions``, as many as `ydata`.
    xdata : any
        Passed to `f`; lists and arrays become arrays of float64.
    ydata : array (m,)
        Data.
    p0 : array (n,), optional
        Start; by default ones, or the middle between bounds.
    sigma : float, array (m,) or array (m, m), optional
        Errors of the data, or their covariance matrix.
    absolute_sigma : bool
        Whether `sigma` are the errors themselves; if not, the residuals determine their size.
    check_finite : bool, optional
        Whether data that are not finite are refused; by default unless `nan_policy` is given.
    bounds : (lower, upper) or scipy.optimize.Bounds
        Numbers or arrays (n,).
    method : {None, "auto", "trf", "dogbox", "lm"}
        As in `least_squares`; None is "auto".
    jac : callable or str, optional
        ``jac(xdata, *params) -> array (m, n)``, or differences as in `least_squares`.
    full_output : bool
        Whether to return `infodict`, `mesg` and `ier`, too.
    nan_policy : {None, "raise", "omit"}
        What to do with NaN in the data.
    **kwargs
        Further arguments of `least_squares`.

    Returns
    -------
    popt : ndarray (n,)
    pcov : ndarray (n, n)
        Covariance; infinite, with a warning, if the data do not determine it.
    infodict : dict
        `nfev`, `fvec`, `result` (everything that `least_squares` returns).
    mesg : str
    ier : int
        1 to 4.

    Raises
    ------
    RuntimeError
        If no minimum was found; the exception has the result as `result`.
    ValueError, TypeError
        If an argument is wrong.

    Examples
    --------
    >>> import numpy as np
    >>> from minimizer import curve_fit
    >>> t = np.array([0.0, 1.0, 2.0, 3.0, 4.0])
    >>> y = np.array([5.02, 3.05, 1.83, 1.12, 0.66])
    >>> popt, pcov = curve_fit(lambda t, a, b: a * np.exp(-b * t), t, y)
    >>> popt.round(3).tolist(), np.sqrt(np.diag(pcov)).round(3).tolist()
    ([5.024, 0.503], [0.011, 0.002])
    """
    if "args" in kwargs:
        raise ValueError("'args' is not a supported keyword argument.")
    n = _number_of_params(f) if p0 is None else np.atleast_1d(p0).size
    start = _middle(bounds, n) if p0 is None else p0
    x, y, sigma = _data(xdata, ydata, sigma, check_finite, nan_policy)
    if 1 < y.size < n and method in (None, "lm"):
        raise TypeError(
            f"The number of func parameters={n} must not exceed the number of data points="
            f"{y.size}: hold some, or give method='trf' to get one of many results"
        )
    whiten = whitening(sigma, y.size)

    def residuals(params: Array) -> Any:
        return whiten(np.asarray(f(x, *params)) - y)

    def derivatives(params: Array) -> Any:
        return whiten(np.asarray(jac(x, *params), dtype=np.float64))

    for name, new in LEASTSQ.items():
        value = kwargs.pop(name, None)
        if new is not None and value:
            kwargs.setdefault(new, value)
    result = least_squares(
        residuals,
        start,
        jac=derivatives if callable(jac) else jac or "2-point",
        bounds=bounds,
        method=method or "auto",
        **kwargs,
    )
    if not result.success:
        error = RuntimeError(f"Optimal parameters not found: {result.message}")
        error.result = result  # type: ignore[attr-defined]
        raise error
    pcov = _covariance(result, absolute_sigma)
    if not full_output:
        return result.x, pcov
    info = {"nfev": result.nfev, "fvec": result.fun, "result": result}
    return result.x, pcov, info, result.message, result.status


def _covariance(result: Any, absolute: bool) -> Array:
    """Return the covariance; infinite if there is none, with SciPy's warning."""
    m, n = result.fun.size, result.x.size
    free = result.active_mask == 0
    scale = 1.0
    if absolute or m <= n:
        J = result.jac[:, free]
        cov = np.full((n, n), np.nan)
        if not result.degenerate and m >= free.sum():
            half = np.linalg.pinv(J)
            cov[np.ix_(free, free)] = half @ half.T
        if not absolute:
            cov[:] = np.nan
    else:
        cov = scale * result.covariance
    held = ~free & np.isnan(np.diag(cov))
    cov[held, :] = cov[:, held] = 0.0
    if np.isnan(cov).any():
        warnings.warn(
            "Covariance of the parameters could not be estimated", optimize_warning(), stacklevel=3
        )
        cov = np.full((n, n), np.inf)
    return cov


def _number_of_params(f: Callable[..., Any]) -> int:
    """Return how many parameters a model has besides its data."""
    try:
        parameters = inspect.signature(f).parameters.values()
    except (TypeError, ValueError):
        parameters = ()  # type: ignore[assignment]
    kinds = (inspect.Parameter.POSITIONAL_ONLY, inspect.Parameter.POSITIONAL_OR_KEYWORD)
    number = sum(parameter.kind in kinds for parameter in parameters) - 1
    if number < 1:
        raise ValueError("Unable to determine number of fit parameters: give a start, p0")
    return number


def _middle(bounds: Any, n: int) -> Array:
    """Return ones, the middle between two bounds, or a unit within one."""
    sides = (bounds.lb, bounds.ub) if hasattr(bounds, "lb") else bounds
    lower, upper = (np.broadcast_to(np.asarray(side, dtype=np.float64), (n,)) for side in sides)
    start = np.ones(n)
    low, high = np.isfinite(lower), np.isfinite(upper)
    start[low & high] = 0.5 * (lower[low & high] + upper[low & high])
    start[low & ~high] = lower[low & ~high] + 1.0
    start[~low & high] = upper[~low & high] - 1.0
    return start


def _data(
    xdata: Any, ydata: Any, sigma: Any, check_finite: bool | None, nan_policy: str | None
) -> tuple[Any, Array, Any]:
    """Return the data and their errors, checked, without NaN if these are to be omitted."""
    if nan_policy not in (None, "raise", "omit"):
        raise ValueError(
            "`nan_policy='propagate'` is not supported by this function."
            if nan_policy == "propagate"
            else "nan_policy must be one of {None, 'raise', 'omit'}"
        )
    strict = nan_policy is None if check_finite is None else check_finite
    y = np.asarray_chkfinite(ydata, float) if strict else np.asarray(ydata, float)
    x = xdata
    if isinstance(xdata, list | tuple | np.ndarray):
        x = np.asarray_chkfinite(xdata, float) if strict else np.asarray(xdata, float)
    if y.size == 0:
        raise ValueError("`ydata` must not be empty!")
    if strict or nan_policy is None:
        return x, y, sigma
    missing = np.isnan(y)
    if isinstance(x, np.ndarray):
        missing = missing | np.isnan(x).any(axis=tuple(range(x.ndim - 1)))
    if missing.any() and nan_policy == "raise":
        raise ValueError("The input contains nan values")
    if missing.any():
        y = y[~missing]
        x = x[..., ~missing] if isinstance(x, np.ndarray) else x
        if sigma is not None:
            sigma = np.asarray(sigma)
            sigma = sigma[np.ix_(*[~missing] * sigma.ndim)] if sigma.ndim else sigma
    return x, y, sigma


def whitening(sigma: Any, m: int) -> Callable[[Array], Array]:
    """Return a function that divides residuals (m,) or their derivatives (m, n) by their errors."""
    if sigma is None:
        return lambda r: r
    errors = np.asarray(sigma, dtype=np.float64)
    if errors.size == 1 or errors.shape == (m,):
        for i in np.flatnonzero(~(errors > 0.0)):
            raise ValueError(f"sigma[{i}] is {errors.ravel()[i]}; errors must be positive")
        return lambda r: r / (errors if r.ndim == 1 or errors.size == 1 else errors[:, None])
    if errors.shape != (m, m):
        raise ValueError(
            f"`sigma` has incorrect shape: {errors.shape}; it must be (), ({m},) or ({m}, {m})"
        )
    checks.vector("sigma", errors.ravel())
    try:
        lower = np.linalg.cholesky(errors)
    except np.linalg.LinAlgError:
        raise ValueError("`sigma` must be positive definite.") from None
    return lambda r: np.asarray(np.linalg.solve(lower, r))
