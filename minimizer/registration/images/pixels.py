"""Two images to compare: the fixed pixels as runs, the moving image with its missing pixels."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ...common.arrays import Array

EDGE = 1e-9
"""A position at most this many pixels outside the frame counts as on its edge: rounding loses no
row."""

TOUCHED = 1e-9
"""A resampled pixel with more than this weight of missing pixels has no data."""

STRETCH = 8
"""Number of neighbouring pixels that are sampled together."""

Bools = NDArray[np.bool_]
Ints = NDArray[np.intp]


@dataclass(frozen=True)
class Runs:
    """Some pixels of an image, as runs along its last axis.

    Attributes
    ----------
    start : ndarray (k, ndim)
        Index of the first pixel of each run.
    length : ndarray (k,)
        Number of its pixels.
    first : ndarray (k,)
        Number of pixels in the runs before it.
    """

    start: Ints
    length: Ints
    first: Ints

    @property
    def count(self) -> int:
        """Number of pixels."""
        return int(self.length.sum())

    def index(self) -> Array:
        """Return the indices of all pixels, shape (ndim, n)."""
        index = np.repeat(self.start.T.astype(np.float64), self.length, axis=1)
        index[-1] += np.arange(self.count) - np.repeat(self.first, self.length)
        return index


def runs_of(chosen: Bools) -> Runs:
    """Return the chosen pixels as runs.

    Examples
    --------
    >>> runs = runs_of(np.array([[False, True, True], [True, False, True]]))
    >>> runs.start.tolist(), runs.length.tolist(), runs.first.tolist()
    ([[0, 1], [1, 0], [1, 2]], [2, 1, 1], [0, 2, 3])
    """
    rows = chosen.reshape(-1, chosen.shape[-1]).astype(np.int8)
    edges = np.diff(rows, axis=1, prepend=0, append=0)
    row, begin = np.nonzero(edges == 1)
    length = np.nonzero(edges == -1)[1] - begin
    return _runs(row * chosen.shape[-1] + begin, length, chosen.shape)


def runs_of_index(index: Ints, shape: tuple[int, ...]) -> Runs:
    """Return pixels, given by their flat indices in order, as runs.

    Examples
    --------
    >>> runs = runs_of_index(np.array([1, 2, 3, 5]), (2, 3))
    >>> runs.start.tolist(), runs.length.tolist(), runs.first.tolist()
    ([[0, 1], [1, 0], [1, 2]], [2, 1, 1], [0, 2, 3])
    """
    begins = np.flatnonzero((np.diff(index, prepend=-2) != 1) | (index % shape[-1] == 0))
    return _runs(index[begins], np.diff(begins, append=len(index)), shape)


def _runs(begin: Ints, length: Ints, shape: tuple[int, ...]) -> Runs:
    """Return runs from the flat indices of their first pixels, and their lengths."""
    start = np.stack(np.unravel_index(begin, shape), axis=1)
    first = np.cumsum(length) - length
    return Runs(*(np.ascontiguousarray(part, dtype=np.intp) for part in (start, length, first)))


@dataclass(frozen=True)
class Pair:
    """The pixels of the fixed image to compare, and the moving image.

    Attributes
    ----------
    index : ndarray of int or None
        Flat indices of the fixed pixels to compare, in order; None for all.
    runs : Runs
        The same pixels as runs.
    fixed : ndarray
        The fixed image; only these pixels count.
    moving : ndarray
        The moving image without faces of missing pixels, with its mean where others are missing.
    first : ndarray (ndim,)
        Index of its first pixel in the whole moving image.
    cells, missing : ndarray of bool
        Cells between pixels that have a missing corner, and missing pixels; of size 0 if there
        are none.
    whole : tuple of int
        Shape of the whole moving image.
    """

    index: Ints | None
    runs: Runs
    fixed: Array
    moving: Array
    first: Ints
    cells: Bools
    missing: Bools
    whole: tuple[int, ...]

    @property
    def frame(self) -> Array:
        """The largest index along each axis of the moving image."""
        return np.array(self.moving.shape, dtype=np.float64) - 1

    def values_of(self, image: Array) -> Array:
        """Return the values (n, …) of an image on the fixed grid at the pixels to compare."""
        flat = image.reshape(-1, *image.shape[self.fixed.ndim :])
        return flat if self.index is None else flat[self.index]

    def whole_moving(self) -> Array:
        """Return the moving image as it was given, NaN where data are missing."""
        image = np.full(self.whole, np.nan)
        inner = tuple(
            slice(start, start + n) for start, n in zip(self.first, self.moving.shape, strict=True)
        )
        image[inner] = (
            np.where(self.missing, np.nan, self.moving) if self.missing.size else (self.moving)
        )
        return image


def make_pair(fixed: Array, moving: Array, sampling: float | None, seed: int) -> Pair:
    """Return two images, where NaN is missing data, as a pair to compare.

    Parameters
    ----------
    fixed, moving : ndarray
        The images.
    sampling : float or None
        Part of the fixed pixels to compare; they are chosen at random once.
    seed : int
        Seed of the choice.
    """
    index, runs = choose(np.isfinite(fixed), sampling, seed)
    whole = moving.shape
    first, moving = without_missing_faces(moving)
    missing = ~np.isfinite(moving)
    if not missing.any():
        empty = np.zeros((0,) * fixed.ndim, dtype=np.bool_)
        return Pair(index, runs, fixed, moving, first, empty, empty, whole)
    mean = moving[~missing].mean() if not missing.all() else moving.dtype.type(0)
    filled = np.where(missing, mean, moving)
    return Pair(index, runs, fixed, filled, first, cells_of(missing), missing, whole)


def choose(present: Bools, sampling: float | None, seed: int) -> tuple[Ints | None, Runs]:
    """Return the pixels to compare, as flat indices (None for all) and as runs."""
    if sampling is not None and sampling < 1:
        index = sample(present, sampling, seed)
        return index, runs_of_index(index, present.shape)
    if not present.all():
        return np.flatnonzero(present), runs_of(present)
    rows = np.arange(0, present.size, present.shape[-1])
    return None, _runs(rows, np.full(len(rows), present.shape[-1]), present.shape)


def sample(present: Bools, part: float, seed: int) -> Ints:
    """Return the flat indices of random stretches with about this part of the present pixels.

    Stretches along the last axis cost less than as many single pixels, and are nearly as
    informative. They are stratified: one from each of equally many in turn, which leaves out no
    region.
    """
    flat = present.ravel()
    n_stretches = -(-flat.size // STRETCH)
    stretches = np.arange(n_stretches)
    if not present.all():
        some = np.logical_or.reduceat(flat, stretches * STRETCH)
        stretches = np.flatnonzero(some)
    n = max(1, round(part * len(stretches)))
    at = (np.arange(n) + np.random.default_rng(seed).random(n)) * (len(stretches) / n)
    drawn = stretches[np.minimum(at.astype(np.intp), len(stretches) - 1)]
    index: Ints = (drawn[:, None] * STRETCH + np.arange(STRETCH)).ravel()
    index = index[index < flat.size]
    return index[flat[index]]


def without_missing_faces(image: Array) -> tuple[Ints, Array]:
    """Return an image without faces of missing pixels, and the index of its first pixel.

    The rest is compared without a test of each pixel, if no others are missing.
    """
    low, high = np.zeros(image.ndim, dtype=np.intp), np.array(image.shape, dtype=np.intp)
    for axis in range(image.ndim):
        for end, step in ((low, 1), (high, -1)):
            # An interpolation needs two pixels along every axis.
            while high[axis] - low[axis] > 2:
                face = np.take(image, end[axis] - (step < 0), axis)
                if np.isfinite(face).any():
                    break
                end[axis] += step
    inner = tuple(map(slice, low.tolist(), high.tolist()))
    return low, np.ascontiguousarray(image[inner])


def cells_of(missing: Bools) -> Bools:
    """Return the cells with a missing corner, each at the index of its first corner."""
    cells: Bools = missing.copy()
    for axis in range(missing.ndim):
        here = [slice(None)] * missing.ndim
        following = list(here)
        here[axis], following[axis] = slice(0, -1), slice(1, None)
        cells[tuple(here)] |= cells.copy()[tuple(following)]
    return cells
