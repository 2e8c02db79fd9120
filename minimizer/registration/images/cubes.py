"""A volume in cubes of one size, whatever its voxels are, for comparisons that need no detail."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from scipy import ndimage

from ...common.arrays import Array
from .mass import mass_of

MIN_BLOCKS = 4
"""A volume keeps at least this many blocks along each axis, if it has so many voxels."""


class Cubes(NamedTuple):
    """A volume in cubes.

    Attributes
    ----------
    values : ndarray (d, h, w)
        Means of the cubes, NaN where data are missing.
    size : float
        Side of a cube.
    first : ndarray (3,)
        Physical position of the centre of the first cube.
    """

    values: Array
    size: float
    first: Array

    def centre_of_mass(self) -> Array:
        """Return the physical centre of all that differs from the border, or else the middle."""
        mass = mass_of(self.values)
        index = (np.array(self.values.shape) - 1) / 2
        if mass.sum() > 0:
            index = np.array(ndimage.center_of_mass(mass))
        return np.asarray(self.first + index * self.size, dtype=np.float64)


def into_cubes(image: Array, spacing: Array, first: Array, size: float, blur: float) -> Cubes:
    """Return a volume in cubes.

    Parameters
    ----------
    image : ndarray (d, h, w)
        The volume, NaN where data are missing.
    spacing, first : ndarray (3,)
        Distances between its voxels, and the physical position of the first.
    size : float
        Side of the cubes; should not be less than the voxels' shortest side.
    blur : float
        Standard deviation of a Gaussian blur, in cubes.
    """
    shape = np.array(image.shape)
    factors = np.maximum(1, np.round(size / spacing).astype(int))
    factors = np.minimum(factors, np.maximum(1, shape // MIN_BLOCKS))
    present = np.isfinite(image)
    is_whole = bool(present.all())
    total = block_means(image if is_whole else np.where(present, image, 0.0), factors)
    weight = np.ones(total.shape) if is_whole else block_means(present.astype(float), factors)
    start, step = first + (factors - 1) / 2 * spacing, factors * spacing
    if not np.allclose(step, size, rtol=1e-3):
        cubes = np.maximum(2, np.floor(total.shape * step / size + 1e-6)).astype(int)
        offset = (np.array(total.shape) - 1) / 2 - (cubes - 1) / 2 * size / step
        total, weight = (
            ndimage.affine_transform(
                part, size / step, offset, tuple(cubes.tolist()), order=1, mode="nearest"
            )
            for part in (total, weight)
        )
        start = start + offset * step
    blurred, share = (
        ndimage.gaussian_filter(part, blur, mode="nearest") for part in (total, weight)
    )
    values = np.where(weight < 0.5, np.nan, blurred / np.maximum(share, 1e-9))
    return Cubes(values, size, start)


def block_means(image: Array, factors: Array) -> Array:
    """Return the means of blocks of some voxels along each axis, without odd ends.

    Examples
    --------
    >>> block_means(np.arange(7.0).reshape(1, 1, 7), np.array([1, 1, 3])).ravel()
    array([1., 4.])
    """
    for axis, factor in enumerate(factors.tolist()):
        n = image.shape[axis] // factor
        parts = [
            image[(slice(None),) * axis + (slice(k, n * factor, factor),)] for k in range(factor)
        ]
        image = np.asarray(sum(parts[1:], parts[0]) / factor, dtype=np.float64)
    return image
