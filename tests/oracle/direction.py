"""Random directions made orthogonal to the edges that a simplex has already."""

from __future__ import annotations

from . import basics as ieee
from .basics import Array


def orthogonalized(
    direction: list[float], vertices: Array, ranges: list[float], may_coincide: bool = False
) -> list[float]:
    """Make a direction orthogonal to the edges at vertex 0 to the others, in units of `ranges`.

    Vertices that coincide, as those of a box without volume do, have no edge between them.
    """
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
