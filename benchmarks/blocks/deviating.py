"""Regions of the residuals that deviate: where their scatter is larger than elsewhere."""

from __future__ import annotations

import itertools

import numpy as np

from minimizer.blocks.windows import Box
from minimizer.common.arrays import Array, Indices, Mask


def deviations(residuals: Array, size: int) -> tuple[Array, Array]:
    """Return how far the scatter in cells of residuals is from that of all.

    Parameters
    ----------
    residuals : ndarray, of any number of dimensions
    size : int
        Side of a cell; those at the ends of an axis may be smaller.

    Returns
    -------
    deviation : ndarray
        Of each cell: mean square against the median of all cells, in standard deviations of the
        mean square of as many normal residuals.
    counts : ndarray
        Residuals in each cell.
    """
    starts = [np.arange(0, n, size) for n in residuals.shape]
    sums: Array = residuals * residuals
    counts = np.ones(())
    for axis, (start, n) in enumerate(zip(starts, residuals.shape, strict=True)):
        sums = np.add.reduceat(sums, start, axis=axis)
        sides = np.diff(np.append(start, n))
        counts = counts[..., np.newaxis] * sides
    means = sums / counts
    usual = float(np.median(means)) or 1.0
    deviation: Array = (means / usual - 1.0) * np.sqrt(counts / 2.0)
    return deviation, counts


def regions(residuals: Array, size: int, cutoff: float) -> list[Box]:
    """Return boxes of residuals around adjoining cells that deviate, the worst first."""
    deviation, _ = deviations(residuals, size)
    found = []
    for cells in adjoining(deviation > cutoff):
        first, last = cells.min(axis=0) * size, (cells.max(axis=0) + 1) * size
        stop = np.minimum(last, residuals.shape)
        box = tuple(slice(a, b) for a, b in zip(first.tolist(), stop.tolist(), strict=True))
        found.append((float(deviation[tuple(cells.T)].max()), box))
    return [box for _, box in sorted(found, key=lambda each: -each[0])]


def adjoining(marked: Mask) -> list[Indices]:
    """Return groups (count, d) of marked cells that adjoin, corners included."""
    left = set(map(tuple, np.argwhere(marked).tolist()))
    steps = list(itertools.product((-1, 0, 1), repeat=marked.ndim))
    groups = []
    while left:
        group, edge = [], [left.pop()]
        while edge:
            cell = edge.pop()
            group.append(cell)
            for step in steps:
                other = tuple(a + b for a, b in zip(cell, step, strict=True))
                if other in left:
                    left.remove(other)
                    edge.append(other)
        groups.append(np.array(sorted(group)))
    return sorted(groups, key=lambda cells: tuple(cells[0]))
