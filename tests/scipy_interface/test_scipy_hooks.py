"""The hooks by which SciPy and lmfit call other minimizers, with the real libraries."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from problems import bowl, rosenbrock

import minimizer
from minimizer import OptimizeResult, Status, nelder_mead

so = pytest.importorskip("scipy.optimize")
stats = pytest.importorskip("scipy.stats")

START = [-1.2, 1.0]


# scipy.optimize.minimize(method=…)


def test_as_a_method_of_scipys_minimize() -> None:
    """The answer is that of `minimize`, field by field, with options as SciPy passes them."""
    options = {"maxfev": 4000, "random_seed": 3, "xatol": 1e-9, "fatol": 1e-9}
    result = so.minimize(rosenbrock, START, method=nelder_mead, options=options)
    assert isinstance(result, OptimizeResult)
    assert result.minimizer_status is Status.SUCCESS
    assert result.x == pytest.approx([1.0, 1.0])
    ours = minimizer.minimize(rosenbrock, START, options=options)
    assert (result.fun, result.nfev, result.nit) == (ours.fun, ours.nfev, ours.nit)


def test_as_a_method_without_options() -> None:
    result = so.minimize(rosenbrock, START, method=nelder_mead)
    assert result.nfev == minimizer.minimize(rosenbrock, START).nfev


def test_a_method_gets_args_tol_and_callback() -> None:
    points: list[Any] = []
    result = so.minimize(
        lambda x, a, b: np.cosh(x[0] - a) + b - 1.0,
        3.0,
        args=(7.0, 2.0),
        tol=1e-3,
        callback=points.append,
        method=nelder_mead,
    )
    assert result.fun == pytest.approx(2.0, abs=1e-3)
    assert result.x == pytest.approx([7.0], abs=1e-3)
    assert len(points) == result.nit - 1
    tight = so.minimize(lambda x: np.cosh(x[0] - 7.0), 3.0, method=nelder_mead)
    assert result.nfev < tight.nfev


@pytest.mark.parametrize(
    "bounds", [[(2, None), (None, 1.5)], so.Bounds([2.0, -np.inf], [np.inf, 1.5])], ids=str
)
def test_a_method_gets_bounds_as_they_were_given(bounds: Any) -> None:
    """SciPy hands them on unchanged, in any form."""
    result = so.minimize(bowl, [3.0, 1.0], bounds=bounds, method=nelder_mead)
    assert result.success
    assert result.x == pytest.approx([2.0, 1.5], abs=1e-12)


def test_a_method_warns_of_derivatives_and_of_constraints() -> None:
    """SciPy leaves both to the method."""
    with pytest.warns(RuntimeWarning, match="does not use gradient"):
        so.minimize(bowl, [3.0], jac=lambda x: 2 * (x - 1), method=nelder_mead)
    with pytest.warns(RuntimeWarning, match="does not use gradient"):
        with_value = so.minimize(
            lambda x: (bowl(x), 2 * (x - 1)), [3.0], jac=True, method=nelder_mead
        )
    assert with_value.x == pytest.approx([1.0], rel=1e-5)
    constraint = so.LinearConstraint([[1.0]], 2, 3)
    with pytest.warns(RuntimeWarning, match="cannot handle constraints"):
        result = so.minimize(bowl, [3.0], constraints=constraint, method=nelder_mead)
    assert (result.success, result.status) == (False, 98)


def test_stop_iteration_reaches_the_method() -> None:
    def stop(xk: Any) -> None:
        raise StopIteration

    result = so.minimize(rosenbrock, START, callback=stop, method=nelder_mead)
    assert (result.status, result.success) == (99, False)


# scipy.optimize.basinhopping


def hills(x: NDArray[Any]) -> float:
    """Return the example of SciPy's documentation: many minima, the least -1.0009 at -0.195."""
    return float(np.cos(14.5 * x[0] - 0.3) + (x[0] + 0.2) * x[0])


def test_as_the_local_minimizer_of_basinhopping() -> None:
    calls = 0

    def counted(x: NDArray[Any]) -> float:
        nonlocal calls
        calls += 1
        return hills(x)

    kwargs = {"method": nelder_mead, "options": {"max_restarts": 0}}
    result = so.basinhopping(counted, [1.0], minimizer_kwargs=kwargs, niter=40, rng=0)
    grid = np.linspace(-1, 1, 200_001)
    least = (np.cos(14.5 * grid - 0.3) + (grid + 0.2) * grid).min()
    assert result.fun == pytest.approx(least, abs=1e-9)
    assert result.x == pytest.approx([-0.1951], abs=1e-4)
    assert isinstance(result.lowest_optimization_result, OptimizeResult)
    assert result.lowest_optimization_result.success
    assert result.minimization_failures == 0
    assert result.nfev == calls


# scipy.stats: fit(data, optimizer=…)


class Spy:
    """`fmin`, and how often it was called."""

    def __init__(self) -> None:
        self.calls = 0

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        self.calls += 1
        return minimizer.fmin(*args, **kwargs)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("distribution", "shapes", "fixed"),
    [
        ("gamma", (2.5,), {}),
        ("gamma", (2.5,), {"f0": 2.5}),
        ("weibull_min", (1.7,), {}),
        ("t", (5.0,), {}),
    ],
)
def test_as_the_optimizer_of_a_maximum_likelihood_fit(
    distribution: str, shapes: tuple[float, ...], fixed: dict[str, float]
) -> None:
    """The parameters of SciPy's own fit, of at least its likelihood."""
    family = getattr(stats, distribution)
    data = family.rvs(*shapes, loc=1.0, scale=2.0, size=300, random_state=7)
    spy = Spy()
    ours = family.fit(data, optimizer=spy, **fixed)
    theirs = family.fit(data, **fixed)
    assert spy.calls == 1
    assert len(ours) == len(theirs)
    assert ours == pytest.approx(theirs, rel=1e-3)
    assert family.nnlf(ours, data) <= family.nnlf(theirs, data) + 1e-9


def test_as_the_optimizer_of_a_fit_by_moments() -> None:
    """Whose answer for a normal distribution is known."""
    data = stats.norm.rvs(loc=3.0, scale=2.0, size=300, random_state=7)
    spy = Spy()
    ours = stats.norm.fit(data, method="MM", optimizer=spy)
    assert spy.calls == 1
    assert ours == pytest.approx((data.mean(), data.std()), rel=1e-6)


def test_a_fit_that_needs_no_optimizer_is_left_alone() -> None:
    """SciPy fits a normal distribution by a formula, whatever the optimizer."""
    data = stats.norm.rvs(loc=3.0, scale=2.0, size=300, random_state=7)
    assert stats.norm.fit(data, optimizer=minimizer.fmin) == stats.norm.fit(data)


# lmfit: Minimizer.scalar_minimize(method=…); lmfit.minimize takes names only

MISRA1A_X = [77.6, 114.9, 141.1, 190.8, 239.9, 289.0, 332.8, 378.4, 434.8, 477.3, 536.8, 593.1]
MISRA1A_X += [689.1, 760.0]
MISRA1A_Y = [10.07, 14.73, 17.94, 23.93, 29.61, 35.18, 40.02, 44.82, 50.76, 55.05, 61.01, 66.40]
MISRA1A_Y += [75.47, 81.78]


def misra1a_residuals(params: Any) -> NDArray[np.float64]:
    """Return those of NIST's nonlinear regression Misra1a."""
    fitted = params["b1"] * (1 - np.exp(-params["b2"] * np.array(MISRA1A_X)))
    return np.asarray(fitted - np.array(MISRA1A_Y))


@pytest.fixture
def lmfit() -> Any:
    return pytest.importorskip("lmfit")


@pytest.fixture
def params(lmfit: Any) -> Any:
    """NIST's first start."""
    params = lmfit.Parameters()
    params.add("b1", value=500.0)
    params.add("b2", value=1e-4)
    return params


@pytest.mark.slow
def test_as_a_scalar_minimizer_of_lmfit(lmfit: Any, params: Any) -> None:
    """NIST's certified values, and its residual sum of squares to nine digits."""
    result = lmfit.Minimizer(misra1a_residuals, params).scalar_minimize(method=nelder_mead)
    assert result.success
    assert result.minimizer_status is Status.SUCCESS
    assert result.params["b1"].value == pytest.approx(238.94212918, rel=1e-6)
    assert result.params["b2"].value == pytest.approx(5.5015643181e-4, rel=1e-6)
    assert result.chisqr == pytest.approx(0.12455138894, rel=1e-9)
    assert "function evals" in lmfit.fit_report(result)


def test_lmfits_bounds_and_fixed_parameters_hold(lmfit: Any, params: Any) -> None:
    params["b1"].max = 230.0
    fit = lmfit.Minimizer(misra1a_residuals, params)
    ours, theirs = (fit.scalar_minimize(method=m) for m in (nelder_mead, "Nelder-Mead"))
    assert ours.params["b1"].value == pytest.approx(230.0)
    assert ours.chisqr <= theirs.chisqr
    params["b1"].set(value=230.0, vary=False)
    result = lmfit.Minimizer(misra1a_residuals, params).scalar_minimize(method=nelder_mead)
    assert result.params["b1"].value == 230.0
    assert result.chisqr == pytest.approx(ours.chisqr)


def test_lmfits_limit_of_evaluations_holds(lmfit: Any, params: Any) -> None:
    result = lmfit.Minimizer(misra1a_residuals, params).scalar_minimize(
        method=nelder_mead, max_nfev=30
    )
    assert not result.success
    assert result.nfev <= 31
