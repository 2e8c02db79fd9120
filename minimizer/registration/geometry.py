"""Indices, physical positions, and the matrices between them.

The direction is the same everywhere: **a matrix maps a position in the fixed image to a position in
the moving image**. It is homogeneous and in numpy's index order (row, column). The physical
position of an index is the index times the spacing: both images have their origin at their first
pixel.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from ..common.arrays import Array


def as_spacing(spacing: ArrayLike | None, ndim: int, name: str = "spacing") -> tuple[float, ...]:
    """Return the distances between pixels, one per axis.

    Raises
    ------
    ValueError
        If there are not `ndim` of them, or one is not positive.

    Examples
    --------
    >>> as_spacing(0.5, 2), as_spacing(None, 3), as_spacing([2, 0.5, 0.5], 3)
    ((0.5, 0.5), (1.0, 1.0, 1.0), (2.0, 0.5, 0.5))
    """
    if spacing is None:
        return (1.0,) * ndim
    values = np.asarray(spacing, dtype=np.float64)
    if values.ndim == 0:
        values = np.full(ndim, values)
    if values.shape != (ndim,):
        raise ValueError(
            f"{name} has shape {values.shape}; give one number, or one for each of the {ndim} axes "
            "in numpy's order"
        )
    if not (np.isfinite(values) & (values > 0)).all():
        raise ValueError(f"{name} is {values.tolist()}; distances between pixels must be positive")
    return tuple(map(float, values.tolist()))


def centre(shape: tuple[int, ...], spacing: tuple[float, ...]) -> Array:
    """Return the physical position of the centre of an image, shape (ndim,)."""
    middle: Array = (np.array(shape, dtype=np.float64) - 1) / 2 * np.array(spacing)
    return middle


def homogeneous(linear: Array, offset: Array) -> Array:
    """Return the matrix of x -> linear x + offset, shape (ndim + 1, ndim + 1)."""
    matrix = np.eye(len(offset) + 1)
    matrix[:-1, :-1] = linear
    matrix[:-1, -1] = offset
    return matrix


def to_index(physical: Array, spacing: ArrayLike, moving_spacing: ArrayLike) -> Array:
    """Return the matrix between indices for one between physical positions.

    Examples
    --------
    >>> to_index(np.array([[1.0, 4.0], [0.0, 1.0]]), [2.0], [0.5])
    array([[4., 8.],
           [0., 1.]])
    """
    fixed, moving = np.append(spacing, 1.0), np.append(moving_spacing, 1.0)
    return np.asarray(physical * fixed / moving[:, None], dtype=np.float64)


def to_physical(matrix: Array, spacing: ArrayLike, moving_spacing: ArrayLike) -> Array:
    """Return the matrix between physical positions for one between indices."""
    return to_index(matrix, 1 / np.asarray(spacing), 1 / np.asarray(moving_spacing))


def apply(matrix: Array, points: Array) -> Array:
    """Return points (k, ndim) mapped by a matrix."""
    return np.asarray(points @ matrix[:-1, :-1].T + matrix[:-1, -1], dtype=np.float64)


def corners(shape: tuple[int, ...], spacing: tuple[float, ...]) -> Array:
    """Return the physical positions of the corners of an image, shape (2**ndim, ndim)."""
    unit = np.indices((2,) * len(shape)).reshape(len(shape), -1).T
    return np.asarray(unit * (np.array(shape) - 1) * np.array(spacing), dtype=np.float64)
