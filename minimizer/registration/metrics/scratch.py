"""Scratch memory: one set of arrays per thread, made once."""

from __future__ import annotations

import threading

import numpy as np

from ...common.arrays import Array


class PerThread:
    """Arrays of the given shapes, one set per thread; pickled without their content.

    Examples
    --------
    >>> scratch = PerThread((2,), (3, 3))
    >>> [array.shape for array in scratch.arrays]
    [(2,), (3, 3)]
    """

    def __init__(self, *shapes: tuple[int, ...]) -> None:
        self._shapes = shapes
        self._local = threading.local()

    @property
    def arrays(self) -> tuple[Array, ...]:
        """The arrays of this thread; they still hold the values of the last use."""
        try:
            arrays: tuple[Array, ...] = self._local.arrays
        except AttributeError:
            arrays = self._local.arrays = tuple(np.zeros(shape) for shape in self._shapes)
        return arrays

    def __reduce__(self) -> tuple[type[PerThread], tuple[tuple[int, ...], ...]]:
        return PerThread, self._shapes
