"""`fit_curve` and `best_fit`, judged by NIST's certified values and by formulas."""

from __future__ import annotations

import itertools
import math
from typing import Any

import numpy as np
import pytest

from benchmarks.sets.nist import datasets
from minimizer import CurveFitter, Status, best_fit, fit_curve
from minimizer.fitting.expression import CONSTANTS, FUNCTIONS, Expression
from minimizer.fitting.robust.linearity import linear_params

X = np.linspace(0.0, 6.0, 25)
DECAY = 3.0 * np.exp(-0.7 * X) + 1.0 + 0.01 * (-1.0) ** np.arange(25)


@pytest.mark.parametrize(
    ("name", "function"),
    [
        ("Misra1a", "Exponential Recovery (no offset)"),
        ("BoxBOD", "Exponential Recovery (no offset)"),
        ("DanWood", "Power"),
        ("Eckerle4", "Gaussian (no offset)"),
    ],
)
def test_nist_by_name_and_without_a_start(name: str, function: str) -> None:
    """Eckerle4 has the area as its factor: the height is that over its width."""
    row = datasets()[name]
    certified, x = row["certified"], np.array(row["x"], float).ravel()
    wanted = certified
    if name == "Eckerle4":
        wanted = [certified[0] / certified[1], certified[2], certified[1]]
    fit = fit_curve(x, row["y"], function)
    assert fit.status is Status.SUCCESS
    np.testing.assert_allclose(fit.params, wanted, rtol=1e-6)
    assert fit.rss == pytest.approx(row["certified_rss"], rel=1e-8)
    if name != "Eckerle4":
        np.testing.assert_allclose(fit.uncertainties, row["certified_stdev"], rtol=1e-5)
    cf = CurveFitter(x, row["y"])
    assert cf.do_fit(function) is Status.SUCCESS
    np.testing.assert_allclose(cf.params, wanted, rtol=1e-4)


MANY_EVALUATIONS = ("ENSO", "Gauss", "Hahn", "Lanczos", "Thurber")


def run_formulas_as_python(monkeypatch: pytest.MonkeyPatch) -> None:
    """Evaluate formulas as Python code, in a fraction of asteval's time; and as it does, at times.

    Of the first and every thousandth evaluation of a formula both must give the same bits.
    """
    walked, codes = Expression.__call__, {}

    def run(expression: Expression, values: dict[str, Any]) -> Any:
        if expression.text not in codes:
            code = compile(expression.text.replace("^", "**").strip(), "formula", "eval")
            codes[expression.text] = code, itertools.count()
        code, count = codes[expression.text]
        with np.errstate(all="ignore"):
            found = eval(code, {"__builtins__": {}}, FUNCTIONS | CONSTANTS | dict(values))
        if isinstance(found, np.ndarray) and next(count) % 1000 == 0:  # else it is traced
            np.testing.assert_array_equal(found, walked(expression, values))
        return found

    monkeypatch.setattr(Expression, "__call__", run)


@pytest.mark.slow
@pytest.mark.parametrize("name", sorted(set(datasets()) - {"Nelson"}))
def test_nist_by_formula_and_without_a_start(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """A success has the certified sum of squares; one that is not found is none."""
    pytest.importorskip("asteval")
    if name.startswith(MANY_EVALUATIONS):
        run_formulas_as_python(monkeypatch)
    row = datasets()[name]
    y = np.array(row["y"]) if row["response"] == "y" else np.log(row["y"])
    fit = fit_curve(np.array(row["x"], float).ravel(), y, row["formula"])
    if fit.status is Status.SUCCESS:
        assert fit.rss <= float(row["refined_rss"]) * (1 + 1e-4) + 1e-15
    else:
        assert name == "Gauss2"


def test_a_name_a_formula_and_a_function_give_the_same() -> None:
    pytest.importorskip("asteval")

    def decay(x: Any, a: float, b: float, c: float) -> Any:
        return a * np.exp(-b * x) + c

    fits = [
        fit_curve(X, DECAY, function)
        for function in ("exponential with offset", 11, "a*exp(-b*x)+c", "y = a*exp(-b*x)+c", decay)
    ]
    for fit in fits:
        assert fit.status is Status.SUCCESS
        assert fit.names == ["a", "b", "c"]
        np.testing.assert_allclose(fit.params, fits[0].params, rtol=1e-5)
        np.testing.assert_allclose(fit.uncertainties, fits[0].uncertainties, rtol=1e-3)
    assert fits[0]["b"] == fits[0].values["b"] == fits[0].params[1]
    assert fits[0].f(0.0) == pytest.approx(4.0, abs=0.02)


@pytest.mark.slow
def test_uncertainties_and_weights_are_those_of_scipy() -> None:
    optimize = pytest.importorskip("scipy.optimize")
    sigma = 0.01 + 0.002 * X
    for absolute in (False, True):
        params, cov = optimize.curve_fit(
            lambda x, a, b, c: a * np.exp(-b * x) + c,
            X,
            DECAY,
            [3, 0.7, 1],
            sigma=sigma,
            absolute_sigma=absolute,
            ftol=1e-13,
            xtol=1e-13,
        )
        fit = fit_curve(X, DECAY, 11, sigma=sigma, absolute_sigma=absolute)
        np.testing.assert_allclose(fit.params, params, rtol=1e-6)
        np.testing.assert_allclose(fit.uncertainties, np.sqrt(np.diag(cov)), rtol=1e-4)


def test_bounds_and_fixed_parameters() -> None:
    fit = fit_curve(X, DECAY, "Exponential with Offset", bounds={"c": (1.1, None)})
    assert fit["c"] == 1.1
    assert math.isnan(fit.uncertainties[2])
    fit = fit_curve(X, DECAY, "Exponential with Offset", fixed={"b": 0.7})
    assert fit["b"] == 0.7
    assert fit["a"] == pytest.approx(3.0, abs=0.02)
    assert math.isnan(fit.uncertainties[1])
    assert fit.freedom == 23


def test_pairs_without_numbers_are_left_out_and_counted() -> None:
    y = DECAY.copy()
    y[[3, 7]] = math.nan, math.inf
    fit = fit_curve(X, y, "Exponential with Offset")
    assert (fit.n_left_out, fit.residuals.size) == (2, 23)
    assert "23 points, 2 left out" in fit.summary()
    assert "<table>" in fit._repr_html_()


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("gausian",), "did you mean 'Gaussian'"),
        (("Power (linear regression)",), "use 'Power'"),
        ((lambda x: x,), "arguments"),
    ],
)
def test_wrong_functions_are_named(arguments: Any, message: str) -> None:
    with pytest.raises((ValueError, TypeError), match=message):
        fit_curve(X, DECAY, *arguments)


def test_wrong_names_and_errors_are_named() -> None:
    with pytest.raises(ValueError, match="bounds has 'z'"):
        fit_curve(X, DECAY, 11, bounds={"z": (0, 1)})
    with pytest.raises(ValueError, match="the lower must come first"):
        fit_curve(X, DECAY, 11, bounds={"a": (2, 1)})
    with pytest.raises(ValueError, match=r"sigma\[0\] is 0"):
        fit_curve(X, DECAY, 11, sigma=X)


@pytest.mark.slow
def test_a_peak_is_found_wherever_it_is() -> None:
    """Position and width of the largest excursion, from 1e-6 to 1e6 of the unit."""
    rng = np.random.default_rng(1)
    for unit in (1e-6, 1.0, 1e6):
        for at, width in ((0.9, 0.5), (4.0, 0.15), (5.8, 1.5)):
            y = 2 + 3 * np.exp(-(((X - at) / width) ** 2) / 2) + 0.02 * rng.normal(size=X.size)
            fit = fit_curve(unit * (X - 3), y, "Gaussian")
            assert fit.status is Status.SUCCESS
            np.testing.assert_allclose(fit.params[2:], [unit * (at - 3), unit * width], rtol=0.3)


def test_linear_parameters_are_recognized() -> None:
    def value(p: Any) -> Any:
        a, b, c, d, e = p
        return (b - a) * np.exp(-c * X) / d + a + e**2

    assert linear_params(value, 5, range(5)) == [0, 1]
    assert linear_params(lambda p: p[0] * p[1] * X, 2, range(2)) == [0]
    assert linear_params(lambda p: 1.0 if p[0] > 0 else p[0], 1, range(1)) == []


def test_the_function_that_the_data_were_made_of_ranks_first() -> None:
    """R² alone would prefer the polynomial of degree 8."""
    rng = np.random.default_rng(3)
    y = 2 - 0.5 * X + 0.1 * rng.normal(size=X.size)
    ranking = best_fit(X, y, [0, 1, 3, 17, 20])
    assert ranking.fits[0][0] == "Straight Line"
    squares = [fit.r_squared for _, fit in ranking.fits]
    assert max(squares) > ranking.best.r_squared
    assert "Straight Line" in str(ranking).splitlines()[1]


def test_a_fit_that_is_no_success_ranks_last() -> None:
    ranking = best_fit(X[:5], DECAY[:5], ["8th Degree Polynomial", "Straight Line"])
    assert [name for name, _ in ranking.fits] == ["Straight Line", "8th Degree Polynomial"]
    assert ranking.fits[1][1].status is not Status.SUCCESS


def test_a_plot_is_a_figure() -> None:
    pytest.importorskip("matplotlib")
    assert len(fit_curve(X, DECAY, 11).plot().axes) == 2
