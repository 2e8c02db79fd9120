"""Making the runs in the caller, with workers that evaluate ahead of it.

One after another, the caller makes the runs as on one core: where a worker has begun a run, from
its answers, else by calling the function itself. Threads write their answers where the caller reads
them. Processes on this machine send each answer through a file; others return theirs at the end.
Evaluations that were not needed are counted apart.
"""

from __future__ import annotations

import os
import platform
import shutil
import tempfile
import time
from collections.abc import Mapping
from contextlib import ExitStack, suppress
from functools import cached_property, partial
from pathlib import Path
from typing import Any

from . import compiled_driver
from .answer_file import STOP, Answer, Reader, packer
from .answer_log import unpacked
from .answer_stream import Stream, follow
from .call import Call
from .driver import Driver, Function
from .pools import SERIAL, Background, Workers, at_work, choose
from .side_by_side import PAYS, SideBySide
from .solver import Method
from .worker_failures import judge
from .worker_process import Task


class Executor:
    """The runs of one call, and its workers: those of `pool`, or joblib's."""

    def __init__(
        self,
        method: Method,
        call: Call,
        fun: Function,
        n_jobs: int | None,
        pool: Any,
        known: Mapping[int, list[Answer]],
        engine: str,
    ) -> None:
        self._method, self._call, self._fun = method, call, fun
        self._engine = engine
        self._known = known  # of later runs, in a call that is continued
        self._n_jobs, self._pool = n_jobs, pool
        # Compiled runs are made faster than they could be fed from elsewhere.
        self._compiled = compiled_driver.suits(fun, call)
        self._background: Background | None = None
        self._threads_call: Call | None = None
        self._folder: Path | None = None
        self._streams: dict[int, Stream] = {}
        self._not_needed = 0
        self._at_close = ExitStack()

    @cached_property
    def _workers(self) -> Workers:
        """The available workers; finding out takes a while, and only some calls need them."""
        return choose(self._n_jobs, self._pool) if self._method.may_share else SERIAL

    @cached_property
    def _in_steps(self) -> bool:
        """Whether the caller, alone, has the compiled algorithm."""
        alone = compiled_driver.can_step(self._engine, self._call)
        return alone and choose(self._n_jobs, self._pool).number < 2

    @property
    def speculative_evaluations(self) -> int:
        """Evaluations that were not needed."""
        return self._not_needed + sum(stream.not_taken for stream in self._streams.values())

    def make(self, driver: Driver) -> None:
        """Complete a run, and begin the one that may be made beside it."""
        if self._compiled:
            compiled_driver.drive(driver, self._fun)
            return
        self._begin(driver)
        stream = self._stream(driver)
        if stream is not None:
            stream.taken = 0 if driver.log is None else len(driver.log)
            follow(driver, stream, self._call)
            while not driver.solver.is_over and stream.is_lost and not self._call.ends_now:
                judge(stream, self._fun)
                self._start([stream])  # alone, to see whose fault it is
                follow(driver, stream, self._call)
        elif self._in_steps and compiled_driver.drive_in_steps(driver, self._fun):
            return
        elif self._background is None and driver.solver.spec.beside is None:
            self._make_alone(driver)
        driver.drive(self._fun)

    def _make_alone(self, driver: Driver) -> None:
        """Let workers evaluate a run's forecast side by side, if that is worth it."""
        is_slow = all(driver.drive_once(self._fun) >= PAYS for _ in range(2))  # not by chance
        if is_slow and not driver.solver.is_over:
            workers = choose(self._n_jobs, self._pool)
            if workers.number > 1:
                together = SideBySide(self._fun, self._method.n, workers)
                try:
                    together.drive(driver)
                finally:
                    self._not_needed += together.not_needed

    def recover(self, fresh: Driver) -> bool:
        """Repeat a run as far as its answers go; return whether there are any.

        This is for a call that has been stopped; other failures of a run no longer matter.
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

    @property
    def all_answers(self) -> dict[int, list[Answer]]:
        """Answers of the workers up to now, by run; callable from any thread."""
        return {number: stream.all_answers for number, stream in list(self._streams.items())}

    def further(self, first: int) -> list[tuple[int, Any]]:
        """Return number and specification of the runs, from `first` on, started ahead."""
        return [(n, self._streams[n].spec) for n in sorted(self._streams) if n >= first]

    def close(self) -> None:
        """End all workers and remove all files; no worker is at work when this returns."""
        self._at_close.close()

    def _stream(self, driver: Driver) -> Stream | None:
        """Return the answers of a run, if it was begun by a worker."""
        stream = self._streams.get(driver.number)
        return stream if stream and stream.spec.seed == driver.solver.spec.seed else None

    def _begin(self, driver: Driver) -> None:
        """Let workers begin the run asked for, and those that may be needed next."""
        number, spec = driver.number, driver.solver.spec
        if spec.beside is None or number + 1 in self._streams or self._workers.number < 2:
            return
        workers = self._workers
        more = workers.number + workers.number % 2 - 2
        runs = [(number, spec), (number + 1, spec.beside), *self._method.ahead(number + 2, more)]
        # The caller itself makes the first of them if it shares the memory.
        runs = [run for run in runs[int(workers.share_memory) :] if run[0] not in self._streams]
        streams = [Stream(*run, self._end) for run in runs]
        for stream in streams:
            own = driver.log if stream.number == number else None
            known = self._known.get(stream.number, [])
            stream.answers += known if own is None else unpacked(own.rows)
        self._start(streams)

    def _start(self, streams: list[Stream]) -> None:
        """Let workers continue runs, once the runs begun before have ended."""
        background = self._background or self._hire()
        works = background.start(self._task(stream) for stream in streams)
        for stream, work in zip(streams, works, strict=True):
            stream.work = work
            self._streams[stream.number] = stream

    def _hire(self) -> Background:
        """Return the workers, started if necessary."""
        self._background, at_close = Background(self._workers), self._at_close
        if self._workers.share_memory:
            self._threads_call = Call(deadline=self._call.deadline, leader=self._call)
        else:
            with suppress(OSError):  # no place for files: answers come at the end
                self._folder = Path(tempfile.mkdtemp(prefix="minimizer-"))
                at_close.callback(shutil.rmtree, self._folder, ignore_errors=True)
        at_close.callback(self._end)
        at_close.enter_context(at_work())
        return self._background

    def _task(self, stream: Stream) -> Task:
        """Return the task of a worker; the stream reads what the task writes to a file."""
        method, deadline, path = self._method, self._call.deadline, None
        if self._folder is not None:
            path = self._folder / f"run{stream.number}"
            stream.reader = Reader(path, packer(method.extra))
        return Task(
            make=partial(method.make, stream.spec, stream.number),
            fun=self._fun,
            n=method.n,
            extra=method.extra,
            call_id=self._call.id,
            seconds=None if deadline is None else max(0.0, deadline - time.monotonic()),
            path=None if path is None else str(path),
            host=platform.node(),
            caller=os.getpid(),
            known=stream.answers if self._threads_call else list(stream.answers),
            threads_call=self._threads_call,
        )

    def _end(self) -> None:
        """End all workers: threads before their next evaluation, processes soon after."""
        assert self._background is not None
        if self._threads_call is not None:
            self._threads_call.aborted = True
        if self._folder is not None:
            with suppress(OSError):
                (self._folder / STOP).touch()
        self._background.end()
        for stream in self._streams.values():
            stream.look()
