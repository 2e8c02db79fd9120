"""ImageJ's minimization of a function that has no parameters left: all are eliminated.

Every vertex is the same point. A run evaluates it once, then twice searches: in one iteration with
a reflection, an expansion and a centre, none of which changes anything.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from ...common.arrays import Array
from ...common.status import Status

ITERATIONS = 2  # of a run
EVALUATIONS = 1 + 3 * ITERATIONS


@dataclass
class Constant:
    """Result of such a minimization; names as those of `Minimizer`."""

    status: Status
    extra: Array
    function_value: float
    iterations: int
    evaluations: int
    completed_minimizations: int
    max_iterations: int
    params: Array


def minimize_constant(
    fun: Callable[[Array], float],
    extra: int,
    *,
    max_iterations: int,
    max_restarts: int,
    pairs: bool,
) -> Constant:
    """Evaluate a function without parameters as often as ImageJ does."""
    runs = completed = evaluations = 0
    status: Status | None = None
    point: Any = np.zeros(extra)
    value = math.nan
    per_round = 2 if pairs and max_restarts > 0 else 1
    rounds = max_restarts + 1 if pairs else 2 * (max_restarts + 1)
    for _ in range(rounds):
        for _ in range(per_round):
            value = fun(point)
            evaluations += 1
            if math.isnan(value):
                continue
            for _ in range(EVALUATIONS - 1):
                fun(point)
            evaluations += EVALUATIONS - 1
            completed += 1
        runs += per_round
        if math.isnan(value):
            status = Status.INITIALIZATION_FAILURE
        elif ITERATIONS * runs >= max_iterations:
            status = Status.MAX_ITERATIONS_EXCEEDED
        elif runs >= 2:
            status = Status.SUCCESS
        if status is not None:
            break
    return Constant(
        status=Status.SUCCESS if status is None else status,
        extra=np.full(extra, math.nan) if math.isnan(value) else point,
        function_value=value,
        iterations=ITERATIONS * completed,
        evaluations=evaluations,
        completed_minimizations=completed,
        max_iterations=max_iterations,
        params=np.zeros(0),
    )
