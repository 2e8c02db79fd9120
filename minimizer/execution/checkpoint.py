"""Saving a call at intervals, so that a kill costs no more than one of them.

A thread does it, since the caller may be in the function for hours while workers continue. It
writes a prefix of the answers of each run; any prefix is valid. If the file cannot be written, the
call continues: there is one warning, and another attempt after the next interval.
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
    """The file of one call; `data` returns its contents, from any thread."""

    def __init__(self, path: Path, seconds: float, data: Callable[[], dict[str, Any]]) -> None:
        self.path, self._data = path, data
        self._has_failed = False
        self._one_at_a_time, over = threading.Lock(), threading.Event()
        self._over = weakref.finalize(self, over.set)  # or when this object is no longer referenced
        self._thread = threading.Thread(
            target=_keep_saving,
            args=(weakref.ref(self), over, seconds),
            name="minimizer-checkpoint",
            daemon=True,
        )

    def begin(self) -> None:
        """Write the file, to see at once whether that is possible, and again at intervals."""
        self.save(stacklevel=6)
        self._thread.start()

    def save(self, stacklevel: int = 1) -> None:
        """Write the file; warn at the first failure."""
        try:
            with self._one_at_a_time:
                checkpoint_file.write(self.path, self._data())
        except OSError as error:
            if not self._has_failed:
                self._has_failed = True
                warnings.warn(
                    f"checkpoint {str(self.path)!r} cannot be written ({error}); the call goes on "
                    "without it, and tries again",
                    RuntimeWarning,
                    stacklevel=stacklevel,
                )

    def save_last(self) -> None:
        """Write the file a last time, for a call that may be continued."""
        self._stop()
        with contextlib.suppress(RuntimeWarning):  # where warnings are errors
            self.save()

    def end(self, keep: bool) -> None:
        """Stop writing; remove the file unless the call may be continued."""
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
    """Raise an error if the file exists, whether it is a checkpoint or anything else."""
    if not path.exists():
        return
    checkpoint_file.read(path)
    raise FileExistsError(
        f"checkpoint {str(path)!r} exists, from a call that has not ended; continue it "
        f"by Minimizer.load({str(path)!r}, fun).resume(), or delete it"
    )
