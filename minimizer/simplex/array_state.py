"""The kernels in arrays: for many parameters, or where points have extra elements."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import numpy as np

from ..common.arrays import Array
from ..common.ieee import divide
from .closeness import TINY
from .flatness import is_flat
from .ranking import rank
from .state import RunState

FEW = 5  # edges, up to which it is faster to go through them element by element


class ArrayState(RunState):
    """A run whose vertices are the rows of an array."""

    __slots__ = ("high", "line", "low")
    line: tuple[Array, Array]  # the centroid and the worst vertex
    low: Array  # of the box
    high: Array

    rank = rank

    def begin_search(self) -> None:
        """Note the best vertex and the mean of all vertices."""
        self.origin = self._params[self.best].tolist()
        self.middle = self._mean().tolist()

    def find_centroid(self) -> None:
        """Find the mean of the vertices other than the worst."""
        row = self.points[self.worst, : self.n]
        worst = row.copy()
        row.fill(0.0)  # adds nothing
        centroid = np.add.reduce(self._params)
        row[:] = worst
        centroid *= 1.0 / self.n
        self.line = centroid, worst

    def try_on_line(self, t: float) -> None:
        """Try the point at `t` on the line."""
        centroid, worst = self.line
        params = (1.0 - t) * centroid
        params += t * worst
        self._try(params, -1)

    def try_centre(self) -> None:
        """Try the mean of all vertices."""
        self._try(self._mean(), -1)

    def try_inwards(self, share: float) -> None:
        """Try the reflection drawn towards the middle."""
        x = self.reflected[: self.n]
        self._try(x + share * (np.array(self.middle) - x), -1)

    def try_shrunk(self, v: int) -> None:
        """Try vertex `v` drawn towards the best."""
        t, params = self.shrink, self._params
        self._try(t * params[v] + (1.0 - t) * params[self.best], v)

    def try_params(self, params: Sequence[float], v: int) -> None:
        """Try these parameters."""
        self._try(np.array(params), v)

    def is_outside(self) -> bool:
        """Return whether the trial point is out of bounds."""
        params = self.trial[: self.n]
        return bool(((params < self.low) | (params > self.high)).any())

    def put(self, v: int, point: Any, value: float) -> None:
        """Let vertex `v` be a point of that value."""
        self.points[v] = point
        self.values[v] = math.inf if value != value and self.nan_ranks_worst else value

    def vertex(self, v: int) -> Any:
        """Return a copy of vertex `v`."""
        return self.points[v].copy()

    def swap(self, a: int, b: int) -> None:
        """Exchange the places of two vertices."""
        self.points[[a, b]] = self.points[[b, a]]
        values = self.values
        values[a], values[b] = values[b], values[a]

    def is_tiny(self) -> bool:
        """Return whether all vertices are near the best; nearly always one number tells."""
        x, ranges = self.points.item(self.best, 0), self.run_ranges
        if abs(self.points.item(self.worst, 0) - x) > TINY * (abs(x) + ranges[0]):
            return False
        return self._all_near(self._params[self.best], TINY, ranges)

    def all_near(self, x: Any, share: float) -> bool:
        """Return whether all vertices are within a share of ``|x| + ranges``."""
        return self._all_near(np.array(x[: self.n]), share, self.ranges)

    def all_within_tolerance(self, x: Any) -> bool:
        """Return whether all vertices are within the absolute tolerance."""
        return bool((abs(self._params - np.array(x[: self.n])) <= self.param_tolerance).all())

    def is_flat(self) -> bool:
        """Return whether the simplex has lost a dimension."""
        return is_flat(self._params, self.best)

    def find_extents(self) -> None:
        """Find the size of the simplex, per parameter."""
        params = self._params
        edges = np.delete(params, self.best, axis=0) - params[self.best]
        self.sizes[:] = np.sqrt(np.add.reduce(edges * edges, axis=0, initial=0.0)).tolist()

    def orthogonalize(self) -> None:
        """Make the step orthogonal to the edges that there are."""
        params = self._params[: self.vertex_index]
        edges = (params[1:] - params[0]) / np.array(self.sizes)
        direction = np.array(self.step)
        for edge, square in zip(edges, _in_order(edges * edges).tolist(), strict=True):
            if square == 0.0 and self.clips:
                continue
            share = divide(_in_order(edge * direction).item(), square)
            direction = direction - edge * share
        self.step[:] = direction.tolist()

    def length(self, vector: Sequence[float]) -> float:
        """Return the Euclidean length."""
        array = np.array(vector)
        return math.sqrt(np.add.reduce(array * array))

    @property
    def _params(self) -> Array:
        """Parameters of the vertices, (n + 1, n), a view."""
        params: Array = self.points[:, : self.n]
        return params

    def _mean(self) -> Array:
        """Return the mean of all vertices, added up in index order from 0.0."""
        mean: Array = np.add.reduce(self._params, axis=0, initial=0.0) * (1.0 / (self.n + 1))
        return mean

    def _try(self, params: Array, v: int) -> None:
        """Try parameters, clipped to the box, with the extra elements of vertex `v` or zeros."""
        if self.clips:
            low, high = self.low, self.high  # np.minimum might return either of two zeros
            clipped = np.where(params <= low, low, np.where(params >= high, high, params))
            free = self.fixed_only & (low < high)
            params = np.where(free, params, clipped)
        if self.extra:
            extra = self.points[v, self.n :] if v >= 0 else np.zeros(self.extra)
            params = np.concatenate((params, extra))
        self.trial = params

    def _all_near(self, x: Array, share: float, ranges: Sequence[float]) -> bool:
        return bool((abs(self._params - x) <= share * (abs(x) + np.array(ranges))).all())


def _in_order(terms: Array) -> Array:
    """Return sums over the last axis in index order, from 0.0 (NumPy's own sum adds in pairs)."""
    sums: Array = np.add.accumulate(terms, axis=-1)[..., -1] + 0.0
    return sums
