"""`minimize_many` with residuals: in Python and compiled, and where it is not easy."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from minimizer import ManyResults, Status, least_squares, minimize_many

T = 0.1 * np.arange(30)
P = 40
START = [2.0, 1.0, 0.5]


def data() -> Any:
    rng = np.random.default_rng(4)
    truth = rng.uniform([1.0, 0.5, 0.2], [5.0, 2.0, 1.0], (P, 3))
    y = truth[:, :1] * np.exp(-truth[:, 1:2] * T) + truth[:, 2:]
    return y + 0.05 * rng.standard_normal(y.shape)


def decay(p: Any, y: Any, out: Any) -> None:
    for k in range(y.size):
        out[k] = p[0] * np.exp(-p[1] * 0.1 * k) + p[2] - y[k]


def product(p: Any, y: Any, out: Any) -> None:
    """Amplitude and gain cannot be told apart."""
    for k in range(y.size):
        out[k] = p[0] * p[2] * np.exp(-p[1] * 0.1 * k) - y[k]


def fails(p: Any, y: Any, out: Any) -> None:
    if y[0] > 3.0:
        raise ValueError("no")
    out[:] = p[0] - y


@pytest.fixture(params=["python", "compiled"])
def solve(request: Any) -> Any:
    if request.param == "compiled":
        numba = pytest.importorskip("numba")

    def run(fun: Any, *args: Any, **words: Any) -> ManyResults:
        if request.param == "compiled":
            fun = numba.njit(fun)
        return minimize_many(fun, *args, **words)

    return run


@pytest.mark.slow
def test_results_are_those_of_least_squares(solve: Any) -> None:
    y = data()
    result = solve(decay, START, (y,), n_residuals=30)
    assert result.success.all()
    for i in range(P):
        one = least_squares(lambda p, i=i: p[0] * np.exp(-p[1] * T) + p[2] - y[i], START)
        assert result.params[i] == pytest.approx(one.x, rel=1e-4, abs=1e-5)
        assert result.function_value[i] == pytest.approx(one.cost, rel=1e-8)
    assert 5 <= result.evaluations.min() <= result.evaluations.max() < 200


@pytest.mark.slow
def test_results_do_not_depend_on_workers_or_on_the_other_problems(solve: Any) -> None:
    y = data()
    whole = solve(decay, START, (y,), n_residuals=30, n_jobs=1)
    other = solve(decay, START, (y[7:9],), n_residuals=30, n_jobs=2)
    assert other.params.tolist() == whole.params[7:9].tolist()
    assert other.evaluations.tolist() == whole.evaluations[7:9].tolist()


@pytest.mark.slow
def test_bounds_that_are_met(solve: Any) -> None:
    y = data()[:6]
    result = solve(decay, START, (y,), n_residuals=30, bounds=[(0, 9), (0, 1.05), (0.4, 2)])
    assert result.success.all()
    for i, x in enumerate(result.params):
        one = least_squares(
            lambda p, i=i: p[0] * np.exp(-p[1] * T) + p[2] - y[i],
            START,
            bounds=([0, 0, 0.4], [9, 1.05, 2]),
        )
        assert x == pytest.approx(one.x, rel=1e-4)


@pytest.mark.slow
def test_what_is_not_easy_is_left_to_the_engine(solve: Any) -> None:
    y = data()[:3]
    result = solve(product, [2.0, 1.0, 1.5], (y,), n_residuals=30)
    one = least_squares(lambda p: p[0] * p[2] * np.exp(-p[1] * T) - y[0], [2.0, 1.0, 1.5])
    assert one.degenerate
    assert result.success.all()
    assert result.function_value[0] == pytest.approx(one.cost, rel=1e-8)


@pytest.mark.slow
def test_a_problem_that_fails_leaves_the_others(solve: Any) -> None:
    y = np.array([[1.0, 2.0], [5.0, 1.0], [0.0, 1.0]])
    result = solve(fails, [0.0], (y,), n_residuals=2)
    assert result.status.tolist() == [0, Status.FUNCTION_FAILURE, 0]
    assert result.params[[0, 2], 0] == pytest.approx([1.5, 0.5])


@pytest.mark.slow
def test_a_limit_on_evaluations(solve: Any) -> None:
    result = solve(decay, START, (data()[:2],), n_residuals=30, max_evaluations=6)
    assert (result.status == Status.MAX_EVALUATIONS_EXCEEDED).all()
    assert (result.evaluations <= 6).all()


@pytest.mark.parametrize(
    ("words", "error", "text"),
    [
        ({"n_residuals": 0}, ValueError, "n_residuals"),
        ({"n_residuals": 2.5}, TypeError, "n_residuals"),
        ({"n_residuals": 30, "rules": "imagej"}, TypeError, "rules is not a setting for residuals"),
        ({"n_residuals": 30, "initial_param_variations": [1.0] * 3}, TypeError, "simplex"),
    ],
)
def test_wrong_input_is_refused(words: dict[str, Any], error: type[Exception], text: str) -> None:
    with pytest.raises(error, match=text):
        minimize_many(decay, START, (data(),), **words)
