"""Uncertainties: NIST's certified ones, SciPy's, and those that are known analytically."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest

from benchmarks.sets.nist import Regression, datasets
from minimizer.curvature import correlations, covariance, uncertainties

# Digits that double precision allows; the residuals of Lanczos1 are 1e-13.
FEWER = {"Lanczos1": 3.0, "Lanczos2": 5.0, "Lanczos3": 6.0, "Bennett5": 5.5, "MGH10": 6.5}


@pytest.mark.parametrize("name", datasets())
def test_nist_certified_standard_deviations(name: str) -> None:
    row = datasets()[name]
    params = [float(value) for value in row["refined"]]
    found = uncertainties(Regression(name).residuals, params)
    error = abs(found / np.array(row["certified_stdev"]) - 1).max()
    assert -math.log10(error + 1e-12) > FEWER.get(name, 9.0)


def test_scipy_curve_fit_has_the_same_covariance() -> None:
    optimize = pytest.importorskip("scipy.optimize")
    rng = np.random.default_rng(1)
    x = np.linspace(0, 4, 30)
    sigma = 0.02 + 0.02 * x
    y = 2.5 * np.exp(-1.3 * x) + 0.5 + rng.normal(0, sigma)

    def model(t: Any, a: float, b: float, c: float) -> Any:
        return a * np.exp(-b * t) + c

    for absolute in (False, True):
        params, theirs = optimize.curve_fit(
            model, x, y, [2, 1, 0], sigma=sigma, absolute_sigma=absolute, xtol=1e-12, ftol=1e-12
        )
        kind = "weighted residuals" if absolute else "residuals"
        ours = covariance(lambda p: (y - model(x, *p)) / sigma, params, kind=kind)
        np.testing.assert_allclose(ours, theirs, rtol=1e-5)


@pytest.mark.slow
@pytest.mark.parametrize("name", ["BoxBOD", "ENSO", "MGH09", "Thurber", "Misra1a", "Eckerle4"])
def test_scipy_has_the_same_second_derivatives(name: str) -> None:
    """Of the sum of squares, where the residuals are large enough to matter."""
    hessian = pytest.importorskip("scipy.differentiate").hessian
    row, fun = datasets()[name], Regression(name)
    params = np.array([float(value) for value in row["refined"]])
    m, n = len(row["y"]), params.size

    def scaled(u: Any) -> Any:
        flat = u.reshape(n, -1)
        return np.array([fun(params * p) for p in flat.T]).reshape(u.shape[1:])

    theirs = hessian(
        scaled, np.ones(n), initial_step=0.1 if name == "ENSO" else 0.01
    ).ddf / np.outer(params, params)
    expected = 2 * fun(params) / (m - n) * np.linalg.inv(theirs)
    found = covariance(fun, params, kind="squares", n_data=m)
    np.testing.assert_allclose(np.diag(found), np.diag(expected), rtol=1e-4)


def test_a_straight_line_has_the_same_covariance_by_every_convention() -> None:
    """The model has no curvature; the formula is the textbook's."""
    x = np.arange(10.0)
    y = 3.0 + 2.0 * x + np.sin(5.0 * x)
    design = np.column_stack([np.ones(10), x])
    params, (rss,) = np.linalg.lstsq(design, y, rcond=None)[:2]
    inverse = np.linalg.inv(design.T @ design)

    def residuals(p: Any) -> Any:
        return y - design @ p

    def squares(p: Any) -> float:
        return float(residuals(p) @ residuals(p))

    known = {"kind": "squares", "n_data": 10}
    np.testing.assert_allclose(covariance(residuals, params), rss / 8 * inverse, rtol=1e-10)
    np.testing.assert_allclose(covariance(squares, params, **known), rss / 8 * inverse, rtol=1e-8)
    for fun, kind in (
        (residuals, "weighted residuals"),
        (squares, "chi-square"),
        (lambda p: 0.5 * squares(p), "log-likelihood"),
    ):
        np.testing.assert_allclose(covariance(fun, params, kind=kind), inverse, rtol=1e-8)


def test_a_likelihood_of_counts() -> None:
    """The rate of a Poisson process has the variance rate / n."""
    counts = np.array([3.0, 7.0, 4.0, 6.0, 5.0])

    def minus_log(p: Any) -> float:
        return float(p[0] * counts.size - counts.sum() * math.log(p[0]))

    (found,) = uncertainties(minus_log, [5.0], kind="log-likelihood")
    assert found == pytest.approx(1.0, rel=1e-6)


@pytest.mark.parametrize("tilt", [0.9, 0.999999, 1 - 1e-10])
def test_strong_correlations_lose_no_digits(tilt: float) -> None:
    def fun(p: Any) -> float:
        a, b = p[0] - 1.0, 1e-6 * (p[1] - 1e6)
        return float(a * a + b * b - 2 * tilt * a * b)

    cov = covariance(fun, [1.0, 1e6], kind="chi-square")
    expected = 1.0 / (1.0 - tilt * tilt)
    np.testing.assert_allclose(np.diag(cov), [expected, 1e12 * expected], rtol=1e-4)
    assert correlations(cov)[0, 1] == pytest.approx(tilt, rel=1e-6)


@pytest.mark.parametrize("scale", [1e-12, 1.0, 1e12])
def test_units_do_not_matter(scale: float) -> None:
    def fun(p: Any) -> float:
        return float((p[0] / scale) ** 2 + np.cosh(p[0] / scale))

    (found,) = uncertainties(fun, [0.0], kind="chi-square")
    assert found == pytest.approx(scale * math.sqrt(2 / 3), rel=1e-6)


def test_the_function_gets_an_array_of_its_own() -> None:
    def fun(p: Any) -> float:
        value = float(p[0] ** 2 + p[1] ** 2)
        p[:] = 77.0
        return value

    found = uncertainties(fun, [0.0, 0.0], kind="chi-square")
    assert found == pytest.approx([1.0, 1.0])


def linear(p: Any) -> Any:
    return np.array([1.0, 2.0, 4.0]) - p[0]


@pytest.mark.parametrize(
    ("fun", "params", "settings", "message"),
    [
        (linear, [2.0], {"kind": "rms"}, r"kind is 'rms'; it must be one of 'residuals'"),
        (linear, [1.0, 2.0, 3.0], {}, r"3 data points for 3 parameters"),
        (linear, [2.0, 1.0], {}, r"params\[1\] has no influence"),
        (lambda p: linear([p[0] + p[1]]), [1.0, 1.0], {}, r"cannot be told apart"),
        (lambda p: p[0] ** 2, [0.0], {"kind": "squares"}, r"n_data is None"),
        (lambda p: -(p[0] ** 2), [0.0], {"kind": "chi-square"}, "not at a minimum"),
        (lambda p: p[0] * p[1], [0.0, 0.0], {"kind": "chi-square"}, "no influence"),
        (lambda p: math.nan if p[0] else 1.0, [0.0], {"kind": "chi-square"}, "NaN or infinite"),
        (
            lambda p: math.nan if p[0] < 1 else p[0] ** 2,
            [1.0],
            {"kind": "chi-square"},
            "at the edge of a valid region there is none",
        ),
    ],
)
def test_what_has_no_uncertainty_is_refused(
    fun: Any, params: Any, settings: Any, message: str
) -> None:
    with pytest.raises(ValueError, match=message):
        covariance(fun, params, **settings)
