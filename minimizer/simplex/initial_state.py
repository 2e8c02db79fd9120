"""From a problem and what a run is asked to do, to the run's state."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from .array_state import ArrayState
from .list_state import ListState
from .problem import Problem
from .run_spec import RunSpec, assign
from .state import FRESH, PARAMS, RULES, RunState

_GIVEN = {"start", "variations", "lower", "upper", "resolutions", "ranges", "run_ranges"}
_SCRATCH = tuple(name for name in PARAMS if name not in _GIVEN)
FEW = 6  # parameters, up to which plain floats are faster than arrays


def problem_scalars(problem: Problem) -> dict[str, Any]:
    """Return the numbers that all runs of a problem begin with."""
    tolerances = problem.tolerances
    rules = {name: getattr(problem.rules, name) for name in RULES}
    return (
        problem.coefficients._asdict()
        | rules
        | {
            "n": problem.n,
            "extra": problem.extra,
            "status": FRESH,
            "max_rel_error": problem.max_rel_error,
            "max_abs_error": problem.max_abs_error,
            "param_tolerance": 0.0 if tolerances is None else tolerances.params,
            "value_tolerance": 0.0 if tolerances is None else tolerances.value,
            "has_tolerances": tolerances is not None,
            "has_resolutions": problem.resolutions is not None,
            "has_variations": problem.variations is not None,
            "has_box": problem.box is not None,
            "clips": problem.clips,
            "shared": not problem.rules.independent_runs,
        }
    )


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
    for name, value in problem_scalars(problem).items():
        setattr(s, name, value)
    assign(s, spec)
    s.has_given = given is not None
    for name, vector in param_vectors(problem).items():
        setattr(s, name, vector.copy())
    for name in _SCRATCH:
        setattr(s, name, [0.0] * n)
    for name in ("hessian", "factor", "frame"):
        setattr(s, name, [[0.0] * n for _ in range(n)])
    never_evaluated = math.inf if problem.rules.nan_ranks_worst else 0.0
    s.values = [never_evaluated] * (n + 1)
    s.true_values, s.around_values = s.values.copy(), s.values.copy()
    s.given = None if given is None else given.tolist()
    points, s.around = np.zeros((n + 1, n + extra)), [None] * (n + 1)
    if isinstance(s, ListState):
        s.points = points.tolist()
        if problem.box is not None:
            s.sides = problem.box.sides
    else:
        s.points = points
        if problem.box is not None:
            s.lows, s.highs = problem.box.lower, problem.box.upper
    return s
