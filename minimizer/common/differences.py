"""Columns of a Jacobian by finite differences, as data: asked for points, told their values.

The function is known at `x`. For each parameter a stencil of multiples of a step is evaluated; the
derivative is that of the polynomial through the values. Where the function is NaN, or a bound is in
the way, another stencil or a shorter step is tried; where nothing changes, a longer one.
"""

from __future__ import annotations

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
COARSE, FINE = 1e-3, 1e-7  # of the values: changes that are too large, and what to aim at
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
    """One column in the making: parameter `index` with a step, and the stencil that is tried."""

    index: int
    step: float  # signed: the way of positive offsets
    tried: int = 0  # stencils at this step
    steps: int = 0
    slope: Array | None = None
    is_fine: bool = False  # the step was too coarse at first
    is_done: bool = False


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
    """

    x: Array
    value: Array
    steps: Array
    box: Box
    free: Mask
    scheme: str = "forward"
    size: float = 0.0
    columns: list[Column] = field(default_factory=list)

    def __post_init__(self) -> None:
        for j in np.flatnonzero(self.free).tolist():
            sign = 1.0 if self.x[j] >= 0.0 else -1.0
            room = max(self.box.upper[j] - self.x[j], self.x[j] - self.box.lower[j])
            reach = max(map(abs, STENCILS[self.scheme][-1]))
            self.columns.append(Column(j, sign * min(self.steps[j], room / reach)))
        for column in self.columns:
            self._to_possible_stencil(column)

    @property
    def is_done(self) -> bool:
        """Whether all columns are known."""
        return all(column.is_done for column in self.columns)

    def points(self) -> list[Array]:
        """Return the points to evaluate next, of all columns that are not known yet."""
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
        """Return the columns; NaN where the function is NaN however short the step."""
        J = np.zeros((self.value.size, self.x.size))
        for column in self.columns:
            J[:, column.index] = np.nan if column.slope is None else column.slope
        return J

    def noise(self, eps: float, size: float) -> float:
        """Return the largest relative error of a column by rounding values of this size."""
        noises = [
            eps * size / (abs(column.step) * norm)
            for column in self.columns
            if column.slope is not None and (norm := norm_of(column.slope)) > 0.0
        ]
        return max(noises, default=0.0)

    def _stencil(self, column: Column) -> tuple[int, ...]:
        return STENCILS[self.scheme][column.tried]

    def _point(self, column: Column, offset: int) -> Array:
        j = column.index
        y: Array = self.x.copy()
        y[j] = min(max(y[j] + offset * column.step, self.box.lower[j]), self.box.upper[j])
        return y

    def _fits(self, column: Column) -> bool:
        """Return whether the box has room for the stencil."""
        j = column.index
        ends = [self.x[j] + offset * column.step for offset in self._stencil(column)]
        slack = 1e-6 * abs(column.step)
        return bool(
            min(ends) >= self.box.lower[j] - slack and max(ends) <= self.box.upper[j] + slack
        )

    def _to_possible_stencil(self, column: Column) -> None:
        """Go on to the next stencil in the box; after the last one, to a shorter step."""
        while True:
            if column.tried == len(STENCILS[self.scheme]):
                column.tried = 0
                self._with_step(column, SHORTER)
            if column.is_done or self._fits(column):
                return
            column.tried += 1

    def _with_step(self, column: Column, factor: float) -> None:
        column.steps += 1
        column.step *= factor
        x = self.x[column.index]
        column.is_done = bool(column.steps >= TRIES or x + column.step == x)

    def _judge(self, column: Column, values: list[Array]) -> None:
        """Keep the slope, or try another stencil or step."""
        j, stencil = column.index, self._stencil(column)
        changes = np.array([value - self.value for value in values])
        if not np.isfinite(changes).all():
            column.tried += 1
            self._to_possible_stencil(column)
            return
        if len(stencil) == 1:  # the step as it was rounded
            slope = changes[0] / (self._point(column, stencil[0])[j] - self.x[j])
        else:
            slope = weights(stencil) @ changes / ((self.x[j] + column.step) - self.x[j])
        column.slope, column.is_done = slope, True
        self.steps[j] = abs(column.step) if column.is_fine or self.x[j] == 0.0 else 0.0
        size = norm_of(changes[0])
        whole = max(self.size, norm_of(self.value))
        x, room = abs(self.x[j]), max(self.box.upper[j] - self.x[j], self.x[j] - self.box.lower[j])
        if size == 0.0 and (x == 0.0 or abs(column.step) < SEEN * x) and abs(column.step) < room:
            self._retry(column, min(LONGER, room / abs(column.step)))  # nothing seen: further
        elif size > COARSE * whole > 0.0:
            finest = float(ULPS * np.spacing(x)) / abs(column.step)
            if finest < 0.5:
                column.is_fine = True
                self._retry(column, max(finest, FINE, FINE * whole / size))

    def _retry(self, column: Column, factor: float) -> None:
        column.is_done, column.tried = False, 0
        self._with_step(column, factor)
        self._to_possible_stencil(column)


def relative_steps(x: Array, top: Array, eps: float, scheme: str, known: Array) -> Array:
    """Return first steps (n,): relative to `x`, near zero to the largest value `top` so far.

    Shorter ones are known where these were too coarse. A parameter that has been zero all along
    has the step that is known to do, else a unit's.
    """
    share = eps ** POWERS[scheme]
    steps = share * np.maximum(abs(x), NEAR_ZERO * top)
    at_zero = np.where(known > 0.0, known, share)
    steps = np.where((known > 0.0) & (known < steps), known, steps)
    return np.where(steps > 0.0, steps, at_zero)
