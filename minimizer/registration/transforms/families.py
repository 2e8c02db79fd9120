"""Translations and affine maps, for any number of dimensions."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
from numpy.typing import ArrayLike

from ...common.arrays import Array
from .base import OPEN, Transform
from .rigid import EDGE_PER_DIAGONAL, Rigid


@dataclass(frozen=True)
class Translation(Transform):
    """A shift in any number of dimensions: moving position = fixed position + shift.

    Examples
    --------
    >>> Translation((64, 64)).matrix([3, -5])
    array([[ 1.,  0.,  3.],
           [ 0.,  1., -5.],
           [ 0.,  0.,  1.]])
    """

    linear_names = ()

    def linear(self, params: Array) -> Array:
        """Return the unit matrix, shape (ndim, ndim)."""
        return np.eye(self.ndim)

    def from_linear(self, linear: Array) -> Array:
        """Return no parameters."""
        return np.zeros(0)

    def fit_linear(self, fixed: Array, moving: Array) -> Array:
        """Return the unit matrix."""
        return np.eye(self.ndim)

    fit_rank = 0


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
    def levers(self) -> Array:
        """Mean distance of the edge from the centre along each axis, shape (ndim,)."""
        extent = np.array(self.shape) * np.array(self.fixed_spacing)
        return np.asarray(extent * (1 + 1 / self.ndim) / 4, dtype=np.float64)

    def linear(self, params: Array) -> Array:
        """Return the linear map, shape (ndim, ndim)."""
        return np.eye(self.ndim) + params.reshape(self.ndim, self.ndim) / self.levers

    def from_linear(self, linear: Array) -> Array:
        """Return the parameters of the linear map."""
        return np.asarray((linear - np.eye(self.ndim)) * self.levers, dtype=np.float64).ravel()

    def angle(self, params: ArrayLike) -> float | None:
        """Return None, as the angle of an affine map depends on its definition."""
        return None

    def describe(self, params: ArrayLike) -> dict[str, tuple[float, str]]:
        """Return the entries of the linear map themselves, and the shift."""
        values = np.asarray(params, dtype=np.float64)
        entries = self.linear(values[: -self.ndim]).ravel().tolist()
        linear = dict(zip(self.linear_names, ((entry, "") for entry in entries), strict=True))
        return super().describe(values) | linear

    def internal(self, name: str, value: float) -> float:
        """Return the parameter called `name` for an entry of the linear map, or a shift."""
        if name not in self.linear_names:
            return value
        row, column = divmod(self.linear_names.index(name), self.ndim)
        return float((value - (row == column)) * self.levers[column])

    def first_stage(self) -> Transform:
        """Return the rigid transform, or a translation where there is no rigid one.

        If the linear map is limited, a rotation alone may not be allowed, and this is the first.
        """
        sides, first = self.limits, self._rigid()
        if sides and any(side != OPEN for side in sides[: -self.ndim]):
            return self
        if (
            sides
            and first.n_params == self.ndim
            and all(low == up for low, up in sides[-self.ndim :])
        ):
            return self  # nothing of the shift is to be found
        of_shift = sides and ((OPEN,) * (first.n_params - self.ndim) + sides[-self.ndim :])
        return replace(first, limits=of_shift)

    @property
    def turns_in_space(self) -> bool:
        """Whether `orientations` gives rotations in three dimensions."""
        return self.ndim == 3

    def orientations(self, degrees: float) -> list[Array]:
        """Return parameters without a shift of all rotations in steps of `degrees`."""
        rigid = self._rigid()
        return [self.params_of(rigid.matrix(turn)) for turn in rigid.orientations(degrees)]

    def _rigid(self) -> Transform:
        """Return the rigid transform, or a translation where there is no rigid one."""
        first = Rigid if self.ndim in EDGE_PER_DIAGONAL else Translation
        return first(self.shape, self.spacing, self.moving_spacing)
