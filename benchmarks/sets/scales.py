"""Convex functions whose parameters have units from 1e-12 to 1e9, from zeros.

In units of its own each parameter of the minimum is between -3 and 3. Quadratics of condition 1 to
100, and of 1e4; sums of v² and v⁴, of log cosh v and of √(1 + v²) - 1 in turned axes, with weights
of 1 to 10. Half of them have a constant added, of up to 1000.

References
----------
This package's own. Pseudo-Huber: P. Charbonnier et al., Deterministic edge-preserving
regularization in computed imaging, IEEE Trans. Image Process. 6 (1997) 298-311.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np

from ..case import Array, Case

NAME = "scales"
TITLE = "Parameters in units from 1e-12 to 1e9"

SIZES = (2, 3, 4, 5)
UNITS = (-12.0, 9.0)  # powers of 10
TERMS: dict[str, Callable[[Array], Array]] = {
    "quadratic": np.square,
    "steep quadratic": np.square,
    "quartic": lambda v: v * v + 0.2 * v**4,
    "log cosh": lambda v: np.abs(v) + np.log1p(np.exp(-2.0 * np.abs(v))) - np.log(2.0),
    "pseudo-Huber": lambda v: v * v / (1.0 + np.sqrt(1.0 + v * v)),
}


@dataclass(frozen=True, eq=False)
class Scaled:
    """Weighted sum of terms of rows @ (x / units - centre), and a constant."""

    kind: str
    units: Array
    centre: Array
    rows: Array
    weights: Array
    constant: float

    def __call__(self, x: Array) -> float:
        """Return the value."""
        with np.errstate(all="ignore"):
            v = self.rows @ (x / self.units - self.centre)
            return float(self.weights @ TERMS[self.kind](v)) + self.constant


def cases(seed: int, quick: bool = False) -> list[Case]:
    """Return 40 cases, 10 of all kinds if quick."""
    every = list(_cases(seed))
    return [case for k, case in enumerate(every) if not quick or (k + k // 8) % 4 == 0]


def _cases(seed: int) -> Iterator[Case]:
    """Yield each kind with each number of parameters, without a constant and with one."""
    for k, kind in enumerate(TERMS):
        for n in SIZES:
            for added in (0, 1):
                rng = np.random.default_rng([seed, k, n, added])
                yield _case(rng, kind, n, bool(added))


def _case(rng: np.random.Generator, kind: str, n: int, with_constant: bool) -> Case:
    """Return a function in random units."""
    condition = {"quadratic": rng.uniform(0.0, 2.0), "steep quadratic": 4.0}.get(kind, 1.0)
    constant = float(rng.choice([-1.0, 1.0]) * 10.0 ** rng.uniform(-3.0, 3.0))
    fun = Scaled(
        kind,
        units=10.0 ** rng.uniform(*UNITS, n),
        centre=rng.uniform(-3.0, 3.0, n),
        rows=np.linalg.qr(rng.normal(size=(n, n)))[0],
        weights=np.logspace(0.0, condition, n),
        constant=constant if with_constant else 0.0,
    )
    return Case(
        name=f"{kind}, n = {n}" + (f", plus {constant:.3g}" if with_constant else ""),
        fun=fun,
        start=np.zeros(n),
        minimum=fun.constant,
        solution=fun.units * fun.centre,
    )
