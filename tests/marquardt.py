"""Runs of the algorithm driven by hand, without the machinery that evaluates."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from minimizer.common.bounds import Box
from minimizer.levenberg_marquardt.losses import LOSSES
from minimizer.levenberg_marquardt.method import LevenbergMarquardtRuns
from minimizer.levenberg_marquardt.options import Options
from minimizer.levenberg_marquardt.problem import Problem
from minimizer.levenberg_marquardt.solver import LevenbergMarquardtRun

Residuals = Callable[[Any], Any]


def make_problem(start: Any, bounds: Any = None, loss: str | None = None, **more: Any) -> Problem:
    """Return a problem; other words are options of the algorithm."""
    x = np.array(start, dtype=float)
    lower, upper = bounds if bounds is not None else (-np.inf, np.inf)
    box = Box(np.broadcast_to(lower, x.shape) + 0.0, np.broadcast_to(upper, x.shape) + 0.0)
    has_jacobian = more.pop("has_jacobian", False)
    return Problem(
        x,
        box,
        box.lower == box.upper,
        Options(**more),
        loss=None if loss is None else LOSSES[loss],
        has_jacobian=has_jacobian,
        max_evaluations=5000,
    )


def solve(fun: Residuals, problem: Problem, jac: Residuals | None = None) -> LevenbergMarquardtRuns:
    """Make all runs; the points are those that the algorithm asks for."""
    runs = LevenbergMarquardtRuns(problem)
    while runs.status is None:
        run = runs.make(runs.spec, len(runs.runs))
        drive(run, fun, jac)
        runs.take(run)
    return runs


def drive(run: LevenbergMarquardtRun, fun: Residuals, jac: Residuals | None = None) -> list[Any]:
    """Carry a run to its end; return the points."""
    points = []
    while (point := run.ask(0)) is not None:
        points.append(point)
        x = point if jac is None else point[:-1]
        asked = jac if jac is not None and point[-1] else fun
        run.tell(np.asarray(asked(x), dtype=float), point, False)
    return points


def best(runs: LevenbergMarquardtRuns) -> LevenbergMarquardtRun:
    """Return the run with the result."""
    assert runs.best is not None
    return runs.runs[runs.best]
