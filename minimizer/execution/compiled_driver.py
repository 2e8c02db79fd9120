"""Carrying a `Driver`'s run to its end in compiled code."""

from __future__ import annotations

import time

from ..common.status import Status
from ..simplex.compiled import state as at
from ..simplex.compiled.entry_points import drive_entry, step_address
from ..simplex.compiled.function import CompiledFunction
from ..simplex.compiled.machine import Machine, run_machine, template_of
from ..simplex.run import Vertex
from .driver import Driver

MOST = 2**40  # evaluations in a slice
SHORT, LONG = 0.002, 0.05  # seconds that a slice should take


def drive(driver: Driver, fun: CompiledFunction) -> None:
    """Carry a run to its end, in slices, so that the deadline and Ctrl-C are minded.

    A `Driver` is the record of its run: what the run has come to is written there.
    """
    machine = machine_of(driver, fun)
    state, handed = at.address_of(machine.state), machine.work.rows[at.HANDED]
    loop, step = drive_entry(fun.pointer), step_address()
    ended = False
    try:
        while not ended:
            if driver._call.is_late:
                driver._status = Status.MAX_SECONDS_EXCEEDED
                break
            began = time.perf_counter()
            ended = loop(fun.address, fun.args, step, state, handed, fun.slice)
            if not ended:
                fun.slice = next_slice(fun.slice, time.perf_counter() - began)
            adopt(driver, machine)
    except BaseException:
        adopt(driver, machine)
        driver._evaluations += 1  # called, but without a value
        driver._call.abort()
        raise
    finally:
        driver._run.close()


def machine_of(driver: Driver, fun: CompiledFunction) -> Machine:
    """Return the machine of a run; what all runs of a problem begin with is kept for the others."""
    problem, call = driver._problem, driver._call
    known = fun.template
    if known is None or known[0] is not problem:
        known = fun.template = problem, template_of(problem)
    given = problem.given_simplex if driver._number == 0 else None
    return run_machine(known[1], call.flag, driver.spec, given, call.shared)


def next_slice(evaluations: int, seconds: float) -> int:
    """Return how many evaluations to make before the next look at the clock."""
    if seconds < SHORT:
        return min(evaluations * 16, MOST)
    return max(1, evaluations // 4) if seconds > LONG else evaluations


def adopt(driver: Driver, machine: Machine) -> None:
    """Let the driver know what its run has come to."""
    state, work = machine
    simplex, tally = driver._simplex, driver._tally
    simplex.set(work.points, work.values.tolist())
    simplex.nan_reflections = state["nan_reflections"].item()
    driver._evaluations = state["evaluations"].item()
    driver._nan_evaluations = state["nan_evaluations"].item()
    driver._first = state["first"].item() if state["has_first"].item() else None
    driver._best = vertex(machine, at.BEST, "best")
    driver._result = vertex(machine, at.RESULT, "result")
    driver._ended, driver._confirms = state["ended"].item(), state["confirms"].item()
    status = state["status"].item()
    driver._status = None if status in (at.RUNNING, at.FRESH) else Status(status)
    tally.iterations = state["tally_iterations"].item()
    tally.completed = state["tally_completed"].item()
    tally.any_initialized = state["tally_initialized"].item()
    if driver._call.shared is None or state["abort_seen"].item() or not driver._call.aborted:
        tally.status = Status(state["tally_status"].item())


def vertex(machine: Machine, row: int, name: str) -> Vertex | None:
    """Return a point and its value, None if there is none."""
    state, work = machine
    if not state[f"has_{name}"].item():
        return None
    return Vertex(work.rows[row].copy(), state[f"{name}_value"].item())
