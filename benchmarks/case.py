"""What is minimized: a function, a start, and what is known of its minimum."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]


@dataclass(frozen=True)
class Case:
    """One minimization to make.

    Attributes
    ----------
    name : str
        Unique in its set.
    fun : callable
        Of a float64 array (n,) to a float; NaN where it is not defined.
    start : ndarray (n,)
    minimum : float
        The best value that is known.
    others : tuple of float
        Values of other minima that are known.
    bounds : sequence of (float, float), or None
        For methods that take bounds; the function itself does not know of them.
    variations, resolutions : ndarray (n,), or None
        Steps of the first simplex and least differences that matter, for this package alone.
    budget : int
        Evaluations at most.
    good : float
        How far above the minimum a value may be, in parts of the gap, and still be good.
    """

    name: str
    fun: Callable[[Array], float]
    start: Array
    minimum: float
    others: tuple[float, ...] = ()
    bounds: tuple[tuple[float, float], ...] | None = None
    variations: Array | None = None
    resolutions: Array | None = None
    budget: int = 100_000
    good: float = 1e-6

    @property
    def n(self) -> int:
        """Number of parameters."""
        return len(self.start)

    @property
    def gap(self) -> float:
        """How far the start's value is above the minimum."""
        return self.fun(self.start.copy()) - self.minimum

    def is_good(self, value: float) -> bool:
        """Tell whether a value is the minimum's."""
        return value - self.minimum <= self.good * self.gap

    def is_other(self, value: float) -> bool:
        """Tell whether a value is that of another minimum that is known."""
        return any(abs(value - other) <= self.good * self.gap for other in self.others)
