"""The user's functions as one: residuals, and the Jacobian where a point asks for it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from ..common.arrays import Array


@dataclass(frozen=True)
class Evaluator:
    """Calls `fun`, or `jac` if the last element of a point asks for it."""

    fun: Callable[..., Any]
    jac: Callable[..., Any] | None
    args: tuple[Any, ...] = ()

    def __call__(self, point: Array) -> Any:
        """Return residuals (m,), or the Jacobian (m, n)."""
        if self.jac is None:
            return self.fun(point, *self.args)
        params = point[:-1].copy()
        return self.jac(params, *self.args) if point[-1] else self.fun(params, *self.args)
