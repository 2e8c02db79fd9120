"""The driver: carries one run from point to point and is the only caller of the user's function.

It counts, copies, checks what came back, turns what is out of bounds into NaN, watches the
budgets and the abort flag, and keeps the best point and the trace.
"""

from __future__ import annotations

import contextvars
import math
from collections.abc import Callable
from functools import partial
from typing import Any, TypeVar

import numpy as np

from ..common.arrays import Array
from ..common.status import Status
from ..simplex.agreement import confirms
from ..simplex.compiled.function import CompiledFunction
from ..simplex.counts import Tally
from ..simplex.problem import Problem
from ..simplex.records import Evaluation, RunRecord, RunSpec
from ..simplex.run import Vertex, run
from ..simplex.simplex import Move
from ..simplex.small_simplex import simplex_for
from .call import Call
from .returned_value import as_real


class Driver:
    """One run under way. `ask` for a point, `tell` its value, or `drive` a function to the end."""

    def __init__(self, problem: Problem, spec: RunSpec, call: Call, number: int = 0) -> None:
        self.spec = spec
        self.trace: list[Evaluation] = []
        self._problem = problem
        self._n, self._has_extra = problem.n, problem.extra > 0
        self._call = call
        self._max_evaluations = _or_infinite(spec.max_evaluations)
        self._max_iterations = _or_infinite(spec.max_iterations)
        self._is_traced = call.tracing
        self._is_followed = spec.target is not None or call.is_watched
        self._number = number
        self._tally = Tally() if call.shared is None else call.shared
        self._iterations_before = self._tally.iterations
        self._completed_before = self._tally.completed
        self._simplex = simplex_for(problem)
        given = problem.given_simplex if number == 0 else None
        self._run = run(self._simplex, problem, spec.seed, self._tally, given, spec.width)
        self._send = quietly(self._run.send if problem.box is None else self._send_inside)
        self._trial: tuple[Move, Any] | None = None
        self._handed: Array | None = None
        self._best: tuple[Any, float] | None = None
        self._result: Vertex | None = None
        self._first: float | None = None  # value of the first valid point
        self._ended = False  # by itself, not cut short
        self._confirms = False
        self._status: Status | None = None
        self._evaluations = self._nan_evaluations = 0

    def drive(self, fun: Callable[[Array], Any]) -> None:
        """Carry the run to its end, calling `fun` with an array (n + extra,) of its own.

        One that is compiled does so itself, unless someone watches.
        """
        if isinstance(fun, CompiledFunction) and not (self._call.tracing or self._call.is_watched):
            fun.drive(self)
            return
        while (point := self.ask()) is not None:
            try:
                self.tell(fun(point))
            except BaseException:
                self.failed()
                raise

    def failed(self) -> None:
        """Count a call that raised and thus has no value; it aborts all runs."""
        self._evaluations += self._handed is not None
        self._call.abort()

    def ask(self) -> Array | None:
        """Return a copy of the next point, None when the run is over."""
        if self._trial is None and self._status is None:
            self._advance(None)
        if self._status is None:
            self._status = self._must_stop()
        if self._status is not None or self._trial is None:
            self._handed = None
            self._run.close()
            return None
        self._handed = np.array(self._trial[1])
        return self._handed

    def tell(self, returned: Any) -> float:
        """Take the value of the point that was asked for; return it as it counts."""
        if self._handed is None or self._trial is None:
            raise RuntimeError("tell: there is no point to take the value of; ask() for one first")
        move, point = self._trial
        n = self._n
        value = returned if type(returned) is float else as_real(returned, point[:n])
        if self._has_extra:
            point[n:] = self._handed[n:]
        self._handed = None
        self._evaluations += 1
        if value != value:
            self._nan_evaluations += 1
        elif self._best is None:
            self._first, self._best = value, (point, value)
        elif value < self._best[1]:
            self._best = point, value
        if self._is_traced:
            self.trace.append(Evaluation(self._number, move, np.array(point[:n]), value))
        if self._is_followed:
            iterations = self._tally.iterations
            self._advance(value)
            if self._tally.iterations != iterations:
                self._end_of_iteration()
        else:
            self._advance(value)
        return value

    def _end_of_iteration(self) -> None:
        """Look whether the run may end, and tell those who watch."""
        target, goes_on = self.spec.target, self._status is None
        if target is not None and goes_on and confirms(self._problem, self._simplex, target):
            self._confirms, self._status = True, Status.SUCCESS
        if self._call.is_watched:
            self._call.iteration_done(self.record())

    def cut(self) -> None:
        """End a run that an exception has interrupted."""
        if self._status is None:
            self._status = Status.ABORTED

    @property
    def is_waiting(self) -> bool:
        """Whether a point was asked for and its value not told yet."""
        return self._handed is not None

    @property
    def is_over(self) -> bool:
        """Whether the run has ended."""
        return self._status is not None

    def record(self) -> RunRecord:
        """Return what the run has done so far."""
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
            simplex=self._simplex.sorted() if self._status is not None else None,
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
        """Send a value to the run and take its next point."""
        try:
            self._trial = self._send(value)  # type: ignore[arg-type]
        except StopIteration as end:
            self._trial, self._ended = None, True
            self._result, self._status = end.value, self._tally.status

    def _send_inside(self, value: float) -> tuple[Move, Any]:
        """Do the same with a box: what is out of bounds is NaN, and nobody is asked."""
        box, n = self._problem.box, self._n
        assert box is not None
        trial = self._run.send(value)
        while not box.contains(trial[1][:n]):
            trial = self._run.send(math.nan)
        return trial

    def _must_stop(self) -> Status | None:
        """Tell why the next point must not be evaluated, None if it may."""
        if self._call.is_aborted and self._call.shared is None:
            return Status.ABORTED
        if self._evaluations >= self._max_evaluations:
            return Status.MAX_EVALUATIONS_EXCEEDED
        if self._tally.iterations >= self._max_iterations:
            making = self._trial is not None and self._trial[0] is Move.INITIAL
            if not making:
                return Status.MAX_ITERATIONS_EXCEEDED
        if self._call.deadline is not None and self._call.is_late:
            return Status.MAX_SECONDS_EXCEEDED
        return None


def _or_infinite(limit: int | None) -> float:
    return math.inf if limit is None else limit


A = TypeVar("A")
R = TypeVar("R")

# What NumPy does about warnings belongs to the context since NumPy 2, before that to the thread.
_IN_CONTEXT = int(np.__version__.partition(".")[0]) >= 2


def quietly(function: Callable[[A], R]) -> Callable[[A], R]:
    """Return a function that does the same without warnings.

    Its context is made once. Entering ``np.errstate`` for every evaluation takes longer than
    anything else that is done between two evaluations, save the centroid.
    """
    if not _IN_CONTEXT:
        return np.errstate(all="ignore")(function)
    context = contextvars.copy_context()
    context.run(np.seterr, all="ignore")
    run: Callable[[Callable[[A], R], A], R] = context.run
    return partial(run, function)
