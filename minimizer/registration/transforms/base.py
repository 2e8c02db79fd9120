"""The base class of transforms: a few named parameters in, one matrix out (see `geometry`).

Every parameter is a length: a step of 1 moves the edge of the image by about one pixel, or one unit
of the spacing if that is given. A simplex therefore needs no further scaling, and the result of one
pyramid level is the start of the next, unchanged.
"""

from __future__ import annotations

import math
from abc import ABC, abstractmethod
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import ArrayLike

from ...common.arrays import Array
from ..geometry import (
    apply,
    as_spacing,
    centre,
    corners,
    homogeneous,
    to_index,
    to_physical,
)

OPEN = -math.inf, math.inf
"""The limits of a parameter that has none."""


@dataclass(frozen=True)
class Transform(ABC):
    """A family of matrices; the last ``ndim`` parameters are always the shift of the centre.

    Parameters
    ----------
    shape : tuple of int
        Shape of the fixed image at full resolution.
    spacing, moving_spacing : tuple of float, optional
        Distances between the pixels of the two images, one per axis; by default 1, and for the
        moving image the same as for the fixed one.
    length_unit : str, optional
        Name of the unit of the spacings, for example "mm".
    limits : tuple of (float, float), optional
        Lower and upper limit of each parameter, equal for one that is held; see `limits`.
    """

    shape: tuple[int, ...]
    spacing: tuple[float, ...] | None = None
    moving_spacing: tuple[float, ...] | None = None
    length_unit: str | None = None
    limits: tuple[tuple[float, float], ...] | None = None

    @property
    def ndim(self) -> int:
        """Number of dimensions of the images."""
        return len(self.shape)

    @property
    def unit(self) -> str:
        """Unit of lengths."""
        if self.length_unit is not None:
            return self.length_unit
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
    def centre(self) -> Array:
        """Physical position of the centre of the fixed image, the centre of rotation."""
        return centre(self.shape, self.fixed_spacing)

    @cached_property
    def names(self) -> tuple[str, ...]:
        """One name per parameter."""
        return (*self.linear_names, *(f"shift_{axis}" for axis in range(self.ndim)))

    @property
    def units(self) -> tuple[str, ...]:
        """One unit per parameter."""
        n = len(self.linear_names)
        return (f"{self.unit} at the edge",) * n + (self.unit,) * self.ndim

    @cached_property
    def n_params(self) -> int:
        """Number of parameters."""
        return len(self.linear_names) + self.ndim

    @property
    def identity(self) -> Array:
        """Parameters of the transform that moves nothing, shape (n_params,)."""
        return np.zeros(self.n_params)

    @property
    @abstractmethod
    def linear_names(self) -> tuple[str, ...]:
        """Names of the parameters other than the shift."""

    @abstractmethod
    def linear(self, params: Array) -> Array:
        """Return the linear part of the matrix, shape (ndim, ndim)."""

    @abstractmethod
    def from_linear(self, linear: Array) -> Array:
        """Return the parameters, other than the shift, of the nearest linear part."""

    def fit_linear(self, fixed: Array, moving: Array) -> Array:
        """Return the linear part that maps points to others.

        By default this is the linear part nearest to the least-squares affine map: exactly the
        least-squares solution for affine maps, and nearly so for a family with fewer parameters.

        Parameters
        ----------
        fixed, moving : ndarray, shape (k, ndim)
            Points in pairs, with their mean at the origin.
        """
        affine = np.linalg.lstsq(fixed, moving, rcond=None)[0].T
        return self.linear(self.from_linear(np.asarray(affine, dtype=np.float64)))

    @property
    def fit_rank(self) -> int:
        """Number of independent directions between points that determine the linear part."""
        return self.ndim

    def physical_matrix(self, params: ArrayLike) -> Array:
        """Return the matrix from fixed to moving physical position, shape (ndim + 1, ndim + 1)."""
        values = np.asarray(params, dtype=np.float64)
        n = len(self.linear_names)
        linear = self.linear(values[:n])
        return homogeneous(linear, self.centre - linear @ self.centre + values[n:])

    def matrix(self, params: ArrayLike) -> Array:
        """Return the matrix from fixed to moving index, shape (ndim + 1, ndim + 1)."""
        return to_index(self.physical_matrix(params), *self.spacings)

    def params_of(self, matrix: ArrayLike) -> Array:
        """Return the parameters of the nearest matrix of the family, shape (n_params,).

        It has the same shift of the centre, and the nearest linear part.
        """
        given = np.asarray(matrix, dtype=np.float64)
        physical = to_physical(given, *self.spacings)
        shift = apply(physical, self.centre) - self.centre
        return np.concatenate([self.from_linear(physical[:-1, :-1]), shift])

    def angle(self, params: ArrayLike) -> float | None:
        """Return the angle of the rotation in degrees, or None if there is none."""
        return None

    def describe(self, params: ArrayLike) -> dict[str, tuple[float, str]]:
        """Return the parameters in common units: a value and a unit per name."""
        values = np.asarray(params, dtype=np.float64).tolist()
        return dict(zip(self.names, zip(values, self.units, strict=True), strict=True))

    def internal(self, name: str, value: float) -> float:
        """Return the parameter `name` for a value as in `describe`; it grows with the value."""
        return value

    def equivalents(self, params: Array) -> list[Array]:
        """Return other parameters with the same matrix, such as those a full turn away."""
        return []

    @property
    def turns_in_space(self) -> bool:
        """Whether `orientations` gives rotations in three dimensions."""
        return False

    def orientations(self, degrees: float) -> list[Array]:
        """Return parameters without a shift that cover all rotations in steps of `degrees`."""
        return [self.identity]

    def first_stage(self) -> Transform:
        """Return the transform to find first, as a start for this one; often itself."""
        return self

    def distance(self, a: ArrayLike, b: ArrayLike) -> float:
        """Return the largest distance between corners of the fixed image as mapped by a and b."""
        points = corners(self.shape, self.fixed_spacing)
        moved = (apply(self.physical_matrix(params), points) for params in (a, b))
        return float(np.sqrt(((next(moved) - next(moved)) ** 2).sum(axis=1)).max())
