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
from problems import rosenbrock
from scripted import (
    FORMER,
    INF,
    NAN,
    Asked,
    as_point,
    feed,
    make_problem,
    make_state,
    params_of,
    play,
    without_later,
)

from minimizer import Move, Status
from minimizer.common.tolerances import Tolerances
from minimizer.simplex.moves import move_of
from minimizer.simplex.search import (
    GOES_ON,
    OVER,
    STAYS,
    begin_move,
    begin_search,
    has_converged,
    moved,
    shrink_from,
    take_move,
)
from minimizer.simplex.state import RunState

pytestmark = pytest.mark.usefixtures("form")

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

BOTH = pytest.mark.parametrize("rules", ["imagej", FORMER], ids=["imagej", "former"])


def hand(rules: Any, values: list[float] | None = None, **settings: Any) -> RunState:
    """Return a run with the simplex of these tests; what it `spec`ifies goes to the run."""
    spec = settings.pop("spec", {})
    problem = make_problem(rules=rules, **settings)
    s = make_state(problem, VERTICES, VALUES if values is None else values, **spec)
    s.middle = [1.0, 1.0]
    return s


def make_move(rules: Any, sent: list[float], values: list[float] | None = None) -> tuple[Any, ...]:
    """Make one iteration; return what was asked for, and the run thereafter."""
    s = hand(rules, values)
    asked, _ = play(s, begin_move, take_move, sent)
    assert s.iterations == 1
    return asked, s


def carry_on(s: RunState, value: float) -> int:
    """Take a value in a search; return whether the search is over."""
    iteration = take_move(s, value)
    if iteration == STAYS:
        begin_move(s)
    return int(iteration == OVER)


def check_replaced(rules: Any, sent: list[float], asked: Asked, made: Move) -> None:
    """Check which point has replaced the worst vertex: that of the move that was made."""
    got, s = make_move(rules, sent)
    assert got == asked
    moves = [move for move, _ in asked]
    position = len(moves) - 1 - moves[::-1].index(made)
    assert params_of(s) == [asked[position][1], *VERTICES[1:]]
    assert s.values == [sent[position], *VALUES[1:]]


def check_shrunk(s: RunState) -> None:
    """Check that all vertices but the best were drawn towards it."""
    assert params_of(s) == [[-0.5, 1.5], [0.0, 0.0], [2.0, 0.0]]


@BOTH
def test_reflect_better_than_the_next_worst(rules: str) -> None:
    check_replaced(rules, [1.5], [REFLECT], Move.REFLECT)


@BOTH
@pytest.mark.parametrize("f_e", [0.51, 0.9, 4.0, NAN, INF])
def test_reflect_when_the_expansion_is_worse_than_the_reflection(rules: Any, f_e: float) -> None:
    """Even if the expansion is better than the best vertex, as at 0.9."""
    check_replaced(rules, [0.5, f_e], [REFLECT, EXPAND], Move.REFLECT)


@BOTH
@pytest.mark.parametrize("f_e", [0.4, 0.5, -INF])
def test_expand_when_not_worse_than_the_reflection(rules: Any, f_e: float) -> None:
    check_replaced(rules, [0.5, f_e], [REFLECT, EXPAND], Move.EXPAND)


@BOTH
def test_a_reflection_as_good_as_the_best_is_expanded(rules: str) -> None:
    check_replaced(rules, [1.0, 0.9], [REFLECT, EXPAND], Move.EXPAND)


@BOTH
@pytest.mark.parametrize("f_r", [2.0, 2.5, 2.999])
def test_contract_outside_between_next_worst_and_worst(rules: Any, f_r: float) -> None:
    """A reflection equal to the next worst counts; one as good as the reflection is taken."""
    check_replaced(rules, [f_r, f_r], [REFLECT, OUTSIDE], Move.CONTRACT_OUTSIDE)


@BOTH
@pytest.mark.parametrize("f_r", [3.001, INF])
def test_contract_inside_when_the_reflection_is_worse_than_the_worst(
    rules: Any, f_r: float
) -> None:
    check_replaced(rules, [f_r, 2.999], [REFLECT, INSIDE], Move.CONTRACT_INSIDE)


@BOTH
@pytest.mark.parametrize("f_c", [3.0, 4.0, INF, NAN])
def test_shrink_when_the_inside_contraction_is_not_better_than_the_worst(
    rules: Any, f_c: float
) -> None:
    asked, simplex = make_move(rules, [4.0, f_c, 7.0, 8.0])
    assert asked == [REFLECT, INSIDE, *SHRINK]
    check_shrunk(simplex)
    assert simplex.values == [7.0, 1.0, 8.0]


@BOTH
def test_shrink_at_once_when_the_reflection_equals_the_worst(rules: str) -> None:
    """Neither contraction is tried: f(r) is neither < nor > f(worst)."""
    asked, simplex = make_move(rules, [3.0, 7.0, 0.5])
    assert asked == [REFLECT, *SHRINK]
    check_shrunk(simplex)
    assert simplex.values == [7.0, 1.0, 0.5]


@pytest.mark.parametrize("f_c", [2.6, INF, NAN])
def test_a_rejected_outside_contraction_shrinks_in_imagej(f_c: float) -> None:
    asked, simplex = make_move("imagej", [2.5, f_c, 7.0, 8.0])
    assert asked == [REFLECT, OUTSIDE, *SHRINK]
    check_shrunk(simplex)


@pytest.mark.parametrize("f_c", [2.6, INF, NAN])
def test_a_rejected_outside_contraction_tries_the_inside_one_by_r3(f_c: float) -> None:
    check_replaced(FORMER, [2.5, f_c, 2.9], [REFLECT, OUTSIDE, INSIDE], Move.CONTRACT_INSIDE)
    asked, simplex = make_move(FORMER, [2.5, f_c, 3.0, 7.0, 8.0])
    assert asked == [REFLECT, OUTSIDE, INSIDE, *SHRINK]
    check_shrunk(simplex)


def test_r3_is_a_switch_of_its_own() -> None:
    asked, simplex = make_move(without_later(inside_after_outside=False), [2.5, 2.6, 7.0, 8.0])
    assert asked == [REFLECT, OUTSIDE, *SHRINK]
    check_shrunk(simplex)


def test_a_nan_reflection_contracts_inside_in_imagej() -> None:
    check_replaced("imagej", [NAN, 2.9], [REFLECT, INSIDE], Move.CONTRACT_INSIDE)


def test_a_nan_reflection_contracts_outside_first_by_r2() -> None:
    """Taken if better than the worst; there is no reflection to compare with."""
    check_replaced(FORMER, [NAN, 2.999], [REFLECT, OUTSIDE], Move.CONTRACT_OUTSIDE)


@pytest.mark.parametrize("f_c", [3.0, INF, NAN])
def test_a_nan_reflection_contracts_inside_when_outside_is_no_better_than_the_worst(
    f_c: float,
) -> None:
    asked = [REFLECT, OUTSIDE, *DRAWN, INSIDE]
    check_replaced(FORMER, [NAN, f_c, NAN, NAN, NAN, 2.9], asked, Move.CONTRACT_INSIDE)


def test_a_nan_reflection_is_drawn_inwards_until_it_is_a_number_by_r12() -> None:
    asked = [REFLECT, OUTSIDE, *DRAWN[:2]]
    check_replaced(FORMER, [NAN, NAN, NAN, 2.999], asked, Move.DRAW_INWARDS)
    asked = [REFLECT, OUTSIDE, DRAWN[0], INSIDE]  # a number, but no better: it goes on inside
    check_replaced(FORMER, [NAN, NAN, 3.0, 2.9], asked, Move.CONTRACT_INSIDE)
    rules = without_later(draw_inwards=False)
    check_replaced(rules, [NAN, NAN, 2.9], [REFLECT, OUTSIDE, INSIDE], Move.CONTRACT_INSIDE)


def test_r2_is_a_switch_of_its_own() -> None:
    rules = without_later(nan_contracts_outside=False, draw_inwards=False)
    check_replaced(rules, [NAN, 2.9], [REFLECT, INSIDE], Move.CONTRACT_INSIDE)
    only = without_later(inside_after_outside=False, draw_inwards=False)
    check_replaced(only, [NAN, 3.0, 2.9], [REFLECT, OUTSIDE, INSIDE], Move.CONTRACT_INSIDE)


def test_shrink_after_nothing_but_nan() -> None:
    asked, simplex = make_move("imagej", [NAN, NAN, NAN, NAN])
    assert asked == [REFLECT, INSIDE, *SHRINK]
    check_shrunk(simplex)
    assert [value != value for value in simplex.values] == [True, False, True]

    asked, simplex = make_move(FORMER, [NAN] * 8)
    assert asked == [REFLECT, OUTSIDE, *DRAWN, INSIDE, *SHRINK]
    check_shrunk(simplex)
    assert simplex.values == [INF, 1.0, INF]  # ranked like +inf (R1)


def test_a_worst_vertex_that_is_nan_is_replaced_by_any_number_in_the_robust_rules() -> None:
    """An outside contraction of 100 is better than NaN."""
    asked, simplex = make_move(FORMER, [NAN, 100.0], values=[NAN, 1.0, 2.0])
    assert asked == [REFLECT, OUTSIDE]
    assert params_of(simplex)[0] == OUTSIDE[1]
    assert simplex.values == [100.0, 1.0, 2.0]


def test_nan_and_inf_rank_alike_but_only_nan_contracts_outside() -> None:
    asked, simplex = make_move(FORMER, [INF, 7.0, 8.0], values=[NAN, 1.0, 2.0])
    assert asked == [REFLECT, *SHRINK]  # equal to the worst
    check_shrunk(simplex)


def test_minus_infinity_is_a_minimum() -> None:
    asked, simplex = make_move(FORMER, [-INF, 0.0])
    assert asked == [REFLECT, EXPAND]
    assert params_of(simplex)[0] == REFLECT[1]
    assert simplex.values[0] == -INF


def test_nan_reflections_are_counted_for_r9() -> None:
    s = hand(FORMER)
    play(s, begin_move, take_move, [NAN, 2.5])
    assert s.nan_reflections == 1
    play(s, begin_move, take_move, [-1.0, NAN])
    assert s.nan_reflections == 1


def test_a_search_counts_its_own_nan_reflections_only() -> None:
    s = hand(FORMER)
    s.nan_reflections = 3
    begin_search(s)
    assert s.nan_reflections == 0
    take_move(s, NAN)
    assert s.nan_reflections == 1


def test_shrink_by_another_share() -> None:
    s = hand(FORMER)
    assert s.shrink == 0.5
    s.shrink = 0.25
    asked, _ = play(s, lambda s: shrink_from(s, 0), take_move, [5.0, 6.0])
    assert asked == [(Move.SHRINK, [-0.25, 0.75]), (Move.SHRINK, [1.0, 0.0])]
    assert params_of(s) == [[-0.25, 0.75], [0.0, 0.0], [1.0, 0.0]]
    assert s.values == [5.0, 1.0, 6.0]


@BOTH
def test_the_search_goes_on_while_values_differ(rules: str) -> None:
    assert play(hand(rules), moved, take_move, []) == ([], STAYS)


CLOSE = [1.0 + 8e-12, 1.0, 1.0 + 4e-12]  # 4 * 8e-12 < 1e-10


@BOTH
@pytest.mark.parametrize("f_c", [1.0, 2.0, INF, NAN])
def test_centre_is_tried_before_the_end_and_not_taken_if_no_better(rules: Any, f_c: float) -> None:
    s = hand(rules, CLOSE)
    assert play(s, moved, take_move, [f_c]) == ([CENTRE], OVER)
    assert params_of(s) == VERTICES
    assert s.values == CLOSE


@BOTH
def test_centre_replaces_the_best_vertex_and_the_end_holds_if_values_still_agree(
    rules: str,
) -> None:
    s = hand(rules, CLOSE)
    better = 1.0 - 4e-12
    assert play(s, moved, take_move, [better]) == ([CENTRE], OVER)
    assert params_of(s) == [VERTICES[0], [1.0, 1.0], VERTICES[2]]
    assert s.values == [CLOSE[0], better, CLOSE[2]]


@BOTH
def test_a_much_better_centre_continues_the_search(rules: str) -> None:
    s = hand(rules, CLOSE)
    assert play(s, moved, take_move, [0.5]) == ([CENTRE], STAYS)
    assert s.values == [CLOSE[0], 0.5, CLOSE[2]]


@BOTH
@pytest.mark.parametrize(("difference", "iteration"), [(1.6e-11, OVER), (1.8e-11, STAYS)])
def test_after_a_better_centre_values_must_agree_within_a_quarter_of_the_limit(
    rules: Any, difference: float, iteration: int
) -> None:
    """The worst vertex is 8e-12 above 1."""
    s = hand(rules, CLOSE)
    assert play(s, moved, take_move, [1.0 - difference]) == ([CENTRE], iteration)


@BOTH
@pytest.mark.parametrize(("difference", "agree"), [(2.4e-11, True), (2.6e-11, False)])
def test_the_centre_is_tried_where_values_differ_by_less_than_a_quarter_of_the_limit(
    rules: Any, difference: float, agree: bool
) -> None:
    s = hand(rules, [1.0 + difference, 1.0, 1.0])
    sent, expected = ([1.0], ([CENTRE], OVER)) if agree else ([], ([], STAYS))
    assert play(s, moved, take_move, sent) == expected


@BOTH
def test_nan_vertices_do_not_end_a_search(rules: str) -> None:
    assert play(hand(rules, [NAN, 1.0, NAN]), moved, take_move, []) == ([], STAYS)


@BOTH
@pytest.mark.parametrize(
    ("near", "resolution", "ends"),
    [(True, 5.0, True), (False, 5.0, False), (True, 4.0, False)],
)
def test_resolutions_end_a_search_without_the_centre(
    rules: Any, near: bool, resolution: float, ends: bool
) -> None:
    """Only if the replaced vertex was near, and all are nearer than the resolution."""
    s = hand(rules, resolutions=[resolution, 5.0])
    assert has_converged(s, near) is ends


@BOTH
@pytest.mark.parametrize(
    ("worst", "best", "ends"),
    [(0, 1, True), (2, 1, True), (2, 0, False)],
)
def test_near_is_the_vertex_that_was_replaced_to_the_one_that_was_best(
    rules: Any, worst: int, best: int, ends: bool
) -> None:
    """All vertices are within 5 of (0, 0); (4, 0) and (-1, 3) are not of each other."""
    s = hand(rules, resolutions=[5.0, 5.0])
    s.worst, s.best = worst, best
    assert play(s, moved, take_move, []) == ([], OVER if ends else STAYS)


def test_a_tiny_simplex_ends_a_search_by_r4_only() -> None:
    """Every vertex within 1e-10 (|best| + initial range): 1.1e-8 and 1e-10 here."""
    vertices = [[100.0 + 1e-8, 0.0], [100.0, 0.0], [100.0, 1e-10]]
    for rules, ends in ((FORMER, OVER), ("imagej", STAYS)):
        problem = make_problem(rules=rules, start=[100.0, 0.0], variations=[10.0, 1.0])
        s = make_state(problem, vertices, [3.0, 0.0, 2.0])
        assert play(s, moved, take_move, []) == ([], ends), rules
        s.put(2, as_point(s, [100.0, 1e-10 + 1e-11]), 2.0)
        assert play(s, moved, take_move, []) == ([], STAYS), rules


@BOTH
def test_minus_infinity_ends_a_search_by_r1_only(rules: str) -> None:
    s = hand(rules, [3.0, -INF, 2.0])
    assert play(s, moved, take_move, []) == ([], OVER if rules is FORMER else STAYS)


@BOTH
def test_a_search_of_a_constant_ends_after_one_expansion_and_the_centre(rules: str) -> None:
    s = hand(rules, [1.0, 1.0, 1.0])
    asked, _ = play(s, begin_search, carry_on, [1.0, 1.0, 1.0])
    assert [made for made, _ in asked] == [Move.REFLECT, Move.EXPAND, Move.CENTRE]
    assert s.iterations == 1
    assert s.tally_status == Status.SUCCESS


@BOTH
def test_under_tolerances_neither_a_plateau_nor_agreeing_values_count(rules: str) -> None:
    """A reflection as good as the best is not expanded, and the centre is not tried."""
    tolerances = Tolerances(1e-3, 1e-3)
    s = hand(rules, [1.0, 1.0, 1.0], tolerances=tolerances)
    asked, iteration = play(s, begin_move, take_move, [1.0, 2.0, 2.0])
    assert [made for made, _ in asked] == [Move.REFLECT, Move.SHRINK, Move.SHRINK]
    assert iteration == STAYS
    assert play(hand(rules, CLOSE, tolerances=tolerances), moved, take_move, []) == ([], STAYS)


@BOTH
def test_a_search_stops_after_the_iteration_in_which_the_status_changed(rules: str) -> None:
    s = hand(rules, spec={"tally_status": int(Status.ABORTED)})
    asked, _ = play(s, begin_search, carry_on, [1.5])
    assert asked == [REFLECT]
    assert s.iterations == 1


@pytest.mark.parametrize(("limit", "iterations"), [(100, 41), (19, 5), (10, 5), (5, 1)])
def test_imagej_allows_a_search_four_tenths_of_the_limit_and_one(
    limit: int, iterations: int
) -> None:
    """The integer quotient by 10 is taken first."""
    s = hand("imagej", spec={"max_tally": limit})
    feed(s, begin_search, carry_on, rosenbrock)
    assert s.iterations == iterations
    assert s.tally_status == Status.MAX_ITERATIONS_EXCEEDED


def test_imagej_counts_the_iterations_of_earlier_runs_too() -> None:
    s = hand("imagej", spec={"max_tally": 100, "iterations": 98})
    feed(s, begin_search, carry_on, rosenbrock)
    assert s.iterations == 101
    assert s.tally_status == Status.MAX_ITERATIONS_EXCEEDED


def test_imagej_counts_the_iterations_of_a_search_from_where_it_began() -> None:
    s = hand("imagej", spec={"max_tally": 100, "iterations": 50})
    feed(s, begin_search, carry_on, rosenbrock)
    assert s.iterations == 50 + 41


LINE = [[2.0, 0.0], [0.0, 0.0], [1.0, 0.0]]


@pytest.mark.parametrize(("met_nan", "moves"), [(True, 2), (False, 1)])
def test_a_flat_simplex_ends_a_search_whose_reflection_was_nan_by_r9(
    met_nan: bool, moves: int
) -> None:
    """The simplex is a line: with NaN the search ends, after the outside contraction."""
    asked = [Move.REFLECT, Move.CONTRACT_OUTSIDE][:moves]
    sent = [NAN, 2.5] if met_nan else [1.5]
    s = make_state(make_problem(), LINE, [3.0, 1.0, 2.0])
    begin_search(s)
    for move, value in zip(asked, sent[:-1], strict=False):
        assert move_of(s) is move
        assert take_move(s, value) == GOES_ON
    assert move_of(s) is asked[-1]
    assert take_move(s, sent[-1]) == (OVER if met_nan else STAYS)
    assert s.tally_status == Status.SUCCESS
    assert s.iterations == 1


def test_without_r9_a_flat_simplex_goes_on() -> None:
    s = make_state(make_problem(rules=without_later(regrow_after_nan=False)), LINE, [3.0, 1.0, 2.0])
    begin_search(s)
    assert take_move(s, NAN) == GOES_ON
    assert take_move(s, 2.5) == STAYS


NUMBERS = [0.0, 1.0, 1.5, 2.0, 3.0, -1.0, INF, -INF]


@pytest.mark.slow
@given(
    st.one_of(
        st.tuples(st.just("imagej"), st.lists(st.sampled_from(NUMBERS), min_size=5)),
        st.tuples(st.just(FORMER), st.lists(st.sampled_from([*NUMBERS, NAN]), min_size=5)),
    )
)
def test_the_best_vertex_never_gets_worse(case: tuple[str, list[float]]) -> None:
    """Whatever the function returns; in ImageJ's rules NaN is an exception (see `test_rank`)."""
    rules, values = case
    s = hand(rules)
    bests = [s.values[s.best]]
    begin_move(s)
    for value in values:
        if take_move(s, value) != GOES_ON:
            s.rank()
            bests.append(s.values[s.best])
            begin_move(s)
    assert bests == sorted(bests, reverse=True)
    assert bests[-1] in [1.0, *values]
