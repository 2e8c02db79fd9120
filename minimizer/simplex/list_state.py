"""The kernels in lists of plain floats: for few parameters, where arrays take most of the time."""

from __future__ import annotations

import math
from collections.abc import Sequence
from functools import partial, reduce
from operator import add
from typing import Any

import numpy as np

from ..common.ieee import divide
from .closeness import TINY
from .flatness import is_flat
from .ranking import rank
from .state import RunState

Point = list[float]

_sums: Any = partial(map, add)  # of two rows, element by element


class ListState(RunState):
    """A run whose points are lists, without extra elements."""

    __slots__ = ("line", "sides")
    line: list[tuple[float, float]]  # from the centroid to the worst vertex, per parameter
    sides: list[tuple[float, float]]  # of the box

    rank = rank

    def begin_search(self) -> None:
        """Note the best vertex and the mean of all vertices."""
        self.origin = self.points[self.best]
        self.middle = self._mean()

    def find_centroid(self) -> None:
        """Find the line from the mean of the vertices other than the worst, to the worst."""
        rows, share = self.points.copy(), 1.0 / self.n
        worst = rows.pop(self.worst)
        # From 3.12 on, Python's own sum() rounds differently. Adding 0.0 makes +0.0 of -0.0.
        self.line = [
            ((total + 0.0) * share, w)
            for total, w in zip(reduce(_sums, rows), worst)  # noqa: B905
        ]

    def try_on_line(self, t: float) -> None:
        """Try the point at `t` on the line."""
        u = 1.0 - t
        trial = [u * c + t * w for c, w in self.line]
        self.trial = self._clip(trial) if self.clips else trial

    def try_centre(self) -> None:
        """Try the mean of all vertices."""
        self.try_params(self._mean(), 0)

    def try_inwards(self, share: float) -> None:
        """Try the reflection drawn towards the middle."""
        ways = zip(self.reflected, self.middle, strict=True)
        self.try_params([x + share * (m - x) for x, m in ways], 0)

    def try_shrunk(self, v: int) -> None:
        """Try vertex `v` drawn towards the best."""
        t, ways = self.shrink, zip(self.points[v], self.points[self.best], strict=True)
        self.try_params([t * x + (1.0 - t) * b for x, b in ways], v)

    def try_params(self, params: Sequence[float], v: int) -> None:
        """Try these parameters."""
        self.trial = self._clip(params) if self.clips else list(params)

    def is_outside(self) -> bool:
        """Return whether the trial point is out of bounds."""
        return any(
            x < low or x > high for x, (low, high) in zip(self.trial, self.sides, strict=True)
        )

    def put(self, v: int, point: Any, value: float) -> None:
        """Let vertex `v` be a point of that value."""
        self.points[v] = point
        self.values[v] = math.inf if value != value and self.nan_ranks_worst else value

    def vertex(self, v: int) -> Any:
        """Return vertex `v`."""
        return self.points[v]

    def swap(self, a: int, b: int) -> None:
        """Exchange the places of two vertices."""
        points, values = self.points, self.values
        points[a], points[b] = points[b], points[a]
        values[a], values[b] = values[b], values[a]

    def is_tiny(self) -> bool:
        """Return whether all vertices are near the best; nearly always one number tells."""
        best = self.points[self.best]
        x, ranges = best[0], self.run_ranges
        if abs(self.points[self.worst][0] - x) > TINY * (abs(x) + ranges[0]):
            return False
        return self._all_near(best, [TINY * (abs(b) + size) for b, size in zip(best, ranges)])  # noqa: B905

    def all_near(self, x: Any, share: float) -> bool:
        """Return whether all vertices are within a share of ``|x| + ranges``."""
        limits = [share * (abs(b) + size) for b, size in zip(x, self.ranges, strict=True)]
        return self._all_near(x, limits)

    def all_within_tolerance(self, x: Any) -> bool:
        """Return whether all vertices are within the absolute tolerance."""
        return self._all_near(x, [self.param_tolerance] * self.n)

    def is_flat(self) -> bool:
        """Return whether the simplex has lost a dimension."""
        return is_flat(np.array(self.points), self.best)

    def find_extents(self) -> None:
        """Find the size of the simplex, per parameter."""
        rows = self.points.copy()
        best = rows.pop(self.best)
        for i, b in enumerate(best):
            square = 0.0
            for row in rows:
                d = abs(row[i] - b)
                square += d * d
            self.sizes[i] = math.sqrt(square)

    def orthogonalize(self) -> None:
        """Make the step orthogonal to the edges that there are."""
        origin, direction = self.points[0], list(self.step)
        for vertex in self.points[1 : self.vertex_index]:
            edge = [(u - o) / size for u, o, size in zip(vertex, origin, self.sizes, strict=True)]
            square = dot = 0.0
            for y, d in zip(edge, direction, strict=True):
                square += y * y
                dot += y * d
            if square == 0.0 and self.clips:
                continue
            share = divide(dot, square)
            direction = [d - y * share for y, d in zip(edge, direction, strict=True)]
        self.step[:] = direction

    def length(self, vector: Sequence[float]) -> float:
        """Return the Euclidean length."""
        array = np.array(vector)
        with np.errstate(all="ignore"):
            return math.sqrt(np.add.reduce(array * array))

    def _mean(self) -> Point:
        share = 1.0 / (self.n + 1)
        return [(total + 0.0) * share for total in reduce(_sums, self.points)]

    def _clip(self, params: Sequence[float]) -> Point:
        """Return the nearest point of the box, or of its flat sides if only these hold."""
        free = self.fixed_only
        return [
            x if free and low < high else low if x <= low else high if x >= high else x
            for x, (low, high) in zip(params, self.sides, strict=True)
        ]

    def _all_near(self, x: Point, limits: Sequence[float]) -> bool:
        for point in self.points:
            for p, b, limit in zip(point, x, limits, strict=True):
                if not abs(p - b) <= limit:
                    return False
        return True
