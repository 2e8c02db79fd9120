"""Making the runs that are asked for: in the caller, with workers that evaluate ahead of it.

One after another, the caller makes the runs as on one core. Where a worker has begun a run, its
answers are taken; else the caller calls the function itself. So the result is that of one core;
workers only make it come sooner. What they evaluated and nobody needed is counted apart.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack
from typing import Any

import joblib
from joblib.parallel import get_active_backend

from . import compiled_driver
from .answer_stream import Stream, follow, here
from .call import Call
from .crew import Crew
from .driver import Driver, Function
from .solver import Method
from .worker_choice import SERIAL, Workers, choose
from .worker_failures import judge


class Executor:
    """The runs of one call, and the workers that it has.

    Parameters
    ----------
    method : Method
    call : Call
    fun : callable
        The user's function.
    n_jobs : int or None
    pool : object with a method ``map``, or None
        Whose workers to use in place of joblib's.
    """

    def __init__(
        self, method: Method, call: Call, fun: Function, n_jobs: int | None, pool: Any
    ) -> None:
        self._method, self._call, self._fun = method, call, fun
        # Compiled runs are made faster than they could be fed from elsewhere.
        self._compiled = compiled_driver.suits(fun, call)
        may_share = method.may_share and not self._compiled
        self._workers = choose(n_jobs, pool) if may_share else SERIAL
        self._crew: Crew | None = None
        self._nested = ExitStack()

    @property
    def speculative_evaluations(self) -> int:
        """Evaluations that nobody needed."""
        return 0 if self._crew is None else sum(s.not_taken for s in self._crew.streams.values())

    def make(self, driver: Driver) -> None:
        """Carry a run to its end, and let the one that may be made beside it begin."""
        if self._compiled:
            compiled_driver.drive(driver, self._fun)
            return
        spec = driver.solver.spec
        if self._workers.number > 1 and spec.beside is not None:
            self._start([spec, spec.beside], driver.number)
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
        stream.rewind()
        try:
            follow(fresh, stream, self._call)
        except BaseException as error:
            if error is not stream.error:
                raise
        self._call.aborted = False  # by the function, in one run; the others still count
        return True

    def further(self, first: int) -> Iterator[tuple[int, Any]]:
        """Yield number and spec of the runs from `first` on that were started ahead."""
        streams = {} if self._crew is None else self._crew.streams
        for number in sorted(n for n in streams if n >= first):
            yield number, streams[number].spec

    def stop(self) -> None:
        """Tell the workers to end."""
        if self._crew is not None:
            self._crew.stop()

    def close(self) -> None:
        """End the workers; none is at work any more when this returns."""
        self._nested.close()
        if self._crew is not None:
            self._crew.close()

    def _start(self, specs: list[Any], first: int) -> None:
        """Let the workers begin what is asked for and what may be asked for next."""
        workers = self._workers
        if self._crew is not None and first + 1 in self._crew.streams:
            return
        if self._crew is None:
            self._crew = self._hire(workers)
        ahead = list(enumerate(specs, first))
        more = workers.number + workers.number % 2 - len(specs)
        ahead += self._method.ahead(first + len(specs), more)
        # The caller itself makes the first of them if it shares the memory.
        self._crew.begin(ahead[int(workers.share_memory) :])

    def _hire(self, workers: Workers) -> Crew:
        """Return the workers. As long as they are there, joblib's calls in the caller are nested.

        For joblib's backends cannot serve two calls at the same time.
        """
        crew = Crew(self._method, self._call, self._fun, workers)
        backend, inner_jobs = get_active_backend()[0].get_nested_backend()
        self._nested.enter_context(joblib.parallel_config(backend=backend, n_jobs=inner_jobs))
        self._nested.callback(setattr, here, "busy", here.busy)
        here.busy = True
        return crew

    def _stream(self, driver: Driver) -> Stream | None:
        """Return the answers of a run, if it was begun by a worker."""
        stream = None if self._crew is None else self._crew.streams.get(driver.number)
        same = stream is not None and stream.spec.seed == driver.solver.spec.seed
        return stream if same else None

    def _follow(self, driver: Driver, stream: Stream) -> None:
        """Carry a run on by its stream; take it up again if its worker dies."""
        assert self._crew is not None
        follow(driver, stream, self._call)
        while not driver.solver.is_over and stream.is_lost and not self._call.ends_now:
            judge(stream, stream.worker_error, self._fun)
            self._crew.begin_again(stream)
            follow(driver, stream, self._call)
