"""The simplex: n + 1 vertices with their values, and which of them are best and worst."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from minimizer import Move

from .basics import Array
from .limits import Limits
from .problem import Problem

FLAT = 1e-6  # thickness of a simplex that has lost a dimension, relative to its size


class Simplex:
    """Vertices, each the parameters and the user's extra elements, (n + extra,), and their values.

    Vertices keep their places; `best`, `next_worst` and `worst` are indices set by `rank`. Of the
    last search it knows where it began (`origin`), the centre of the simplex then (`inside`), how
    many reflections were NaN and, for R9, the least size of the simplex made for it in units of
    the initial ranges (`reach`). Points are clipped to `box`, if there is one.
    """

    def __init__(self, problem: Problem) -> None:
        n = problem.n
        self.n = n
        self.best = self.next_worst = self.worst = 0
        self.origin = self.inside = np.zeros(n)
        self.nan_reflections = 0
        self._may_draw = problem.rules.draw_inwards
        self.reach = 0.0
        self._nan_rank = math.inf if problem.rules.nan_ranks_worst else math.nan
        self.box = problem.box if problem.clips else None
        self._padding = np.zeros(problem.extra)
        self._has_extra = problem.extra > 0
        never_evaluated = math.inf if problem.rules.nan_ranks_worst else 0.0
        self.set(np.zeros((n + 1, n + problem.extra)), [never_evaluated] * (n + 1))

    def set(self, points: Array, values: list[float]) -> None:
        """Let the vertices be `points` (n + 1, n + extra), and have those values."""
        self._points = points.copy()
        self._params: Array = self._points[:, : self.n]  # a view
        self.values = values

    @property
    def params(self) -> Array:
        """Parameters of the vertices, (n + 1, n), to be read only."""
        params: Array = self._params
        return params

    @property
    def draws_inwards(self) -> bool:
        """Whether the last search met NaN and the rules say what to do about it (R12)."""
        return self._may_draw and self.nan_reflections > 0

    def start(self) -> None:
        """Note where a search begins."""
        self.rank()
        params = self.params
        self.origin = params[self.best].copy()
        self.inside = _sum(params) * (1.0 / (self.n + 1))
        self.nan_reflections = 0

    def rank(self) -> None:
        """Find the best, worst and next worst vertex; among equals the first (ImageJ's order)."""
        if self._nan_rank != math.inf:
            self._rank_beside_nan()
            return
        values = self.values  # all are numbers, and the built-in functions faster than a loop
        order = sorted(values)
        least, most, next_most = order[0], order[-1], order[-2]
        self.best = values.index(least)
        self.worst = worst = values.index(most)
        if next_most == least:
            self.next_worst = self.best
        else:
            self.next_worst = values.index(next_most, worst + 1 if next_most == most else 0)

    def _rank_beside_nan(self) -> None:
        values = self.values
        best = worst = 0
        for i, value in enumerate(values):
            if value < values[best]:
                best = i
            if value > values[worst]:
                worst = i
        next_worst = best
        for i, value in enumerate(values):
            if i != worst and value > values[next_worst]:
                next_worst = i
        self.best, self.next_worst, self.worst = best, next_worst, worst

    def line(self) -> Any:
        """Return the line from the centroid of the others, summed in index order, to the worst."""
        row = self._params[self.worst]
        worst = row.copy()
        row.fill(0.0)  # adds nothing
        centroid = np.add.reduce(self._params)
        row[:] = worst
        centroid *= 1.0 / self.n
        return centroid, worst

    def at(self, line: Any, t: float) -> Any:
        """Point on the line at `t`: 0 is the centroid, 1 the worst vertex."""
        centroid, worst = line
        params = (1.0 - t) * centroid
        params += t * worst
        return self._point(params)

    def centre(self) -> Any:
        """Mean of all vertices, a point to evaluate."""
        return self._point(_sum(self.params) * (1.0 / (self.n + 1)))

    def inwards(self, point: Any, share: float) -> Any:
        """Point drawn towards the inside by a share of the way."""
        params = np.array(point[: self.n])
        return self._point(params + share * (self.inside - params))

    def shrunk(self, i: int, t: float) -> Any:
        """Vertex `i` moved towards the best vertex, keeping `t` of its distance."""
        params = self.params
        return self.vertex(i, t * params[i] + (1.0 - t) * params[self.best])

    def vertex(self, i: int, params: Array) -> Any:
        """Point for the place of vertex `i`, whose extra elements it keeps."""
        return self._point(params, self._points[i, self.n :])

    def point(self, i: int) -> Array:
        """Return a copy of vertex `i`, (n + extra,)."""
        point: Array = self._points[i].copy()
        return point

    def is_flat(self) -> bool:
        """Whether some edge at the best vertex is nearly a combination of the others."""
        params = self.params
        edges = np.delete(params, self.best, axis=0) - params[self.best]
        extents = abs(edges).max(axis=0)
        edges /= np.where(extents > 0.0, extents, 1.0)
        heights = []
        for i, edge in enumerate(edges):  # Gram-Schmidt
            square = np.add.reduce(edge * edge)
            heights.append(math.sqrt(square))
            rest = edges[i + 1 :]
            rest -= np.outer(np.add.reduce(rest * edge, axis=1) / (square or 1.0), edge)
        return min(heights) < FLAT * math.sqrt(self.n)

    def sorted(self) -> tuple[Array, Array]:
        """Return copies of the parameters (n + 1, n) and values (n + 1,), lowest value first."""
        values = np.array(self.values)
        order = np.argsort(values, kind="stable")
        return self.params[order], values[order]

    def is_tiny(self, limits: Limits) -> bool:
        """Whether it is hardly larger than what rounding can resolve (R4)."""
        first, other = self._points.item(self.best, 0), self._points.item(self.worst, 0)
        return limits.may_be_tiny(first, other) and limits.is_tiny(self._params, self.best)

    def put(self, i: int, point: Any, value: float) -> None:
        """Let vertex `i` be `point`, of that value."""
        self._points[i] = point
        self.values[i] = self._nan_rank if value != value else value

    def swap(self, i: int, j: int) -> None:
        """Exchange the places of two vertices."""
        self._points[[i, j]] = self._points[[j, i]]
        self.values[i], self.values[j] = self.values[j], self.values[i]

    def _point(self, params: Array, extra: Array | None = None) -> Any:
        """Parameters, clipped to the box, followed by the extra elements (zeros if none)."""
        if self.box is not None:
            params = self.box.clip(params)
        if not self._has_extra:
            return params
        return np.concatenate((params, self._padding if extra is None else extra))


def _sum(rows: Array) -> Array:
    """Sum of the rows, added up in index order from 0.0."""
    total: Array = np.add.reduce(rows, axis=0, initial=0.0)
    return total


__all__ = ["Move", "Simplex"]
