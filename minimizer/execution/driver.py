"""The driver: carries one run from point to point and is the only caller of the user's function.

It checks the values, watches the call, and keeps the trace. Of the run it uses only the protocol
`Solver`.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

from ..common.arrays import Array
from ..common.records import Evaluation, RunRecord
from .answer_log import AnswerLog
from .call import Call
from .returned_value import READERS
from .solver import Solver

Function = Callable[[Array], Any]


class Driver:
    """Run `number` of a call: `ask` for a point and `tell` its value, or `drive` it to the end."""

    def __init__(self, solver: Solver, call: Call, number: int) -> None:
        self.solver, self.call, self.number = solver, call, number
        self.trace: list[Evaluation] = []
        self.log = AnswerLog() if call.logs else None
        self._handed: Array | None = None

    def drive(self, fun: Function) -> None:
        """Complete the run; each call of `fun` gets its own array (n + extra,)."""
        ask, ends = self.solver.ask, self.call.ends
        while (point := ask(ends())) is not None:  # as in `ask`, without another call
            self._handed = point
            try:
                self.tell(fun(point))
            except BaseException:
                self.failed()
                raise

    def drive_once(self, fun: Function) -> float:
        """Evaluate the next point, if any; return how many seconds that took."""
        point, began = self.ask(), time.perf_counter()
        if point is not None:
            try:
                self.tell(fun(point))
            except BaseException:
                self.failed()
                raise
        return time.perf_counter() - began

    def failed(self) -> None:
        """Count a call that raised, and so has no value; it aborts all runs."""
        if self.is_waiting:
            self.solver.failed()
        self.call.abort()

    def ask(self) -> Array | None:
        """Return a copy of the next point, None when the run is over."""
        self._handed = self.solver.ask(self.call.ends())
        return self._handed

    def tell(self, returned: Any) -> Any:
        """Take the value at the point that was asked for; return it as the run reads it."""
        point, call, solver = self._handed, self.call, self.solver
        if point is None:
            raise RuntimeError("tell: no point is waiting for a value; ask() for one first")
        value = returned
        if type(value) is not float:  # NumPy's scalars are floats, too
            if isinstance(value, float):
                value = float(value)
            else:
                value = READERS[solver.returns](value, solver.params)
        self._handed = None
        if self.log is not None:
            self.log.note(solver.params, value, call.aborted, point)
        if call.tracing:
            self.trace.append(Evaluation(self.number, solver.move, solver.params, value))
        if solver.tell(value, point, call.aborted) and call.is_watched:
            call.iteration_done(solver.record())
        return value

    @property
    def is_waiting(self) -> bool:
        """Whether a point was asked for and its value not told yet."""
        return self._handed is not None

    def record(self) -> RunRecord:
        """Return the record of the run so far."""
        return self.solver.record()
