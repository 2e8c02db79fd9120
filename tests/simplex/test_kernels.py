"""The kernels: ranking, means, trial points and thickness, all computed by hand."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scripted import INF, NAN, as_point, bits, make_problem, make_state, params_of

from minimizer import Status
from minimizer.simplex.geometry import find_extents, try_centre, try_inwards, try_shrunk
from minimizer.simplex.run_spec import RunSpec
from minimizer.simplex.search import begin_search
from minimizer.simplex.solver import NelderMeadRun
from minimizer.simplex.state import RunState

pytestmark = pytest.mark.usefixtures("form")

# Worst, best and next worst; the centroid of the latter two is (2, 0).
VERTICES = [[-1.0, 3.0], [0.0, 0.0], [4.0, 0.0]]
VALUES = [3.0, 1.0, 2.0]


def hand(rules: str = "robust", **settings: Any) -> RunState:
    return make_state(make_problem(rules=rules, **settings), VERTICES, VALUES)


def on_line(s: RunState, t: float) -> list[float]:
    s.find_centroid()
    s.try_on_line(t)
    return list(s.trial)


def centre(s: RunState) -> list[float]:
    try_centre(s)
    return list(s.trial)


def shrunk(s: RunState, v: int, share: float) -> list[float]:
    s.shrink = share
    try_shrunk(s, v)
    return list(s.trial)


@pytest.mark.parametrize(
    ("values", "best", "next_worst", "worst"),
    [
        ([3.0, 1.0, 2.0], 1, 2, 0),
        ([1.0, 1.0, 1.0], 0, 0, 0),  # all equal: the first is everything, as in ImageJ
        ([1.0, 2.0, 2.0], 0, 2, 1),  # among equals the first
        ([2.0, 1.0, 1.0], 1, 1, 0),
        ([2.0, 2.0, 1.0], 2, 1, 0),
        ([-INF, INF, 0.0], 0, 2, 1),
    ],
)
@pytest.mark.parametrize("rules", ["imagej", "robust"])
def test_rank(rules: str, values: list[float], best: int, next_worst: int, worst: int) -> None:
    simplex = make_state(make_problem(rules=rules), VERTICES, values)
    assert (simplex.best, simplex.next_worst, simplex.worst) == (best, next_worst, worst)


@pytest.mark.parametrize(
    ("values", "imagej", "robust"),
    [
        ([NAN, 1.0, 2.0], (0, 0, 0), (1, 2, 0)),  # never displaced in ImageJ
        ([1.0, NAN, 2.0], (0, 0, 2), (0, 2, 1)),
        ([1.0, 2.0, NAN], (0, 0, 1), (0, 1, 2)),
        ([NAN, NAN, NAN], (0, 0, 0), (0, 0, 0)),
    ],
)
def test_rank_with_nan(
    values: list[float], imagej: tuple[int, int, int], robust: tuple[int, int, int]
) -> None:
    """NaN ranks like +inf in the robust rules (R1), and nowhere in ImageJ's."""
    for rules, expected in (("imagej", imagej), ("robust", robust)):
        simplex = make_state(make_problem(rules=rules), VERTICES, values)
        assert (simplex.best, simplex.next_worst, simplex.worst) == expected, rules


@given(st.lists(st.floats(allow_nan=True), min_size=4, max_size=4))
def test_a_nan_is_never_best_while_there_is_a_number(values: list[float]) -> None:
    simplex = make_state(make_problem(3), np.eye(4, 3).tolist(), values)
    numbers = [value for value in values if value == value]
    if numbers:
        assert simplex.values[simplex.best] == min(numbers)
    assert simplex.values[simplex.worst] == max(INF if v != v else v for v in values)


def test_a_vertex_that_was_never_evaluated_is_0_in_imagej_and_worst_in_the_robust_rules() -> None:
    assert make_state(make_problem(rules="imagej")).values == [0.0] * 3
    assert make_state(make_problem(rules="robust")).values == [INF] * 3


def test_centroid_leaves_the_worst_out() -> None:
    assert on_line(hand(), 0.0) == [2.0, 0.0]


def test_centroid_adds_up_in_index_order() -> None:
    """(0 + 1e16) + 1 is 1e16, so the 1 is lost; in any other order it is not."""
    vertices = [[1e16, 0, 0], [1.0, 0, 0], [-1e16, 0, 0], [0.0, 0, 0]]
    s = make_state(make_problem(3), vertices, [1.0, 2.0, 3.0, 9.0])
    assert on_line(s, 0.0)[0] == 0.0


def test_centroid_multiplies_by_the_reciprocal() -> None:
    """ImageJ multiplies by 1/n, which differs from a division by n in the last bit."""
    vertices = [[5.0, 0, 0], [0.0, 0, 0], [0.0, 0, 0], [0.0, 0, 0]]
    s = make_state(make_problem(3), vertices, [1.0, 2.0, 3.0, 9.0])
    assert on_line(s, 0.0)[0] == 5.0 * (1.0 / 3.0) != 5.0 / 3.0


def test_sums_begin_with_positive_zero() -> None:
    """So that a sum of nothing but -0.0 is 0.0, as it is in Java."""
    s = make_state(make_problem(), [[-0.0, -0.0], [-0.0, 0.0], [0.0, -0.0]], [1.0, 2.0, 3.0])
    assert bits(on_line(s, 0.0)) == bits([0.0, 0.0])
    assert bits(on_line(s, -1.0)) == bits([0.0, 0.0])
    assert bits(centre(s)) == bits([0.0, 0.0])
    s = make_state(make_problem(), [[-0.0, -0.0]] * 3, [1.0, 2.0, 3.0])
    assert bits(centre(s)) == bits([0.0, 0.0])
    begin_search(s)
    assert bits(s.middle) == bits([0.0, 0.0])


def test_centre_is_the_mean_of_all_vertices() -> None:
    assert centre(hand()) == [1.0, 1.0]


def test_a_search_notes_its_best_vertex_and_the_mean() -> None:
    s = hand()
    begin_search(s)
    assert (list(s.origin), list(s.middle)) == ([0.0, 0.0], [1.0, 1.0])


@pytest.mark.parametrize(
    ("t", "point"),
    [(-1.0, [5, -3]), (-2.0, [8, -6]), (-0.5, [3.5, -1.5]), (0.5, [0.5, 1.5]), (1.0, [-1, 3])],
)
def test_trial_points(t: float, point: list[float]) -> None:
    assert on_line(hand(), t) == point


def test_shrunk_keeps_half_of_the_way_from_the_best() -> None:
    assert shrunk(hand(), 0, 0.5) == [-0.5, 1.5]
    assert shrunk(hand(), 2, 0.25) == [1.0, 0.0]


def test_drawn_inwards_by_a_share_of_the_way_from_the_reflection_to_the_middle() -> None:
    s = hand()
    begin_search(s)
    on_line(s, -1.0)
    s.reflected = s.trial
    try_inwards(s, 0.25)
    assert list(s.trial) == [4.0, -2.0]


def test_points_are_clipped_to_the_box_in_the_robust_rules_only() -> None:
    box = ([-10.0, -1.0], [4.5, 10.0])
    robust, imagej = hand(box=box), hand("imagej", box=box)
    assert on_line(robust, -1.0) == [4.5, -1.0]
    assert on_line(imagej, -1.0) == [5.0, -3.0]


@pytest.mark.parametrize("x", [0.0, -0.0])
def test_of_two_zeros_the_bound_is_taken_and_the_lower_first(x: float) -> None:
    box = ([0.0, -0.0, 0.0, -0.0, -1.0, -1.0], [1.0, 1.0, -0.0, 0.0, 0.0, -0.0])
    for n in (6, 5):
        s = make_state(make_problem(n, box=(box[0][:n], box[1][:n])))
        s.try_params([x] * n, 0)
        assert bits(s.trial) == bits([0.0, -0.0, 0.0, -0.0, 0.0, -0.0][:n])


def test_only_a_parameter_that_is_fixed_is_clipped_from_a_bound() -> None:
    s = hand(box=([-10.0, -1.0], [4.5, -1.0]))
    s.fixed_only = True
    assert on_line(s, -1.0) == [5.0, -1.0]
    s.fixed_only = False
    assert on_line(s, -1.0) == [4.5, -1.0]


@pytest.mark.parametrize(
    ("point", "outside"),
    [
        ([0.0, 5.0], False),
        ([1.0, -INF], False),
        ([-5e-324, 0.0], True),
        ([0.5, np.nextafter(5.0, 6.0)], True),
        ([NAN, 0.0], False),
    ],
)
def test_outside_is_beyond_the_edges(point: list[float], outside: bool) -> None:
    s = make_state(make_problem(rules="imagej", box=([0.0, -INF], [1.0, 5.0])))
    s.trial = as_point(s, point)
    assert s.is_outside() is outside


def test_put_copies_and_swap_exchanges_points_and_values() -> None:
    s = hand()
    params = [7.0, 8.0]
    s.try_params(params, 0)
    s.put(0, s.trial, 5.0)
    params[:] = 0, 0
    s.swap(0, 2)
    assert params_of(s) == [[4.0, 0.0], [0.0, 0.0], [7.0, 8.0]]
    assert s.values == [2.0, 1.0, 5.0]


def test_a_vertex_is_a_point_to_keep() -> None:
    s = hand()
    vertex = s.vertex(0)
    s.put(0, as_point(s, [7.0, 8.0]), 5.0)
    s.swap(0, 1)
    assert list(vertex) == [-1.0, 3.0]


def test_extra_elements_go_with_their_vertex() -> None:
    """A trial starts with zeros, a vertex that is moved with the elements that it had."""
    problem = make_problem(extra=1)
    s = make_state(problem, [[-1, 3, 30], [0, 0, 10], [4, 0, 20]], VALUES)
    assert params_of(s) == VERTICES
    assert on_line(s, -1.0) == [5.0, -3.0, 0.0]
    assert shrunk(s, 2, 0.5) == [2.0, 0.0, 20.0]
    s.try_params([1.0, 2.0], 0)
    assert list(s.trial) == [1.0, 2.0, 30.0]
    assert centre(s) == [1.0, 1.0, 0.0]
    s.swap(0, 1)
    assert list(s.vertex(0)) == [0.0, 0.0, 10.0]
    assert list(s.vertex(1)) == [-1.0, 3.0, 30.0]


def test_the_simplex_of_a_record_is_a_copy_best_first() -> None:
    run = NelderMeadRun(make_problem(), RunSpec(0), 0)
    for v, (vertex, value) in enumerate(zip(VERTICES, VALUES, strict=True)):
        run.state.put(v, as_point(run.state, vertex), value)
    run.cut(Status.ABORTED)
    simplex = run.record().simplex
    assert simplex is not None
    points, values = simplex
    assert points.tolist() == [[0.0, 0.0], [4.0, 0.0], [-1.0, 3.0]]
    assert values.tolist() == [1.0, 2.0, 3.0]
    points[:] = 9.0
    assert params_of(run.state) == VERTICES


def test_extents_are_roots_of_summed_squares_of_the_edges_at_the_best() -> None:
    s = make_state(make_problem(), [[-1.0, 3.0], [0.0, 0.0], [4.0, 4.0]], VALUES)
    find_extents(s)
    assert list(s.sizes) == [np.sqrt(17.0), 5.0]


def test_length_is_euclidean() -> None:
    assert hand().length([3.0, -4.0]) == 5.0
    with np.errstate(all="ignore"):
        assert hand().length([1e200, 1.0]) == INF


@pytest.mark.parametrize(
    ("vertices", "flat"),
    [
        ([[0, 0], [1, 0], [0, 1]], False),
        ([[0, 0], [1, 0], [2, 0]], True),  # on an axis
        ([[0, 0], [1, 1], [2, 2]], True),  # on the diagonal
        ([[5, 5], [5, 5], [5, 5]], True),  # a point
        ([[0, 0], [1e-200, 0], [0, 1e150]], False),  # flat is relative, parameter by parameter
        ([[0, 0], [1, 1], [1, 1 + 1e-4]], False),
        ([[0, 0], [1, 1], [1, 1 + 1e-8]], True),
        ([[1e3, 1e3], [1e3 + 1, 1e3], [1e3, 1e3 + 1]], False),  # position does not matter
    ],
)
def test_flat_means_a_dimension_was_lost(vertices: list[list[float]], flat: bool) -> None:
    for order in ([0, 1, 2], [1, 2, 0], [2, 0, 1]):
        simplex = make_state(make_problem(), [vertices[i] for i in order], [1.0, 2.0, 3.0])
        assert simplex.is_flat() is flat, order


@pytest.mark.parametrize(("height", "flat"), [(1.9e-6, True), (2.1e-6, False)])
def test_flat_is_thinner_than_a_millionth_of_the_diagonal(height: float, flat: bool) -> None:
    """The second edge is height / sqrt(2) from the first, and the diagonal of a square sqrt(2)."""
    vertices = [[0.0, 0.0], [1.0, 1.0], [1.0, 1.0 + height]]
    assert make_state(make_problem(), vertices, [1.0, 2.0, 3.0]).is_flat() is flat


def test_flat_in_three_dimensions_although_every_pair_of_edges_is_not() -> None:
    vertices = [[0.0, 0, 0], [1.0, 0, 0], [0.0, 1, 0], [1.0, 1, 0]]
    assert make_state(make_problem(3), vertices, [1.0, 2.0, 3.0, 4.0]).is_flat()
    vertices[3][2] = 1.0
    assert not make_state(make_problem(3), vertices, [1.0, 2.0, 3.0, 4.0]).is_flat()
