"""The simplex of few parameters, in plain floats."""

from __future__ import annotations

from functools import partial, reduce
from operator import add
from typing import Any

import numpy as np

from ..common.arrays import Array
from .limits import Limits
from .problem import Problem
from .simplex import Simplex

FEW = 6  # parameters, up to which plain floats are faster than arrays
_sums: Any = partial(map, add)  # of two rows, element by element


class SmallSimplex(Simplex):
    """The same for few parameters and no extra elements, in lists of plain floats.

    Most of the time would go to making arrays otherwise.
    """

    def set(self, points: Array, values: list[float]) -> None:
        """Let the vertices be `points` (n + 1, n), and have those values."""
        self._rows: list[list[float]] = points.tolist()
        self.values = values

    @property
    def params(self) -> Array:
        """Parameters of the vertices, (n + 1, n), to be read only."""
        return np.array(self._rows)

    def line(self) -> list[tuple[float, float]]:
        """Return the line from the centroid of the others, summed in index order, to the worst.

        That is, per parameter, where it begins and where it ends.
        """
        rows, share = self._rows.copy(), 1.0 / self.n
        worst = rows.pop(self.worst)
        # From 3.12 on, Python's own sum() rounds differently. Adding 0.0 makes +0.0 of -0.0.
        return [((sum_ + 0.0) * share, w) for sum_, w in zip(reduce(_sums, rows), worst)]  # noqa: B905

    def at(self, line: list[tuple[float, float]], t: float) -> list[float]:
        """Point on the line at `t`: 0 is the centroid, 1 the worst vertex."""
        s = 1.0 - t
        params = [s * c + t * w for c, w in line]
        return params if self.box is None else self.box.clip_list(params)

    def vertex(self, i: int, params: Array) -> list[float]:
        """Point for the place of vertex `i`."""
        return self._point(params)

    def point(self, i: int) -> Array:
        """Return a copy of vertex `i`, (n,)."""
        return np.array(self._rows[i])

    def is_tiny(self, limits: Limits) -> bool:
        """Whether it is hardly larger than what rounding can resolve (R4)."""
        first, other = self._rows[self.best][0], self._rows[self.worst][0]
        return limits.may_be_tiny(first, other) and limits.is_tiny(self.params, self.best)

    def put(self, i: int, point: list[float], value: float) -> None:
        """Let vertex `i` be `point`, of that value."""
        self._rows[i] = point
        self.values[i] = self._nan_rank if value != value else value

    def swap(self, i: int, j: int) -> None:
        """Exchange the places of two vertices."""
        rows, values = self._rows, self.values
        rows[i], rows[j] = rows[j], rows[i]
        values[i], values[j] = values[j], values[i]

    def _point(self, params: Array, extra: Array | None = None) -> list[float]:
        """Parameters, clipped to the box."""
        row: list[float] = params.tolist()
        return row if self.box is None else self.box.clip_list(row)


def simplex_for(problem: Problem) -> Simplex:
    """Return a simplex for a problem, the faster kind for its number of parameters."""
    is_small = problem.n <= FEW and not problem.extra
    return SmallSimplex(problem) if is_small else Simplex(problem)
