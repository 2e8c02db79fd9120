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
from .solution import Job, Solution

HANDED_OVER = (Status.EDGE, Status.STALLED, Status.INITIALIZATION_FAILURE)
SAME = 1e-6  # relative: sums that agree
FOUND = (
    "Levenberg-Marquardt found no way on, as the residuals are not defined or not differentiable "
    "beside the result; the simplex took over, and two of its runs agreed."
)


def simplex_takes_over(job: Job, first: Solution) -> Solution:
    """Return what the simplex makes of a result, polished where the residuals are smooth."""
    names = names_of(job.settings.get("names"), job.start.size)
    # From a point on an edge the simplex would see the valid region from a corner only.
    begin = job.start if first.status is Status.EDGE else first.outcome.x
    problem = _problem(job, begin, names)
    free = ~problem.held
    minimizer = Minimizer(
        _Sum(job, problem),
        int(free.sum()),
        bounds=list(zip(problem.box.lower[free], problem.box.upper[free], strict=True)),
        max_evaluations=job.evaluations_left,
        max_seconds=job.seconds_left,
        callback=job.settings.get("callback"),
    )
    try:
        status = minimizer.minimize(problem.start[free])
    finally:
        job.evaluations += minimizer.evaluations
        job.iterations += minimizer.iterations
    runs = first.runs + minimizer.runs
    found = problem.start.copy()
    if not 0.5 * minimizer.function_value < first.cost or job.is_spent:
        worse = status if status is not Status.SUCCESS and first.cost == np.inf else first.status
        return replace(first, status=worse, runs=runs)
    found[free] = minimizer.params
    polished = job.descend(found, further_runs=0)
    runs = runs + polished.runs
    if polished.status is Status.SUCCESS:
        return replace(polished, runs=runs)
    lowered = 2.0 * polished.cost < minimizer.function_value * (1.0 - SAME)
    if status is Status.SUCCESS and not lowered:
        return Solution(polished.outcome, status, FOUND, runs, simplex=True)
    return replace(polished, runs=runs)


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
