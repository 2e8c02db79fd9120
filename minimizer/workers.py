"""How many workers evaluate, of which kind, and from when on."""

from __future__ import annotations

import multiprocessing
import sys
import time
from collections.abc import Callable
from typing import Any, NamedTuple

import joblib
from joblib.parallel import get_active_backend

from .answers import here
from .limits import Array

SLOW = 1e-3  # seconds: a run of some hundred such evaluations repays the start of a thread
_MEASURED = 5  # evaluations; the first ones often pay for imports and caches


class Workers(NamedTuple):
    """How many, and whether they share the caller's memory (threads) or not (processes)."""

    number: int
    share_memory: bool = True


SERIAL = Workers(1)
IF_SLOW = Workers(0)  # to be decided by the time that an evaluation takes


def choose(n_jobs: int | None) -> Workers:
    """Return the workers that are asked for, by `n_jobs` or by an active joblib configuration."""
    if is_in_dask_worker() or (n_jobs is None and here.busy):
        return SERIAL
    backend, configured = get_active_backend()
    preferred, _ = get_active_backend(prefer="threads")
    if n_jobs is None and configured is None and type(preferred) is not type(backend):
        return if_slow()
    number = joblib.effective_n_jobs(n_jobs)
    if n_jobs is not None and n_jobs > 0:
        number = min(number, n_jobs)  # a cluster tells its size, whatever is asked for
    return Workers(number, bool(getattr(preferred, "supports_sharedmem", False)))


def if_slow() -> Workers:
    """Leave it to the time of an evaluation, where there are cores to gain."""
    alone = multiprocessing.parent_process() is None and joblib.cpu_count() > 1
    return IF_SLOW if alone else SERIAL


def is_in_dask_worker() -> bool:
    """Tell whether this thread executes a task of Dask, whose workers have all cores in use."""
    distributed = sys.modules.get("distributed")
    if distributed is None:
        return False
    try:
        distributed.get_worker()
    except (AttributeError, ValueError):
        return False
    return True


class Stopwatch:
    """The function itself, timed for its first calls; then `decide` is told the least time."""

    def __init__(self, fun: Callable[[Array], Any], decide: Callable[[float], None]) -> None:
        self._fun, self._decide = fun, decide
        self._calls = 0
        self._least = float("inf")

    def __call__(self, point: Array) -> Any:
        """Call the function."""
        if self._calls >= _MEASURED:
            return self._fun(point)
        begin = time.perf_counter()
        value = self._fun(point)
        self._least = min(self._least, time.perf_counter() - begin)
        self._calls += 1
        if self._calls == _MEASURED:
            self._decide(self._least)
        return value
