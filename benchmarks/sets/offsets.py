"""Fits of one peak, pulse, step or wave whose position is far from 0: clocks, dates, frequencies.

Twelve shapes of width 0.01 to 1, each at about 1e4, at a Julian day, at 1e7 to 5e8 and at a time
stamp of 1e9 to 2e9, with noise of 1 to 5 per cent. The parameters are amplitude, position, width
and base. The start is off by about half a width, which is as little as 1e-12 of the position. Good
is a sum of squares at most 1e-3 above the minimum, which is computed from the truth, relative to
which positions have no offset. A fit that has lost the shape, by a first step of far more than the
width, is no other minimum that may be claimed, but wrong.

References
----------
This package's own.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np

from ..case import Array, Case
from ._descent import polished

NAME = "offsets"
TITLE = "Fits at positions far from 0"

RIGHT = 1e-3  # relative
SPAN = 7.0  # widths that the data reach to either side
POSITIONS = ((1e4, 1e5), (2.4e6, 2.5e6), (1e7, 5e8), (1e9, 2e9))


def _pulse(u: Array) -> Array:
    """Return a rise and a slower fall after 0."""
    v = np.maximum(u, 0.0)
    return v * v * np.exp(2.0 - v) / 4.0


def _decay(u: Array) -> Array:
    """Return an exponential decay that sets in softly at 0."""
    decay: Array = np.exp(-u - np.logaddexp(0.0, -4.0 * u))
    return decay


SHAPES: dict[str, Callable[[Array], Array]] = {
    "Gaussian": lambda u: np.exp(-0.5 * u * u),
    "Lorentzian": lambda u: 1.0 / (1.0 + u * u),
    "sech": lambda u: 1.0 / np.cosh(u),
    "dispersion": lambda u: u / (1.0 + u * u),
    "logistic step": lambda u: 0.5 + 0.5 * np.tanh(0.5 * u),
    "arctan step": lambda u: 0.5 + np.arctan(u) / math.pi,
    "algebraic step": lambda u: u / np.sqrt(1.0 + u * u),
    "ramp": lambda u: np.logaddexp(0.0, u) / SPAN,
    "pulse": _pulse,
    "decay": _decay,
    "Gumbel pulse": lambda u: np.exp(1.0 - u - np.exp(-u)),
    "sine": np.sin,
}


@dataclass(frozen=True, eq=False)
class Fit:
    """Sum of the squared residuals of a shape: amplitude, position, width, base."""

    shape: str
    x: Array
    y: Array

    def residuals(self, p: Array) -> Array:
        """Return predictions less observations."""
        with np.errstate(all="ignore"):
            r: Array = p[0] * SHAPES[self.shape]((self.x - p[1]) / p[2]) + p[3] - self.y
            return r

    def __call__(self, p: Array) -> float:
        """Return the value."""
        with np.errstate(all="ignore"):
            r = self.residuals(p)
            return float(r @ r)

    def moved(self, by: float) -> Fit:
        """Return the same with less of an offset; the difference of near numbers is exact."""
        return Fit(self.shape, self.x - by, self.y)


def cases(seed: int, quick: bool = False) -> list[Case]:
    """Return 48 cases, 12 of all shapes and positions if quick."""
    every = list(_cases(seed))
    return [case for k, case in enumerate(every) if not quick or (k + k // 4) % 4 == 0]


def _cases(seed: int) -> Iterator[Case]:
    """Yield each shape at each kind of position."""
    for k, shape in enumerate(SHAPES):
        for where, (least, most) in enumerate(POSITIONS):
            rng = np.random.default_rng([seed, k, where])
            yield _case(rng, shape, _between(rng, least, most), _between(rng, 0.01, 1.0))


def _case(rng: np.random.Generator, shape: str, position: float, width: float) -> Case:
    """Return a fit of data that are drawn."""
    amplitude = _between(rng, 0.1, 1000.0) * rng.choice([-1.0, 1.0])
    truth = np.array([amplitude, position, width, amplitude * rng.uniform(-1.0, 1.0)])
    steps = rng.uniform(0.5, 1.5, int(rng.integers(60, 200))).cumsum()
    u = SPAN * (2.0 * steps / steps[-1] - 1.0) + rng.uniform(-1.0, 1.0)
    x = position + width * u
    noise = rng.uniform(0.01, 0.05) * amplitude * rng.normal(size=len(x))
    y = Fit(shape, x, -noise).residuals(truth)
    fun = Fit(shape, x, y)

    offset = np.array([0.0, position, 0.0, 0.0])
    scales = np.abs(truth[[0, 2, 2, 0]])
    found = polished(fun.moved(position).residuals, truth - offset, scales)
    minimum = fun.moved(position)(found)
    off = [
        rng.uniform(-0.4, 0.4),
        rng.uniform(0.3, 0.7) * rng.choice([-1.0, 1.0]),
        rng.uniform(-0.3, 0.5),
        rng.uniform(-0.2, 0.2),
    ]
    return Case(
        name=f"{shape} of width {width:.2g} at {position:.8g}",
        fun=fun,
        start=truth + scales * off,
        minimum=minimum,
        tolerance=RIGHT * minimum,
        solution=found + offset,
    )


def _between(rng: np.random.Generator, least: float, most: float) -> float:
    """Return a number whose logarithm is uniform."""
    return float(np.exp(rng.uniform(np.log(least), np.log(most))))
