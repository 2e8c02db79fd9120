"""A registration to keep, combine and apply: a matrix, and the grids it lies between."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Protocol, runtime_checkable

import numpy as np
from numpy.typing import ArrayLike

from ..common.arrays import Array
from .files.itk import read_itk, write_itk
from .geometry import Grid, apply
from .images.warp import warp

UNITS = ("index", "physical")


@runtime_checkable
class HasMap(Protocol):
    """Any object that has a map, such as a result."""

    def affine_map(self) -> AffineMap:
        """Return the map."""


@dataclass(frozen=True, eq=False)
class AffineMap:
    """Where each place of one image, the fixed one, lies in another, the moving one.

    `RegistrationResult.affine_map` and `StackResult.affine_map` return it, and `read_itk` reads it
    from a file. NumPy converts it to its `matrix`: ``scipy.ndimage.affine_transform(moving,
    numpy.asarray(map))`` is the registered image.

    Parameters
    ----------
    matrix : array_like, shape (ndim + 1, ndim + 1)
        Homogeneous, in numpy's index order, from fixed to moving index.
    fixed, moving : Grid
        Shape, spacing, origin and directions of both images.

    Raises
    ------
    ValueError
        If the matrix is of another shape, not finite, or has no inverse.

    Examples
    --------
    >>> there = AffineMap([[1, 0, 3], [0, 1, -5], [0, 0, 1]], Grid((40, 40)), Grid((48, 48)))
    >>> there.transform_points([[10, 20]]).tolist()
    [[13.0, 15.0]]
    >>> there.inverse().transform_points([[13, 15]]).tolist()
    [[10.0, 20.0]]
    >>> there.compose(there.inverse()).matrix.tolist()
    [[1.0, 0.0, 0.0], [0.0, 1.0, 0.0], [0.0, 0.0, 1.0]]
    """

    matrix: Array
    fixed: Grid
    moving: Grid

    def __post_init__(self) -> None:
        matrix = np.array(self.matrix, dtype=np.float64)
        n = self.fixed.ndim
        if self.moving.ndim != n:
            raise ValueError(
                f"fixed has {n} dimensions and moving {self.moving.ndim}; they must have the same "
                "number"
            )
        if matrix.shape != (n + 1, n + 1) or not np.isfinite(matrix).all():
            raise ValueError(
                f"matrix has shape {matrix.shape}; it must be finite numbers of shape "
                f"{(n + 1, n + 1)}, from fixed to moving index"
            )
        if np.linalg.matrix_rank(matrix) <= n:
            raise ValueError("matrix maps all places to a point, a line or a plane; it must not")
        object.__setattr__(self, "matrix", matrix)

    @classmethod
    def from_physical(cls, physical_matrix: ArrayLike, fixed: Grid, moving: Grid) -> AffineMap:
        """Return the map for a matrix from fixed to moving physical position, in numpy's order."""
        physical = np.asarray(physical_matrix, dtype=np.float64)
        if physical.shape != fixed.matrix.shape:
            raise ValueError(
                f"physical_matrix has shape {physical.shape}; for {fixed.ndim} dimensions it must "
                f"have {fixed.matrix.shape}"
            )
        matrix = np.linalg.solve(moving.matrix, physical @ fixed.matrix)
        return cls(np.asarray(matrix, dtype=np.float64), fixed, moving)

    @classmethod
    def read_itk(cls, path: str | Path, fixed: Grid, moving: Grid) -> AffineMap:
        """Read a transform file of ITK, for images that lie as `fixed` and `moving` do."""
        return cls.from_physical(read_itk(path), fixed, moving)

    def write_itk(self, path: str | Path) -> None:
        """Write an ITK transform file, for SimpleITK, ANTs, elastix or 3D Slicer; see `itk`."""
        write_itk(path, self.physical_matrix, self.fixed.centre)

    @property
    def physical_matrix(self) -> Array:
        """The matrix from fixed to moving physical position, shape (ndim + 1, ndim + 1)."""
        back = np.linalg.inv(self.fixed.matrix)
        return np.asarray(self.moving.matrix @ self.matrix @ back, dtype=np.float64)

    def __array__(self, dtype: object = None, copy: bool | None = None) -> Array:
        return np.array(self.matrix, dtype=dtype)  # type: ignore[call-overload,no-any-return]

    def affine_map(self) -> AffineMap:
        """Return the map itself."""
        return self

    def inverse(self) -> AffineMap:
        """Return the map from positions in the moving image to the fixed one."""
        back = np.asarray(np.linalg.inv(self.matrix), dtype=np.float64)
        return AffineMap(back, self.moving, self.fixed)

    def compose(self, *others: HasMap) -> AffineMap:
        """Return the map that applies this one first, then the others in their order.

        With ``ab`` from registering B to A, ``register(A, B)``, and ``bc = register(B, C)``,
        ``ab.compose(bc)`` maps places of A to C, and its ``warp(C)`` lies on the grid of A.

        Parameters
        ----------
        *others : AffineMap, RegistrationResult or any object with a method `affine_map`
            The fixed image of each must be the moving image of the one before.

        Raises
        ------
        ValueError
            If their grids differ.
        """
        matrix, moving = self.matrix, self.moving
        for i, other in enumerate(others):
            following = other.affine_map()
            difference = following.fixed.difference(moving)
            if difference:
                raise ValueError(
                    f"others[{i}] begins at an image with {difference}; its fixed image must be "
                    "the moving image of the one before (or give its inverse)"
                )
            matrix, moving = following.matrix @ matrix, following.moving
        return AffineMap(matrix, self.fixed, moving)

    def transform_points(self, points: ArrayLike, units: str = "index") -> Array:
        """Return where points of the **fixed** image lie in the **moving** image.

        For points of the moving image use ``inverse().transform_points(points)``.

        Parameters
        ----------
        points : array_like, shape (k, ndim) or (ndim,)
            In numpy's axis order (row, column).
        units : {"index", "physical"}
            Units of the points and of the result: pixels, with the centre of the first at 0; or
            positions in the unit of the spacing, with the origins and directions of both grids.

        Returns
        -------
        ndarray of the shape of `points`

        Raises
        ------
        ValueError
            For points of another number of dimensions, or other units.
        """
        if units not in UNITS:
            raise ValueError(f"units is {units!r}; it must be 'index' or 'physical'")
        given = np.asarray(points, dtype=np.float64)
        if given.ndim not in (1, 2) or given.shape[-1] != self.fixed.ndim:
            raise ValueError(
                f"points has shape {given.shape}; it must have (k, {self.fixed.ndim}), one row "
                "per point in numpy's axis order"
            )
        return apply(self.matrix if units == "index" else self.physical_matrix, given)

    def warp(self, image: ArrayLike, order: int = 3, channel_axis: int | None = None) -> Array:
        """Return `image`, which has the geometry of the moving one, on the grid of the fixed one.

        Parameters
        ----------
        image : array_like
            The moving image, or another one of the same scene.
        order : int
            Order of the spline: 0 for labels, 1 linear, 3 cubic.
        channel_axis : int, optional
            Axis of the channels of `image`; they are resampled one by one.

        Returns
        -------
        ndarray, shape of the fixed image, with the channels where they were
            NaN where `image` has no data.
        """
        return warp(image, self.matrix, self.fixed.shape, order, channel_axis)
