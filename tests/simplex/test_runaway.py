"""A parameter that grows without end while the value converges leads to no minimum (R23)."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest
from problems import rosenbrock, wood

from minimizer import Minimizer, Rules, Status, fmin, minimize

TIMES = np.linspace(0.1, 2.0, 20)
QUANTILES = np.array([-2.2, -1.4, -1.0, -0.7, -0.4, -0.1, 0.1, 0.4, 0.7, 1.0, 1.4, 2.2])


def gamma(x: Any, data: Any) -> float:
    """Return minus a gamma distribution's likelihood; symmetric data want it to be normal."""
    shape, location, scale = x
    z = (data - location) / scale
    if not (shape > 0.0 and scale > 0.0 and z.min() > 0.0):
        return math.nan
    constant = math.lgamma(shape) + math.log(scale)
    return float(len(data) * constant - ((shape - 1.0) * np.log(z) - z).sum())


def saturating(x: Any, y: Any) -> float:
    """Return the sum of squares of a curve that a straight line resembles for a large x[0]."""
    with np.errstate(all="ignore"):
        return float(((x[0] * (1.0 - np.exp(-x[1] * TIMES)) - y) ** 2).sum())


RIDGES = {
    "straight": (lambda x: 5.0 + 1.0 / (1.0 + abs(x[0])) + (x[1] - 1.0) ** 2, [1.0, 0.0]),
    "bent": (
        lambda x: 7.0 + (1.0 + x[0] ** 2) ** -0.5 + (x[1] - abs(x[0]) ** 0.5) ** 2,
        [2.0, 1.0],
    ),
    "gamma": (lambda x: gamma(x, QUANTILES), [2.0, -4.0, 1.0]),
}
VALLEYS = {
    **{f"Rosenbrock, {n}": (rosenbrock, [-1.2, 1.0] * (n // 2) + [1.0] * (n % 2)) for n in (5, 8)},
    "Wood": (wood, [-3.0, -1.0, -3.0, -1.0]),
    "far": (lambda x: (x[0] - 1e8) ** 2 + (x[1] - x[0]) ** 2 + 3.0, [1.0, 1.0]),
    "far, and flat": (lambda x: (math.log(abs(x[0]) + 1e-300) - math.log(1e8)) ** 2 + 9.0, [1.0]),
    "far, from zero": (lambda x: math.hypot(1.0, 1e-5 * (x[0] - 1e8)) + x[1] ** 2, [0.0, 1.0]),
    "a bent line": (lambda x: saturating(x, 50.0 * (1.0 - np.exp(-0.02 * TIMES))), [1.0, 1.0]),
}


@pytest.mark.parametrize("name", RIDGES)
def test_on_a_ridge_a_call_ends_soon_and_without_success(name: str) -> None:
    fun, start = RIDGES[name]
    result = minimize(fun, start)
    assert not result.success
    assert (result.minimizer_status, result.status) == (Status.RUNAWAY, 11)
    assert result.message.startswith("params[0] is ")
    assert "ran away" in result.message
    assert [run.status for run in result.runs][-1] is Status.RUNAWAY
    assert result.nfev < 600 * len(start)


def test_without_the_rule_the_limit_ends_it() -> None:
    fun, start = RIDGES["bent"]
    result = minimize(fun, start, options={"rules": Rules(runaway_is_no_minimum=False)})
    assert not result.success
    assert result.nfev > 1.5 * minimize(fun, start).nfev


@pytest.mark.slow
@pytest.mark.parametrize("seed", [0, 1, 2])
@pytest.mark.parametrize("name", VALLEYS)
def test_a_slow_valley_is_none(name: str, seed: int) -> None:
    fun, start = VALLEYS[name]
    m = Minimizer(fun, len(start), random_seed=seed)
    m.minimize(start)
    assert all(run.status is not Status.RUNAWAY for run in m.runs)
    off = Minimizer(fun, len(start), random_seed=seed, rules=Rules(runaway_is_no_minimum=False))
    assert (off.minimize(start), off.function_value) == (m.status, m.function_value)


def test_a_constant_of_any_size_does_not_make_a_ridge_of_a_valley() -> None:
    for constant in (1.0, 1e6, -1e9):
        m = Minimizer(lambda x, c=constant: (x[0] - 1e8) ** 2 + c, 1)
        assert m.minimize([1.0]) is Status.SUCCESS
        assert m.params == pytest.approx([1e8], rel=1e-6)


def test_where_the_limit_suffices_other_runs_follow() -> None:
    """And a minimum that two of them confirm is a success."""
    fun, start = RIDGES["bent"]
    m = Minimizer(fun, 2, max_restarts=1)
    assert m.minimize(start) is Status.MAX_RESTARTS_EXCEEDED
    assert [run.status for run in m.runs] == [Status.RUNAWAY] * 4


def test_a_single_run_says_so_too() -> None:
    fun, start = RIDGES["straight"]
    m = Minimizer(fun, 2)
    assert m.minimize_once(start) is Status.RUNAWAY
    assert m.message.startswith("params[0] is ")
    *_, warnflag = fmin(fun, start, full_output=True, disp=False)
    assert warnflag == Status.RUNAWAY.scipy_code == 11
