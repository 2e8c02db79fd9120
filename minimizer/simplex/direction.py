"""Random directions made orthogonal to the edges that a simplex has already."""

from __future__ import annotations

import numpy as np

from ..common import ieee
from ..common.arrays import Array

FEW = 5  # vertices or parameters, up to which plain floats are faster than arrays


def orthogonalized(
    direction: list[float], vertices: Array, ranges: list[float], may_coincide: bool = False
) -> list[float]:
    """Make a direction orthogonal to the edges at vertex 0 to the others, in units of `ranges`.

    Vertices that coincide, as those of a box without volume do, have no edge between them.
    """
    if min(vertices.shape) > FEW:
        return _orthogonalized(np.array(direction), vertices, np.array(ranges), may_coincide)
    origin, *others = vertices.tolist()
    for vertex in others:
        edge = [(u - o) / size for u, o, size in zip(vertex, origin, ranges, strict=True)]
        square = dot = 0.0
        for y, d in zip(edge, direction, strict=True):
            square += y * y
            dot += y * d
        if square == 0.0 and may_coincide:
            continue
        share = ieee.divide(dot, square)
        direction = [d - y * share for y, d in zip(edge, direction, strict=True)]
    return direction


def _orthogonalized(
    direction: Array, vertices: Array, ranges: Array, may_coincide: bool
) -> list[float]:
    """Do the same with arrays, to the last bit."""
    edges = (vertices[1:] - vertices[0]) / ranges
    for edge, square in zip(edges, _in_order(edges * edges).tolist(), strict=True):
        if square == 0.0 and may_coincide:
            continue
        share = ieee.divide(_in_order(edge * direction).item(), square)
        direction = direction - edge * share
    elements: list[float] = direction.tolist()
    return elements


def _in_order(terms: Array) -> Array:
    """Return sums over the last axis in index order, from 0.0 (NumPy's own sum adds in pairs)."""
    sums: Array = np.add.accumulate(terms, axis=-1)[..., -1] + 0.0
    return sums
