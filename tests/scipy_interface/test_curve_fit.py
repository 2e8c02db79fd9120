"""`curve_fit` beside SciPy's, and what it refuses."""

from __future__ import annotations

import inspect
from typing import Any

import numpy as np
import pytest

from minimizer import curve_fit

T = np.linspace(0.0, 4.0, 30)
RNG = np.random.default_rng(8)
Y = 2.5 * np.exp(-1.3 * T) + 0.5 + 0.05 * RNG.standard_normal(T.size)
SIGMA = 0.03 + 0.02 * RNG.random(T.size)


def decay(t: Any, a: Any, b: Any, c: Any) -> Any:
    return a * np.exp(-b * t) + c


def derivatives(t: Any, a: Any, b: Any, c: Any) -> Any:
    e = np.exp(-b * t)
    return np.column_stack([e, -a * t * e, np.ones_like(t)])


def test_the_arguments_of_scipy_in_their_order() -> None:
    so = pytest.importorskip("scipy.optimize")
    theirs, ours = (list(inspect.signature(f).parameters) for f in (so.curve_fit, curve_fit))
    assert ours == theirs


COVARIANCE = np.diag(SIGMA**2) + 2e-4


@pytest.mark.parametrize("sigma", [None, SIGMA, 0.1, COVARIANCE])
@pytest.mark.parametrize("absolute", [False, True])
@pytest.mark.parametrize("jac", [None, derivatives])
def test_parameters_and_covariance_are_those_of_scipy(sigma: Any, absolute: bool, jac: Any) -> None:
    so = pytest.importorskip("scipy.optimize")
    words = {"sigma": sigma, "absolute_sigma": absolute, "jac": jac}
    each = np.full(T.size, sigma) if np.ndim(sigma) == 0 and sigma is not None else sigma
    right, right_cov = so.curve_fit(decay, T, Y, **words | {"sigma": each})  # SciPy fails with one
    popt, pcov = curve_fit(decay, T, Y, **words)
    assert popt == pytest.approx(right, rel=1e-5)
    assert pcov == pytest.approx(right_cov, rel=1e-3, abs=1e-12)


def test_bounds() -> None:
    so = pytest.importorskip("scipy.optimize")
    bounds = ([0, 0, 0], [3, 1.0, 1])
    right, _ = so.curve_fit(decay, T, Y, bounds=bounds, xtol=1e-14, ftol=1e-14, gtol=1e-14)
    popt, pcov = curve_fit(decay, T, Y, bounds=bounds)
    assert popt == pytest.approx(right, rel=1e-5)
    assert popt[1] == 1.0
    assert pcov[1].tolist() == [0.0, 0.0, 0.0]


def test_full_output_and_the_result() -> None:
    popt, _, info, message, ier = curve_fit(decay, T, Y, full_output=True)
    assert ier in (1, 2, 3, 4)
    assert info["nfev"] == info["result"].nfev
    assert info["fvec"] == pytest.approx(decay(T, *popt) - Y)
    assert message == info["result"].message


def test_nan_is_omitted_or_refused() -> None:
    y = Y.copy()
    y[4] = np.nan
    popt, _ = curve_fit(decay, T, y, nan_policy="omit", sigma=SIGMA)
    keep = np.arange(T.size) != 4
    right, _ = curve_fit(decay, T[keep], Y[keep], sigma=SIGMA[keep])
    assert popt.tolist() == right.tolist()
    for policy in (None, "raise"):
        with pytest.raises(ValueError, match=r"nan|NaN|infs"):
            curve_fit(decay, T, y, nan_policy=policy)


def test_a_covariance_that_data_do_not_determine_is_infinite_with_a_warning() -> None:
    with pytest.warns(Warning, match="Covariance"):
        _, pcov = curve_fit(lambda t, a, b, c, d: decay(t, a * d, b, c), T, Y)
    assert np.isinf(pcov).all()
    with pytest.warns(Warning, match="Covariance"):
        _, pcov = curve_fit(decay, T[:3], Y[:3], [2.0, 1.0, 0.3])
    assert np.isinf(pcov).all()


def test_no_minimum_is_an_error_with_the_result() -> None:
    with pytest.raises(RuntimeError, match="Optimal parameters not found") as caught:
        curve_fit(decay, T, Y, maxfev=5)
    assert caught.value.result.nfev == 5  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    ("words", "text"),
    [
        ({"sigma": np.zeros(30)}, r"sigma\[0\] is 0.0; errors must be positive"),
        ({"sigma": -SIGMA}, "errors must be positive"),
        ({"sigma": SIGMA[:7]}, "incorrect shape"),
        ({"sigma": -COVARIANCE}, "positive definite"),
        ({"nan_policy": "propagate"}, "propagate"),
        ({"args": (1,)}, "args"),
    ],
)
def test_wrong_input_is_refused(words: dict[str, Any], text: str) -> None:
    with pytest.raises(ValueError, match=text):
        curve_fit(decay, T, Y, **words)


def test_the_number_of_parameters_must_be_known_and_not_above_that_of_data() -> None:
    with pytest.raises(ValueError, match="number of fit parameters"):
        curve_fit(lambda t, *p: t * p[0], T, Y)
    with pytest.raises(TypeError, match="number of func parameters=3"):
        curve_fit(decay, T[:2], Y[:2])
