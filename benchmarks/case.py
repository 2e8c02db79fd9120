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
        Values of other minima that are known, infima along a way to infinity among them.
    bounds : sequence of (float, float), or None
        For methods that take bounds; the function itself does not know of them.
    variations, resolutions : ndarray (n,), or None
        Steps of the first simplex and least differences that matter, for this package alone.
    budget : int
        Evaluations at most.
    good : float
        How far above the minimum a value may be, in parts of the gap, and still be good.
    tolerance : float or None
        The same as a difference of values; not `good` but this counts where it is given.
    other_window : float
        Relative difference from the value of another minimum that still counts as its value.
    judge : callable, or None
        What a point is worth without noise or steps: by this it is judged, not by `fun`. `minimum`
        and `others` are values of it, too.
    solution : ndarray (n,), or None
        A point where the minimum is taken, where one is known.
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
    tolerance: float | None = None
    other_window: float = 1e-3
    judge: Callable[[Array], float] | None = None
    solution: Array | None = None

    @property
    def n(self) -> int:
        """Number of parameters."""
        return len(self.start)

    @property
    def gap(self) -> float:
        """How far the start's value is above the minimum."""
        return (self.judge or self.fun)(self.start.copy()) - self.minimum

    @property
    def margin(self) -> float:
        """How far above the minimum a value may be and still be good."""
        return self.good * self.gap if self.tolerance is None else self.tolerance

    def judged(self, point: Array, value: float) -> float:
        """Return the value that counts for a result: the judge's at its point, if there is one."""
        return value if self.judge is None else self.judge(np.array(point, dtype=np.float64))

    def is_good(self, value: float) -> bool:
        """Return whether a value is the minimum's."""
        return value - self.minimum <= self.margin

    def is_other(self, value: float) -> bool:
        """Return whether a value is not good, but that of another minimum that is known."""
        return not self.is_good(value) and any(
            abs(value - other) <= max(self.margin, self.other_window * abs(other))
            for other in self.others
        )
