"""When two values, or two points, count as equal."""

from __future__ import annotations

import numpy as np
import pytest
from minimizer.simplex.limits import Limits
from scripted import INF, NAN


def limits(
    rel: float = 1e-3,
    absolute: float = 1e-100,
    resolutions: list[float] | None = None,
    ranges: tuple[float, ...] = (1.0, 1.0),
) -> Limits:
    given = None if resolutions is None else np.array(resolutions)
    return Limits(rel, absolute, given, np.array(ranges))


@pytest.mark.parametrize(
    ("a", "b", "factor", "agree"),
    [
        (1000.0, 1000.5, 1.0, True),  # 0.5 / 1000.5 < 1e-3
        (1000.0, 1000.5, 2.0, True),  # 1.0 / 1000.5 < 1e-3
        (1000.0, 1000.5, 4.0, False),  # 2.0 / 1000.5
        (-1000.0, -1000.5, 1.0, True),
        (-1000.0, 1000.0, 1.0, False),
        (0.0, 0.0, 4.0, True),
        (0.0, 1e-99, 1.0, False),  # 1e-99 / 1.1e-99
        (0.0, 1e-104, 1.0, True),  # 1e-104 / (1e-104 + 1e-100) < 1e-3
        (INF, INF, 1.0, False),
        (-INF, -INF, 1.0, False),
        (INF, 0.0, 1.0, False),
        (NAN, 1.0, 1.0, False),
        (1.0, NAN, 1.0, False),
        (NAN, NAN, 1.0, False),
        (1e308, -1e308, 4.0, False),  # the difference overflows
    ],
)
def test_values_agree_relative_to_the_larger(
    a: float, b: float, factor: float, agree: bool
) -> None:
    assert limits().values_agree(a, b, factor) is agree


def test_the_relative_limit_itself_is_not_enough() -> None:
    """The comparison is `<`: with a limit of 0, equal values do not agree relatively."""
    assert not limits(rel=0.0, absolute=0.0).values_agree(1.0, 1.0, 1.0)


@pytest.mark.parametrize(("b", "agree"), [(5.0, False), (4.5, True), (4.0, True)])
def test_the_absolute_limit_suffices_but_is_not_met_by_itself(b: float, agree: bool) -> None:
    """2 |4 - b| < 2."""
    assert limits(rel=0.0, absolute=2.0).values_agree(4.0, b, 2.0) is agree


def test_within_resolution_in_every_parameter() -> None:
    several = limits(resolutions=[1.0, 10.0])
    best = np.array([5.0, 50.0])
    assert several.within_resolution(np.array([5.9, 41.0]), best)
    assert not several.within_resolution(np.array([6.0, 50.0]), best)  # equal is not within
    assert not several.within_resolution(np.array([5.0, 61.0]), best)
    assert not several.within_resolution(np.array([[5.0, 50.0], [7.0, 50.0]]), best)


def test_a_nan_point_counts_as_within_resolution_as_in_imagej() -> None:
    """ImageJ says false only where a difference is `>=` the resolution, which a NaN is not."""
    assert limits(resolutions=[1.0, 1.0]).within_resolution(
        np.array([NAN, 0.0]), np.array([0.0, 0.0])
    )


def test_nothing_is_within_resolution_if_none_is_set() -> None:
    assert not limits().within_resolution(np.zeros(2), np.zeros(2))


@pytest.mark.parametrize(
    ("distance", "tiny"),
    [(0.0, True), (1.09e-8, True), (1.11e-8, False), (-1.09e-8, True), (-1.11e-8, False)],
)
@pytest.mark.parametrize("worst", [0, 2])
def test_tiny_is_1e_10_of_parameter_plus_initial_range(
    distance: float, tiny: bool, worst: int
) -> None:
    """1e-10 (|100| + 10) = 1.1e-8; the other parameter is exact."""
    points = np.array([[100.0 + distance, 0.0], [100.0, 0.0], [100.0, 0.0]])
    assert limits(ranges=(10.0, 1.0)).is_tiny(points, 1) is tiny
    assert tiny or limits(ranges=(10.0, 1.0)).may_be_tiny(100.0, points[worst, 0]) is (worst == 2)


@pytest.mark.parametrize("vertex", [0, 2])
@pytest.mark.parametrize("param", [0, 1])
@pytest.mark.parametrize("far", [1e-9, -1e-9, NAN])
def test_tiny_must_hold_in_every_parameter_of_every_vertex(
    vertex: int, param: int, far: float
) -> None:
    points = np.zeros((3, 2))
    assert limits().is_tiny(points, 1)
    assert limits().may_be_tiny(0.0, 0.0)
    points[vertex, param] = far
    assert not limits().is_tiny(points, 1)


@pytest.mark.parametrize(
    ("a", "b", "agree"),
    [
        (1000.0, 1000.00009, True),  # 1e-7 of the parameter
        (1000.0, 1000.00011, False),
        (-1000.0, -1000.00009, True),
        (-1000.0, 1000.0, False),
        (0.0, 0.0, True),
        (0.0, 1.0, False),
        (NAN, NAN, False),
    ],
)
def test_results_agree_relative_to_the_parameter(a: float, b: float, agree: bool) -> None:
    both = limits(ranges=(1e-30,))
    assert both.params_agree(np.array([a]), np.array([b])) is agree
    assert both.params_agree(np.array([b]), np.array([a])) is agree


def test_results_near_zero_agree_relative_to_the_initial_range() -> None:
    both = limits(ranges=(10.0,))
    assert both.params_agree(np.array([1e-12]), np.array([-1e-12]))
    assert not both.params_agree(np.array([1e-6]), np.array([-1e-6]))
