"""Solving many problems chunk by chunk, on many workers."""

from __future__ import annotations

import math
import time
import warnings
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import FIRST_COMPLETED, ThreadPoolExecutor, wait
from dataclasses import dataclass
from typing import Any

import joblib
import numpy as np

from ..common.arrays import Array
from ..common.status import Status
from ..minimizer import Minimizer
from .results import ManyResults

CHUNKS_EACH = 32  # that a worker should get
LARGEST = 4096  # problems in a chunk in compiled code
LARGEST_IN_PYTHON = 256
LISTEN_EVERY = 0.2  # seconds, for Ctrl-C where waiting is deaf to it

Solve = Callable[[slice, ManyResults, Any], None]


@dataclass(frozen=True)
class Problems:
    """Settings, arguments (P, …), starts (P, n) and sizes (P, n) of many problems."""

    m: Minimizer
    args: tuple[Array, ...]
    x0: Array
    sizes: Array | None
    deadline: float | None = None  # by `time.time`, which other processes have too

    def arguments(self, where: slice) -> tuple[Array, ...]:
        """Return the arguments of some of the problems in arrays that numba has one type for."""
        parts = (arg[where] for arg in self.args)
        arrays = (np.ascontiguousarray(part, part.dtype.newbyteorder("=")) for part in parts)
        return tuple(array if array.flags.writeable else array.copy() for array in arrays)

    def part(self, where: slice) -> Problems:
        """Return some of the problems."""
        sizes = None if self.sizes is None else self.sizes[where]
        args = tuple(arg[where] for arg in self.args)
        return Problems(self.m, args, self.x0[where], sizes, self.deadline)

    @property
    def seconds_left(self) -> float:
        """Time left for all of them."""
        return math.inf if self.deadline is None else self.deadline - time.time()


def solve_in_chunks(problems: Problems, solve: Solve | None, out: ManyResults, bar: Any) -> None:
    """Solve all problems; after Ctrl-C, keep what is done.

    Compiled code, `solve`, writes to `out` from threads; Python's workers send their results, so
    that they may be other processes or computers.
    """
    workers = n_workers(problems.m, compiled=solve is not None)
    most = LARGEST_IN_PYTHON if solve is None else LARGEST
    parts = slices(len(problems.x0), workers, most)
    try:
        if solve is None:
            work = (joblib.delayed(solved)(problems.part(part), part) for part in parts)
            for part, results in joblib.Parallel(n_jobs=workers, return_as="generator")(work):
                out.put(part, results)
                advance(bar, part)
        else:
            solve_in_threads(problems, solve, out, workers, parts, bar)
    except KeyboardInterrupt:
        undone = int((out.status == Status.ABORTED).sum())
        warnings.warn(
            f"interrupted: {undone} of {len(out)} problems are not done; their status is ABORTED",
            RuntimeWarning,
            stacklevel=3,
        )
    if problems.seconds_left <= 0.0:
        out.status[out.status == Status.ABORTED] = Status.MAX_SECONDS_EXCEEDED  # not reached


def solve_in_threads(
    problems: Problems,
    solve: Solve,
    out: ManyResults,
    workers: int,
    parts: Iterable[slice],
    bar: Any,
) -> None:
    """Solve chunks in compiled code; the main thread minds the time, and hears Ctrl-C."""
    flag = np.zeros(1, np.int64)
    with ThreadPoolExecutor(workers) as threads:
        left = {threads.submit(solve_part, solve, out, flag, part) for part in parts}
        try:
            while left:
                if problems.seconds_left <= 0.0:
                    flag[0] = Status.MAX_SECONDS_EXCEEDED
                patience = max(0.0, min(LISTEN_EVERY, problems.seconds_left))
                done, left = wait(left, patience or LISTEN_EVERY, FIRST_COMPLETED)
                for task in done:
                    advance(bar, task.result())
        except BaseException:
            flag[0] = Status.ABORTED
            threads.shutdown(cancel_futures=True)
            raise


def advance(bar: Any, part: slice) -> None:
    """Let the progress bar know."""
    if bar is not None:
        bar.update(part.stop - part.start)


def n_workers(m: Minimizer, compiled: bool) -> int:
    """Return how many workers to use."""
    workers = int(joblib.effective_n_jobs(m.n_jobs))
    if compiled and m.fun.targetoptions.get("parallel"):  # type: ignore[union-attr]
        return 1  # numba's own threads must not be begun from several
    if compiled and m.n_jobs is None and workers == 1:
        return int(joblib.cpu_count())
    return workers


def slices(total: int, workers: int, most: int) -> Iterator[slice]:
    """Cut the problems into chunks."""
    size = min(most, max(1, total // (workers * CHUNKS_EACH)))
    for start in range(0, total, size):
        yield slice(start, min(start + size, total))


def solve_part(solve: Solve, out: ManyResults, flag: Any, part: slice) -> slice:
    """Solve a chunk in compiled code."""
    solve(part, out, flag)
    return part


def solved(problems: Problems, part: slice) -> tuple[slice, ManyResults]:
    """Solve a chunk in Python; return its place and results."""
    settings, x0, sizes = problems.m, problems.x0, problems.sizes
    results = ManyResults.empty(*x0.shape)
    for i, start in enumerate(x0):
        m = copy_of(settings, tuple(arg[i] for arg in problems.args))
        if problems.deadline is not None:
            left = problems.seconds_left
            if left <= 0.0:
                break
            m.max_seconds = left
        try:
            results.status[i] = m.minimize(start, None if sizes is None else sizes[i])
        except Exception:  # of the user's function: the other problems go on
            results.status[i] = Status.FUNCTION_FAILURE
        else:
            results.params[i], results.function_value[i] = m.params, m.function_value
        results.counts[i] = m.iterations, m.evaluations
    return part, results


def copy_of(m: Minimizer, args: tuple[Any, ...]) -> Minimizer:
    """Return a minimizer with the same settings and the arguments of one problem."""
    own = Minimizer.__new__(Minimizer)
    own.__dict__.update(m.__dict__)
    own.args, own.n_jobs = args, 1
    return own
