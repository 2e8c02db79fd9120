"""Completing a run in compiled code.

With a function that numba has compiled, the whole run is compiled; around a Python function, only
the algorithm between two calls.
"""

from __future__ import annotations

import sys
import time
from functools import partial
from typing import Any

from ..common.extras import require
from ..common.status import Status
from ..simplex.compiled.function import CompiledFunction
from ..simplex.solver import NelderMeadRun
from ..simplex.state import FRESH
from .call import Call
from .driver import Driver, Function
from .returned_value import as_real

_FIRST = 64  # evaluations between checks of clock and signals; then as time allows
_MOST = 2**40
_SHORT, _LONG = 0.002, 0.05  # seconds that a slice should take


def suits(fun: Any, call: Call) -> bool:
    """Return whether runs are made in compiled code: for a compiled function, if nobody watches."""
    return isinstance(fun, CompiledFunction) and not _is_watched(call)


def _is_watched(call: Call) -> bool:
    """Return whether callback, progress or trace need Python between evaluations."""
    return call.tracing or call.is_watched or call.logs


def can_step(engine: str, call: Call) -> bool:
    """Return whether to use the compiled algorithm around a Python function.

    Reading it from numba's cache takes longer than most minimizations, so "auto" uses it only if it
    has been read already; compiling it takes minutes, so that is never done unasked.
    """
    if engine == "python" or _is_watched(call):
        return False
    if engine == "auto" and "minimizer.simplex.compiled.entry_points" not in sys.modules:
        return False
    require("numba", "numba")
    from ..simplex.compiled.entry_points import is_cached, is_loaded

    if is_loaded() or (engine == "compiled" and is_cached()):
        return True
    if engine == "auto":
        return False
    raise RuntimeError(
        "engine is 'compiled', but the algorithm is not compiled yet; run python -m minimizer "
        "compile, which takes some minutes, or leave it at 'auto'"
    )


def compile_algorithm() -> tuple[bool, bool]:
    """Compile the algorithm if necessary; return whether it was cached before, and is now."""
    require("numba", "numba")
    from ..simplex.compiled.entry_points import is_cached, step_address, step_entry

    before = is_cached()
    step_address()
    step_entry()
    return before, is_cached()


def drive_in_steps(driver: Driver, fun: Function) -> bool:
    """Complete a run with a Python function; return False if it has already begun."""
    from ..simplex.compiled.entry_points import step_address, step_entry
    from ..simplex.compiled.loops import BEGIN, TELL
    from ..simplex.compiled.packing import packed_run, take_over

    solver, call, ends = driver.solver, driver.call, driver.call.ends
    if not isinstance(solver, NelderMeadRun) or solver.state.status != FRESH:
        return False
    packed, n, extra = packed_run(solver.state), solver.problem.n, solver.problem.extra
    at, handed, step, once = packed.address, packed.row("handed"), step_address(), step_entry()
    solver.refresh = partial(take_over, packed, solver.state)  # for who asks meanwhile
    try:
        goes_on = once(step, 0, at, BEGIN, 0.0, ends())
        while goes_on:
            point = handed.copy()
            value = fun(point)
            if type(value) is not float:
                value = as_real(value, handed[:n])
            if extra:
                handed[n:] = point[n:]
            goes_on = once(step, 0, at, TELL, value, ends())
    except BaseException:
        solver.refresh()
        solver.refresh = None
        solver.failed()
        call.abort()
        raise
    solver.refresh()
    solver.refresh = None
    return True


def drive(driver: Driver, fun: Any) -> None:
    """Complete a run, in slices, to watch the deadline and Ctrl-C."""
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
    """Return how many evaluations to make before checking the clock again."""
    if seconds < _SHORT:
        return min(evaluations * 16, _MOST)
    return max(1, evaluations // 4) if seconds > _LONG else evaluations
