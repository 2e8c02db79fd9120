"""What runs in a worker process: one run, whose answers are sent and returned."""

from __future__ import annotations

import multiprocessing
import os
import pickle
import platform
import shutil
import threading
import time
import traceback
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

from .answer_file import STOP, Answer, Writer, packer
from .answer_stream import answers
from .call import Call
from .driver import Driver, Function

_LOOK_EVERY = 0.1  # seconds


class Task(NamedTuple):
    """A run to make, or to take up after the answers that are known."""

    make: Callable[[Any, int], Any]
    spec: Any
    number: int
    fun: Function
    n: int
    extra: int
    call_id: str
    seconds: float | None
    path: str | None
    host: str
    caller: int  # process
    known: list[Answer]
    threads_call: Call | None  # in a thread of the caller


class RunLog(NamedTuple):
    """All answers of a run, what the function raised after them, and where."""

    number: int
    answers: list[Answer]
    error: BaseException | None
    traceback: str


class WorkerTraceback(Exception):  # noqa: N818
    """The cause of an exception that comes from a worker process: where it was raised there."""

    def __str__(self) -> str:
        return f"\n{self.args[0]}"


def work(task: Task) -> RunLog:
    """Make a run in a worker; in a thread its answers are the caller's as they come."""
    if task.threads_call is not None:
        return RunLog(task.number, task.known, _evaluate(task, task.threads_call, task.known), "")
    known = list(task.known)
    deadline = None if task.seconds is None else time.monotonic() + task.seconds
    call = Call(deadline=deadline)
    writer = Writer(task.path, packer(task.extra), known)
    folder = None if task.path is None else Path(task.path).parent
    guard(task, folder)
    watch = None
    if folder is not None and folder.exists():
        watch = Watch(call, folder)
    elif folder is not None and task.host == platform.node():
        call.abort()  # this task has waited until its call was over
    try:
        error = _evaluate(task, call, known, writer)
    finally:
        if watch is not None:
            watch.end()
        writer.close()
    if error is None:
        return RunLog(task.number, known, None, "")
    return RunLog(task.number, known, sendable(error, task.fun), traceback_of(error))


def _evaluate(
    task: Task, call: Call, known: list[Answer], writer: Writer | None = None
) -> BaseException | None:
    """Append what the function answers to what is known; return what it raised."""
    try:
        driver = Driver(task.make(task.spec, task.number), call, task.number)
        for answer in answers(driver, task.fun, task.n, task.call_id, list(known)):
            if writer is not None:
                writer.write(len(known), answer)
            known.append(answer)
    except BaseException as raised:
        return raised
    return None


class Watch:
    """Looks whether the caller wants the run to end, as long as it goes on."""

    def __init__(self, call: Call, folder: Path) -> None:
        self._call, self._folder = call, folder
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._look, daemon=True)
        self._thread.start()

    def end(self) -> None:
        """Look no more."""
        self._over.set()
        self._thread.join()

    def _look(self) -> None:
        while not self._over.wait(_LOOK_EVERY):
            if (self._folder / STOP).exists() or not self._folder.exists():
                self._call.abort()
                return


class Guard(threading.Thread):
    """Ends a worker process whose caller was killed: nobody waits for it any more.

    One for each process; it stays, for idle workers would wait on for minutes.
    """

    def __init__(self, caller: int) -> None:
        super().__init__(name="minimizer-guard", daemon=True)
        self._caller = caller
        self.folder: Path | None = None

    def run(self) -> None:
        """Look for the caller from time to time."""
        while os.getppid() == self._caller:
            time.sleep(_LOOK_EVERY)
        if self.folder is not None:
            shutil.rmtree(self.folder, ignore_errors=True)
        os._exit(1)


def guard(task: Task, folder: Path | None) -> None:
    """See to it that this process does not outlive the caller, if it is a child of it."""
    caller = task.caller
    if os.getppid() != caller:  # the worker of a cluster, or the caller was killed before now
        if task.host == platform.node() and is_orphan(caller):
            os._exit(1)
        return
    found = [thread for thread in threading.enumerate() if isinstance(thread, Guard)]
    if not found:
        found = [Guard(caller)]
        found[0].start()
    found[0].folder = folder


def is_orphan(caller: int) -> bool:
    """Tell whether this is one of joblib's own processes whose caller is no more."""
    if os.name != "posix" or not multiprocessing.current_process().name.startswith("Loky"):
        return False
    try:
        os.kill(caller, 0)
    except ProcessLookupError:
        return True
    except PermissionError:
        return False
    return False


def sendable(error: BaseException, fun: Callable[..., Any]) -> BaseException:
    """Return an exception that can be sent to the caller, as like the given one as possible."""
    try:
        pickle.loads(pickle.dumps(error))
    except Exception:
        return RuntimeError(
            f"{fun!r} raised {type(error).__name__}: {error} (which itself cannot be pickled)"
        )
    return error


def traceback_of(error: BaseException) -> str:
    """Return where an exception was raised, in words."""
    return "".join(traceback.format_exception(type(error), error, error.__traceback__))
