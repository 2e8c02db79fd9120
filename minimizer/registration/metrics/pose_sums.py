"""Sums over the overlap of two small volumes, for many poses of one of them, without numba.

A pose maps a point x of the fixed volume, relative to its centre, to ``linear @ x + offset`` in the
moving one. With m the value of the moving volume there, and φ the hat functions of the fixed value
(each is 1 at its own node, and falls to 0 at the two next to it), the sums are those of the least
squares fit of m by the φ, and of the gradient g of m with respect to the pose: three rotations and
three shifts, then the logarithm of a magnification. Rotations and magnification are counted as the
movement of a point at the distance `arm`.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from ...common.arrays import Array

Ints = NDArray[np.int64]
Bools = NDArray[np.bool_]

BATCH = 30_000
"""Number of positions to compute at once."""


def pose_sums(
    node: Ints,
    part: Array,
    points: Array,
    moving: Array,
    cells: Bools,
    linear: Array,
    offset: Array,
    arm: float,
    overlap: Array,
    gram: Array,
    total: Array,
    squares: Array,
    slopes: Array,
    curvature: Array,
) -> None:
    """Add up the sums of k poses at n points, with b hat functions.

    Parameters
    ----------
    node, part : ndarray (n,)
        The position of each fixed value: the node below it, and the fraction of the way to the
        next.
    points : ndarray (n, 3)
        Positions from the centre of the fixed volume.
    moving : ndarray (d, h, w)
        The moving volume, finite everywhere.
    cells : ndarray of bool (d, h, w) or empty
        Whether any of the eight voxels from here on is missing.
    linear, offset : ndarray (k, 3, 3), (k, 3)
        The poses, in voxels.
    arm : float
        Distance from the centre, in voxels.
    overlap, squares : ndarray (k,), set
        Number of points where both volumes have data, and sum of m².
    gram : ndarray (k, b, 2), added to
        Sums of φ², and of φ times the next φ.
    total : ndarray (k, b), added to
        Sums of φ m.
    slopes : ndarray (k, b + 1, 7) or empty, added to
        Sums of φ g, and of m g last.
    curvature : ndarray (k, 7, 7) or empty, set
        Sums of g gᵀ.
    """
    b = total.shape[1]
    hats = np.zeros((len(node), b))
    rows = np.arange(len(node))
    hats[rows, node], hats[rows, node + 1] = 1 - part, part
    together = hats[:, :-1] * hats[:, 1:]
    size = max(1, BATCH // max(1, len(points)))
    for start in range(0, len(linear), size):
        k = slice(start, start + size)
        turned = points @ linear[k].transpose(0, 2, 1)
        inside, m, gradient = interpolated(moving, cells, turned + offset[k, None])
        weight = inside.astype(np.float64)
        overlap[k], squares[k] = weight.sum(axis=1), (m * m).sum(axis=1)
        gram[k, :, 0] += weight @ (hats * hats)
        gram[k, :-1, 1] += weight @ together
        total[k] += m @ hats
        if slopes.size:
            spin = np.cross(turned, gradient) / arm
            growth = (turned * gradient).sum(axis=2, keepdims=True) / arm
            g = np.concatenate([spin, gradient, growth], axis=2)
            slopes[k, :b] += hats.T @ g
            slopes[k, b] += (m[:, None] @ g)[:, 0]
            curvature[k] = g.transpose(0, 2, 1) @ g


def interpolated(moving: Array, cells: Bools, positions: Array) -> tuple[Bools, Array, Array]:
    """Return where positions (k, n, 3) have data, and there the value and its gradient, else 0."""
    last = np.array(moving.shape) - 1
    inside = np.logical_and.reduce((positions >= 0) & (positions <= last), axis=2)
    corner = np.clip(positions.astype(np.int64), 0, last - 1)
    t = positions - corner
    step = np.array(moving.strides) // moving.itemsize
    first = corner @ step
    if cells.size:
        inside &= ~cells.ravel()[first]
    flat = moving.ravel()
    below = [flat[first + shift] for shift in (0, step[1], step[0], step[0] + step[1])]
    slope = [
        flat[first + shift + 1] - value
        for shift, value in zip((0, step[1], step[0], step[0] + step[1]), below, strict=True)
    ]
    on_axis_2 = [value + t[..., 2] * rise for value, rise in zip(below, slope, strict=True)]
    rise_1 = on_axis_2[1] - on_axis_2[0], on_axis_2[3] - on_axis_2[2]
    on_axis_1 = on_axis_2[0] + t[..., 1] * rise_1[0], on_axis_2[2] + t[..., 1] * rise_1[1]
    along_0 = on_axis_1[1] - on_axis_1[0]
    along_1 = rise_1[0] + t[..., 0] * (rise_1[1] - rise_1[0])
    near = slope[0] + t[..., 1] * (slope[1] - slope[0])
    far = slope[2] + t[..., 1] * (slope[3] - slope[2])
    gradient = np.stack([along_0, along_1, near + t[..., 0] * (far - near)], axis=-1)
    value = on_axis_1[0] + t[..., 0] * along_0
    return inside, np.where(inside, value, 0.0), np.where(inside[..., None], gradient, 0.0)
