"""Reconstruct the simplices of a run from its trace."""

from __future__ import annotations

import math
from collections.abc import Iterable
from typing import NamedTuple

import numpy as np

from ..common.arrays import Array
from ..common.records import Evaluation
from ..simplex.moves import Move


class Snapshot(NamedTuple):
    """A simplex: the evaluation (from 0) and move that made it, vertices (n + 1, n), and values."""

    evaluation: int
    move: Move
    vertices: Array
    values: Array


def simplices(evaluations: Iterable[Evaluation]) -> list[Snapshot]:
    """Return the simplices of one run, in order, from its evaluations."""
    walker = _Walker()
    for i, evaluation in enumerate(evaluations):
        walker.follow(i, evaluation)
    return walker.snapshots


class _Walker:
    """Follows the simplex by repeating the comparisons of `simplex.search` on the values.

    A trial point outside the bounds is not in the trace; it counts as NaN, as in the search. Of a
    surface that made no new simplex, the lowest point is shown in the place of the worst vertex.
    """

    def __init__(self) -> None:
        self.snapshots: list[Snapshot] = []
        self._vertices: list[Array] = []
        self._values: list[float] = []
        self._made: list[tuple[Array, float]] | None = []  # vertices of an incomplete simplex
        self._reflected = math.nan
        self._is_open = False  # whether an iteration has begun without changing the simplex yet
        self._to_shrink: list[int] = []
        self._surface: tuple[Array, float] | None = None  # the lowest point of a surface
        self._lowest: tuple[Array, float] | None = None  # of all
        self._is_probed = False  # whether the last evaluation was a probe
        self._best = self._next = self._worst = 0

    def follow(self, i: int, evaluation: Evaluation) -> None:
        """Follow one evaluation, number `i` of the run."""
        _, why, point, value = evaluation
        move, probed, lowest = Move(why), self._is_probed, self._lowest
        self._is_probed = move is Move.PROBE
        if not math.isnan(value) and (lowest is None or value < lowest[1]):
            self._lowest = point, value
        if move is Move.PROBE:
            return
        if probed and move in (Move.INITIAL, Move.REINITIALIZE) and lowest is not None:
            self._begin_at(lowest)
        if move in (Move.INITIAL, Move.REINITIALIZE, Move.SURROUND):
            accepted = self._make(point, value)
        elif move is Move.SURFACE:
            self._settle()
            accepted = self._lower(point, like_inf(value))
        else:
            self._settle()
            self._surface = None
            accepted = self._search(move, point, like_inf(value), math.isnan(value))
        if accepted:
            if move is Move.EXPAND and self.snapshots[-1].move is Move.REFLECT:
                self.snapshots.pop()  # the expansion continues the same move
            vertices, values = np.array(self._vertices), np.array(self._values)
            self.snapshots.append(Snapshot(i, move, vertices, values))

    def _lower(self, point: Array, value: float) -> bool:
        """Show the lowest point of a surface, lower than the best, in the place of the worst."""
        if self._surface is None:
            self._rank()
            self._surface = self._vertices[self._best], self._values[self._best]
        if value > self._surface[1]:
            return False
        self._surface = point, value
        return self._put(self._worst, point, value)

    def _begin_at(self, lowest: tuple[Array, float]) -> None:
        """Begin a new simplex at the lowest point so far, which a probe may have found."""
        if self._made is None:
            self._rank()
            self._made = [(self._vertices[self._best], self._values[self._best])]
        if not self._made[0][1] <= lowest[1]:
            self._made[0] = lowest

    def _make(self, point: Array, value: float) -> bool:
        if self._made is None:  # the first of a new simplex: the best vertex stays
            self._rank()
            self._made = [(self._vertices[self._best], self._values[self._best])]
        self._made.append((point, value))
        valid = [vertex for vertex in self._made if not math.isnan(vertex[1])]
        if len(valid) <= point.size:
            return False
        self._put_all(valid)
        return True

    def _settle(self) -> None:
        """Continue with a given simplex that has NaN vertices."""
        if self._made is not None:
            self._put_all(self._made)

    def _put_all(self, made: list[tuple[Array, float]]) -> None:
        self._vertices = [point for point, _ in made]
        self._values = [like_inf(value) for _, value in made]
        self._made, self._is_open, self._to_shrink, self._surface = None, False, [], None

    def _search(self, move: Move, point: Array, value: float, nan: bool) -> bool:
        if move is Move.CENTRE:
            self._rank()
            return value < self._values[self._best] and self._put(self._best, point, value)
        if move is Move.SHRINK:
            return self._shrink(point, value)
        if move is Move.REFLECT or (move is not Move.EXPAND and not self._is_open):
            self._rank()
            self._is_open, self._to_shrink = True, []
            self._reflected = value if move is Move.REFLECT and not nan else math.nan
        return self._is_better(move, value) and self._put(self._worst, point, value)

    def _is_better(self, move: Move, value: float) -> bool:
        if move is Move.REFLECT:
            return value < self._values[self._next]
        if move is Move.EXPAND:
            return value <= self._reflected
        if move is Move.CONTRACT_OUTSIDE and not math.isnan(self._reflected):
            return value <= self._reflected
        return value < self._values[self._worst]

    def _shrink(self, point: Array, value: float) -> bool:
        if not self._to_shrink:
            self._rank()
            self._to_shrink = [i for i in range(len(self._values)) if i != self._best]
        self._put(self._to_shrink.pop(0), point, value)
        return not self._to_shrink

    def _put(self, i: int, point: Array, value: float) -> bool:
        self._vertices[i], self._values[i] = point, value
        self._is_open = False
        return True

    def _rank(self) -> None:
        """Find best, worst and next worst: among equals the first, as `Simplex.rank` does."""
        order = range(len(self._values))
        self._best = min(order, key=self._values.__getitem__)
        self._worst = max(order, key=self._values.__getitem__)
        others = [i for i in order if i != self._worst] or [self._best]
        self._next = max(others, key=self._values.__getitem__)


def like_inf(value: float) -> float:
    """Return the value for ranking: NaN counts as +inf (R1)."""
    return math.inf if math.isnan(value) else value
