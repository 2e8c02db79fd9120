"""Minima on the edge of a region, outside of which the value is a penalty: inf, 1e10, 1e6 or 1e4.

The cases of `nan_edges`, as code writes them that knows no NaN. The penalty is more than the value
at the start, and tells nothing of where the region is.

References
----------
As of `nan_edges`.
"""

from __future__ import annotations

import dataclasses
import math
from dataclasses import dataclass

from ..case import Array, Case
from . import nan_edges
from .convex import Inside

NAME = "penalties"
TITLE = "Minima on the edge of a penalty"

PENALTIES = (math.inf, 1e10, 1e6, 1e4)


@dataclass(frozen=True, eq=False)
class Penalized:
    """A function within a region, a penalty outside."""

    inside: Inside
    penalty: float

    def __call__(self, x: Array) -> float:
        """Return the value."""
        value = self.inside(x)
        return self.penalty if math.isnan(value) else value


def cases(seed: int, quick: bool = False) -> list[Case]:
    """Return 228 cases, four of each of nan_edges; 12, one of each there, if quick."""
    edges = nan_edges.cases(seed, quick)
    if quick:
        return [_case(case, PENALTIES[k % len(PENALTIES)]) for k, case in enumerate(edges)]
    return [_case(case, penalty) for case in edges for penalty in PENALTIES]


def _case(case: Case, penalty: float) -> Case:
    """Return a case with a penalty in place of NaN."""
    assert isinstance(case.fun, Inside)
    fun = Penalized(case.fun, penalty)
    return dataclasses.replace(case, name=f"{case.name}, {penalty:g} outside", fun=fun)
