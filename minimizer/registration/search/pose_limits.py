"""Poses within the limits of a transform's parameters."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np

from ...common.arrays import Array
from ..geometry import to_index
from ..transforms.base import Transform
from ..transforms.limits import box_of, nearest_allowed
from .poses import Poses


@dataclass(frozen=True)
class PoseLimits:
    """Moves poses to the nearest allowed ones.

    Attributes
    ----------
    transform : Transform
        Has the limits.
    back_to : ndarray (3,) or None
        If the poses are those of the fixed volume in the moving one, the centre of this.
    """

    transform: Transform
    back_to: Array | None = None

    def nearest(self, poses: Poses) -> Poses:
        """Return the nearest allowed poses."""
        return self._there_and_back(poses, self._nearest)

    def nearest_shifts(self, poses: Poses) -> Poses:
        """Return poses whose linear maps are allowed, with the nearest allowed shifts."""
        return self._there_and_back(poses, self._nearest_shifts)

    def _there_and_back(self, poses: Poses, change: Callable[[Poses], Poses]) -> Poses:
        """Return the changed poses; those of the reverse direction are inverted for this."""
        if self.back_to is None:
            return change(poses)
        ends = self.back_to, self.transform.centre
        return change(poses.inverse(*ends)).inverse(*reversed(ends))

    def _nearest(self, poses: Poses) -> Poses:
        centre, spacings = self.transform.centre, self.transform.spacings
        found = [
            self.transform.params_of(to_index(matrix, *spacings))
            for matrix in poses.physical_matrices(centre)
        ]
        matrices = np.stack(
            [
                self.transform.physical_matrix(nearest_allowed(self.transform, params))
                for params in found
            ]
        )
        linear = np.ascontiguousarray(matrices[:, :-1, :-1])
        return replace(poses, linear=linear, place=linear @ centre + matrices[:, :-1, -1])

    def _nearest_shifts(self, poses: Poses) -> Poses:
        box, centre = box_of(self.transform), self.transform.centre
        assert box is not None
        shift = np.clip(poses.place - centre, box.lower[-3:], box.upper[-3:])
        return replace(poses, place=centre + shift)
