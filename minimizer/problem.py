"""What all runs of one call have in common."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

import numpy as np

from . import ieee
from .limits import Array, Limits
from .rules import Rules


class Coefficients(NamedTuple):
    """Where the trial points lie on the line from the centroid (0) to the worst vertex (1)."""

    reflection: float = -1.0
    expansion: float = -2.0
    outside: float = -0.5
    inside: float = 0.5
    shrink: float = 0.5  # of the way from the best vertex that is kept


def adaptive_coefficients(n: int) -> Coefficients:
    """Coefficients of Gao and Han (Comput. Optim. Appl. 51 (2012) 259-277) for n parameters."""
    if n == 1:
        return Coefficients()  # theirs would shrink the simplex to a point
    contraction = 0.75 - 1.0 / (2.0 * n)
    return Coefficients(-1.0, -(1.0 + 2.0 / n), -contraction, contraction, 1.0 - 1.0 / n)


@dataclass(frozen=True)
class Box:
    """Bounds of the parameters, two arrays (n,); infinite where there is none."""

    lower: Array
    upper: Array
    sides: list[tuple[float, float]] = field(init=False)  # the same, per parameter

    def __post_init__(self) -> None:
        sides = zip(self.lower.tolist(), self.upper.tolist(), strict=True)
        object.__setattr__(self, "sides", list(sides))

    def clip(self, point: Array) -> Array:
        """Return the nearest point of the box."""
        return np.minimum(np.maximum(point, self.lower), self.upper)

    def clip_list(self, params: list[float]) -> list[float]:
        """Do the same with plain floats, which is faster for few."""
        return [
            low if x <= low else high if x >= high else x
            for x, (low, high) in zip(params, self.sides, strict=True)
        ]

    def contains(self, point: Array | list[float]) -> bool:
        """Tell whether no parameter is out of bounds (a NaN is not)."""
        if type(point) is list:
            return not any(
                x < low or x > high for x, (low, high) in zip(point, self.sides, strict=True)
            )
        return not bool(((point < self.lower) | (point > self.upper)).any())

    def touches(self, point: Array) -> bool:
        """Tell whether a parameter that is free to move lies on a bound."""
        on_bound = (point <= self.lower) | (point >= self.upper)
        return bool((on_bound & (self.lower < self.upper)).any())

    def fixed_only(self) -> Box:
        """Return the box that only holds the parameters whose bounds coincide."""
        fixed = self.lower == self.upper
        return Box(np.where(fixed, self.lower, -np.inf), np.where(fixed, self.upper, np.inf))

    def farther(self, origin: Array, step: Array) -> Array:
        """Return origin + step clipped or, where this leads farther, origin - step clipped."""
        ahead, back = self.clip(origin + step), self.clip(origin - step)
        return np.where(abs(ahead - origin) >= abs(back - origin), ahead, back)


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
