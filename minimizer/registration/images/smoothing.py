"""Blurring and shrinking, without weight for missing pixels and without shifting the image."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
from scipy import ndimage

from ...common.arrays import Array

BLUR = 1.0
"""Standard deviation of the blur before a block is averaged, in pixels of the finer level."""

FULL = 0.9
"""Least part of a blur that must lie inside the frame."""


def smooth(image: Array, sigma: float, edges: bool = False) -> Array:
    """Return the image blurred by a Gaussian of `sigma` pixels.

    Missing pixels stay missing and have no weight. Pixels at the edge of the frame become missing
    where less than `FULL` of the blur lies inside, as an average of one side only belongs to
    another position; with `edges` they are kept.
    """
    if sigma == 0:
        return image
    present = np.isfinite(image)
    inside = _blur(np.ones(image.shape), sigma, range(image.ndim))
    weight = (
        inside if present.all() else _blur(present.astype(np.float64), sigma, range(image.ndim))
    )
    total = _blur(np.where(present, image, 0.0), sigma, range(image.ndim))
    return np.where(present & (edges | (inside >= FULL)), _ratio(total, weight), np.nan)


def halve(image: Array, axes: list[int]) -> Array:
    """Return the next coarser level, along these axes."""
    present = np.isfinite(image)
    total = _blur(np.where(present, image, 0.0), BLUR, axes)
    weight = _blur(present.astype(np.float64), BLUR, axes)
    result = _ratio(_block_means(total, axes), _block_means(weight, axes))
    enough = _block_means(present.astype(np.float64), axes) >= 0.5
    return np.where(enough, result, np.nan)


def _blur(image: Array, sigma: float, axes: Iterable[int]) -> Array:
    """Return the image blurred along some axes; outside the frame it is 0."""
    for axis in axes:
        image = ndimage.gaussian_filter1d(image, sigma, axis=axis, mode="constant")
    return image


def _block_means(image: Array, axes: list[int]) -> Array:
    """Return the means of blocks of two along some axes, without odd ends."""
    for axis in axes:
        ends = [slice(None)] * image.ndim
        ends[axis] = slice(0, image.shape[axis] // 2 * 2, 2)
        odd = list(ends)
        odd[axis] = slice(1, None, 2)
        image = 0.5 * (image[tuple(ends)] + image[tuple(odd)])
    return image


def _ratio(total: Array, weight: Array) -> Array:
    """Return total / weight, NaN where the weight is 0."""
    return np.divide(total, weight, out=np.full_like(total, np.nan), where=weight > 0)
