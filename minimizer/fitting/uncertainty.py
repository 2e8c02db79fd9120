"""Uncertainties of parameters, from the curvature at the minimum."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from ..common import checks
from ..common.arrays import Array
from ..common.curvature_steps import (
    NOT_A_MINIMUM,
    axes_of,
    jacobian,
    principal,
    rises,
    second_differences,
)

__all__ = ["correlations", "covariance", "uncertainties"]

KINDS = ("residuals", "weighted residuals", "squares", "chi-square", "log-likelihood")


def covariance(
    fun: Callable[[Array], Any],
    params: Any,
    *,
    kind: str = "residuals",
    n_data: int | None = None,
    hessian: Any = None,
) -> Array:
    """Return the covariance matrix of the parameters at a minimum.

    Parameters
    ----------
    fun : callable
        ``fun(params)`` gives residuals (m,) or a number, according to `kind`.
    params : array (n,)
        The minimum, usually the result of a minimization.
    kind : str
        The return value of `fun`, which determines the convention:

        - "residuals": observations minus predictions, all with the same, unknown error. It is
          estimated from the residuals: s² (JᵀJ)⁻¹ with s² = r·r / (m - n).
        - "weighted residuals": residuals divided by their known errors: (JᵀJ)⁻¹.
        - "squares": the sum of squares of `n_data` residuals of unknown error: 2 s² H⁻¹.
        - "chi-square": the sum of squares of weighted residuals: 2 H⁻¹.
        - "log-likelihood": the negative log-likelihood, -log L: H⁻¹.

        J is the matrix of first derivatives of the residuals, H that of second derivatives of the
        number.
    n_data : int, optional
        Number of residuals m, needed only for "squares".
    hessian : array (n, n), optional
        Known second derivatives there, such as `Minimizer.hessian`: where `fun` returns a number
        they spare the search for the steps. They are checked, and the result is as accurate as
        without them.

    Returns
    -------
    ndarray (n, n)
        In the units of the parameters.

    Raises
    ------
    ValueError
        If `kind` is unknown, there are too few data points to estimate their error, a parameter has
        no influence or cannot be distinguished from others, `fun` is NaN beside the minimum, or
        `params` is not at a minimum.

    Notes
    -----
    Derivatives are central differences of fourth order, with steps adapted to the function: a few
    hundredths of the uncertainty. Second derivatives are taken along the principal axes of the
    curvature, so that strongly correlated parameters lose no digits. JᵀJ omits the curvature of the
    model, as NIST's certified values and SciPy's ``curve_fit`` do; H includes it, so that the two
    differ where residuals are large: in most of NIST's 27 regressions by less than 5 %, and by 23 %
    in ENSO. To get the errors of ``curve_fit``, give residuals.

    References
    ----------
    W. H. Press, S. A. Teukolsky, W. T. Vetterling, B. P. Flannery, Numerical Recipes, 3rd ed.,
    Cambridge 2007, sections 15.5 and 15.6.

    Examples
    --------
    >>> import numpy as np
    >>> from minimizer.curvature import covariance
    >>> x = np.array([0.0, 1.0, 2.0, 3.0])
    >>> y = np.array([1.0, 2.9, 5.1, 7.0])
    >>> cov = covariance(lambda p: y - p[0] - p[1] * x, [0.97, 2.02])
    >>> np.sqrt(np.diag(cov)).round(4).tolist()
    [0.0794, 0.0424]
    """
    point = checks.vector("params", params)
    if kind not in KINDS:
        raise ValueError(f"kind is {kind!r}; it must be one of {', '.join(map(repr, KINDS))}")
    if "residuals" in kind:
        return _of_residuals(fun, point, kind == "weighted residuals")
    return _of_number(fun, point, kind, n_data, known_curvature(hessian, point.size))


def uncertainties(
    fun: Callable[[Array], Any],
    params: Any,
    *,
    kind: str = "residuals",
    n_data: int | None = None,
    hessian: Any = None,
) -> Array:
    """Return the standard deviations (n,) of the parameters; arguments as `covariance`.

    Examples
    --------
    The mean of five values of standard deviation 1, from its likelihood:

    >>> from minimizer.curvature import uncertainties
    >>> data = [4.0, 5.0, 6.0, 5.5, 4.5]
    >>> def log_likelihood(p):
    ...     return sum((value - p[0]) ** 2 / 2 for value in data)
    >>> uncertainties(log_likelihood, [5.0], kind="log-likelihood").round(6).tolist()
    [0.447214]
    """
    variances = np.diag(covariance(fun, params, kind=kind, n_data=n_data, hessian=hessian))
    deviations: Array = np.sqrt(variances)
    return deviations


def correlations(cov: Any) -> Array:
    """Return the matrix (n, n) of correlations of a covariance matrix.

    Examples
    --------
    >>> from minimizer.curvature import correlations
    >>> correlations([[4.0, 1.0], [1.0, 1.0]]).tolist()
    [[1.0, 0.5], [0.5, 1.0]]
    """
    matrix = np.asarray(cov, dtype=np.float64)
    deviations = np.sqrt(np.diag(matrix))
    scaled: Array = matrix / np.outer(deviations, deviations)
    return scaled


def residual_variance(residuals: Array, n: int) -> float:
    """Return s² = r·r / (m - n), the square of the residual standard deviation."""
    return float(residuals @ residuals) / _freedom(residuals.size, n)


def _of_residuals(fun: Callable[[Array], Any], point: Array, weighted: bool) -> Array:
    residuals = np.array(fun(point.copy()), dtype=np.float64).ravel()
    variance = 1.0 if weighted else residual_variance(residuals, point.size)
    return variance * inverse_square(jacobian(fun, point, variance))


def inverse_square(j: Array) -> Array:
    """Return (JᵀJ)⁻¹.

    Raises
    ------
    ValueError
        If columns depend on each other within rounding errors.
    """
    sizes = np.sqrt(np.add.reduce(j * j, axis=0))
    r = np.linalg.qr(j / sizes, mode="r")
    if j.shape[0] < j.shape[1] or abs(np.diag(r)).min() < 1e-9:
        shares = abs(np.linalg.svd(j / sizes)[2][-1])
        together = [f"params[{i}]" for i in np.flatnonzero(shares > 0.1 * shares.max())]
        raise ValueError(
            f"{' and '.join(together)} cannot be told apart: changing them together does not "
            "change fun; hold one of them fixed"
        )
    inverse = np.linalg.inv(r) / sizes[:, None]
    result: Array = inverse @ inverse.T
    return result


def known_curvature(hessian: Any, n: int) -> Array | None:
    """Return second derivatives as an array (n, n), None if not given."""
    if hessian is None:
        return None
    array = np.array(hessian, dtype=np.float64)
    if array.shape != (n, n):
        raise ValueError(f"hessian has shape {array.shape}; it must be ({n}, {n}), as params has")
    return array


def _of_number(
    fun: Callable[[Array], Any],
    point: Array,
    kind: str,
    n_data: int | None,
    hessian: Array | None,
) -> Array:
    value = float(fun(point.copy()))
    unit = {"squares": 1.0, "chi-square": 1.0, "log-likelihood": 0.5}[kind]  # at one deviation
    if kind == "squares":
        if n_data is None:
            raise ValueError('n_data is None; kind="squares" needs the number of residuals')
        unit = value / _freedom(checks.integer("n_data", n_data, 1), point.size)
    guess = None if hessian is None else axes_of(hessian, unit)
    if guess is None:
        guess = np.diag(rises(fun, point, unit))
    axes = principal(fun, point, guess, unit)
    fine = second_differences(fun, point, axes)
    coarse = second_differences(fun, point, 2.0 * axes) / 4.0
    h = (4.0 * fine - coarse) / 3.0
    try:
        lower = np.linalg.cholesky(h)
    except np.linalg.LinAlgError:
        raise ValueError(NOT_A_MINIMUM) from None
    half = np.linalg.solve(lower, axes.T)
    cov: Array = 2.0 * unit * (half.T @ half)
    return cov


def _freedom(m: int, n: int) -> int:
    if m <= n:
        raise ValueError(
            f"{m} data points for {n} parameters; estimating errors needs more data points than "
            "parameters"
        )
    return m - n
