"""A function that falls without bound has no minimum, and none is claimed (R22)."""

from __future__ import annotations

import math
import warnings
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from problems import bowl

from minimizer import Minimizer, Rules, Status, fmin, minimize, minimize_many

UNBOUNDED = {
    "linear": lambda x: x[0],
    "infinite": lambda x: -math.inf,
    "square": lambda x: -(x[0] * x[0]) - x[1] * x[1],
    "exponential": lambda x: -math.exp(x[0]) if x[0] < 700.0 else -math.inf,
    "log": lambda x: -math.log(x[0]) if x[0] > 0.0 else math.nan,
    "cliff": lambda x: -math.inf if x[0] > 50.0 else -x[0],
}
START = [1.0, 1.0]
FUNCTIONS = pytest.mark.parametrize("fun", UNBOUNDED.values(), ids=UNBOUNDED)


@FUNCTIONS
@pytest.mark.parametrize("n_jobs", [1, 2])
@pytest.mark.parametrize("schedule", ["pairs", "sequential"])
def test_the_first_run_to_see_it_ends_it_all(fun: Any, schedule: str, n_jobs: int) -> None:
    """With the lowest point; nothing that a second run finds could make it a minimum."""
    m = Minimizer(fun, 2, schedule=schedule, n_jobs=n_jobs)
    assert m.minimize(START) is Status.UNBOUNDED
    assert [run.status for run in m.runs] == [Status.UNBOUNDED]
    assert m.function_value == fun(m.params) < -1e99
    assert m.runs[0].function_value == m.function_value
    assert "bound" in m.message
    assert f"{m.function_value:.6g}" in m.message
    assert m.completed_minimizations == 0


@FUNCTIONS
def test_nor_is_it_claimed_by_a_single_run(fun: Any) -> None:
    assert Minimizer(fun, 2).minimize_once(START) is Status.UNBOUNDED
    assert Minimizer(fun, 2, max_restarts=0).minimize(START) is Status.UNBOUNDED


@pytest.mark.parametrize("name", [name for name in UNBOUNDED if name != "infinite"])
def test_within_bounds_there_is_a_minimum(name: str) -> None:
    fun = UNBOUNDED[name]
    m = Minimizer(fun, 2, bounds=[(0.5, 40.0), (0.5, 40.0)])
    assert m.minimize(START) is Status.SUCCESS
    assert m.function_value == pytest.approx(min(fun([x, y]) for x in (0.5, 40.0) for y in (40.0,)))


@pytest.mark.parametrize(
    ("fun", "start", "least"),
    [
        (lambda x: 1e110 * (x[0] ** 2 - 1.0), [1.0], -1e110),
        (lambda x: 1e110 * (x[0] ** 2 - 1.0), [3.0], -1e110),
        (lambda x: -1e300 * math.exp(-(x[0] ** 2)), [1.0], -1e300),
        (lambda x: 1e-300 * (x[0] ** 2 - 1.0), [1.0], -1e-300),
        (lambda x: -1e90 + x[0] ** 2, [1.0], -1e90),
    ],
)
def test_a_function_of_large_values_has_a_minimum_all_the_same(
    fun: Any, start: list[float], least: float
) -> None:
    """It falls by no more than by what its values are at the start."""
    m = Minimizer(fun)
    assert m.minimize(start) is Status.SUCCESS
    assert m.function_value == pytest.approx(least)


@FUNCTIONS
def test_imagej_s_rules_know_nothing_of_it(fun: Any) -> None:
    for rules in ("imagej", Rules(unbounded_is_no_minimum=False)):
        m = Minimizer(fun, 2, rules=rules, max_evaluations=3000)
        with np.errstate(all="ignore"):
            assert m.minimize(START) is not Status.UNBOUNDED


def test_in_ask_and_tell_it_ends_at_the_value() -> None:
    m = Minimizer(None, 1)
    m.ask([3.0])
    m.tell(1.0)
    assert m.ask() is not None
    m.tell(-math.inf)
    assert m.ask() is None
    assert m.status is Status.UNBOUNDED
    assert m.function_value == -math.inf


def test_scipy_s_words_say_that_it_is_no_success() -> None:
    result = minimize(lambda x: -float(x @ x), START)
    assert not result.success
    assert (result.status, result.minimizer_status) == (9, Status.UNBOUNDED)
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        *_, warnflag = fmin(lambda x: -float(x @ x), START, full_output=True, disp=True)
    assert warnflag == Status.UNBOUNDED.scipy_code == 9
    assert len(caught) <= 1


def falling(x: Any, slope: Any) -> float:
    """Return a parabola, or what falls without bound if the slope is not 0."""
    return -slope[0] * x[0] if slope[0] != 0.0 else (x[0] - 1.0) ** 2 + x[1] * x[1] + 7.0


SLOPES = np.array([[0.0], [1.0], [0.0], [-2.0], [math.inf]])


def check_many(fun: Any) -> None:
    """Check that only those problems end so that have no minimum."""
    many = minimize_many(fun, np.ones((5, 2)), (SLOPES,), n_jobs=1)
    expected = [Status.SUCCESS, Status.UNBOUNDED, Status.SUCCESS, *[Status.UNBOUNDED] * 2]
    assert [Status(status) for status in many.status] == expected
    assert many.function_value[[0, 2]] == pytest.approx([7.0, 7.0])
    for i, slope in enumerate(SLOPES):
        m = Minimizer(fun, 2, args=(slope,))
        assert m.minimize([1.0, 1.0]) == many.status[i]
        assert m.function_value == many.function_value[i]
        assert m.evaluations == many.counts[i][1]


def test_of_many_problems_the_others_go_on() -> None:
    with np.errstate(all="ignore"):
        check_many(falling)


@pytest.mark.slow
def test_compiled_it_is_the_same() -> None:
    """Of many problems, and of one."""
    numba = pytest.importorskip("numba")
    check_many(numba.njit(falling))


def test_a_limit_that_is_reached_first_ends_it_first() -> None:
    m = Minimizer(lambda x: x[0], 2, max_evaluations=20)
    assert m.minimize(START) is Status.MAX_EVALUATIONS_EXCEEDED
    m = Minimizer(bowl, 2, max_evaluations=1)
    assert m.minimize(START) is Status.MAX_EVALUATIONS_EXCEEDED


POLES = {
    "one parameter": (lambda x: math.log(abs(x[0] - 1.1)) + 0.01 * (x[0] - 3.0) ** 2, [3.0]),
    "two": (lambda x: math.log(abs(x[0] - 1.1) + abs(x[1] - 1.1)), [3.0, 1.0]),
}


@pytest.mark.parametrize("name", POLES)
@pytest.mark.parametrize("tolerances", [None, (1e-4, 1e-4)])
def test_a_pole_is_no_minimum(name: str, tolerances: Any) -> None:
    """The value falls by as much each time the distance halves, down to the last two numbers."""
    fun, start = POLES[name]
    m = Minimizer(lambda x: math.nan if (x == 1.1).all() else fun(x), tolerances=tolerances)
    assert m.minimize(start) is Status.UNBOUNDED
    assert "pole" in m.message


def moving(x: Any) -> float:
    """Return a pole of power -1/20 in one parameter, and a parabola in the other."""
    return -(abs(x[0] - 1.1) ** -0.05) + x[1] ** 2 if x[0] != 1.1 else math.nan


DATA = np.random.default_rng(7).random(40) ** 3 + 0.5


def likelihood(x: Any) -> float:
    """Return minus the logarithmic likelihood of a power law: shape, location and scale.

    For shapes below 1 it has no lower bound where the location comes near the smallest datum.
    """
    shape, location, scale = x
    way = DATA - location
    if shape <= 0 or (way <= 0).any() or (way > scale).any():
        return math.inf
    n = len(DATA)
    return float(n * (shape * math.log(scale) - math.log(shape)) - (shape - 1) * np.log(way).sum())


@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize(
    ("fun", "start"), [(moving, [3.0, 1.0]), (likelihood, [0.5, 0.3, 1.5])], ids=["x", "likelihood"]
)
def test_a_pole_along_one_parameter_is_no_minimum(
    fun: Callable[[Any], float], start: list[float], seed: int
) -> None:
    """The other parameters may still move; about as many evaluations as SciPy allows suffice."""
    m = Minimizer(fun, len(start), random_seed=seed)
    assert m.minimize(start) is Status.UNBOUNDED
    assert m.evaluations < 400 * len(start)
    off = Rules(unbounded_is_no_minimum=False)
    m = Minimizer(fun, len(start), random_seed=seed, max_evaluations=1000, rules=off)
    assert m.minimize(start) is not Status.UNBOUNDED


NO_POLES: dict[str, tuple[Callable[[Any], float], list[float]]] = {
    "a cusp |x|^(1/4)": (lambda x: abs(x[0] - 1.1) ** 0.25 + (x[1] - 2.0) ** 2, [1.1, 2.0]),
    "a kink": (lambda x: abs(x[0] - 1.1) + 100 * abs(x[0] - x[1] + 0.9), [1.1, 2.0]),
    "an edge": (lambda x: x[0] + (x[1] - 2) ** 2 if x[0] >= 1.1 else math.nan, [1.1, 2.0]),
    "penalties per datum": (
        lambda x: abs(x[0] - 1.1) + 1e3 * max(0, round(9 * (1.1 - x[0]) + 0.5)) + (x[1] - 2.0) ** 2,
        [1.1, 2.0],
    ),
    "a logarithm that ends": (
        lambda x: math.log(abs(x[0] - 1.1) + 1e-4) + (x[1] - 2.0) ** 2,
        [1.1, 2.0],
    ),
}


@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize("name", NO_POLES)
def test_a_steep_minimum_is_no_pole(name: str, seed: int) -> None:
    fun, minimum = NO_POLES[name]
    m = Minimizer(fun, 2, random_seed=seed)
    assert m.minimize([3.0, 1.0]) is not Status.UNBOUNDED
    assert m.params == pytest.approx(minimum, abs=1e-4)


@pytest.mark.parametrize("power", [0.5, 1.0])
def test_a_cusp_is_no_pole(power: float) -> None:
    """At the root of a distance the last digits are worth little."""
    m = Minimizer(lambda x: abs(x[0] - 1.1) ** power + abs(x[1] - 2.0) ** power, 2)
    assert m.minimize([3.0, 1.0]) is not Status.UNBOUNDED
    assert m.params == pytest.approx([1.1, 2.0])


def test_the_edge_of_a_step_is_no_pole() -> None:
    m = Minimizer(lambda x: (-x[0] if x[0] <= 1.1 else 5.0) + (x[1] - 2.0) ** 2, 2)
    assert m.minimize([0.5, 1.0]) is Status.SUCCESS
    assert m.params == pytest.approx([1.1, 2.0], abs=1e-6)
