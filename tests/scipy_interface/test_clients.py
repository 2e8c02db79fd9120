"""What has gone wrong where this package took SciPy's place in other people's code.

Each case is to be right, or the same as SciPy's.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from pathlib import Path
from typing import Any

import client_recipes as recipes
import numpy as np
import pytest
from client_recipes import Counted, valley
from problems import rosenbrock

from minimizer import Status, fmin, minimize

NM = "Nelder-Mead"
NAN, INF = math.nan, math.inf


@pytest.fixture
def so() -> Any:
    """`scipy.optimize`, the judge."""
    return pytest.importorskip("scipy.optimize")


# One thread: an objective may keep state between its first and its last line.

STATEFUL: dict[str, Callable[[Path], Callable[[Any], float]]] = {
    "matrices": lambda folder: recipes.WithMatrices(),
    "file": recipes.ThroughFile,
    "database": lambda folder: recipes.ThroughDatabase(),
    "main thread": lambda folder: recipes.in_the_main_thread,
}


@pytest.mark.parametrize("kind", STATEFUL)
def test_an_objective_with_state_is_called_by_one_thread(kind: str, tmp_path: Path) -> None:
    fun = Counted(STATEFUL[kind](tmp_path))
    x, value, _, calls, flag = fmin(fun, [3.0, 3.0], full_output=True, disp=False)
    assert flag == 0
    assert x == pytest.approx([1.0, -2.0], abs=1e-5)
    assert value == valley(x)
    assert calls == fun.calls
    assert len(fun.threads) == 1


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(8))
def test_the_value_is_that_of_the_point_whatever_the_start(seed: int) -> None:
    start = np.random.default_rng(seed).uniform(-5.0, 5.0, 2)
    for options in ({}, {"maxfev": 400}):
        result = minimize(recipes.WithMatrices(), start, method=NM, options=options)
        assert result.success
        assert result.fun == valley(result.x) == pytest.approx(5.0, abs=1e-8)


def test_an_exception_comes_after_as_many_calls_as_in_scipy() -> None:
    def enough(x: Any) -> float:
        if fun.calls > 20:
            raise RuntimeError("enough")
        return valley(x)

    fun = Counted(enough)
    with pytest.raises(RuntimeError, match="enough"):
        minimize(fun, [3.0, 3.0], method=NM)
    assert fun.calls == 21


# Offsets: a parameter or a value that is large beside its changes.


def test_a_time_in_seconds_since_1970() -> None:
    times = np.arange(50.0)

    def pulse(at: float) -> Any:
        return np.exp(-0.5 * ((times - at) / 4.0) ** 2)

    def cost(x: Any) -> float:
        return float(np.sum((pulse(20.3) - pulse(x[0] - 1.7e9)) ** 2))

    simplex = [[1.7e9 + 18.0], [1.7e9 + 19.0]]
    result = minimize(cost, [1.7e9 + 18.0], options={"initial_simplex": simplex})
    assert result.success
    assert result.x[0] - 1.7e9 == pytest.approx(20.3, abs=1e-5)


@pytest.mark.parametrize("scale", [300.0, 1e4, 1e6, 1e9])
@pytest.mark.parametrize("offset", [100.0, 1000.0, 1e6])
def test_a_constant_is_added(scale: float, offset: float) -> None:
    result = minimize(lambda x: (x[0] / scale - 1.0) ** 2 + offset, [0.0], method=NM)
    assert result.success
    rounding = math.sqrt(2.0 * offset * np.finfo(float).eps)
    assert result.x[0] / scale == pytest.approx(1.0, abs=4.0 * rounding)


@pytest.mark.parametrize("bad", [NAN, INF, 1e10])
def test_a_location_of_1e4_whose_scale_is_a_hundredth(bad: float) -> None:
    cost, best, data = recipes.half_normal(1e4)
    start = [9999.99]
    result = minimize(recipes.outside(cost, data, bad), start, method=NM)
    assert result.success
    assert result.fun - best <= 1e-6 * (cost(start) - best)


@pytest.mark.parametrize("start", [-0.04, -3e-4, 0.008])
def test_a_location_of_1e10_whose_scale_is_a_hundredth(start: float) -> None:
    """The next number is 2e-6 away: 2 units in the last place are allowed."""
    _, _, data = recipes.half_normal(1e10)
    cost = recipes.penalized(recipes.log_half_normal, data, 0.01)
    result = minimize(cost, [data.min() + start], method=NM)
    assert result.success
    assert 0.0 <= data.min() - result.x[0] <= 2.0 * np.spacing(data.min())


def test_location_and_scale_of_data_at_1e10() -> None:
    """Half-logistic: the scale solves an equation for the location, the least datum."""
    uniform = np.random.default_rng(1).uniform(size=1000)
    data = 1e10 + 0.02 * np.arctanh(uniform)
    cost = recipes.penalized(recipes.log_half_logistic, data, None)
    best = min(cost([data.min(), s]) for s in np.linspace(0.009, 0.011, 2001))
    result = minimize(cost, [data.min(), np.ptp(data)], method=NM)
    assert result.success
    assert result.fun - best < 0.5  # a unit in the last place of the location is 0.1


def test_a_location_of_1e10_from_zero(so: Any) -> None:
    """After a way of 1e10 there is still much to fall within a millionth of a millionth of it."""
    uniform = np.random.default_rng(1).uniform(size=1000)
    data = 1e10 + 0.01 * np.tan(0.5 * math.pi * uniform)
    cost = recipes.penalized(recipes.log_half_cauchy, data, 0.01)
    best = cost([data.min()])
    ours = minimize(recipes.outside(cost, data, 1e300), [0.0], method=NM)
    theirs = so.minimize(recipes.outside(cost, data, 1e300), [0.0], method=NM)
    assert ours.fun <= theirs.fun
    assert ours.fun - best <= 10.0


# Nowhere to go.


@pytest.mark.parametrize("value", [NAN, INF])
@pytest.mark.parametrize("n", [1, 2, 3, 5, 8])
def test_x_is_the_start_where_there_is_no_value(value: float, n: int) -> None:
    start = np.arange(3.0, 3.0 + n)
    fun = Counted(lambda x: value)
    result = minimize(fun, start, method=NM)
    assert result.x.tolist() == start.tolist()
    assert (result.success, result.status) == (False, 3)
    assert "No value was found" in result.message
    assert result.nfev == fun.calls <= min(50 * n**2, 200 * n)
    assert fmin(fun, start, disp=False).tolist() == start.tolist()


@pytest.mark.parametrize("options", [{"maxfev": 7}, {"maxiter": 3}, {"maxfev": 100}])
def test_x_is_the_start_under_a_budget_too(options: dict[str, int]) -> None:
    result = minimize(lambda x: NAN, np.float32([3.0, 4.0]), options=options)
    assert (result.x.tolist(), result.x.dtype) == ([3.0, 4.0], np.float32)
    assert not result.success


def test_the_start_is_kept_where_only_it_has_a_value() -> None:
    result = minimize(lambda x: 7.0 if x[0] == 3.0 else NAN, [3.0])
    assert (result.x.tolist(), result.fun, result.success) == ([3.0], 7.0, False)


def endless(x: Any) -> float:
    """Return a value so rough that no two runs agree on it."""
    return rosenbrock(x) + 0.1 * math.sin(1e9 * float(x[0])) + 0.1 * math.sin(1e9 * float(x[1]))


@pytest.mark.parametrize(("tol", "most"), [(1e-9, 200), (None, 400)])
def test_a_search_without_an_end_is_left(tol: float | None, most: int) -> None:
    result = minimize(endless, [-1.2, 1.0], method=NM, tol=tol, options={"max_restarts": 1000})
    assert (result.success, result.status) == (False, 2)
    assert result.message.startswith("Maximum number of iterations has been exceeded.")
    assert result.nit == most * 2 + 1


@pytest.mark.parametrize("limit", ["maxiter", "maxfev", "max_iterations", "max_evaluations"])
def test_a_limit_that_is_given_replaces_the_default_one(limit: str) -> None:
    restarts = {"max_restarts": 1000}
    result = minimize(endless, [-1.2, 1.0], tol=1e-9, options={limit: 3000} | restarts)
    default = minimize(endless, [-1.2, 1.0], tol=1e-9, options=restarts)
    assert default.nit <= 401 < result.nit


SMOOTH_AND_NOT: dict[str, Callable[[Any], float]] = {
    "Rosenbrock": rosenbrock,
    "Rosenbrock + 5": lambda x: rosenbrock(x) + 5.0,
    "Rosenbrock + 1e6": lambda x: rosenbrock(x) + 1e6,
    "valley": valley,
    "kinks": lambda x: abs(x[0] - 1.0 / 3.0) + 2.0 * abs(x[1] - 0.7),
    "fourth powers": lambda x: (x[0] - 1.0) ** 4 + 3.0 * (x[1] + 2.0) ** 4 + 1.0,
    "exponentials": lambda x: math.exp(x[0]) - 2.0 * x[0] + math.cosh(x[1] - 0.3),
    "constant": lambda x: 1.0,
}
MINIMA = (0.0, 5.0, 1e6, 5.0, 0.0, 1.0, 3.0 - 2.0 * math.log(2.0), 1.0)


@pytest.mark.parametrize("tol", [0, 1e-16])
@pytest.mark.parametrize(("name", "minimum"), list(zip(SMOOTH_AND_NOT, MINIMA, strict=True)))
def test_a_tolerance_of_0_is_met_when_rounding_is(name: str, minimum: float, tol: float) -> None:
    """Legacy code for "as exact as it goes"; SciPy meets it on some of these."""
    result = minimize(SMOOTH_AND_NOT[name], [-1.2, 1.0], method=NM, tol=tol)
    assert result.success
    assert result.fun == pytest.approx(minimum, rel=1e-15, abs=1e-14)
    assert result.nfev < 1500


# Penalties.


@pytest.mark.parametrize("bad", [NAN, INF, 1e10, 1e6])
def test_a_penalty_costs_as_much_as_nan(bad: float) -> None:
    nan = minimize(recipes.disc(NAN), [-1.0, 0.5], method=NM)
    result = minimize(recipes.disc(bad), [-1.0, 0.5], method=NM)
    assert result.success
    assert result.fun == pytest.approx(4.507577497, abs=1e-8)
    assert result.nfev <= 1.5 * nan.nfev


@pytest.mark.slow
@pytest.mark.parametrize("bad", [NAN, INF, 1e10])
def test_no_false_success_at_a_plane(bad: float) -> None:
    """SciPy has 22 to 30 among 60."""
    rng = np.random.default_rng(0)
    for k in range(60):
        cost, start, best = recipes.beyond_a_plane(2 + k % 3, rng, bad)
        result = minimize(cost, start, method=NM)
        good = result.fun - best < 1e-6 * (cost(start) - best)
        assert good or not result.success


def test_a_start_on_a_penalty_at_a_bound() -> None:
    """As powerlaw fits: the start is moved onto the bound, where the penalty still holds."""

    def cost(x: Any) -> float:
        return 3534.0 if x[0] >= 3.0 else float(0.3 * (x[0] - 2.2) ** 2 + 55.569)

    with pytest.warns(Warning, match="Initial guess"):
        result = minimize(cost, [3.08], bounds=[(0, 3)], method=NM, tol=1e-4)
    assert result.success
    assert result.fun == pytest.approx(55.569, abs=1e-4)


def test_the_pareto_model_of_statsmodels(so: Any) -> None:
    """Its penalty is averaged over the data; SciPy's limit of iterations ends the second run."""
    cost, start = recipes.pareto()
    ours = minimize(cost, start, method=NM, options={"maxiter": 500})
    theirs = so.minimize(cost, start, method=NM, options={"maxiter": 500})
    assert ours.fun <= theirs.fun + 1e-6
    assert ours.success or "A run had converged" in ours.message


def test_mirrored_data_have_a_mirrored_fit() -> None:
    data = np.random.default_rng(3).gumbel(2.0, 1.5, 200)
    right = fmin(recipes.gumbel(data, 1.0), [1.0, 1.0], disp=False)
    left = fmin(recipes.gumbel(-data, -1.0), [-1.0, 1.0], disp=False)
    assert left == pytest.approx(right * [-1.0, 1.0], rel=1e-7)


# Success under the caller's own budgets.


def rosenbrock_of(n: int) -> Callable[[Any], float]:
    """Return Rosenbrock's function of n parameters."""
    return lambda x: float(np.sum(100.0 * (x[1:] - x[:-1] ** 2) ** 2 + (1.0 - x[:-1]) ** 2))


@pytest.mark.parametrize("n", [2, 3, 5])
def test_rosenbrock_succeeds_within_scipys_own_budget(n: int, so: Any) -> None:
    options = {"maxiter": 200 * n}
    ours = minimize(rosenbrock_of(n), [-1.2] * n, method=NM, options=options)
    theirs = so.minimize(rosenbrock_of(n), [-1.2] * n, method=NM, options=options)
    assert theirs.success
    assert ours.success
    assert ours.fun <= theirs.fun


def test_a_budget_for_one_run_is_a_success_that_nothing_confirms() -> None:
    """Half the evaluations of both runs are enough for the first."""
    both = minimize(rosenbrock, [-1.2, 1.0])
    budget = both.runs[0].evaluations + 20
    assert budget < both.nfev
    result = minimize(rosenbrock, [-1.2, 1.0], options={"maxfev": budget})
    assert (result.success, result.status, result.confirmed) == (True, 0, False)
    assert result.minimizer_status is Status.MAX_EVALUATIONS_EXCEEDED
    assert result.message == (
        "Optimization terminated successfully. It converged in one run; the budget ended before "
        "a second could confirm it."
    )
    assert result.nfev == budget
    assert result.fun < 1e-15
    assert fmin(rosenbrock, [-1.2, 1.0], maxfun=budget, full_output=True, disp=False)[4] == 0


def test_the_same_for_iterations_and_for_the_names_of_minimizer() -> None:
    both = minimize(rosenbrock, [-1.2, 1.0])
    first = both.runs[0]
    for options in (
        {"maxiter": first.iterations + 3},
        {"max_iterations": first.iterations + 3},
        {"max_evaluations": first.evaluations + 3},
    ):
        result = minimize(rosenbrock, [-1.2, 1.0], options=options)
        assert (result.success, result.confirmed) == (True, False)
        assert result.minimizer_status.name.startswith("MAX_")


def test_the_result_under_a_budget_does_not_depend_on_n_jobs() -> None:
    budget = minimize(rosenbrock, [-1.2, 1.0]).runs[0].evaluations + 20
    one, two = (
        minimize(rosenbrock, [-1.2, 1.0], options={"maxfev": budget, "n_jobs": n_jobs})
        for n_jobs in (1, 2)
    )
    assert (one.x.tolist(), one.fun, one.message) == (two.x.tolist(), two.fun, two.message)


def test_a_run_that_converged_without_a_surface_is_no_success_and_the_message_says_so() -> None:
    def kinks(x: Any) -> float:
        return abs(x[0] - 1.0 / 3.0) + 2.0 * abs(x[1] - 0.7)

    first = minimize(kinks, [3.0, 3.0]).runs[0]
    assert first.hessian is None
    options = {"maxfev": first.evaluations + 5}
    result = minimize(kinks, [3.0, 3.0], options=options)
    assert (result.success, result.status, result.confirmed) == (False, 1, False)
    assert result.message == (
        "Maximum number of function evaluations has been exceeded. A run had converged; the budget "
        "ended before another could confirm it."
    )


def test_runs_that_ended_in_different_minima_are_no_success() -> None:
    """The second contradicts the first."""

    def waves(x: Any) -> float:
        return float(np.sum(2.0 + np.cos(50.0 * x) + 0.01 * x * x))

    result = minimize(waves, [3.0, 3.0], options={"maxfev": 1500})
    assert sum(run.completed for run in result.runs) > 1
    assert (result.success, result.confirmed) == (False, False)


def test_the_default_limit_makes_no_exception() -> None:
    """Nobody gave it, so that nobody's code depends on success within it."""

    def slow_to_confirm(x: Any) -> float:
        return rosenbrock(x) if fun.calls <= first.evaluations else valley_of_noise(x)

    def valley_of_noise(x: Any) -> float:
        return 2.0 + 1e-3 * math.sin(1e9 * float(x[0])) + float(np.sum(x * x)) ** 0.01

    first = minimize(rosenbrock, [-1.2, 1.0]).runs[0]
    fun = Counted(slow_to_confirm)
    result = minimize(fun, [-1.2, 1.0], options={"n_jobs": 1})
    assert not result.success


def test_a_single_run_that_was_asked_for_is_not_confirmed() -> None:
    result = minimize(rosenbrock, [-1.2, 1.0], options={"max_restarts": 0})
    assert (result.success, result.confirmed) == (True, False)


# Tolerances that are given, though they are SciPy's defaults.


def test_xtol_and_ftol_of_1e_4_are_not_the_default() -> None:
    default = fmin(rosenbrock, [-1.2, 1.0], disp=False, full_output=True)
    given = minimize(rosenbrock, [-1.2, 1.0], options={"xatol": 1e-4, "fatol": 1e-4})
    for tolerances in ({"xtol": 1e-4, "ftol": 1e-4}, {"xtol": 1e-4}, {"ftol": 0.0001}):
        output = fmin(rosenbrock, [-1.2, 1.0], disp=False, full_output=True, **tolerances)
        assert output[1:4] == (given.fun, given.nit, given.nfev)
        assert output[3] < default[3]
    positional = fmin(rosenbrock, [-1.2, 1.0], (), 1e-4, 1e-4, None, None, 1, 0)
    assert positional[3] == given.nfev


# Types.


def test_fun_and_fopt_are_numbers_of_numpy() -> None:
    result = minimize(lambda x: 0.0 * x[0], [3.0, 3.0], method=NM)
    assert type(result.fun) is np.float64
    assert result.fun.round(3).item() == 0.0
    with np.errstate(divide="ignore"):
        assert np.isinf(1.0 / result.fun)
    value = fmin(valley, [3.0, 3.0], full_output=True, disp=False)[1]
    assert (value.shape, value.astype(int)) == ((), 5)
    with np.errstate(invalid="ignore"):
        assert np.isnan(minimize(lambda x: valley(x) - 10.0, [3.0, 3.0]).fun ** 0.5)


def test_a_result_is_an_instance_of_scipys(so: Any) -> None:
    assert isinstance(minimize(valley, [3.0, 3.0]), so.OptimizeResult)


def test_a_complex_value_is_cast_as_by_scipy(so: Any) -> None:
    warning = getattr(np, "exceptions", np).ComplexWarning
    with pytest.warns(warning, match="discards the imaginary part"):
        result = minimize(lambda x: np.complex128(valley(x)), [3.0, 3.0], method=NM)
    assert result.success
    with pytest.warns(warning, match="discards the imaginary part"):
        assert so.minimize(lambda x: np.complex128(valley(x)), [3.0, 3.0], method=NM).success


def test_a_start_of_strings_is_converted_as_by_scipy(so: Any) -> None:
    ours = minimize(valley, ["3", "3"], method=NM)
    assert ours.x == pytest.approx(so.minimize(valley, ["3", "3"], method=NM).x, abs=1e-3)
    with pytest.raises(TypeError, match=r"x0 is .* it must be numbers"):
        minimize(valley, ["3", "three"])


def test_fmin_flattens_a_start_of_two_dimensions_as_scipy_does(so: Any) -> None:
    start = np.array([[3.0, 3.0], [2.0, 0.0]])
    ours = fmin(lambda x: np.sum((x - 1.0) ** 2), start, disp=False)
    theirs = so.fmin(lambda x: np.sum((x - 1.0) ** 2), start, disp=False)
    assert ours == pytest.approx(theirs, abs=1e-3)


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ({"x0": []}, "x0 is empty"),
        ({"x0": [1j]}, "x0 is complex"),
        ({"options": {"maxfev": 0}}, "maxfev is 0; it must be positive"),
        ({"options": {"xatol": -1.0}}, "xatol is -1.0; it must be 0 or positive"),
        ({"options": {"fatol": -1.0}}, "fatol is -1.0; it must be 0 or positive"),
        ({"tol": -1.0}, "tol is -1.0; it must be 0 or positive"),
        ({"options": {"xatol": NAN}}, "xatol is nan; it must be a number"),
        ({"bounds": [(NAN, 5), (0, 5)]}, r"bounds\[0\] is \(nan, 5.0\)"),
    ],
)
def test_what_scipy_takes_and_this_does_not_is_refused_in_one_sentence(
    arguments: dict[str, Any], words: str
) -> None:
    """The table is in the documentation ("Coming from SciPy")."""
    with pytest.raises((ValueError, TypeError), match=words):
        minimize(**({"fun": valley, "x0": [3.0, 3.0]} | arguments))


@pytest.mark.parametrize("options", [{"maxiter": 3}, {"maxfev": 5}])
def test_a_failure_has_scipys_message(options: dict[str, int], so: Any) -> None:
    ours = minimize(valley, [3.0, 3.0], method=NM, options=options)
    theirs = so.minimize(valley, [3.0, 3.0], method=NM, options=options)
    assert (ours.message, ours.status) == (theirs.message, theirs.status)


# A face of a box.


@pytest.mark.parametrize(
    "bounds",
    [[(0, 5), (0, 5)], [(0, None), (0, None)], [(None, None), (0, None)], [(-5, 5), (0, 3)]],
)
def test_a_face_of_a_box_is_reached_exactly(bounds: list[tuple[Any, Any]]) -> None:
    result = minimize(valley, [3.0, 3.0], method=NM, bounds=bounds)
    assert result.success
    assert result.x[1] == 0.0
    assert result.fun == pytest.approx(17.0, abs=1e-10)
