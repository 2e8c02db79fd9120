"""The simplex takes over where Levenberg-Marquardt cannot say that a point is a minimum."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np

from ..common.arrays import Array
from ..common.status import Status
from ..execution.returned_value import as_residuals
from ..levenberg_marquardt.problem import Problem
from ..minimizer import Minimizer
from .problem_of import names_of, problem_of
from .solution import LIMITS, Job, Solution

HANDED_OVER = (Status.EDGE, Status.STALLED, Status.INITIALIZATION_FAILURE)
AFRESH = (Status.EDGE, Status.MAX_RESTARTS_EXCEEDED)
POLISH = 3  # times (n + 1): evaluations reserved for the last steps
SAME = 1e-6  # relative: sums that agree
FOUND = (
    "Levenberg-Marquardt was not sure, as where residuals are not defined or not differentiable; "
    "the simplex took over, and two of its runs agreed."
)


def simplex_takes_over(job: Job, first: Solution) -> Solution:
    """Return the simplex's result from another, polished where the residuals are smooth."""
    names = names_of(job.settings.get("names"), job.start.size)
    # From a point on an edge the simplex would see only a corner of the valid region, and reaching
    # the result from the start again is better evidence.
    begin = job.start if first.status in AFRESH else first.outcome.x
    problem = _problem(job, begin, names)
    free = ~problem.held
    left, polish = job.evaluations_left, POLISH * (problem.n + 1)
    if left is not None and left <= polish:
        return first
    minimizer = Minimizer(
        _Sum(job, problem),
        int(free.sum()),
        bounds=list(zip(problem.box.lower[free], problem.box.upper[free], strict=True)),
        max_evaluations=None if left is None else left - polish,
        max_seconds=job.seconds_left,
        callback=job.settings.get("callback"),
    )
    try:
        minimizer.minimize(problem.start[free])
    finally:
        job.evaluations += minimizer.evaluations
        job.iterations += minimizer.iterations
    found = problem.start.copy()
    found[free] = minimizer.params
    return _judge(job, replace(first, runs=first.runs + minimizer.runs), minimizer, found)


def _judge(job: Job, first: Solution, minimizer: Minimizer, found: Array) -> Solution:
    """Return the better of two results, with the status that the evidence supports."""
    cost, status = 0.5 * minimizer.function_value, minimizer.status
    assert status is not None
    if status in LIMITS:
        first = replace(first, status=status, message=status.message)
    agreed = status is Status.SUCCESS
    if agreed and first.cost <= cost <= first.cost * (1.0 + SAME):
        return replace(first, status=status, message=FOUND, simplex=True)
    if not cost < first.cost:
        unknown = first.cost == np.inf  # neither has found a valid point
        return replace(first, status=status, message=status.message) if unknown else first
    polished = job.descend(found, further_runs=0)
    polished = replace(polished, runs=first.runs + polished.runs)
    if status in LIMITS:
        return replace(polished, status=status, message=status.message)
    if agreed and polished.status is not Status.SUCCESS and polished.cost >= cost * (1.0 - SAME):
        return replace(polished, status=status, message=FOUND, simplex=True)
    return polished


def _problem(job: Job, x: Array, names: list[str]) -> Problem:
    wanted = ("bounds", "held", "loss", "f_scale")
    settings: dict[str, Any] = {k: v for k, v in job.settings.items() if k in wanted}
    return problem_of(x, names=names, **settings)


class _Sum:
    """The sum that is minimized as a function of the free parameters; NaN where not finite."""

    def __init__(self, job: Job, problem: Problem) -> None:
        self._job, self._problem = job, problem

    def __call__(self, free: Array) -> float:
        x = self._problem.start.copy()
        x[~self._problem.held] = free
        returned = self._job.fun(x, *self._job.args)
        with np.errstate(all="ignore"):
            value = self._problem.value(as_residuals(returned, x).astype(np.float64))
        return value if value < np.inf else np.nan
