"""One dark sphere with a soft edge: the part of each voxel that it fills, and its slopes.

The edge is a logistic function of the distance u to the surface in units of its width, lowered by
its value at u = CUT to end the sphere there: beyond, it fills nothing, and a box holds all of it.
Distances along z are scaled, as the steps of a microscope are not known exactly.
"""

from __future__ import annotations

import math

import numpy as np

from ...common.arrays import Array, Indices, Mask

Box = tuple[slice, slice, slice]

CUT = 8.0
END = 1.0 / (1.0 + math.exp(CUT))
GRID = 1.5 * 2.0**8
"""Adding and subtracting it rounds to multiples of 2**-44: sums of such numbers are exact."""


def spans(
    spheres: Array, width: float, z_scale: float, shape: tuple[int, ...], margin: float = 0.0
) -> tuple[Indices, Indices]:
    """Return the first voxels (n, 3) that spheres (n, 4) fill, and those after the last."""
    reach = spheres[:, 3:] + (CUT * width + margin)
    reach = reach / np.array([z_scale, 1.0, 1.0])
    first = np.minimum(np.maximum(np.ceil(spheres[:, :3] - reach), 0.0), shape)
    after = np.minimum(np.floor(spheres[:, :3] + reach) + 1.0, shape)
    return first.astype(np.intp), np.maximum(first, after).astype(np.intp)


def overlaps(first: Indices, after: Indices, box: Box) -> Mask:
    """Return which spans (n, 3) have a voxel in a box."""
    start = np.array([part.start for part in box])
    stop = np.array([part.stop for part in box])
    is_near = (first < stop) & (after > start) & (first < after)
    return np.asarray(is_near.all(axis=1))


def as_box(first: Indices, after: Indices) -> Box:
    """Return a span as slices."""
    (z, y, x), (z_end, y_end, x_end) = first.tolist(), after.tolist()
    return slice(z, z_end), slice(y, y_end), slice(x, x_end)


def common_part(a: Box, b: Box) -> tuple[Box, Box]:
    """Return the voxels that two boxes have in common, perhaps none, from the corner of each."""
    in_a, in_b = [], []
    for one, other in zip(a, b, strict=True):
        start = max(one.start, other.start)
        stop = max(start, min(one.stop, other.stop))
        in_a.append(slice(start - one.start, stop - one.start))
        in_b.append(slice(start - other.start, stop - other.start))
    return (in_a[0], in_a[1], in_a[2]), (in_b[0], in_b[1], in_b[2])


def offsets(sphere: Array, z_scale: float, box: Box) -> tuple[Array, Array, Array]:
    """Return the distances to the centre along z (scaled), y, x, each along its own axis."""
    z, y, x = (
        np.arange(side.start - c, side.stop - c - 0.5)
        for side, c in zip(box, sphere.tolist(), strict=False)
    )
    return z_scale * z[:, np.newaxis, np.newaxis], y[:, np.newaxis], x


def distances(sphere: Array, z_scale: float, box: Box) -> Array:
    """Return the distances of the voxels of a box to the centre."""
    z, y, x = offsets(sphere, z_scale, box)
    squares = (z * z + y * y) + x * x
    root: Array = np.sqrt(squares, out=squares)
    return root


def filled(sphere: Array, width: float, z_scale: float, box: Box) -> Array:
    """Return the part of each voxel that the sphere (z, y, x, radius) fills: 0 to 1."""
    s = distances(sphere, z_scale, box)
    s -= sphere[3]
    s *= 1.0 / width
    with np.errstate(over="ignore"):  # far outside: 1 / inf is 0
        np.exp(s, out=s)
    s += 1.0
    np.reciprocal(s, out=s)
    s -= END
    np.maximum(s, 0.0, out=s)
    s += GRID
    s -= GRID
    return s


class Slopes:
    """Derivatives of the parts that a sphere fills in a box, each computed on request."""

    def __init__(self, sphere: Array, width: float, z_scale: float, box: Box) -> None:
        self._offsets = offsets(sphere, z_scale, box)
        self._distance = distances(sphere, z_scale, box)
        self._z_scale = z_scale
        self._u = (self._distance - sphere[3]) / width
        with np.errstate(over="ignore"):
            s = 1.0 / (1.0 + np.exp(self._u))
        self.by_radius: Array = np.where(self._u < CUT, s * (1.0 - s) / width, 0.0)
        not_zero = np.maximum(self._distance, 1e-12)
        self._per_distance: Array = self.by_radius / not_zero

    def by_centre(self) -> tuple[Array, Array, Array]:
        """Return those by z, y, x."""
        z, y, x = self._offsets
        p = self._per_distance
        return p * (z * self._z_scale), p * y, p * x

    def by_width(self) -> Array:
        """Return that by the width of the edge."""
        slope: Array = self.by_radius * self._u
        return slope

    def by_z_scale(self) -> Array:
        """Return that by the scale of z."""
        z = self._offsets[0]
        slope: Array = self._per_distance * (z * z / -self._z_scale)
        return slope
