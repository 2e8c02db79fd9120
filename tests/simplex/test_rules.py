"""The switches: what each is worth, and that the two named sets are what they should be."""

from __future__ import annotations

import math
from dataclasses import fields, replace
from typing import Any

import numpy as np
import pytest
from problems import ball, rosenbrock, wavy, wood
from scripted import FORMER, LATER, Counted, without_later

from minimizer import Evaluation, Minimizer, Move, Rules, Status
from minimizer.simplex.rules import IMAGEJ, ROBUST, as_rules

REPAIRS = [
    "nan_ranks_worst",
    "nan_contracts_outside",
    "inside_after_outside",
    "tiny_simplex_converges",
    "independent_runs",
    "agree_in_params",
    "clip_to_bounds",
    "regrow_after_nan",
    "adaptive_for_many",
    "agree_by_descent",
    "draw_inwards",
    "agree_at_edge",
    "stop_when_confirmed",
    "wider_second_run",
    *LATER,
]


def test_robust_has_all_repairs_and_imagej_none() -> None:
    assert all(getattr(ROBUST, name) for name in REPAIRS)
    assert not any(getattr(IMAGEJ, name) for name in REPAIRS)
    assert ROBUST.start_at_zeros
    assert IMAGEJ.start_at_zeros
    assert not ROBUST.adaptive_coefficients
    assert not IMAGEJ.adaptive_coefficients
    known = {*REPAIRS, "start_at_zeros", "adaptive_coefficients"}
    assert {field.name for field in fields(Rules)} == known


def test_names_stand_for_sets() -> None:
    assert as_rules("robust") == Rules()
    assert as_rules("imagej") == IMAGEJ
    own = Rules(agree_in_params=False)
    assert as_rules(own) is own
    assert Minimizer(None).rules == ROBUST


def test_a_rule_that_does_not_exist_is_refused() -> None:
    with pytest.raises(TypeError, match="nan_ranks_best"):
        Rules(nan_ranks_best=True)  # type: ignore[call-arg]


def test_rules_cannot_be_changed_behind_a_minimizer_s_back() -> None:
    with pytest.raises(AttributeError, match="agree_in_params"):
        Rules().agree_in_params = False  # type: ignore[misc]


def minimized(fun: Any, start: list[float], rules: Any, **settings: Any) -> Minimizer:
    m = Minimizer(fun, rules=rules, **settings)
    m.minimize(start)
    return m


@pytest.mark.slow
@pytest.mark.parametrize("seed", [0, 1])
def test_r1_a_nan_is_not_the_result_while_a_number_was_seen(seed: int) -> None:
    start = [0.1, 0.1, 0.1]
    assert math.isnan(minimized(ball, start, IMAGEJ, random_seed=seed).function_value)
    repaired = replace(IMAGEJ, nan_ranks_worst=True)
    seen = Counted(ball)
    m = minimized(seen, start, repaired, random_seed=seed)
    assert m.function_value == min(value for value in seen.values if value == value)


def ellipsoid(x: Any) -> float:
    """Squared distance from a point outside of an ellipsoid of half axes 2, 1, 2/3 and 1."""
    scaled = x * [1.0, 2.0, 3.0, 2.0]
    return math.nan if scaled @ scaled > 4.0 else float(((x - [3.0, -3.0, 3.0, 1.0]) ** 2).sum())


AT_EDGES = [
    ("nan_contracts_outside", ball, [0.1] * 4, 16.0),
    ("regrow_after_nan", ball, [0.1] * 4, 16.0),
    ("agree_at_edge", ball, [0.1] * 4, 16.0),
    ("draw_inwards", ellipsoid, [-1.0, 0.4, -0.3, -0.2], 16.6376283),
]


def claimed_and_evaluations(fun: Any, start: Any, least: float, rules: Rules) -> tuple[int, int]:
    """How many of ten minima on the edge of a NaN region are a success, for how many calls."""
    claimed = evaluations = 0
    for seed in range(10):
        m = minimized(fun, start, rules, random_seed=seed, max_evaluations=6000)
        gap = fun(np.array(start)) - least
        assert m.status is not Status.SUCCESS or m.function_value - least < 1e-6 * gap
        claimed += m.status is Status.SUCCESS
        evaluations += m.evaluations
    return claimed, evaluations


@pytest.mark.slow
@pytest.mark.parametrize(("rule", "fun", "start", "least"), AT_EDGES)
def test_each_rule_for_nan_edges_helps_to_find_a_minimum_there(
    rule: str, fun: Any, start: Any, least: float
) -> None:
    """More of them are found and confirmed, or all for fewer evaluations; a false one never."""
    on, cost_on = claimed_and_evaluations(fun, start, least, FORMER)
    off, cost_off = claimed_and_evaluations(fun, start, least, without_later(**{rule: False}))
    assert on >= 8
    assert (off, -cost_off) < (on, -cost_on)
    assert claimed_and_evaluations(fun, start, least, Rules())[0] >= 8


def test_r3_a_search_shrinks_less_often() -> None:
    """Where there are many local minima, and contractions are often rejected."""

    def shrinks_per_iteration(rules: Rules) -> float:
        shrinks = iterations = 0
        for seed in range(0, 10**9, 10**8):
            m = Minimizer(wavy, rules=rules, random_seed=seed, trace=True)
            m.minimize_once([10.0, 5.0])
            assert isinstance(m.trace, list)
            shrinks += sum(evaluation.move is Move.SHRINK for evaluation in m.trace)
            iterations += m.iterations
        return shrinks / iterations

    without = shrinks_per_iteration(without_later(inside_after_outside=False))
    assert shrinks_per_iteration(FORMER) < 0.9 * without


@pytest.mark.slow
@pytest.mark.parametrize("fun", [rosenbrock, wood])
def test_r4_a_minimum_of_value_0_does_not_burn_the_budget(fun: Any) -> None:
    start = [-3.0, -1.0, -3.0, -1.0]
    off = minimized(fun, start, without_later(tiny_simplex_converges=False), max_evaluations=20_000)
    for rules in (FORMER, Rules()):  # a surface, too, ends there before the budget does
        on = minimized(fun, start, rules, max_evaluations=20_000)
        assert on.status is Status.SUCCESS
        assert on.params == pytest.approx(np.ones(4), abs=1e-6)
        assert off.evaluations > 2 * on.evaluations


def test_r5_a_run_at_its_limit_does_not_stop_the_others() -> None:
    """In ImageJ a search may use 41 of 100 iterations, and each later run then 1."""
    start = [-1.2, 1.0]
    off = minimized(rosenbrock, start, without_later(independent_runs=False), max_iterations=100)
    assert [run.iterations for run in off.runs] == [41, 1, 1, 1, 1, 1]
    on = minimized(rosenbrock, start, FORMER, max_iterations=100)
    assert on.iterations == 100
    assert on.function_value < 1e-3 * off.function_value


def test_r6_two_runs_at_the_same_zero_minimum_agree() -> None:
    on = minimized(rosenbrock, [-1.2, 1.0], Rules())
    assert on.status is Status.SUCCESS
    assert len(on.runs) == 2
    others = {"agree_by_descent": False, "stop_when_confirmed": False}
    off = minimized(rosenbrock, [-1.2, 1.0], Rules(agree_in_params=False, **others))
    assert off.status is Status.MAX_RESTARTS_EXCEEDED
    assert len(off.runs) == 6


def mirrored(x: Any) -> float:
    """Two minima, of value 0 but for rounding: no two runs need end at the same one."""
    return float((x[0] ** 2 - 2.0) ** 2 + 10.0 * (x[1] - x[0] ** 2) ** 2)


@pytest.mark.slow
def test_r11_two_runs_at_different_zero_minima_agree() -> None:
    starts = [[0.01, 0.3 + 0.1 * i] for i in range(10)]
    runs = {True: 0, False: 0}
    for on in runs:
        for start in starts:
            m = minimized(mirrored, start, without_later(agree_by_descent=on), max_restarts=5)
            assert m.function_value < 1e-16
            runs[on] += len(m.runs)
    assert runs[True] == 2 * len(starts) < runs[False]


def test_r14_a_run_stops_where_another_ended() -> None:
    on = minimized(rosenbrock, [-1.2, 1.0], FORMER)
    off = minimized(rosenbrock, [-1.2, 1.0], without_later(stop_when_confirmed=False))
    assert on.status is off.status is Status.SUCCESS
    assert on.runs[0].evaluations == off.runs[0].evaluations
    assert on.runs[1].confirms
    assert not off.runs[1].confirms
    assert on.runs[1].evaluations < off.runs[1].evaluations
    assert on.completed_minimizations == 2


def origin_of(run: list[Evaluation]) -> Any:
    """Return vertex 0 of a first simplex: the lowest of the start and the probes."""
    moves = [e.move for e in run]
    second = moves.index(Move.INITIAL, 1)
    return min(run[:second], key=lambda e: e.value).point


def test_r15_the_second_run_starts_five_times_as_wide() -> None:
    for rules, width in ((Rules(), 5.0), (Rules(wider_second_run=False), 1.0)):
        m = Minimizer(rosenbrock, 2, rules=rules, trace=True)
        m.minimize([-1.2, 1.0])
        assert isinstance(m.trace, list)
        first = [[e for e in m.trace if e.run == run] for run in (0, 1)]
        vertices = [[e.point for e in run if e.move is Move.INITIAL][:2] for run in first]
        sizes = [
            abs(second - origin_of(run)) / [0.12, 0.1]
            for run, (_, second) in zip(first, vertices, strict=True)
        ]
        norms = [float((size**2).sum()) ** 0.5 for size in sizes]
        assert norms[1] == pytest.approx(width * norms[0])


def searches(m: Minimizer) -> list[int]:
    """Return the number of searches of each run, at most two."""
    assert isinstance(m.trace, list)
    moves = [[e.move for e in m.trace if e.run == run] for run in range(len(m.runs))]
    return [1 + (Move.REINITIALIZE in run) for run in moves]


def test_r24_under_absolute_tolerances_a_later_run_makes_one_search_if_its_value_agrees() -> None:
    """Where minima form a line, it ends elsewhere on it, at the same value."""

    def valley(x: Any) -> float:
        return abs(float(x[0] * x[1]) - 2.0)

    settings: dict[str, Any] = {"tolerances": (1e-4, 1e-8), "trace": True}
    on = minimized(valley, [1.0, 1.0], Rules(), **settings)
    off = minimized(valley, [1.0, 1.0], Rules(single_search_first=False), **settings)
    assert on.status is off.status is Status.SUCCESS
    assert (searches(on), searches(off)) == ([2, 1], [2, 2])
    assert on.function_value == pytest.approx(0, abs=1e-8)
    assert not np.allclose(on.runs[0].params, on.runs[1].params, atol=1e-4)


def test_r24_at_a_wall_the_first_of_two_runs_makes_one_search() -> None:
    """A single run makes two, and so does the first where there is no wall."""

    def cliff(x: Any) -> float:
        outside = sum(x[0] > datum for datum in (1.1, 1.2, 1.3, 1.4))
        return -float(x[0]) + 0.5 * float(x[1]) ** 2 + 7e4 * outside

    start = [0.5, 0.5]
    on = minimized(cliff, start, Rules(), trace=True)
    off = minimized(cliff, start, Rules(single_search_first=False), trace=True)
    assert on.status is off.status is Status.SUCCESS
    assert (searches(on)[0], searches(off)[0]) == (1, 2)
    assert on.evaluations < off.evaluations
    assert searches(minimized(cliff, start, Rules(), trace=True, max_restarts=0)) == [2]
    assert searches(minimized(ball, [0.1, 0.1], Rules(), trace=True))[0] == 2
    no_surface = Rules(quadratic_surface=False)
    assert searches(minimized(rosenbrock, [-1.2, 1.0], no_surface, trace=True))[0] == 2


@pytest.mark.parametrize("rules", ["robust", "imagej"])
def test_r7_the_start_is_at_zeros_if_none_is_given(rules: str) -> None:
    seen = Counted(lambda x: float((x[0] - 1) ** 2 + x[1] ** 2 + 3))
    m = Minimizer(seen, 2, rules=rules)
    assert m.minimize() is Status.SUCCESS
    assert seen.points[0] == [0.0, 0.0]


def test_r7_off_refuses_to_start_from_nowhere() -> None:
    m = Minimizer(lambda x: 1.0, 2, rules=Rules(start_at_zeros=False))
    with pytest.raises(ValueError, match=r"^initial_params is missing; .*start_at_zeros"):
        m.minimize()
    assert m.minimize([0.0, 0.0]) is Status.SUCCESS


def test_r8_a_minimum_in_a_corner_is_reached_exactly() -> None:
    def fun(x: Any) -> float:
        return float((x[0] - 3) ** 2 + (x[1] - 4) ** 2)

    box = [(0, 1), (0, 1)]
    on = minimized(fun, [0.5, 0.5], Rules(), bounds=box)
    assert on.params.tolist() == [1.0, 1.0]
    off = minimized(fun, [0.5, 0.5], Rules(clip_to_bounds=False), bounds=box)
    assert off.params.tolist() != [1.0, 1.0]
    assert off.evaluations > 2 * on.evaluations


def test_adaptive_coefficients_are_those_of_gao_and_han() -> None:
    """Reflection 1, expansion 1 + 2/n, contraction 3/4 - 1/(2n), shrink 1 - 1/n; n = 4 here."""

    def first_moves(rules: Rules, values: list[float]) -> list[tuple[Move, list[float]]]:
        simplex = np.vstack([np.zeros(4), 4.0 * np.eye(4)])
        remaining = [1.0, 2.0, 3.0, 4.0, 5.0, *values]
        m = Minimizer(
            lambda x: remaining.pop(0),
            rules=rules,
            trace=True,
            max_evaluations=len(remaining),
        )
        m.minimize_once(initial_simplex=simplex)
        assert isinstance(m.trace, list)
        return [(e.move, e.point.tolist()) for e in m.trace[5:]]

    rules = Rules(adaptive_coefficients=True)
    # The centroid without the worst vertex, (0, 0, 0, 4), is (1, 1, 1, 0).
    assert first_moves(rules, [0.5, 0.4]) == [
        (Move.REFLECT, [2.0, 2.0, 2.0, -4.0]),
        (Move.EXPAND, [2.5, 2.5, 2.5, -6.0]),
    ]
    assert first_moves(rules, [4.5, 4.6, 4.9]) == [
        (Move.REFLECT, [2.0, 2.0, 2.0, -4.0]),
        (Move.CONTRACT_OUTSIDE, [1.625, 1.625, 1.625, -2.5]),
        (Move.CONTRACT_INSIDE, [0.375, 0.375, 0.375, 2.5]),
    ]
    assert first_moves(rules, [5.0, 6.0])[1] == (Move.SHRINK, [3.0, 0.0, 0.0, 0.0])


def test_r10_chooses_the_coefficients_from_eight_parameters_on() -> None:
    """The same moves as with Gao and Han's coefficients for all n, or as with the standard ones."""

    def values(n: int, rules: Rules) -> list[float]:
        m = minimized(lambda x: float(x @ x), np.ones(n), rules, trace=True, max_evaluations=300)
        assert isinstance(m.trace, list)
        return [evaluation.value for evaluation in m.trace]

    for n, adapts in ((7, False), (8, True)):
        standard = values(n, Rules(adaptive_for_many=False))
        adaptive = values(n, Rules(adaptive_coefficients=True))
        assert standard != adaptive
        assert values(n, Rules()) == (adaptive if adapts else standard)
