"""The 53 instances of Moré and Wild with relative noise of 1e-3, oscillating or random.

The oscillating noise is the paper's, the random one that of the authors' programs: each residual
is multiplied by 1 + 1e-3 u, u uniform between -1 and 1. It depends on the seed and the point alone,
so that a result does not depend on the order of the calls. A result is judged by the value without
noise at its point, and good within 1e-3 of the gap: from the start's value down to the minimum the
noise is of this size, and it makes dips where the function does not have any.

References
----------
J. J. Moré, S. M. Wild, Benchmarking derivative-free optimization algorithms, SIAM J. Optim. 20
(2009) 172-191.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np

from ..case import Array, Case
from . import morewild
from .morewild import SumOfSquares, residuals
from .noise import noise

NAME = "noisy"
TITLE = "Moré and Wild, noisy"

LEVEL = 1e-3  # of the noise, relative


@dataclass(frozen=True)
class Oscillating:
    """A sum of squares with deterministic noise of high frequency."""

    smooth: SumOfSquares

    def __call__(self, x: Array) -> float:
        """Return the value."""
        return self.smooth(x) * (1.0 + LEVEL * _oscillation(x))


def _oscillation(x: Array) -> float:
    """Return the cubic Chebyshev polynomial of a wave, between -1 and 1."""
    with np.errstate(all="ignore"):
        size = np.abs(x)
        fast = np.sin(100.0 * size.sum()) * np.cos(100.0 * size.max())
        wave = float(0.9 * fast + 0.1 * np.cos(np.sqrt(x @ x)))
    return wave * (4.0 * wave * wave - 3.0)


@dataclass(frozen=True)
class Random:
    """A sum of squares with noise on each residual, random but the same at the same point."""

    smooth: SumOfSquares
    seed: int

    def __call__(self, x: Array) -> float:
        """Return the value."""
        s = self.smooth
        with np.errstate(all="ignore"):
            r = residuals(s.name, s.n, s.m)(x)
            r = r * (1.0 + LEVEL * noise(x, self.seed, len(r)))
            value = float(r @ r)
        return value if math.isfinite(value) else self.smooth(x)


def cases(seed: int, quick: bool = False) -> list[Case]:
    """Return 106 cases, 14 if quick."""
    smooth = morewild.cases(seed)[:: 8 if quick else 1]
    return [noisy for case in smooth for noisy in _noisy(case, seed)]


def _noisy(case: Case, seed: int) -> list[Case]:
    """Return an instance with both kinds of noise."""
    function = case.fun
    assert isinstance(function, SumOfSquares)
    kinds: dict[str, Callable[[Array], float]] = {
        "oscillating": Oscillating(function),
        "random": Random(function, seed),
    }
    return [
        replace(case, name=f"{case.name}, {kind}", fun=fun, judge=function, good=LEVEL)
        for kind, fun in kinds.items()
    ]
