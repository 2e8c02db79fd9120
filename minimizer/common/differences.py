"""Columns of a Jacobian by finite differences, as data: it proposes points and takes their values.

The function is known at `x`. For each parameter a stencil of multiples of a step is evaluated; the
derivative is that of the polynomial through the values. Where the function is NaN, or a bound
leaves no room, another stencil or a shorter step is tried; where the value does not change, a
longer one.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import lru_cache

import numpy as np

from .arrays import Array, Mask, norm_of
from .bounds import Box

STENCILS: dict[str, tuple[tuple[int, ...], ...]] = {
    "forward": ((1,), (-1,)),
    "central": ((1, -1), (1, 2), (-1, -2), (1,), (-1,)),
    "richardson": ((1, -1, 2, -2), (1, 2, 3, 4), (-1, -2, -3, -4), (1,), (-1,)),
}
POWERS = {"forward": 1 / 2, "central": 1 / 3, "richardson": 1 / 5}  # of eps: the relative step
TRIES = 12  # steps, at most
DOUBLE = float(np.finfo(np.float64).eps)
COARSE, FINE = 1e-3, 1e-7  # of the values: changes that are too large, and what to aim at
COARSER = 10.0  # in single precision, times what to aim at: the relative step that suits rounding
ULPS = 64.0  # of the parameter: the shortest step for a change that is too large
SHORTER, LONGER = 2.0**-7, 2.0**10
SEEN = 2.0**-10  # of the parameter: a step this long, and no change, means no influence
NEAR_ZERO = 2.0**-10  # of the largest value so far: a parameter nearer to zero counts as this


@lru_cache(maxsize=16)
def weights(stencil: tuple[int, ...]) -> Array:
    """Return weights w: the derivative at 0 is sum(w * (f(offsets) - f(0))) over a unit step."""
    offsets = np.array(stencil, dtype=np.float64)
    powers = offsets ** np.arange(1, offsets.size + 1)[:, None]
    slope: Array = np.zeros(offsets.size)
    slope[0] = 1.0
    found: Array = np.asarray(np.linalg.solve(powers, slope), dtype=np.float64)
    return found


@dataclass
class Column:
    """An unfinished column: a parameter with its bounds, a step, and the stencil being tried."""

    index: int
    x: float
    low: float
    high: float
    step: float  # signed: the way of positive offsets
    tried: int = 0  # stencils at this step
    steps: int = 0
    slope: Array | None = None
    norm: float = 0.0  # of the slope
    is_fine: bool = False  # the step was too coarse at first
    is_done: bool = False

    @property
    def room(self) -> float:
        """Distance from the farther bound."""
        return max(self.high - self.x, self.x - self.low)

    def end(self, offset: int) -> float:
        """Return where an offset leads, within the bounds."""
        return min(max(self.x + offset * self.step, self.low), self.high)

    def fits(self, stencil: tuple[int, ...]) -> bool:
        """Return whether there is room for the stencil."""
        ends = [self.x + offset * self.step for offset in stencil]
        slack = 1e-6 * abs(self.step)
        return min(ends) >= self.low - slack and max(ends) <= self.high + slack

    def change_step(self, factor: float) -> None:
        """Try another step, unless enough were tried."""
        self.steps += 1
        self.step *= factor
        self.is_done = self.steps >= TRIES or self.x + self.step == self.x


@dataclass
class Differences:
    """The Jacobian (m, n) of a function at `x`, where its value is `value` (m,).

    Parameters
    ----------
    x, value : ndarray (n,), ndarray (m,)
    steps : ndarray (n,)
        First steps, positive; replaced by those that were used.
    box : Box
    free : ndarray (n,)
        Parameters whose columns are wanted; the others stay zero.
    scheme : {"forward", "central", "richardson"}
    size : float
        Norm of values: a step that changes more than a small share of it is too coarse.
    eps : float
        Precision of values, on which that share depends.
    """

    x: Array
    value: Array
    steps: Array
    box: Box
    free: Mask
    scheme: str = "forward"
    size: float = 0.0
    eps: float = DOUBLE
    columns: list[Column] = field(default_factory=list)

    def __post_init__(self) -> None:
        x, lower, upper = self.x.tolist(), self.box.lower.tolist(), self.box.upper.tolist()
        reach = max(map(abs, STENCILS[self.scheme][-1]))
        steps = self.steps.tolist()
        self._whole = max(self.size, norm_of(self.value))
        self._coarse, self._fine = limits_of_changes(self.eps, self.scheme)
        for j in np.flatnonzero(self.free).tolist():
            column = Column(j, x[j], lower[j], upper[j], 0.0)
            size = min(steps[j], column.room / reach)
            column.step = size if x[j] >= 0.0 else -size
            self._to_possible_stencil(column)
            self.columns.append(column)

    @property
    def is_done(self) -> bool:
        """Whether all columns are known."""
        return all(column.is_done for column in self.columns)

    def points(self) -> list[Array]:
        """Return the points to evaluate next, for all columns that are not known yet."""
        return [
            self._point(column, offset)
            for column in self.columns
            if not column.is_done
            for offset in self._stencil(column)
        ]

    def take(self, values: Sequence[Array]) -> None:
        """Take the values at these points."""
        rest = iter(values)
        for column in self.columns:
            if not column.is_done:
                self._judge(column, [next(rest) for _ in self._stencil(column)])

    def jacobian(self) -> Array:
        """Return the columns; NaN where the function is NaN for every step, however short."""
        J = np.zeros((self.value.size, self.x.size))
        for column in self.columns:
            J[:, column.index] = np.nan if column.slope is None else column.slope
        return J

    def noise(self, eps: float, size: float) -> float:
        """Return the largest relative error of a column by rounding values of this size."""
        noises = [
            eps * size / (abs(column.step) * column.norm)
            for column in self.columns
            if column.norm > 0.0
        ]
        return max(noises, default=0.0)

    def _stencil(self, column: Column) -> tuple[int, ...]:
        return STENCILS[self.scheme][column.tried]

    def _point(self, column: Column, offset: int) -> Array:
        y: Array = self.x.copy()
        y[column.index] = column.end(offset)
        return y

    def _to_possible_stencil(self, column: Column) -> None:
        """Go on to the next stencil in the box; after the last one, to a shorter step."""
        while True:
            if column.tried == len(STENCILS[self.scheme]):
                column.tried = 0
                column.change_step(SHORTER)
            if column.is_done or column.fits(self._stencil(column)):
                return
            column.tried += 1

    def _judge(self, column: Column, values: list[Array]) -> None:
        """Keep the slope, or try another stencil or step."""
        stencil = self._stencil(column)
        changes = [value - self.value for value in values]
        if not all(np.isfinite(change).all() for change in changes):
            column.tried += 1
            self._to_possible_stencil(column)
            return
        x, step = abs(column.x), abs(column.step)
        if len(stencil) == 1:  # the step as it was rounded
            width = column.end(stencil[0]) - column.x
            column.slope = changes[0] / width
        else:
            width = (column.x + column.step) - column.x
            column.slope = weights(stencil) @ np.array(changes) / width
        column.norm, column.is_done = norm_of(column.slope), True
        self.steps[column.index] = step if column.is_fine or x == 0.0 else 0.0
        size = norm_of(changes[0])
        longest = min(column.room, SEEN * x if x > 0.0 else math.inf)
        if size == 0.0 and step < longest:
            self._retry(column, min(LONGER, longest / step))  # nothing seen: further
        elif size > self._coarse * self._whole > 0.0:
            finest = ULPS * math.ulp(x) / step
            if finest < 0.5:
                column.is_fine = True
                self._retry(column, max(finest, self._fine, self._fine * self._whole / size))

    def _retry(self, column: Column, factor: float) -> None:
        column.is_done, column.tried = False, 0
        column.change_step(factor)
        self._to_possible_stencil(column)


def limits_of_changes(eps: float, scheme: str) -> tuple[float, float]:
    """Return which share of the values is too large a change, and at which one to aim."""
    if eps <= DOUBLE:
        return COARSE, FINE
    fine = eps ** POWERS[scheme]
    return COARSER * fine, fine


def relative_steps(x: Array, top: Array, eps: float, scheme: str, known: Array) -> Array:
    """Return first steps (n,): relative to `x`, near zero to the largest value `top` so far.

    Where these were too coarse, shorter ones are known. A parameter that has always been zero has
    the step that is known to work, or else that of a unit.
    """
    share = eps ** POWERS[scheme]
    steps = share * np.maximum(abs(x), NEAR_ZERO * top)
    at_zero = np.where(known > 0.0, known, share)
    steps = np.where((known > 0.0) & (known < steps), known, steps)
    return np.where(steps > 0.0, steps, at_zero)
