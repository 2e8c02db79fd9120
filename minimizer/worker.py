"""What runs in a worker process: one run, whose answers are sent and returned."""

from __future__ import annotations

import os
import pickle
import shutil
import threading
import time
import traceback
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

from .answers import Answer, answers
from .call import Call
from .channel import STOP, Writer, packer
from .limits import Array
from .objective import Driver, RunSpec
from .problem import Problem

_LOOK_EVERY = 0.1  # seconds


class Task(NamedTuple):
    """A run to make, or to take up after the answers that are known."""

    problem: Problem
    spec: RunSpec
    number: int
    fun: Callable[[Array], Any]
    call_id: str
    seconds: float | None
    path: str | None
    caller: int  # process
    known: list[Answer]


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
    """Make a run in a worker process."""
    known, error, where = list(task.known), None, ""
    deadline = None if task.seconds is None else time.monotonic() + task.seconds
    call = Call(deadline=deadline)
    writer = Writer(task.path, packer(task.problem.extra), known)
    watch = Watch(call, task)
    try:
        driver = Driver(task.problem, task.spec, call, task.number)
        new = answers(driver, task.fun, task.problem.n, task.call_id, list(known))
        for number, answer in enumerate(new, len(known)):
            writer.write(number, answer)
            known.append(answer)
    except BaseException as raised:
        error, where = sendable(raised, task.fun), traceback_of(raised)
    finally:
        watch.end()
        writer.close()
    return RunLog(task.number, known, error, where)


class Watch:
    """Looks whether the caller wants the run to end, or is there no more."""

    def __init__(self, call: Call, task: Task) -> None:
        self._call = call
        self._folder = None if task.path is None else Path(task.path).parent
        if self._folder is not None and not self._folder.exists():
            self._folder = None  # another machine
        self._is_child = os.getppid() == task.caller
        self._caller = task.caller
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._look, daemon=True)
        self._thread.start()

    def end(self) -> None:
        """Look no more."""
        self._over.set()
        self._thread.join()

    def _look(self) -> None:
        while not self._over.wait(_LOOK_EVERY):
            if self._is_child and os.getppid() != self._caller:
                if self._folder is not None:
                    shutil.rmtree(self._folder, ignore_errors=True)
                os._exit(1)  # nobody waits for the result
            if self._folder is not None and (
                (self._folder / STOP).exists() or not self._folder.exists()
            ):
                self._call.abort()
                return


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
