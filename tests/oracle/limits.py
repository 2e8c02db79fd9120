"""When two values, or two points, count as equal."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from .basics import Array, Tolerances

TINY = 1e-10  # of |parameter| + initial range: the size of a simplex that has converged (R4)
SAME_PARAM = 1e-7  # of the parameter: two results agree (R6)
SAME_PARAM_FLOOR = 1e-9  # of the initial range: the same, for parameters near 0


@dataclass(frozen=True)
class Limits:
    """Error limits on the function value and, per parameter, on the position.

    Parameters
    ----------
    max_rel_error, max_abs_error : float
        On the difference of two values; either suffices.
    resolutions : ndarray (n,) or None
        Distances below which two points count as equal.
    ranges : ndarray (n,)
        Size of the initial simplex, the yardstick for a parameter near 0.
    tolerances : Tolerances or None
        What decides in place of all the others, if given.
    """

    max_rel_error: float
    max_abs_error: float
    resolutions: Array | None
    ranges: Array
    tolerances: Tolerances | None = None
    first_range: float = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "first_range", self.ranges.item(0))

    def values_agree(self, a: float, b: float, factor: float) -> bool:
        """Return whether `factor` times the difference of two values is below a limit."""
        d, x, y = factor * abs(a - b), abs(a), abs(b)
        return d / ((x if x > y else y) + 1e-100) < self.max_rel_error or d < self.max_abs_error

    def within_resolution(self, points: Array, best: Array) -> bool:
        """Return whether all `points` are nearer to `best` than the resolutions, if any."""
        if self.resolutions is None:
            return False
        return not bool((abs(points - best) >= self.resolutions).any())

    def may_be_tiny(self, best: float, other: float) -> bool:
        """Tell by the first parameter of two vertices; nearly always no, and the rest is spared."""
        return not abs(other - best) > TINY * (abs(best) + self.first_range)

    def is_tiny(self, points: Array, best: int) -> bool:
        """Return whether a simplex is hardly larger than what rounding can resolve."""
        return self.all_near(points, points[best], TINY)

    def all_near(self, points: Array, x: Array, share: float) -> bool:
        """Return whether all `points` are within a share of |x| + initial range, per parameter."""
        return bool((abs(points - x) <= share * (abs(x) + self.ranges)).all())

    def params_agree(self, a: Array, b: Array) -> bool:
        """Return whether two results are the same point."""
        scale = np.maximum(abs(a), abs(b))
        tolerance = np.maximum(SAME_PARAM * scale, SAME_PARAM_FLOOR * self.ranges)
        if self.resolutions is not None:
            tolerance = np.maximum(tolerance, self.resolutions)
        with np.errstate(invalid="ignore"):  # inf - inf
            return bool((abs(a - b) <= tolerance).all())
