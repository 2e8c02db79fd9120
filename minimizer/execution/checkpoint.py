"""Writing a call down by itself, now and then, so that a kill costs no more than that.

A thread does it, since the caller may be in the function for hours while workers go on. What it
writes is a prefix of the answers of each run, of which every one will do. A file that cannot be
written costs the file and not the call: it is warned of once, and tried again the next time.
"""

from __future__ import annotations

import contextlib
import threading
import warnings
import weakref
from collections.abc import Callable
from pathlib import Path
from typing import Any

from . import checkpoint_file


class Checkpoint:
    """The file of one call; `data` returns what is to be in it, from any thread."""

    def __init__(self, path: Path, seconds: float, data: Callable[[], dict[str, Any]]) -> None:
        self.path, self._data = path, data
        self._has_failed = False
        self._one_at_a_time, over = threading.Lock(), threading.Event()
        self._over = weakref.finalize(self, over.set)  # or when nobody knows this any more
        self._thread = threading.Thread(
            target=_keep_saving,
            args=(weakref.ref(self), over, seconds),
            name="minimizer-checkpoint",
            daemon=True,
        )

    def begin(self) -> None:
        """Write the file, so that it is known whether it can be, and go on writing it."""
        self.save(stacklevel=6)
        self._thread.start()

    def save(self, stacklevel: int = 1) -> None:
        """Write the file; warn if it cannot be, the first time."""
        try:
            with self._one_at_a_time:
                checkpoint_file.write(self.path, self._data())
        except OSError as error:
            if not self._has_failed:
                self._has_failed = True
                warnings.warn(
                    f"checkpoint {str(self.path)!r} cannot be written ({error}); the call goes on "
                    "without, and it is tried again",
                    RuntimeWarning,
                    stacklevel=stacklevel,
                )

    def save_last(self) -> None:
        """Write the file a last time, for a call that may be gone on with."""
        self._stop()
        with contextlib.suppress(RuntimeWarning):  # where warnings are errors
            self.save()

    def end(self, keep: bool) -> None:
        """Stop writing; remove the file unless the call is to be gone on with."""
        self._stop()
        if not keep:
            checkpoint_file.remove(self.path)

    def _stop(self) -> None:
        self._over()
        if self._thread.is_alive():
            self._thread.join()


def _keep_saving(
    checkpoint: weakref.ref[Checkpoint], over: threading.Event, seconds: float
) -> None:
    while not over.wait(min(seconds, threading.TIMEOUT_MAX)):
        there = checkpoint()
        if there is None:
            return
        with contextlib.suppress(RuntimeWarning):  # where warnings are errors
            there.save()
        del there


def refuse_existing(path: Path) -> None:
    """Raise an error if a file lies there, of a call that has not ended or of something else."""
    if not path.exists():
        return
    checkpoint_file.read(path)
    raise FileExistsError(
        f"checkpoint {str(path)!r} is there already, of a call that has not ended; go on with it "
        f"by Minimizer.load({str(path)!r}, fun).resume(), or delete it"
    )
