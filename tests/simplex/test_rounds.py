"""Rounds of runs, told made-up runs: seeds, budgets, agreement and how it all ends."""

from __future__ import annotations

from collections.abc import Iterator
from types import SimpleNamespace
from typing import Any, NamedTuple

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scripted import FORMER, INF, NAN, make_problem, make_rounds, without_later

from minimizer import Status
from minimizer.simplex.initial_state import state_of
from minimizer.simplex.method import NelderMead
from minimizer.simplex.problem import Problem
from minimizer.simplex.rounds import (
    is_enough_for_two,
    reserve,
    rounds_at_most,
    runs_per_round,
    seed_of,
    without,
)
from minimizer.simplex.run_spec import RunSpec
from minimizer.simplex.state import RunState


class Ended(NamedTuple):
    """What a run came to; the last three are what ImageJ counts over all runs."""

    value: float
    status: Status = Status.SUCCESS
    at: float | None = None
    iterations: int = 10
    evaluations: int = 20
    confirms: bool = False
    tally_status: Status = Status.SUCCESS
    tally_iterations: int = 10
    tally_initialized: bool = True


def record(value: float, status: Status = Status.SUCCESS, **others: Any) -> Ended:
    """Return the end of a run at `at`, by default far from all others."""
    return Ended(value, status, **others)


class Outcome(NamedTuple):
    """Overall status, and what the best run came to if any had a result."""

    status: Status
    best: Ended | None


def make_method(
    *,
    rules: Any = FORMER,
    seed: int = 0,
    problem: Problem | None = None,
    iterations: int | None = None,
    evaluations: int | None = None,
    max_restarts: int = 2,
    pairs: bool = True,
    once: bool = False,
) -> NelderMead:
    return NelderMead(
        make_problem(1, rules=rules) if problem is None else problem,
        random_seed=seed,
        max_restarts=max_restarts,
        pairs=pairs,
        once=once,
        max_iterations=iterations,
        max_evaluations=evaluations,
    )


def run_of(problem: Problem, spec: RunSpec, number: int, end: Ended) -> RunState:
    """Return the state of a run that was asked for, as it has ended."""
    s = state_of(problem, spec, number)
    s.before_run, s.before_completed = s.iterations, s.completed
    s.status, s.confirms = int(end.status), end.confirms
    s.iterations += end.iterations
    s.evaluations = end.evaluations
    if s.shared:
        s.tally_status, s.tally_initialized = int(end.tally_status), end.tally_initialized
        s.before_run, s.iterations = end.tally_iterations - end.iterations, end.tally_iterations
    point = [1e3 * end.value if end.at is None else end.at]
    s.has_best = end.value == end.value
    s.best_point, s.best_value, s.first_value = point, end.value, end.value
    cut = end.status in (Status.MAX_EVALUATIONS_EXCEEDED, Status.MAX_SECONDS_EXCEEDED)
    s.ended, s.has_result = not cut, s.has_best and not cut
    s.result, s.result_value = point, end.value
    return s


def play_rounds(method: NelderMead, records: list[Ended]) -> tuple[list[list[RunSpec]], Outcome]:
    """Tell exactly these ends, one at a time; runs that may be made side by side are grouped."""
    asked: list[list[RunSpec]] = []
    problem = method.make.args[0]  # type: ignore[attr-defined]
    remaining = list(records)
    beside: RunSpec | None = None
    while (spec := method.spec) is not None:
        assert method.status is None
        if beside is not None:
            assert spec == RunSpec(**beside._asdict() | target_of(spec) | limits_of(spec))
            assert least(spec.max_iterations, beside.max_iterations)
            assert least(spec.max_evaluations, beside.max_evaluations)
            asked[-1].append(spec)
        else:
            asked.append([spec])
        beside = spec.beside
        assert remaining, f"too few records: {asked}"
        number = len(records) - len(remaining)
        run: Any = SimpleNamespace(state=run_of(problem, spec, number, remaining.pop(0)))
        method.take(run)
    assert not remaining, f"too many records: {asked}"
    assert method.status is not None
    best = None if method.best is None else records[method.best]
    return asked, Outcome(method.status, best)


def target_of(spec: RunSpec) -> dict[str, Any]:
    """Return what a spec says of its target, which its twin beside does not know yet."""
    return {name: value for name, value in spec._asdict().items() if "target" in name}


def limits_of(spec: RunSpec) -> dict[str, Any]:
    """Return the limits, which the first run of a pair decides: all that it leaves."""
    return {"max_iterations": spec.max_iterations, "max_evaluations": spec.max_evaluations}


def least(limit: int, reserved: int) -> bool:
    """Return whether a run got what was kept for it, or more; -1 is no limit."""
    return limit == reserved == -1 or limit >= reserved >= 0


def seeds(asked: list[list[RunSpec]]) -> list[list[int]]:
    return [[spec.seed for spec in specs] for specs in asked]


def counting() -> Iterator[float]:
    """Values no two of which agree."""
    return iter(range(1, 100))


def test_two_runs_that_agree_end_it_after_one_round() -> None:
    asked, outcome = play_rounds(make_method(seed=7), [record(1.0), record(1.0)])
    assert seeds(asked) == [[7, 1_000_007]]
    assert outcome.status is Status.SUCCESS
    assert outcome.best is not None
    assert outcome.best.value == 1.0


def test_seeds_of_the_pairs_and_the_end_after_max_restarts() -> None:
    records = [record(float(value)) for value in (6, 5, 4, 3, 2, 7)]
    asked, outcome = play_rounds(make_method(seed=7), records)
    assert seeds(asked) == [[7, 1_000_007], [8, 1_000_008], [9, 1_000_009]]
    assert outcome == Outcome(Status.MAX_RESTARTS_EXCEEDED, records[4])


def test_seeds_of_the_sequence_are_twice_as_many_rounds_of_one() -> None:
    records = [record(float(value)) for value in range(6)]
    asked, outcome = play_rounds(make_method(seed=7, pairs=False), records)
    assert seeds(asked) == [[7], [8], [9], [10], [11], [12]]
    assert outcome == Outcome(Status.MAX_RESTARTS_EXCEEDED, records[0])


def test_seeds_wrap_at_32_bits() -> None:
    r = make_rounds(make_problem(1), random_seed=2**31 - 1)
    assert [seed_of(r, 0, k) for k in range(2)] == [2**31 - 1, -(2**31) + 999_999]
    assert [seed_of(r, 1, k) for k in range(2)] == [-(2**31), -(2**31) + 1_000_000]
    asked, _ = play_rounds(make_method(seed=2**31 - 1), [record(1.0), record(1.0)])
    assert seeds(asked) == [[2**31 - 1, -(2**31) + 999_999]]


def test_a_run_may_confirm_one_of_an_earlier_round() -> None:
    records = [record(5.0), record(1.0), record(3.0), record(1.0)]
    asked, outcome = play_rounds(make_method(), records)
    assert len(asked) == 2
    assert outcome == Outcome(Status.SUCCESS, records[1])


@pytest.mark.parametrize(("difference", "agree"), [(7e-11, True), (1.1e-10, False)])
def test_two_runs_agree_within_the_limit_itself(difference: float, agree: bool) -> None:
    records = [record(1.0), record(1.0 + difference, at=5.0)]
    rest = [] if agree else [record(3.0), record(4.0)]
    _, outcome = play_rounds(make_method(max_restarts=1), records + rest)
    assert (outcome.status is Status.SUCCESS) is agree


def test_only_the_best_can_be_confirmed() -> None:
    """Two runs agree at 5, but a third found 1: not a success."""
    records = [record(5.0), record(1.0), record(5.0), record(3.0), record(5.0), record(4.0)]
    _, outcome = play_rounds(make_method(), records)
    assert outcome == Outcome(Status.MAX_RESTARTS_EXCEEDED, records[1])


def test_results_that_once_agreed_with_the_best_do_not_after_a_better_one() -> None:
    records = [record(5.0), record(6.0), record(1.0), record(6.0), record(5.0), record(1.0)]
    _, outcome = play_rounds(make_method(), records)
    assert outcome == Outcome(Status.SUCCESS, records[2])


def test_agreement_in_parameters_counts_by_r6() -> None:
    records = [record(1e-20, at=1.0), record(3e-20, at=1.0)]
    _, outcome = play_rounds(make_method(), records)
    assert outcome == Outcome(Status.SUCCESS, records[0])
    off = make_method(rules=without_later(agree_in_params=False), max_restarts=1)
    _, outcome = play_rounds(off, [*records, record(5e-20), record(7e-20)])
    assert outcome.status is Status.MAX_RESTARTS_EXCEEDED


@pytest.mark.parametrize(
    "status", [Status.MAX_ITERATIONS_EXCEEDED, Status.MAX_EVALUATIONS_EXCEEDED]
)
def test_a_run_that_was_cut_short_confirms_nothing(status: Status) -> None:
    records = [record(1.0), record(1.0, status), record(2.0), record(3.0)]
    _, outcome = play_rounds(make_method(max_restarts=1), records)
    assert outcome == Outcome(Status.MAX_RESTARTS_EXCEEDED, records[0])


def test_two_infinite_results_do_not_agree() -> None:
    records = [record(INF, at=1.0), record(INF, at=1.0)]
    _, outcome = play_rounds(make_method(max_restarts=1), [*records, *records])
    assert outcome.status is Status.MAX_RESTARTS_EXCEEDED


def test_results_at_infinite_parameters_are_compared_without_a_warning() -> None:
    """An infinite parameter less itself is NaN, of which NumPy warns."""
    records = [record(float(value), at=INF) for value in (1, 2, 3, 4)]
    _, outcome = play_rounds(make_method(max_restarts=1), records)
    assert outcome.status is Status.MAX_RESTARTS_EXCEEDED


def test_two_runs_at_minus_infinity_agree() -> None:
    _, outcome = play_rounds(make_method(), [record(-INF), record(-INF)])
    assert outcome.status is Status.SUCCESS


def test_a_reinitialization_failure_is_a_result_like_another() -> None:
    failed = Status.REINITIALIZATION_FAILURE
    records = [record(1.0, failed), record(1.0, failed)]
    _, outcome = play_rounds(make_method(), records)
    assert outcome == Outcome(Status.SUCCESS, records[0])


def test_one_run_without_a_simplex_does_not_end_it_but_two_do() -> None:
    failed = record(5.0, Status.INITIALIZATION_FAILURE)
    records = [failed, record(1.0), record(1.0), record(2.0)]
    _, outcome = play_rounds(make_method(), records)
    assert outcome == Outcome(Status.SUCCESS, records[1])
    asked, outcome = play_rounds(make_method(), [failed, failed])
    assert outcome == Outcome(Status.INITIALIZATION_FAILURE, failed)
    assert len(asked) == 1


def test_a_run_that_found_no_value_at_all_ends_it() -> None:
    """It has searched widely; in ImageJ the second run of a round searches again."""
    nothing = record(NAN, Status.INITIALIZATION_FAILURE)
    asked, outcome = play_rounds(make_method(), [nothing])
    assert outcome == Outcome(Status.INITIALIZATION_FAILURE, None)
    assert len(asked) == 1


@pytest.mark.parametrize("status", [Status.ABORTED, Status.MAX_SECONDS_EXCEEDED])
def test_what_ends_all_runs_ends_the_rounds(status: Status) -> None:
    records = [record(2.0), record(1.0, status)]
    asked, outcome = play_rounds(make_method(), records)
    assert outcome == Outcome(status, records[1])
    assert len(asked) == 1
    _, outcome = play_rounds(make_method(), records[1:])  # the second is not made at all
    assert outcome == Outcome(status, records[1])


@pytest.mark.parametrize("status", list(Status))
def test_a_single_run_s_status_is_the_outcome(status: Status) -> None:
    for once in (True, False):
        only = record(1.0, status)
        asked, outcome = play_rounds(make_method(max_restarts=0, once=once), [only])
        assert seeds(asked) == [[0]]
        assert outcome == Outcome(status, only)


def test_minimize_once_makes_one_run_whatever_the_restarts() -> None:
    asked, _ = play_rounds(make_method(once=True, max_restarts=5, seed=3), [record(1.0)])
    assert seeds(asked) == [[3]]


def test_imagej_s_single_run_is_made_twice_in_sequence() -> None:
    """Its round counts: twice as many rounds, and without restarts no comparison ends them."""
    method = make_method(rules="imagej", pairs=False, max_restarts=0)
    records = [record(2.0), record(1.0)]
    asked, outcome = play_rounds(method, records)
    assert seeds(asked) == [[0], [1]]
    assert outcome == Outcome(Status.SUCCESS, records[1])


def test_imagej_s_runs_are_made_one_after_another() -> None:
    method = make_method(rules="imagej")
    asked, _ = play_rounds(method, [record(1.0), record(1.0)])
    assert seeds(asked) == [[0], [1_000_000]]


@pytest.mark.parametrize("status", [Status.ABORTED, Status.INITIALIZATION_FAILURE])
def test_imagej_s_shared_status_ends_the_rounds(status: Status) -> None:
    records = [record(value, status, tally_status=status) for value in (1.0, 2.0)]
    sent = records[:1] if status is Status.ABORTED else records
    _, outcome = play_rounds(make_method(rules="imagej"), sent)
    assert outcome == Outcome(status, records[0])


def test_imagej_s_shared_count_ends_the_rounds_without_comparison() -> None:
    for count, status in ((100, Status.MAX_ITERATIONS_EXCEEDED), (99, Status.SUCCESS)):
        method = make_method(rules="imagej", iterations=100)
        records = [record(1.0, tally_iterations=i) for i in (50, count)]
        _, outcome = play_rounds(method, records)
        assert outcome.status is status


def test_imagej_s_runs_hand_on_what_they_count() -> None:
    method = make_method(rules="imagej", iterations=100)
    failed = Status.REINITIALIZATION_FAILURE
    ends = [record(1.0, failed, tally_status=failed, tally_iterations=17), record(1.0)]
    asked, _ = play_rounds(method, ends)
    (first,), (second,) = asked
    assert (first.max_tally, first.max_iterations) == (100, -1)
    assert (first.tally_status, first.iterations, first.tally_initialized) == (0, 0, False)
    assert (second.max_tally, second.max_iterations) == (100, -1)
    assert (second.tally_status, second.iterations, second.tally_initialized) == (failed, 17, True)


@pytest.mark.parametrize("status", [Status.MAX_EVALUATIONS_EXCEEDED, Status.MAX_SECONDS_EXCEEDED])
def test_a_limit_that_imagej_does_not_know_is_the_outcome_of_a_single_run(status: Status) -> None:
    """Not the status that all runs share."""
    for once in (True, False):
        method = make_method(rules="imagej", max_restarts=0, once=once)
        _, outcome = play_rounds(method, [record(1.0, status)])
        assert outcome.status is status


def targets(asked: list[list[RunSpec]]) -> list[float | None]:
    return [spec.target_value if spec.has_target else None for specs in asked for spec in specs]


def test_a_run_is_told_the_best_result_that_it_may_confirm() -> None:
    """The best so far, if it converged (R14)."""
    records = [record(5.0), record(1.0), record(3.0), record(2.0)]
    asked, _ = play_rounds(make_method(max_restarts=1), records)
    assert targets(asked) == [None, 5.0, 1.0, 1.0]
    records[1] = record(1.0, Status.MAX_ITERATIONS_EXCEEDED)
    asked, _ = play_rounds(make_method(max_restarts=1), records)
    assert targets(asked) == [None, 5.0, None, None]
    off = make_method(max_restarts=1, rules=without_later(stop_when_confirmed=False))
    asked, _ = play_rounds(off, records)
    assert targets(asked) == [None] * 4


def test_a_run_that_confirms_the_best_ends_it() -> None:
    """Even the first of a pair; the better of the two is the result."""
    records = [record(5.0), record(1.0), record(0.9, confirms=True)]
    _, outcome = play_rounds(make_method(), records)
    assert outcome == Outcome(Status.SUCCESS, records[2])
    records[2] = record(1.1, confirms=True)
    _, outcome = play_rounds(make_method(), records)
    assert outcome == Outcome(Status.SUCCESS, records[1])


def widths(asked: list[list[RunSpec]]) -> list[float]:
    return [spec.width for specs in asked for spec in specs]


def test_every_second_run_starts_wider_unless_the_size_was_given() -> None:
    records = [record(float(value)) for value in range(4)]
    for pairs in (True, False):
        asked, _ = play_rounds(make_method(max_restarts=1, pairs=pairs), records)
        assert widths(asked) == [1.0, 5.0, 1.0, 5.0]
        given = make_problem(1, variations=[0.1])
        off = make_problem(1, rules=without_later(wider_second_run=False))
        for problem in (given, off):
            method = make_method(problem=problem, max_restarts=1, pairs=pairs)
            asked, _ = play_rounds(method, records)
            assert widths(asked) == [1.0] * 4


def specs_of(asked: list[list[RunSpec]]) -> list[list[tuple[int | None, int | None]]]:
    """Return the limits of the runs, None for none."""
    return [
        [(none_if(s.max_iterations), none_if(s.max_evaluations)) for s in specs] for specs in asked
    ]


def none_if(limit: int) -> int | None:
    return None if limit == -1 else limit


def test_the_second_run_is_sure_of_a_quarter_and_has_all_that_the_first_leaves() -> None:
    """With 400 n and more, two runs stand side by side; with less, one follows the other."""
    records = [
        record(3.0, iterations=100),
        record(2.0, iterations=500),  # 401 are left, enough for two
        record(4.0, iterations=301),
        record(5.0, iterations=0),  # 100 are left
        record(6.0, iterations=40),
        record(7.0, Status.MAX_ITERATIONS_EXCEEDED, iterations=60),
    ]
    asked, outcome = play_rounds(make_method(iterations=1001), records)
    assert specs_of(asked) == [
        [(751, None), (901, None)],
        [(301, None), (100, None)],
        [(100, None)],
        [(60, None)],
    ]
    assert outcome == Outcome(Status.MAX_ITERATIONS_EXCEEDED, records[1])


def test_a_small_budget_goes_to_the_first_run() -> None:
    cut = record(2.0, Status.MAX_EVALUATIONS_EXCEEDED, evaluations=50)
    asked, outcome = play_rounds(make_method(evaluations=50), [cut])
    assert specs_of(asked) == [[(None, 50)]]
    assert outcome == Outcome(Status.MAX_EVALUATIONS_EXCEEDED, cut)


def test_agreement_counts_even_if_it_took_all_of_the_budget() -> None:
    records = [record(1.0, evaluations=30), record(1.0, evaluations=20)]
    _, outcome = play_rounds(make_method(evaluations=50), records)
    assert outcome.status is Status.SUCCESS


@pytest.mark.parametrize("which", ["iterations", "evaluations"])
@pytest.mark.parametrize(("budget", "both"), [(399, False), (400, True)])
def test_enough_for_two_is_200_each(which: str, budget: int, both: bool) -> None:
    assert (make_method(**{which: budget}).spec.beside is not None) is both  # type: ignore


@given(st.integers(0, 10**6) | st.none(), st.integers(0, 10**6) | st.none(), st.integers(1, 10))
def test_shares_add_up(iterations: int | None, evaluations: int | None, n: int) -> None:
    for whole in (iterations, evaluations):
        limit = -1 if whole is None else whole
        kept = reserve(limit)
        first = without(limit, kept)
        if whole is None:
            assert (first, kept) == (-1, -1)
        else:
            assert first + kept == whole
            assert 0 <= whole - 4 * kept < 4
    problem = make_problem(n)
    r = make_rounds(problem, max_iterations=iterations, max_evaluations=evaluations)
    r.left_iterations, r.left_evaluations = r.all_iterations, r.all_evaluations
    if is_enough_for_two(r):
        assert 0 not in (r.left_iterations, r.left_evaluations)


@pytest.mark.slow
@given(st.lists(st.tuples(st.integers(0, 300), st.integers(1, 600)), min_size=6), st.booleans())
def test_no_round_gives_more_than_is_left(used: list[tuple[int, int]], pairs: bool) -> None:
    """Each run is asked to use no more than the budget that runs before it left."""
    left = [1000, 2000]
    method = make_method(iterations=left[0], evaluations=left[1], pairs=pairs)
    problem, values = make_problem(1), counting()
    number = 0
    while (spec := method.spec) is not None:
        both = [spec] if spec.beside is None else [spec, spec.beside]
        assert sum(spec.max_iterations for spec in both) <= left[0]
        assert sum(spec.max_evaluations for spec in both) <= left[1]
        assert all(min(s.max_iterations, s.max_evaluations) >= 0 for s in both)
        i, e = used[number]
        i, e = min(i, spec.max_iterations), min(e, spec.max_evaluations)
        left[0], left[1] = left[0] - i, left[1] - e
        end = record(float(next(values)), iterations=i, evaluations=e)
        run: Any = SimpleNamespace(state=run_of(problem, spec, number, end))
        method.take(run)
        number += 1
    if left[0] == 0:
        assert method.status is Status.MAX_ITERATIONS_EXCEEDED
    elif left[1] == 0:
        assert method.status is Status.MAX_EVALUATIONS_EXCEEDED
    else:
        assert method.status is Status.MAX_RESTARTS_EXCEEDED


def test_runs_ahead_are_those_that_will_be_asked_for() -> None:
    """With all that there is to use; with an exact limit on evaluations there are none."""
    method = make_method(seed=7, max_restarts=1, iterations=10_000)
    ahead = method.ahead(1, 9)
    assert [number for number, _ in ahead] == [1, 2, 3]
    asked, _ = play_rounds(method, [record(float(value)) for value in range(4)])
    specs = [spec for specs in asked for spec in specs]
    for number, spec in ahead:
        assert (spec.seed, spec.width) == (specs[number].seed, specs[number].width)
        assert spec.max_iterations == 10_000
    assert make_method(evaluations=10_000).ahead(1, 9) == []


@pytest.mark.parametrize(
    ("pairs", "max_restarts", "once", "rules", "may"),
    [
        (True, 2, False, FORMER, True),
        (False, 2, False, FORMER, False),
        (True, 0, False, FORMER, False),
        (True, 2, True, FORMER, False),
        (True, 2, False, "imagej", False),
    ],
)
def test_only_runs_that_are_independent_may_share(
    pairs: bool, max_restarts: int, once: bool, rules: str, may: bool
) -> None:
    method = make_method(pairs=pairs, max_restarts=max_restarts, once=once, rules=rules)
    assert method.may_share is may
    assert rounds_at_most(method.rounds) == (max_restarts + 1) * (1 if pairs else 2)
    assert runs_per_round(method.rounds) == (2 if pairs and max_restarts and not once else 1)
