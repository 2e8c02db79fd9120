"""A run as `execution` knows it: it is asked for points and told the residuals there."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from ..common.arrays import Array
from ..common.records import RunRecord
from ..common.status import Status
from .moves import Move
from .problem import Problem
from .search import begin_as, take
from .state import initial_state


class LevenbergMarquardtRun:
    """One run of Levenberg-Marquardt, number `number` of its call.

    Where the user's function gives the Jacobian, too, a point has one more element: 0 if the
    residuals are wanted there, 1 if the Jacobian is.
    """

    def __init__(self, problem: Problem, spec: Any, number: int) -> None:
        self.problem, self.spec, self.number = problem, spec, number
        self.state = initial_state(problem, spec.options)
        self.evaluations = self.nan_evaluations = self.user_jacobians = 0
        self._told: list[Array] = []
        with np.errstate(all="ignore"):
            if spec.first is not None:
                begin_as(self.state, spec.first.state)
            elif spec.kept is not None:
                self.state.scale = spec.kept.scale.copy()
                self.state.damping = spec.kept.damping

    @property
    def returns(self) -> str:
        """How to read the returned value, see `execution.returned_value`."""
        return "jacobian" if self._wants_jacobian else "residuals"

    @property
    def _wants_jacobian(self) -> bool:
        s = self.state
        return s.move is Move.JACOBIAN and s.differences is None

    def ask(self, ends: int) -> Array | None:
        """Return a copy of the next point, None when the run is over.

        `ends` is the status with which the call ends before it, 0 if it continues.
        """
        s, limit = self.state, self.spec.max_evaluations
        if s.status is None and ends:
            s.end(Status(ends))
        spent = limit is not None and self.evaluations >= limit
        if s.status is None and spent and not self._wants_jacobian:
            s.end(Status.MAX_EVALUATIONS_EXCEEDED)
        if s.status is not None:
            return None
        return self._point(len(self._told))

    def points_ahead(self, count: int) -> list[Array]:
        """Return copies of up to `count` points after the last one asked for.

        They are those of a Jacobian by differences, or of another test of several points: all may
        be evaluated at once, although they are asked for one after another.
        """
        limit, first = self.spec.max_evaluations, len(self._told) + 1
        left = count if limit is None else min(count, limit - self.evaluations - 1)
        last = min(first + max(left, 0), len(self.state.wanted))
        return [self._point(i) for i in range(first, last)]

    def _point(self, i: int) -> Array:
        """Return a copy of a wanted point, marked if the Jacobian is wanted there."""
        point = np.array(self.state.wanted[i])
        return np.append(point, self._wants_jacobian) if self.problem.has_jacobian else point

    def tell(self, value: Any, point: Array, aborted: bool) -> bool:
        """Take the residuals at `point`; return whether an iteration has ended."""
        s = self.state
        array = np.atleast_1d(value)
        if self._wants_jacobian:
            self._check_jacobian(array, point)
            self.user_jacobians += 1
        else:
            self._check_length(array, point)
            self.evaluations += 1
            self.nan_evaluations += not np.isfinite(array).all()
        self._told.append(array)
        if len(self._told) < len(s.wanted):
            return False
        told, self._told = self._told, []
        iterations = s.iterations
        with np.errstate(all="ignore"):
            take(s, told)
        return s.iterations != iterations or s.status is not None

    def _check_length(self, r: Array, point: Array) -> None:
        known = self.state.r.size
        if known and r.size != known:
            raise ValueError(
                f"fun returned {r.size} residuals at {point[: self.problem.n].tolist()} and "
                f"{known} before; their number must not change (return NaN where they are not "
                "defined)"
            )

    def _check_jacobian(self, J: Array, point: Array) -> None:
        right = self.state.r.size, self.problem.n
        if J.shape != right:
            hint = " (transpose it)" if J.shape == right[::-1] else ""
            raise ValueError(
                f"jac returned an array of shape {J.shape} at "
                f"{point[: self.problem.n].tolist()}; it must be {right}, one row per residual and "
                f"one column per parameter{hint}"
            )

    def cut(self, status: Status) -> None:
        """End the run from outside, unless it is over."""
        if not self.is_over:
            self.state.end(status)

    def failed(self) -> None:
        """Count an evaluation without a value."""
        self.evaluations += 1

    def confirm(self) -> None:
        """Call the run a success: another one has reached the same result."""
        self.state.status = Status.SUCCESS

    @property
    def is_over(self) -> bool:
        """Whether the run has ended."""
        return self.state.status is not None

    @property
    def status(self) -> Status | None:
        """How the run has ended, None while it is under way."""
        return self.state.status

    @property
    def sum(self) -> float:
        """The sum that is minimized, at the best point."""
        return self.state.f

    @property
    def move(self) -> Move:
        """Why the next point is to be evaluated."""
        return self.state.move

    @property
    def params(self) -> Array:
        """The next point."""
        wanted = self.state.wanted
        return np.array(wanted[len(self._told)] if wanted else self.state.x)

    def record(self) -> RunRecord:
        """Return the record of the run so far; the value is half the sum."""
        s = self.state
        has_result = s.f < math.inf
        return RunRecord(
            seed=self.spec.seed,
            status=s.status,
            params=s.x.copy() if has_result else np.full(self.problem.n, np.nan),
            function_value=0.5 * s.f if has_result else math.nan,
            extra=np.zeros(0),
            iterations=s.iterations,
            evaluations=self.evaluations,
            nan_evaluations=self.nan_evaluations,
            completed=int(s.status is Status.SUCCESS),
            has_result=has_result,
        )
