"""Bounds of the parameters."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from .arrays import Array


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

    def contains(self, point: Array) -> bool:
        """Return whether all parameters are within bounds (NaN counts as within)."""
        return not bool(((point < self.lower) | (point > self.upper)).any())
