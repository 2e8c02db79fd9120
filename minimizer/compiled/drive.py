"""Carrying a `Driver`'s run to its end in compiled code."""

from __future__ import annotations

import time
from typing import Any

import numba
import numpy as np
from numba import types

from ..objective import Driver
from ..run import Vertex
from ..status import Status
from . import state as at
from .function import CompiledFunction
from .loops import drive as drive_loop
from .machine import as_limit, new_machine, set_spec
from .run import RUNNING
from .signature import PARAMS

FIRST_SLICE = 64  # evaluations between two looks at the clock and at signals
SHORT, LONG = 0.002, 0.05  # seconds that a slice should take

_entries: dict[Any, Any] = {}


def drive(driver: Driver, fun: CompiledFunction) -> None:
    """Carry a run to its end, in slices, so that the deadline and Ctrl-C are minded.

    A `Driver` is the record of its run: what the run has come to is written there.
    """
    call, problem, tally = driver._call, driver._problem, driver._tally
    state, work = new_machine(problem, call.flag)
    given = problem.given_simplex if driver._number == 0 else None
    set_spec(state, work, driver.spec, given)
    if call.shared is not None:
        state["shared"], state["max_tally"] = True, as_limit(tally.max_iterations)
        state["tally_status"], state["tally_initialized"] = tally.status, tally.any_initialized
        state["tally_iterations"], state["tally_completed"] = tally.iterations, tally.completed
        state["abort_seen"] = call.aborted
    loop, table = entry(fun.pointer_type), at.table_of(work)
    address = table.ctypes.data
    evaluations, fresh, ended = FIRST_SLICE, True, False
    try:
        while not ended:
            if call.is_late:
                driver._status = Status.MAX_SECONDS_EXCEEDED
                break
            began = time.perf_counter()
            ended = loop(fun.fun, fun.args, state[0], address, work.handed, evaluations, fresh)
            evaluations = next_slice(evaluations, time.perf_counter() - began)
            fresh = False
            adopt(driver, state[0], work)
    except BaseException:
        adopt(driver, state[0], work)
        driver._evaluations += 1  # called, but without a value
        call.abort()
        raise
    finally:
        driver._run.close()


def entry(pointer_type: Any) -> Any:
    """Return the loop for functions of a type, compiled or read from numba's cache."""
    if pointer_type not in _entries:
        arg_types = pointer_type.signature.args[1:]
        signature = (
            pointer_type,
            types.Tuple(arg_types),
            numba.from_dtype(at.SCALARS),
            types.intp,
            PARAMS,
            types.int64,
            types.boolean,
        )
        _entries[pointer_type] = drive_loop.compile(signature)
    return _entries[pointer_type]


def next_slice(evaluations: int, seconds: float) -> int:
    """Return how many evaluations to make before the next look at the clock."""
    if seconds < SHORT:
        return evaluations * 16
    return max(1, evaluations // 4) if seconds > LONG else evaluations


def adopt(driver: Driver, s: Any, work: at.Work) -> None:
    """Let the driver know what its run has come to."""
    simplex, tally = driver._simplex, driver._tally
    points = work.points.copy()
    simplex.set(points, work.values.tolist())
    simplex.nan_reflections = int(s["nan_reflections"])
    driver._evaluations = int(s["evaluations"])
    driver._nan_evaluations = int(s["nan_evaluations"])
    driver._first = float(s["first"]) if s["has_first"] else None
    driver._best = vertex(work, at.BEST, s["best_value"]) if s["has_best"] else None
    driver._result = vertex(work, at.RESULT, s["result_value"]) if s["has_result"] else None
    driver._ended, driver._confirms = bool(s["ended"]), bool(s["confirms"])
    driver._status = None if s["status"] == RUNNING else Status(int(s["status"]))
    tally.iterations, tally.completed = int(s["tally_iterations"]), int(s["tally_completed"])
    tally.any_initialized = bool(s["tally_initialized"])
    if driver._call.shared is None or s["abort_seen"] or not driver._call.aborted:
        tally.status = Status(int(s["tally_status"]))


def vertex(work: at.Work, row: int, value: Any) -> Vertex:
    """Return a point and its value."""
    point: np.ndarray = work.rows[row].copy()
    return Vertex(point, float(value))
