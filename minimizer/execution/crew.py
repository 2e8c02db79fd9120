"""The workers of one call: they make runs ahead of the caller, whose answers come as streams."""

from __future__ import annotations

import contextlib
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
from .pools import Background, Workers
from .solver import Method
from .worker_process import Task


class Crew:
    """Begins runs in workers and keeps their streams.

    Threads write their answers where the caller reads them. Processes on this machine send each
    answer through a file; others return theirs at the end.
    """

    def __init__(self, method: Method, call: Call, fun: Function, workers: Workers) -> None:
        self._method, self._call, self._fun = method, call, fun
        self._background = Background(workers)
        self._threads_call = Call(deadline=call.deadline, leader=call)
        self._share_memory = workers.share_memory
        self._folder = None if workers.share_memory else _folder()
        self.streams: dict[int, Stream] = {}

    def begin(self, runs: list[tuple[int, Any]]) -> None:
        """Begin those of the runs that were not begun before."""
        self._start([Stream(*run, self._end) for run in runs if run[0] not in self.streams])

    def begin_again(self, stream: Stream) -> None:
        """Resume a run whose worker has died; alone, to see whose fault it is."""
        self._start([stream])

    def _start(self, streams: list[Stream]) -> None:
        works = self._background.start(self._task(stream) for stream in streams)
        for stream, work in zip(streams, works, strict=True):
            stream.work = work
            self.streams[stream.number] = stream

    def _task(self, stream: Stream) -> Task:
        """Return what a worker is to do; what it writes to a file, its stream reads."""
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
            caller=(platform.node(), os.getpid()),
            known=stream.answers if self._share_memory else list(stream.answers),
            threads_call=self._threads_call if self._share_memory else None,
        )

    def _end(self) -> None:
        """Stop all workers: threads before their next evaluation, processes soon after."""
        self._threads_call.aborted = True
        if self._folder is not None:
            with contextlib.suppress(OSError):
                (self._folder / STOP).touch()
        self._background.end()

    def close(self) -> None:
        """Leave nothing behind; none is at work any more when this returns."""
        self._end()
        for stream in self.streams.values():
            stream.look()
        if self._folder is not None:
            shutil.rmtree(self._folder, ignore_errors=True)


def _folder() -> Path | None:
    """Return a new folder for the files of answers, None if there is no place for one."""
    try:
        return Path(tempfile.mkdtemp(prefix="minimizer-"))
    except OSError:
        return None
