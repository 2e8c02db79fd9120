"""One call of `minimize`: its rounds, the runs under way and what has come out so far."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ..common.arrays import Array
from ..common.status import Status
from ..simplex.records import Evaluation, RunRecord
from ..simplex.rounds import Asking, Outcome, Plan
from .call import Call
from .driver import Driver
from .executor import Execution


class Session:
    """Carries `rounds` from run to run, as `Driver` carries a run from point to point.

    Parameters
    ----------
    plan : Plan
    call : Call
    asking : generator
        `rounds(plan)` or `once(plan)`.
    """

    def __init__(self, plan: Plan, call: Call, asking: Asking) -> None:
        self.call = call
        self.records: list[RunRecord] = []
        self.trace: list[Evaluation] = []
        self.outcome: Outcome | None = None
        self.is_closed = False
        self._problem = plan.problem
        self._asking = asking
        self._drivers: list[Driver] = []
        self._plan = plan
        self._execution: Execution | None = None
        self.speculative_evaluations = 0
        if call.aborted:
            self.outcome = Outcome(Status.ABORTED, None)
        else:
            self._next_run(None)

    def perform(self, fun: Callable[[Array], Any], n_jobs: int | None) -> None:
        """Make all runs; when this returns or raises, no worker is at work any more."""
        execution = Execution(self._plan, self.call, fun, n_jobs)
        try:
            while self.outcome is None:
                (driver,) = self._drivers
                execution.make(driver, len(self.records))
                self._collect()
            if self.call.stopped or self.outcome.status is Status.MAX_SECONDS_EXCEEDED:
                self._take_in(execution)
        except BaseException as error:
            self._give_up(execution, all_there_is=not isinstance(error, Exception))
            raise
        finally:
            execution.close()
            self.speculative_evaluations = execution.speculative_evaluations

    def ask(self) -> Array | None:
        """Return the next point, run after run; None at the end."""
        while self.outcome is None:
            for driver in self._drivers:
                if (point := driver.ask()) is not None:
                    return point
            self._collect()
        return None

    def tell(self, value: Any) -> None:
        """Take the value of the point that was asked for."""
        for driver in self._drivers:
            if driver.is_waiting:
                driver.tell(value)
                return
        raise RuntimeError("tell: there is no point to take the value of; ask() for one first")

    def _give_up(self, execution: Execution, all_there_is: bool) -> None:
        """Keep what there is: the function raised, or Ctrl-C was pressed.

        An exception of the function comes at its place in the order of the runs. Ctrl-C comes at
        any time: then all answers count that are there, of whatever run.
        """
        self.call.abort()
        self.call.quiet = True
        execution.stop()
        if all_there_is:
            self.call.aborted, self.call.stopped = False, True
            self._drivers = [
                self._again(execution, driver, number)
                for number, driver in enumerate(self._drivers, len(self.records))
            ]
        for driver in self._drivers:
            driver.cut()
        self._keep()
        self.outcome = Outcome(Status.ABORTED, self.best)
        if all_there_is:
            self._take_in(execution)

    def _again(self, execution: Execution, driver: Driver, number: int) -> Driver:
        """Return a run made again from its answers: an exception may have hit it anywhere."""
        fresh = Driver(self._problem, driver.spec, self.call, number)
        return fresh if execution.recover(number, driver.spec, fresh) else driver

    def _take_in(self, execution: Execution) -> None:
        """Let the runs count that were started ahead: the call was stopped from outside."""
        assert self.outcome is not None
        self.call.quiet = True
        for number, spec in execution.further(len(self.records)):
            fresh = Driver(self._problem, spec, self.call, number)
            execution.recover(number, spec, fresh)
            self._drivers.append(fresh)
        self._keep()
        self.outcome = Outcome(self.outcome.status, self._lowest())

    def close(self) -> None:
        """Drop what is only needed while runs are under way; the results can then be pickled."""
        if not self.is_closed:
            self.is_closed = True
            if self.call.reporter is not None:
                self.call.reporter.close()
            self._asking.close()
            del self.call, self._asking

    @property
    def all_records(self) -> list[RunRecord]:
        """Records of all runs so far that evaluated anything, those under way included."""
        records = self.records + [driver.record() for driver in self._drivers]
        return [record for record in records if record.evaluations]

    @property
    def best(self) -> RunRecord | None:
        """Record of the best run so far."""
        if self.outcome is not None and self.outcome.best is not None:
            return self.outcome.best
        return self._lowest()

    def _lowest(self) -> RunRecord | None:
        """Record of the run with the lowest value."""
        seen = [r for r in self.all_records if r.function_value == r.function_value]
        return min(seen, key=lambda record: record.function_value, default=None)

    def _collect(self) -> None:
        (record,) = self._keep()
        self._next_run(record)

    def _keep(self) -> list[RunRecord]:
        """Move records and traces out of the drivers."""
        records = [driver.record() for driver in self._drivers]
        for driver in self._drivers:
            self.trace += driver.trace
        self.records += records
        self._drivers = []
        return records

    def _next_run(self, record: RunRecord | None) -> None:
        try:
            spec = self._asking.send(record)  # type: ignore[arg-type]
        except StopIteration as end:
            self.outcome = end.value
        else:
            self._drivers = [Driver(self._problem, spec, self.call, len(self.records))]
