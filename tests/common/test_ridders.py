"""Derivatives with estimates of their errors, beside analytic ones."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from minimizer.derivatives import gradient, hessian, jacobian


def fun(x: Any) -> Any:
    return np.array([np.exp(x[0]) * np.sin(x[1]), x[0] * x[1] ** 3])


@given(st.floats(-2, 2), st.floats(-2, 2))
def test_first_derivatives_are_within_their_errors(a: float, b: float) -> None:
    value, error = jacobian(fun, [a, b])
    right = np.array([[np.exp(a) * np.sin(b), np.exp(a) * np.cos(b)], [b**3, 3 * a * b**2]])
    assert value == pytest.approx(right, abs=2e-9)
    assert (abs(value - right) <= 100 * error + 1e-12).all()


def test_gradient_and_second_derivatives_of_rosenbrock() -> None:
    def rosenbrock(x: Any) -> Any:
        return 100 * (x[1] - x[0] ** 2) ** 2 + (1 - x[0]) ** 2

    x = [-1.2, 1.0]
    value, error = gradient(rosenbrock, x)
    assert value == pytest.approx([-215.6, -88.0], rel=1e-10)
    assert (error < 1e-6).all()
    value, error = hessian(rosenbrock, x)
    assert value == pytest.approx(np.array([[1330.0, 480.0], [480.0, 200.0]]), rel=1e-7)
    assert (error < 1e-3).all()


def test_a_kink_is_seen_in_the_error() -> None:
    _, error = gradient(lambda x: abs(x[0] - 1.0) ** 1.5, [1.0 + 1e-4])
    assert error[0] > 1e-6


def test_where_nothing_is_finite_nothing_is_known() -> None:
    value, error = gradient(lambda x: np.nan, [1.0])
    assert np.isnan([*value, *error]).all()


@pytest.mark.parametrize("words", [{"x": [np.nan]}, {"x": [[1.0]]}, {"x": [1.0], "step": 0.0}])
def test_wrong_input_is_refused(words: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match=r"x is|step is"):
        gradient(lambda x: x[0], **words)
