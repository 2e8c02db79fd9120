"""The kinds of workers: joblib's, on the backend that is active, or those of a user's pool.

Another kind needs a choice in `choose`, and in `Background` a map that passes on the results of
tasks, and a way to end workers that do not end by themselves.
"""

from __future__ import annotations

import contextlib
import sys
import threading
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import CancelledError, Future
from typing import Any, NamedTuple, TypeVar

import joblib
from joblib.parallel import get_active_backend

from .answer_stream import here

R = TypeVar("R")

_PATIENCE = 0.5  # seconds that processes have to end their evaluation before they are killed


class Workers(NamedTuple):
    """Number of workers, and whether they share the caller's memory (threads) or not.

    `pool` has the workers, if it is not None, else joblib.
    """

    number: int
    share_memory: bool = True
    pool: Any = None


SERIAL = Workers(1)


def choose(n_jobs: int | None, pool: Any = None) -> Workers:
    """Return the workers given by `n_jobs`, by joblib's configuration, or by a pool."""
    if _is_in_dask_worker() or (n_jobs is None and here.busy):
        return SERIAL
    if pool is not None:
        return Workers(2 if n_jobs is None else joblib.effective_n_jobs(n_jobs), False, pool)
    preferred, _ = get_active_backend(prefer="threads")
    number = joblib.effective_n_jobs(n_jobs)
    if n_jobs is not None and n_jobs > 0:
        number = min(number, n_jobs)  # a cluster reports its size, whatever is requested
    return Workers(number, bool(getattr(preferred, "supports_sharedmem", False)))


def _is_in_dask_worker() -> bool:
    """Return whether this thread executes a task of Dask, whose workers have all cores in use."""
    distributed = sys.modules.get("distributed")
    with contextlib.suppress(AttributeError, ValueError):
        return distributed is not None and distributed.get_worker() is not None
    return False


@contextlib.contextmanager
def at_work() -> Iterator[None]:
    """Count joblib's calls in the caller as nested, as long as it has workers.

    This is necessary because joblib's backends cannot serve two calls at once.
    """
    before = here.busy
    backend, inner_jobs = get_active_backend()[0].get_nested_backend()
    with joblib.parallel_config(backend=backend, n_jobs=inner_jobs):
        here.busy = True
        try:
            yield
        finally:
            here.busy = before


@contextlib.contextmanager
def all_at_once(workers: Workers) -> Iterator[Callable[[list[Callable[[], Any]]], list[Any]]]:
    """Yield a function that performs tasks, one on each worker, and returns their results."""
    if workers.pool is not None:
        yield lambda tasks: list(workers.pool.map(_perform, tasks))
        return
    parallel = joblib.Parallel(n_jobs=workers.number, prefer="threads", batch_size=1)
    with parallel, at_work():
        yield lambda tasks: parallel(map(joblib.delayed(_perform), tasks))


def as_they_end(
    tasks: Iterable[Callable[[], R]],
    n_jobs: int | None,
    pool: Any = None,
    prefer: str | None = None,
) -> Iterator[R]:
    """Yield the results of tasks in their order, while the others continue.

    `prefer` is for joblib if no backend is active.
    """
    if pool is not None:
        return iter(pool.map(_perform, tasks))
    parallel = joblib.Parallel(n_jobs=n_jobs, prefer=prefer, return_as="generator")
    return iter(parallel(map(joblib.delayed(_perform), tasks)))


def _perform(task: Callable[[], R]) -> R:
    try:
        return task()
    except StopIteration as error:  # it would end the results as if there were no more
        raise RuntimeError("a task raised StopIteration") from error


class Background:
    """Performs tasks while the caller continues, itself a worker if it shares the memory."""

    def __init__(self, workers: Workers) -> None:
        self._thread = threading.Thread()
        self._parallel: Any = None
        self._patience: float | None = None
        self._map = self._map_by_joblib if workers.pool is None else workers.pool.map
        if workers.pool is None:
            self._parallel = _unordered(workers.number - int(workers.share_memory))
            self._patience = None if workers.share_memory else _PATIENCE

    def start(self, tasks: Iterable[Callable[[], Any]]) -> list[Future[Any]]:
        """Begin tasks once earlier ones have ended, as joblib's backends serve one call."""
        self._join()
        items = list(enumerate(tasks))
        futures: list[Future[Any]] = [Future() for _ in items]
        self._thread = threading.Thread(
            target=self._run, args=(items, futures), name="minimizer-pool", daemon=True
        )
        self._thread.start()
        return futures

    def end(self) -> None:
        """Wait for the end; joblib's processes are killed after a while, and replaced later."""
        if not self._join(self._patience):
            with contextlib.suppress(Exception):  # the backend may have gone already
                self._parallel._abort()
            self._join()

    def _join(self, seconds: float | None = None) -> bool:
        """Wait for the end; return whether it was reached."""
        if self._thread.is_alive():
            self._thread.join(seconds)
        return not self._thread.is_alive()

    def _run(self, items: list[Any], futures: list[Future[Any]]) -> None:
        error: BaseException = CancelledError()
        try:
            for number, result in self._map(_numbered, items):
                futures[number].set_result(result)
        except BaseException as raised:
            error = raised
        for future in futures:
            if not future.done():
                future.set_exception(error)

    def _map_by_joblib(self, function: Callable[[Any], Any], items: list[Any]) -> Any:
        return self._parallel(map(joblib.delayed(function), items))


def _numbered(item: tuple[int, Callable[[], Any]]) -> tuple[int, Any]:
    number, task = item
    return number, task()


def _unordered(n_jobs: int) -> Any:
    """Return a Parallel on the active backend, else on threads; it passes results on at once."""
    settings = {"n_jobs": n_jobs, "prefer": "threads", "batch_size": 1, "pre_dispatch": "all"}
    try:
        return joblib.Parallel(**settings, return_as="generator_unordered")
    except ValueError:  # the backend cannot
        return joblib.Parallel(**settings)
