"""Making a simplex around the start, and making it again: geometry, retries and sizes."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from problems import bowl
from scripted import (
    FORMER,
    INF,
    NAN,
    Asked,
    JavaRandom,
    as_point,
    bits,
    feed,
    make_problem,
    make_state,
    params_of,
    play,
    without_later,
)

from minimizer import Move, Status
from minimizer.simplex import initial_simplex, java_random
from minimizer.simplex.initial_simplex import (
    FAILED,
    HALVINGS,
    MADE,
    begin_first_simplex,
    begin_vertices,
    draw_start,
    find_new_sizes,
    remake,
    take_vertex,
)
from minimizer.simplex.problem import Problem
from minimizer.simplex.state import VERTEX, RunState

pytestmark = pytest.mark.usefixtures("form")

BOTH = pytest.mark.parametrize("rules", ["imagej", FORMER], ids=["imagej", "former"])


def fresh(problem: Problem, seed: int = 0, **spec: Any) -> RunState:
    """Return a run before its first simplex, with the random numbers of a seed."""
    s = make_state(problem, **spec)
    java_random.set_seed(s, seed)
    return s


def ready(
    problem: Problem, vertices: list[list[float]], values: list[float], seed: int = 0
) -> RunState:
    """Return a run with a simplex, and the random numbers of a seed."""
    s = make_state(problem, vertices, values)
    java_random.set_seed(s, seed)
    return s


def made(problem: Problem, seed: int, fun: Any = bowl) -> tuple[RunState, Asked, bool]:
    """Make a simplex; return the run, what was asked for, and whether it could be made."""
    s = fresh(problem, seed)
    asked, ended = feed(s, begin_first_simplex, take_vertex, fun)
    return s, asked, ended == MADE


def until_vertex_0(s: RunState, value: float) -> int:
    """Take a value; return whether vertex 0 is there, or that there is none."""
    making = take_vertex(s, value)
    return MADE if s.waiting == VERTEX else making


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
    assert {params_of(made(problem, seed)[0])[1][0] for seed in seeds} == {3.0, 7.0}


@given(st.integers(-(2**31), 2**31 - 1), st.integers(2, 6))
def test_edges_are_orthogonal_and_as_long_as_the_variations(seed: int, n: int) -> None:
    """In units of the variations, on which nothing depends otherwise."""
    variations = [10.0**i for i in range(n)]
    problem = make_problem(n, start=[1.0] * n, variations=variations)
    s, asked, ok = made(problem, seed)
    assert ok
    assert len(asked) == n + 1
    params = np.array(params_of(s))
    edges = (params[1:] - params[0]) / variations
    assert edges @ edges.T == pytest.approx(np.eye(n), abs=1e-6)


@BOTH
def test_the_values_that_came_back_stand_at_their_vertices(rules: str) -> None:
    s, asked, _ = made(make_problem(3, rules=rules, start=[1.0, 0.0, -1.0]), 1)
    assert [point for _, point in asked] == params_of(s)
    assert s.values == [bowl(point) for point in params_of(s)]


@BOTH
def test_a_nan_vertex_is_drawn_again(rules: str) -> None:
    problem = make_problem(1, rules=rules, start=[5.0], variations=[2.0])
    s = fresh(problem)
    asked, ended = play(s, begin_first_simplex, take_vertex, [1.0, NAN, NAN, NAN, 4.0])
    assert ended == MADE
    assert all(move is Move.INITIAL for move, _ in asked)
    assert params_of(s)[1] == asked[-1][1]
    assert s.values == [1.0, 4.0]


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
    s = fresh(problem, tally_status=int(Status.ABORTED))
    asked, ended = play(s, begin_first_simplex, take_vertex, [1.0, NAN, NAN])
    assert ended == MADE
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


def orthogonalized(
    direction: list[float], vertices: list[list[float]], sizes: list[float], **settings: Any
) -> list[float]:
    """Make a direction orthogonal to the edges of these vertices of a simplex."""
    n = len(direction)
    s = make_state(make_problem(n, **settings))
    for v, vertex in enumerate(vertices):
        s.put(v, as_point(s, vertex), 1.0)
    s.step[:], s.sizes[:] = direction, sizes
    s.vertex_index = len(vertices)
    s.orthogonalize()
    return list(s.step)


def test_orthogonalized_subtracts_the_projection_on_each_edge() -> None:
    """(1, 2) less its part along (2, 0) is (0, 2); in units of the ranges, (1, 2) is (.5, 2)."""
    vertices = [[10.0, 10.0], [12.0, 10.0]]
    assert orthogonalized([1.0, 2.0], vertices, [1.0, 1.0]) == [0.0, 2.0]
    diagonal = [[0.0, 0.0], [4.0, 2.0]]
    assert orthogonalized([1.0, 0.0], diagonal, [4.0, 2.0]) == [0.5, -0.5]


def test_a_product_of_zeros_begins_with_positive_zero() -> None:
    """So that -0.0 - 1 * 0.0 is left, and not -0.0 - 1 * -0.0."""
    assert bits(orthogonalized([-0.0], [[0.0], [1.0]], [1.0])) == bits([-0.0])


def test_a_direction_along_a_vertex_of_no_length_is_nan_as_in_imagej() -> None:
    """But where points are clipped vertices may coincide, and such an edge is passed over."""
    same = [[1.0, 1.0], [1.0, 1.0]]
    assert all(math.isnan(d) for d in orthogonalized([1.0, 0.0], same, [1.0, 1.0]))
    box = ([0.0, 0.0], [1.0, 1.0])
    assert orthogonalized([1.0, 0.0], same, [1.0, 1.0], box=box) == [1.0, 0.0]


@pytest.fixture
def directions(monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    """Return a function that lets directions be drawn from a list."""

    def be(*numbers: float) -> None:
        floats = [(d + 1.0) / 2.0 for d in numbers]
        monkeypatch.setattr(initial_simplex, "next_float", lambda s: floats.pop(0))

    return be


def adding(s: RunState) -> int:
    """Begin with vertices around vertex 0 that are made again, at distance 1."""
    s.sizes[:], s.remaking = [1.0] * s.n, True
    return begin_vertices(s)


def test_a_direction_that_is_too_short_is_drawn_again(directions: Any) -> None:
    """The second direction is along the first, and nothing is left of it."""
    problem = make_problem(2, variations=[1.0, 1.0])
    s = make_state(problem, [[0, 0], [9, 9], [9, 9]], [1.0, 5.0, 5.0])
    directions(0.5, 0.0, 0.5, 0.0, 0.0, 0.5)
    asked, ended = play(s, adding, take_vertex, [2.0, 3.0])
    assert ended == MADE
    assert asked == [(Move.REINITIALIZE, [1.0, 0.0]), (Move.REINITIALIZE, [0.0, 1.0])]


@pytest.mark.parametrize(("length", "draws"), [(0.9e-7, 2), (1.1e-7, 1)])
def test_too_short_is_1e_7(length: float, draws: int, directions: Any) -> None:
    s = make_state(make_problem(1, variations=[1.0]), [[0.0], [9.0]], [1.0, 5.0])
    directions(*[length, 0.5][:draws])
    asked, _ = play(s, adding, take_vertex, [2.0])
    assert asked == [(Move.REINITIALIZE, [1.0])]
    assert s.tries == 0


@pytest.mark.parametrize(("length", "distance"), [(0.9e-3, 1.0), (1.1e-3, 1.1e-3)])
def test_from_the_third_draw_on_only_short_directions_are_made_longer(
    length: float, distance: float, directions: Any
) -> None:
    s = make_state(make_problem(1, variations=[1.0]), [[0.0], [9.0]], [1.0, 5.0])
    directions(0.5, 0.5, length)
    asked, _ = play(s, adding, take_vertex, [NAN, NAN, 2.0])
    assert [point for _, (point,) in asked] == pytest.approx([1.0, 1.0, distance], rel=1e-9)


def test_imagej_keeps_the_value_of_before_with_a_direction_that_is_too_short(
    directions: Any,
) -> None:
    """Its parameters, meanwhile, are the direction itself: a quirk that its numbers contain."""
    problem = make_problem(2, rules="imagej", variations=[1.0, 1.0])
    s = make_state(problem, [[0, 0], [9, 9], [9, 9]], [1.0, 5.0, 6.0])
    directions(0.5, 0.0, 0.5, 0.0)
    asked, ended = play(s, adding, take_vertex, [2.0])
    assert ended == MADE
    assert asked == [(Move.REINITIALIZE, [1.0, 0.0])]
    assert params_of(s)[2] == [0.0, 0.0]
    assert s.values == [1.0, 2.0, 6.0]


@BOTH
def test_a_valid_start_is_taken(rules: str) -> None:
    s = fresh(make_problem(2, rules=rules, start=[3.0, 4.0]))
    asked, ended = play(s, begin_first_simplex, until_vertex_0, [INF])
    assert ended == MADE
    assert asked == [(Move.INITIAL, [3.0, 4.0])]
    assert params_of(s)[0] == [3.0, 4.0]
    assert s.values[0] == INF


@pytest.mark.parametrize("n", [1, 2, 3])
def test_a_nan_start_is_looked_for_50_n_squared_times_in_imagej(n: int) -> None:
    problem = make_problem(n, rules="imagej", start=[3.0] * n)
    asked, ended = feed(fresh(problem), begin_first_simplex, until_vertex_0, lambda x: NAN)
    assert ended == FAILED
    assert len(asked) == 1 + 50 * n**2


@pytest.mark.parametrize(("n", "most"), [(1, 50), (2, 200), (4, 800), (5, 1000), (9, 1800)])
def test_a_nan_start_costs_no_more_than_scipy_allows(n: int, most: int) -> None:
    """50 n² evaluations with the start, but not more than 200 n."""
    problem = make_problem(n, start=[3.0] * n)
    asked, ended = feed(fresh(problem), begin_first_simplex, until_vertex_0, lambda x: NAN)
    assert ended == FAILED
    assert len(asked) == most


@BOTH
def test_the_first_valid_point_becomes_vertex_0(rules: str) -> None:
    problem = make_problem(2, rules=rules, start=[3.0, 4.0])
    s = fresh(problem)
    asked, ended = play(s, begin_first_simplex, until_vertex_0, [NAN, NAN, NAN, 5.0])
    assert ended == MADE
    assert params_of(s)[0] == asked[-1][1]
    assert s.values[0] == 5.0


def random_start(s: RunState, attempt: int, attempts: int) -> list[float]:
    """Draw a point to begin with."""
    s.attempt = attempt
    draw_start(s, attempts)
    return list(s.step)


def test_the_first_tenth_of_the_random_starts_is_within_the_variations() -> None:
    """10 of 100; the others have a factor between 1e-20 and 1e20, ever farther from 1."""
    problem = make_problem(2, start=[3.0, -40.0], variations=[0.5, 100.0])
    s = fresh(problem, 11)
    points = [random_start(s, attempt, 100) for attempt in range(100)]
    near = np.array(points[:10])
    assert (abs(near - [3.0, -40.0]) <= [0.5, 100.0]).all()
    assert (abs(near - [3.0, -40.0]) > 0).all()
    later = np.array(points[10:])
    magnitudes = abs(np.log10(abs(later[:, 0] / 3.0)))
    assert 10.0 < magnitudes.max() < 20.1
    assert magnitudes[:20].max() < magnitudes[-20:].max()


def test_the_magnitude_is_random_from_the_tenth_of_the_attempts_on(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Then another number is drawn for each parameter: 2 (0.25 - 0.5) is -1/2 of the exponent."""
    s = fresh(make_problem(2, start=[3.0, 3.0], variations=[1.0, 1.0]))
    for attempt, drawn, factor in ((19, 2, 1.0), (20, 4, 1e20 ** (-0.5 * 20 / 199))):
        calls: list[float] = []

        def next_double(s: RunState, calls: list[float] = calls) -> float:
            calls.append(0.25)
            return 0.25

        monkeypatch.setattr(initial_simplex, "next_double", next_double)
        point = random_start(s, attempt, 200)
        assert len(calls) == drawn
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
        (5.0, 5e-10, (5.0 - 5e-10, 5.0 + 5e-10)),
        (5.0, 1e9, (5.0 - 1e9, 5.0 + 1e9)),
    ],
)
def test_how_far_from_the_start_a_valid_one_is_looked_for(
    start: float, variation: float | None, within: tuple[float, float]
) -> None:
    problem = make_problem(1, start=[start], variations=None if variation is None else [variation])
    s = fresh(problem, 3)
    points = [random_start(s, 0, 50)[0] for _ in range(200)]
    low, high = within
    assert low <= min(points) < low + 0.05 * (high - low)
    assert high - 0.05 * (high - low) < max(points) <= high


@pytest.mark.parametrize("valid", [0, 1, 2])
def test_a_given_simplex_needs_one_valid_vertex(valid: int) -> None:
    given = [[1.0, 2.0], [3.0, 4.0], [5.0, 6.0]]
    problem = make_problem(2, given_simplex=given)
    s = fresh(problem)
    values = [3.0 if v == valid else NAN for v in range(3)]
    asked, ended = play(s, begin_first_simplex, take_vertex, values)
    assert ended == MADE
    assert [point for _, point in asked] == given
    assert params_of(s) == given
    _, ended = play(fresh(problem), begin_first_simplex, take_vertex, [NAN, NAN, NAN])
    assert ended == FAILED


# The simplex of the next tests: widths 10 sqrt(4² + 1²) and 10 sqrt(3²) around its best vertex.
VERTICES = [[-1.0, 3.0], [0.0, 0.0], [4.0, 0.0]]
WIDTHS = [10.0 * math.sqrt(17.0), 30.0]


def remade_sizes(**settings: Any) -> list[float]:
    return sizes_of(ready(make_problem(2, **settings), VERTICES, [3.0, 1.0, 2.0]))


def sizes_of(s: RunState) -> list[float]:
    find_new_sizes(s)
    return list(s.sizes)


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
    assert sizes_of(ready(problem, far, [3.0, 1.0, 2.0])) == sizes


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
    s = ready(problem, [[0.0, 0.0]] * 3, [3.0, 1.0, 2.0])
    asked, ended = feed(s, remake, take_vertex, lambda x: 1.0)
    assert ended == MADE
    assert np.isfinite([point for _, point in asked]).all()


@BOTH
def test_remake_swaps_the_best_vertex_into_place_0_and_draws_the_others_around_it(
    rules: str,
) -> None:
    problem = make_problem(2, rules=rules, variations=[1.0, 1.0])
    s = ready(problem, VERTICES, [3.0, 1.0, 2.0])
    asked, ended = play(s, remake, take_vertex, [8.0, 9.0])
    assert ended == MADE
    assert [move for move, _ in asked] == [Move.REINITIALIZE] * 2
    assert params_of(s)[0] == [0.0, 0.0]
    assert s.values == [1.0, 8.0, 9.0]
    edges = np.array(params_of(s)[1:]) / WIDTHS
    assert edges @ edges.T == pytest.approx(np.eye(2), abs=1e-6)


TINY = [[x * 1e-6, y * 1e-6] for x, y in VERTICES]


def after_nan(rules: Any, origin: list[float], reach: float = 0.0) -> RunState:
    """Return a run after a search that began at `origin` and met NaN."""
    problem = make_problem(2, rules=rules, variations=[1.0, 10.0])
    s = ready(problem, TINY, [3.0, 1.0, 2.0])
    s.origin, s.nan_reflections, s.reach = as_point(s, origin), 1, reach
    s.middle = [0.0, 0.0]
    return s


def remade_with_nan(rules: Any, origin: list[float], reach: float = 0.0) -> RunState:
    """Remake the simplex after such a search."""
    s = after_nan(rules, origin, reach)
    play(s, remake, take_vertex, [8.0, 9.0])
    return s


def lengths(s: RunState, ranges: list[float]) -> list[float]:
    params = np.array(params_of(s))
    edges = (params[1:] - params[0]) / ranges
    return list(np.sqrt((edges**2).sum(axis=1)))


def test_after_nan_a_new_simplex_is_as_large_as_the_way_that_the_search_went_by_r9() -> None:
    """The way was 3 initial ranges in one parameter, so it is 3 ranges in every parameter."""
    s = remade_with_nan(FORMER, [-0.5, 30.0])
    assert lengths(s, [1.0, 10.0]) == pytest.approx([3.0, 3.0], rel=1e-6)
    assert s.reach == 3.0


def test_after_nan_a_new_simplex_is_not_below_0_3_of_the_last_one_by_r9() -> None:
    s = remade_with_nan(FORMER, [0.0, 0.0], reach=2.0)
    assert lengths(s, [1.0, 10.0]) == pytest.approx([0.6, 0.6], rel=1e-6)


def test_without_nan_there_is_no_least_size() -> None:
    s = after_nan(FORMER, [-0.5, 30.0])
    s.nan_reflections = 0
    play(s, remake, take_vertex, [8.0, 9.0])
    assert lengths(s, [WIDTHS[0] * 1e-6, WIDTHS[1] * 1e-6]) == pytest.approx([1.0] * 2, rel=1e-6)
    assert s.reach == 0.0


def test_without_r9_a_new_simplex_after_nan_is_ten_times_the_old_one() -> None:
    s = remade_with_nan(without_later(regrow_after_nan=False), [-0.5, 30.0])
    assert lengths(s, [WIDTHS[0] * 1e-6, WIDTHS[1] * 1e-6]) == pytest.approx([1.0, 1.0], rel=1e-6)


def test_vertices_that_a_box_would_flatten_are_mirrored_inwards_by_r8() -> None:
    """From a corner, no vertex may share a coordinate with the start."""
    box = ([0.0, 0.0], [1.0, 1.0])
    for seed in range(10):
        problem = make_problem(2, start=[1.0, 1.0], variations=[0.5, 0.5], box=box)
        s, asked, ok = made(problem, seed)
        assert ok
        assert len(asked) == 3
        others = np.array(params_of(s)[1:])
        assert ((others >= 0) & (others < 1)).all()


def drawing(middle: list[float], rules: Any = FORMER) -> RunState:
    """Return a run after a search that met NaN and began around `middle`."""
    s = after_nan(rules, [0.0, 0.0], reach=10.0)  # the next simplex has the sizes 3 and 30
    s.middle = middle
    return s


@pytest.mark.parametrize("middle", [1.5, 2.25, -2.9])
def test_a_nan_vertex_of_a_new_simplex_is_drawn_inwards_by_five_halves_by_r12(
    middle: float,
) -> None:
    """Towards the middle if it is nearer than one step, which is 3 in the first parameter."""
    s = drawing([middle, 0.0])
    asked, _ = play(s, remake, until_next_vertex, [NAN] * (1 + HALVINGS))
    assert HALVINGS == 5
    assert [move for move, _ in asked] == [Move.REINITIALIZE] * 6
    points = np.array([point for _, point in asked])
    target = np.array([middle, 0.0])
    for i, point in enumerate(points):
        assert point - target == pytest.approx((points[0] - target) * 0.5**i, rel=1e-9)


def until_next_vertex(s: RunState, value: float) -> int:
    """Take a value; return whether it was the last of this vertex."""
    making = take_vertex(s, value)
    return making or int(s.waiting == VERTEX)


@pytest.mark.parametrize("nans", range(HALVINGS + 1))
def test_a_vertex_is_drawn_inwards_as_long_as_it_is_nan(nans: int) -> None:
    s = drawing([1.5, 0.0])
    asked, _ = play(s, remake, until_next_vertex, [NAN] * nans + [7.0])
    assert s.values[1] == 7.0
    assert params_of(s)[1] == asked[-1][1]
    assert s.vertex_index == 2


def test_a_vertex_that_is_nan_after_five_halvings_is_drawn_anew() -> None:
    s = drawing([1.5, 0.0])
    play(s, remake, until_next_vertex, [NAN] * (1 + HALVINGS))
    assert (s.vertex_index, s.tries) == (1, 2)
    s = drawing([1.5, 0.0])
    asked, ended = feed(s, remake, take_vertex, lambda x: NAN)
    assert ended == FAILED
    assert len(asked) == 201 * (1 + HALVINGS)


def test_the_middle_is_no_farther_than_one_step() -> None:
    """It is 3 by 4 steps away, that is 5, so that the target is a fifth of the way."""
    s = drawing([9.0, 120.0])
    asked, _ = play(s, remake, until_next_vertex, [NAN, 7.0])
    (_, first), (_, second) = asked
    target = [9.0 / 5.0, 120.0 / 5.0]
    assert second == pytest.approx([0.5 * (x + t) for x, t in zip(first, target, strict=True)])


@pytest.mark.parametrize("without", ["rule", "nan", "remaking"])
def test_only_a_vertex_of_a_new_simplex_after_nan_is_drawn_inwards(without: str) -> None:
    s = drawing([1.5, 0.0], without_later(draw_inwards=without != "rule"))
    if without == "nan":
        s.nan_reflections = 0
    if without == "remaking":
        java_random.set_seed(s, 0)
        play(s, begin_first_simplex, until_vertex_0, [1.0])
        assert take_vertex(s, NAN) == 0
    else:
        remake(s)
        assert take_vertex(s, NAN) == 0
    assert (s.waiting, s.vertex_index, s.tries) == (VERTEX, 1, 2)
