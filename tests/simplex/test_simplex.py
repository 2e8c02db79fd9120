"""The simplex: ranking, means, trial points and thickness, all computed by hand."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from minimizer.simplex.simplex import Simplex
from minimizer.simplex.small_simplex import SmallSimplex
from scripted import INF, NAN, make_problem, make_simplex

# Worst, best and next worst; the centroid of the latter two is (2, 0).
VERTICES = [[-1.0, 3.0], [0.0, 0.0], [4.0, 0.0]]
VALUES = [3.0, 1.0, 2.0]


def hand_simplex(rules: str = "robust", **settings: object) -> Simplex:
    return make_simplex(make_problem(rules=rules, **settings), VERTICES, VALUES)  # type: ignore[arg-type]


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
    simplex = make_simplex(make_problem(rules=rules), VERTICES, values)
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
        simplex = make_simplex(make_problem(rules=rules), VERTICES, values)
        assert (simplex.best, simplex.next_worst, simplex.worst) == expected, rules


@given(st.lists(st.floats(allow_nan=True), min_size=4, max_size=4))
def test_a_nan_is_never_best_while_there_is_a_number(values: list[float]) -> None:
    simplex = make_simplex(make_problem(3), np.eye(4, 3).tolist(), values)
    numbers = [value for value in values if value == value]
    if numbers:
        assert simplex.values[simplex.best] == min(numbers)
    assert simplex.values[simplex.worst] == max(INF if v != v else v for v in values)


def test_a_vertex_that_was_never_evaluated_is_0_in_imagej_and_worst_in_the_robust_rules() -> None:
    assert Simplex(make_problem(rules="imagej")).values == [0.0] * 3
    assert Simplex(make_problem(rules="robust")).values == [INF] * 3


def centroid(simplex: Simplex) -> list[float]:
    """Where the line through the worst vertex begins."""
    return np.array(simplex.at(simplex.line(), 0.0)).tolist()


def test_centroid_leaves_the_worst_out() -> None:
    assert centroid(hand_simplex()) == [2.0, 0.0]


def test_centroid_adds_up_in_index_order() -> None:
    """(0 + 1e16) + 1 is 1e16, so the 1 is lost; in any other order it is not."""
    vertices = [[1e16, 0, 0], [1.0, 0, 0], [-1e16, 0, 0], [0.0, 0, 0]]
    simplex = make_simplex(make_problem(3), vertices, [1.0, 2.0, 3.0, 9.0])
    assert centroid(simplex)[0] == 0.0


def test_centroid_multiplies_by_the_reciprocal() -> None:
    """ImageJ multiplies by 1/n, which differs from a division by n in the last bit."""
    vertices = [[5.0, 0, 0], [0.0, 0, 0], [0.0, 0, 0], [0.0, 0, 0]]
    simplex = make_simplex(make_problem(3), vertices, [1.0, 2.0, 3.0, 9.0])
    assert centroid(simplex)[0] == 5.0 * (1.0 / 3.0) != 5.0 / 3.0


def test_centre_is_the_mean_of_all_vertices() -> None:
    assert list(hand_simplex().centre()) == [1.0, 1.0]


@pytest.mark.parametrize(
    ("t", "point"),
    [(-1.0, [5, -3]), (-2.0, [8, -6]), (-0.5, [3.5, -1.5]), (0.5, [0.5, 1.5]), (1.0, [-1, 3])],
)
def test_trial_points(t: float, point: list[float]) -> None:
    simplex = hand_simplex()
    assert list(simplex.at(simplex.line(), t)) == point


def test_shrunk_keeps_half_of_the_way_from_the_best() -> None:
    simplex = hand_simplex()
    assert list(simplex.shrunk(0, 0.5)) == [-0.5, 1.5]
    assert list(simplex.shrunk(2, 0.25)) == [1.0, 0.0]


NUMBERS = st.floats(-1e3, 1e3)


@given(st.data(), st.integers(1, 6))
def test_lists_and_arrays_give_the_same_bits(data: st.DataObject, n: int) -> None:
    """Up to six parameters the simplex computes with lists, which only are faster."""
    vertices = data.draw(
        st.lists(st.lists(NUMBERS, min_size=n, max_size=n), min_size=n + 1, max_size=n + 1)
    )
    values = data.draw(
        st.lists(st.sampled_from([1.0, 2.0, -0.0, 0.0, INF]), min_size=n + 1, max_size=n + 1)
    )
    box = data.draw(st.sampled_from([None, ([-1.0] * n, [2.0] * n)]))
    problem = make_problem(n, box=box)
    results = []
    for simplex in (Simplex(problem), SmallSimplex(problem)):
        simplex.set(np.array(vertices), list(values))
        simplex.start()
        ranks = simplex.best, simplex.next_worst, simplex.worst
        points = [simplex.at(simplex.line(), t) for t in (-1.0, -2.0, 0.5)]
        points += [simplex.centre(), simplex.shrunk(n, 0.5), simplex.inwards(points[0], 0.3)]
        simplex.put(0, points[0], NAN)
        simplex.swap(0, n)
        points += [simplex.params, simplex.point(n), *simplex.sorted()]
        tiny = simplex.is_tiny(problem.limits)
        results.append([ranks, tiny, *(np.array(point).tobytes() for point in points)])
    assert results[0] == results[1]


def test_points_are_clipped_to_the_box_in_the_robust_rules_only() -> None:
    box = ([-10.0, -1.0], [4.5, 10.0])
    robust, imagej = hand_simplex(box=box), hand_simplex("imagej", box=box)
    assert list(robust.at(robust.line(), -1.0)) == [4.5, -1.0]
    assert list(imagej.at(imagej.line(), -1.0)) == [5.0, -3.0]


def test_put_copies_and_swap_exchanges_points_and_values() -> None:
    simplex = hand_simplex()
    params = np.array([7.0, 8.0])
    simplex.put(0, simplex.vertex(0, params), 5.0)
    params[:] = 0
    simplex.swap(0, 2)
    assert simplex.params.tolist() == [[4.0, 0.0], [0.0, 0.0], [7.0, 8.0]]
    assert simplex.values == [2.0, 1.0, 5.0]


def test_extra_elements_go_with_their_vertex() -> None:
    """A trial starts with zeros, a vertex that is moved with the elements that it had."""
    problem = make_problem(extra=1)
    simplex = make_simplex(problem, [[-1, 3, 30], [0, 0, 10], [4, 0, 20]], VALUES)
    assert simplex.params.tolist() == VERTICES
    assert list(simplex.at(simplex.line(), -1.0)) == [5.0, -3.0, 0.0]
    assert list(simplex.shrunk(2, 0.5)) == [2.0, 0.0, 20.0]
    assert list(simplex.vertex(0, np.array([1.0, 2.0]))) == [1.0, 2.0, 30.0]
    assert list(simplex.centre()) == [1.0, 1.0, 0.0]
    simplex.swap(0, 1)
    assert simplex.point(0).tolist() == [0.0, 0.0, 10.0]


def test_sorted_gives_copies_best_first() -> None:
    simplex = hand_simplex()
    points, values = simplex.sorted()
    assert points.tolist() == [[0.0, 0.0], [4.0, 0.0], [-1.0, 3.0]]
    assert values.tolist() == [1.0, 2.0, 3.0]
    points[:] = 9.0
    assert simplex.params.tolist() == VERTICES


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
        simplex = make_simplex(make_problem(), [vertices[i] for i in order], [1.0, 2.0, 3.0])
        assert simplex.is_flat() is flat, order


def test_flat_in_three_dimensions_although_every_pair_of_edges_is_not() -> None:
    vertices = [[0.0, 0, 0], [1.0, 0, 0], [0.0, 1, 0], [1.0, 1, 0]]
    assert make_simplex(make_problem(3), vertices, [1.0, 2.0, 3.0, 4.0]).is_flat()
    vertices[3][2] = 1.0
    assert not make_simplex(make_problem(3), vertices, [1.0, 2.0, 3.0, 4.0]).is_flat()
