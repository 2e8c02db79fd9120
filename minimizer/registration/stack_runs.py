"""The registrations of a stack: one for each frame but the first."""

from __future__ import annotations

import itertools
import sys
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import joblib
import numpy as np

from ..common.extras import require
from ..common.status import Status
from .geometry import Floats
from .images.warp import warp
from .pairwise import register
from .result import RegistrationResult

Done = Callable[[], None]


def to_frames(
    frames: list[Floats], first: bool, settings: dict[str, Any], n_jobs: int | None, done: Done
) -> list[RegistrationResult]:
    """Return the registrations of each frame to the first one, or to the one before it."""

    def one(i: int) -> RegistrationResult:
        return register_frame(i, frames[0 if first else i - 1], frames[i], settings)

    # The kernels, SciPy's transforms and its interpolation leave Python's lock to other threads.
    parallel = joblib.Parallel(n_jobs=workers(n_jobs), prefer="threads", return_as="generator")
    found = []
    for result in parallel(joblib.delayed(one)(i) for i in range(1, len(frames))):
        found.append(result)
        done()
    return found


def workers(n_jobs: int | None) -> int | None:
    """Return the number of workers: joblib's own settings decide, if there are any."""
    if n_jobs is None and joblib.effective_n_jobs(None) == 1:
        return -1
    return n_jobs


def to_mean(frames: list[Floats], settings: dict[str, Any], done: Done) -> list[RegistrationResult]:
    """Return the registrations of each frame to the mean of the aligned ones before it.

    Each starts where the last one ended, as neighbours are alike, and looks everywhere if that is
    not good enough.
    """
    total = np.where(np.isfinite(frames[0]), frames[0], 0.0)
    count = np.isfinite(frames[0]).astype(np.float64)
    found: list[RegistrationResult] = []
    for i in range(1, len(frames)):
        mean = np.where(count > 0, total / np.maximum(count, 1.0), np.nan)
        start = {} if not found or "initial" in settings else {"initial": found[-1].matrix}
        result = register_frame(i, mean, frames[i], settings | start)
        if start and "search" not in settings and not is_good(result):
            result = register_frame(i, mean, frames[i], settings)
        found.append(result)
        aligned = warp(frames[i], result.matrix, frames[0].shape)
        count += np.isfinite(aligned)
        total += np.where(np.isfinite(aligned), aligned, 0.0)
        done()
    return found


def is_good(result: RegistrationResult) -> bool:
    """Tell whether there is nothing to complain about."""
    return result.status is Status.SUCCESS and not result.ambiguous


def register_frame(
    i: int, fixed: Floats, moving: Floats, settings: dict[str, Any]
) -> RegistrationResult:
    """Return a registration without its images, or say which frame it was that failed."""
    try:
        return replace(register(fixed, moving, **settings), cost_function=None)
    except ValueError as error:
        raise ValueError(f"frame {i} cannot be registered: {error}") from error


def counter(progress: bool | str, n: int) -> Done:
    """Return what is to be called after each of `n` frames."""
    if not progress:
        return lambda: None
    if progress == "line":
        numbers = itertools.count(1)
        return lambda: _line(next(numbers), n)
    bar: Any = require("tqdm", extra="progress").tqdm(total=n, desc="register", unit=" frames")

    def done() -> None:
        bar.update()
        if bar.n >= n:
            bar.close()

    return done


def _line(i: int, n: int) -> None:
    """Rewrite the status line on standard error."""
    end = "\n" if i == n else ""
    print(f"\rregister: {i} of {n} frames", end=end, file=sys.stderr, flush=True)
