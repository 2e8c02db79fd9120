"""Rotations with a shift, without and with a magnification."""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import ArrayLike

from ...common.arrays import Array
from .base import Transform
from .rotation_3d import all_rotations, rotation_matrix, rotation_vector

EDGE_PER_DIAGONAL = {2: 0.35, 3: 0.3}
"""Mean distance of the edge of an image from its centre, as a part of its diagonal."""

MAGNIFICATIONS = 1.25 ** np.arange(-3, 4)
"""Magnifications of the global search: 0.51 to 1.95."""


@dataclass(frozen=True)
class Rigid(Transform):
    """A rotation about the centre of the fixed image, then a shift; two or three dimensions.

    The rotation parameters are in units of 1 / lever radians, where the lever is 0.35 (0.3 in
    three dimensions) of the diagonal; `describe` gives them in degrees. In two dimensions a
    positive angle turns the picture counter-clockwise as displayed, with rows downwards: the moving
    image is then ``skimage.transform.rotate(fixed, angle)``. In three dimensions they are a
    rotation vector: its direction, in numpy's axis order, is the axis, its length the angle.

    Raises
    ------
    ValueError
        If `shape` is not that of an image of two or three dimensions.

    Examples
    --------
    A quarter turn does not move the centre of a 65 x 65 image, (32, 32):

    >>> rigid = Rigid((65, 65))
    >>> params = [rigid.rotation(90), 0, 0]
    >>> (rigid.matrix(params) @ [32, 32, 1]).round(6)
    array([32., 32.,  1.])
    >>> round(rigid.angle(params), 6)
    90.0
    """

    def __post_init__(self) -> None:
        if self.ndim not in EDGE_PER_DIAGONAL:
            name = type(self).__name__
            raise ValueError(f"{name} is for images of 2 or 3 dimensions, these have {self.ndim}")

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

    def rotation(self, degrees: ArrayLike) -> float | Array:
        """Return the rotation parameters of an angle, or of a rotation vector, in degrees."""
        values = np.deg2rad(np.asarray(degrees, dtype=np.float64)) * self.lever
        return float(values) if values.ndim == 0 else values

    def rotation_part(self, rotation: Array) -> Array:
        """Return the rotation matrix of the rotation parameters, shape (ndim, ndim)."""
        if self.ndim == 3:
            return rotation_matrix(rotation / self.lever)
        cos, sin = math.cos(rotation[0] / self.lever), math.sin(rotation[0] / self.lever)
        return np.array([[cos, -sin], [sin, cos]])

    def linear(self, params: Array) -> Array:
        """Return the rotation matrix, shape (ndim, ndim)."""
        return self.rotation_part(params)

    def from_linear(self, linear: Array) -> Array:
        """Return the rotation parameters of the nearest rotation (Kabsch)."""
        u, _, vt = np.linalg.svd(linear)
        u[:, -1] *= np.sign(np.linalg.det(u @ vt))
        rotation = u @ vt
        if self.ndim == 3:
            return rotation_vector(rotation) * self.lever
        return np.array([math.atan2(rotation[1, 0], rotation[0, 0]) * self.lever])

    def fit_linear(self, fixed: Array, moving: Array) -> Array:
        """Return the least-squares rotation between centred points (Kabsch)."""
        return self.linear(self.from_linear(moving.T @ fixed))

    @property
    def fit_rank(self) -> int:
        """All directions but one, as a rotation does not mirror."""
        return self.ndim - 1

    def angle(self, params: ArrayLike) -> float:
        """Return the angle in degrees: -180 to 180 in two dimensions, 0 to 180 in three."""
        rotation = np.asarray(params, dtype=np.float64)[: self.n_rotations]
        angle = float(rotation[0] if self.ndim == 2 else np.linalg.norm(rotation)) / self.lever
        nearest = math.remainder(math.degrees(angle), 360.0)
        return nearest if self.ndim == 2 else abs(nearest)

    def describe(self, params: ArrayLike) -> dict[str, tuple[float, str]]:
        """Return the parameters with the rotation in degrees."""
        values, n = np.asarray(params, dtype=np.float64), self.n_rotations
        described = super().describe(values)
        rotation = Rigid.from_linear(self, self.rotation_part(values[:n]))  # at most half a turn
        degrees = np.rad2deg(rotation / self.lever).tolist()
        names = self.linear_names[:n]
        return described | dict(zip(names, ((value, "degrees") for value in degrees), strict=True))

    def internal(self, name: str, value: float) -> float:
        """Return the parameter called `name` for degrees, or a shift."""
        return math.radians(value) * self.lever if name in self.linear_names else value

    def equivalents(self, params: Array) -> list[Array]:
        """Return the parameters one turn away: in space, the rest of the turn backwards."""
        n, turn = self.n_rotations, 2 * math.pi * self.lever
        length = float(np.linalg.norm(params[:n]))
        if length == 0.0 and n == 3:
            return []  # about any axis
        direction = params[:n] / length if n == 3 else np.ones(1)
        ways = (-turn,) if n == 3 else (-turn, turn)
        return [np.concatenate([params[:n] + way * direction, params[n:]]) for way in ways]

    @property
    def turns_in_space(self) -> bool:
        """Whether it is for volumes, and may turn."""
        sides = self.limits[: self.n_rotations] if self.limits else ()
        is_held = bool(sides) and all(lower == upper for lower, upper in sides)
        return self.ndim == 3 and not is_held

    def orientations(self, degrees: float) -> list[Array]:
        """Return parameters without a shift that cover all rotations in steps of `degrees`."""
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
        """Names of the rotation parameters, and ``scale``."""
        return (*super().linear_names, "scale")

    def linear(self, params: Array) -> Array:
        """Return the rotation matrix times the magnification, shape (ndim, ndim)."""
        return math.exp(params[-1] / self.lever) * self.rotation_part(params[:-1])

    def from_linear(self, linear: Array) -> Array:
        """Return the parameters of the nearest rotation, and of the mean magnification."""
        scale = math.log(abs(np.linalg.det(linear))) / self.ndim
        return np.append(super().from_linear(linear), scale * self.lever)

    def describe(self, params: ArrayLike) -> dict[str, tuple[float, str]]:
        """Return the parameters with the rotation in degrees and the scale as a factor."""
        described = super().describe(params)
        return described | {"scale": (math.exp(described["scale"][0] / self.lever), "times")}

    def fit_linear(self, fixed: Array, moving: Array) -> Array:
        """Return the least-squares rotation times magnification (Umeyama)."""
        rotation = Rigid.linear(self, Rigid.from_linear(self, moving.T @ fixed))
        scale = float(np.sum((fixed @ rotation.T) * moving) / np.sum(fixed**2))
        return scale * rotation

    def internal(self, name: str, value: float) -> float:
        """Return the parameter called `name` for degrees, a magnification, or a shift."""
        return math.log(value) * self.lever if name == "scale" else super().internal(name, value)

    def orientations(self, degrees: float) -> list[Array]:
        """Return parameters without a shift that combine all rotations and magnifications."""
        turns = super().orientations(degrees)
        scales = np.zeros(self.n_params)
        scales[self.n_rotations] = self.lever
        return [turn + log * scales for log in np.log(MAGNIFICATIONS) for turn in turns]
