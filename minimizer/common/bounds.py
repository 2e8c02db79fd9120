"""Bounds of the parameters."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from .arrays import Array


@dataclass(frozen=True)
class Box:
    """Bounds of the parameters, two arrays (n,); infinite where a side has none."""

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
        """Return the same from plain floats, which is faster for few parameters."""
        return [
            low if x <= low else high if x >= high else x
            for x, (low, high) in zip(params, self.sides, strict=True)
        ]

    def contains(self, point: Array | list[float]) -> bool:
        """Return whether no parameter is out of bounds (NaN is not)."""
        if type(point) is list:
            return not any(
                x < low or x > high for x, (low, high) in zip(point, self.sides, strict=True)
            )
        return not bool(((point < self.lower) | (point > self.upper)).any())

    def touches(self, point: Array) -> bool:
        """Return whether a parameter that is free to move lies on a bound."""
        on_bound = (point <= self.lower) | (point >= self.upper)
        return bool((on_bound & (self.lower < self.upper)).any())

    def fixed_only(self) -> Box:
        """Return a box that bounds only the parameters whose two bounds coincide."""
        fixed = self.lower == self.upper
        return Box(np.where(fixed, self.lower, -np.inf), np.where(fixed, self.upper, np.inf))

    def farther(self, origin: Array, step: Array) -> Array:
        """Return origin + step or, where this leads farther, origin - step, both clipped."""
        ahead, back = self.clip(origin + step), self.clip(origin - step)
        return np.where(abs(ahead - origin) >= abs(back - origin), ahead, back)
