"""Rounds of runs, sent made-up records: seeds, budgets, agreement and how it all ends."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from minimizer.simplex.counts import Tally
from scripted import INF, NAN, make_problem

from minimizer import Rules, RunRecord, Status
from minimizer.common.records import RunSpec
from minimizer.simplex.rounds import Asking, Budget, Outcome, Plan, once, rounds

UNLIMITED = Budget(None, None)


def make_plan(
    *,
    rules: Any = "robust",
    seed: int = 0,
    max_restarts: int = 2,
    pairs: bool = True,
    budget: Budget = UNLIMITED,
    shared: Tally | None = None,
) -> Plan:
    problem = make_problem(1, rules=rules)
    return Plan(problem, seed, max_restarts, pairs, budget, shared)


def record(
    value: float,
    status: Status = Status.SUCCESS,
    *,
    at: float | None = None,
    iterations: int = 10,
    evaluations: int = 20,
) -> RunRecord:
    """Return the record of a run that ended at `at`, by default far from all others."""
    return RunRecord(
        seed=0,
        status=status,
        params=np.array([1e3 * value if at is None else at]),
        function_value=value,
        extra=np.zeros(0),
        iterations=iterations,
        evaluations=evaluations,
        nan_evaluations=0,
        completed=int(status is Status.SUCCESS),
        has_result=value == value,
    )


def play_rounds(asking: Asking, records: list[RunRecord]) -> tuple[list[list[RunSpec]], Outcome]:
    """Send exactly these records, one at a time; runs that may be made side by side are grouped."""
    asked: list[list[RunSpec]] = []
    remaining = list(records)
    beside: RunSpec | None = None
    try:
        spec = next(asking)
        while True:
            if beside is not None:
                assert spec == replace(beside, target=spec.target)
                asked[-1].append(spec)
            else:
                asked.append([spec])
            beside = spec.beside
            assert remaining, f"too few records: {asked}"
            spec = asking.send(remaining.pop(0))
    except StopIteration as end:
        assert not remaining, f"too many records: {asked}"
        return asked, end.value


def seeds(asked: list[list[RunSpec]]) -> list[list[int]]:
    return [[spec.seed for spec in specs] for specs in asked]


def counting() -> Iterator[float]:
    """Values no two of which agree."""
    return iter(range(1, 100))


def test_two_runs_that_agree_end_it_after_one_round() -> None:
    asked, outcome = play_rounds(rounds(make_plan(seed=7)), [record(1.0), record(1.0)])
    assert seeds(asked) == [[7, 1_000_007]]
    assert outcome.status is Status.SUCCESS
    assert outcome.best is not None
    assert outcome.best.function_value == 1.0


def test_seeds_of_the_pairs_and_the_end_after_max_restarts() -> None:
    records = [record(float(value)) for value in (6, 5, 4, 3, 2, 7)]
    asked, outcome = play_rounds(rounds(make_plan(seed=7)), records)
    assert seeds(asked) == [[7, 1_000_007], [8, 1_000_008], [9, 1_000_009]]
    assert outcome == Outcome(Status.MAX_RESTARTS_EXCEEDED, records[4])


def test_seeds_of_the_sequence_are_twice_as_many_rounds_of_one() -> None:
    records = [record(float(value)) for value in range(6)]
    asked, outcome = play_rounds(rounds(make_plan(seed=7, pairs=False)), records)
    assert seeds(asked) == [[7], [8], [9], [10], [11], [12]]
    assert outcome == Outcome(Status.MAX_RESTARTS_EXCEEDED, records[0])


def test_seeds_wrap_at_32_bits() -> None:
    plan = make_plan(seed=2**31 - 1)
    assert plan.seeds(0) == [2**31 - 1, -(2**31) + 999_999]
    assert plan.seeds(1) == [-(2**31), -(2**31) + 1_000_000]


def test_a_run_may_confirm_one_of_an_earlier_round() -> None:
    records = [record(5.0), record(1.0), record(3.0), record(1.0)]
    asked, outcome = play_rounds(rounds(make_plan()), records)
    assert len(asked) == 2
    assert outcome == Outcome(Status.SUCCESS, records[1])


@pytest.mark.parametrize(("difference", "agree"), [(7e-11, True), (1.1e-10, False)])
def test_two_runs_agree_within_the_limit_itself(difference: float, agree: bool) -> None:
    records = [record(1.0), record(1.0 + difference, at=5.0)]
    rest = [] if agree else [record(3.0), record(4.0)]
    _, outcome = play_rounds(rounds(make_plan(max_restarts=1)), records + rest)
    assert (outcome.status is Status.SUCCESS) is agree


def test_only_the_best_can_be_confirmed() -> None:
    """Two runs agree at 5, but a third found 1: not a success."""
    records = [record(5.0), record(1.0), record(5.0), record(3.0), record(5.0), record(4.0)]
    _, outcome = play_rounds(rounds(make_plan()), records)
    assert outcome == Outcome(Status.MAX_RESTARTS_EXCEEDED, records[1])


def test_results_that_once_agreed_with_the_best_do_not_after_a_better_one() -> None:
    records = [record(5.0), record(6.0), record(1.0), record(6.0), record(5.0), record(1.0)]
    _, outcome = play_rounds(rounds(make_plan()), records)
    assert outcome == Outcome(Status.SUCCESS, records[2])


def test_agreement_in_parameters_counts_by_r6() -> None:
    records = [record(1e-20, at=1.0), record(3e-20, at=1.0)]
    _, outcome = play_rounds(rounds(make_plan()), records)
    assert outcome == Outcome(Status.SUCCESS, records[0])
    off = make_plan(rules=Rules(agree_in_params=False), max_restarts=1)
    _, outcome = play_rounds(rounds(off), [*records, record(5e-20), record(7e-20)])
    assert outcome.status is Status.MAX_RESTARTS_EXCEEDED


@pytest.mark.parametrize(
    "status", [Status.MAX_ITERATIONS_EXCEEDED, Status.MAX_EVALUATIONS_EXCEEDED]
)
def test_a_run_that_was_cut_short_confirms_nothing(status: Status) -> None:
    records = [record(1.0), record(1.0, status), record(2.0), record(3.0)]
    _, outcome = play_rounds(rounds(make_plan(max_restarts=1)), records)
    assert outcome == Outcome(Status.MAX_RESTARTS_EXCEEDED, records[0])


def test_two_infinite_results_do_not_agree() -> None:
    records = [record(INF, at=1.0), record(INF, at=1.0)]
    _, outcome = play_rounds(rounds(make_plan(max_restarts=1)), [*records, *records])
    assert outcome.status is Status.MAX_RESTARTS_EXCEEDED


def test_results_at_infinite_parameters_are_compared_without_a_warning() -> None:
    """An infinite parameter less itself is NaN, of which NumPy warns."""
    records = [record(float(value), at=INF) for value in (1, 2, 3, 4)]
    _, outcome = play_rounds(rounds(make_plan(max_restarts=1)), records)
    assert outcome.status is Status.MAX_RESTARTS_EXCEEDED


def test_two_runs_at_minus_infinity_agree() -> None:
    _, outcome = play_rounds(rounds(make_plan()), [record(-INF), record(-INF)])
    assert outcome.status is Status.SUCCESS


def test_a_reinitialization_failure_is_a_result_like_another() -> None:
    failed = Status.REINITIALIZATION_FAILURE
    records = [record(1.0, failed), record(1.0, failed)]
    _, outcome = play_rounds(rounds(make_plan()), records)
    assert outcome == Outcome(Status.SUCCESS, records[0])


def test_one_run_without_a_simplex_does_not_end_it_but_two_do() -> None:
    failed = record(NAN, Status.INITIALIZATION_FAILURE)
    records = [failed, record(1.0), record(1.0), record(2.0)]
    _, outcome = play_rounds(rounds(make_plan()), records)
    assert outcome == Outcome(Status.SUCCESS, records[1])
    asked, outcome = play_rounds(rounds(make_plan()), [failed, failed])
    assert outcome == Outcome(Status.INITIALIZATION_FAILURE, None)
    assert len(asked) == 1


@pytest.mark.parametrize("status", [Status.ABORTED, Status.MAX_SECONDS_EXCEEDED])
def test_what_ends_all_runs_ends_the_rounds(status: Status) -> None:
    records = [record(2.0), record(1.0, status)]
    asked, outcome = play_rounds(rounds(make_plan()), records)
    assert outcome == Outcome(status, records[1])
    assert len(asked) == 1
    _, outcome = play_rounds(rounds(make_plan()), records[1:])  # the second is not made at all
    assert outcome == Outcome(status, records[1])


@pytest.mark.parametrize("status", list(Status))
def test_a_single_run_s_status_is_the_outcome(status: Status) -> None:
    for asking in (once, rounds):
        only = record(1.0, status)
        asked, outcome = play_rounds(asking(make_plan(max_restarts=0)), [only])
        assert seeds(asked) == [[0]]
        assert outcome == Outcome(status, only)


def test_minimize_once_makes_one_run_whatever_the_restarts() -> None:
    asked, _ = play_rounds(once(make_plan(max_restarts=5, seed=3)), [record(1.0)])
    assert seeds(asked) == [[3]]


def test_imagej_s_single_run_is_made_twice_in_sequence() -> None:
    """Its round counts: twice as many rounds, and without restarts no comparison ends them."""
    tally = Tally()
    plan = make_plan(rules="imagej", pairs=False, max_restarts=0, shared=tally)
    records = [record(2.0), record(1.0)]
    asked, outcome = play_rounds(rounds(plan), records)
    assert seeds(asked) == [[0], [1]]
    assert outcome == Outcome(Status.SUCCESS, records[1])


def test_imagej_s_runs_are_made_one_after_another() -> None:
    plan = make_plan(rules="imagej", shared=Tally())
    asked, _ = play_rounds(rounds(plan), [record(1.0), record(1.0)])
    assert seeds(asked) == [[0], [1_000_000]]


@pytest.mark.parametrize("status", [Status.ABORTED, Status.INITIALIZATION_FAILURE])
def test_imagej_s_shared_status_ends_the_rounds(status: Status) -> None:
    tally = Tally(status=status)
    plan = make_plan(rules="imagej", shared=tally)
    records = [record(1.0, status), record(2.0, status)]
    sent = records[:1] if status is Status.ABORTED else records
    _, outcome = play_rounds(rounds(plan), sent)
    assert outcome == Outcome(status, records[0])


def test_imagej_s_shared_count_ends_the_rounds_without_comparison() -> None:
    tally = Tally(max_iterations=100, iterations=100)
    plan = make_plan(rules="imagej", shared=tally)
    _, outcome = play_rounds(rounds(plan), [record(1.0), record(1.0)])
    assert outcome.status is Status.MAX_ITERATIONS_EXCEEDED


def targets(asked: list[list[RunSpec]]) -> list[float | None]:
    return [spec.target and spec.target.value for specs in asked for spec in specs]


def test_a_run_is_told_the_best_result_that_it_may_confirm() -> None:
    """The best so far, if it converged (R14)."""
    records = [record(5.0), record(1.0), record(3.0), record(2.0)]
    asked, _ = play_rounds(rounds(make_plan(max_restarts=1)), records)
    assert targets(asked) == [None, 5.0, 1.0, 1.0]
    records[1] = record(1.0, Status.MAX_ITERATIONS_EXCEEDED)
    asked, _ = play_rounds(rounds(make_plan(max_restarts=1)), records)
    assert targets(asked) == [None, 5.0, None, None]
    off = make_plan(max_restarts=1, rules=Rules(stop_when_confirmed=False))
    asked, _ = play_rounds(rounds(off), records)
    assert targets(asked) == [None] * 4


def test_a_run_that_confirms_the_best_ends_it() -> None:
    """Even the first of a pair; the better of the two is the result."""
    records = [record(5.0), record(1.0), replace(record(0.9), confirms=True)]
    _, outcome = play_rounds(rounds(make_plan()), records)
    assert outcome == Outcome(Status.SUCCESS, records[2])
    records[2] = replace(record(1.1), confirms=True)
    _, outcome = play_rounds(rounds(make_plan()), records)
    assert outcome == Outcome(Status.SUCCESS, records[1])


def widths(asked: list[list[RunSpec]]) -> list[float]:
    return [spec.width for specs in asked for spec in specs]


def test_every_second_run_starts_wider_unless_the_size_was_given() -> None:
    records = [record(float(value)) for value in range(4)]
    plan = make_plan(max_restarts=1)
    asked, _ = play_rounds(rounds(plan), records)
    assert widths(asked) == [1.0, 5.0, 1.0, 5.0]
    asked, _ = play_rounds(rounds(replace(plan, pairs=False)), records)
    assert widths(asked) == [1.0, 5.0, 1.0, 5.0]
    given = replace(plan, problem=replace(plan.problem, variations=[0.1]))
    off = make_plan(max_restarts=1, rules=Rules(wider_second_run=False))
    for same in (given, off):
        asked, _ = play_rounds(rounds(same), records)
        assert widths(asked) == [1.0] * 4


def specs_of(asked: list[list[RunSpec]]) -> list[list[tuple[int | None, int | None]]]:
    return [[(s.max_iterations, s.max_evaluations) for s in specs] for specs in asked]


def test_a_large_budget_is_shared_equally_and_what_is_left_goes_on() -> None:
    """With 400 n and more, two runs stand side by side; with less, one follows the other."""
    plan = make_plan(budget=Budget(1001, None))
    records = [
        record(3.0, iterations=100),
        record(2.0, iterations=500),  # 401 are left, enough for two
        record(4.0, iterations=201),
        record(5.0, iterations=100),  # 100 are left
        record(6.0, iterations=40),
        record(7.0, Status.MAX_ITERATIONS_EXCEEDED, iterations=60),
    ]
    asked, outcome = play_rounds(rounds(plan), records)
    assert specs_of(asked) == [
        [(501, None), (500, None)],
        [(201, None), (200, None)],
        [(100, None)],
        [(60, None)],
    ]
    assert outcome == Outcome(Status.MAX_ITERATIONS_EXCEEDED, records[1])


def test_a_small_budget_goes_to_the_first_run() -> None:
    cut = record(2.0, Status.MAX_EVALUATIONS_EXCEEDED, evaluations=50)
    asked, outcome = play_rounds(rounds(make_plan(budget=Budget(None, 50))), [cut])
    assert specs_of(asked) == [[(None, 50)]]
    assert outcome == Outcome(Status.MAX_EVALUATIONS_EXCEEDED, cut)


def test_agreement_counts_even_if_it_took_all_of_the_budget() -> None:
    records = [record(1.0, evaluations=30), record(1.0, evaluations=20)]
    _, outcome = play_rounds(rounds(make_plan(budget=Budget(None, 50))), records)
    assert outcome.status is Status.SUCCESS


@given(st.integers(0, 10**6) | st.none(), st.integers(0, 10**6) | st.none(), st.integers(1, 10))
def test_halves_add_up(iterations: int | None, evaluations: int | None, n: int) -> None:
    budget = Budget(iterations, evaluations)
    for whole, one, two in zip(
        (iterations, evaluations),
        *((half.iterations, half.evaluations) for half in budget.halves()),
        strict=True,
    ):
        if whole is None:
            assert (one, two) == (None, None)
        else:
            assert one is not None
            assert two is not None
            assert one + two == whole
            assert 0 <= one - two <= 1
    if budget.is_enough_for(2, n):
        assert budget.exceeded is None


@pytest.mark.slow
@given(st.lists(st.tuples(st.integers(0, 300), st.integers(1, 600)), min_size=6), st.booleans())
def test_no_round_gives_more_than_is_left(used: list[tuple[int, int]], pairs: bool) -> None:
    """Each run is asked to use no more than the budget that runs before it left."""
    left = [1000, 2000]

    def spend() -> Outcome:
        asking = rounds(make_plan(budget=Budget(*left), pairs=pairs))
        values = counting()
        try:
            spec = next(asking)
            while True:
                both = [spec] if spec.beside is None else [spec, spec.beside]
                assert sum(spec.max_iterations or 0 for spec in both) <= left[0]
                assert sum(spec.max_evaluations or 0 for spec in both) <= left[1]
                i, e = used.pop(0)
                i, e = min(i, spec.max_iterations or 0), min(e, spec.max_evaluations or 0)
                left[0], left[1] = left[0] - i, left[1] - e
                spec = asking.send(record(float(next(values)), iterations=i, evaluations=e))
        except StopIteration as end:
            outcome: Outcome = end.value
            return outcome

    status = spend().status
    if left[0] == 0:
        assert status is Status.MAX_ITERATIONS_EXCEEDED
    elif left[1] == 0:
        assert status is Status.MAX_EVALUATIONS_EXCEEDED
    else:
        assert status is Status.MAX_RESTARTS_EXCEEDED
