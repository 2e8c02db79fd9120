"""The simplex: n + 1 vertices with their values, and which of them are best and worst."""

from __future__ import annotations

import math
import operator
from enum import Enum
from functools import reduce
from typing import Any

import numpy as np

from .limits import Array
from .problem import Problem

FEW = 6  # parameters, up to which plain floats are faster than arrays
_ADD = operator.add
FLAT = 1e-6  # thickness of a simplex that has lost a dimension, relative to its size


class Move(Enum):
    """Why a point is evaluated."""

    INITIAL = "initial"
    REFLECT = "reflect"
    EXPAND = "expand"
    CONTRACT_OUTSIDE = "contract outside"
    CONTRACT_INSIDE = "contract inside"
    DRAW_INWARDS = "draw inwards"
    SHRINK = "shrink"
    CENTRE = "centre"
    REINITIALIZE = "reinitialize"


class Simplex:
    """Vertices (n + 1, n + extra), each the parameters and the user's extra elements.

    Vertices keep their places; `best`, `next_worst` and `worst` are indices set by `rank`. Of the
    last search it knows where it began (`origin`), the centre of the simplex then (`inside`), how
    many reflections were NaN and, for R9, the least size of the simplex made for it in units of
    the initial ranges (`reach`). Points are clipped to `box`, if there is one.
    """

    def __init__(self, problem: Problem) -> None:
        n = problem.n
        self.n = n
        self.points = np.zeros((n + 1, n + problem.extra))
        self.params = self.points[:, :n]  # a view
        self.best = self.next_worst = self.worst = 0
        self.origin = self.inside = self.params[0]
        self.nan_reflections = 0
        self._may_draw = problem.rules.draw_inwards
        self.reach = 0.0
        self._nan_rank = math.inf if problem.rules.nan_ranks_worst else math.nan
        self.box = problem.box if problem.clips else None
        self._padding = np.zeros(problem.extra)
        never_evaluated = math.inf if problem.rules.nan_ranks_worst else 0.0
        self.values = [never_evaluated] * (n + 1)

    @property
    def draws_inwards(self) -> bool:
        """Whether the last search met NaN and the rules say what to do about it (R12)."""
        return self._may_draw and self.nan_reflections > 0

    def start(self) -> None:
        """Note where a search begins."""
        self.rank()
        self.origin = self.params[self.best].copy()
        self.inside = _sum(self.params) * (1.0 / (self.n + 1))
        self.nan_reflections = 0

    def rank(self) -> None:
        """Find the best, worst and next worst vertex; among equals the first (ImageJ's order)."""
        if self._nan_rank != math.inf:
            self._rank_beside_nan()
            return
        values = self.values  # all are numbers, and the built-in functions faster than a loop
        least, most = min(values), max(values)
        best, worst = values.index(least), values.index(most)
        values[worst] = -math.inf
        most_of_others = max(values)
        next_worst = best if most_of_others <= least else values.index(most_of_others)
        values[worst] = most
        self.best, self.next_worst, self.worst = best, next_worst, worst

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

    def centroid(self) -> Any:
        """Mean of the vertices other than the worst, shape (n,), summed in index order."""
        worst = self.params[self.worst].copy()
        self.params[self.worst] = 0.0  # adds nothing
        total = _sum(self.params)
        self.params[self.worst] = worst
        return total * (1.0 / self.n)

    def centre(self) -> Array:
        """Mean of all vertices, a point to evaluate."""
        return self._point(_sum(self.params) * (1.0 / (self.n + 1)))

    def trial(self, t: float, centroid: Any) -> Array:
        """Point at `t` on the line from the centroid (0) to the worst vertex (1)."""
        return self._point((1.0 - t) * centroid + t * self.params[self.worst])

    def inwards(self, point: Array, share: float) -> Array:
        """Point drawn towards the inside by a share of the way."""
        return self._point(point[: self.n] + share * (self.inside - point[: self.n]))

    def shrunk(self, i: int, t: float) -> Array:
        """Vertex `i` moved towards the best vertex, keeping `t` of its distance."""
        return self.vertex(i, t * self.params[i] + (1.0 - t) * self.params[self.best])

    def vertex(self, i: int, params: Array) -> Array:
        """Point for the place of vertex `i`, whose extra elements it keeps."""
        return self._point(params, self.points[i, self.n :])

    def is_flat(self) -> bool:
        """Whether some edge at the best vertex is nearly a combination of the others."""
        edges = np.delete(self.params, self.best, axis=0) - self.params[self.best]
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

    def put(self, i: int, point: Array, value: float) -> None:
        """Let vertex `i` be `point`, of that value."""
        self.points[i] = point
        self.values[i] = self._nan_rank if math.isnan(value) else value

    def swap(self, i: int, j: int) -> None:
        """Exchange the places of two vertices."""
        self.points[[i, j]] = self.points[[j, i]]
        self.values[i], self.values[j] = self.values[j], self.values[i]

    def _point(self, params: Array, extra: Array | None = None) -> Array:
        """Parameters, clipped to the box, followed by the extra elements (zeros if none)."""
        if self.box is not None:
            params = self.box.clip(params)
        if not self._padding.size:
            return params
        return np.concatenate((params, self._padding if extra is None else extra))


class SmallSimplex(Simplex):
    """The same for few parameters, in plain floats where most of the time would go to arrays."""

    def __init__(self, problem: Problem) -> None:
        super().__init__(problem)
        self._alters = problem.clips or problem.extra > 0  # a point is more than its parameters

    def centroid(self) -> list[float]:
        """Mean of the vertices other than the worst, summed in index order."""
        rows = self.params.tolist()
        self._worst_row: list[float] = rows.pop(self.worst)
        share = 1.0 / self.n
        # From 3.12 on, Python's own sum() rounds differently.
        return [reduce(_ADD, column, 0.0) * share for column in zip(*rows)]  # noqa: B905

    def trial(self, t: float, centroid: list[float]) -> Array:
        """Point at `t` on the line from the centroid (0) to the worst vertex (1)."""
        s = 1.0 - t
        point = np.array([s * c + t * w for c, w in zip(centroid, self._worst_row)])  # noqa: B905
        return self._point(point) if self._alters else point


def simplex_for(problem: Problem) -> Simplex:
    """Return a simplex for a problem, the faster kind for its number of parameters."""
    return SmallSimplex(problem) if problem.n <= FEW else Simplex(problem)


def _sum(rows: Array) -> Array:
    """Sum of the rows, added up in index order from 0.0."""
    total: Array = np.add.reduce(rows, axis=0, initial=0.0)
    return total
