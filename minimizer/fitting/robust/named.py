"""A robust fit of a model whose parameters have names, bounds and fixed values."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import numpy as np

from ...common.arrays import Array
from ..functions.data_range import DataRange
from ..functions.row import RefusedError
from ..models import Model
from ..outcome import Outcome
from ..points import Points
from .fit import NO_DATA, fit_separable, refused
from .linearity import linear_params
from .one_by_one import OneByOne
from .scattered import scattered_starts
from .search import Limits
from .separable import Separable, keeping_best, recognized
from .starts import Start, lowest_starts

N_POINTS = 4000  # that are tried for a start, if all can be evaluated at once
FEW_POINTS = 300  # if not
N_STARTS = 4
LARGEST_GRID = 100_000  # points

Bound = tuple[float | None, float | None]


def fit_model(
    model: Model,
    data: Points,
    *,
    start: Mapping[str, float],
    bounds: Mapping[str, Bound],
    fixed: Mapping[str, float],
    limits: Limits,
) -> Outcome:
    """Fit a model from the start, if given, and from the best of many other points."""
    n = len(model.names)
    if not data.x.size:
        return refused(NO_DATA, n)
    with np.errstate(all="ignore"):
        extent = DataRange(data.x, data.y)
        try:
            model.refuse(extent)
        except RefusedError as error:
            return refused(str(error), n)
        problem = _Reduced(model, data, bounds, fixed)
    names = [model.names[i] for i in problem.free]
    with keeping_best(problem.separable):
        with np.errstate(all="ignore"):
            few = _Reduced(model, data.thinned(), bounds, fixed) if model.at_any_x else problem
            starts = few.starts(extent, start)
        if few is not problem:
            problem.separable.evaluations += few.separable.evaluations
        outcome = fit_separable(
            problem.separable,
            starts,
            data,
            replace(limits, bounds=problem.pairs),
            names,
            confirm=few.scattered,
        )
    params = problem.all_params(outcome.params)
    model.tidy(params)
    return replace(outcome, params=params)


class _Reduced:
    """A model without its fixed parameters, of which those without bounds may be linear."""

    def __init__(
        self, model: Model, data: Points, bounds: Mapping[str, Bound], fixed: Mapping[str, float]
    ) -> None:
        self.model = model
        self.scattered = False  # whether the starts are neither given nor from a grid
        self.base = [np.float64(fixed.get(name, np.nan)) for name in model.names]
        self.free = [i for i, name in enumerate(model.names) if name not in fixed]
        names = [model.names[i] for i in self.free]
        unbounded = [k for k, name in enumerate(names) if name not in bounds]

        def value(params: list[Any]) -> Array:
            return model.value(self.full(params), data.x)  # type: ignore[no-any-return]

        def follow(params: list[Any]) -> Any:
            assert model.follow is not None
            return model.follow(self.full(params), data.x)

        linear = [] if model.follow is None else linear_params(follow, len(names), unbounded)
        columns, indices = recognized(value, len(names), linear)
        kind = Separable if model.takes_many else OneByOne
        self.separable = kind(columns, len(names), indices, data.y, data.weights)
        sides = [bounds.get(names[k], (None, None)) for k in self.separable.nonlinear]
        self.sides = (
            np.array([-np.inf if low is None else low for low, _ in sides]),
            np.array([np.inf if high is None else high for _, high in sides]),
        )

    @property
    def pairs(self) -> list[Bound] | None:
        """Bounds of the parameters that are searched, None if there are none."""
        if not self.separable.nonlinear or not np.isfinite(self.sides).any():
            return None
        return [
            (None if low == -np.inf else low, None if high == np.inf else high)
            for low, high in zip(*(side.tolist() for side in self.sides), strict=True)
        ]

    def full(self, params: list[Any]) -> list[Any]:
        """Return all parameters, from those that are not fixed."""
        found: list[Any] = list(self.base)
        for i, value in zip(self.free, params, strict=True):
            found[i] = value
        return found

    def all_params(self, params: Array) -> Array:
        """Return all parameters as an array (P,)."""
        return np.array(self.full(list(params)), dtype=np.float64)

    def starts(self, extent: DataRange, start: Mapping[str, float]) -> list[Start]:
        """Return the start, if it is given, and the lowest of many other points."""
        nonlinear, (low, high) = self.separable.nonlinear, self.sides
        if not nonlinear:
            return []
        axes = self.model.axes(extent)
        known = {k: axes[self.free[k]] for k in nonlinear if self.free[k] in axes}
        names = [self.model.names[self.free[k]] for k in nonlinear]
        found: list[Start] = []
        if all(name in start for name in names):
            point = np.array([start[name] for name in names], dtype=np.float64)
            found.append(Start(np.clip(point, low, high), np.zeros(0)))
        inside = {
            k: np.unique(np.clip(known[k], *sides))
            for k, *sides in zip(nonlinear, low, high, strict=True)
            if k in known
        }
        size = np.prod([axis.size for axis in inside.values()])
        if len(inside) == len(nonlinear) and size <= LARGEST_GRID and self.model.takes_many:
            return found + lowest_starts(self.separable, [inside[k] for k in nonlinear], N_STARTS)
        self.scattered = not found and len(nonlinear) > 1
        count = N_POINTS if self.separable.at_once else FEW_POINTS
        sides = list(zip(low.tolist(), high.tolist(), strict=True))
        return found + scattered_starts(self.separable, extent, known, count, N_STARTS, sides)
