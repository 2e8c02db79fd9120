"""The code in a worker: one run, whose answers are sent and returned."""

from __future__ import annotations

import contextlib
import multiprocessing
import os
import pickle
import platform
import shutil
import threading
import time
import traceback
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from .answer_file import STOP, Answer, Writer, packer
from .answer_stream import RunLog, make_run
from .call import Call
from .driver import Driver, Function
from .solver import Solver

_LOOK_EVERY = 0.1  # seconds


@dataclass(frozen=True)
class Task:
    """A run to make, or to resume after the answers that are known."""

    make: Callable[[], Solver]
    fun: Function
    n: int
    extra: int
    call_id: str
    seconds: float | None
    path: str | None
    host: str
    caller: int  # process
    known: list[Answer]  # in a thread of the caller its own list, which grows
    threads_call: Call | None  # there only

    def __call__(self) -> RunLog:
        """Make the run."""
        if self.threads_call is not None:
            return RunLog(self.known, self._evaluate(self.threads_call))
        call = Call(deadline=None if self.seconds is None else time.monotonic() + self.seconds)
        folder = None if self.path is None else Path(self.path).parent
        is_here = self.host == platform.node()
        _guard(self.caller, is_here, folder)
        with (
            contextlib.closing(Writer(self.path, packer(self.extra), self.known)) as writer,
            _watched(call, folder, is_here),
        ):
            error = self._evaluate(call, writer)
        if error is None:
            return RunLog(self.known)
        where = "".join(traceback.format_exception(error))
        return RunLog(self.known, sendable(error, self.fun), where)

    def _evaluate(self, call: Call, writer: Writer | None = None) -> BaseException | None:
        """Append the function's answers to those known; return the exception it raised."""

        def keep(answer: Answer) -> None:
            if writer is not None:
                writer.write(len(self.known), answer)
            self.known.append(answer)

        try:
            driver = Driver(self.make(), call, 0)
            make_run(driver, self.fun, self.n, self.call_id, list(self.known), keep)
        except BaseException as raised:
            return raised
        return None


class _Guard(threading.Thread):
    """Ends a worker process whose caller was killed.

    One per process; it remains, as idle workers would otherwise wait for minutes.
    """

    caller = 0
    folder: Path | None = None

    def run(self) -> None:
        while os.getppid() == self.caller:
            time.sleep(_LOOK_EVERY)
        if self.folder is not None:
            shutil.rmtree(self.folder, ignore_errors=True)
        os._exit(1)


def _guard(caller: int, is_here: bool, folder: Path | None) -> None:
    """Ensure that this process does not outlive the caller, if it is its child."""
    if os.getppid() != caller:  # the worker of a cluster, or the caller was killed before now
        if is_here and _is_orphan(caller):
            os._exit(1)
        return
    guard = next((t for t in threading.enumerate() if isinstance(t, _Guard)), None)
    if guard is None:
        guard = _Guard(name="minimizer-guard", daemon=True)
        guard.caller = caller
        guard.start()
    guard.folder = folder


def _is_orphan(caller: int) -> bool:
    """Return whether this is one of joblib's own processes whose caller has died."""
    if os.name == "posix" and multiprocessing.current_process().name.startswith("Loky"):
        try:
            os.kill(caller, 0)
        except OSError as error:
            return isinstance(error, ProcessLookupError)
    return False


@contextlib.contextmanager
def _watched(call: Call, folder: Path | None, is_here: bool) -> Iterator[None]:
    """Abort a call when the caller wants it to end, or did so before it began."""
    over, is_sent = threading.Event(), folder is not None and folder.exists()
    if folder is not None and is_here and not is_sent:
        call.abort()

    def look(folder: Path) -> None:
        while not over.wait(_LOOK_EVERY) and not call.aborted:
            if (folder / STOP).exists() or not folder.exists():
                call.abort()

    watch = threading.Thread(target=look, args=(folder,), daemon=True)
    if is_sent:
        watch.start()
    try:
        yield
    finally:
        over.set()
        if is_sent:
            watch.join()


def sendable(error: BaseException, fun: Function) -> BaseException:
    """Return an exception that can be sent to the caller, as similar as possible."""
    try:
        pickle.loads(pickle.dumps(error))
    except Exception:
        words = f"{fun!r} raised {type(error).__name__}: {error} (which itself cannot be pickled)"
        return RuntimeError(words)
    return error
