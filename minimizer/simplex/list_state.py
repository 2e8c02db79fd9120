"""The kernels in lists of plain floats: for few parameters, where arrays take most of the time."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial, reduce
from operator import add
from typing import Any

from ..common.ieee import divide
from . import cholesky
from .python_state import PythonState

_sums: Any = partial(map, add)  # of two rows, element by element


class ListState(PythonState):
    """A run whose points are lists, without extra elements."""

    __slots__ = ("line", "sides")
    line: list[tuple[float, float]]  # from the centroid to the worst vertex, per parameter
    sides: list[tuple[float, float]]  # of the box

    def find_centroid(self) -> None:
        """Find the mean of the vertices other than the worst, summed in index order."""
        rows, share = self.points.copy(), 1.0 / self.n
        worst = rows.pop(self.worst)
        # From 3.12 on, Python's own sum() rounds differently. Adding 0.0 makes +0.0 of -0.0.
        totals = reduce(_sums, rows)
        self.line = [((total + 0.0) * share, w) for total, w in zip(totals, worst)]  # noqa: B905

    def try_on_line(self, t: float) -> None:
        """Set `trial` to the point at `t` on the line from the centroid (0) to the worst (1)."""
        u = 1.0 - t
        trial = [u * c + t * w for c, w in self.line]
        self.trial = self._clipped(trial) if self.clips else trial

    def try_params(self, params: Sequence[float], v: int) -> None:
        """Set `trial` to these parameters, with the extra elements of vertex `v`; -1 for zeros."""
        self.trial = self._clipped(params) if self.clips else list(params)

    def try_between(self, a: int, b: int) -> None:
        """Set `trial` to the point halfway between two vertices."""
        pairs = zip(self.points[a], self.points[b])  # noqa: B905
        self.try_params([0.5 * (x + y) for x, y in pairs], b)

    def find_frame(self) -> None:
        """Find the edges from vertex 0 to the next `n_edges`."""
        origin = self.points[0]
        for k in range(self.n_edges):
            ends = zip(self.points[k + 1], origin)  # noqa: B905
            self.frame[k] = [x - o for x, o in ends]

    def begin_at(self, v: int) -> None:
        """Set `step` to the parameters of vertex `v`."""
        self.step[:] = self.points[v]

    def is_outside(self) -> bool:
        """Return whether a parameter of `trial` is out of bounds (NaN is not)."""
        sides = zip(self.trial, self.sides, strict=True)
        return any(x < low or x > high for x, (low, high) in sides)

    def coordinate(self, v: int, i: int) -> float:
        """Return parameter `i` of vertex `v`."""
        return self.points[v][i]

    def vertex(self, v: int) -> Any:
        """Return vertex `v`, a point to keep."""
        return self.points[v]

    def swap(self, a: int, b: int) -> None:
        """Exchange the places of two vertices."""
        for rows in (self.points, self.values, self.true_values):
            rows[a], rows[b] = rows[b], rows[a]

    def set_aside(self, v: int, point: Any, value: float) -> None:
        """Keep a vertex of the next simplex."""
        self.around[v], self.around_values[v] = point, value

    def orthogonalize(self) -> None:
        """Make `step` orthogonal to the edges from vertex 0 to those made, in units of `sizes`.

        Vertices that coincide, as those of a box without volume do, have no edge between them.
        """
        origin, step = self.points[0], self.step
        for vertex in self.points[1 : self.vertex_index]:
            edge = [(u - o) / size for u, o, size in zip(vertex, origin, self.sizes, strict=True)]
            square = dot = 0.0
            for y, d in zip(edge, step, strict=True):
                square += y * y
                dot += y * d
            if square != 0.0 or not self.clips:
                share = divide(dot, square)
                step[:] = [d - y * share for y, d in zip(edge, step, strict=True)]

    factorize, solve_lower, solve_upper, combine = (
        cholesky.factorize,
        cholesky.solve_lower,
        cholesky.solve_upper,
        cholesky.combine,
    )

    def _clipped(self, params: Sequence[float]) -> list[float]:
        """Return the nearest point of the box, or of its flat sides if only these hold."""
        free = self.fixed_only
        return [
            x if free and low < high else low if x <= low else high if x >= high else x
            for x, (low, high) in zip(params, self.sides, strict=True)
        ]
