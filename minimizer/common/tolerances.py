"""SciPy's absolute tolerances."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from .arrays import Array


@dataclass(frozen=True)
class Tolerances:
    """Absolute tolerances of parameters and value; both must hold."""

    params: float
    value: float

    def hold(self, points: Array, values: Sequence[float], best: Array, best_value: float) -> bool:
        """Return whether points (…, n) and their values are all within tolerance of the best."""
        return bool((abs(points - best) <= self.params).all()) and all(
            abs(value - best_value) <= self.value for value in values
        )
