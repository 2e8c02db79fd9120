"""Whether a simplex has lost a dimension."""

from __future__ import annotations

import math

import numpy as np

from ..common.arrays import Array

FLAT = 1e-6  # thickness of a simplex that has lost a dimension, relative to its size


@np.errstate(all="ignore")
def is_flat(params: Array, best: int) -> bool:
    """Return whether some edge at the best vertex is nearly a combination of the others.

    `params` are the vertices (n + 1, n); their edges are made orthogonal in turn (Gram-Schmidt).
    """
    edges = np.delete(params, best, axis=0) - params[best]
    extents = abs(edges).max(axis=0)
    edges /= np.where(extents > 0.0, extents, 1.0)
    heights = []
    for i, edge in enumerate(edges):
        square = np.add.reduce(edge * edge)
        heights.append(math.sqrt(square))
        rest = edges[i + 1 :]
        rest -= np.outer(np.add.reduce(rest * edge, axis=1) / (square or 1.0), edge)
    return min(heights) < FLAT * math.sqrt(params.shape[1])
