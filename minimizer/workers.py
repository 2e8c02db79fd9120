"""How many workers evaluate, of which kind, and from when on."""

from __future__ import annotations

import math
import multiprocessing
import sys
import time
from collections.abc import Callable
from typing import Any, NamedTuple

import joblib
from joblib.parallel import get_active_backend

from .answers import here
from .limits import Array
from .objective import Driver

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
        return IF_SLOW
    number = joblib.effective_n_jobs(n_jobs)
    if n_jobs is not None and n_jobs > 0:
        number = min(number, n_jobs)  # a cluster tells its size, whatever is asked for
    return Workers(number, bool(getattr(preferred, "supports_sharedmem", False)))


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


def decide(seconds: float) -> Workers:
    """Return the workers that suit the time of an evaluation."""
    slow = SLOW <= seconds < math.inf
    if not slow or joblib.cpu_count() == 1 or multiprocessing.parent_process() is not None:
        return SERIAL
    return Workers(2)


def begin_timed(driver: Driver, fun: Callable[[Array], Any]) -> float:
    """Make the first evaluations of a run; return the shortest time that one took."""
    least = math.inf
    for _ in range(_MEASURED):
        point = driver.ask()
        if point is None:
            break
        begin = time.perf_counter()
        try:
            value = fun(point)
            least = min(least, time.perf_counter() - begin)
            driver.tell(value)
        except BaseException:
            driver.failed()
            raise
    return least
