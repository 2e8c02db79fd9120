"""Where to start: the lowest places of a grid, on which every linear parameter is already right."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from ...common.arrays import Array
from .separable import Separable

AT_ONCE = 500_000  # numbers in memory, for one column
SMALLEST = 1e-100  # gap between two values
SHRINKING = 0.5  # of the distance to the next grid point: the size of the first simplex


class Start:
    """A point (n,) and the size of the first simplex there, empty if it is not known."""

    def __init__(self, point: Array, sizes: Array) -> None:
        self.point, self.sizes = point, sizes


def lowest_starts(model: Separable, grid: Sequence[Array], count: int) -> list[Start]:
    """Return the lowest local minima of a grid, at most `count`."""
    shape = tuple(axis.size for axis in grid)
    points = np.stack([axis.ravel() for axis in np.meshgrid(*grid, indexing="ij")], axis=1)
    step = max(1, AT_ONCE // model.y.size)
    sums = np.concatenate(
        [model.sums_of_squares(points[i : i + step]) for i in range(0, len(points), step)]
    )
    sums = np.where(np.isnan(sums), np.inf, sums).reshape(shape)
    order = [i for i in np.argsort(sums, axis=None, kind="stable") if _is_local(sums, i)]
    starts = []
    for i in order[:count]:
        place = np.unravel_index(i, shape)
        sizes = [_distance(axis, int(k)) for axis, k in zip(grid, place, strict=True)]
        starts.append(Start(points[i], SHRINKING * np.array(sizes)))
    return starts


def _is_local(sums: Array, i: np.intp) -> bool:
    """Return whether no neighbour along an axis is lower."""
    place = np.unravel_index(i, sums.shape)
    here = sums[place]
    if not np.isfinite(here):
        return False
    for axis in range(sums.ndim):
        for step in (-1, 1):
            near = list(place)
            near[axis] = near[axis] + step
            if 0 <= near[axis] < sums.shape[axis] and sums[tuple(near)] < here:
                return False
    return True


def _distance(axis: Array, k: int) -> float:
    """Return the distance of a grid point to the nearer neighbour."""
    gaps = abs(np.diff(axis))[max(0, k - 1) : k + 1]
    gaps = gaps[gaps > SMALLEST]
    return float(gaps.min()) if gaps.size else abs(float(axis[k])) * 0.1 or 0.01
