"""Transforms: a few named parameters in, one matrix out.

The direction is the same everywhere: **a matrix maps an index of the fixed image to an index of the
moving image**. It is homogeneous and in numpy's index order (row, column), so that
``scipy.ndimage.affine_transform(moving, matrix, output_shape=fixed.shape)`` is the registered
image.

Every parameter is scaled so that a step of 1 moves the edge of the image by about one pixel of
full resolution. A simplex needs no other scaling then, and the result of one pyramid level is the
start of the next as it stands.
"""

from __future__ import annotations

import math
from abc import ABC, abstractmethod
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

Floats = NDArray[np.float64]

EDGE_PER_DIAGONAL = 0.35
"""Distance of the edge of an image from its centre, on average, as a part of its diagonal."""


@dataclass(frozen=True)
class Transform(ABC):
    """A family of matrices; the last ``ndim`` parameters are always the shift of the centre.

    Parameters
    ----------
    shape : tuple of int
        Shape of the fixed image at full resolution.
    """

    shape: tuple[int, ...]

    @property
    def ndim(self) -> int:
        """Number of dimensions of the images."""
        return len(self.shape)

    @property
    @abstractmethod
    def names(self) -> tuple[str, ...]:
        """One name for each parameter."""

    @property
    @abstractmethod
    def units(self) -> tuple[str, ...]:
        """One unit for each parameter."""

    @property
    def n_params(self) -> int:
        """Number of parameters."""
        return len(self.names)

    @property
    def identity(self) -> Floats:
        """Parameters of the transform that moves nothing, shape (n_params,)."""
        return np.zeros(self.n_params)

    @abstractmethod
    def matrix(self, params: ArrayLike) -> Floats:
        """Return the matrix from fixed to moving index, shape (ndim + 1, ndim + 1)."""

    def angle(self, params: ArrayLike) -> float | None:
        """Return the angle in degrees, or None where there is no single one."""
        return None

    def orientations(self, degrees: float) -> list[Floats]:
        """Return parameters without a shift that cover all rotations in steps of `degrees`."""
        return [self.identity]


@dataclass(frozen=True)
class Translation(Transform):
    """A shift in any number of dimensions: moving index = fixed index + shift, in pixels.

    Examples
    --------
    >>> Translation((64, 64)).matrix([3, -5])
    array([[ 1.,  0.,  3.],
           [ 0.,  1., -5.],
           [ 0.,  0.,  1.]])
    """

    @property
    def names(self) -> tuple[str, ...]:
        """``shift_0``, ``shift_1``, …: one for each axis."""
        return tuple(f"shift_{axis}" for axis in range(self.ndim))

    @property
    def units(self) -> tuple[str, ...]:
        """Pixels."""
        return ("px",) * self.ndim

    def matrix(self, params: ArrayLike) -> Floats:
        """Return the matrix from fixed to moving index, shape (ndim + 1, ndim + 1)."""
        matrix = np.eye(self.ndim + 1)
        matrix[:-1, -1] = params
        return matrix


@dataclass(frozen=True)
class Rigid(Transform):
    """A rotation about the centre of the fixed image, then a shift; two dimensions.

    The rotation parameter is in units of 1 / (0.35 x diagonal) radians; `angle` gives it in
    degrees. A positive angle turns the picture counter-clockwise as it is displayed, with rows
    downwards: the moving image is then ``skimage.transform.rotate(fixed, angle)``.

    Raises
    ------
    ValueError
        If `shape` is not that of a two-dimensional image.

    Examples
    --------
    A quarter turn keeps the centre of a 65 x 65 image, (32, 32), where it is:

    >>> rigid = Rigid((65, 65))
    >>> params = [rigid.rotation(90), 0, 0]
    >>> (rigid.matrix(params) @ [32, 32, 1]).round(6)
    array([32., 32.,  1.])
    >>> round(rigid.angle(params), 6)
    90.0
    """

    def __post_init__(self) -> None:
        if self.ndim != 2:
            raise ValueError(
                f"transform 'rigid' is for images of 2 dimensions, these have {self.ndim}; "
                "use transform='translation'"
            )

    @property
    def names(self) -> tuple[str, ...]:
        """``rotation``, ``shift_0``, ``shift_1``."""
        return ("rotation", "shift_0", "shift_1")

    @property
    def units(self) -> tuple[str, ...]:
        """Pixels at the edge of the image, and pixels."""
        return ("px at the edge", "px", "px")

    @property
    def _lever(self) -> float:
        """Distance in pixels from the centre to the edge."""
        return EDGE_PER_DIAGONAL * math.hypot(*self.shape)

    def rotation(self, degrees: float) -> float:
        """Return the rotation parameter of an angle in degrees."""
        return math.radians(degrees) * self._lever

    def angle(self, params: ArrayLike) -> float:
        """Return the angle in degrees, from -180 to 180."""
        rotation = float(np.asarray(params, dtype=np.float64)[0])
        return math.remainder(math.degrees(rotation / self._lever), 360.0)

    def matrix(self, params: ArrayLike) -> Floats:
        """Return the matrix from fixed to moving index, shape (3, 3)."""
        rotation, *shift = np.asarray(params, dtype=np.float64)
        cos, sin = math.cos(rotation / self._lever), math.sin(rotation / self._lever)
        turn = np.array([[cos, -sin], [sin, cos]])
        centre = image_centre(self.shape)
        matrix = np.eye(3)
        matrix[:2, :2] = turn
        matrix[:2, 2] = centre - turn @ centre + shift
        return matrix

    def orientations(self, degrees: float) -> list[Floats]:
        """Return parameters without a shift, in equal steps of about `degrees`, all round."""
        angles = np.linspace(0, 360, round(360 / degrees), endpoint=False)
        nearest = [math.remainder(angle, 360) for angle in angles]
        return [np.array([self.rotation(angle), 0.0, 0.0]) for angle in nearest]


TRANSFORMS: dict[str, type[Transform]] = {"translation": Translation, "rigid": Rigid}


def make_transform(name: str, shape: tuple[int, ...]) -> Transform:
    """Return the transform called `name` for a fixed image of this `shape`.

    Examples
    --------
    >>> make_transform("rigid", (64, 64)).names
    ('rotation', 'shift_0', 'shift_1')
    """
    if name not in TRANSFORMS:
        known = ", ".join(map(repr, TRANSFORMS))
        raise ValueError(f"transform is {name!r}; it must be one of {known}")
    return TRANSFORMS[name](shape)


def image_centre(shape: tuple[int, ...]) -> Floats:
    """Return the index of the centre of an image, shape (ndim,)."""
    return (np.array(shape, dtype=np.float64) - 1) / 2


def largest_displacement(a: Floats, b: Floats, shape: tuple[int, ...]) -> float:
    """Return how far apart two matrices put a corner of an image of this shape, in pixels."""
    corners = np.indices((2,) * len(shape)).reshape(len(shape), -1).T * (np.array(shape) - 1)
    homogeneous = np.column_stack([corners, np.ones(len(corners))])
    moved = homogeneous @ (a - b).T
    return float(np.sqrt((moved**2).sum(axis=1)).max())
