"""Every move of a search, driven by made-up values and compared with what is computed by hand.

The simplex of these tests has its best vertex at (0, 0), value 1; the next worst at (4, 0),
value 2; the worst at (-1, 3), value 3, which stands first. The centroid of best and next worst is
(2, 0), so that the reflection is (5, -3), the expansion (8, -6), the contractions (3.5, -1.5)
outside and (0.5, 1.5) inside, and the mean of all three is (1, 1).
"""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from minimizer.simplex.counts import Tally
from minimizer.simplex.simplex import Simplex
from problems import rosenbrock
from scripted import INF, NAN, Asked, feed, make_problem, make_simplex, play

from minimizer import Move, Rules, Status
from minimizer.simplex.problem import Problem
from minimizer.simplex.search import (
    Asking,
    confirmed_at_centre,
    has_converged,
    move,
    search,
    shrink,
    values_agree,
)

VERTICES = [[-1.0, 3.0], [0.0, 0.0], [4.0, 0.0]]
VALUES = [3.0, 1.0, 2.0]

REFLECT = (Move.REFLECT, [5.0, -3.0])
EXPAND = (Move.EXPAND, [8.0, -6.0])
OUTSIDE = (Move.CONTRACT_OUTSIDE, [3.5, -1.5])
DRAWN = [
    (Move.DRAW_INWARDS, [5.0 - 0.12, -3.0 + 0.12]),
    (Move.DRAW_INWARDS, [5.0 - 0.4, -3.0 + 0.4]),
    (Move.DRAW_INWARDS, [5.0 - 1.2, -3.0 + 1.2]),
]  # towards (1, 1) by 0.03, 0.1 and 0.3 of the way
INSIDE = (Move.CONTRACT_INSIDE, [0.5, 1.5])
SHRINK = [(Move.SHRINK, [-0.5, 1.5]), (Move.SHRINK, [2.0, 0.0])]  # in index order
CENTRE = (Move.CENTRE, [1.0, 1.0])

BOTH = pytest.mark.parametrize("rules", ["imagej", "robust"])


def hand(rules: Any, values: list[float] | None = None, **settings: Any) -> tuple[Problem, Simplex]:
    problem = make_problem(rules=rules, **settings)
    simplex = make_simplex(problem, VERTICES, VALUES if values is None else values)
    simplex.inside = simplex.params.mean(axis=0)
    return problem, simplex


def converged(simplex: Simplex, problem: Problem, near: bool) -> Asking[bool]:
    """Tell whether a search ends here, as `search` does."""
    if has_converged(simplex, problem, near):
        return True
    agree = values_agree(simplex, problem.limits)
    return agree and (yield from confirmed_at_centre(simplex, problem.limits))


def make_move(rules: Any, sent: list[float], values: list[float] | None = None) -> tuple[Any, ...]:
    """Return what was asked for, which move was made, and the simplex thereafter."""
    problem, simplex = hand(rules, values)
    asked, made = play(move(simplex, problem), sent)
    return asked, made, simplex


def check_replaced(rules: Any, sent: list[float], asked: Asked, made: Move) -> None:
    """Check that the last point asked for has replaced the worst vertex, or that it shrank."""
    got, got_made, simplex = make_move(rules, sent)
    assert got == asked
    assert got_made is made
    position = {Move.REFLECT: 0, Move.EXPAND: 1}.get(made, len(asked) - 1)
    assert simplex.params.tolist() == [asked[position][1], *VERTICES[1:]]
    assert simplex.values == [sent[position], *VALUES[1:]]


@BOTH
def test_reflect_better_than_the_next_worst(rules: str) -> None:
    check_replaced(rules, [1.5], [REFLECT], Move.REFLECT)


@BOTH
@pytest.mark.parametrize("f_e", [0.51, 0.9, 4.0, NAN, INF])
def test_reflect_when_the_expansion_is_worse_than_the_reflection(rules: str, f_e: float) -> None:
    """Even if the expansion is better than the best vertex, as at 0.9."""
    check_replaced(rules, [0.5, f_e], [REFLECT, EXPAND], Move.REFLECT)


@BOTH
@pytest.mark.parametrize("f_e", [0.4, 0.5, -INF])
def test_expand_when_not_worse_than_the_reflection(rules: str, f_e: float) -> None:
    check_replaced(rules, [0.5, f_e], [REFLECT, EXPAND], Move.EXPAND)


@BOTH
def test_a_reflection_as_good_as_the_best_is_expanded(rules: str) -> None:
    check_replaced(rules, [1.0, 0.9], [REFLECT, EXPAND], Move.EXPAND)


@BOTH
@pytest.mark.parametrize("f_r", [2.0, 2.5, 2.999])
def test_contract_outside_between_next_worst_and_worst(rules: str, f_r: float) -> None:
    """A reflection equal to the next worst counts; one as good as the reflection is taken."""
    check_replaced(rules, [f_r, f_r], [REFLECT, OUTSIDE], Move.CONTRACT_OUTSIDE)


@BOTH
@pytest.mark.parametrize("f_r", [3.001, INF])
def test_contract_inside_when_the_reflection_is_worse_than_the_worst(
    rules: str, f_r: float
) -> None:
    check_replaced(rules, [f_r, 2.999], [REFLECT, INSIDE], Move.CONTRACT_INSIDE)


@BOTH
@pytest.mark.parametrize("f_c", [3.0, 4.0, INF, NAN])
def test_shrink_when_the_inside_contraction_is_not_better_than_the_worst(
    rules: str, f_c: float
) -> None:
    asked, made, simplex = make_move(rules, [4.0, f_c, 7.0, 8.0])
    assert asked == [REFLECT, INSIDE, *SHRINK]
    assert made is Move.SHRINK
    assert simplex.params.tolist() == [[-0.5, 1.5], [0.0, 0.0], [2.0, 0.0]]
    assert simplex.values == [7.0, 1.0, 8.0]


@BOTH
def test_shrink_at_once_when_the_reflection_equals_the_worst(rules: str) -> None:
    """Neither contraction is tried: f(r) is neither < nor > f(worst)."""
    asked, made, simplex = make_move(rules, [3.0, 7.0, 0.5])
    assert asked == [REFLECT, *SHRINK]
    assert made is Move.SHRINK
    assert simplex.values == [7.0, 1.0, 0.5]


@pytest.mark.parametrize("f_c", [2.6, INF, NAN])
def test_a_rejected_outside_contraction_shrinks_in_imagej(f_c: float) -> None:
    asked, made, _ = make_move("imagej", [2.5, f_c, 7.0, 8.0])
    assert asked == [REFLECT, OUTSIDE, *SHRINK]
    assert made is Move.SHRINK


@pytest.mark.parametrize("f_c", [2.6, INF, NAN])
def test_a_rejected_outside_contraction_tries_the_inside_one_by_r3(f_c: float) -> None:
    check_replaced("robust", [2.5, f_c, 2.9], [REFLECT, OUTSIDE, INSIDE], Move.CONTRACT_INSIDE)
    asked, made, _ = make_move("robust", [2.5, f_c, 3.0, 7.0, 8.0])
    assert asked == [REFLECT, OUTSIDE, INSIDE, *SHRINK]
    assert made is Move.SHRINK


def test_r3_is_a_switch_of_its_own() -> None:
    asked, _, _ = make_move(Rules(inside_after_outside=False), [2.5, 2.6, 7.0, 8.0])
    assert asked == [REFLECT, OUTSIDE, *SHRINK]


def test_a_nan_reflection_contracts_inside_in_imagej() -> None:
    check_replaced("imagej", [NAN, 2.9], [REFLECT, INSIDE], Move.CONTRACT_INSIDE)


def test_a_nan_reflection_contracts_outside_first_by_r2() -> None:
    """Taken if better than the worst; there is no reflection to compare with."""
    check_replaced("robust", [NAN, 2.999], [REFLECT, OUTSIDE], Move.CONTRACT_OUTSIDE)


@pytest.mark.parametrize("f_c", [3.0, INF, NAN])
def test_a_nan_reflection_contracts_inside_when_outside_is_no_better_than_the_worst(
    f_c: float,
) -> None:
    asked = [REFLECT, OUTSIDE, *DRAWN, INSIDE]
    check_replaced("robust", [NAN, f_c, NAN, NAN, NAN, 2.9], asked, Move.CONTRACT_INSIDE)


def test_a_nan_reflection_is_drawn_inwards_until_it_is_a_number_by_r12() -> None:
    asked = [REFLECT, OUTSIDE, *DRAWN[:2]]
    check_replaced("robust", [NAN, NAN, NAN, 2.999], asked, Move.DRAW_INWARDS)
    asked = [REFLECT, OUTSIDE, DRAWN[0], INSIDE]  # a number, but no better: it goes on inside
    check_replaced("robust", [NAN, NAN, 3.0, 2.9], asked, Move.CONTRACT_INSIDE)
    rules = Rules(draw_inwards=False)
    check_replaced(rules, [NAN, NAN, 2.9], [REFLECT, OUTSIDE, INSIDE], Move.CONTRACT_INSIDE)


def test_r2_is_a_switch_of_its_own() -> None:
    rules = Rules(nan_contracts_outside=False, draw_inwards=False)
    check_replaced(rules, [NAN, 2.9], [REFLECT, INSIDE], Move.CONTRACT_INSIDE)
    only = Rules(inside_after_outside=False, draw_inwards=False)
    check_replaced(only, [NAN, 3.0, 2.9], [REFLECT, OUTSIDE, INSIDE], Move.CONTRACT_INSIDE)


def test_shrink_after_nothing_but_nan() -> None:
    asked, made, simplex = make_move("imagej", [NAN, NAN, NAN, NAN])
    assert asked == [REFLECT, INSIDE, *SHRINK]
    assert made is Move.SHRINK
    assert [value != value for value in simplex.values] == [True, False, True]

    asked, made, simplex = make_move("robust", [NAN] * 8)
    assert asked == [REFLECT, OUTSIDE, *DRAWN, INSIDE, *SHRINK]
    assert made is Move.SHRINK
    assert simplex.values == [INF, 1.0, INF]  # ranked like +inf (R1)


def test_a_worst_vertex_that_is_nan_is_replaced_by_any_number_in_the_robust_rules() -> None:
    """An outside contraction of 100 is better than NaN."""
    asked, made, simplex = make_move("robust", [NAN, 100.0], values=[NAN, 1.0, 2.0])
    assert asked == [REFLECT, OUTSIDE]
    assert made is Move.CONTRACT_OUTSIDE
    assert simplex.values == [100.0, 1.0, 2.0]


def test_nan_and_inf_rank_alike_but_only_nan_contracts_outside() -> None:
    asked, made, _ = make_move("robust", [INF, 7.0, 8.0], values=[NAN, 1.0, 2.0])
    assert asked == [REFLECT, *SHRINK]  # equal to the worst
    assert made is Move.SHRINK


def test_minus_infinity_is_a_minimum() -> None:
    asked, made, simplex = make_move("robust", [-INF, 0.0])
    assert asked == [REFLECT, EXPAND]
    assert made is Move.REFLECT
    assert simplex.values[0] == -INF


def test_nan_reflections_are_counted_for_r9() -> None:
    problem, simplex = hand("robust")
    play(move(simplex, problem), [NAN, 2.5])
    assert simplex.nan_reflections == 1
    simplex.rank()
    play(move(simplex, problem), [-1.0, NAN])
    assert simplex.nan_reflections == 1


def test_shrink_by_another_share() -> None:
    problem, simplex = hand("robust")
    asked, made = play(shrink(simplex, 0.25), [5.0, 6.0])
    assert asked == [(Move.SHRINK, [-0.25, 0.75]), (Move.SHRINK, [1.0, 0.0])]
    assert made is Move.SHRINK
    assert problem.coefficients.shrink == 0.5


@BOTH
def test_the_search_goes_on_while_values_differ(rules: str) -> None:
    problem, simplex = hand(rules)
    assert play(converged(simplex, problem, False), []) == ([], False)


CLOSE = [1.0 + 8e-12, 1.0, 1.0 + 4e-12]  # 4 * 8e-12 < 1e-10


@BOTH
@pytest.mark.parametrize("f_c", [1.0, 2.0, INF, NAN])
def test_centre_is_tried_before_the_end_and_not_taken_if_no_better(rules: str, f_c: float) -> None:
    problem, simplex = hand(rules, CLOSE)
    assert play(converged(simplex, problem, False), [f_c]) == ([CENTRE], True)
    assert simplex.params.tolist() == VERTICES
    assert simplex.values == CLOSE


@BOTH
def test_centre_replaces_the_best_vertex_and_the_end_holds_if_values_still_agree(
    rules: str,
) -> None:
    problem, simplex = hand(rules, CLOSE)
    better = 1.0 - 4e-12
    assert play(converged(simplex, problem, False), [better]) == ([CENTRE], True)
    assert simplex.params.tolist() == [VERTICES[0], [1.0, 1.0], VERTICES[2]]
    assert simplex.values == [CLOSE[0], better, CLOSE[2]]


@BOTH
def test_a_much_better_centre_continues_the_search(rules: str) -> None:
    problem, simplex = hand(rules, CLOSE)
    assert play(converged(simplex, problem, False), [0.5]) == ([CENTRE], False)
    assert simplex.values == [CLOSE[0], 0.5, CLOSE[2]]


@BOTH
def test_values_that_differ_by_a_quarter_of_the_limit_do_not_end_the_search(rules: str) -> None:
    problem, simplex = hand(rules, [1.0 + 2.6e-11, 1.0, 1.0])
    assert play(converged(simplex, problem, False), []) == ([], False)


@BOTH
def test_nan_vertices_do_not_end_a_search(rules: str) -> None:
    problem, simplex = hand(rules, [NAN, 1.0, NAN])
    assert play(converged(simplex, problem, False), []) == ([], False)


@BOTH
@pytest.mark.parametrize(
    ("near", "resolution", "ends"),
    [(True, 5.0, True), (False, 5.0, False), (True, 4.0, False)],
)
def test_resolutions_end_a_search_without_the_centre(
    rules: str, near: bool, resolution: float, ends: bool
) -> None:
    """Only if the replaced vertex was near, and all are nearer than the resolution."""
    problem, simplex = hand(rules, resolutions=[resolution, 5.0])
    assert play(converged(simplex, problem, near), []) == ([], ends)


def test_a_tiny_simplex_ends_a_search_by_r4_only() -> None:
    """Every vertex within 1e-10 (|best| + initial range): 1.1e-8 and 1e-10 here."""
    vertices = [[100.0 + 1e-8, 0.0], [100.0, 0.0], [100.0, 1e-10]]
    for rules, ends in (("robust", True), ("imagej", False)):
        problem = make_problem(rules=rules, start=[100.0, 0.0], variations=[10.0, 1.0])
        simplex = make_simplex(problem, vertices, [3.0, 0.0, 2.0])
        assert play(converged(simplex, problem, False), []) == ([], ends), rules
        simplex.put(2, simplex.params[2] + [0.0, 1e-11], 2.0)
        assert play(converged(simplex, problem, False), []) == ([], False), rules


@BOTH
def test_a_search_of_a_constant_ends_after_one_expansion_and_the_centre(rules: str) -> None:
    problem, simplex = hand(rules, [1.0, 1.0, 1.0])
    tally = Tally()
    asked, _ = play(search(simplex, problem, tally), [1.0, 1.0, 1.0])
    assert [made for made, _ in asked] == [Move.REFLECT, Move.EXPAND, Move.CENTRE]
    assert tally.iterations == 1
    assert tally.status is Status.SUCCESS


@BOTH
def test_a_search_stops_after_the_iteration_in_which_the_status_changed(rules: str) -> None:
    problem, simplex = hand(rules)
    tally = Tally(status=Status.ABORTED)
    asked, _ = play(search(simplex, problem, tally), [1.5])
    assert asked == [REFLECT]
    assert tally.iterations == 1


@pytest.mark.parametrize(("limit", "iterations"), [(100, 41), (19, 5), (10, 5), (5, 1)])
def test_imagej_allows_a_search_four_tenths_of_the_limit_and_one(
    limit: int, iterations: int
) -> None:
    """The integer quotient by 10 is taken first."""
    problem, simplex = hand("imagej")
    tally = Tally(max_iterations=limit)
    feed(search(simplex, problem, tally), rosenbrock)
    assert tally.iterations == iterations
    assert tally.status is Status.MAX_ITERATIONS_EXCEEDED


def test_imagej_counts_the_iterations_of_earlier_runs_too() -> None:
    problem, simplex = hand("imagej")
    tally = Tally(max_iterations=100, iterations=98)
    feed(search(simplex, problem, tally), rosenbrock)
    assert tally.iterations == 101
    assert tally.status is Status.MAX_ITERATIONS_EXCEEDED


@pytest.mark.parametrize(("met_nan", "moves"), [(True, 4), (False, 3)])
def test_a_flat_simplex_ends_a_search_whose_reflection_was_nan_by_r9(
    met_nan: bool, moves: int
) -> None:
    """The simplex is a line: with NaN the search ends, after the outside contraction."""
    problem = make_problem()
    vertices = [[2.0, 0.0], [0.0, 0.0], [1.0, 0.0]]
    simplex = make_simplex(problem, vertices, [3.0, 1.0, 2.0])
    tally = Tally()
    searching = search(simplex, problem, tally)
    assert next(searching)[0] is Move.REFLECT
    if met_nan:
        assert searching.send(NAN)[0] is Move.CONTRACT_OUTSIDE
        with pytest.raises(StopIteration):
            searching.send(2.5)
        assert tally.status is Status.SUCCESS
    else:
        assert searching.send(1.5)[0] is Move.REFLECT  # the next iteration
    assert tally.iterations == 1
    without = make_problem(rules=Rules(regrow_after_nan=False))
    simplex = make_simplex(without, vertices, [3.0, 1.0, 2.0])
    searching = search(simplex, without, Tally())
    next(searching)
    searching.send(NAN)
    assert searching.send(2.5)[0] is Move.REFLECT


def moving(simplex: Simplex, problem: Problem, bests: list[float]) -> Asking[None]:
    """Move for ever, noting the best value after each move."""
    while True:
        yield from move(simplex, problem)
        simplex.rank()
        bests.append(simplex.values[simplex.best])


NUMBERS = [0.0, 1.0, 1.5, 2.0, 3.0, -1.0, INF, -INF]


@pytest.mark.slow
@given(
    st.one_of(
        st.tuples(st.just("imagej"), st.lists(st.sampled_from(NUMBERS), min_size=5)),
        st.tuples(st.just("robust"), st.lists(st.sampled_from([*NUMBERS, NAN]), min_size=5)),
    )
)
def test_the_best_vertex_never_gets_worse(case: tuple[str, list[float]]) -> None:
    """Whatever the function returns; in ImageJ's rules NaN is an exception (see `test_rank`)."""
    rules, values = case
    problem, simplex = hand(rules)
    bests = [simplex.values[simplex.best]]
    generator = moving(simplex, problem, bests)
    next(generator)
    for value in values:
        generator.send(value)
    assert bests == sorted(bests, reverse=True)
    assert bests[-1] in [1.0, *values]
