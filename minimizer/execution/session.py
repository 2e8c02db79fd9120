"""One call of `minimize`: its runs in their order, and the results so far."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import numpy as np

from ..common.arrays import Array
from ..common.records import Evaluation, RunRecord
from ..common.status import Status
from .answer_file import Answer
from .answer_log import AnswerLog, packed, replay
from .call import Call
from .checkpoint import Checkpoint
from .driver import Driver, Function
from .executor import Executor
from .several import Several, Waiting
from .solver import Method


class Session:
    """Advances a method from run to run, as `Driver` advances a run from point to point.

    A continued call begins with the `known` answers of each run and those `waiting`.
    """

    def __init__(
        self,
        method: Method,
        call: Call,
        known: dict[int, list[Answer]] | None = None,
        waiting: Iterable[Waiting] = (),
    ) -> None:
        self.call = call
        self.records: list[RunRecord] = []
        self.trace: list[Evaluation] = []
        self.status = Status.ABORTED if call.aborted else None
        self.is_closed = False
        self.checkpoint: Checkpoint | None = None
        self.speculative_evaluations = 0
        self._method, self._width = method, method.n + method.extra
        self._best: RunRecord | None = None
        self._executor: Executor | None = None
        self._logs: list[AnswerLog] = []
        self._ahead = {} if known is None else known  # of runs that have not begun
        self._several = Several(method.make, call, method.n, waiting) if call.logs else None
        self._driver = None if call.aborted else self._begin(method.spec)
        if known is not None:
            self.ask()

    def perform(
        self, fun: Function, n_jobs: int | None, pool: Any = None, engine: str = "python"
    ) -> None:
        """Make all runs; when this returns or raises, no worker is at work."""
        executor = Executor(self._method, self.call, fun, n_jobs, pool, self._ahead, engine)
        self._executor = executor
        try:
            while self._driver is not None:
                executor.make(self._driver)
                self._collect()
            if self.call.stopped or self.status is Status.MAX_SECONDS_EXCEEDED:
                self._take_in(executor)
        except BaseException as error:
            if self.checkpoint is not None:
                self.checkpoint.save_last()
            self._give_up(executor, all_there_is=not isinstance(error, Exception))
            raise
        finally:
            executor.close()
            self.speculative_evaluations += executor.speculative_evaluations

    def ask(self) -> Array | None:
        """Return the next point, run after run; None at the end."""
        if self._several is not None:
            self._several.forget_points()
        while self._driver is not None:
            several = self._several
            point = self._driver.ask() if several is None else several.tell_waiting(self._driver)
            if point is not None:
                return point
            self._collect()
        return None

    def ask_several(self, count: int) -> Array:
        """Return up to `count` points (m, n + extra) to evaluate at once; none at the end."""
        if self.ask() is None or self._driver is None or self._several is None:
            return np.empty((0, self._width))
        return self._several.ask(self._driver, self._ahead, count)

    def tell(self, value: Any) -> None:
        """Take the value at the point that was asked for, or the values at several."""
        if self._several is not None and self._several.is_waiting:
            self._several.tell(value)
            self.ask()
        elif self._driver is None or not self._driver.is_waiting:
            raise RuntimeError("tell: no point is waiting for a value; ask() for one first")
        else:
            self._driver.tell(value)

    @property
    def has_ended(self) -> bool:
        """Whether no point is left to ask for."""
        if self._driver is not None and self._driver.is_waiting and not self.call.ends():
            return False
        return self.ask() is None

    @property
    def answers(self) -> dict[int, Array]:
        """The answers of each run, as from `packed`; callable from any thread."""
        rows = {number: packed(answers) for number, answers in list(self._ahead.items())}
        beside = None if self._several is None else self._several.beside
        if beside is not None and beside.log is not None:
            rows[beside.number] = beside.log.rows
        if self._executor is not None:
            rows |= {n: packed(answers) for n, answers in self._executor.all_answers.items()}
        for number, log in enumerate(list(self._logs)):
            if len(log) >= len(rows.get(number, ())):
                rows[number] = log.rows
        return rows

    @property
    def waiting(self) -> list[Waiting]:
        """The answers that wait for their turn; callable from any thread."""
        return [] if self._several is None else self._several.waiting

    def _give_up(self, executor: Executor, all_there_is: bool) -> None:
        """Keep the results so far: the function raised, or Ctrl-C was pressed.

        An exception of the function comes at its place in the order of the runs. Ctrl-C may come at
        any time: then the answers of all runs count.
        """
        driver = self._driver
        self.call.abort()
        self.call.is_watched = False
        if all_there_is and driver is not None:
            self.call.stopped = True
            self.call.aborted = False
            again = self._driver_of(driver.solver.spec, driver.number)
            driver = again if executor.recover(again) else driver  # which may be anywhere
        if driver is not None:
            driver.solver.cut(Status.ABORTED)
            self._keep(driver)
        self._driver, self.status = None, Status.ABORTED
        if all_there_is:
            self._take_in(executor)

    def _take_in(self, executor: Executor) -> None:
        """Count the runs that were started ahead: the call was stopped from outside."""
        self.call.is_watched = False
        for number, spec in executor.further(len(self.records)):
            driver = self._driver_of(spec, number)
            executor.recover(driver)
            self._keep(driver)
        self._best = None  # the lowest of all

    def close(self, keep_checkpoint: bool = False) -> None:
        """Drop everything that only runs under way need; the results can then be pickled."""
        if not self.is_closed:
            self.is_closed = True
            if self.checkpoint is not None:
                self.checkpoint.end(keep_checkpoint)
                self.checkpoint = None
            if self._several is not None:
                self.speculative_evaluations += self._several.not_needed
            if self.call.reporter is not None:
                self.call.reporter.close()
            del self.call, self._method
            self._executor, self._several, self._logs, self._ahead = None, None, [], {}

    @property
    def all_records(self) -> list[RunRecord]:
        """Records of all runs so far that evaluated anything, one under way included."""
        under_way = [] if self._driver is None else [self._driver.record()]
        return [record for record in self.records + under_way if record.evaluations]

    @property
    def best(self) -> RunRecord | None:
        """Record of the best run so far: the method's choice, else the lowest value."""
        if self._best is not None:
            return self._best
        seen = [r for r in self.all_records if r.function_value == r.function_value]
        return min(seen, key=lambda record: record.function_value, default=None)

    def _keep(self, driver: Driver) -> None:
        """Keep the record and the trace of a run that has ended."""
        self.records.append(driver.record())
        self.trace += driver.trace

    def _collect(self) -> None:
        """Proceed to the next run, or to the end."""
        assert self._driver is not None
        self._keep(self._driver)
        beside = self._driver.solver.spec.beside
        self._method.take(self._driver.solver)
        self._driver, self.status = None, self._method.status
        if self.status is None:
            self._driver = self._begin(self._method.spec)
        elif self._method.best is not None:
            self._best = self.records[self._method.best]
        if self.call.stopped or self.status is Status.MAX_SECONDS_EXCEEDED:
            self._take_in_beside(beside)

    def _take_in_beside(self, spec: Any) -> None:
        """Count the run that was evaluated beside the last one; worker streams count later."""
        number = len(self.records)
        if self._several is None or (self._executor and number in self._executor.all_answers):
            return
        known = self._ahead.pop(number, []) or self._several.answers_of(number)
        if known:
            driver = self._driver_of(spec, number)
            self.call.following, self.call.is_watched = True, False
            replay(driver, known)
            self.call.following = False
            driver.ask()  # is told that it is over
            self._keep(driver)
            self._best = None  # the lowest of all

    def _begin(self, spec: Any) -> Driver:
        """Return the next run, continued after its known answers."""
        number = len(self.records)
        driver = self._driver_of(spec, number)
        if driver.log is None or self._several is None:
            return driver
        self._logs.append(driver.log)
        known = self._ahead.pop(number, []) or self._several.answers_of(number)
        replay(driver, known)
        self.speculative_evaluations += len(known) - len(driver.log)
        return driver

    def _driver_of(self, spec: Any, number: int) -> Driver:
        return Driver(self._method.make(spec, number), self.call, number)
