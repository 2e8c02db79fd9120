"""When two values, or two points, count as equal."""

from __future__ import annotations

import math

import pytest
from scripted import INF, NAN, as_point, make_problem, make_state

from minimizer.common.tolerances import Tolerances
from minimizer.simplex.closeness import (
    all_near,
    all_within_resolutions,
    all_within_tolerances,
    is_level,
    is_tiny,
    params_agree,
    rounding_of,
    values_agree,
    vertex_size,
    within_resolutions,
    within_tolerances,
)
from minimizer.simplex.search import STAYS, moved
from minimizer.simplex.state import RunState

pytestmark = pytest.mark.usefixtures("form")

ZEROS_1 = [[0.0], [0.0]]
ZEROS = ([[0.0, 0.0]] * 3, [0.0] * 3)


def limits(
    rel: float = 1e-3,
    absolute: float = 1e-100,
    resolutions: list[float] | None = None,
    ranges: tuple[float, ...] = (1.0, 1.0),
) -> RunState:
    """Return a run with these limits and ranges; its vertices are all at 0."""
    n = len(ranges)
    problem = make_problem(
        n, max_rel_error=rel, max_abs_error=absolute, resolutions=resolutions, variations=ranges
    )
    s = make_state(problem, [[0.0] * n] * (n + 1), [0.0] * (n + 1))
    s.ranges, s.run_ranges = list(ranges), list(ranges)
    return s


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
    assert values_agree(limits(), a, b, factor) is agree


@pytest.mark.parametrize(("a", "b"), [(2.0, 1.0), (1.0, 2.0), (-2.0, -1.0), (-1.0, -2.0)])
@pytest.mark.parametrize(("rel", "agree"), [(0.51, True), (0.49, False)])
def test_the_larger_is_either(a: float, b: float, rel: float, agree: bool) -> None:
    assert values_agree(limits(rel=rel), a, b, 1.0) is agree


@pytest.mark.parametrize(("a", "agree"), [(0.9e-103, True), (1.1e-103, False)])
def test_near_0_differences_are_relative_to_1e_100(a: float, agree: bool) -> None:
    assert values_agree(limits(absolute=0.0), a, 0.0, 1.0) is agree


def test_the_relative_limit_itself_is_not_enough() -> None:
    """The comparison is `<`: with a limit of 0, equal values do not agree relatively."""
    assert not values_agree(limits(rel=0.0, absolute=0.0), 1.0, 1.0, 1.0)


@pytest.mark.parametrize(("b", "agree"), [(5.0, False), (4.5, True), (4.0, True)])
def test_the_absolute_limit_suffices_but_is_not_met_by_itself(b: float, agree: bool) -> None:
    """2 |4 - b| < 2."""
    assert values_agree(limits(rel=0.0, absolute=2.0), 4.0, b, 2.0) is agree


def test_within_resolution_in_every_parameter() -> None:
    several = limits(resolutions=[1.0, 10.0])
    best = [5.0, 50.0]
    assert within_resolutions(several, [5.9, 41.0], best)
    assert not within_resolutions(several, [6.0, 50.0], best)  # equal is not within
    assert not within_resolutions(several, [5.0, 61.0], best)


@pytest.mark.parametrize(("x", "within"), [(5.0, True), (5.9, True), (7.0, False)])
@pytest.mark.parametrize("vertex", [0, 2])
def test_all_vertices_are_within_resolution_of_the_best(
    vertex: int, x: float, within: bool
) -> None:
    several = limits(resolutions=[1.0, 10.0])
    for v in range(3):
        several.put(v, as_point(several, [x if v == vertex else 5.0, 50.0]), abs(v - 1.0))
    several.rank()
    assert several.best == 1
    assert all_within_resolutions(several) is within


def test_a_nan_point_counts_as_within_resolution_as_in_imagej() -> None:
    """ImageJ says false only where a difference is `>=` the resolution, which a NaN is not."""
    assert within_resolutions(limits(resolutions=[1.0, 1.0]), [NAN, 0.0], [0.0, 0.0])


def test_nothing_is_within_resolution_if_none_is_set() -> None:
    """A search goes on, although all vertices are at one point; with resolutions it does not."""
    for resolutions in (None, [1.0, 1.0]):
        problem = make_problem(rules="imagej", resolutions=resolutions)
        s = make_state(problem, ZEROS[0], [1.0, 2.0, 3.0])
        assert (moved(s) == STAYS) is (resolutions is None)


@pytest.mark.parametrize(
    ("distance", "tiny"),
    [(0.0, True), (1.09e-8, True), (1.11e-8, False), (-1.09e-8, True), (-1.11e-8, False)],
)
@pytest.mark.parametrize("worst", [0, 2])
def test_tiny_is_1e_10_of_parameter_plus_initial_range(
    distance: float, tiny: bool, worst: int
) -> None:
    """1e-10 (|100| + 10) = 1.1e-8; the other parameter is exact.

    The worst vertex, by which it is told if there is no need to look at the others, may be another.
    """
    s = limits(ranges=(10.0, 1.0))
    for v, point in enumerate([[100.0 + distance, 0.0], [100.0, 0.0], [100.0, 0.0]]):
        s.put(v, as_point(s, point), 0.0 if v == 1 else 2.0 if v == worst else 1.0)
    s.rank()
    assert (s.best, s.worst) == (1, worst)
    assert is_tiny(s) is tiny


@pytest.mark.parametrize("vertex", [0, 2])
@pytest.mark.parametrize("param", [0, 1])
@pytest.mark.parametrize("far", [1e-9, -1e-9, NAN])
@pytest.mark.parametrize("worst", [0, 2])
def test_tiny_must_hold_in_every_parameter_of_every_vertex(
    vertex: int, param: int, far: float, worst: int
) -> None:
    s = limits()
    s.best, s.worst = 1, worst
    assert is_tiny(s)
    point = [0.0, 0.0]
    point[param] = far
    s.put(vertex, as_point(s, point), 0.0)
    assert not is_tiny(s)


def test_tiny_is_relative_to_the_ranges_that_suit_the_simplex() -> None:
    """And near a target is relative to those of the start, as the other run has them."""
    s = limits(ranges=(1.0, 1.0))
    s.put(0, as_point(s, [1e-9, 1e-9]), 0.0)
    s.best = s.worst = 1
    assert not is_tiny(s)
    assert not all_near(s, [0.0, 0.0], 1e-10, s.ranges)
    s.run_ranges = [20.0, 20.0]
    assert is_tiny(s)
    assert not all_near(s, [0.0, 0.0], 1e-10, s.ranges)
    s.ranges, s.run_ranges = [20.0, 20.0], [1.0, 1.0]
    assert not is_tiny(s)
    assert all_near(s, [0.0, 0.0], 1e-10, s.ranges)


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
    s = limits(ranges=(1e-30,))
    assert params_agree(s, [a], [b], s.ranges) is agree
    assert params_agree(s, [b], [a], s.ranges) is agree


def test_results_near_zero_agree_relative_to_the_initial_range() -> None:
    s = limits(ranges=(10.0,))
    assert params_agree(s, [1e-12], [-1e-12], s.ranges)
    assert not params_agree(s, [1e-6], [-1e-6], s.ranges)
    assert params_agree(s, [1e-6], [-1e-6], [1e4])


@pytest.mark.parametrize(("difference", "agree"), [(0.9e-8, True), (1.1e-8, False)])
def test_a_billionth_of_the_initial_range_is_the_floor(difference: float, agree: bool) -> None:
    s = limits(ranges=(10.0,))
    assert params_agree(s, [0.0], [difference], s.ranges) is agree


def test_results_agree_in_every_parameter() -> None:
    s = limits()
    assert params_agree(s, [1.0, 2.0], [1.0, 2.0], s.ranges)
    assert not params_agree(s, [1.0, 2.0], [1.0, 2.1], s.ranges)
    assert not params_agree(s, [1.0, 2.0], [1.1, 2.0], s.ranges)


def test_tolerances_are_absolute_and_both_must_hold() -> None:
    problem = make_problem(tolerances=Tolerances(params=0.5, value=0.25))
    best = [1.0, 1.0]
    for point, value, hold in (
        ([1.5, 0.5], 3.25, True),
        ([1.0, 1.75], 3.0, False),
        ([1.75, 1.0], 3.0, False),
        ([1.5, 0.5], 3.5, False),
        ([1.5, 0.5], NAN, False),
    ):
        s = make_state(problem, [best] * 3, [3.0] * 3)
        assert within_tolerances(s, point, value, best, 3.0) is hold
        for v in range(3):
            s = make_state(problem, [best] * 3, [3.0] * 3)
            assert all_within_tolerances(s, best, 3.0)
            s.put(v, as_point(s, point), value)
            s.values[v] = value  # NaN as it stands
            assert all_within_tolerances(s, best, 3.0) is hold


def test_an_infinite_value_is_within_no_tolerance_of_itself() -> None:
    problem = make_problem(tolerances=Tolerances(params=INF, value=1e300))
    s = make_state(problem, ZEROS[0], [INF] * 3)
    assert not all_within_tolerances(s, [0.0, 0.0], INF)
    assert not within_tolerances(s, [0.0, 0.0], -INF, [0.0, 0.0], -INF)
    assert math.isinf(s.values[0])


@pytest.mark.parametrize(
    ("value", "first", "rounding"),
    [
        (8.0, 8.0, 8.0 * 4.4408920985006262e-16),
        (-8.0, -8.0, 8.0 * 4.4408920985006262e-16),
        (0.0, 8.0, 4.0 * 4.4408920985006262e-16),  # the descent, of whose rounding half
        (INF, INF, 0.0),
    ],
)
def test_rounding_is_that_of_the_value_or_of_the_descent(
    value: float, first: float, rounding: float
) -> None:
    s = make_state(
        make_problem(1, tolerances=Tolerances(0.0, 0.0), rules="robust"), [[0.0]] * 2, [value] * 2
    )
    s.has_best, s.first_value = True, first
    assert rounding_of(s, value) == rounding


def test_a_tolerance_of_0_is_the_rounding() -> None:
    """Of 1 and of 1: the next numbers are within it, the sixth is not."""
    s = make_state(
        make_problem(1, tolerances=Tolerances(0.0, 0.0), rules="robust"), [[1.0]] * 2, [1.0] * 2
    )
    near, far = 1.0 + 2.0**-52, 1.0 + 6.0 * 2.0**-52
    assert within_tolerances(s, [near], near, [1.0], 1.0)
    assert not within_tolerances(s, [near], far, [1.0], 1.0)
    assert not within_tolerances(s, [far], near, [1.0], 1.0)


def test_far_apart_values_are_not_level_and_a_tiny_simplex_with_them_has_not_converged() -> None:
    """A size of 1e-14 is tiny whatever the values."""
    s = make_state(make_problem(1, rules="robust", variations=[1.0]), [[5.0], [5.0]], [0.0, 1.0])
    s.top, s.first_point = 1000.0, [5.0]
    for a, b, level in (
        (100.0, 100.00009, True),  # 1e-6 of the value
        (100.0, 100.0002, False),
        (900.0, 900.00009, True),  # 1e-6 of the descent, 100
        (900.0, 900.0002, False),
        (0.0, 0.9e-6, True),  # 1e-9 of the descent, 1000
        (0.0, 1.1e-6, False),
    ):
        assert is_level(s, a, b) is level, (a, b)
    for distance, value, tiny in (
        (5e-11, 0.5e-6, True),
        (5e-11, 1.0, False),
        (0.0, 1.0, True),
        (2e-10, 0.5e-6, False),
    ):
        s.put(0, as_point(s, [5.0]), 0.0)
        s.put(1, as_point(s, [5.0 + distance]), value)
        s.rank()
        assert is_tiny(s) is tiny


def test_with_resolutions_only_the_parameters_count() -> None:
    problem = make_problem(1, rules="robust", variations=[1.0], resolutions=[0.1])
    s = make_state(problem, ZEROS_1, [0.0, 1.0])
    s.top = 1000.0
    assert is_level(s, 0.0, 500.0)


@pytest.mark.parametrize(
    ("rules", "least"), [("imagej", 1e-10), ("robust", 64.0 * 2.220446049250313e-16)]
)
def test_a_vertex_is_no_nearer_than_can_be_told(rules: str, least: float) -> None:
    s = make_state(make_problem(1, rules=rules), ZEROS_1, [0.0, 1.0])
    assert vertex_size(s, 1e10, 1e-9) == 1e10 * least
    assert vertex_size(s, 1e10, 100.0) == 100.0
    assert vertex_size(s, 0.0, 0.0) == 0.01
