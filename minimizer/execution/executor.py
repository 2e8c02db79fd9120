"""Making the runs that are asked for: in the caller, with workers that evaluate ahead of it.

One after another, the caller makes the runs as on one core. Where a worker has begun a run, its
answers are taken; else the caller calls the function itself. So the result is that of one core;
workers only make it come sooner. What they evaluated and nobody needed is counted apart.
"""

from __future__ import annotations

from contextlib import ExitStack
from typing import Any

import joblib
from joblib.parallel import get_active_backend

from . import compiled_driver
from .answer_stream import Stream, follow, here
from .call import Call
from .crew import Crew
from .driver import Driver, Function
from .pools import SERIAL, choose
from .solver import Method
from .worker_failures import judge


class Executor:
    """The runs of one call, and the workers that it has: those of `pool`, or joblib's."""

    def __init__(
        self, method: Method, call: Call, fun: Function, n_jobs: int | None, pool: Any
    ) -> None:
        self._method, self._call, self._fun = method, call, fun
        # Compiled runs are made faster than they could be fed from elsewhere.
        self._compiled = compiled_driver.suits(fun, call)
        may_share = method.may_share and not self._compiled
        self._workers = choose(n_jobs, pool) if may_share else SERIAL
        self._crew: Crew | None = None
        self._streams: dict[int, Stream] = {}
        self._at_close = ExitStack()

    @property
    def speculative_evaluations(self) -> int:
        """Evaluations that nobody needed."""
        return sum(stream.not_taken for stream in self._streams.values())

    def make(self, driver: Driver) -> None:
        """Carry a run to its end, and let the one that may be made beside it begin."""
        if self._compiled:
            compiled_driver.drive(driver, self._fun)
            return
        self._begin(driver.number, driver.solver.spec)
        stream = self._stream(driver)
        if stream is not None:
            self._follow(driver, stream)
        driver.drive(self._fun)

    def recover(self, fresh: Driver) -> bool:
        """Make a run again as far as its answers go; return whether there are any.

        It is for a call that has been stopped; what else went wrong in a run is of no interest.
        """
        stream = self._stream(fresh)
        if stream is None:
            return False
        stream.taken = 0
        try:
            follow(fresh, stream, self._call)
        except BaseException as error:
            if error is not stream.error:
                raise
        self._call.aborted = False  # by the function, in one run; the others still count
        return True

    def further(self, first: int) -> list[tuple[int, Any]]:
        """Return number and spec of the runs from `first` on that were started ahead."""
        return [(n, s.spec) for n, s in sorted(self._streams.items()) if n >= first]

    def close(self) -> None:
        """End the workers; none is at work any more when this returns."""
        self._at_close.close()

    def _begin(self, number: int, spec: Any) -> None:
        """Let the workers begin what is asked for and what may be asked for next."""
        workers = self._workers
        if workers.number < 2 or spec.beside is None or number + 1 in self._streams:
            return
        if self._crew is None:
            self._crew = self._hire()
        more = workers.number + workers.number % 2 - 2
        runs = [(number, spec), (number + 1, spec.beside), *self._method.ahead(number + 2, more)]
        # The caller itself makes the first of them if it shares the memory.
        self._crew.begin(runs[int(workers.share_memory) :])

    def _hire(self) -> Crew:
        """Return the workers. As long as they are there, joblib's calls in the caller are nested.

        For joblib's backends cannot serve two calls at the same time.
        """
        crew = Crew(self._method, self._call, self._fun, self._workers)
        self._streams = crew.streams
        self._at_close.callback(crew.close)
        backend, inner_jobs = get_active_backend()[0].get_nested_backend()
        self._at_close.enter_context(joblib.parallel_config(backend=backend, n_jobs=inner_jobs))
        self._at_close.callback(setattr, here, "busy", here.busy)
        here.busy = True
        return crew

    def _stream(self, driver: Driver) -> Stream | None:
        """Return the answers of a run, if it was begun by a worker."""
        stream = self._streams.get(driver.number)
        same = stream is not None and stream.spec.seed == driver.solver.spec.seed
        return stream if same else None

    def _follow(self, driver: Driver, stream: Stream) -> None:
        """Carry a run on by its stream; let another worker resume it if its worker dies."""
        assert self._crew is not None
        follow(driver, stream, self._call)
        while not driver.solver.is_over and stream.is_lost and not self._call.ends_now:
            judge(stream, self._fun)
            self._crew.begin_again(stream)
            follow(driver, stream, self._call)
