"""Many least-squares problems with one residual function."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from ..common.arrays import Array
from ..common.status import Status
from ..residuals.engine import LevenbergMarquardt
from ..residuals.problem_of import EVALUATIONS
from .chunks import Problems
from .results import ManyResults

RESIDUAL_SETTINGS = ("bounds", "max_evaluations", "max_seconds")


@dataclass(frozen=True)
class ResidualProblems(Problems):
    """Problems whose function fills an array of `n_residuals`: ``fun(params, *args_i, out)``."""

    n_residuals: int = 0

    @property
    def limit(self) -> int:
        """Limit on the evaluations of a problem."""
        n = self.x0.shape[1]
        return self.m.max_evaluations or EVALUATIONS * (n + 1)

    def solved(self) -> ManyResults:
        """Solve them in Python."""
        results = ManyResults.empty(*self.x0.shape)
        for i in range(len(results)):
            if self.seconds_left <= 0.0:
                break
            self.solve_one(i, results, i)
        return results

    def solve_one(
        self, i: int, out: ManyResults, place: int, before: tuple[int, ...] = (0, 0)
    ) -> None:
        """Solve problem `i` by the engine, and write the result to its place.

        `before` are the iterations and evaluations already spent on it.
        """
        assert self.m.fun is not None
        box = self.m.box(self.x0.shape[1])
        left = self.seconds_left
        lm = LevenbergMarquardt(
            Filled(self.m.fun, tuple(arg[i] for arg in self.args), self.n_residuals),
            bounds=box,
            max_evaluations=max(1, self.limit - before[1]),
            max_seconds=None if left == np.inf else max(left, 1e-9),
        )
        try:
            out.status[place] = lm.minimize(self.x0[i])
        except Exception:  # of the user's function: the other problems continue
            out.status[place] = Status.FUNCTION_FAILURE
        else:
            out.params[place] = lm.params if lm.cost == lm.cost else np.nan
            out.function_value[place] = lm.cost
        out.counts[place] = lm.iterations + before[0], lm.evaluations + before[1]


@dataclass(frozen=True)
class Filled:
    """A function of the parameters that returns the array that the user's function fills."""

    fun: Callable[..., Any]
    args: tuple[Any, ...]
    n_residuals: int

    def __call__(self, params: Array) -> Array:
        """Return the residuals (m,)."""
        out = np.empty(self.n_residuals)
        self.fun(params, *self.args, out)
        return out
