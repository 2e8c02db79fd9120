"""Evaluation by the caller, or by workers with copies of the model; results come in order.

The result of a task depends on its data only, and is therefore the same for any number of workers,
in threads or processes.
"""

from __future__ import annotations

import contextlib
import math
import pickle
import secrets
import threading
from collections.abc import Callable, Iterator, Sequence
from typing import Any

import joblib
import numpy as np

from ..common.arrays import Array
from ..execution.pools import SERIAL, Workers, at_work, choose
from .block_step import Memory, Step
from .measured import Measured
from .restricted import fixed
from .tiles import Task, run_tile
from .windows import Window

_copies = threading.local()  # of the model, one in each thread or process that works


class Crew:
    """The workers of one call."""

    def __init__(self, measured: Measured, workers: Workers = SERIAL, parallel: Any = None) -> None:
        self._measured, self._workers, self._parallel = measured, workers, parallel
        self._place: Array = np.zeros(0)
        if parallel is not None:
            self._token = secrets.token_hex(8)
            self._packed = _packed(measured)

    def relocate(self, params: Array) -> None:
        """Relocate the components of the model, and later those of all copies."""
        self._place = params.copy()
        self._measured.relocate(params)

    def on_chunks(
        self, function: Callable[..., Any], chunks: list[Window], params: Array, *args: Any
    ) -> Iterator[Any]:
        """Yield ``function(measured, params, *args, chunk)`` of each chunk."""
        if self._parallel is None or len(chunks) == 1:
            yield from (function(self._measured, params, *args, chunk) for chunk in chunks)
            return
        yield from self._gathered(_on_chunks, chunks, function, params, args)

    def run_tiles(self, params: Array, tasks: list[Task]) -> Iterator[tuple[Step, Memory]]:
        """Yield the steps of tiles that do not overlap, with their memories."""
        if self._parallel is None or len(tasks) == 1:
            yield from _steps(self._measured, tasks, params)
            return
        yield from self._gathered(_run_tiles, tasks, params)

    def _gathered(self, function: Callable[..., Any], items: Sequence[Any], *args: Any) -> Any:
        """Distribute items among the workers, and yield their results in order."""
        each = math.ceil(len(items) / self._workers.number)
        shares = [items[i : i + each] for i in range(0, len(items), each)]
        work = joblib.delayed(_at_worker)
        known = self._token, self._place, function
        packed = self._packed if self._workers.share_memory else None
        answers = self._parallel(work(packed, *known, share, *args) for share in shares)
        lacking = [i for i, answer in enumerate(answers) if answer is None]
        again = self._parallel(work(self._packed, *known, shares[i], *args) for i in lacking)
        for i, answer in zip(lacking, again, strict=True):
            answers[i] = answer
        for results, calls, count in answers:
            self._measured.calls += calls
            self._measured.count += count
            yield from results


@contextlib.contextmanager
def crew_of(measured: Measured, n_jobs: int | None) -> Iterator[Crew]:
    """Yield workers; nothing goes through temporary files."""
    workers = choose(n_jobs)
    if workers.number == 1:
        yield Crew(measured)
        return
    settings = {"prefer": "threads", "batch_size": 1, "max_nbytes": None}
    with joblib.Parallel(n_jobs=workers.number, **settings) as parallel:
        crew = Crew(measured, workers, parallel)
        with at_work():
            yield crew


def _packed(measured: Measured) -> bytes:
    """Return the model as bytes."""
    try:
        return pickle.dumps(measured, protocol=5)
    except Exception as error:
        raise TypeError(
            f"the model cannot be pickled ({error}); workers need copies of it: make it picklable, "
            "or leave out n_jobs"
        ) from error


def _at_worker(
    packed: bytes | None, token: str, place: Array, function: Callable[..., Any], *args: Any
) -> tuple[Any, int, int] | None:
    """Do a share of the work with this worker's copy; return the counts of evaluations, too.

    None asks for the model, if it is not packed and the worker has no copy.
    """
    if getattr(_copies, "token", None) != token:
        if packed is None:
            return None
        _copies.measured, _copies.token = pickle.loads(packed), token
        _copies.place = None
    measured: Measured = _copies.measured
    if _copies.place is None or not np.array_equal(_copies.place, place):
        measured.relocate(place)
        _copies.place = place
    calls, count = measured.calls, measured.count
    results = function(measured, *args)
    return results, measured.calls - calls, measured.count - count


def _run_tiles(measured: Measured, tasks: list[Task], params: Array) -> list[tuple[Step, Memory]]:
    return list(_steps(measured, tasks, params))


def _steps(measured: Measured, tasks: list[Task], params: Array) -> Iterator[tuple[Step, Memory]]:
    there = fixed(params)
    yield from ((run_tile(measured, there, task), task.memory) for task in tasks)


def _on_chunks(
    measured: Measured,
    chunks: list[Window],
    function: Callable[..., Any],
    params: Array,
    args: tuple[Any, ...],
) -> list[Any]:
    return [function(measured, params, *args, chunk) for chunk in chunks]
