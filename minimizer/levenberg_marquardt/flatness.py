"""Directions in which residuals do not change at a stationary point: whether they are flat."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from ..common.arrays import Array, Mask
from ..common.bounds import Box
from ..common.status import Status
from .stationarity import Look

FAR = 0.05  # of the parameters: distance of the points
LOWER = 1e-10  # relative: a sum lower by this is lower
FLAT = 1e-6  # relative: a sum higher by less has not risen
LOST = 1e-8  # of the column's first norm: a parameter without influence any more


def points(look: Look, x: Array, top: Array, box: Box) -> list[Array]:
    """Return points on both sides along each direction without influence."""
    size = np.maximum(top, abs(x))
    size = np.where(size > 0.0, size, 1.0)
    found = []
    for k in np.flatnonzero(~look.kept):
        way = np.zeros(x.size)
        way[look.indices] = look.spectrum.V[:, k] / look.spectrum.unit
        way *= FAR / float((abs(way) / size).max())
        found += [box.clip(x + way), box.clip(x - way)]
    return found


def verdict(look: Look, is_flat: bool, first_rank: int, first_columns: Array) -> Status:
    """Return the status of a run that ends where some directions have no influence.

    If there were as many at the start, they belong to the problem, and the sum is minimal all along
    them. If not, a parameter has lost its influence on the way. If no parameter has any, nothing is
    known.
    """
    if not is_flat or first_rank == 0:
        return Status.SINGULAR
    if look.rank >= first_rank and not lost(look, first_columns).any():
        return Status.SUCCESS
    return Status.RUNAWAY


def is_flat(f: float, sums: Sequence[float]) -> bool:
    """Return whether the sum has not risen at one of the points."""
    return any(not value > f * (1.0 + FLAT) for value in sums)


def lost(look: Look, first_columns: Array) -> Mask:
    """Return which parameters have lost their influence, (n,)."""
    gone: Mask = look.free & (look.column_norms < LOST * first_columns)
    return gone
