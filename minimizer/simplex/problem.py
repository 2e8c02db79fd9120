"""The problem that all runs of one call have in common."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from ..common.arrays import Array
from ..common.bounds import Box
from ..common.tolerances import Tolerances
from .closeness import vertex_range
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


class Problem(NamedTuple):
    """Start, limits and rules of a minimization.

    Parameters
    ----------
    n, extra : int
        Numbers of parameters and of extra elements.
    start : list of float (n,)
    variations : list of float (n,) or None
        Size of the first simplex, None if it is to be guessed.
    ranges : list of float (n,)
        The same, or the guess: the yardstick for a parameter near 0.
    rules : Rules
    max_rel_error, max_abs_error : float
        Limits on the difference of two values; either suffices.
    resolutions : list of float (n,) or None
        Distances below which two points count as equal.
    tolerances : Tolerances or None
        If given, they replace all other limits.
    box : Box or None
    given_simplex : ndarray (n + 1, n) or None
        Simplex of the first run.
    """

    n: int
    extra: int
    start: list[float]
    variations: list[float] | None
    ranges: list[float]
    rules: Rules
    max_rel_error: float
    max_abs_error: float
    resolutions: list[float] | None = None
    tolerances: Tolerances | None = None
    box: Box | None = None
    coefficients: Coefficients = Coefficients()
    given_simplex: Array | None = None

    @property
    def clips(self) -> bool:
        """Whether points are moved into the box, rather than counted as NaN outside it."""
        return self.box is not None and self.rules.clip_to_bounds


def vertex_ranges(origin: Sequence[float], variations: Sequence[float] | None) -> list[float]:
    """Return the distances from `origin` at which the other vertices are made, per parameter."""
    given = [0.1 * abs(x) for x in origin] if variations is None else variations
    return [vertex_range(x, size) for x, size in zip(origin, given, strict=True)]
