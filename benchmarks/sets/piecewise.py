"""The 53 piecewise smooth instances of Moré and Wild: sums of absolute residuals.

Six of the functions are evaluated at max(x, 0), as in the paper. The best known values come from
linear and quadratic programming from the standard start and random ones around it; SciPy's
Nelder-Mead and NLopt's SBPLX did not get lower. Those of Chebyquad, which has many minima, are the
least certain. The seed changes nothing.

References
----------
J. J. Moré, S. M. Wild, Benchmarking derivative-free optimization algorithms, SIAM J. Optim. 20
(2009) 172-191.
"""

from __future__ import annotations

import json
from dataclasses import dataclass

import numpy as np

from ..case import Array, Case
from .morewild import DATA, residuals, start, title

NAME = "piecewise"
TITLE = "Moré and Wild, piecewise smooth"

POSITIVE = frozenset(
    {
        "Bard",
        "Kowalik-Osborne",
        "Jennrich-Sampson",
        "Brown almost-linear",
        "Osborne 1",
        "Osborne 2",
    }
)


@dataclass(frozen=True)
class SumOfAbsolutes:
    """Sum of the absolute residuals of an instance."""

    name: str
    n: int
    m: int

    def __call__(self, x: Array) -> float:
        """Return the value."""
        with np.errstate(all="ignore"):
            at = np.maximum(x, 0.0) if self.name in POSITIVE else x
            return float(np.abs(residuals(self.name, self.n, self.m)(at)).sum())


def cases(seed: int, quick: bool = False) -> list[Case]:
    """Return the 53 instances, every fourth if quick."""
    rows = json.loads((DATA / "piecewise.json").read_text(encoding="utf-8"))
    return [
        Case(
            name=title(row),
            fun=SumOfAbsolutes(row["name"], row["n"], row["m"]),
            start=start(row),
            minimum=row["best"],
            others=tuple(row["others"]),
            budget=2000 * (row["n"] + 1),
        )
        for row in rows[:: 4 if quick else 1]
    ]
