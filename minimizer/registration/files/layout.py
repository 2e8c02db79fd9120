"""The order of a volume's axes: in its file, and in memory.

Files store a volume along any axes of the body, and in any sense. In memory its axes are turned to
be roughly right, front, up (those of a plane to be y and x), so that two volumes of one body are
alike, however their files store them. No pixel is interpolated, and the way back is exact.
"""

from __future__ import annotations

from itertools import permutations
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from ...common.arrays import Array

IN_MEMORY = {2: ((1, 1), (0, 1)), 3: ((0, -1), (1, -1), (2, 1))}
"""The axis of ITK's world along which each axis in memory lies, and its sense."""


class Layout(NamedTuple):
    """How the axes in memory lie in the file.

    Attributes
    ----------
    order : tuple of int
        The axis in the file (the fastest first) of each axis in memory.
    backwards : tuple of bool
        Whether each axis in memory runs against that in the file.
    """

    order: tuple[int, ...]
    backwards: tuple[bool, ...]

    def to_memory(self, values: NDArray[Any], first: int = 0) -> NDArray[Any]:
        """Return an array, whose axes from `first` on are those of the file, as in memory."""
        moved = np.moveaxis(values, [first + axis for axis in self.order], self._places(first))
        return np.flip(moved, self._flipped(first))

    def to_file(self, values: NDArray[Any], first: int = 0) -> NDArray[Any]:
        """Return an array, whose axes from `first` on are those in memory, as in the file."""
        flipped = np.flip(values, self._flipped(first))
        return np.moveaxis(flipped, self._places(first), [first + axis for axis in self.order])

    def matrix(self, shape: tuple[int, ...]) -> Array:
        """Return the matrix from an index in memory, for an array of a `shape`, to one in the file.

        Examples
        --------
        >>> Layout((1, 0), (False, True)).matrix((4, 9)) @ [2, 3, 1]
        array([5., 2., 1.])
        """
        n = len(self.order)
        matrix = np.zeros((n + 1, n + 1))
        matrix[n, n] = 1.0
        for axis, (place, is_backwards) in enumerate(zip(self.order, self.backwards, strict=True)):
            matrix[place, axis] = -1.0 if is_backwards else 1.0
            matrix[place, n] = shape[axis] - 1 if is_backwards else 0.0
        return matrix

    def _places(self, first: int) -> list[int]:
        return list(range(first, first + len(self.order)))

    def _flipped(self, first: int) -> tuple[int, ...]:
        return tuple(first + axis for axis, flipped in enumerate(self.backwards) if flipped)


def plain_layout(ndim: int) -> Layout:
    """Return the layout of pictures without positions: the last axis in memory is the fastest."""
    return Layout(tuple(reversed(range(ndim))), (False,) * ndim)


def nearest_layout(affine: Array) -> Layout:
    """Return the layout that brings an image with a matrix from index to world nearest to memory.

    Examples
    --------
    >>> nearest_layout(np.diag([-1.0, -2.0, 3.0, 1.0]))  # NIfTI's usual one
    Layout(order=(0, 1, 2), backwards=(False, False, False))
    """
    steps = affine[:-1, :-1] / np.linalg.norm(affine[:-1, :-1], axis=0)
    wanted = IN_MEMORY[len(steps)]

    def nearness(order: tuple[int, ...]) -> float:
        return float(sum(abs(steps[w, axis]) for (w, _), axis in zip(wanted, order, strict=True)))

    order = max(permutations(range(len(steps))), key=nearness)
    backwards = tuple(
        bool(steps[w, axis] * sense < 0) for (w, sense), axis in zip(wanted, order, strict=True)
    )
    return Layout(order, backwards)
