"""The workers of one call: threads that share the caller's memory, or processes that do not."""

from __future__ import annotations

import contextlib
import os
import platform
import shutil
import tempfile
import threading
import time
from abc import ABC, abstractmethod
from collections.abc import Callable
from pathlib import Path
from typing import Any

import joblib

from ..common.arrays import Array
from ..simplex.problem import Problem
from ..simplex.records import RunSpec
from .answer_file import STOP, Reader, packer
from .answer_stream import Stream, answers
from .call import Call
from .driver import Driver
from .worker_process import RunLog, Task, WorkerTraceback, work

_PATIENCE = 0.5  # seconds that processes have to end their evaluation before they are killed


class Tail:
    """Where the answers of a stream come from: a wave and, for processes, a file and a result."""

    def __init__(self, crew: Crew, wave: Wave, reader: Reader | None = None) -> None:
        self.wave, self._crew, self._reader = wave, crew, reader

    @property
    def is_over(self) -> bool:
        """Whether no more will come."""
        return self.wave.is_over

    def end(self) -> None:
        """End all workers."""
        self._crew.end()

    def look(self, stream: Stream) -> None:
        """Add what has arrived; at the end, what the worker returned."""
        if stream.is_complete:
            return
        if self._reader is not None:
            self._reader.read(stream.answers)
        log = self.wave.results.get(stream.number)
        if isinstance(log, RunLog):
            stream.answers += log.answers[len(stream.answers) :]
            if log.error is not None:
                log.error.__cause__ = WorkerTraceback(log.traceback)
                stream.error = log.error
            stream.is_complete = True


class Crew(ABC):
    """Begins runs in workers and keeps their streams.

    Parameters
    ----------
    n_jobs : int
        Number of workers.
    """

    def __init__(
        self, problem: Problem, call: Call, fun: Callable[[Array], Any], n_jobs: int
    ) -> None:
        self._problem, self._call, self._fun = problem, call, fun
        self._parallel = make_parallel(n_jobs)
        self._wave: Wave | None = None
        self.streams: dict[int, Stream] = {}

    def has_begun(self, number: int) -> bool:
        """Tell whether a run was begun."""
        return number in self.streams

    def begin(self, runs: list[tuple[int, RunSpec]]) -> None:
        """Begin those of the runs that were not begun before."""
        self._start([Stream(*run) for run in runs if not self.has_begun(run[0])])

    def begin_again(self, stream: Stream) -> None:
        """Take up a run whose worker has died; alone, to see whose fault it is."""
        self._start([stream])

    def _start(self, streams: list[Stream]) -> None:
        """Make the runs of the streams, in the next wave."""
        if self._wave is not None:
            self._wave.join()  # two waves at a time are too many for joblib's backends
            self.look()
        readers = [self._reader(stream) for stream in streams]
        self._wave = Wave({s.number: self._task(s) for s in streams}, self._parallel)
        for stream, reader in zip(streams, readers, strict=True):
            stream.source = Tail(self, self._wave, reader)
            self.streams[stream.number] = stream

    def look(self) -> None:
        """Look for the answers that have arrived, in all streams."""
        for stream in self.streams.values():
            stream.source.look(stream)

    def error_of(self, stream: Stream) -> BaseException | None:
        """Return what joblib raised while a run was made."""
        return stream.source.wave.error if isinstance(stream.source, Tail) else None

    @abstractmethod
    def _task(self, stream: Stream) -> tuple[Callable[[Any], Any], Any]:
        """Return the task of making a run: a function and its argument."""

    def _reader(self, stream: Stream) -> Reader | None:
        """Return the file through which answers come, if they come through one."""
        return None

    @abstractmethod
    def stop(self) -> None:
        """Tell all workers to end."""

    @abstractmethod
    def end(self) -> None:
        """Stop all workers and wait until they have ended."""

    def close(self) -> None:
        """Leave nothing behind."""
        self.end()
        self.look()


class Threads(Crew):
    """Workers in the caller's process. They end before their next evaluation."""

    def __init__(
        self, problem: Problem, call: Call, fun: Callable[[Array], Any], n_jobs: int
    ) -> None:
        super().__init__(problem, call, fun, n_jobs)
        self._workers_call = Call(deadline=call.deadline, leader=call)

    def _task(self, stream: Stream) -> tuple[Callable[[Any], Any], Any]:
        return self._work, stream

    def _work(self, stream: Stream) -> None:
        driver = Driver(self._problem, stream.spec, self._workers_call, stream.number)
        new = answers(driver, self._fun, self._problem.n, self._call.id, [])
        try:
            for answer in new:
                stream.answers.append(answer)
        except BaseException as error:
            stream.error = error
        stream.is_complete = True

    def stop(self) -> None:
        """Tell all threads to end."""
        self._workers_call.aborted = True

    def end(self) -> None:
        """Wait for the threads."""
        self.stop()
        if self._wave is not None:
            self._wave.join()


class Processes(Crew):
    """Workers in other processes, here or elsewhere.

    Those on this machine send each answer through a file; others return theirs at the end.
    """

    def __init__(
        self, problem: Problem, call: Call, fun: Callable[[Array], Any], n_jobs: int
    ) -> None:
        super().__init__(problem, call, fun, n_jobs)
        self._form = packer(problem.extra)
        try:
            self._folder: Path | None = Path(tempfile.mkdtemp(prefix="minimizer-"))
        except OSError:
            self._folder = None

    def _path(self, stream: Stream) -> Path | None:
        return None if self._folder is None else self._folder / f"run{stream.number}"

    def _reader(self, stream: Stream) -> Reader | None:
        path = self._path(stream)
        return None if path is None else Reader(path, self._form)

    def _task(self, stream: Stream) -> tuple[Callable[[Any], Any], Any]:
        path, deadline = self._path(stream), self._call.deadline
        return work, Task(
            problem=self._problem,
            spec=stream.spec,
            number=stream.number,
            fun=self._fun,
            call_id=self._call.id,
            seconds=None if deadline is None else max(0.0, deadline - time.monotonic()),
            path=None if path is None else str(path),
            host=platform.node(),
            caller=os.getpid(),
            known=list(stream.answers),
        )

    def stop(self) -> None:
        """Tell all processes to end."""
        if self._folder is not None and self._wave is not None and not self._wave.is_over:
            try:
                (self._folder / STOP).touch()
            except OSError:
                return

    def end(self) -> None:
        """Give the processes half a second to end, then kill those that have not."""
        self.stop()
        if self._wave is not None and not self._wave.join(_PATIENCE):
            self._wave.kill()

    def close(self) -> None:
        """Leave no process and no file behind."""
        super().close()
        if self._folder is not None:
            shutil.rmtree(self._folder, ignore_errors=True)


class Wave:
    """Starts tasks and keeps their results as they come, while the caller goes on.

    Parameters
    ----------
    tasks : dict of (function, argument), by the number of the run
    parallel : joblib.Parallel
        Must not be in use by another wave.

    Attributes
    ----------
    results : dict
        By the number of the run.
    error : BaseException or None
        What joblib raised.
    """

    def __init__(self, tasks: dict[int, tuple[Callable[[Any], Any], Any]], parallel: Any) -> None:
        self.results: dict[int, Any] = {}
        self.error: BaseException | None = None
        self.is_over = False
        self._tasks = tasks
        self._parallel = parallel
        self._thread = threading.Thread(target=self._run, name="minimizer-wave", daemon=True)
        self._thread.start()

    def join(self, seconds: float | None = None) -> bool:
        """Wait for the end; tell whether it has come."""
        self._thread.join(seconds)
        return not self._thread.is_alive()

    def kill(self) -> None:
        """End what does not end by itself: joblib kills its processes, and has new ones next."""
        with contextlib.suppress(Exception):  # the backend may have gone already
            self._parallel._abort()
        self._thread.join()

    def _run(self) -> None:
        try:
            tasks = [joblib.delayed(_numbered)(i, f, x) for i, (f, x) in self._tasks.items()]
            for number, result in self._parallel(tasks):
                self.results[number] = result
        except BaseException as error:
            self.error = error
        finally:
            self._tasks = {}
            self.is_over = True


def _numbered(number: int, function: Callable[[Any], Any], argument: Any) -> tuple[int, Any]:
    return number, function(argument)


def make_parallel(n_jobs: int) -> Any:
    """Return a Parallel on the backend that is active, else on threads.

    It hands on each result when it is there, if the backend can do that.
    """
    settings: dict[str, Any] = {
        "n_jobs": n_jobs,
        "prefer": "threads",
        "batch_size": 1,
        "pre_dispatch": "all",
    }
    try:
        return joblib.Parallel(**settings, return_as="generator_unordered")
    except ValueError:
        return joblib.Parallel(**settings)
