"""Two images to compare: the fixed pixels as runs, the moving image with its missing pixels."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ...common.arrays import Array

EDGE = 1e-9
"""A position at most this many pixels outside the frame counts as on its edge, so that rounding
loses no row."""

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
    outer = np.unravel_index(row, chosen.shape[:-1]) if chosen.ndim > 1 else ()
    start = np.stack([*outer, begin], axis=1)
    first = np.concatenate([[0], np.cumsum(length)[:-1]])
    return Runs(*(np.ascontiguousarray(part, dtype=np.intp) for part in (start, length, first)))


@dataclass(frozen=True)
class Pair:
    """The pixels of the fixed image to compare, and the moving image.

    Attributes
    ----------
    chosen : ndarray of bool
        The fixed pixels to compare.
    runs : Runs
        The same pixels as runs.
    fixed : ndarray
        The fixed image; only the chosen pixels count.
    moving : ndarray
        The moving image, with its mean where pixels are missing.
    cells, missing : ndarray of bool
        Cells between pixels that have a missing corner, and missing pixels; of size 0 if there
        are none.
    """

    chosen: Bools
    runs: Runs
    fixed: Array
    moving: Array
    cells: Bools
    missing: Bools

    @property
    def moving_with_holes(self) -> Array:
        """The moving image with NaN where pixels are missing."""
        return np.where(self.missing, np.nan, self.moving) if self.missing.size else self.moving

    @property
    def frame(self) -> Array:
        """The largest index along each axis of the moving image."""
        return np.array(self.moving.shape, dtype=np.float64) - 1


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
    chosen = np.isfinite(fixed)
    if sampling is not None and sampling < 1:
        chosen = sample(chosen, sampling, seed)
    missing = ~np.isfinite(moving)
    if not missing.any():
        empty = np.zeros((0,) * fixed.ndim, dtype=np.bool_)
        return Pair(chosen, runs_of(chosen), fixed, np.ascontiguousarray(moving), empty, empty)
    filled = np.where(missing, moving[~missing].mean() if not missing.all() else 0.0, moving)
    filled = np.ascontiguousarray(filled)
    return Pair(chosen, runs_of(chosen), fixed, filled, cells_of(missing), missing)


def sample(chosen: Bools, part: float, seed: int) -> Bools:
    """Return random stretches of the chosen pixels that make up about this part of them.

    Stretches along the last axis cost less than as many single pixels, and tell nearly as much.
    """
    candidates = np.flatnonzero(chosen)
    n_stretches = -(-candidates.size // STRETCH)
    n = max(1, round(part * n_stretches))
    drawn = np.random.default_rng(seed).choice(n_stretches, n, replace=False)
    kept = np.zeros(n_stretches * STRETCH, dtype=np.bool_)
    kept.reshape(n_stretches, STRETCH)[drawn] = True
    sampled = np.zeros(chosen.shape, dtype=np.bool_)
    sampled.ravel()[candidates[kept[: candidates.size]]] = True
    return sampled


def cells_of(missing: Bools) -> Bools:
    """Return the cells with a missing corner, each at the index of its first corner."""
    cells: Bools = missing.copy()
    for axis in range(missing.ndim):
        here = [slice(None)] * missing.ndim
        following = list(here)
        here[axis], following[axis] = slice(0, -1), slice(1, None)
        cells[tuple(here)] |= cells.copy()[tuple(following)]
    return cells
