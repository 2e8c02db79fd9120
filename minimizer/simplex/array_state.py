"""The kernels in arrays: for many parameters, or where points have extra elements."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from ..common.arrays import Array
from ..common.ieee import divide
from .python_state import PythonState


class ArrayState(PythonState):
    """A run whose vertices are the rows of an array; `ListState` says what the kernels do."""

    __slots__ = ("high", "line", "low")
    line: tuple[Array, Array]  # the centroid and the worst vertex
    low: Array  # of the box
    high: Array

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
            low, high = self.low, self.high  # np.minimum might return either of two zeros
            clipped = np.where(params <= low, low, np.where(params >= high, high, params))
            free = self.fixed_only & (low < high)
            params = np.where(free, params, clipped)
        if self.extra:
            extra = self.points[v, self.n :] if v >= 0 else np.zeros(self.extra)
            params = np.concatenate((params, extra))
        self.trial = np.asarray(params)

    def is_outside(self) -> bool:
        params = self.trial[: self.n]
        return bool(((params < self.low) | (params > self.high)).any())

    def coordinate(self, v: int, i: int) -> float:
        return self.points.item(v, i)

    def vertex(self, v: int) -> Any:
        return self.points[v].copy()

    def swap(self, a: int, b: int) -> None:
        self.points[[a, b]] = self.points[[b, a]]
        self.values[a], self.values[b] = self.values[b], self.values[a]

    def orthogonalize(self) -> None:
        params = self.points[: self.vertex_index, : self.n]
        edges = (params[1:] - params[0]) / np.array(self.sizes)
        step = np.array(self.step)
        for edge, square in zip(edges, _in_order(edges * edges).tolist(), strict=True):
            if square != 0.0 or not self.clips:
                share = divide(_in_order(edge * step).item(), square)
                step = step - edge * share
        self.step[:] = step.tolist()


def _in_order(terms: Array) -> Array:
    """Return sums over the last axis in index order, from 0.0 (NumPy's own sum adds in pairs)."""
    sums: Array = np.add.accumulate(terms, axis=-1)[..., -1] + 0.0
    return sums
