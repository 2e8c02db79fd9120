"""Functions of Moré, Garbow and Hillstrom, turned, stretched and from starts nearby.

The value at x is f(R D (x - s)): D stretches each axis by 0.1 to 10, R is a random rotation, s a
random shift. The start is that which maps to the standard start, shifted at random by about a tenth
of each component and of 1. So the function's own scales and axes are no help, nor is its start.

References
----------
J. J. Moré, B. S. Garbow, K. E. Hillstrom, Testing unconstrained optimization software, ACM
Trans. Math. Softw. 7 (1981) 17-41.
"""

from __future__ import annotations

import functools
import json
from dataclasses import dataclass
from typing import Any

import numpy as np

from ..case import Array, Case
from .mgh import PROBLEMS, residuals
from .morewild import DATA

NAME = "transformed"
TITLE = "Moré, Garbow and Hillstrom, turned and stretched"

SHIFT = 0.1  # of the start, relative to each component and to 1


@dataclass(frozen=True, eq=False)
class Transformed:
    """Sum of the squared residuals of a problem at matrix @ (x - shift)."""

    problem: str
    matrix: Array
    shift: Array

    def __call__(self, x: Array) -> float:
        """Return the value."""
        with np.errstate(all="ignore"):
            r = residuals(self.problem, len(self.shift))(self.matrix @ (x - self.shift))
            return float(r @ r)


@functools.cache
def references() -> dict[tuple[str, int], dict[str, Any]]:
    """Return best values and other minima by problem and number of parameters."""
    text = (DATA / "mgh.json").read_text(encoding="utf-8")
    return {(row["name"], row["n"]): row for row in json.loads(text)}


def cases(seed: int, quick: bool = False) -> list[Case]:
    """Return 50 cases, each problem twice, where it can be with other n; 13 if quick."""
    every = [(name, copy) for name in PROBLEMS for copy in (0, 1)]
    return [_case(seed, name, copy) for name, copy in (every[::4] if quick else every)]


def _case(seed: int, name: str, copy: int) -> Case:
    """Return a problem in a random position."""
    n = PROBLEMS[name].sizes[copy]
    known = references()[name, n]
    rng = np.random.default_rng([seed, list(PROBLEMS).index(name), copy])
    standard = PROBLEMS[name].start(n)
    there = standard + SHIFT * rng.uniform(-1.0, 1.0, n) * (np.abs(standard) + 1.0)
    scales = np.exp(rng.uniform(np.log(0.1), np.log(10.0), n))
    rotation = np.linalg.qr(rng.normal(size=(n, n)))[0]
    shift = rng.normal(size=n)
    return Case(
        name=f"{name}, n = {n}" + (", again" if copy and n == PROBLEMS[name].sizes[0] else ""),
        fun=Transformed(name, rotation * scales, shift),
        start=shift + (rotation.T @ there) / scales,
        minimum=known["best"],
        others=tuple(known["others"]),
    )
