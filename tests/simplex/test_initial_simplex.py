"""Making a simplex around the start, and making it again: geometry, retries and sizes."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from minimizer.simplex.counts import Tally
from minimizer.simplex.simplex import Simplex
from problems import bowl
from scripted import INF, NAN, feed, make_problem, make_simplex, play

from minimizer import Move, Rules, Status
from minimizer.simplex.initial_simplex import (
    add_vertices,
    make,
    new_sizes,
    orthogonalized,
    put_first,
    put_given,
    random_start,
    remake,
)
from minimizer.simplex.java_random import JavaRandom
from minimizer.simplex.problem import Problem

BOTH = pytest.mark.parametrize("rules", ["imagej", "robust"])


def made(problem: Problem, seed: int, fun: Any = bowl) -> tuple[Simplex, Any, bool]:
    """Make a simplex; return it, what was asked for, and whether it could be made."""
    simplex = Simplex(problem)
    asked, ok = feed(make(simplex, problem, JavaRandom(seed), Tally()), fun)
    return simplex, asked, ok


@pytest.mark.parametrize("seed", [0, 42, 3, 7, -5])
def test_in_one_dimension_the_other_vertex_is_one_variation_away(seed: int) -> None:
    """The direction is the sign of 2 nextFloat() - 1, which is + for the seeds 0 and 42 in Java."""
    _, asked, ok = made(make_problem(1, start=[5.0], variations=[2.0]), seed)
    sign = 1 if JavaRandom(seed).next_float() > 0.5 else -1
    assert ok
    assert asked == [(Move.INITIAL, [5.0]), (Move.INITIAL, [5.0 + 2.0 * sign])]
    if seed in (0, 42):
        assert sign == 1


def test_the_directions_of_both_signs_occur() -> None:
    problem = make_problem(1, start=[5.0], variations=[2.0])
    seeds = range(-(2**31), 2**31, 2**27)
    assert {made(problem, seed)[0].params[1, 0] for seed in seeds} == {3.0, 7.0}


@given(st.integers(-(2**31), 2**31 - 1), st.integers(2, 6))
def test_edges_are_orthogonal_and_as_long_as_the_variations(seed: int, n: int) -> None:
    """In units of the variations, on which nothing depends otherwise."""
    variations = [10.0**i for i in range(n)]
    problem = make_problem(n, start=[1.0] * n, variations=variations)
    simplex, asked, ok = made(problem, seed)
    assert ok
    assert len(asked) == n + 1
    edges = (simplex.params[1:] - simplex.params[0]) / variations
    assert edges @ edges.T == pytest.approx(np.eye(n), abs=1e-6)


@BOTH
def test_the_values_that_came_back_stand_at_their_vertices(rules: str) -> None:
    simplex, asked, _ = made(make_problem(3, rules=rules, start=[1.0, 0.0, -1.0]), 1)
    assert [point for _, point in asked] == simplex.params.tolist()
    assert simplex.values == [bowl(point) for point in simplex.params]


@BOTH
def test_a_nan_vertex_is_drawn_again(rules: str) -> None:
    problem = make_problem(1, rules=rules, start=[5.0], variations=[2.0])
    simplex = Simplex(problem)
    asked, ok = play(make(simplex, problem, JavaRandom(0), Tally()), [1.0, NAN, NAN, NAN, 4.0])
    assert ok
    assert all(move is Move.INITIAL for move, _ in asked)
    assert simplex.params[1].tolist() == asked[-1][1]
    assert simplex.values == [1.0, 4.0]


@BOTH
@pytest.mark.parametrize("n", [1, 2])
def test_making_gives_up_after_100_n_and_one_nan_vertices(rules: str, n: int) -> None:
    start = [5.0] * n
    _, asked, ok = made(
        make_problem(n, rules=rules, start=start), 0, lambda x: 1.0 if x.tolist() == start else NAN
    )
    assert not ok
    assert len(asked) == 1 + 100 * n + 1


@BOTH
def test_nan_vertices_stay_after_an_abort(rules: str) -> None:
    """The simplex is then only made to end the run with what there is."""
    problem = make_problem(2, rules=rules, start=[5.0, 5.0])
    simplex = Simplex(problem)
    tally = Tally(status=Status.ABORTED)
    asked, ok = play(make(simplex, problem, JavaRandom(0), tally), [1.0, NAN, NAN])
    assert ok
    assert len(asked) == 3


@BOTH
def test_a_third_of_the_draws_are_orthogonal_and_after_two_the_length_is_random(
    rules: str,
) -> None:
    """In one dimension: distance 1 for two draws, then that of the direction, in [-1, 1)."""
    problem = make_problem(1, rules=rules, start=[0.0], variations=[1.0])
    _, asked, _ = made(problem, 0, lambda x: 1.0 if x[0] == 0.0 else NAN)
    distances = [abs(point[0]) for _, point in asked[1:]]
    assert distances[:2] == [1.0, 1.0]
    random = JavaRandom(0)
    directions = [abs(2.0 * random.next_float() - 1.0) for _ in distances]
    assert distances[2:] == directions[2:]
    assert max(distances[2:]) < 1.0


def test_in_two_dimensions_65_of_200_draws_are_orthogonal() -> None:
    """A third of 200 is 66, and the count, which goes up before the test, must be under it."""
    problem = make_problem(2, start=[0.0, 0.0], variations=[1.0, 1.0])
    calls: list[Any] = []

    def fun(x: Any) -> float:
        calls.append(x)
        return 1.0 if len(calls) <= 2 else NAN

    _, asked, _ = made(problem, 0, fun)
    first, *others = (np.array(point) for _, point in asked[1:])
    assert len(others) == 201
    orthogonal = [abs(float(first @ other)) < 1e-9 for other in others]
    assert orthogonal == [True] * 65 + [False] * (201 - 65)


def test_orthogonalized_subtracts_the_projection_on_each_edge() -> None:
    """(1, 2) less its part along (2, 0) is (0, 2); in units of the ranges, (1, 2) is (.5, 2)."""
    vertices = np.array([[10.0, 10.0], [12.0, 10.0]])
    assert orthogonalized([1.0, 2.0], vertices, [1.0, 1.0]) == [0.0, 2.0]
    diagonal = np.array([[0.0, 0.0], [4.0, 2.0]])
    assert orthogonalized([1.0, 0.0], diagonal, [4.0, 2.0]) == [0.5, -0.5]


def test_a_direction_along_a_vertex_of_no_length_is_nan_as_in_imagej() -> None:
    same = np.array([[1.0, 1.0], [1.0, 1.0]])
    assert all(math.isnan(d) for d in orthogonalized([1.0, 0.0], same, [1.0, 1.0]))


class NotRandom:
    """Draws from a list of directions."""

    def __init__(self, *directions: float) -> None:
        self._floats = [(d + 1.0) / 2.0 for d in directions]

    def next_float(self) -> float:
        return self._floats.pop(0)


def test_a_direction_that_is_too_short_is_drawn_again() -> None:
    """The second direction is along the first, and nothing is left of it."""
    problem = make_problem(2, variations=[1.0, 1.0])
    simplex = make_simplex(problem, [[0, 0], [9, 9], [9, 9]], [1.0, 5.0, 5.0])
    rng: Any = NotRandom(0.5, 0.0, 0.5, 0.0, 0.0, 0.5)
    adding = add_vertices(simplex, problem, [1.0, 1.0], rng, Tally(), Move.REINITIALIZE)
    asked, ok = play(adding, [2.0, 3.0])
    assert ok
    assert asked == [(Move.REINITIALIZE, [1.0, 0.0]), (Move.REINITIALIZE, [0.0, 1.0])]


def test_imagej_keeps_the_value_of_before_with_a_direction_that_is_too_short() -> None:
    """Its parameters, meanwhile, are the direction itself: a quirk that its numbers contain."""
    problem = make_problem(2, rules="imagej", variations=[1.0, 1.0])
    simplex = make_simplex(problem, [[0, 0], [9, 9], [9, 9]], [1.0, 5.0, 6.0])
    rng: Any = NotRandom(0.5, 0.0, 0.5, 0.0)
    adding = add_vertices(simplex, problem, [1.0, 1.0], rng, Tally(), Move.REINITIALIZE)
    asked, ok = play(adding, [2.0])
    assert ok
    assert asked == [(Move.REINITIALIZE, [1.0, 0.0])]
    assert simplex.params[2].tolist() == [0.0, 0.0]
    assert simplex.values == [1.0, 2.0, 6.0]


@BOTH
def test_a_valid_start_is_taken(rules: str) -> None:
    problem = make_problem(2, rules=rules, start=[3.0, 4.0])
    simplex = Simplex(problem)
    asked, ok = play(put_first(simplex, problem, JavaRandom(0)), [INF])
    assert ok
    assert asked == [(Move.INITIAL, [3.0, 4.0])]


@BOTH
@pytest.mark.parametrize("n", [1, 2, 3])
def test_a_nan_start_is_looked_for_50_n_squared_times(rules: str, n: int) -> None:
    problem = make_problem(n, rules=rules, start=[3.0] * n)
    asked, ok = feed(put_first(Simplex(problem), problem, JavaRandom(0)), lambda x: NAN)
    assert not ok
    assert len(asked) == 1 + 50 * n**2


@BOTH
def test_the_first_valid_point_becomes_vertex_0(rules: str) -> None:
    problem = make_problem(2, rules=rules, start=[3.0, 4.0])
    simplex = Simplex(problem)
    asked, ok = play(put_first(simplex, problem, JavaRandom(0)), [NAN, NAN, NAN, 5.0])
    assert ok
    assert simplex.params[0].tolist() == asked[-1][1]
    assert simplex.values[0] == 5.0


def test_the_first_tenth_of_the_random_starts_is_within_the_variations() -> None:
    """10 of 100; the others have a factor between 1e-20 and 1e20, ever farther from 1."""
    problem = make_problem(2, start=[3.0, -40.0], variations=[0.5, 100.0])
    random = JavaRandom(11)
    points = [random_start(problem, random, attempt, 100) for attempt in range(100)]
    near = np.array(points[:10])
    assert (abs(near - [3.0, -40.0]) <= [0.5, 100.0]).all()
    assert (abs(near - [3.0, -40.0]) > 0).all()
    later = np.array(points[10:])
    magnitudes = abs(np.log10(abs(later[:, 0] / 3.0)))
    assert 10.0 < magnitudes.max() < 20.1
    assert magnitudes[:20].max() < magnitudes[-20:].max()


class Doubles:
    """Counts how many numbers are drawn."""

    drawn = 0

    def next_double(self) -> float:
        self.drawn += 1
        return 0.25


def test_the_magnitude_is_random_from_the_tenth_of_the_attempts_on() -> None:
    """Then another number is drawn for each parameter: 2 (0.25 - 0.5) is -1/2 of the exponent."""
    problem = make_problem(2, start=[3.0, 3.0], variations=[1.0, 1.0])
    for attempt, drawn, factor in ((19, 2, 1.0), (20, 4, 1e20 ** (-0.5 * 20 / 199))):
        rng: Any = Doubles()
        point = random_start(problem, rng, attempt, 200)
        assert rng.drawn == drawn
        assert point == pytest.approx([2.5 * factor] * 2, rel=1e-12)


@pytest.mark.parametrize(
    ("start", "variation", "within"),
    [
        (NAN, 2.0, (-2.0, 2.0)),  # an unknown parameter is looked for around 0
        (NAN, None, (-0.1, 0.1)),
        (0.0, None, (-0.1, 0.1)),
        (30.0, None, (27.0, 33.0)),
        (-30.0, None, (-33.0, -27.0)),
        (5.0, 1e11, (4.9, 5.1)),  # neither too large nor too small a variation
        (5.0, 1e-11, (4.9, 5.1)),
        (5.0, 1e9, (5.0 - 1e9, 5.0 + 1e9)),
    ],
)
def test_how_far_from_the_start_a_valid_one_is_looked_for(
    start: float, variation: float | None, within: tuple[float, float]
) -> None:
    problem = make_problem(1, start=[start], variations=None if variation is None else [variation])
    random = JavaRandom(3)
    points = [float(random_start(problem, random, 0, 50)[0]) for _ in range(200)]
    low, high = within
    assert low <= min(points) < low + 0.05 * (high - low)
    assert high - 0.05 * (high - low) < max(points) <= high


def test_a_given_simplex_needs_one_valid_vertex() -> None:
    problem = make_problem(2)
    given = np.array([[1.0, 2.0], [3.0, 4.0], [5.0, 6.0]])
    simplex = Simplex(problem)
    asked, ok = play(put_given(simplex, given), [NAN, NAN, 3.0])
    assert ok
    assert [point for _, point in asked] == given.tolist()
    assert simplex.params.tolist() == given.tolist()
    _, ok = play(put_given(simplex, given), [NAN, NAN, NAN])
    assert not ok


# The simplex of the next tests: widths 10 sqrt(4² + 1²) and 10 sqrt(3²) around its best vertex.
VERTICES = [[-1.0, 3.0], [0.0, 0.0], [4.0, 0.0]]
WIDTHS = [10.0 * math.sqrt(17.0), 30.0]


def remade_sizes(**settings: Any) -> list[float]:
    problem = make_problem(2, **settings)
    return new_sizes(make_simplex(problem, VERTICES, [3.0, 1.0, 2.0]), problem)


@BOTH
@pytest.mark.parametrize("variations", [[1.0, 1.0], [1e3, 1e3], [1.0, 1e7]])
def test_a_new_simplex_is_ten_times_the_old_one(rules: str, variations: list[float]) -> None:
    assert remade_sizes(rules=rules, variations=variations) == WIDTHS


@BOTH
def test_no_size_is_a_thousand_times_smaller_than_is_typical(rules: str) -> None:
    """30 / 1e8 = 3e-7 is under a thousandth of the geometric mean of 1 and 3e-7."""
    sizes = remade_sizes(rules=rules, variations=[1.0, 1e8])
    assert sizes[0] == WIDTHS[0]
    assert sizes[1] == pytest.approx(1e8 * math.sqrt(3e-7) * 1e-3, rel=1e-12)


@BOTH
def test_without_variations_the_scale_is_the_larger_of_start_and_best(rules: str) -> None:
    """As above, the scales being |start| here: (1, 1e8)."""
    sizes = remade_sizes(rules=rules, start=[-1.0, -1e8])
    assert sizes[1] == pytest.approx(1e8 * math.sqrt(3e-7) * 1e-3, rel=1e-12)
    far = [[x, y + 1e8] for x, y in VERTICES]
    problem = make_problem(2, rules=rules, start=[-1.0, 0.0])
    assert new_sizes(make_simplex(problem, far, [3.0, 1.0, 2.0]), problem) == sizes


@BOTH
def test_sizes_are_ten_resolutions_at_least(rules: str) -> None:
    for resolution, size in ((100.0, 1000.0), (20.0, 200.0), (4.0, WIDTHS[0])):
        sizes = remade_sizes(rules=rules, resolutions=[resolution, 1.0], variations=[1.0, 1.0])
        assert sizes == [size, WIDTHS[1]]


@BOTH
def test_a_simplex_of_one_point_gives_sizes_that_are_not_numbers_but_ranges_that_are(
    rules: str,
) -> None:
    """0/0 and ln 0 occur here and must not raise."""
    problem = make_problem(2, rules=rules)
    simplex = make_simplex(problem, [[0.0, 0.0]] * 3, [3.0, 1.0, 2.0])
    asked, ok = feed(remake(simplex, problem, JavaRandom(0), Tally()), lambda x: 1.0)
    assert ok
    assert np.isfinite([point for _, point in asked]).all()


@BOTH
def test_remake_swaps_the_best_vertex_into_place_0_and_draws_the_others_around_it(
    rules: str,
) -> None:
    problem = make_problem(2, rules=rules, variations=[1.0, 1.0])
    simplex = make_simplex(problem, VERTICES, [3.0, 1.0, 2.0])
    asked, ok = play(remake(simplex, problem, JavaRandom(0), Tally()), [8.0, 9.0])
    assert ok
    assert [move for move, _ in asked] == [Move.REINITIALIZE] * 2
    assert simplex.params[0].tolist() == [0.0, 0.0]
    assert simplex.values == [1.0, 8.0, 9.0]
    edges = simplex.params[1:] / WIDTHS
    assert edges @ edges.T == pytest.approx(np.eye(2), abs=1e-6)


def remade_with_nan(rules: Any, origin: list[float], reach: float = 0.0) -> Simplex:
    """Remake a simplex after a search that began at `origin` and met NaN."""
    problem = make_problem(2, rules=rules, variations=[1.0, 10.0])
    tiny = [[x * 1e-6, y * 1e-6] for x, y in VERTICES]
    simplex = make_simplex(problem, tiny, [3.0, 1.0, 2.0])
    simplex.origin, simplex.nan_reflections, simplex.reach = np.array(origin), 1, reach
    play(remake(simplex, problem, JavaRandom(0), Tally()), [8.0, 9.0])
    return simplex


def lengths(simplex: Simplex, ranges: list[float]) -> list[float]:
    edges = (simplex.params[1:] - simplex.params[0]) / ranges
    return list(np.sqrt((edges**2).sum(axis=1)))


def test_after_nan_a_new_simplex_is_as_large_as_the_way_that_the_search_went_by_r9() -> None:
    """The way was 3 initial ranges in one parameter, so it is 3 ranges in every parameter."""
    simplex = remade_with_nan("robust", [-0.5, 30.0])
    assert lengths(simplex, [1.0, 10.0]) == pytest.approx([3.0, 3.0], rel=1e-6)
    assert simplex.reach == 3.0


def test_after_nan_a_new_simplex_is_not_below_0_3_of_the_last_one_by_r9() -> None:
    simplex = remade_with_nan("robust", [0.0, 0.0], reach=2.0)
    assert lengths(simplex, [1.0, 10.0]) == pytest.approx([0.6, 0.6], rel=1e-6)


def test_without_r9_a_new_simplex_after_nan_is_ten_times_the_old_one() -> None:
    simplex = remade_with_nan(Rules(regrow_after_nan=False), [-0.5, 30.0])
    assert lengths(simplex, [WIDTHS[0] * 1e-6, WIDTHS[1] * 1e-6]) == pytest.approx(
        [1.0, 1.0], rel=1e-6
    )


def test_vertices_that_a_box_would_flatten_are_mirrored_inwards_by_r8() -> None:
    """From a corner, no vertex may share a coordinate with the start."""
    box = ([0.0, 0.0], [1.0, 1.0])
    for seed in range(10):
        problem = make_problem(2, start=[1.0, 1.0], variations=[0.5, 0.5], box=box)
        simplex, asked, ok = made(problem, seed)
        assert ok
        assert len(asked) == 3
        assert ((simplex.params[1:] >= 0) & (simplex.params[1:] < 1)).all()
