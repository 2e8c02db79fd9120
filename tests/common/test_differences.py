"""Difference quotients as data: stencils, bounds, NaN, steps that fit."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from minimizer.common.bounds import Box
from minimizer.common.differences import STENCILS, Differences, relative_steps, weights

EPS = float(np.finfo(float).eps)
FREE = np.array([True, True])


def jacobian(
    fun: Any, x: Any, scheme: str = "forward", low: Any = -np.inf, high: Any = np.inf
) -> Any:
    x = np.array(x, dtype=float)
    box = Box(np.broadcast_to(low, x.shape) + 0.0, np.broadcast_to(high, x.shape) + 0.0)
    steps = relative_steps(x, abs(x), EPS, scheme, np.zeros(x.size))
    found = Differences(x, fun(x), steps, box, np.ones(x.size, bool), scheme)
    while not found.is_done:
        points = found.points()
        assert all(box.contains(point) for point in points)
        found.take([fun(point) for point in points])
    return found.jacobian()


def fun(x: Any) -> Any:
    return np.array([np.exp(x[0]) * x[1], x[0] ** 3, np.sin(x[1])])


def right(x: Any) -> Any:
    return np.array([[np.exp(x[0]) * x[1], np.exp(x[0])], [3 * x[0] ** 2, 0], [0, np.cos(x[1])]])


@pytest.mark.parametrize(
    ("scheme", "error"), [("forward", 1e-7), ("central", 1e-9), ("richardson", 1e-11)]
)
def test_the_error_falls_with_the_order(scheme: str, error: float) -> None:
    x = [0.7, 1.3]
    assert jacobian(fun, x, scheme) == pytest.approx(right(x), abs=error)


@pytest.mark.parametrize("stencil", {s for group in STENCILS.values() for s in group})
def test_weights_are_exact_for_polynomials(stencil: tuple[int, ...]) -> None:
    offsets = np.array(stencil, float)
    for power in range(1, offsets.size + 1):
        assert weights(stencil) @ offsets**power == pytest.approx(float(power == 1), abs=1e-12)


@pytest.mark.parametrize("scheme", ["forward", "central", "richardson"])
def test_points_stay_in_the_box(scheme: str) -> None:
    x = [0.7, 1.3]
    found = jacobian(fun, x, scheme, low=[0.7, 1.2], high=[0.8, 1.3])
    assert found == pytest.approx(right(x), abs=1e-6)


@pytest.mark.parametrize("scheme", ["forward", "central", "richardson"])
def test_it_turns_away_from_nan(scheme: str) -> None:
    def edge(x: Any) -> Any:
        return fun(x) if x[0] <= 0.7 else np.full(3, np.nan)

    assert jacobian(edge, [0.7, 1.3], scheme) == pytest.approx(right([0.7, 1.3]), abs=1e-6)


def test_nan_on_all_sides_is_no_derivative() -> None:
    J = jacobian(lambda x: np.array([1.0 if x[0] == 2.0 else np.nan]), [2.0])
    assert np.isnan(J).all()


def test_a_parameter_at_zero_gets_a_step_of_its_own_unit() -> None:
    """exp(x / 1e-9) at 0: a step of 1.5e-8 would be far too coarse."""
    J = jacobian(lambda x: np.array([np.exp(x[0] / 1e-9), 1.0]), [0.0])
    assert J[0, 0] == pytest.approx(1e9, rel=1e-3)


@pytest.mark.parametrize(
    ("scheme", "error"), [("forward", 2e-3), ("central", 1e-3), ("richardson", 1e-3)]
)
@pytest.mark.parametrize("place", [0.5, 5.0, 50.0, 500.0])
def test_single_precision_is_not_drowned_in_rounding(
    scheme: str, error: float, place: float
) -> None:
    """A peak at some place: the farther from zero, the more a relative step moves it."""
    t = np.linspace(-5.0, 5.0, 50)
    x, eps = np.array([place]), float(np.finfo(np.float32).eps)

    def peak(point: Any) -> Any:
        return np.exp(-0.5 * (t + place - point[0]) ** 2).astype(np.float32).astype(float)

    box = Box(np.full(1, -np.inf), np.full(1, np.inf))
    steps = relative_steps(x, x, eps, scheme, np.zeros(1))
    found = Differences(x, peak(x), steps, box, FREE[:1], scheme, eps=eps)
    while not found.is_done:
        found.take([peak(point) for point in found.points()])
    slope = np.exp(-0.5 * t**2) * t
    assert np.linalg.norm(found.jacobian()[:, 0] - slope) < error * np.linalg.norm(slope)


def test_where_nothing_is_seen_it_looks_further() -> None:
    """A value that is rounded to 1e-6 hides a step of 1.5e-8."""
    J = jacobian(lambda x: np.array([np.round(x[0], 6)]), [1.0])
    assert J[0, 0] == pytest.approx(1.0, rel=0.2)


def test_the_noise_is_that_of_rounding() -> None:
    x = np.array([1.0, 1e-3])
    box = Box(np.full(2, -np.inf), np.full(2, np.inf))
    found = Differences(x, fun(x), np.array([1e-8, 1e-11]), box, FREE)
    found.take([fun(point) for point in found.points()])
    assert found.noise(EPS, 1.0) == pytest.approx(EPS / (1e-11 * np.hypot(np.e, 1.0)), rel=1e-3)


def test_looking_further_does_not_leap() -> None:
    """exp(-10 x) is 0 around 67 and huge below 0, where no step leads."""
    J = jacobian(lambda x: np.array([np.exp(-10.0 * x[0])]), [67.0], "richardson")
    assert abs(J[0, 0]) < 1e-250
