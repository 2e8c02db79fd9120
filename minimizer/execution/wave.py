"""Some runs made at the same time, by one call of joblib in a thread of its own."""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Callable
from typing import Any

import joblib


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
