"""The state of a run, from the problem and the specification of the run."""

from __future__ import annotations

import math

import numpy as np

from .array_state import ArrayState
from .list_state import ListState
from .problem import Problem
from .run_spec import RunSpec, assign
from .state import FRESH, PARAMS, RULES, RunState

_GIVEN = {"start", "variations", "lower", "upper", "resolutions", "ranges", "run_ranges"}
_SCRATCH = tuple(name for name in PARAMS if name not in _GIVEN)
FEW = 6  # parameters, up to which plain floats are faster than arrays


def set_numbers(s: RunState, problem: Problem) -> None:
    """Set the numbers that all runs of a problem begin with."""
    rules, tolerances = problem.rules, problem.tolerances
    for name in RULES:
        setattr(s, name, getattr(rules, name))
    s.shared = not rules.independent_runs
    s.n, s.extra, s.status = problem.n, problem.extra, FRESH
    s.reflection, s.expansion, s.outside, s.inside, s.shrink = problem.coefficients
    s.max_rel_error, s.max_abs_error = problem.max_rel_error, problem.max_abs_error
    if tolerances is not None:
        s.param_tolerance, s.value_tolerance = tolerances.params, tolerances.value
    s.has_tolerances = tolerances is not None
    s.has_resolutions = problem.resolutions is not None
    s.has_variations = problem.variations is not None
    s.has_box, s.clips = problem.box is not None, problem.clips


def param_vectors(problem: Problem) -> dict[str, list[float]]:
    """Return the vectors of parameters that all runs of a problem begin with."""
    vectors = {"start": problem.start, "ranges": problem.ranges, "run_ranges": problem.ranges}
    if problem.variations is not None:
        vectors["variations"] = problem.variations
    if problem.resolutions is not None:
        vectors["resolutions"] = problem.resolutions
    if problem.box is not None:
        vectors["lower"], vectors["upper"] = map(list, zip(*problem.box.sides, strict=True))
    return vectors


def state_of(problem: Problem, spec: RunSpec, number: int) -> RunState:
    """Return the state of run `number`, in the faster form for its number of parameters."""
    n, extra, given = problem.n, problem.extra, problem.given_simplex if number == 0 else None
    s: ListState | ArrayState = ListState() if n <= FEW and not extra else ArrayState()
    set_numbers(s, problem)
    assign(s, spec)
    s.has_given = given is not None
    for name, vector in param_vectors(problem).items():
        setattr(s, name, vector.copy())
    for name in _SCRATCH:
        setattr(s, name, [0.0] * n)
    for name in ("hessian", "bent", "factor", "frame"):
        setattr(s, name, [[0.0] * n for _ in range(n)])
    never_evaluated = math.inf if problem.rules.nan_ranks_worst else 0.0
    s.values = [never_evaluated] * (n + 1)
    s.true_values, s.around_values = s.values.copy(), s.values.copy()
    s.given = None if given is None else given.tolist()
    s.around = [None] * (n + 1)
    if isinstance(s, ListState):
        s.points = [[0.0] * n for _ in range(n + 1)]
        if problem.box is not None:
            s.sides = problem.box.sides
    else:
        s.points = np.zeros((n + 1, n + extra))
        if problem.box is not None:
            s.lows, s.highs = problem.box.lower, problem.box.upper
    return s
