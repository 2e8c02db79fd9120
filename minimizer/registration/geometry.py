"""Indices, physical positions, and the matrices between them.

The direction is the same everywhere: **a matrix maps a position in the fixed image to a position in
the moving image**. It is homogeneous and in numpy's index order (row, column). The physical
position of an index is the index times the spacing: both images have their origin at their first
pixel. Images from files may also have an origin and directions of their axes; see `Grid`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

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


@dataclass(frozen=True)
class Grid:
    """The positions of the pixels of an image; everything in numpy's axis order.

    ITK, DICOM, NIfTI, MetaImage and NRRD call the same things spacing, origin and direction, and
    list the axes backwards (x, y, z); `from_itk` reverses them.

    Parameters
    ----------
    shape : tuple of int
        Shape of the image, without channels.
    spacing : float or sequence of float, optional
        Distances between pixels along each axis; by default 1.
    origin : sequence of float, optional
        Physical position of the first pixel; by default 0.
    direction : sequence of sequence of float, shape (ndim, ndim), optional
        Column j is the physical direction of axis j, of length 1. By default the axes themselves.

    Raises
    ------
    ValueError
        If a number is not finite, a spacing not positive, a direction not invertible, or if there
        are too many or too few of them.

    Examples
    --------
    >>> flipped = Grid((20, 30), spacing=(2, 1), origin=(0, 29), direction=((1, 0), (0, -1)))
    >>> apply(flipped.matrix, np.array([[0, 0], [5, 29]])).tolist()
    [[0.0, 29.0], [10.0, 0.0]]
    """

    shape: tuple[int, ...]
    spacing: ArrayLike | None = None
    origin: ArrayLike | None = None
    direction: ArrayLike | None = None

    def __post_init__(self) -> None:
        n = len(self.shape)
        object.__setattr__(self, "shape", tuple(int(length) for length in self.shape))
        object.__setattr__(self, "spacing", as_spacing(self.spacing, n))
        for name, default in (("origin", np.zeros(n)), ("direction", np.eye(n))):
            given = getattr(self, name)
            values = default if given is None else np.asarray(given, dtype=np.float64)
            if values.shape != default.shape or not np.isfinite(values).all():
                raise ValueError(
                    f"{name} is {np.asarray(given).tolist()}; it must be finite numbers of shape "
                    f"{default.shape}, in numpy's axis order"
                )
            object.__setattr__(self, name, nested_tuple(values))
        if abs(np.linalg.det(np.asarray(self.direction))) < 1e-6:
            raise ValueError(
                f"direction is {self.direction}; its columns must be independent directions"
            )

    @classmethod
    def from_itk(
        cls, size: ArrayLike, spacing: ArrayLike, origin: ArrayLike, direction: ArrayLike
    ) -> Grid:
        """Return the grid of an image of ITK, whose axes are x, y, z.

        ``Grid.from_itk(i.GetSize(), i.GetSpacing(), i.GetOrigin(), i.GetDirection())``.

        Examples
        --------
        >>> Grid.from_itk((30, 20), (1, 2), (29, 0), (-1, 0, 0, 1)).direction
        ((1.0, 0.0), (0.0, -1.0))
        """
        shape = tuple(np.asarray(size, dtype=int)[::-1].tolist())
        table = np.asarray(direction, dtype=np.float64).reshape(len(shape), len(shape))
        steps, first = (np.asarray(values, dtype=np.float64)[::-1] for values in (spacing, origin))
        return cls(shape, steps, first, table[::-1, ::-1])

    @property
    def ndim(self) -> int:
        """Number of axes."""
        return len(self.shape)

    @property
    def matrix(self) -> Array:
        """The matrix from an index to its physical position, shape (ndim + 1, ndim + 1)."""
        return homogeneous(
            np.asarray(self.direction) * np.asarray(self.spacing), np.asarray(self.origin)
        )

    @property
    def centre(self) -> Array:
        """Physical position of the centre, shape (ndim,)."""
        return apply(self.matrix, (np.array(self.shape) - 1) / 2)

    def difference(self, other: Grid) -> str:
        """Return the difference from another grid, in words; "" if there is none."""
        if self.shape != other.shape:
            return f"shape {self.shape}, not {other.shape}"
        for name in ("spacing", "origin", "direction"):
            mine, its = np.asarray(getattr(self, name)), np.asarray(getattr(other, name))
            size = np.asarray(self.spacing).min() if name == "origin" else 1.0
            if not np.allclose(mine, its, rtol=1e-4, atol=1e-4 * size):
                return f"{name} {mine.tolist()}, not {its.tolist()}"
        return ""


def nested_tuple(values: Array) -> tuple[Any, ...]:
    """Return an array as tuples of tuples of floats."""
    if values.ndim == 1:
        return tuple(values.tolist())
    return tuple(nested_tuple(row) for row in values)
