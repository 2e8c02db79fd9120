"""A Gaussian pyramid that does not shift the image.

Level 0 is the image itself; each further level is the one before, blurred, in blocks of two. The
centre of a block lies between its pixels, so index p of the image is (p + 0.5) / 2**level - 0.5 at
a level: whoever forgets the half pixels loses half a pixel at every level.

Pixels that are not finite are missing data: they carry no weight in the blur and the averages.
"""

from __future__ import annotations

import math

import numpy as np
from scipy import ndimage

from .transforms import Floats

BLUR = 1.0
"""Standard deviation of the blur before a block is averaged, in pixels of the finer level."""

FULL = 0.9
"""Part of a blur that must lie inside the frame."""

COARSEST = 32
"""The shortest side of the coarsest level has about this many pixels."""


def n_levels(*shapes: tuple[int, ...]) -> int:
    """Return the number of levels for images of these shapes, the full resolution included.

    Examples
    --------
    >>> n_levels((512, 512)), n_levels((40, 500)), n_levels((512, 512), (128, 128))
    (5, 1, 3)
    """
    shortest = min(min(shape) for shape in shapes)
    return 1 + max(0, round(math.log2(shortest / COARSEST)))


def at_level(image: Floats, level: int) -> Floats:
    """Return the image shrunk by a factor of 2**level.

    Parameters
    ----------
    image : ndarray of float64
        The image at full resolution; non-finite pixels are missing.
    level : int
        0 for the image as it is.

    Returns
    -------
    ndarray
        NaN where more than half of a block is missing. An odd row at the end of an axis is
        dropped: half a block would not have its centre where a block has it.

    Examples
    --------
    A ramp stays the same ramp, at the new indices:

    >>> import numpy as np
    >>> ramp = np.arange(64.0)
    >>> at_level(ramp, 2)[6:10]
    array([25.5, 29.5, 33.5, 37.5])
    """
    for _ in range(level):
        image = _halve(image)
    return image


def matrix_at_level(matrix: Floats, level: int) -> Floats:
    """Return the matrix between indices of a level for one between full-resolution indices.

    Examples
    --------
    A shift by 4 pixels is one pixel two levels up, and a rotation about an index is one about the
    place which that index has there:

    >>> import numpy as np
    >>> matrix_at_level(np.array([[1.0, 4.0], [0.0, 1.0]]), 2)
    array([[1., 1.],
           [0., 1.]])
    """
    up = np.eye(len(matrix)) * 2.0**level
    up[:-1, -1] = (2.0**level - 1) / 2
    up[-1, -1] = 1.0
    return np.asarray(np.linalg.solve(up, matrix @ up), dtype=np.float64)


def smooth(image: Floats, sigma: float) -> Floats:
    """Return the image blurred by a Gaussian of `sigma` pixels.

    Missing pixels stay missing and weigh nothing. So become pixels at the edge of the frame where
    less than `FULL` of the blur lies inside: the average of one side only would be out of place.
    """
    if sigma == 0:
        return image
    total, weight = _blurred(image, sigma)
    inside = ndimage.gaussian_filter(np.ones(image.shape), sigma, mode="constant")
    return np.where(np.isfinite(image) & (inside >= FULL), _ratio(total, weight), np.nan)


def _halve(image: Floats) -> Floats:
    """Return the next coarser level."""
    total, weight = _blurred(image, BLUR)
    present = _block_means(np.isfinite(image).astype(np.float64))
    result = _ratio(_block_means(total), _block_means(weight))
    return np.where(present >= 0.5, result, np.nan)


def _blurred(image: Floats, sigma: float) -> tuple[Floats, Floats]:
    """Return the blurred image with zeros for missing pixels, and the blurred weights.

    Outside the frame is missing too, so that an edge is not repeated or mirrored into data.
    """
    present = np.isfinite(image)
    total = ndimage.gaussian_filter(np.where(present, image, 0.0), sigma, mode="constant")
    weight = ndimage.gaussian_filter(present.astype(np.float64), sigma, mode="constant")
    return total, weight


def _block_means(image: Floats) -> Floats:
    """Return the means of blocks of two along every axis, without odd ends."""
    even = image[tuple(slice(0, n // 2 * 2) for n in image.shape)]
    blocks = even.reshape([k for n in even.shape for k in (n // 2, 2)])
    return np.asarray(blocks.mean(axis=tuple(range(1, blocks.ndim, 2))), dtype=np.float64)


def _ratio(total: Floats, weight: Floats) -> Floats:
    """Return total / weight, NaN where the weight is 0."""
    return np.divide(total, weight, out=np.full_like(total, np.nan), where=weight > 0)
