"""`least_squares`: SciPy's signature and fields, what it adds, and what it refuses."""

from __future__ import annotations

import inspect
import math
import warnings
from typing import Any

import numpy as np
import pytest

from minimizer import LevenbergMarquardt, Status, least_squares, minimize

T = np.linspace(0.0, 2.0, 25)
RNG = np.random.default_rng(3)
Y = 2.0 * np.exp(-1.5 * T) + 0.3 + 0.02 * RNG.standard_normal(T.size)
START = [1.0, 1.0, 0.0]


def decay(p: Any) -> Any:
    return p[0] * np.exp(-p[1] * T) + p[2] - Y


def derivatives(p: Any) -> Any:
    e = np.exp(-p[1] * T)
    return np.column_stack([e, -p[0] * T * e, np.ones_like(T)])


def test_the_arguments_of_scipy_in_their_order() -> None:
    so = pytest.importorskip("scipy.optimize")
    theirs = list(inspect.signature(so.least_squares).parameters)
    ours = inspect.signature(least_squares).parameters
    positional = [name for name, p in ours.items() if p.kind is p.POSITIONAL_OR_KEYWORD]
    assert positional[: len(theirs)] == theirs or set(theirs) <= set(positional)


@pytest.mark.parametrize("jac", ["2-point", "3-point", "richardson", "cs", derivatives])
@pytest.mark.parametrize("method", ["auto", "trf", "dogbox", "lm"])
def test_the_result_is_that_of_scipy(jac: Any, method: str) -> None:
    so = pytest.importorskip("scipy.optimize")
    right = so.least_squares(decay, START, xtol=1e-15, ftol=1e-15, gtol=1e-15)
    result = least_squares(decay, START, jac, method=method)
    assert result.success
    assert result.status == 1
    assert result.minimizer_status is Status.SUCCESS
    assert result.x == pytest.approx(right.x, rel=1e-6)
    assert result.cost == pytest.approx(right.cost, rel=1e-12)
    assert result.fun == pytest.approx(right.fun, abs=1e-6)
    assert result.jac == pytest.approx(right.jac, abs=1e-5)
    assert result.optimality == pytest.approx(0.0, abs=1e-7)
    assert result.active_mask.tolist() == [0, 0, 0]
    assert result.grad == pytest.approx(np.zeros(3), abs=1e-7)


def test_what_it_adds() -> None:
    result = least_squares(decay, START, names=["a", "b", "c"])
    J = derivatives(result.x)
    right = 2.0 * result.cost / (T.size - 3) * np.linalg.inv(J.T @ J)
    assert result.covariance == pytest.approx(right, rel=1e-4)
    assert result.uncertainties == pytest.approx(np.sqrt(np.diag(right)), rel=1e-4)
    assert 0.0 <= result.model_cosine < 1e-3
    assert result.termination["stop"] == "offset"
    assert result.termination["rank"] == 3
    assert result.degenerate == []
    assert result.names == ["a", "b", "c"]
    assert "offset" in result.message


def test_all_calls_are_counted() -> None:
    calls = 0

    def counted(p: Any) -> Any:
        nonlocal calls
        calls += 1
        return decay(p)

    assert least_squares(counted, START).nfev == calls


def test_a_limit_on_calls_is_exact_and_keeps_the_best() -> None:
    result = least_squares(decay, START, max_nfev=9)
    assert (result.status, result.nfev, result.success) == (0, 9, False)
    assert result.minimizer_status is Status.MAX_EVALUATIONS_EXCEEDED
    assert result.cost < 0.5 * float(decay(START) @ decay(START))


def test_a_callback_sees_iterations_and_may_stop() -> None:
    seen: list[Any] = []

    def callback(intermediate_result: Any) -> None:
        seen.append(intermediate_result)
        if len(seen) == 2:
            raise StopIteration

    result = least_squares(decay, START, callback=callback)
    assert (len(seen), result.status, result.success) == (2, -2, False)
    assert "callback" in result.message
    assert result.x.tolist() == seen[-1].x.tolist()


def test_an_exception_has_the_best_point() -> None:
    calls = 0

    def fails(p: Any) -> Any:
        nonlocal calls
        calls += 1
        if calls == 12:
            raise ZeroDivisionError("own")
        return decay(p)

    with pytest.raises(ZeroDivisionError, match="own") as caught:
        least_squares(fails, START)
    assert np.isfinite(caught.value.best_params).all()  # type: ignore[attr-defined]
    assert caught.value.best_value < 0.5 * float(decay(START) @ decay(START))  # type: ignore[attr-defined]


def test_bounds_and_active_mask() -> None:
    result = least_squares(decay, [1.0, 1.0, 0.1], bounds=([0, 0, -1], [9, 1.2, 0.2]))
    assert result.success
    assert result.x[1] == 1.2
    assert result.active_mask.tolist() == [0, 1, 0]
    assert math.isnan(result.uncertainties[1])
    assert np.isfinite(result.uncertainties[[0, 2]]).all()


def test_held_parameters_by_name_number_mask_and_equal_bounds() -> None:
    names = ["a", "b", "c"]
    results = [
        least_squares(decay, [1.0, 1.0, 0.25], names=names, held=held)
        for held in ("c", ["c"], [2], [False, False, True])
    ]
    results.append(least_squares(decay, [1.0, 1.0, 0.25], bounds=([0, 0, 0.25], [9, 9, 0.25])))
    for result in results:
        assert result.success
        assert result.x[2] == 0.25
        assert result.x.tolist() == results[0].x.tolist()


def test_parameters_are_called_by_their_names() -> None:
    def product(p: Any) -> Any:
        return decay([p[0] * p[1], p[2], 0.3])

    result = least_squares(product, [1.0, 1.5, 1.0], names=["amplitude", "gain", "rate"])
    assert result.success
    assert result.degenerate == [["amplitude", "gain"]]
    assert "amplitude and gain" in result.message
    assert np.isnan(result.uncertainties[:2]).all()
    assert np.isfinite(result.uncertainties[2])


def test_a_parameter_without_influence_is_named() -> None:
    result = least_squares(lambda p: decay(p[:3]), [*START, 7.0], names=["a", "b", "c", "unused"])
    assert result.success
    assert result.degenerate == [["unused"]]
    assert result.x[3] == 7.0


def test_nothing_that_has_any_influence_is_no_success() -> None:
    result = least_squares(lambda p: np.ones(4), [1.0, 2.0], names=["a", "b"])
    assert not result.success
    assert "a" in result.message
    assert result.nfev < 100


def test_fewer_residuals_than_parameters_is_said() -> None:
    result = least_squares(lambda p: [p[0] + p[1] - 2.0], [5.0, 5.0])
    assert result.success
    assert "1 residuals for 2 parameters" in result.message
    assert np.isnan(result.covariance).all()


def edge(p: Any) -> Any:
    return decay(p) * (1.0 if p[1] <= 0.9 else np.nan)


def test_a_minimum_on_the_edge_is_claimed_by_the_simplex_alone() -> None:
    alone = least_squares(edge, [1.0, 0.2, 0.0], method="trf")
    assert (alone.success, alone.minimizer_status) == (False, Status.EDGE)
    result = least_squares(edge, [1.0, 0.2, 0.0])
    assert (result.success, result.status) == (True, 4)
    assert "simplex" in result.message
    assert result.x[1] == pytest.approx(0.9, abs=1e-6)
    right = least_squares(decay, [1.0, 0.2, 0.0], bounds=([-9, -9, -9], [9, 0.9, 9]))
    assert result.cost == pytest.approx(right.cost, rel=1e-6)


def test_a_start_that_is_nan_is_searched_for_by_the_simplex() -> None:
    def fun(p: Any) -> Any:
        return decay(p) * (1.0 if p[0] < 4.0 else np.nan)

    result = least_squares(fun, [4.01, 1.0, 0.1])
    assert result.success
    assert result.x == pytest.approx(least_squares(decay, START).x, rel=1e-5)


def test_confirm_finds_a_minimum_twice_or_does_not_claim() -> None:
    once, twice = (least_squares(decay, START, confirm=confirm) for confirm in (False, True))
    assert twice.success
    assert twice.x == pytest.approx(once.x, rel=1e-6)
    assert once.nfev < twice.nfev < 8 * once.nfev
    assert least_squares(decay, START, confirm=True).x.tolist() == twice.x.tolist()

    waves = least_squares(lambda p: np.sin(40.0 * p) + 0.2 * p + 3.0, [3.0], confirm=True)
    assert waves.minimizer_status in (Status.SUCCESS, Status.MAX_RESTARTS_EXCEEDED)


def test_a_users_loss() -> None:
    def as_cauchy(z: Any) -> Any:
        return np.array([np.log1p(z), 1 / (1 + z), -1 / (1 + z) ** 2])

    own, named = (
        least_squares(decay, START, loss=loss, f_scale=0.05) for loss in (as_cauchy, "cauchy")
    )
    assert own.x.tolist() == named.x.tolist()


def test_x_scale_and_diff_step() -> None:
    right = least_squares(decay, START).x
    for words in (
        {"x_scale": [1, 2, 3]},
        {"x_scale": "jac"},
        {"diff_step": 1e-6},
        {"x_scale": 2.0},
    ):
        result = least_squares(decay, START, **words)  # type: ignore[arg-type]
        assert result.success
        assert result.x == pytest.approx(right, rel=1e-6)


def test_tolerances_that_are_looser_end_it_earlier_without_success() -> None:
    result = least_squares(decay, START, ftol=0.9)
    assert not result.success
    assert result.minimizer_status is Status.TOLERANCE_REACHED
    assert result.termination["stop"] == "decrease"


def test_sparse_jacobians_are_taken_operators_refused() -> None:
    sparse = pytest.importorskip("scipy.sparse")
    result = least_squares(decay, START, lambda p: sparse.csr_matrix(derivatives(p)))
    assert result.success
    linalg = pytest.importorskip("scipy.sparse.linalg")
    with pytest.raises(ValueError, match="linear operator"):
        least_squares(decay, START, lambda p: linalg.aslinearoperator(derivatives(p)))


BAD: list[tuple[Any, dict[str, Any], type[Exception], str]] = [
    (lambda p: None, {}, TypeError, "returned None"),
    (lambda p: [], {}, ValueError, "no residuals"),
    (lambda p: decay(p) + 1j, {}, TypeError, "complex"),
    (lambda p: "text", {}, TypeError, "array of one real number"),
    (lambda p: np.ones((2, 3)), {}, ValueError, "ravel"),
    (lambda p: decay(p)[: 20 + int(p[0] == 1.0)], {}, ValueError, "number must not change"),
    (decay, {"jac": lambda p: derivatives(p).T}, ValueError, "transpose it"),
    (decay, {"jac": lambda p: np.ones((4, 3))}, ValueError, r"must be \(25, 3\)"),
    (decay, {"jac": lambda p: None}, TypeError, "jac returned None"),
    (decay, {"jac": "newton"}, ValueError, "`jac`"),
    (decay, {"method": "bfgs"}, ValueError, "`method`"),
    (decay, {"loss": "l1"}, ValueError, "loss is 'l1'"),
    (decay, {"loss": lambda z: z}, ValueError, r"\(3, 25\)"),
    (decay, {"f_scale": 0.0}, ValueError, "f_scale"),
    (decay, {"bounds": ([0, 0], [1, 1])}, ValueError, "one bound per parameter"),
    (decay, {"bounds": ([2, 0, 0], [1, 9, 9])}, ValueError, r"x0\[0\]"),
    (decay, {"bounds": ([2, 0, 0], [3, 9, 9])}, ValueError, "outside"),
    (decay, {"names": ["a", "b"]}, ValueError, "names has 2"),
    (decay, {"names": ["a", "b", "b"]}, ValueError, "names must differ"),
    (decay, {"held": ["d"], "names": ["a", "b", "c"]}, ValueError, "must be one of a, b, c"),
    (decay, {"held": [0, 1, 2]}, ValueError, "leave one free"),
    (decay, {"x_scale": -1.0}, ValueError, "x_scale"),
    (decay, {"diff_step": 0.0}, ValueError, "diff_step"),
    (decay, {"max_nfev": 0}, ValueError, "max_nfev"),
    (decay, {"random_seed": 1.5}, TypeError, "random_seed"),
    ("decay", {}, TypeError, "fun"),
    (decay, {"options": {"acceleratoin": 0.0}}, ValueError, "did you mean 'acceleration'"),
    (decay, {"options": {"update": "fast"}}, ValueError, "update is 'fast'"),
    (decay, {"options": {"damping": -1.0}}, ValueError, "damping"),
]


@pytest.mark.parametrize(("fun", "words", "error", "text"), BAD)
def test_wrong_input_is_refused(
    fun: Any, words: dict[str, Any], error: type[Exception], text: str
) -> None:
    with pytest.raises(error, match=text):
        least_squares(fun, START, **words)


@pytest.mark.parametrize("x0", [None, [1.0, np.nan, 0.0], [[1.0, 2.0]], [1j, 1, 1], "abc", []])
def test_wrong_starts_are_refused(x0: Any) -> None:
    with pytest.raises((TypeError, ValueError), match="x0"):
        least_squares(decay, x0)


def test_a_function_of_residuals_is_shown_the_way_by_minimize() -> None:
    with pytest.raises(ValueError, match="least_squares"):
        minimize(decay, START)


def test_no_warning_escapes_where_residuals_overflow() -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        with np.errstate(all="ignore"):
            result = least_squares(lambda p: np.exp(p[0] * 100.0 * T) - Y, [5.0])
    assert result.x.shape == (1,)


def test_the_engine_by_ask_and_tell_restart_and_expected_error() -> None:
    lm = LevenbergMarquardt(None)
    point = lm.ask(START)
    while point is not None:
        lm.tell(decay(point))
        point = lm.ask()
    assert lm.status is Status.SUCCESS
    assert lm.params.tolist() == least_squares(decay, START, method="trf").x.tolist()

    own = LevenbergMarquardt(decay, max_evaluations=8)
    assert own.minimize(START) is Status.MAX_EVALUATIONS_EXCEEDED
    expected = own.expected_error("undamped")
    assert 0.0 <= expected <= own.expected_error("current") * (1 + 1e-9) <= own.cost * (1 + 1e-9)
    assert own.expected_error(np.zeros(3)) == pytest.approx(own.cost)
    while own.minimize() is Status.MAX_EVALUATIONS_EXCEEDED:
        pass
    assert own.params == pytest.approx(lm.params, rel=1e-6)
    own.update_params([2.0, 2.0, 0.0])
    assert own.minimize() in (Status.SUCCESS, Status.MAX_EVALUATIONS_EXCEEDED)
    own.reset()
    with pytest.raises(ValueError, match="initial_params is missing"):
        own.minimize()


def test_a_jacobian_is_checked_by_differences() -> None:
    assert least_squares(decay, START, derivatives, check_jac=True).success

    def wrong(p: Any) -> Any:
        J = derivatives(p)
        J[:, 1] *= -1.0
        return J

    with pytest.raises(ValueError, match=r"column 1 \(rate\)"):
        least_squares(decay, [1.5, 1.0, 0.1], wrong, check_jac=True, names=["a", "rate", "c"])

    def rotated(p: Any) -> Any:
        return np.array([p[0] - 2 * p[1], 3 * p[0] + p[1]])

    transposed = np.array([[1.0, 3.0], [-2.0, 1.0]])
    with pytest.raises(ValueError, match="transposed"):
        least_squares(rotated, [1.0, 2.0], lambda p: transposed, check_jac=True)


@pytest.mark.parametrize("power", [-20, 11])
def test_a_robust_loss_scaled_with_the_residuals_changes_no_bit(power: int) -> None:
    unit = 2.0**power
    plain = least_squares(decay, START, loss="huber", f_scale=0.03)
    scaled = least_squares(lambda p: unit * decay(p), START, loss="huber", f_scale=unit * 0.03)
    assert scaled.x.tolist() == plain.x.tolist()
    assert scaled.nfev == plain.nfev
