"""The kernels in arrays: for many parameters, or where points have extra elements."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import numpy as np

from ..common.arrays import Array
from ..common.ieee import divide
from . import cholesky
from .python_state import PythonState

SOME = 20  # parameters, up to which loops over a factorization are faster than arrays


class ArrayState(PythonState):
    """A run whose vertices are the rows of an array; `ListState` documents the kernels."""

    __slots__ = ("highs", "line", "lows")
    line: tuple[Array, Array]  # the centroid and the worst vertex
    lows: Array  # of the box
    highs: Array

    def find_centroid(self) -> None:
        row = self.points[self.worst, : self.n]
        worst = row.copy()
        row.fill(0.0)  # adds nothing
        centroid = np.add.reduce(self.points[:, : self.n])
        row[:] = worst
        centroid *= 1.0 / self.n
        self.line = centroid, worst

    def try_on_line(self, t: float) -> None:
        centroid, worst = self.line
        params = (1.0 - t) * centroid
        params += t * worst
        if self.clips or self.extra:
            self.try_params(params, -1)
        else:
            self.trial = params

    def try_params(self, params: Sequence[float] | Array, v: int) -> None:
        if self.clips:
            low, high = self.lows, self.highs  # np.minimum might return either of two zeros
            clipped = np.where(params <= low, low, np.where(params >= high, high, params))
            free = self.fixed_only & (low < high)
            params = np.where(free, params, clipped)
        if self.extra:
            extra = self.points[v, self.n :] if v >= 0 else np.zeros(self.extra)
            params = np.concatenate((params, extra))
        self.trial = np.asarray(params)

    def try_between(self, a: int, b: int) -> None:
        n = self.n
        self.try_params(0.5 * (self.points[a, :n] + self.points[b, :n]), b)

    def find_frame(self) -> None:
        params = self.points[: self.n_edges + 1, : self.n]
        self.frame[: self.n_edges] = (params[1:] - params[0]).tolist()

    def begin_at(self, v: int) -> None:
        self.step[:] = self.points[v, : self.n].tolist()

    def is_outside(self) -> bool:
        params = self.trial[: self.n]
        return bool(((params < self.lows) | (params > self.highs)).any())

    def coordinate(self, v: int, i: int) -> float:
        return self.points.item(v, i)

    def vertex(self, v: int) -> Any:
        return self.points[v].copy()

    def swap(self, a: int, b: int) -> None:
        self.points[[a, b]] = self.points[[b, a]]
        for rows in (self.values, self.true_values):
            rows[a], rows[b] = rows[b], rows[a]

    def set_aside(self, v: int, point: Any, value: float) -> None:
        self.around[v], self.around_values[v] = point, value

    def orthogonalize(self) -> None:
        params = self.points[: self.vertex_index, : self.n]
        edges = (params[1:] - params[0]) / np.array(self.sizes)
        step = np.array(self.step)
        for edge, square in zip(edges, _in_order(edges * edges).tolist(), strict=True):
            if square != 0.0 or not self.clips:
                share = divide(_in_order(edge * step).item(), square)
                step = step - edge * share
        self.step[:] = step.tolist()

    def factorize(self, shift: float, floor: float) -> bool:
        m = self.n_edges
        if self.n <= SOME:
            return cholesky.factorize(self, shift, floor)
        self.factor = low = np.array(self.bent)[:m, :m]
        low[np.diag_indices(m)] += shift
        for k in range(m):
            pivot = low[k, k]
            if not floor < pivot < math.inf:
                return False
            low[k, k] = root = math.sqrt(pivot)
            column = low[k + 1 :, k] / root
            low[k + 1 :, k] = column
            low[k + 1 :, k + 1 :] -= np.outer(column, column)
        return True

    def solve_lower(self, v: list[float]) -> None:
        if self.n <= SOME:
            cholesky.solve_lower(self, v)
            return
        low, x = self.factor, np.array(v)
        for k in range(self.n_edges):
            x[k] /= low[k, k]
            x[k + 1 : self.n_edges] -= low[k + 1 :, k] * x[k]
        v[:] = x.tolist()

    def solve_upper(self, v: list[float]) -> None:
        if self.n <= SOME:
            cholesky.solve_upper(self, v)
            return
        low, x = self.factor, np.array(v)
        for k in range(self.n_edges - 1, -1, -1):
            x[k] /= low[k, k]
            x[:k] -= low[k, :k] * x[k]
        v[:] = x.tolist()

    def combine(self, t: list[float], scale: float) -> None:
        if self.n <= SOME:
            cholesky.combine(self, t, scale)
            return
        m = self.n_edges
        terms = (scale * np.array(t[:m]))[:, np.newaxis] * np.array(self.frame)[:m]
        self.step[:] = (np.add.reduce(terms) + 0.0).tolist()


def _in_order(terms: Array) -> Array:
    """Return sums over the last axis in index order, from 0.0 (NumPy's own sum adds in pairs)."""
    sums: Array = np.add.accumulate(terms, axis=-1)[..., -1] + 0.0
    return sums
