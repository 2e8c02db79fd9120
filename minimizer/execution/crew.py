"""The workers of one call: they make runs ahead of the caller, whose answers come as streams."""

from __future__ import annotations

import os
import platform
import shutil
import tempfile
import time
from functools import partial
from pathlib import Path
from typing import Any

from .answer_file import STOP, Reader, packer
from .answer_stream import Stream
from .call import Call
from .driver import Function
from .pools import Background
from .solver import Method
from .worker_choice import Workers
from .worker_process import RunLog, Task, WorkerTraceback, work

_PATIENCE = 0.5  # seconds that processes have to end their evaluation before they are killed


class Crew:
    """Begins runs in workers and keeps their streams.

    Threads write their answers where the caller reads them. Processes on this machine send each
    answer through a file; others return theirs at the end.

    Parameters
    ----------
    method : Method
    call : Call
    fun : callable
    workers : Workers
    """

    def __init__(self, method: Method, call: Call, fun: Function, workers: Workers) -> None:
        self._method, self._call, self._fun = method, call, fun
        # The caller is a worker itself if it shares the memory.
        self._pool = Background(workers.number - int(workers.share_memory), workers.pool)
        self._can_kill = not workers.share_memory and workers.pool is None
        self._threads_call = Call(deadline=call.deadline, leader=call)
        self._share_memory = workers.share_memory
        self._folder = None if workers.share_memory else _folder()
        self._form = packer(method.extra)
        self.streams: dict[int, Stream] = {}

    def begin(self, runs: list[tuple[int, Any]]) -> None:
        """Begin those of the runs that were not begun before."""
        self._start([Stream(*run, self) for run in runs if run[0] not in self.streams])

    def begin_again(self, stream: Stream) -> None:
        """Take up a run whose worker has died; alone, to see whose fault it is."""
        self._start([stream])

    def _start(self, streams: list[Stream]) -> None:
        self._pool.join()
        for stream in self.streams.values():
            self.look(stream)
            stream.is_awaited = False
        for stream in streams:
            stream.is_awaited = True
            path = self._path(stream)
            stream.reader = None if path is None else Reader(path, self._form)
            self.streams[stream.number] = stream
        self._pool.start({s.number: partial(work, self._task(s)) for s in streams})

    def is_over(self, stream: Stream) -> bool:
        """Return whether no more answers will come."""
        return not stream.is_awaited or self._pool.is_over

    def look(self, stream: Stream) -> None:
        """Add the answers that have arrived; at the end, what the worker returned."""
        if stream.is_complete or not stream.is_awaited:
            return
        if stream.reader is not None:
            stream.reader.read(stream.answers)
        stream.worker_error = self._pool.error
        log = self._pool.results.get(stream.number)
        if isinstance(log, RunLog):
            stream.answers += log.answers[len(stream.answers) :]
            if log.traceback:
                log.error.__cause__ = WorkerTraceback(log.traceback)  # type: ignore[union-attr]
            stream.error, stream.is_complete = log.error, True

    def stop(self) -> None:
        """Tell all workers to end: threads before their next evaluation, processes soon after."""
        self._threads_call.aborted = True
        if self._folder is not None and not self._pool.is_over:
            try:
                (self._folder / STOP).touch()
            except OSError:
                return

    def end(self) -> None:
        """Stop all workers and wait until they have ended; processes are killed after a while."""
        self.stop()
        if not self._pool.join(_PATIENCE if self._can_kill else None):
            self._pool.kill()

    def close(self) -> None:
        """Leave nothing behind."""
        self.end()
        for stream in self.streams.values():
            self.look(stream)
        if self._folder is not None:
            shutil.rmtree(self._folder, ignore_errors=True)

    def _path(self, stream: Stream) -> Path | None:
        return None if self._folder is None else self._folder / f"run{stream.number}"

    def _task(self, stream: Stream) -> Task:
        path, deadline = self._path(stream), self._call.deadline
        return Task(
            make=self._method.make,
            spec=stream.spec,
            number=stream.number,
            fun=self._fun,
            n=self._method.n,
            extra=self._method.extra,
            call_id=self._call.id,
            seconds=None if deadline is None else max(0.0, deadline - time.monotonic()),
            path=None if path is None else str(path),
            host=platform.node(),
            caller=os.getpid(),
            known=stream.answers if self._share_memory else list(stream.answers),
            threads_call=self._threads_call if self._share_memory else None,
        )


def _folder() -> Path | None:
    """Return a new folder for the files of answers, None if there is no place for one."""
    try:
        return Path(tempfile.mkdtemp(prefix="minimizer-"))
    except OSError:
        return None
