"""Solving many problems chunk by chunk, on many workers."""

from __future__ import annotations

import copy
import math
import time
import warnings
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor, wait
from dataclasses import dataclass, replace
from typing import Any

import joblib
import numpy as np

from ..common.arrays import Array
from ..common.status import Status
from ..execution.pools import as_they_end
from ..minimizer import Minimizer
from .results import ManyResults

CHUNKS_EACH = 32  # that a worker should get
LARGEST = 4096  # problems in a chunk in compiled code
LARGEST_IN_PYTHON = 256
LISTEN_EVERY = 0.05  # seconds between checks of the clock, and of Ctrl-C if waiting ignores it

Solve = Callable[[slice, ManyResults, Any], None]


@dataclass(frozen=True)
class Problems:
    """Settings, arguments (P, …), starts (P, n) and sizes (P, n) of many problems."""

    m: Minimizer
    args: tuple[Array, ...]
    x0: Array
    sizes: Array | None
    deadline: float = math.inf  # by `time.time`, which other processes have too

    @property
    def seconds_left(self) -> float:
        """Remaining time for all problems."""
        return self.deadline - time.time()

    def part(self, where: slice) -> Problems:
        """Return some of the problems."""
        sizes = None if self.sizes is None else self.sizes[where]
        args = tuple(arg[where] for arg in self.args)
        return replace(self, args=args, x0=self.x0[where], sizes=sizes)

    def solved(self) -> ManyResults:
        """Solve them in Python."""
        results = ManyResults.empty(*self.x0.shape)
        for i, start in enumerate(self.x0):
            m = copy.copy(self.m)
            m.args = tuple(arg[i] for arg in self.args)
            if self.deadline < math.inf:
                left = self.seconds_left
                if left <= 0.0:
                    break
                m.max_seconds = left
            try:
                results.status[i] = m.minimize(start, None if self.sizes is None else self.sizes[i])
            except Exception:  # of the user's function: the other problems continue
                results.status[i] = Status.FUNCTION_FAILURE
            else:
                results.params[i], results.function_value[i] = m.params, m.function_value
            results.counts[i] = m.iterations, m.evaluations
        return results


def solve_in_chunks(
    problems: Problems, solve: Solve | None, workers: int, pool: Any, out: ManyResults, bar: Any
) -> None:
    """Solve all problems; after Ctrl-C, keep what is done.

    Compiled code, `solve`, writes to `out` from threads; Python's workers send their results, so
    they may be other processes or computers.
    """
    most = LARGEST_IN_PYTHON if solve is None else LARGEST
    size = min(most, max(1, len(out) // (workers * CHUNKS_EACH)))
    parts = [slice(i, min(i + size, len(out))) for i in range(0, len(out), size)]

    def found() -> Iterator[ManyResults | None]:
        if solve is not None:
            return in_threads(problems, solve, workers, parts, out)
        return as_they_end((problems.part(part).solved for part in parts), workers, pool)

    try:
        for part, results in zip(parts, found(), strict=True):
            if results is not None:
                out.put(part, results)
            if bar is not None:
                bar.update(part.stop - part.start)
    except KeyboardInterrupt:
        undone = int((out.status == Status.ABORTED).sum())
        warnings.warn(
            f"interrupted: {undone} of {len(out)} problems are not done; their status is ABORTED",
            RuntimeWarning,
            stacklevel=3,
        )
    if problems.seconds_left <= 0.0:
        out.status[out.status == Status.ABORTED] = Status.MAX_SECONDS_EXCEEDED  # not reached


def in_threads(
    problems: Problems, solve: Solve, workers: int, parts: list[slice], out: ManyResults
) -> Iterator[None]:
    """Solve chunks in compiled code, which watches a flag; the caller watches time and Ctrl-C."""
    flag = np.zeros(1, np.int64)
    with ThreadPoolExecutor(workers) as threads:
        try:
            for task in [threads.submit(solve, part, out, flag) for part in parts]:
                while wait([task], LISTEN_EVERY).not_done:
                    if problems.seconds_left <= 0.0:
                        flag[0] = Status.MAX_SECONDS_EXCEEDED
                yield task.result()
        except BaseException:
            flag[0] = Status.ABORTED
            threads.shutdown(cancel_futures=True)
            raise


def n_workers(m: Minimizer, compiled: bool) -> int:
    """Return how many workers to use."""
    workers = int(joblib.effective_n_jobs(m.n_jobs))
    if compiled and m.fun.targetoptions.get("parallel"):  # type: ignore[union-attr]
        return 1  # numba's own threads must not be begun from several
    if compiled and m.n_jobs is None and workers == 1:
        return int(joblib.cpu_count())
    return workers
