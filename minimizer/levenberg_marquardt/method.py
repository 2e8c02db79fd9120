"""The runs of one call: the first by the options, further ones by other rules if necessary."""

from __future__ import annotations

from dataclasses import replace
from typing import NamedTuple

from ..common.status import Status
from .options import Options
from .problem import Problem
from .solver import LevenbergMarquardtRun
from .state import State

DOUBTFUL = (Status.SINGULAR, Status.RUNAWAY, Status.STALLED)
SAME = 1e-6  # relative: sums of squares that agree


class RunSpec(NamedTuple):
    """The specification of a run."""

    seed: int  # its number: nothing is random
    options: Options
    max_evaluations: int | None = None
    first: LevenbergMarquardtRun | None = None  # whose start and first Jacobian are taken over
    kept: State | None = None  # whose damping and scale are
    beside: None = None


class LevenbergMarquardtRuns:
    """Runs from one start until one of them ends at a stationary point, or all rules were tried."""

    extra: int

    def __init__(self, problem: Problem, kept: State | None = None) -> None:
        self.problem, self._kept = problem, kept
        self.n, self.extra = problem.n, int(problem.has_jacobian)
        self.status: Status | None = None
        self.best: int | None = None
        self.runs: list[LevenbergMarquardtRun] = []  # that have ended
        self.made: list[LevenbergMarquardtRun] = []
        self._rules = rules_of(problem.options)
        self.spec: RunSpec | None = self._next_spec()

    may_share = False  # its runs depend on each other

    def make(self, spec: RunSpec, number: int) -> LevenbergMarquardtRun:
        """Return a run."""
        run = LevenbergMarquardtRun(self.problem, spec, number)
        self.made.append(run)
        return run

    def take(self, run: LevenbergMarquardtRun) -> None:
        """Take a run that has ended."""
        self.runs.append(run)
        ended = run.status
        if run.state.knows_nothing:
            self._rules = []
        elif ended is Status.SINGULAR and self._agrees(run):
            run.confirm()
            ended = Status.SUCCESS
        if ended in DOUBTFUL and len(self.runs) < len(self._rules):
            self.spec = self._next_spec()
            return
        self.spec = None
        self.best = best_of(self.runs)
        limit = ended not in DOUBTFUL and ended is not Status.SUCCESS
        self.status = ended if limit or self.best is None else self.runs[self.best].status

    def ahead(self, first: int, count: int) -> list[tuple[int, RunSpec]]:
        """Return no runs: each depends on those before it."""
        return []

    def _next_spec(self) -> RunSpec:
        limit = self.problem.max_evaluations
        left = None if limit is None else limit - sum(run.evaluations for run in self.runs)
        number = len(self.runs)
        first = self.runs[0] if self.runs else None
        return RunSpec(number, self._rules[number], left, first, self._kept)

    def _agrees(self, run: LevenbergMarquardtRun) -> bool:
        """Return whether an earlier run has ended with the same sum, and none with a lower one."""
        before = self.runs[:-1]
        twin = any(
            other.status is Status.SINGULAR and abs(other.sum - run.sum) <= SAME * run.sum
            for other in before
        )
        return twin and run.sum <= min(other.sum for other in before) * (1.0 + SAME)


def best_of(runs: list[LevenbergMarquardtRun]) -> int | None:
    """Return the number of the run with the lowest sum; among equals a success, if any."""
    lowest = min((run.sum for run in runs), default=float("inf"))
    if lowest == float("inf"):
        return None
    equal = [i for i, run in enumerate(runs) if run.sum <= lowest * (1.0 + SAME)]
    return min(equal, key=lambda i: (runs[i].status is not Status.SUCCESS, runs[i].sum))


def rules_of(options: Options) -> list[Options]:
    """Return the options, and other rules: damping of another kind, shorter steps, both."""
    other = "nielsen" if options.update == "radius" else "radius"
    damping = options.damping
    further = [
        replace(options, update=other, damping=1e3 * damping),
        replace(
            options,
            radius=0.1 * options.radius,
            damping=1e3 * damping,
            acceleration=0.0 if options.acceleration > 0.0 else 0.75,
        ),
        replace(options, update=other, damping=1e6 * damping, broyden=False),
    ]
    return [options, *further[: options.further_runs]]
