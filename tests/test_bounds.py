"""Box bounds: reached exactly, never left, and NaN in ImageJ's rules."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from problems import bowl, rosenbrock, sphere, wavy
from scripted import INF, NAN, Counted

from minimizer import Minimizer, Status

RULES = pytest.mark.parametrize("rules", ["imagej", "robust"])


def minimized(fun: Any, start: Any, bounds: Any, **settings: Any) -> tuple[Minimizer, Counted]:
    seen = Counted(fun)
    m = Minimizer(seen, bounds=bounds, **settings)
    m.minimize(start)
    return m, seen


@pytest.mark.parametrize(
    ("bounds", "start", "minimum"),
    [
        ([(3, 9), (-9, 9)], [5.0, 5.0], [3.0, 2.0]),  # on a lower face; bowl's minimum is (1, 2)
        ([(-9, 0.5), (-9, 9)], [-5.0, 5.0], [0.5, 2.0]),  # on an upper face
        ([(-9, 9), (4, 9)], [-5.0, 5.0], [1.0, 4.0]),
        ([(-9, 9), (None, 1)], [5.0, -5.0], [1.0, 1.0]),
        ([(-9, 9), (-9, 9)], [5.0, 5.0], [1.0, 2.0]),  # inside
        ([(None, None), (-INF, INF)], [5.0, 5.0], [1.0, 2.0]),  # no bounds
    ],
)
def test_a_minimum_on_a_face_is_reached_exactly(
    bounds: Any, start: list[float], minimum: list[float]
) -> None:
    m, seen = minimized(bowl, start, bounds)
    assert m.status is Status.SUCCESS
    for i, (lower, upper) in enumerate(bounds):
        if minimum[i] in (lower, upper):
            assert m.params[i] == minimum[i]
        else:
            assert m.params[i] == pytest.approx(minimum[i], abs=1e-4)
    assert bowl(m.params) == m.function_value
    assert seen.calls < 500


@pytest.mark.parametrize("corner", [[3.0, 4.0], [3.0, -1.0], [-1.0, 4.0], [-1.0, -1.0]])
@pytest.mark.parametrize("at_corner", [True, False])
def test_a_minimum_in_a_corner_is_reached_exactly(corner: list[float], at_corner: bool) -> None:
    """Also from a start in that corner, or the opposite one."""
    target = np.where(np.array(corner) > 0, 10.0, -10.0)
    start = corner if at_corner else [2.0 - corner[0], 3.0 - corner[1]]
    m, _ = minimized(lambda x: sphere(x - target), start, [(-1, 3), (-1, 4)])
    assert m.status is Status.SUCCESS
    assert m.params.tolist() == corner


def test_a_linear_function_ends_in_a_corner_of_six_dimensions() -> None:
    m, _ = minimized(lambda x: float(x.sum()), [0.5] * 6, [(0, 1)] * 6)
    assert m.status is Status.SUCCESS
    assert m.params.tolist() == [0.0] * 6


def test_rosenbrock_behind_a_wall() -> None:
    """With x <= 0.5 the minimum is at (0.5, 0.25), on the wall, by setting the first term 0."""
    m, _ = minimized(rosenbrock, [-1.2, 1.0], [(None, 0.5), (None, None)])
    assert m.status is Status.SUCCESS
    assert m.params[0] == 0.5
    assert m.params[1] == pytest.approx(0.25, abs=1e-5)
    assert m.function_value == pytest.approx(0.25, abs=1e-9)


@pytest.mark.parametrize("fixed", [0, 1, 2])
def test_equal_bounds_fix_a_parameter(fixed: int) -> None:
    bounds: list[Any] = [(None, None)] * 3
    bounds[fixed] = (5.0, 5.0)
    m, seen = minimized(bowl, [5.0, 5.0, 5.0], bounds)
    assert m.status is Status.SUCCESS
    assert {point[fixed] for point in seen.points} == {5.0}
    expected = [1.0, 2.0, 3.0]
    expected[fixed] = 5.0
    assert m.params == pytest.approx(expected, abs=1e-4)


def test_all_parameters_fixed_is_a_success() -> None:
    m, _ = minimized(bowl, [5.0, 5.0], [(5, 5), (5, 5)])
    assert m.status is Status.SUCCESS
    assert m.params.tolist() == [5.0, 5.0]


@pytest.mark.parametrize("free", [[], [0], [2], [0, 2], [0, 1, 3]])
def test_all_but_some_parameters_fixed_finds_the_minimum_over_the_others(free: list[int]) -> None:
    bounds: list[Any] = [(None, None) if i in free else (5.0, 5.0) for i in range(4)]
    m, _ = minimized(bowl, [5.0] * 4, bounds)
    assert m.status is Status.SUCCESS
    expected = [i + 1.0 if i in free else 5.0 for i in range(4)]
    assert m.params == pytest.approx(expected, abs=1e-4)


@RULES
@pytest.mark.parametrize(
    "bounds",
    [
        [(5, 5), (5, 5)],
        [(5, 5), (5, 5), (None, None)],
        [(5, 5), (None, None), (5, 5), (0, 9)],
        [(5, np.nextafter(5, 6))] * 3,
    ],
    ids=str,
)
def test_fixed_parameters_do_not_make_the_function_see_nan(bounds: Any, rules: str) -> None:
    """Vertices that coincide have no direction between them: 0/0 must not become a parameter."""
    _, seen = minimized(bowl, [5.0] * len(bounds), bounds, rules=rules)
    assert not np.isnan(seen.points).any()


@RULES
@pytest.mark.parametrize("method", ["minimize", "minimize_once"])
def test_a_start_outside_is_moved_in_with_a_warning(method: str, rules: str) -> None:
    seen = Counted(bowl)
    m = Minimizer(seen, 2, rules=rules, bounds=[(0, 3), (0, 3)])
    given = np.array([5.0, -5.0])
    with pytest.warns(
        RuntimeWarning, match=r"^initial_params \[5\.0, -5\.0\] .* moved in"
    ) as caught:
        getattr(m, method)(given)
    assert caught[0].filename == __file__
    assert len(caught) == 1
    assert seen.points[0] == [3.0, 0.0]
    assert given.tolist() == [5.0, -5.0]


def test_zeros_that_are_outside_are_moved_in_without_a_warning() -> None:
    m, seen = minimized(bowl, None, [(2, 3), (2, 3)], n_params=2)
    assert seen.points[0] == [2.0, 2.0]
    assert m.params.tolist() == [2.0, 2.0]


@RULES
def test_an_initial_simplex_outside_is_not_evaluated(rules: str) -> None:
    seen = Counted(bowl)
    m = Minimizer(seen, 2, rules=rules, bounds=[(0, 3), (0, 3)])
    m.minimize_once(initial_simplex=[[1.0, 1.0], [5.0, 1.0], [1.0, 2.0]])
    assert np.array(seen.points).max() <= 3.0


def test_imagej_s_rules_take_outside_for_nan_without_a_call() -> None:
    """The same moves as for a function that is NaN there, minus the calls."""

    def fun(x: Any) -> float:
        return NAN if min(x) < 2.0 or max(x) > 9.0 else bowl(x)

    plain, bounded = Counted(fun), Counted(bowl)
    settings: dict[str, Any] = {"rules": "imagej", "max_iterations": 1000}
    one = Minimizer(plain, 2, **settings)
    one.minimize([5.0, 5.0])
    two = Minimizer(bounded, 2, bounds=[(2, 9), (2, 9)], **settings)
    two.minimize([5.0, 5.0])
    inside = [p for p, v in zip(plain.points, plain.values, strict=True) if v == v]
    assert bounded.points == inside
    assert len(inside) < plain.calls
    assert two.params.tolist() == one.params.tolist()
    assert two.iterations == one.iterations
    assert two.nan_evaluations == 0


def test_equal_bounds_leave_imagej_s_rules_no_simplex() -> None:
    m, seen = minimized(bowl, [5.0, 5.0], [(5, 5), (None, None)], rules="imagej")
    assert m.status is Status.INITIALIZATION_FAILURE
    assert {tuple(point) for point in seen.points} == {(5.0, 5.0)}


def test_a_nan_start_is_looked_for_inside() -> None:
    """Each run begins at the start itself, whose unknown parameter no bound can move."""
    m, seen = minimized(bowl, [NAN, 1.0], [(0, 3), (0, 3)])
    assert m.status is Status.SUCCESS
    unknown = [i for i, point in enumerate(seen.points) if point[0] != point[0]]
    assert unknown == [0, m.runs[0].evaluations]
    points = np.delete(np.array(seen.points), unknown, axis=0)
    assert points.min() >= 0.0
    assert points.max() <= 3.0
    assert m.params == pytest.approx([1.0, 2.0], abs=1e-4)


def test_scipy_bounds_give_the_same_as_pairs() -> None:
    optimize = pytest.importorskip("scipy.optimize")
    bounds = optimize.Bounds([3.0, -np.inf], [9.0, 1.0])
    one, _ = minimized(bowl, [5.0, -5.0], bounds)
    two, _ = minimized(bowl, [5.0, -5.0], [(3, 9), (None, 1)])
    assert repr(one) == repr(two)
    assert one.params.tolist() == [3.0, 1.0]


def test_scipy_bounds_of_one_element_stand_for_all() -> None:
    optimize = pytest.importorskip("scipy.optimize")
    m, _ = minimized(bowl, [5.0, 5.0, 5.0], optimize.Bounds(4.0, 9.0))
    assert m.params.tolist() == [4.0, 4.0, 4.0]


def test_bounds_that_are_set_later_count() -> None:
    m = Minimizer(bowl, 2)
    m.bounds = [(3, 9), (3, 9)]
    m.minimize([5.0, 5.0])
    assert m.params.tolist() == [3.0, 3.0]
    m.bounds = None
    m.minimize([5.0, 5.0])
    assert m.params == pytest.approx([1.0, 2.0], abs=1e-4)


SIDES = st.tuples(st.floats(-100, 100), st.floats(-100, 100)).map(sorted)


@pytest.mark.slow
@given(
    st.lists(SIDES, min_size=1, max_size=3),
    st.data(),
    st.sampled_from(["imagej", "robust"]),
    st.sampled_from([bowl, wavy, lambda x: float(-abs(x).sum())]),
)
def test_no_evaluation_is_out_of_bounds(
    bounds: list[list[float]], data: st.DataObject, rules: str, fun: Any
) -> None:
    start = [data.draw(st.floats(low, high)) for low, high in bounds]
    seen = Counted(fun)
    m = Minimizer(
        seen,
        rules=rules,
        bounds=bounds,
        max_evaluations=300,
        random_seed=data.draw(st.integers(0, 100)),
    )
    m.minimize(start)
    points = np.array(seen.points)
    lower, upper = np.array(bounds).T
    assert not (points < lower).any()
    assert not (points > upper).any()
    assert ((lower <= m.params) & (m.params <= upper)).all()
