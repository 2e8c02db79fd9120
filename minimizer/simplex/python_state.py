"""The kernels that lists and arrays have in common."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import numpy as np

from .state import RunState

FLAT = 1e-6  # thickness of a simplex that has lost a dimension, relative to its size


class PythonState(RunState):
    """A run in plain Python."""

    __slots__ = ()

    def rank(self) -> None:
        """Find the best, worst and next worst vertex; among equals the first (ImageJ's order)."""
        if not self.nan_ranks_worst:
            self._rank_beside_nan()
            return
        values = self.values  # all are numbers, and the built-in functions faster than a loop
        order = sorted(values)
        least, next_most, most = order[0], order[-2], order[-1]
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

    def put(self, v: int, point: Any, value: float) -> None:
        """Set vertex `v` to a point and its value; NaN ranks like infinity if the rules say so."""
        self.points[v] = point
        self.true_values[v] = value
        if value != value:
            self.true_values[v] = self.told
            value = math.inf if self.nan_ranks_worst else value
        self.values[v] = value

    def length(self, vector: Sequence[float]) -> float:
        """Return the Euclidean length of a vector (n,), its squares summed in pairs."""
        with np.errstate(all="ignore"):
            return math.sqrt(np.add.reduce(np.square(vector)))

    @np.errstate(all="ignore")
    def is_flat(self) -> bool:
        """Return whether some edge at the best vertex is nearly a combination of the others.

        The edges are made orthogonal in turn (Gram-Schmidt).
        """
        params = np.array(self.points)[:, : self.n]
        edges = np.delete(params, self.best, axis=0) - params[self.best]
        extents = abs(edges).max(axis=0)
        edges /= np.where(extents > 0.0, extents, 1.0)
        heights = []
        for i, edge in enumerate(edges):
            square = np.add.reduce(edge * edge)
            heights.append(math.sqrt(square))
            rest = edges[i + 1 :]
            rest -= np.outer(np.add.reduce(rest * edge, axis=1) / (square or 1.0), edge)
        return min(heights) < FLAT * math.sqrt(self.n)
