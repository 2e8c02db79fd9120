"""One call of `minimize`: its runs in their order, and what has come out so far."""

from __future__ import annotations

from typing import Any

from ..common.arrays import Array
from ..common.records import Evaluation, RunRecord
from ..common.status import Status
from .call import Call
from .driver import Driver, Function
from .executor import Executor
from .solver import Method


class Session:
    """Carries a method from run to run, as `Driver` carries a run from point to point."""

    def __init__(self, method: Method, call: Call) -> None:
        self.call = call
        self.records: list[RunRecord] = []
        self.trace: list[Evaluation] = []
        self.status = Status.ABORTED if call.aborted else None
        self.is_closed = False
        self.speculative_evaluations = 0
        self._method = method
        self._best: RunRecord | None = None
        self._driver = None if call.aborted else self._driver_of(method.spec, 0)

    def perform(self, fun: Function, n_jobs: int | None, pool: Any = None) -> None:
        """Make all runs; when this returns or raises, no worker is at work any more."""
        executor = Executor(self._method, self.call, fun, n_jobs, pool)
        try:
            while self._driver is not None:
                executor.make(self._driver)
                self._collect()
            if self.call.stopped or self.status is Status.MAX_SECONDS_EXCEEDED:
                self._take_in(executor)
        except BaseException as error:
            self._give_up(executor, all_there_is=not isinstance(error, Exception))
            raise
        finally:
            executor.close()
            self.speculative_evaluations = executor.speculative_evaluations

    def ask(self) -> Array | None:
        """Return the next point, run after run; None at the end."""
        while self._driver is not None:
            if (point := self._driver.ask()) is not None:
                return point
            self._collect()
        return None

    def tell(self, value: Any) -> None:
        """Take the value of the point that was asked for."""
        if self._driver is None or not self._driver.is_waiting:
            raise RuntimeError("tell: there is no point to take the value of; ask() for one first")
        self._driver.tell(value)

    def _give_up(self, executor: Executor, all_there_is: bool) -> None:
        """Keep what there is: the function raised, or Ctrl-C was pressed.

        An exception of the function comes at its place in the order of the runs. Ctrl-C comes at
        any time: then all answers count that are there, of whatever run.
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
        """Let the runs count that were started ahead: the call was stopped from outside."""
        self.call.is_watched = False
        for number, spec in executor.further(len(self.records)):
            driver = self._driver_of(spec, number)
            executor.recover(driver)
            self._keep(driver)
        self._best = None  # the lowest of all

    def close(self) -> None:
        """Drop what is only needed while runs are under way; the results can then be pickled."""
        if not self.is_closed:
            self.is_closed = True
            if self.call.reporter is not None:
                self.call.reporter.close()
            del self.call, self._method

    @property
    def all_records(self) -> list[RunRecord]:
        """Records of all runs so far that evaluated anything, one under way included."""
        under_way = [] if self._driver is None else [self._driver.record()]
        return [record for record in self.records + under_way if record.evaluations]

    @property
    def best(self) -> RunRecord | None:
        """Record of the best run so far: that of the method, else the one with the lowest value."""
        if self._best is not None:
            return self._best
        seen = [r for r in self.all_records if r.function_value == r.function_value]
        return min(seen, key=lambda record: record.function_value, default=None)

    def _keep(self, driver: Driver) -> None:
        """Keep the record and the trace of a run that has ended."""
        self.records.append(driver.record())
        self.trace += driver.trace

    def _collect(self) -> None:
        """Go on to the next run, or to the end."""
        assert self._driver is not None
        self._keep(self._driver)
        self._method.take(self._driver.solver)
        self._driver, self.status = None, self._method.status
        if self.status is None:
            self._driver = self._driver_of(self._method.spec, len(self.records))
        elif self._method.best is not None:
            self._best = self.records[self._method.best]

    def _driver_of(self, spec: Any, number: int) -> Driver:
        return Driver(self._method.make(spec, number), self.call, number)
