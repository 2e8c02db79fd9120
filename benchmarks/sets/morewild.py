"""The 53 smooth instances of Moré and Wild: sums of squares from given starts, n = 2 … 12.

The best known values and those of other minima come from many least-squares fits of every
instance from random starts. The seed changes nothing.

References
----------
J. J. Moré, S. M. Wild, Benchmarking derivative-free optimization algorithms, SIAM J. Optim. 20
(2009) 172-191.
"""

from __future__ import annotations

import functools
import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from ..case import Array, Case
from ..morewild import FUNCTIONS, STARTS, Residuals

NAME = "morewild"
TITLE = "Moré and Wild, smooth"

DATA = Path(__file__).parent.parent / "data"


@functools.cache
def residuals(name: str, n: int, m: int) -> Residuals:
    """Return the residuals of an instance; kept in every process, as they cannot be pickled."""
    return FUNCTIONS[name](n, m)


@dataclass(frozen=True)
class SumOfSquares:
    """Sum of the squared residuals of an instance."""

    name: str
    n: int
    m: int

    def __call__(self, x: Array) -> float:
        """Return the value."""
        with np.errstate(all="ignore"):
            r = residuals(self.name, self.n, self.m)(x)
            return float(r @ r)


def rows() -> list[dict[str, Any]]:
    """Return what is known of each instance, in the order of the paper."""
    text = (DATA / "morewild.json").read_text(encoding="utf-8")
    found: list[dict[str, Any]] = json.loads(text)
    return found


def title(row: dict[str, Any]) -> str:
    """Return the name of an instance."""
    return f"{row['name']}, n = {row['n']}" + (", far start" if row["scale"] > 1 else "")


def start(row: dict[str, Any]) -> Array:
    """Return the start of an instance."""
    first: Array = row["scale"] * STARTS[row["name"]](row["n"])
    return first


def cases(seed: int, quick: bool = False) -> list[Case]:
    """Return the 53 instances, every fourth if quick."""
    return [
        Case(
            name=title(row),
            fun=SumOfSquares(row["name"], row["n"], row["m"]),
            start=start(row),
            minimum=row["best"],
            others=tuple(row["others"]),
            budget=2000 * (row["n"] + 1),
        )
        for row in rows()[:: 4 if quick else 1]
    ]
