"""`CurveFitter`: its words, what it refuses, and what it says of bad data."""

from __future__ import annotations

import contextlib
import math
import warnings
from typing import Any

import numpy as np
import pytest

from minimizer import CurveFitter, Status
from minimizer.fitting.functions.registry import BY_NUMBER, FUNCTIONS, fit_code, function_of
from minimizer.fitting.macro.tokens import MacroError

X = np.linspace(0.5, 8.0, 16)
LINE = 2.0 + 3.0 * X
PEAK = 1.0 + 4.0 * np.exp(-((X - 3.0) ** 2) / 2.0)


def test_a_function_is_found_by_name_or_number() -> None:
    """Names in any case; ImageJ's getFitCode minds the case."""
    assert len(FUNCTIONS) == len(BY_NUMBER) == len(CurveFitter.fit_list) == 25
    assert sorted(BY_NUMBER) == list(range(25))
    for row in FUNCTIONS:
        assert function_of(row.name.upper()) is function_of(row.number) is row
        assert fit_code(row.name) == row.number
    assert CurveFitter.fit_code("gaussian") == -1
    assert CurveFitter.fit_list[:2] == ("Straight Line", "2nd Degree Polynomial")
    with pytest.raises(ValueError, match="did you mean 'Gaussian'"):
        CurveFitter(X, PEAK).do_fit("gausian")
    with pytest.raises(ValueError, match="0 to 24"):
        CurveFitter(X, PEAK).do_fit(25)


@pytest.mark.slow
def test_a_second_fit_begins_afresh() -> None:
    """In ImageJ it starts from what the first left behind (D7)."""
    for rules in ("imagej", "robust"):
        twice, once = (CurveFitter(X, PEAK, rules=rules) for _ in range(2))
        twice.do_fit("Chapman-Richards")
        twice.do_fit("Gaussian")
        once.do_fit("Gaussian")
        assert twice.params.tolist() == once.params.tolist()
        assert (twice.iterations, twice.evaluations) == (once.iterations, once.evaluations)


@pytest.mark.slow
def test_the_same_fit_has_the_same_bits() -> None:
    first, again = (CurveFitter(X, PEAK + 0.1 * np.sin(9 * X)) for _ in range(2))
    assert first.do_fit("Gaussian") is again.do_fit("Gaussian") is Status.SUCCESS
    assert first.params.tolist() == again.params.tolist()


def test_the_parameters_and_the_sum_of_squares() -> None:
    cf = CurveFitter(X, PEAK)
    assert cf.do_fit(12) is Status.SUCCESS
    np.testing.assert_allclose(cf.params, [1, 5, 3, 1], rtol=1e-6)
    assert cf.get_params().tolist() == [*cf.params.tolist(), cf.sum_residuals_sqr]
    assert cf.f(3.0) == pytest.approx(5.0)
    assert cf.f([[3.0, 3.0]]).shape == (1, 2)
    assert cf.r_squared == pytest.approx(1.0)
    assert "d = 1.0000" in cf.result_string


def test_weights_stay_with_their_points() -> None:
    """ImageJ leaves out a point with NaN, but not its weight (D1): the outlier then counts."""
    y = LINE.copy()
    y[[2, 9]] = math.nan, 100.0
    weights = np.ones_like(X)
    weights[9] = 0.0
    robust, imagej = (CurveFitter(X, y, weights, rules=rules) for rules in ("robust", "imagej"))
    for cf in (robust, imagej):
        cf.do_fit("Straight Line")
    np.testing.assert_allclose(robust.params, [2, 3], rtol=1e-9)
    assert robust.n_left_out == 2
    assert abs(imagej.params[1] - 3.0) > 0.1


def test_tiny_numbers_change_nothing() -> None:
    """ImageJ ends at once, far from the minimum (D2)."""
    plain = CurveFitter(X, PEAK + 0.2 * np.cos(7 * X))
    tiny = CurveFitter(X, 1e-12 * (PEAK + 0.2 * np.cos(7 * X)))
    for cf in (plain, tiny):
        assert cf.do_fit("Gaussian") is Status.SUCCESS
    np.testing.assert_allclose(tiny.params * [1e12, 1e12, 1, 1], plain.params, rtol=1e-4)


def test_an_offset_alone_is_eliminated_rightly() -> None:
    """ImageJ takes the mean of y, whatever the function (D3)."""
    robust, imagej = (CurveFitter(X, LINE, rules=rules) for rules in ("robust", "imagej"))
    for cf in (robust, imagej):
        cf.do_custom_fit(lambda p, x: p[0] + p[1] * x, 2, offset=0)
    np.testing.assert_allclose(robust.params, [2, 3], rtol=1e-4)
    assert imagej.r_squared == pytest.approx(0.0, abs=1e-9)


@pytest.mark.slow
def test_a_gamma_variate_turned_down_can_be_evaluated() -> None:
    """In ImageJ it is fitted, and is then NaN (D4)."""
    y = np.where(X > 1.0, -2.0 * np.maximum(X - 1.0, 0) ** 2 * np.exp(-(X - 1.0) / 0.8), 0.0)
    cf = CurveFitter(X, y)
    assert cf.do_fit("Gamma Variate") is Status.SUCCESS
    np.testing.assert_allclose(cf.f(X), y, atol=1e-4)
    assert cf.params[1] < 0


def test_a_wrong_declaration_is_not_believed() -> None:
    def line(p: Any, x: Any) -> Any:
        return p[0] + p[1] * x**2

    cf = CurveFitter(X, 2 + 3 * X**2)
    with pytest.warns(RuntimeWarning, match="as declared"):
        assert cf.do_custom_fit(line, 2, offset=0, slope=1) is Status.SUCCESS
    np.testing.assert_allclose(cf.params, [2, 3], rtol=1e-3)


@pytest.mark.parametrize(
    ("declared", "message"),
    [
        ({"factor": 0, "slope": 1}, "factor and slope"),
        ({"offset": 1, "factor": 1}, "offset and factor"),
        ({"offset": 2}, "offset is 2"),
    ],
)
def test_impossible_declarations_are_refused(declared: dict[str, int], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        CurveFitter(X, LINE).do_custom_fit(lambda p, x: p[0] + p[1] * x, 2, **declared)


@pytest.mark.parametrize("rules", ["imagej", "robust"])
def test_what_a_function_returns_is_checked(rules: str) -> None:
    cf = CurveFitter(X, LINE, rules=rules)
    with pytest.raises(TypeError, match="returned None at"):
        cf.do_custom_fit(lambda p, x: None, 1)  # type: ignore[arg-type, return-value]
    assert cf.status is Status.INITIALIZATION_FAILURE


@pytest.mark.parametrize("rules", ["imagej", "robust"])
def test_an_exception_has_the_best_parameters_so_far(rules: str) -> None:
    calls = 0

    def fails(p: Any, x: Any) -> Any:
        nonlocal calls
        calls += 1
        if calls > 2000:
            raise ArithmeticError("enough")
        return p[0] + p[1] / (p[2] + float(x))

    with pytest.raises(ArithmeticError) as caught:
        CurveFitter(X, 1 + 2 / (0.3 + X), rules=rules).do_custom_fit(fails, 3)
    best = caught.value.best_params  # type: ignore[attr-defined]
    assert best.shape == (3,)
    assert np.isfinite(best).all()


@pytest.mark.parametrize(
    ("equation", "words"),
    [
        ("y = a - -b*x", "changes a"),
        ("y = a + b*x^2", "exclusive or"),
        ("y = a + c*x", "first letters"),
        ("y = a + 1e*x", "lost"),
        ("y = a b*x", "second statement"),
        ("y = a<x && x<b ? c : d", "belongs to"),
    ],
)
def test_traps_of_equations(equation: str, words: str) -> None:
    """A warning in ImageJ's mode, whose numbers are then as bad as ImageJ's; else a refusal."""
    cf = CurveFitter(X, LINE)
    assert cf.do_equation(equation) is Status.INITIALIZATION_FAILURE
    assert words in cf.message
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        with contextlib.suppress(MacroError):  # "neither 0 nor 1", which is an error in ImageJ, too
            CurveFitter(X, LINE, rules="imagej").do_equation(equation)
    assert any(words in str(each.message) for each in caught)


def test_an_equation_is_data_and_not_code() -> None:
    cf = CurveFitter(X, LINE)
    for text in (
        "y = a + exec(x)",
        "y = a + File.delete(x)",
        "y = __import__(a)*x",
        "y = a*x; run",
    ):
        assert cf.do_equation(text) is Status.INITIALIZATION_FAILURE


@pytest.mark.slow
def test_an_equation_needs_no_start_where_it_is_linear() -> None:
    cf = CurveFitter(X, 3 * np.exp(-0.7 * X) + 1)
    assert cf.do_equation("t = exp(-b*x); y = a*t + c") is Status.SUCCESS
    np.testing.assert_allclose(cf.params, [3, 0.7, 1], rtol=1e-5)
    assert cf.do_equation("if (x<b) y = a; else y = c;") in tuple(Status)


def test_wrong_arguments_are_named() -> None:
    with pytest.raises(ValueError, match="y has 3 elements and x has 16"):
        CurveFitter(X, [1, 2, 3])
    with pytest.raises(ValueError, match=r"weights\[1\] is -1"):
        CurveFitter(X, LINE, np.where(np.arange(16) == 1, -1.0, 1.0))
    with pytest.raises(ValueError, match="rules is 'other'"):
        CurveFitter(X, LINE, rules="other")
    with pytest.raises(ValueError, match="initial_params has 1 element"):
        CurveFitter(X, LINE).do_fit("Gaussian", [1.0])


def test_data_that_determine_nothing() -> None:
    """A sentence, and no success."""
    cf = CurveFitter([1.0, 2.0], [1.0, 2.0])
    assert cf.do_fit("Gaussian") is not Status.SUCCESS
    assert "2 points cannot determine 4 parameters" in cf.message
    cf = CurveFitter([-1.0, 2.0, 3.0], [1.0, 2.0, 3.0])
    assert cf.do_fit("Log") is Status.INITIALIZATION_FAILURE
    assert cf.message == "Cannot fit Log when x<=0"
    assert math.isnan(cf.f(1.0))
    cf = CurveFitter(X, np.full_like(X, 0.1))
    cf.do_fit("Straight Line")
    assert math.isnan(cf.r_squared)
    np.testing.assert_allclose(cf.params, [0.1, 0], atol=1e-12)


def test_a_large_offset_leaves_the_residuals_right() -> None:
    """In ImageJ the sum of squares is rounding noise then (D17)."""
    noise = 0.1 * np.sin(11 * X)
    small, large = CurveFitter(X, PEAK + noise), CurveFitter(X, PEAK + noise + 1e8)
    for cf in (small, large):
        cf.do_fit("Gaussian")
    assert large.sum_residuals_sqr == pytest.approx(small.sum_residuals_sqr, rel=1e-4)


@pytest.mark.slow
def test_the_plot_has_the_curve_and_the_numbers() -> None:
    pytest.importorskip("matplotlib")
    cf = CurveFitter(X, PEAK)
    cf.do_fit("Gaussian")
    (ax,) = cf.plot().axes
    assert len(ax.lines[1].get_xdata()) == 100
    assert "R^2 = 1.0000" in ax.texts[0].get_text()
    cf = CurveFitter([], [])
    cf.do_fit("Gaussian")
    assert "no data" in cf.plot().axes[0].texts[0].get_text()
