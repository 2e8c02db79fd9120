"""All shifts at once, on small images, by Fourier transform; and single alignments on any images.

For one orientation, the evidence is computed from correlations of features, and the Fourier
transform gives these for all shifts, each over the true overlap.

References
----------
D. Padfield, Masked object registration in the Fourier domain, IEEE Trans. Image Process. 21 (2012)
2706-2718.
"""

from __future__ import annotations

import math
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy import fft, ndimage

from ...common.arrays import Array
from .evidence import Features

N_PEAKS = 12
"""Number of peaks of the evidence to keep per orientation."""

MAX_SHRINKAGE = 8.0
"""An image shrunk by more than this factor along each axis no longer shows anything."""

Bools = NDArray[np.bool_]
Spectra = list[NDArray[np.complexfloating[Any, Any]]]


class ShiftLimits(NamedTuple):
    """The shifts to consider.

    Attributes
    ----------
    moves : ndarray (ndim, ndim)
        From a shift of the index to the parameters of the shift.
    lower, upper : ndarray (ndim,)
        Limits of these parameters.
    """

    moves: Array
    lower: Array
    upper: Array

    def allow(self, along: list[Array]) -> Bools:
        """Return which shifts, given per axis, are within the limits or next to them."""
        grid = np.meshgrid(*along, indexing="ij", sparse=True)
        # Half the diagonal of a pixel: some shift is near any place.
        slack = 0.51 * math.sqrt(len(along)) * float(np.linalg.norm(self.moves, axis=0).max())
        allowed = np.ones((1,) * len(along), dtype=np.bool_)
        for row, lower, upper in zip(self.moves, self.lower, self.upper, strict=True):
            moved: Any = sum(factor * line for factor, line in zip(row, grid, strict=True))
            allowed = allowed & (moved >= lower - slack) & (moved <= upper + slack)
        return allowed


class ShiftSearch:
    """Searches the shifts of the moving image on the fixed image.

    Parameters
    ----------
    fixed, moving : ndarray
        The images at one level; NaN is missing data.
    features : Features
        The features to compare.
    min_overlap : float
        Smallest part of the fixed image's data that must meet data.
    """

    def __init__(self, fixed: Array, moving: Array, features: Features, min_overlap: float) -> None:
        self.features = features
        self.shape = fixed.shape
        self.least = min_overlap * np.count_nonzero(np.isfinite(fixed)) - 0.5
        self.fixed = features.extract(features.normalize(fixed))
        self.moving = features.normalize(moving)
        self._spectra: dict[tuple[int, ...], Spectra] = {}

    def evidence(self, matrix: Array) -> float:
        """Return the evidence for one alignment, minus infinity if the overlap is too small."""
        canvas = self._resampled(matrix, np.zeros(len(self.shape)), self.shape)
        sums = []
        moving = self.features.extract(canvas)
        for group, (f, m) in enumerate(zip(self.fixed, moving, strict=True)):
            f, m = f.reshape(len(f), -1), m.reshape(len(m), -1)
            sums.append(f @ m.T if self.features.multiplies_all(group) else (f * m).sum(axis=1))
        is_enough = self.features.overlap(sums) >= self.least
        return float(self.features.evidence(sums)) if is_enough else -np.inf

    def evidence_of_parts(self, matrix: Array, side: int, reach: int) -> Array:
        """Return the evidence for parts of the fixed image, each also shifted on its own.

        Parameters
        ----------
        matrix : ndarray (ndim + 1, ndim + 1)
            The alignment, between indices.
        side, reach : int
            Side of the parts, and the largest shift along each axis, in pixels.

        Returns
        -------
        ndarray (n_parts, ..., 2 reach + 1, ...)
            Per axis, first of the parts, then of their shifts. The evidence is 0 where less than
            half of a part meets data.
        """
        counts = np.array(self.shape) // side
        moves = (2 * reach + 1,) * len(counts)
        if not counts.all():
            return np.zeros((*counts, *moves))
        first = (np.array(self.shape) - counts * side) // 2
        ends = first + counts * side
        inside = (slice(None), *map(slice, first.tolist(), ends.tolist()))
        wide = tuple((counts * side + 2 * reach).tolist())
        canvas = self._resampled(matrix, first - float(reach), wide)
        size = (side + 2 * reach,) * len(counts)
        valid: Any = (..., *map(slice, moves))
        sums = []
        for group, (f, m) in enumerate(zip(self.fixed, self.features.extract(canvas), strict=True)):
            pieces = windows(f[inside], (side,) * len(counts), side)
            around = windows(m, size, side)
            multiplies_all = self.features.multiplies_all(group)
            spectra = self._transformed([pieces, around], size)
            shifted = correlations(spectra[0].conj(), spectra[1], size, multiplies_all)
            sums.append(shifted[valid])
        is_enough = self.features.overlap(sums) >= 0.5 * side ** len(counts)
        return np.where(is_enough, self.features.evidence(sums), 0.0)

    def structure_inside(self, matrix: Array) -> tuple[float, float]:
        """Return the part of each image's variance that lies in the overlap.

        The features are those of a correlation; an image without any variance is inside.
        """
        canvas = self._resampled(matrix, np.zeros(len(self.shape)), self.shape)
        fixed = self.fixed[0][2]
        in_fixed = float(fixed[np.isfinite(canvas)].sum())
        in_moving = float(np.nansum(canvas**2) * abs(np.linalg.det(matrix)))
        totals = float(fixed.sum()), float(np.nansum(self.moving**2))
        first, second = (
            part / total if total > 0 else 1.0
            for part, total in zip((in_fixed, in_moving), totals, strict=True)
        )
        return first, second

    def is_collapsed(self, matrix: Array) -> bool:
        """Return whether the moving image is shrunk so much that anything may match it."""
        size = np.prod(self._canvas(matrix)[1], dtype=np.float64)
        least = max(self.moving.size, math.prod(self.shape))
        return bool(size > MAX_SHRINKAGE ** len(self.shape) * least)

    def peaks(self, matrix: Array, limits: ShiftLimits | None = None) -> tuple[Array, Array]:
        """Return the best shifts (k, ndim) of the index before `matrix`, and their evidence."""
        low, shape = self._canvas(matrix)
        canvas = self._resampled(matrix, low, shape)
        size = tuple(
            fft.next_fast_len(a + b - 1, real=True) for a, b in zip(self.shape, shape, strict=True)
        )
        spectra = self._transformed(self.features.extract(canvas), size)
        sums = [
            correlations(f, m, size, self.features.multiplies_all(group))
            for group, (f, m) in enumerate(zip(self._fixed_spectra(size), spectra, strict=True))
        ]
        allowed = self.features.overlap(sums) >= self.least
        if limits:
            allowed &= limits.allow(self._shifts(size, shape, low))
        evidence = np.full(size, -np.inf)
        if allowed.any():
            some = [group[..., allowed].astype(np.float64) for group in sums]
            evidence[allowed] = self.features.evidence(some)
        top = evidence == ndimage.maximum_filter(evidence, 3, mode="wrap")
        where = np.flatnonzero(top & np.isfinite(evidence))
        values = evidence.ravel()[where]
        best = np.argsort(-values, kind="stable")[:N_PEAKS]
        along = self._shifts(size, shape, low)
        index = np.unravel_index(where[best], size)
        shifts = [line[i] for line, i in zip(along, index, strict=True)]
        return np.stack(shifts, axis=1), values[best]

    def _shifts(self, size: tuple[int, ...], shape: tuple[int, ...], low: Array) -> list[Array]:
        """Return the shift for each index of the transforms, per axis."""
        along = []
        for length, inside, first in zip(size, shape, low, strict=True):
            index = np.arange(length, dtype=np.float64)
            # An index beyond the canvas is a negative shift, wrapped around.
            along.append(index - np.where(index >= inside, length, 0) + first)
        return along

    def _canvas(self, matrix: Array) -> tuple[Array, tuple[int, ...]]:
        """Return first index and shape of the fixed grid's part that the moving image covers."""
        back = np.linalg.inv(matrix)
        ends = np.indices((2,) * len(self.shape)).reshape(len(self.shape), -1)
        ends = ends * (np.array(self.moving.shape)[:, None] - 1)
        ends = back[:-1, :-1] @ ends + back[:-1, -1:]
        low = np.floor(ends.min(axis=1) + 1e-6)
        size = np.ceil(ends.max(axis=1) - 1e-6) - low + 1
        return low, tuple(size.astype(int).tolist())

    def _resampled(self, matrix: Array, low: Array, shape: tuple[int, ...]) -> Array:
        """Return the moving image on a part of the fixed grid."""
        offset = matrix[:-1, :-1] @ low + matrix[:-1, -1]
        canvas: Array = ndimage.affine_transform(
            self.moving, matrix[:-1, :-1], offset, output_shape=shape, order=1, cval=np.nan
        )
        return canvas

    def _fixed_spectra(self, size: tuple[int, ...]) -> Spectra:
        """Return the transforms of the fixed image's features, kept for the next orientation."""
        if size not in self._spectra:
            self._spectra = {size: [f.conj() for f in self._transformed(self.fixed, size)]}
        return self._spectra[size]

    def _transformed(self, groups: list[Array], size: tuple[int, ...]) -> Spectra:
        """Return the transforms of groups of features (k, …)."""
        axes = tuple(range(-len(size), 0))
        precision = self.features.precision
        return [fft.rfftn(group.astype(precision), size, axes=axes) for group in groups]


def windows(group: Array, size: tuple[int, ...], step: int) -> Array:
    """Return windows of a group of features: (k, n_windows, ..., size, ...)."""
    axes = tuple(range(1, group.ndim))
    every = np.lib.stride_tricks.sliding_window_view(group, size, axis=axes)
    steps = (slice(None), *(slice(None, None, step) for _ in size))
    return np.asarray(every[steps])


def correlations(fixed: Any, moving: Any, size: tuple[int, ...], pairs: bool) -> Array:
    """Return the sums over x of fixed[i, x] moving[j, x + u] for all shifts u."""
    products = fixed[:, None] * moving[None] if pairs else fixed * moving
    axes = tuple(range(products.ndim - len(size), products.ndim))
    return np.asarray(fft.irfftn(products, size, axes=axes))
