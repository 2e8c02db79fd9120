"""Minima that are known without this package: analytically, or from SciPy's Nelder-Mead."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from problems import ball, ball_minimum, bowl, mckinnon
from vectors import beale, himmelblau, offset_quadratic, rosenbrock

from minimizer import Minimizer, Status

SEEDS = [0, 1, -7, 2**31 - 1]


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize("start", [[1.0, 1.0], [-1.0, 1.0]])
@pytest.mark.parametrize("case", [(1, 15, 10), (2, 6, 60), (3, 6, 400)])
def test_mckinnon(case: tuple[float, float, float], start: list[float], seed: int) -> None:
    """Nelder and Mead's own rules may stop at (0, 0), which is no minimum."""
    fun = mckinnon(*case)
    m = Minimizer(fun, 2, random_seed=seed)
    assert m.minimize(start) is Status.SUCCESS
    assert m.function_value == pytest.approx(-0.25, abs=1e-6 * (fun(start) + 0.25))
    assert m.params[1] == pytest.approx(-0.5, abs=1e-2)


@pytest.mark.slow
@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize("n", [3, 4])
def test_minimum_on_the_edge_of_a_nan_ball(n: int, seed: int) -> None:
    start = [0.1] * n
    gap = ball(start) - ball_minimum(n)
    m = Minimizer(ball, n, random_seed=seed)
    assert m.minimize(start) is Status.SUCCESS
    assert 0 <= m.function_value - ball_minimum(n) + 1e-12 <= 1e-6 * gap
    assert float(m.params @ m.params) <= 4.0


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize("rules", ["imagej", "robust"])
@pytest.mark.parametrize("n", [1, 2, 3, 5])
def test_a_parabola_under_both_rule_sets(n: int, rules: str, seed: int) -> None:
    m = Minimizer(bowl, n, rules=rules, random_seed=seed)
    assert m.minimize([4.0] * n) is Status.SUCCESS
    assert m.function_value == pytest.approx(7.0, abs=1e-8)
    assert m.params == pytest.approx(np.arange(1.0, n + 1), abs=1e-3)


@pytest.mark.parametrize("seed", SEEDS)
def test_the_absolute_value_has_its_minimum_at_a_kink(seed: int) -> None:
    m = Minimizer(lambda x: float(abs(x - [1.0, -2.0]).sum()), 2, random_seed=seed)
    assert m.minimize([5.0, 5.0]) is Status.SUCCESS
    assert m.params == pytest.approx([1.0, -2.0], abs=1e-8)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("fun", "start"),
    [
        (rosenbrock, [-1.2, 1.0]),
        (rosenbrock, [0.5, 0.5, 0.5]),
        (beale, [1.0, 1.0]),
        (himmelblau, [3.5, 2.5]),
        (offset_quadratic, [2.0, 2.0, 2.0]),
        (lambda x: float(np.exp(x[0] - 1) - x[0] + np.cosh(x[1] + 2)), [0.0, 0.0]),
    ],
)
@pytest.mark.parametrize("rules", ["imagej", "robust"])
def test_scipy_finds_the_same_minimum(fun: Any, start: list[float], rules: str) -> None:
    optimize = pytest.importorskip("scipy.optimize")
    tight: dict[str, Any] = {"xatol": 1e-10, "fatol": 1e-10, "maxiter": 10_000, "maxfev": 10_000}
    expected = optimize.minimize(fun, start, method="Nelder-Mead", options=tight)
    assert expected.success
    m = Minimizer(fun, len(start), rules=rules)
    m.minimize(start)
    assert m.function_value == pytest.approx(expected.fun, abs=1e-9)
    assert m.params == pytest.approx(expected.x, abs=1e-4)
