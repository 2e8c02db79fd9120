"""What all runs of one call have in common."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from minimizer import Rules

from . import basics as ieee
from .basics import Array, Box
from .limits import Limits


class Coefficients(NamedTuple):
    """Where the trial points lie on the line from the centroid (0) to the worst vertex (1)."""

    reflection: float = -1.0
    expansion: float = -2.0
    outside: float = -0.5
    inside: float = 0.5
    shrink: float = 0.5  # of the way from the best vertex that is kept


@dataclass(frozen=True)
class Problem:
    """Start, limits and rules of a minimization; `start` and `variations` have n elements."""

    n: int
    extra: int
    start: list[float]
    variations: list[float] | None
    rules: Rules
    limits: Limits
    box: Box | None = None
    coefficients: Coefficients = field(default_factory=Coefficients)
    given_simplex: Array | None = None  # of the first run, (n + 1, n)

    @property
    def clips(self) -> bool:
        """Whether points are moved into the box, rather than counted as NaN outside it."""
        return self.box is not None and self.rules.clip_to_bounds


def vertex_ranges(origin: Sequence[float], variations: Sequence[float] | None) -> list[float]:
    """Distances from `origin` at which the other vertices are made, one per parameter."""
    given = [0.1 * abs(x) for x in origin] if variations is None else variations
    return [_vertex_range(x, size) for x, size in zip(origin, given, strict=True)]


def _vertex_range(x: float, size: float) -> float:
    if not size >= 1e-100:
        size = 0.01
    if abs(ieee.divide(size, x)) < 1e-10:
        size = abs(x * 1e-10)
    return size
