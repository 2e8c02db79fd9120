"""Rounds of runs until two results agree.

`rounds` is to runs what `search` is to points: it yields the runs to make and is sent their
records, so that it neither knows nor cares who makes them: `Execution` does.
"""

from __future__ import annotations

import math
from collections.abc import Generator
from dataclasses import dataclass, replace
from typing import NamedTuple

from minimizer import Status

from .agreement import Result, agree
from .counts import Tally
from .java_random import wrap_seed
from .problem import Problem
from .records import RunRecord, RunSpec

_ONE_SEARCH = 200  # iterations or evaluations per parameter, what SciPy allows a search by default
WIDER = 5.0  # how many times as large every second run starts (R15)
_SECOND_SEED = 1_000_000
_ENDS_ALL = (Status.ABORTED, Status.MAX_SECONDS_EXCEEDED)


class Outcome(NamedTuple):
    """Overall status, and the best run's record if any run had a result."""

    status: Status
    best: RunRecord | None


@dataclass(frozen=True)
class Budget:
    """What may still be used, over all runs; None is no limit."""

    iterations: int | None
    evaluations: int | None

    def less(self, record: RunRecord) -> Budget:
        """Return what a run has left over."""
        return Budget(
            None if self.iterations is None else self.iterations - record.iterations,
            None if self.evaluations is None else self.evaluations - record.evaluations,
        )

    def shares(self) -> tuple[Budget, Budget]:
        """Return two shares, the second a quarter: what is kept for the second run."""
        i, e = self.iterations, self.evaluations
        return (
            Budget(None if i is None else i - i // 4, None if e is None else e - e // 4),
            Budget(None if i is None else i // 4, None if e is None else e // 4),
        )

    def is_enough_for(self, searches: int, n: int) -> bool:
        """Return whether so many searches in n dimensions can be expected to end."""
        need = searches * _ONE_SEARCH * n
        return all(left is None or left >= need for left in (self.iterations, self.evaluations))

    @property
    def exceeded(self) -> Status | None:
        """The status if nothing is left."""
        if self.iterations is not None and self.iterations <= 0:
            return Status.MAX_ITERATIONS_EXCEEDED
        if self.evaluations is not None and self.evaluations <= 0:
            return Status.MAX_EVALUATIONS_EXCEEDED
        return None


@dataclass(frozen=True)
class Plan:
    """Seeds, schedule and limits of the rounds; `shared` is ImageJ's one tally of all runs."""

    problem: Problem
    random_seed: int
    max_restarts: int
    pairs: bool
    budget: Budget
    shared: Tally | None = None
    restart_within: int | None = None

    def may_restart(self, records: list[RunRecord]) -> bool:
        """Whether another round may begin after these runs."""
        spent = sum(record.evaluations for record in records)
        return self.restart_within is None or spent < self.restart_within

    @property
    def n_rounds(self) -> int:
        """How many rounds at most: two single runs stand for a pair."""
        return (self.max_restarts + 1) * (1 if self.pairs else 2)

    def width(self, i: int, k: int) -> float:
        """How wide run `k` of round `i` starts: every second one wider, by a guess at the size."""
        guessed = self.problem.variations is None and self.problem.rules.wider_second_run
        second = k == 1 if self.pairs else i % 2 == 1
        return WIDER if guessed and second else 1.0

    def seeds(self, i: int) -> list[int]:
        """Seeds of the runs in round `i`."""
        first = wrap_seed(self.random_seed + i)
        if not self.pairs or self.max_restarts == 0:
            return [first]
        return [first, wrap_seed(self.random_seed + _SECOND_SEED + i)]


Asking = Generator[RunSpec, RunRecord, Outcome]


def once(plan: Plan) -> Asking:
    """One run; its status and its result are the outcome."""
    record = yield _spec(plan.seeds(0)[0], plan.budget)
    return Outcome(_status(record, plan.shared), _better(None, [record]))


def rounds(plan: Plan) -> Asking:
    """Make rounds of runs until two results agree with the best."""
    budget = plan.budget
    candidates: list[RunRecord] = []
    earlier: list[RunRecord] = []
    best: RunRecord | None = None
    for i in range(plan.n_rounds):
        records, budget = yield from make_round(plan, i, best, budget, earlier)
        earlier += records
        best = _better(best, records)
        if records[-1].confirms:
            return Outcome(Status.SUCCESS, best)
        status = _final(records, plan.shared)
        if status is not None or best is None:
            return Outcome(status or _status(records[-1], plan.shared), best)
        candidates += [r for r in records if _counts(r, plan.shared)]
        candidates = [r for r in candidates if agree(plan.problem, r.result, best.result)]
        if len(candidates) >= 2:
            return Outcome(Status.SUCCESS, best)
        if budget.exceeded is not None:
            return Outcome(budget.exceeded, best)
        if not plan.may_restart(earlier):
            last = _status(records[-1], plan.shared)
            if not candidates and last is not Status.SUCCESS:
                return Outcome(last, best)
            break
    if plan.max_restarts == 0 and (plan.shared is not None or plan.n_rounds == 1):
        return Outcome(_status(records[-1], plan.shared), best)
    return Outcome(Status.MAX_RESTARTS_EXCEEDED, best)


def make_round(
    plan: Plan, i: int, best: RunRecord | None, budget: Budget, earlier: list[RunRecord]
) -> Generator[RunSpec, RunRecord, tuple[list[RunRecord], Budget]]:
    """Make the runs of round `i`; return their records and what is left of the budget.

    Of a budget for two runs side by side a quarter is kept for the second, which has all that
    the first leaves. A budget too small for that goes to the first run, and the second has what
    is left. So do ImageJ's runs, which depend on each other.
    """
    seeds = plan.seeds(i)
    side_by_side = plan.shared is None and budget.is_enough_for(len(seeds), plan.problem.n)
    shares = budget.shares() if len(seeds) == 2 and side_by_side else None
    records: list[RunRecord] = []
    for k, seed in enumerate(seeds):
        share = shares[0] if shares and k == 0 else budget
        spec = _spec(seed, share, plan.width(i, k), _target(plan, best))
        if shares and k == 0:
            spec = replace(spec, beside=_spec(seeds[1], shares[1], plan.width(i, 1)))
        record = yield spec
        records.append(record)
        best = _better(best, records)
        budget = budget.less(record)
        if record.status in _ENDS_ALL or record.confirms or budget.exceeded is not None:
            break
        runs = earlier + records
        if not (any(_counts(r, plan.shared) for r in runs) or plan.may_restart(runs)):
            break  # with whom could the next one agree?
        given = plan.problem.given_simplex is not None and i == k == 0
        failed = record.status is Status.INITIALIZATION_FAILURE and not given
        if failed and best is None and plan.shared is None:
            break  # it has searched widely, and found no value
    return records, budget


def _target(plan: Plan, best: RunRecord | None) -> Result | None:
    """Return the result that a run may stop at (R14): the best so far, if it may be confirmed."""
    may = plan.shared is None and plan.problem.rules.stop_when_confirmed
    return best.result if may and best is not None and _counts(best, plan.shared) else None


def _spec(seed: int, share: Budget, width: float = 1.0, target: Result | None = None) -> RunSpec:
    return RunSpec(seed, share.iterations, share.evaluations, width, target)


def _status(record: RunRecord, shared: Tally | None) -> Status:
    """Status that a run leaves behind."""
    status = record.status if shared is None or _was_cut(record) else shared.status
    return Status.ABORTED if status is None else status


def _was_cut(record: RunRecord) -> bool:
    """Return whether a run ended for a limit that ImageJ does not have."""
    return record.status in (Status.MAX_EVALUATIONS_EXCEEDED, Status.MAX_SECONDS_EXCEEDED)


def _final(records: list[RunRecord], shared: Tally | None) -> Status | None:
    """Return the status after which no further round is worth making, else None."""
    statuses = [record.status for record in records]
    if shared is not None:
        if shared.status in (Status.INITIALIZATION_FAILURE, Status.ABORTED):
            return shared.status
        if shared.max_iterations is not None and shared.iterations >= shared.max_iterations:
            return Status.MAX_ITERATIONS_EXCEEDED
    elif Status.ABORTED in statuses:
        return Status.ABORTED
    elif set(statuses) == {Status.INITIALIZATION_FAILURE}:
        return Status.INITIALIZATION_FAILURE
    return Status.MAX_SECONDS_EXCEEDED if Status.MAX_SECONDS_EXCEEDED in statuses else None


def _better(best: RunRecord | None, records: list[RunRecord]) -> RunRecord | None:
    """Return the record of the lowest value; a NaN that came first stays, as in ImageJ."""
    for record in records:
        if record.has_result and (best is None or record.function_value < best.function_value):
            best = record
    return best


def _counts(record: RunRecord, shared: Tally | None) -> bool:
    """Return whether a result may confirm another: not one of a run cut short, not inf."""
    converged = record.status in (Status.SUCCESS, Status.REINITIALIZATION_FAILURE)
    return record.function_value < math.inf and (converged or shared is not None)
