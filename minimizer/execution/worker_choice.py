"""How many workers evaluate, and of which kind."""

from __future__ import annotations

import sys
from typing import Any, NamedTuple

import joblib
from joblib.parallel import get_active_backend

from .answer_stream import here


class Workers(NamedTuple):
    """How many, and whether they share the caller's memory (threads) or not (processes).

    `pool` has the workers, if it is not None, else joblib.
    """

    number: int
    share_memory: bool = True
    pool: Any = None


SERIAL = Workers(1)


def choose(n_jobs: int | None, pool: Any = None) -> Workers:
    """Return the workers that are asked for: by `n_jobs`, by joblib's configuration, or a pool."""
    if is_in_dask_worker() or (n_jobs is None and here.busy):
        return SERIAL
    if pool is not None:
        return Workers(2 if n_jobs is None else joblib.effective_n_jobs(n_jobs), False, pool)
    preferred, _ = get_active_backend(prefer="threads")
    number = joblib.effective_n_jobs(n_jobs)
    if n_jobs is not None and n_jobs > 0:
        number = min(number, n_jobs)  # a cluster tells its size, whatever is asked for
    return Workers(number, bool(getattr(preferred, "supports_sharedmem", False)))


def is_in_dask_worker() -> bool:
    """Return whether this thread executes a task of Dask, whose workers have all cores in use."""
    distributed = sys.modules.get("distributed")
    if distributed is None:
        return False
    try:
        distributed.get_worker()
    except (AttributeError, ValueError):
        return False
    return True
