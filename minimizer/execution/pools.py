"""Tasks for many workers: joblib's, on the backend that is active, or those of a user's pool."""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Callable, Iterable, Iterator
from functools import partial
from typing import Any, TypeVar

import joblib

R = TypeVar("R")
Task = Callable[[], R]


def as_they_end(
    tasks: Iterable[Task[R]], n_jobs: int | None = None, pool: Any = None, prefer: str | None = None
) -> Iterator[R]:
    """Yield the results of tasks in their order, while the others go on.

    Parameters
    ----------
    tasks : iterable of callables without arguments
    n_jobs : int or None
    pool : object with a method ``map``, or None
        Such as those of ``multiprocessing``, ``concurrent.futures``, ``schwimmbad`` or MPI.
    prefer : {None, "threads", "processes"}
        For joblib, where no backend is active.
    """
    if pool is not None:
        return iter(pool.map(_perform, tasks))
    parallel = joblib.Parallel(n_jobs=n_jobs, prefer=prefer, return_as="generator")
    return iter(parallel(map(joblib.delayed(_perform), tasks)))


def _perform(task: Task[R]) -> R:
    return task()


class Background:
    """Performs tasks while the caller goes on, and keeps their results as they come.

    Parameters
    ----------
    n_jobs : int
    pool : object with a method ``map``, or None

    Attributes
    ----------
    results : dict
        By the keys of the tasks.
    error : BaseException or None
        What joblib or the pool raised.
    is_over : bool
    """

    def __init__(self, n_jobs: int, pool: Any = None) -> None:
        self.results: dict[int, Any] = {}
        self.error: BaseException | None = None
        self.is_over = True
        self._thread: threading.Thread | None = None
        self._parallel: Any = None
        if pool is None:
            self._parallel = _unordered(n_jobs)
            self._map = lambda tasks: self._parallel(map(joblib.delayed(_perform), tasks))
        else:
            self._map = partial(pool.map, _perform)

    def start(self, tasks: dict[int, Task[Any]]) -> None:
        """Begin tasks; those before must have ended, for joblib's backends serve one call."""
        self.results, self.error, self.is_over = {}, None, False
        keyed = [partial(_keyed, key, task) for key, task in tasks.items()]
        self._thread = threading.Thread(
            target=self._run, args=(keyed,), name="minimizer-pool", daemon=True
        )
        self._thread.start()

    def join(self, seconds: float | None = None) -> bool:
        """Wait for the end; return whether it has come."""
        if self._thread is not None:
            self._thread.join(seconds)
        return self._thread is None or not self._thread.is_alive()

    def kill(self) -> None:
        """End what does not end by itself: joblib kills its processes, and has new ones next."""
        with contextlib.suppress(Exception):  # the backend may have gone already
            self._parallel._abort()
        self.join()

    def _run(self, tasks: list[Task[tuple[int, Any]]]) -> None:
        try:
            for key, result in self._map(tasks):
                self.results[key] = result
        except BaseException as error:
            self.error = error
        finally:
            self.is_over = True


def _keyed(key: int, task: Task[R]) -> tuple[int, R]:
    return key, task()


def _unordered(n_jobs: int) -> Any:
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
