"""One run of Levenberg-Marquardt, from point to point.

A run is data (`State`), which includes the points to be evaluated next. `take` gives it the
residuals there, and it continues, task by task, until it needs further points or has ended.

References
----------
M. K. Transtrum, J. P. Sethna, Improvements to the Levenberg-Marquardt algorithm for nonlinear
least-squares minimization, arXiv:1201.5885 (2012).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np

from ..common.arrays import Array, norm_of
from ..common.status import Status
from .ending import examine, overcome, take_flatness, take_refinement
from .measuring import measure, take_check, take_jacobian
from .moves import Move
from .state import Start, State, Task
from .stepping import begin_step, take_curvature, take_step, try_step


def take_start(s: State, values: Sequence[Array]) -> Task | None:
    """Take the residuals at the start."""
    if values[0].dtype == np.float32:
        s.eps = float(np.finfo(np.float32).eps)
    s.r = values[0].astype(np.float64)
    s.f = s.problem.value(s.r)
    s.first_norm = norm_of(s.r)
    if s.f < np.inf:
        return Task.MEASURE
    s.end(Status.INITIALIZATION_FAILURE)
    return None


TASKS: dict[Task, Callable[[State], Task | None]] = {
    Task.MEASURE: measure,
    Task.EXAMINE: examine,
    Task.STEP: begin_step,
    Task.TRY: try_step,
    Task.OVERCOME: overcome,
}
ANSWERS: dict[Move, Callable[[State, Sequence[Array]], Task | None]] = {
    Move.START: take_start,
    Move.JACOBIAN: take_jacobian,
    Move.NOISE: take_check,
    Move.CURVATURE: take_curvature,
    Move.STEP: take_step,
    Move.FLATNESS: take_flatness,
    Move.REFINEMENT: take_refinement,
}


def take(s: State, values: Sequence[Array]) -> None:
    """Take the residuals at the wanted points (or the user's Jacobian there)."""
    task = ANSWERS[s.move](s, values)
    if s.start is None and task is Task.EXAMINE:
        s.start = Start(s.r, s.f, s.J, s.steps.copy(), s.rounding, s.user_noise, s.eps)
    go_on(s, task)


def go_on(s: State, task: Task | None) -> None:
    """Do one task after another, until points are needed or the run has ended."""
    while task is not None:
        task = TASKS[task](s)


def begin_as(s: State, other: State) -> None:
    """Begin a run with the first point and Jacobian of another."""
    start = other.start
    if start is None:  # it has not got beyond its first point
        return
    s.start, s.first_norm, s.eps = start, other.first_norm, start.eps
    s.r, s.f, s.J, s.steps = start.r, start.f, start.J, start.steps.copy()
    s.rounding, s.user_noise = start.rounding, other.user_noise
    go_on(s, Task.EXAMINE)
