"""A Gaussian pyramid that does not shift the image.

Level 0 is the image itself; each further level is the one before, blurred, in blocks of two. The
centre of a block lies between its pixels, so index p of the image is (p + 0.5) / 2**level - 0.5 at
a level; without the half pixels, half a pixel would be lost at every level.

Along an axis with wide spacing, or with few pixels, an image is shrunk later or not at all, so that
the voxels of a level are as close to cubes as possible.

Pixels that are not finite are missing data: they carry no weight in the blur and the averages.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable

import numpy as np

from ...common.arrays import Array
from .checks import SMALLEST
from .smoothing import halve

COARSEST = 32
"""The shortest side of the coarsest level has about this many pixels."""

Halvings = tuple[int, ...]


class Pyramid:
    """The levels of an image, made on first use.

    Parameters
    ----------
    image : ndarray of float64
        The image at full resolution.
    spacing : tuple of float
        Distances between its pixels.
    unit : float
        Size of a pixel of level 0: the smallest spacing of both images.
    """

    def __init__(self, image: Array, spacing: tuple[float, ...], unit: float) -> None:
        self.spacing = spacing
        self.unit = unit
        self._images = {(0,) * image.ndim: image}

    @property
    def shape(self) -> tuple[int, ...]:
        """Shape at full resolution."""
        return next(iter(self._images.values())).shape

    @property
    def channels(self) -> tuple[Pyramid, ...]:
        """The pyramids of the channels: of an image with one channel this one."""
        return (self,)

    def halvings(self, level: int) -> Halvings:
        """Return how often each axis is halved at a level."""
        return halvings(self.shape, self.spacing, self.unit, level)

    def image(self, level: int) -> Array:
        """Return the image at a level."""
        wanted = self.halvings(level)
        if wanted not in self._images:
            before = self.image(level - 1)
            axes = np.flatnonzero(np.array(wanted) > self.halvings(level - 1))
            self._images[wanted] = halve(before, axes.tolist())
        return self._images[wanted]

    def to_physical(self, level: int) -> Array:
        """Return the matrix from an index of a level to its physical position."""
        return np.diag([*self.spacing, 1.0]) @ _to_full_resolution(
            self.halvings(level), len(self.spacing)
        )

    def map(self, level: int, change: Callable[[Array], Array]) -> Pyramid:
        """Return a pyramid whose image at one level is changed; its other levels are not valid."""
        changed = Pyramid(self._images[(0,) * len(self.shape)], self.spacing, self.unit)
        changed._images[self.halvings(level)] = change(self.image(level))
        return changed


def halvings(
    shape: tuple[int, ...], spacing: tuple[float, ...], unit: float, level: int
) -> Halvings:
    """Return how often each axis is halved to reach pixels of about `unit` times 2**level.

    At least eight pixels are left along each axis.

    Examples
    --------
    >>> halvings((40, 512, 512), (4.0, 1.0, 1.0), 1.0, 3), halvings((20, 64), (1.0, 1.0), 1.0, 2)
    ((1, 3, 3), (1, 2))
    """
    wanted = (level + round(math.log2(unit / s) - 1e-9) for s in spacing)
    most = (int(math.log2(n / SMALLEST)) if n > SMALLEST else 0 for n in shape)
    return tuple(max(0, min(w, m)) for w, m in zip(wanted, most, strict=True))


def n_levels(
    *shapes: tuple[int, ...],
    spacings: Iterable[tuple[float, ...]] | None = None,
    unit: float = 1.0,
    coarsest: float = COARSEST,
) -> int:
    """Return the number of levels for images of these shapes, the full resolution included.

    An axis that is short at full resolution does not count if there is a longer one.

    Examples
    --------
    >>> n_levels((512, 512)), n_levels((40, 500)), n_levels((512, 512), (128, 128))
    (5, 1, 3)
    >>> n_levels((10, 512, 512))
    5
    """
    if spacings is None:
        spacings = [(1.0,) * len(shape) for shape in shapes]
    extents = [
        [n * s / unit for n, s in zip(shape, spacing, strict=True)]
        for shape, spacing in zip(shapes, spacings, strict=True)
    ]
    sides = [min([e for e in extent if e >= coarsest], default=coarsest) for extent in extents]
    return 1 + max(0, round(math.log2(min(sides) / coarsest)))


def at_level(image: Array, level: int) -> Array:
    """Return the image shrunk by a factor of 2**level along all axes.

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
        dropped, as the centre of half a block lies elsewhere than that of a block.

    Examples
    --------
    A ramp stays the same ramp, at the new indices:

    >>> import numpy as np
    >>> ramp = np.arange(64.0)
    >>> at_level(ramp, 2)[6:10].round(3).tolist()
    [25.5, 29.5, 33.5, 37.5]
    """
    for _ in range(level):
        image = halve(image, list(range(image.ndim)))
    return image


def matrix_at_level(matrix: Array, fixed: int | Halvings, moving: int | Halvings) -> Array:
    """Return the matrix between indices of a level for one between full-resolution indices.

    Examples
    --------
    A shift by 4 pixels is one pixel two levels up:

    >>> import numpy as np
    >>> matrix_at_level(np.array([[1.0, 4.0], [0.0, 1.0]]), 2, 2)
    array([[1., 1.],
           [0., 1.]])
    """
    n = len(matrix) - 1
    return np.asarray(
        np.linalg.solve(_to_full_resolution(moving, n), matrix @ _to_full_resolution(fixed, n)),
        dtype=np.float64,
    )


def _to_full_resolution(level: int | Halvings, ndim: int) -> Array:
    """Return the matrix from an index of a level to one of full resolution."""
    factors = 2.0 ** np.broadcast_to(level, ndim)
    up = np.diag(np.append(factors, 1.0))
    up[:-1, -1] = (factors - 1) / 2
    return up
