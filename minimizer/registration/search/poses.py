"""Poses: possible positions of a volume in another, with the evidence for each."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ...common.arrays import Array
from ..geometry import homogeneous
from ..transforms.rotation_3d import rotation_matrices
from .pose_fit import Index, evidence

N_CONSIDERED = 64
"""Of so many times the poses to select, the best are considered."""


@dataclass(frozen=True)
class Poses:
    """Poses of a volume: ``x -> linear @ (x - centre of fixed) + place``, in physical units.

    Attributes
    ----------
    linear : ndarray (k, 3, 3)
        Rotations, and magnifications if any.
    place : ndarray (k, 3)
        Where the centre of the fixed volume lies in the moving one.
    overlap : ndarray (k,)
        Number of points where both have data; 0 where these are too few.
    explained : ndarray (k,)
        Part of the variance of the moving volume's values that the fixed one's explain.
    """

    linear: Array
    place: Array
    overlap: Array
    explained: Array

    def __len__(self) -> int:
        return len(self.linear)

    @property
    def evidence(self) -> Array:
        """Evidence for each pose, in nats."""
        return evidence(self.overlap, self.explained)

    def joined(self, other: Poses) -> Poses:
        """Return the poses and others."""
        pairs = zip(self.parts, other.parts, strict=True)
        return Poses(*(np.concatenate(pair) for pair in pairs))

    @property
    def parts(self) -> tuple[Array, Array, Array, Array]:
        """All arrays."""
        return self.linear, self.place, self.overlap, self.explained

    def take(self, index: Index) -> Poses:
        """Return some of the poses."""
        return Poses(*(part[index] for part in self.parts))

    def put(self, index: Index, other: Poses) -> None:
        """Replace some of the poses."""
        for part, new in zip(self.parts, other.parts, strict=True):
            part[index] = new

    def best_first(self) -> Poses:
        """Return the poses in the order of their evidence."""
        return self.take(np.argsort(-self.evidence, kind="stable"))

    def likely(self) -> Poses:
        """Return the poses for which there is any evidence."""
        return self.take(np.flatnonzero(self.explained > 0))

    def separated(self, arm: float, distance: float, most: int) -> Poses:
        """Return the best poses, each at least `distance` from all better ones.

        The distance of two poses is that of a point at the distance `arm` from the centre.
        """
        poses = self.best_first()
        left = np.arange(min(len(poses), N_CONSIDERED * most))
        place = poses.take(left).places(arm)
        chosen: list[np.intp] = []
        while len(left) and len(chosen) < most:
            chosen.append(left[0])
            far = ((place - place[0]) ** 2).sum(axis=1) >= distance**2
            left, place = left[far], place[far]
        return poses.take(np.array(chosen, dtype=np.intp))

    def apart_from_first(self, arm: float, distance: float) -> Poses:
        """Return the first pose, and the others that are at least `distance` from it."""
        place = self.places(arm)
        far = ((place - place[:1]) ** 2).sum(axis=1) >= distance**2
        far[:1] = True
        return self.take(far)

    def places(self, arm: float) -> Array:
        """Return points (k, 12), whose distances are those of `separated`."""
        # Of two rotations, the squared difference is twice that of the points they move.
        return np.concatenate([self.linear.reshape(-1, 9) * arm / 2**0.5, self.place], axis=1)

    def inverse(self, centre: Array, other: Array) -> Poses:
        """Return the inverse poses, of a volume with centre `other`; that of this is `centre`."""
        linear = np.asarray(np.linalg.inv(self.linear), dtype=np.float64)
        place = centre + np.einsum("kij,kj->ki", linear, other - self.place)
        return Poses(linear, place, self.overlap, self.explained)

    def physical_matrices(self, centre: Array) -> list[Array]:
        """Return the matrices (4, 4) from fixed to moving position."""
        return [
            homogeneous(linear, place - linear @ centre)
            for linear, place in zip(self.linear, self.place, strict=True)
        ]


def poses_at(linear: Array, place: Array) -> Poses:
    """Return poses without evidence."""
    nothing = np.zeros(len(linear))
    return Poses(linear, place, nothing, nothing)


def turned(linear: Array, rotations: Array, growth: Array) -> Array:
    """Return linear maps, turned by rotation vectors (k, 3) and magnified by exp(growth), (k,)."""
    turns = rotation_matrices(rotations)
    return np.asarray(np.exp(growth)[:, None, None] * turns @ linear, dtype=np.float64)
