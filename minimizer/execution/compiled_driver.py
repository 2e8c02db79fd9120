"""Carrying a run to its end in compiled code, with a function that numba has compiled."""

from __future__ import annotations

import time
from typing import Any

from ..common.status import Status
from ..simplex.compiled.function import CompiledFunction
from ..simplex.solver import NelderMeadRun
from .call import Call
from .driver import Driver

_FIRST = 64  # evaluations between two looks at the clock and at signals; then as time allows
_MOST = 2**40
_SHORT, _LONG = 0.002, 0.05  # seconds that a slice should take


def suits(fun: Any, call: Call) -> bool:
    """Return whether runs are made in compiled code: if the function is, and nobody watches."""
    watched = call.tracing or call.is_watched or call.logs
    return isinstance(fun, CompiledFunction) and not watched


def drive(driver: Driver, fun: Any) -> None:
    """Carry a run to its end, in slices, so that the deadline and Ctrl-C are minded."""
    from ..simplex.compiled.entry_points import drive_entry, step_address
    from ..simplex.compiled.packing import address_of, packed_run, take_over

    solver, call = driver.solver, driver.call
    assert isinstance(solver, NelderMeadRun)
    packed = packed_run(solver.state)
    state, handed, flag = packed.address, packed.row("handed"), address_of(call.flag)
    loop, step = drive_entry(fun.pointer), step_address()
    evaluations, ended = _FIRST, False
    try:
        while not ended:
            if call.ends() == Status.MAX_SECONDS_EXCEEDED:
                take_over(packed, solver.state)
                solver.cut(Status.MAX_SECONDS_EXCEEDED)
                return
            began = time.perf_counter()
            ended = loop(fun.address, fun.args, step, 0, state, handed, flag, evaluations)
            seconds = time.perf_counter() - began
            if ended or seconds > _SHORT:
                take_over(packed, solver.state)
            evaluations = _next_slice(evaluations, seconds)
    except BaseException:
        take_over(packed, solver.state)
        solver.failed()  # called, but without a value
        call.abort()
        raise


def _next_slice(evaluations: int, seconds: float) -> int:
    """Return how many evaluations to make before the next look at the clock."""
    if seconds < _SHORT:
        return min(evaluations * 16, _MOST)
    return max(1, evaluations // 4) if seconds > _LONG else evaluations
