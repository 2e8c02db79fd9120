"""A run as `execution` knows it: it is asked for points and told their values."""

from __future__ import annotations

import contextvars
import math
from collections.abc import Callable
from enum import Enum
from functools import partial
from typing import Any

import numpy as np

from ..common.arrays import Array
from ..common.records import RunRecord
from ..common.status import Status
from . import state as at
from .agreement import is_at_edge
from .closeness import descent_of
from .counting import start_run, stop_if_due, tell
from .forecast import points_after
from .initial_state import state_of
from .list_state import ListState
from .moves import move_of
from .problem import Problem
from .rounds import has_vertex, vertex_value
from .run_spec import RunSpec
from .state import RunState


class NelderMeadRun:
    """One run of the simplex, number `number` of its call."""

    returns = "real"

    def __init__(self, problem: Problem, spec: RunSpec, number: int) -> None:
        self.problem, self.spec, self.number = problem, spec, number
        self.state = state_of(problem, spec, number)
        self._take = _unwarned(self.state, tell)
        self.refresh: Callable[[], None] | None = None  # the state, while compiled code has it

    def __getstate__(self) -> dict[str, Any]:
        return {name: value for name, value in vars(self).items() if name != "_take"}

    def __setstate__(self, state: dict[str, Any]) -> None:
        vars(self).update(state)
        self._take = _unwarned(self.state, tell)

    def ask(self, ends: int) -> Array | None:
        """Return a copy of the next point, (n + extra,), None when the run is over.

        `ends` is the status with which the call ends before it, 0 if it continues.
        """
        s = self.state
        if s.status == at.FRESH:
            _unwarned(s, start_run)(s)
        stop_if_due(s, ends)
        return np.array(s.trial) if s.status == at.RUNNING else None

    def points_ahead(self, count: int) -> list[Array]:
        """Return copies of up to `count` points that will be needed after the last one."""
        with np.errstate(all="ignore"):
            return [np.array(point) for point in points_after(self.state, count)]

    def tell(self, value: float, point: Array, aborted: bool) -> bool:
        """Take the value at `point`; return whether it has ended an iteration.

        `point` is the point of the last `ask`, with the extra elements that the function wrote.
        """
        s = self.state
        if s.extra:
            s.trial[s.n :] = point[s.n :]
        iterations = s.iterations
        self._take(s, value, aborted)
        return s.iterations != iterations

    def cut(self, status: Status) -> None:
        """End the run from outside, unless it is over."""
        if not self.is_over:
            self.state.status = int(status)

    def failed(self) -> None:
        """Count an evaluation without a value."""
        self.state.evaluations += 1

    @property
    def is_over(self) -> bool:
        """Whether the run has ended."""
        return self.state.status not in (at.RUNNING, at.FRESH)

    @property
    def move(self) -> Enum:
        """Why the next point is to be evaluated."""
        return move_of(self.state)

    @property
    def params(self) -> Array:
        """The next point without extra elements."""
        return np.array(self.state.trial[: self.problem.n])

    def record(self) -> RunRecord:
        """Return the record of the run so far."""
        if self.refresh is not None:
            self.refresh()
        s, n = self.state, self.problem.n
        has_result, started = has_vertex(s), s.status != at.FRESH
        if has_result:
            own = s.ended and not s.nan_ranks_worst
            point, value = s.result if own else s.best_point, vertex_value(s)
        else:
            point, value = [math.nan] * (n + self.problem.extra), math.nan
        return RunRecord(
            seed=self.spec.seed,
            status=Status(s.status) if self.is_over else None,
            params=np.array(point[:n]),
            function_value=value,
            extra=np.array(point[n:]),
            iterations=s.iterations - s.before_run if started else 0,
            evaluations=s.evaluations,
            nan_evaluations=s.nan_evaluations,
            completed=s.completed - s.before_completed + s.confirms if started else 0,
            has_result=has_result,
            descent=descent_of(s, value),
            at_edge=is_at_edge(s),
            confirms=s.confirms,
            simplex=_sorted(s) if self.is_over else None,
            hessian=_hessian(s) if s.by_surface else None,
        )


def _sorted(s: RunState) -> tuple[Array, Array]:
    """Return copies of the vertices (n + 1, n) and values (n + 1,), lowest value first."""
    ranked, true = list(s.values), list(s.true_values)
    order = sorted(range(s.n + 1), key=lambda v: (ranked[v] != ranked[v], ranked[v]))
    finite = [true[v] if ranked[v] == math.inf > abs(true[v]) else ranked[v] for v in order]
    return np.array([s.points[v][: s.n] for v in order]), np.array(finite)


def _hessian(s: RunState) -> Array:
    """Return the curvature (n, n) of the surface in the units of the parameters.

    It is known along the edges. For a parameter on a bound, which the surface holds there or leads
    to, it is NaN.
    """
    m, n = s.n_edges, s.n
    free = np.ones(n, dtype=bool)
    if m < n:
        free = np.array(s.held) != 1.0
    along, edges = np.array(s.hessian)[:m, :m], np.array(s.frame)[:m, free]
    hessian = np.full((n, n), np.nan)
    with np.errstate(all="ignore"):
        half = np.linalg.solve(edges, along)
        inner = np.linalg.solve(edges, half.T)
    hessian[np.ix_(free, free)] = 0.5 * (inner + inner.T)
    walled = np.array(s.walled) == 1.0
    hessian[walled, :] = hessian[:, walled] = np.nan
    return hessian


def _unwarned(s: RunState, function: Callable[..., None]) -> Callable[..., None]:
    """Return a function of the state: arrays may overflow or meet NaN, without warnings.

    Its context is made once. Entering ``np.errstate`` for every evaluation would take longer than
    anything else between two evaluations except the centroid.
    """
    if isinstance(s, ListState):
        return function
    if int(np.__version__.partition(".")[0]) < 2:  # there it belongs to the thread
        return np.errstate(all="ignore")(function)
    context = contextvars.copy_context()
    context.run(np.seterr, all="ignore")
    run: Callable[..., None] = context.run
    return partial(run, function)
