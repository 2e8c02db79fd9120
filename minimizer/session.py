"""One call of `minimize`: its rounds, the runs under way and what has come out so far."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from .call import Call
from .limits import Array
from .objective import Driver, Evaluation, RunRecord
from .restarts import Asking, Outcome, Plan, execute
from .status import Status


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
        if call.aborted:
            self.outcome = Outcome(Status.ABORTED, None)
        else:
            self._next_runs(None)

    def perform(self, fun: Callable[[Array], Any], n_jobs: int | None) -> None:
        """Make all runs."""
        while self.outcome is None:
            execute(self._drivers, fun, n_jobs)
            self._collect()

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

    def give_up(self) -> None:
        """Keep what there is: the function raised, or Ctrl-C was pressed."""
        self.call.abort()
        self._keep()
        self.outcome = Outcome(Status.ABORTED, self.best)

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
        seen = [r for r in self.all_records if r.function_value == r.function_value]
        return min(seen, key=lambda record: record.function_value, default=None)

    def _collect(self) -> None:
        self._next_runs(self._keep())

    def _keep(self) -> list[RunRecord]:
        """Move records and traces out of the drivers."""
        records = [driver.record() for driver in self._drivers]
        for driver in self._drivers:
            self.trace += driver.trace
        self.records += records
        self._drivers = []
        return records

    def _next_runs(self, records: list[RunRecord] | None) -> None:
        try:
            specs = self._asking.send(records)  # type: ignore[arg-type]
        except StopIteration as end:
            self.outcome = end.value
        else:
            first = len(self.records)
            self._drivers = [
                Driver(self._problem, spec, self.call, first + i) for i, spec in enumerate(specs)
            ]
