"""Means of blocks, for images that are too large to be compared at full resolution."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..common.arrays import Array


def shrink(image: NDArray[Any], n: int, ndim: int | None = None) -> NDArray[Any]:
    """Return the means of blocks of `n` pixels along each of the first `ndim` axes, or of all.

    An incomplete block is dropped.

    Examples
    --------
    >>> shrink(np.array([1, 3, 5, 7, 9]), 2).tolist()
    [2.0, 6.0]
    """
    if n == 1:
        return image
    for axis in range(image.ndim if ndim is None else ndim):
        length = image.shape[axis] // n
        kept = np.take(image, range(length * n), axis=axis)
        shape = (*kept.shape[:axis], length, n, *kept.shape[axis + 1 :])
        image = kept.reshape(shape).mean(axis=axis + 1, dtype=np.float64)
    return image


def to_full_resolution(ndim: int, n: int) -> Array:
    """Return the matrix from an index of the shrunk image to one of the original."""
    matrix = np.diag([*(float(n),) * ndim, 1.0])
    matrix[:-1, -1] = (n - 1) / 2
    return matrix
