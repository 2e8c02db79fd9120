"""A run whose points are evaluated by workers, as many at once as its forecast allows.

This is for a run beside which no other can be made: a single run, one of several that depend on
each other, or one whose budget is too small for two. Answers are told in the order in which the run
asks for them, and failures count in their turn, so it is the same run. As sending a point to a
worker takes time, a fast function is called by the caller itself.
"""

from __future__ import annotations

import time
import traceback
import warnings
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, NamedTuple

from ..common.arrays import Array
from .answer_stream import WorkerTraceback, here
from .driver import Driver, Function
from .pools import Workers, all_at_once
from .returned_value import as_real
from .worker_failures import explained, is_death, name_of
from .worker_process import sendable

PAYS = 0.02  # seconds that an evaluation must take


class Outcome(NamedTuple):
    """The outcome of an evaluation, and its duration."""

    seconds: float
    value: float = 0.0
    extra: tuple[float, ...] = ()
    aborts: bool = False
    error: BaseException | None = None
    traceback: str = ""


@dataclass(frozen=True)
class Evaluate:
    """An evaluation to make at a point (n + extra,), in any thread or process."""

    fun: Function
    point: Array
    n: int
    call_id: str

    def __call__(self) -> Outcome:
        """Make the evaluation."""
        before = here.call_id, here.aborted, here.busy
        here.call_id, here.aborted, here.busy = self.call_id, False, True
        began, point, params = time.perf_counter(), self.point.copy(), self.point[: self.n]
        try:
            value = as_real(self.fun(point), params)
            seconds = time.perf_counter() - began
            return Outcome(seconds, value, tuple(point[self.n :].tolist()), here.aborted)
        except Exception as error:
            where = "".join(traceback.format_exception(error))
            return Outcome(0.0, error=sendable(error, self.fun), traceback=where)
        finally:
            here.call_id, here.aborted, here.busy = before


class SideBySide:
    """Evaluates the points of a run by workers."""

    _perform: Callable[[list[Callable[[], Outcome]]], list[Outcome]]

    def __init__(self, fun: Function, n: int, workers: Workers) -> None:
        self._fun, self._n, self._workers = fun, n, workers
        self._outcomes: dict[bytes, Outcome] = {}
        self.not_needed = 0

    def drive(self, driver: Driver) -> None:
        """Continue a run as long as its evaluations are slow, or to its end."""
        try:
            with all_at_once(self._workers) as self._perform:
                self._drive(driver)
        except BaseException:
            driver.failed()
            raise
        finally:
            self.not_needed += len(self._outcomes)
            self._outcomes = {}

    def _drive(self, driver: Driver) -> None:
        pays = True
        while (point := driver.ask()) is not None:
            key = point.tobytes()
            if key not in self._outcomes:
                if not pays:
                    return
                pays = self._evaluate(driver, point)
            driver.tell(self._take(self._outcomes.pop(key), point, driver))

    def _evaluate(self, driver: Driver, point: Array) -> bool:
        """Evaluate a point and those after it; return whether that saved time."""
        number = self._workers.number
        ahead = driver.solver.points_ahead(number - 1 + len(self._outcomes))
        keys = {each.tobytes(): each for each in [point, *ahead]}
        new = [key for key in keys if key not in self._outcomes][:number]
        tasks: list[Callable[[], Outcome]] = [
            Evaluate(self._fun, keys[key], self._n, driver.call.id) for key in new
        ]
        try:
            outcomes = self._perform(tasks) if len(tasks) > 1 else [tasks[0]()]
        except Exception as error:
            outcomes = [self._alone(tasks[0], point[: self._n], error)]
        self._outcomes |= zip(new, outcomes, strict=False)
        return max(each.seconds for each in outcomes) >= PAYS

    def _alone(self, task: Callable[[], Outcome], params: Array, error: Exception) -> Outcome:
        """After a worker died, evaluate the next point alone, as it may be the cause."""
        if not is_death(error):
            raise explained(error, self._fun) from error
        warnings.warn(
            f"a worker process died ({type(error).__name__}); a new one continues",
            RuntimeWarning,
            stacklevel=9,
        )
        try:
            (outcome,) = self._perform([task])
        except Exception as again:
            if not is_death(again):
                raise
            raise RuntimeError(
                f"a worker process died twice at {params.tolist()}: it was killed, "
                f"ran out of memory, or {name_of(self._fun)} crashes there. Give the workers more "
                "memory, let fun return NaN there, or try n_jobs=1"
            ) from again
        return outcome

    def _take(self, outcome: Outcome, point: Array, driver: Driver) -> Any:
        """Stand in for the function at a point."""
        if outcome.error is not None:
            if outcome.traceback:
                outcome.error.__cause__ = WorkerTraceback("\n" + outcome.traceback)
            raise outcome.error
        point[self._n :] = outcome.extra
        if outcome.aborts:
            driver.call.abort()
        return outcome.value
