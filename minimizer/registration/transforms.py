"""Transforms: a few named parameters in, one matrix out (see `geometry` for its direction).

Every parameter is a length: a step of 1 moves the edge of the image by about one pixel, or one unit
of the spacing if that is given. A simplex needs no other scaling then, and the result of one
pyramid level is the start of the next as it stands.
"""

from __future__ import annotations

import math
from abc import ABC, abstractmethod
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import ArrayLike

from .geometry import Floats, apply, as_spacing, centre, corners, homogeneous, to_index, to_physical
from .rotation3d import all_rotations, rotation_matrix, rotation_vector

EDGE_PER_DIAGONAL = {2: 0.35, 3: 0.3}
"""Distance of the edge of an image from its centre, on average, as a part of its diagonal."""


@dataclass(frozen=True)
class Transform(ABC):
    """A family of matrices; the last ``ndim`` parameters are always the shift of the centre.

    Parameters
    ----------
    shape : tuple of int
        Shape of the fixed image at full resolution.
    spacing, moving_spacing : tuple of float, optional
        Distances between the pixels of the two images, one for each axis; 1 if not given, and
        the moving image's as the fixed one's.
    """

    shape: tuple[int, ...]
    spacing: tuple[float, ...] | None = None
    moving_spacing: tuple[float, ...] | None = None

    @property
    def ndim(self) -> int:
        """Number of dimensions of the images."""
        return len(self.shape)

    @property
    def unit(self) -> str:
        """Unit of lengths."""
        return "px" if self.spacing is None and self.moving_spacing is None else "spacing units"

    @cached_property
    def fixed_spacing(self) -> tuple[float, ...]:
        """Spacing of the fixed image, shape (ndim,)."""
        return as_spacing(self.spacing, self.ndim)

    @cached_property
    def spacings(self) -> tuple[tuple[float, ...], tuple[float, ...]]:
        """Spacing of both images."""
        fixed = self.fixed_spacing
        moving = fixed if self.moving_spacing is None else self.moving_spacing
        return fixed, as_spacing(moving, self.ndim, "moving_spacing")

    @cached_property
    def centre(self) -> Floats:
        """Physical place of the centre of the fixed image, about which it is turned."""
        return centre(self.shape, self.fixed_spacing)

    @cached_property
    def names(self) -> tuple[str, ...]:
        """One name for each parameter."""
        return (*self.linear_names, *(f"shift_{axis}" for axis in range(self.ndim)))

    @property
    def units(self) -> tuple[str, ...]:
        """One unit for each parameter."""
        n = len(self.linear_names)
        return (f"{self.unit} at the edge",) * n + (self.unit,) * self.ndim

    @cached_property
    def n_params(self) -> int:
        """Number of parameters."""
        return len(self.linear_names) + self.ndim

    @property
    def identity(self) -> Floats:
        """Parameters of the transform that moves nothing, shape (n_params,)."""
        return np.zeros(self.n_params)

    @property
    @abstractmethod
    def linear_names(self) -> tuple[str, ...]:
        """Names of the parameters that are no shift."""

    @abstractmethod
    def linear(self, params: Floats) -> Floats:
        """Return the linear part of the matrix, shape (ndim, ndim)."""

    @abstractmethod
    def from_linear(self, linear: Floats) -> Floats:
        """Return the parameters that are no shift of the nearest linear part."""

    def physical_matrix(self, params: ArrayLike) -> Floats:
        """Return the matrix from fixed to moving physical place, shape (ndim + 1, ndim + 1)."""
        values = np.asarray(params, dtype=np.float64)
        n = len(self.linear_names)
        linear = self.linear(values[:n])
        return homogeneous(linear, self.centre - linear @ self.centre + values[n:])

    def matrix(self, params: ArrayLike) -> Floats:
        """Return the matrix from fixed to moving index, shape (ndim + 1, ndim + 1)."""
        return to_index(self.physical_matrix(params), *self.spacings)

    def params_of(self, matrix: ArrayLike) -> Floats:
        """Return the parameters of the nearest matrix of the family, shape (n_params,).

        Nearest means: the same shift of the centre, and the nearest linear part.
        """
        given = np.asarray(matrix, dtype=np.float64)
        physical = to_physical(given, *self.spacings)
        shift = apply(physical, self.centre) - self.centre
        return np.concatenate([self.from_linear(physical[:-1, :-1]), shift])

    def angle(self, params: ArrayLike) -> float | None:
        """Return the angle of the rotation in degrees, or None if there is none."""
        return None

    def describe(self, params: ArrayLike) -> dict[str, tuple[float, str]]:
        """Return the parameters in everyday units: a value and a unit for each name."""
        values = np.asarray(params, dtype=np.float64).tolist()
        return dict(zip(self.names, zip(values, self.units, strict=True), strict=True))

    def orientations(self, degrees: float) -> list[Floats]:
        """Return parameters without a shift that cover all rotations in steps of `degrees`."""
        return [self.identity]

    def to_begin_with(self) -> Transform:
        """Return the transform whose result is the start for this one; often itself."""
        return self

    def distance(self, a: ArrayLike, b: ArrayLike) -> float:
        """Return how far apart two parameter sets put a corner of the fixed image at most."""
        places = corners(self.shape, self.fixed_spacing)
        moved = (apply(self.physical_matrix(params), places) for params in (a, b))
        return float(np.sqrt(((next(moved) - next(moved)) ** 2).sum(axis=1)).max())


@dataclass(frozen=True)
class Translation(Transform):
    """A shift in any number of dimensions: moving place = fixed place + shift.

    Examples
    --------
    >>> Translation((64, 64)).matrix([3, -5])
    array([[ 1.,  0.,  3.],
           [ 0.,  1., -5.],
           [ 0.,  0.,  1.]])
    """

    linear_names = ()

    def linear(self, params: Floats) -> Floats:
        """Return the unit matrix, shape (ndim, ndim)."""
        return np.eye(self.ndim)

    def from_linear(self, linear: Floats) -> Floats:
        """Return no parameters."""
        return np.zeros(0)


@dataclass(frozen=True)
class Rigid(Transform):
    """A rotation about the centre of the fixed image, then a shift; two or three dimensions.

    The rotation parameters are in units of 1 / lever radians, where the lever is 0.35 (0.3 in
    three dimensions) of the diagonal; `describe` gives them in degrees. In two dimensions a
    positive angle turns the picture counter-clockwise as it is displayed, with rows downwards: the
    moving image is then ``skimage.transform.rotate(fixed, angle)``. In three dimensions they are a
    rotation vector: its direction, in numpy's axis order, is the axis, its length the angle.

    Raises
    ------
    ValueError
        If `shape` is not that of an image of two or three dimensions.

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
        if self.ndim not in EDGE_PER_DIAGONAL:
            name = type(self).__name__.lower()
            raise ValueError(
                f"transform {name!r} is for images of 2 or 3 dimensions, these have {self.ndim}; "
                "use transform='translation' or 'affine'"
            )

    @property
    def linear_names(self) -> tuple[str, ...]:
        """``rotation``, or ``rotation_0`` to ``rotation_2`` in three dimensions."""
        return ("rotation",) if self.ndim == 2 else ("rotation_0", "rotation_1", "rotation_2")

    @cached_property
    def lever(self) -> float:
        """Distance from the centre to the edge, in units of the spacing."""
        extent = np.array(self.shape) * np.array(self.fixed_spacing)
        return EDGE_PER_DIAGONAL[self.ndim] * float(np.linalg.norm(extent))

    @property
    def n_rotations(self) -> int:
        """Number of rotation parameters."""
        return 1 if self.ndim == 2 else 3

    def rotation(self, degrees: ArrayLike) -> float | Floats:
        """Return the rotation parameters of an angle, or of a rotation vector, in degrees."""
        values = np.deg2rad(np.asarray(degrees, dtype=np.float64)) * self.lever
        return float(values) if values.ndim == 0 else values

    def turn(self, rotation: Floats) -> Floats:
        """Return the rotation matrix of the rotation parameters, shape (ndim, ndim)."""
        if self.ndim == 3:
            return rotation_matrix(rotation / self.lever)
        cos, sin = math.cos(rotation[0] / self.lever), math.sin(rotation[0] / self.lever)
        return np.array([[cos, -sin], [sin, cos]])

    def linear(self, params: Floats) -> Floats:
        """Return the rotation matrix, shape (ndim, ndim)."""
        return self.turn(params)

    def from_linear(self, linear: Floats) -> Floats:
        """Return the rotation parameters of the nearest rotation (Kabsch)."""
        u, _, vt = np.linalg.svd(linear)
        u[:, -1] *= np.sign(np.linalg.det(u @ vt))
        turn = u @ vt
        if self.ndim == 3:
            return rotation_vector(turn) * self.lever
        return np.array([math.atan2(turn[1, 0], turn[0, 0]) * self.lever])

    def angle(self, params: ArrayLike) -> float:
        """Return the angle in degrees: -180 to 180 in two dimensions, 0 to 180 in three."""
        rotation = np.asarray(params, dtype=np.float64)[: self.n_rotations]
        angle = float(rotation[0] if self.ndim == 2 else np.linalg.norm(rotation)) / self.lever
        nearest = math.remainder(math.degrees(angle), 360.0)
        return nearest if self.ndim == 2 else abs(nearest)

    def describe(self, params: ArrayLike) -> dict[str, tuple[float, str]]:
        """Return the parameters with the rotation in degrees."""
        values, n = np.asarray(params, dtype=np.float64), self.n_rotations
        said = super().describe(values)
        turn = self.from_linear(self.turn(values[:n]))  # at most half a turn
        degrees = np.rad2deg(turn / self.lever).tolist()
        names = self.linear_names[:n]
        return said | dict(zip(names, ((value, "degrees") for value in degrees), strict=True))

    def orientations(self, degrees: float) -> list[Floats]:
        """Return parameters without a shift, in steps of about `degrees`, all round."""
        if self.ndim == 3:
            turns = all_rotations(degrees) * self.lever
        else:
            angles = np.linspace(0, 360, round(360 / degrees), endpoint=False)
            nearest = [math.remainder(angle, 360) for angle in angles]
            turns = np.deg2rad(nearest)[:, None] * self.lever
        rest = np.zeros(self.n_params - self.n_rotations)
        return [np.concatenate([turn, rest]) for turn in turns]


@dataclass(frozen=True)
class Similarity(Rigid):
    """A rotation and a magnification about the centre, then a shift; two or three dimensions.

    The magnification's parameter is its logarithm times the lever of the rotation.

    Examples
    --------
    >>> similarity = Similarity((65, 65))
    >>> params = similarity.params_of([[1.1, 0, 0], [0, 1.1, 0], [0, 0, 1]])
    >>> {name: round(value, 6) for name, (value, unit) in similarity.describe(params).items()}
    {'rotation': 0.0, 'scale': 1.1, 'shift_0': 3.2, 'shift_1': 3.2}
    """

    @property
    def linear_names(self) -> tuple[str, ...]:
        """Those of the rotation, and ``scale``."""
        return (*super().linear_names, "scale")

    def linear(self, params: Floats) -> Floats:
        """Return the rotation matrix times the magnification, shape (ndim, ndim)."""
        return math.exp(params[-1] / self.lever) * self.turn(params[:-1])

    def from_linear(self, linear: Floats) -> Floats:
        """Return the parameters of the nearest rotation, and of the mean magnification."""
        scale = math.log(abs(np.linalg.det(linear))) / self.ndim
        return np.append(super().from_linear(linear), scale * self.lever)

    def describe(self, params: ArrayLike) -> dict[str, tuple[float, str]]:
        """Return the parameters with the rotation in degrees and the scale as a factor."""
        said = super().describe(params)
        return said | {"scale": (math.exp(said["scale"][0] / self.lever), "times")}

    def to_begin_with(self) -> Transform:
        """Return the rigid transform."""
        return Rigid(self.shape, self.spacing, self.moving_spacing)


@dataclass(frozen=True)
class Affine(Transform):
    """Any linear map about the centre, then a shift; any number of dimensions.

    Examples
    --------
    >>> affine = Affine((65, 65))
    >>> affine.names
    ('linear_00', 'linear_01', 'linear_10', 'linear_11', 'shift_0', 'shift_1')
    >>> params = affine.params_of([[1.1, 0.2, 0], [0, 1, 0], [0, 0, 1]])
    >>> {name: round(value, 6) for name, (value, unit) in affine.describe(params).items()}
    {'linear_00': 1.1, 'linear_01': 0.2, 'linear_10': 0.0, 'linear_11': 1.0, 'shift_0': 9.6, 'shift_1': 0.0}
    """  # noqa: E501

    @property
    def linear_names(self) -> tuple[str, ...]:
        """``linear_00``, ``linear_01``, …: row by row."""
        return tuple(f"linear_{i}{j}" for i in range(self.ndim) for j in range(self.ndim))

    @cached_property
    def levers(self) -> Floats:
        """Mean distance of the edge from the centre along each axis, shape (ndim,)."""
        extent = np.array(self.shape) * np.array(self.fixed_spacing)
        return np.asarray(extent * (1 + 1 / self.ndim) / 4, dtype=np.float64)

    def linear(self, params: Floats) -> Floats:
        """Return the linear map, shape (ndim, ndim)."""
        return np.eye(self.ndim) + params.reshape(self.ndim, self.ndim) / self.levers

    def from_linear(self, linear: Floats) -> Floats:
        """Return the parameters of the linear map."""
        return np.asarray((linear - np.eye(self.ndim)) * self.levers, dtype=np.float64).ravel()

    def angle(self, params: ArrayLike) -> float | None:
        """Return None: the angle of an affine map is a matter of definition."""
        return None

    def describe(self, params: ArrayLike) -> dict[str, tuple[float, str]]:
        """Return the entries of the linear map as they are, and the shift."""
        values = np.asarray(params, dtype=np.float64)
        entries = self.linear(values[: -self.ndim]).ravel().tolist()
        said = dict(zip(self.linear_names, ((entry, "") for entry in entries), strict=True))
        return super().describe(values) | said

    def to_begin_with(self) -> Transform:
        """Return the rigid transform; a translation where there is no rigid one."""
        first = Rigid if self.ndim in EDGE_PER_DIAGONAL else Translation
        return first(self.shape, self.spacing, self.moving_spacing)


TRANSFORMS: dict[str, type[Transform]] = {
    "translation": Translation,
    "rigid": Rigid,
    "similarity": Similarity,
    "affine": Affine,
}


def make_transform(
    name: str,
    shape: tuple[int, ...],
    spacing: tuple[float, ...] | None = None,
    moving_spacing: tuple[float, ...] | None = None,
) -> Transform:
    """Return the transform called `name` for a fixed image of this `shape`.

    Examples
    --------
    >>> make_transform("rigid", (64, 64)).names
    ('rotation', 'shift_0', 'shift_1')
    """
    if name not in TRANSFORMS:
        known = ", ".join(map(repr, TRANSFORMS))
        raise ValueError(f"transform is {name!r}; it must be one of {known}")
    return TRANSFORMS[name](shape, spacing, moving_spacing)
