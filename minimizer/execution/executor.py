"""Making the runs that are asked for: in the caller, with workers that evaluate ahead of it.

One after another, the caller makes the runs as on one core. Where a worker has begun a run, its
answers are taken; else the caller calls the function itself. So the result is that of one core;
workers only make it come sooner. What they evaluated and nobody needed is counted apart.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from typing import Any

import joblib
from joblib.parallel import get_active_backend

from ..common.arrays import Array
from ..simplex.records import RunSpec
from ..simplex.rounds import Plan
from .answer_stream import Stream, follow, here
from .call import Call
from .driver import Driver
from .pools import Crew, Processes, Threads
from .worker_choice import SERIAL, Workers, choose
from .worker_failures import judge


class Execution:
    """The runs of one call, and the workers that it has.

    Parameters
    ----------
    plan : Plan
    call : Call
    fun : callable
        The user's function.
    n_jobs : int or None
    """

    def __init__(
        self, plan: Plan, call: Call, fun: Callable[[Array], Any], n_jobs: int | None
    ) -> None:
        self._plan, self._call, self._fun = plan, call, fun
        self._n_jobs = n_jobs
        self._workers: Workers | None = None
        self._crew: Crew | None = None
        self._nested = ExitStack()

    @property
    def speculative_evaluations(self) -> int:
        """Evaluations that nobody needed."""
        return 0 if self._crew is None else sum(s.not_taken for s in self._crew.streams.values())

    def make(self, driver: Driver, number: int) -> None:
        """Carry a run to its end, and let the one that may be made beside it begin."""
        if self._workers is None:
            self._workers = choose(self._n_jobs) if self._may_share() else SERIAL
        beside = driver.spec.beside
        if self._workers.number > 1 and beside is not None:
            self._start(self._workers, [driver.spec, beside], number)
        stream = self._stream(number, driver.spec)
        if stream is None:
            driver.drive(self._fun)
        else:
            self._follow(driver, stream)

    def recover(self, number: int, spec: RunSpec, fresh: Driver) -> bool:
        """Make a run again as far as its answers go; tell whether there are any.

        It is for a call that has been stopped; what else went wrong in a run is of no interest.
        """
        stream = self._stream(number, spec)
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

    def further(self, first: int) -> Iterator[tuple[int, RunSpec]]:
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

    def _may_share(self) -> bool:
        """Tell whether there are runs that do not depend on each other."""
        plan = self._plan
        return plan.shared is None and plan.pairs and plan.max_restarts > 0

    def _start(self, workers: Workers, specs: list[RunSpec], first: int) -> None:
        """Let the workers begin what is asked for and what may be asked for next."""
        if self._crew is not None and self._crew.has_begun(first + 1):
            return
        if self._crew is None:
            self._crew = self._hire(workers)
        ahead = list(enumerate(specs, first))
        ahead += self._next(first + len(specs), workers.number + workers.number % 2 - len(specs))
        # The caller itself makes the first of them if it shares the memory.
        self._crew.begin(ahead[int(workers.share_memory) :])

    def _hire(self, workers: Workers) -> Crew:
        """Return the workers. As long as they are there, joblib's calls in the caller are nested.

        For joblib's backends cannot serve two calls at the same time.
        """
        kind = Threads if workers.share_memory else Processes
        n_jobs = workers.number - int(workers.share_memory)
        crew = kind(self._plan.problem, self._call, self._fun, n_jobs)
        backend, inner_jobs = get_active_backend()[0].get_nested_backend()
        self._nested.enter_context(joblib.parallel_config(backend=backend, n_jobs=inner_jobs))
        self._nested.callback(setattr, here, "busy", here.busy)
        here.busy = True
        return crew

    def _next(self, first: int, count: int) -> Iterator[tuple[int, RunSpec]]:
        """Yield number and spec of runs that may be asked for later.

        What they will be allowed to use depends on runs before them; all that there is suffices.
        With an exact limit on the evaluations none are started, or they would go beyond it.
        """
        plan = self._plan
        if plan.budget.evaluations is None:
            for number in range(first, min(first + count, 2 * plan.n_rounds)):
                i, k = divmod(number, 2)
                seed, width = plan.seeds(i)[k], plan.width(i, k)
                yield number, RunSpec(seed, plan.budget.iterations, width=width)

    def _stream(self, number: int, spec: RunSpec) -> Stream | None:
        """Return the answers of a run, if it was begun by a worker."""
        stream = None if self._crew is None else self._crew.streams.get(number)
        return stream if stream is not None and stream.spec.seed == spec.seed else None

    def _follow(self, driver: Driver, stream: Stream) -> None:
        """Carry a run on by its stream; take it up again if its worker dies."""
        assert self._crew is not None
        follow(driver, stream, self._call)
        while not driver.is_over and stream.is_lost and not self._call.ends_now:
            judge(stream, self._crew.error_of(stream), self._fun)
            self._crew.begin_again(stream)
            follow(driver, stream, self._call)
        if not driver.is_over:
            driver.drive(self._fun)
