"""From a `Problem` and a `RunSpec` to the state of a compiled run."""

from __future__ import annotations

import numpy as np

from ..agreement import Result
from ..problem import Problem
from ..records import RunSpec
from . import state as at

LONG = 2**63 - 1


def new_machine(problem: Problem, abort: np.ndarray) -> tuple[np.ndarray, at.Work]:
    """Return state (1,) and arrays for runs of a problem."""
    n = problem.n
    state, work = at.new_state(n, problem.extra), at.new_work(n, problem.extra, abort)
    limits, box = problem.limits, problem.box
    for name in problem.coefficients._fields:
        state[name] = getattr(problem.coefficients, name)
    for name in at.RULES:
        state[name] = getattr(problem.rules, name)
    state["max_rel_error"], state["max_abs_error"] = limits.max_rel_error, limits.max_abs_error
    if limits.tolerances is not None:
        state["has_tolerances"] = True
        state["param_tolerance"] = limits.tolerances.params
        state["value_tolerance"] = limits.tolerances.value
    if limits.resolutions is not None:
        state["has_resolutions"] = True
        work.rows[at.RESOLUTIONS, :n] = limits.resolutions
    if box is not None:
        state["has_box"], state["clips"] = True, problem.clips
        work.rows[at.LOWER, :n], work.rows[at.UPPER, :n] = box.lower, box.upper
    if problem.variations is not None:
        state["has_variations"] = True
        work.rows[at.VARIATIONS, :n] = problem.variations
    work.rows[at.START, :n] = problem.start
    work.rows[at.RANGES, :n] = limits.ranges
    state["max_tally"] = state["max_iterations"] = state["max_evaluations"] = -1
    return state, work


def set_spec(state: np.ndarray, work: at.Work, spec: RunSpec, given: np.ndarray | None) -> None:
    """Set what is particular to one run."""
    state["seed"], state["width"] = spec.seed, spec.width
    state["max_iterations"] = as_limit(spec.max_iterations)
    state["max_evaluations"] = as_limit(spec.max_evaluations)
    state["has_given"] = given is not None
    if given is not None:
        work.given[:] = given
    state["has_target"] = spec.target is not None
    if spec.target is not None:
        set_target(state, work, spec.target)


def set_target(state: np.ndarray, work: at.Work, target: Result) -> None:
    """Set the result that a run may stop at."""
    work.rows[at.TARGET, : len(target.point)] = target.point
    state["target_value"], state["target_descent"] = target.value, target.descent
    state["target_at_edge"] = target.at_edge


def as_limit(limit: int | None) -> int:
    """Return a limit as the machine knows it: -1 is none."""
    return -1 if limit is None else min(max(limit, 0), LONG)
