"""A whole call: the run under way, what it counts, and which runs are made."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from minimizer import Move, Status

from .agreement import confirms
from .basics import Array, Box, Tolerances
from .counts import Tally
from .limits import Limits
from .problem import Coefficients, Problem, vertex_ranges
from .records import Evaluation, RunRecord, RunSpec
from .rounds import Budget, Outcome, Plan, once, rounds
from .run import Vertex, run
from .simplex import Simplex

Function = Callable[[Array], float]


@dataclass
class Call:
    """What the runs of a call share, and what has come out of it."""

    shared: Tally | None = None
    aborted: bool = False
    records: list[RunRecord] = field(default_factory=list)
    trace: list[Evaluation] = field(default_factory=list)
    outcome: Outcome | None = None

    def abort(self) -> None:
        """Stop all runs: after the iteration in ImageJ's rules, else at the next evaluation."""
        self.aborted = True
        if self.shared is not None:
            self.shared.status = Status.ABORTED


class Driver:
    """One run under way."""

    def __init__(self, problem: Problem, spec: RunSpec, call: Call, number: int) -> None:
        self.spec = spec
        self._problem, self._call, self._number = problem, call, number
        self._max_evaluations = _or_infinite(spec.max_evaluations)
        self._max_iterations = _or_infinite(spec.max_iterations)
        self._tally = Tally() if call.shared is None else call.shared
        self._iterations_before = self._tally.iterations
        self._completed_before = self._tally.completed
        self._simplex = Simplex(problem)
        given = problem.given_simplex if number == 0 else None
        self._run = run(self._simplex, problem, spec.seed, self._tally, given, spec.width)
        self._trial: tuple[Move, Any] | None = None
        self._best: tuple[Any, float] | None = None
        self._result: Vertex | None = None
        self._first: float | None = None  # value of the first valid point
        self._ended = False  # by itself, not cut short
        self._confirms = False
        self._status: Status | None = None
        self._evaluations = self._nan_evaluations = 0

    def drive(self, fun: Function) -> None:
        """Carry the run to its end."""
        self._advance(None)
        while self._goes_on():
            assert self._trial is not None
            handed = np.array(self._trial[1])
            value = float(fun(handed))
            self._tell(value, handed)

    def _goes_on(self) -> bool:
        if self._status is None:
            self._status = self._must_stop()
        return self._status is None

    def _tell(self, value: float, handed: Array) -> None:
        assert self._trial is not None
        move, point = self._trial
        n = self._problem.n
        point[n:] = handed[n:]
        self._evaluations += 1
        if value != value:
            self._nan_evaluations += 1
        elif self._best is None:
            self._first, self._best = value, (point, value)
        elif value < self._best[1]:
            self._best = point, value
        self._call.trace.append(Evaluation(self._number, move, np.array(point[:n]), value))
        iterations = self._tally.iterations
        self._advance(value)
        if self._tally.iterations != iterations:
            self._end_of_iteration()

    def _end_of_iteration(self) -> None:
        target, goes_on = self.spec.target, self._status is None
        if target is not None and goes_on and confirms(self._problem, self._simplex, target):
            self._confirms, self._status = True, Status.SUCCESS

    def record(self) -> RunRecord:
        """Return what the run has done."""
        n, extra = self._problem.n, self._problem.extra
        vertex = self.vertex or Vertex(np.full(n + extra, np.nan), math.nan)
        return RunRecord(
            seed=self.spec.seed,
            status=self._status,
            params=np.array(vertex.point[:n]),
            function_value=vertex.value,
            extra=np.array(vertex.point[n:]),
            iterations=self._tally.iterations - self._iterations_before,
            evaluations=self._evaluations,
            nan_evaluations=self._nan_evaluations,
            completed=self._tally.completed - self._completed_before + self._confirms,
            has_result=self.vertex is not None,
            descent=self._descent(vertex.value),
            at_edge=self._simplex.nan_reflections > 0,
            confirms=self._confirms,
            simplex=self._simplex.sorted(),
        )

    @property
    def vertex(self) -> Vertex | None:
        """The best point seen; in ImageJ's rules, once the run has ended by itself, its result."""
        if self._ended and not self._problem.rules.nan_ranks_worst:
            return self._result
        return None if self._best is None else Vertex(*self._best)

    def _descent(self, value: float) -> float:
        descent = 0.0 if self._first is None else self._first - value
        return descent if math.isfinite(descent) else 0.0

    def _advance(self, value: float | None) -> None:
        """Send a value to the run and take its next point; what is out of bounds is NaN."""
        box, n = self._problem.box, self._problem.n
        try:
            self._trial = self._run.send(value)  # type: ignore[arg-type]
            while box is not None and not box.contains(self._trial[1][:n]):
                self._trial = self._run.send(math.nan)
        except StopIteration as end:
            self._trial, self._ended = None, True
            self._result, self._status = end.value, self._tally.status

    def _must_stop(self) -> Status | None:
        """Tell why the next point must not be evaluated, None if it may."""
        if self._call.aborted and self._call.shared is None:
            return Status.ABORTED
        if self._evaluations >= self._max_evaluations:
            return Status.MAX_EVALUATIONS_EXCEEDED
        if self._tally.iterations >= self._max_iterations:
            making = self._trial is not None and self._trial[0] is Move.INITIAL
            if not making:
                return Status.MAX_ITERATIONS_EXCEEDED
        return None


def _or_infinite(limit: int | None) -> float:
    return math.inf if limit is None else limit


def problem_like(problem: Any) -> Problem:
    """Return a problem of the package in the form of the oracle."""
    resolutions, tolerances, box = problem.resolutions, problem.tolerances, problem.box
    limits = Limits(
        max_rel_error=problem.max_rel_error,
        max_abs_error=problem.max_abs_error,
        resolutions=None if resolutions is None else np.array(resolutions),
        ranges=np.array(vertex_ranges(problem.start, problem.variations)),
        tolerances=None if tolerances is None else Tolerances(*vars(tolerances).values()),
    )
    return Problem(
        n=problem.n,
        extra=problem.extra,
        start=problem.start,
        variations=problem.variations,
        rules=problem.rules,
        limits=limits,
        box=None if box is None else Box(box.lower, box.upper),
        coefficients=Coefficients(*problem.coefficients),
        given_simplex=problem.given_simplex,
    )


def call(problem: Problem, plan: Any, fun: Callable[[Array, Call], float]) -> Call:
    """Make a whole call; `fun` gets a point and the call, which it may abort.

    `plan` is one of the package: seeds, schedule and limits.
    """
    shared = None if problem.rules.independent_runs else Tally(plan.max_iterations)
    former = Plan(
        problem=problem,
        random_seed=plan.random_seed,
        max_restarts=0 if plan.once else plan.max_restarts,
        pairs=plan.pairs,
        budget=Budget(plan.max_iterations if shared is None else None, plan.max_evaluations),
        shared=shared,
        restart_within=plan.restart_within,
    )
    this = Call(shared)
    asking = once(former) if plan.once else rounds(former)
    try:
        with np.errstate(all="ignore"):
            spec = next(asking)
            while True:
                driver = Driver(problem, spec, this, len(this.records))
                driver.drive(lambda point: fun(point, this))
                this.records.append(driver.record())
                spec = asking.send(this.records[-1])
    except StopIteration as end:
        this.outcome = end.value
    return this
