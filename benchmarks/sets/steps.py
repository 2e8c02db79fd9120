"""Steps and noise below a resolution of the parameters, on quadratics and on Rosenbrock's valley.

Four kinds: parameters rounded to the resolution, values rounded to what one resolution costs near
the minimum, a ripple shorter than the resolution, and random noise of half that cost. `resolutions`
are given, but not used by methods that know none. A result is judged by the value of the smooth
function at its point: good is at most what three resolutions off in every parameter cost.

References
----------
This package's own; what resolutions are for: ``ij.measure.Minimizer.setParamResolutions``.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from ..case import Array, Case
from .boxes import Rosenbrock
from .convex import Quadratic
from .noise import noise

NAME = "steps"
TITLE = "Steps and noise below a resolution"

OFF = 3.0  # resolutions that a good parameter may be off
KINDS = ("rounded parameters", "rounded values", "ripple", "noise")
PERIOD = 0.37  # of the ripple, in resolutions


@dataclass(frozen=True, eq=False)
class Rough:
    """A smooth function with steps or noise; `cost` is that of one resolution at the minimum."""

    smooth: Quadratic | Rosenbrock
    kind: str
    resolutions: Array
    offsets: Array
    cost: float
    seed: int

    def __call__(self, x: Array) -> float:
        """Return the value."""
        with np.errstate(all="ignore"):
            u = (x - self.offsets) / self.resolutions
            if self.kind == "rounded parameters":
                return self.smooth(self.offsets + self.resolutions * np.round(u))
            value = self.smooth(x)
            if self.kind == "rounded values":
                return self.cost * float(np.round(value / self.cost))
            if self.kind == "ripple":
                return value + 0.3 * self.cost * float(np.cos(2.0 * math.pi / PERIOD * u).sum())
            return value + 0.5 * self.cost * float(noise(x, self.seed, 1)[0])


def cases(seed: int, quick: bool = False) -> list[Case]:
    """Return 24 cases, 12 of all kinds if quick."""
    every = [*_quadratics(seed), *_valleys(seed)]
    return [c for k, c in enumerate(every) if not quick or (k + k // len(KINDS)) % 2 == 0]


def _quadratics(seed: int) -> Iterator[Case]:
    """Yield quadratics of condition 10 in units of the resolutions, with starts far away."""
    for n in (2, 3, 4, 6):
        for k, kind in enumerate(KINDS):
            rng = np.random.default_rng([seed, n, k])
            resolutions = np.exp(rng.uniform(np.log(1e-3), np.log(1e-1), n))
            turn = np.linalg.qr(rng.normal(size=(n, n)))[0] / resolutions
            centre = rng.normal(size=n)
            smooth = Quadratic(turn.T * np.logspace(0.0, 1.0, n) @ turn, centre)
            start = centre + resolutions * rng.uniform(100.0, 1000.0, n) * rng.choice([-1, 1], n)
            name = f"quadratic, {kind}, n = {n}"
            yield _case(name, smooth, kind, resolutions, start, centre, rng)


def _valleys(seed: int) -> Iterator[Case]:
    """Yield Rosenbrock's function with a resolution of 1e-3."""
    for n in (2, 4):
        for k, kind in enumerate(KINDS):
            rng = np.random.default_rng([seed, n, k, 1])
            start = np.tile([-1.2, 1.0], n // 2) + rng.uniform(-0.2, 0.2, n)
            name = f"Rosenbrock, {kind}, n = {n}"
            yield _case(name, Rosenbrock(), kind, np.full(n, 1e-3), start, np.ones(n), rng)


def _case(
    name: str,
    smooth: Quadratic | Rosenbrock,
    kind: str,
    resolutions: Array,
    start: Array,
    solution: Array,
    rng: np.random.Generator,
) -> Case:
    """Return a smooth function, whose least value is 0, made rough."""
    costs = 0.5 * np.diag(smooth.bend(solution)) * resolutions**2
    offsets = resolutions * rng.uniform(-0.5, 0.5, len(start))
    seed = int(rng.integers(2**32))
    return Case(
        name=name,
        fun=Rough(smooth, kind, resolutions, offsets, float(costs.mean()), seed),
        start=start,
        minimum=0.0,
        resolutions=resolutions,
        tolerance=float(OFF**2 * costs.sum()),
        judge=smooth,
        solution=solution,
    )
