"""The rounds as `execution` knows them: which run comes next, and the overall result."""

from __future__ import annotations

from functools import partial
from operator import attrgetter
from typing import Any

import numpy as np

from ..common.status import Status
from .agreement import N_COLUMNS
from .problem import Problem
from .rounds import (
    ENDLESS,
    UNDECIDED,
    begin_rounds,
    end_run,
    rounds_at_most,
    seed_of,
    width_of,
)
from .run_spec import RunSpec
from .solver import NelderMeadRun
from .state import RoundsState

_of_rounds = attrgetter(*RunSpec._fields[:-2])  # all but `target` and `beside`
N_RESULTS = 4  # the best, one that agrees with it, and two of the round
LONG = 2**63 - 1


class NelderMead:
    """Runs of the simplex from different starts, in rounds until two results agree.

    Parameters
    ----------
    problem : Problem
    **plan
        Seed, schedule and limits, see `rounds_of`.
    """

    def __init__(self, problem: Problem, **plan: Any) -> None:
        self.make = partial(NelderMeadRun, problem)
        self.n, self.extra = problem.n, problem.extra
        self.status: Status | None = None
        self.spec: RunSpec | None = None
        self.rounds = rounds_of(problem, **plan)
        begin_rounds(self.rounds)
        self.spec = self._next_spec()

    def take(self, run: NelderMeadRun) -> None:
        """Take a run that has ended; then there is a next `spec`, or a `status`."""
        s = run.state
        with np.errstate(all="ignore"):
            status = end_run(self.rounds, s)
        if status == UNDECIDED:
            self.spec = self._next_spec()
        else:
            self.spec, self.status = None, Status(status)

    @property
    def best(self) -> int | None:
        """Number of the run with the overall result, None if there is none."""
        return self.rounds.overall_number if self.rounds.has_overall else None

    @property
    def may_share(self) -> bool:
        """Whether there are runs that do not depend on each other."""
        r = self.rounds
        return not r.shared and r.pairs and r.max_restarts > 0 and not r.once

    def ahead(self, first: int, count: int) -> list[tuple[int, RunSpec]]:
        """Return number and specification of runs, from `first` on, that may be needed later.

        Their limits will depend on the runs before them; here they may use all that is left. With
        an exact limit on evaluations there are no such runs, as they would exceed it.
        """
        r = self.rounds
        if r.all_evaluations >= 0:
            return []
        numbers = range(first, min(first + count, 2 * rounds_at_most(r)))
        return [(number, self._spec_ahead(*divmod(number, 2))) for number in numbers]

    def _spec_ahead(self, i: int, k: int) -> RunSpec:
        r = self.rounds
        return RunSpec(seed_of(r, i, k), width_of(r, i, k), r.all_iterations)

    def _next_spec(self) -> RunSpec:
        r = self.rounds
        target = list(r.target[: r.n + r.extra]) if r.has_target else ()
        beside = self._spec_beside() if r.in_two and r.run == 0 else None
        return RunSpec._make((*_of_rounds(r), target, beside))

    def _spec_beside(self) -> RunSpec:
        r = self.rounds
        seed, size = seed_of(r, r.round, 1), width_of(r, r.round, 1)
        return RunSpec(seed, size, r.second_iterations, r.second_evaluations)


def rounds_of(
    problem: Problem,
    *,
    random_seed: int = 0,
    max_restarts: int = 2,
    restart_within: int | None = None,
    pairs: bool = True,
    once: bool = False,
    max_iterations: int | None = None,
    max_evaluations: int | None = None,
) -> RoundsState:
    """Return the state of the rounds before the first run.

    Limits are over all runs; None means no limit. `once` makes a single run, whatever its result.
    """
    r = RoundsState()
    r.n, r.extra = problem.n, problem.extra
    r.random_seed, r.max_restarts = random_seed, min(max_restarts, ENDLESS)
    r.restart_within = as_limit(restart_within)
    r.pairs, r.once = pairs, once
    r.guessed = problem.variations is None and problem.rules.wider_second_run
    r.shared = not problem.rules.independent_runs
    r.stop_when_confirmed = problem.rules.stop_when_confirmed
    limit = as_limit(max_iterations)
    r.all_iterations, r.max_tally = (-1, limit) if r.shared else (limit, -1)
    r.all_evaluations = as_limit(max_evaluations)
    r.results = [[0.0] * (problem.n + problem.extra + N_COLUMNS) for _ in range(N_RESULTS)]
    return r


def as_limit(limit: int | None) -> int:
    """Return a limit as runs know it: -1 means none."""
    return -1 if limit is None else min(max(limit, 0), LONG)
