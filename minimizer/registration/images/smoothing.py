"""Blurring and shrinking, without weight for missing pixels and without shifting the image.

Results are single precision, half the memory and time, where that is accurate enough.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from ...common.arrays import Array
from .separable import Pixels, Weights, blurred, gaussian, halved, inside

BLUR = 1.0
"""Standard deviation of the blur before a block is averaged, in pixels of the finer level."""

FULL = 0.9
"""Least part of a blur that must lie inside the frame."""

MAX_OFFSET = 1e3
"""Values this many times as far from 0 as from each other keep double precision."""

SMALL = 1e-18
"""So do values beyond this and its inverse, whose squares single precision cannot hold."""


def smooth(image: Array, sigma: float, edges: bool = False) -> Array:
    """Return the image blurred by a Gaussian of `sigma` pixels.

    Missing pixels stay missing and have no weight. Pixels at the edge of the frame become missing
    where less than `FULL` of the blur lies inside, as an average of one side only belongs to
    another position; with `edges` they are kept.
    """
    if sigma == 0:
        return image
    weights, result = gaussian(sigma), compact(image)
    axes = range(image.ndim)
    shares = [inside(n, weights) for n in image.shape]
    present = np.isfinite(result)
    if present.all():
        for axis in axes:
            result = blurred(result, weights, axis)
            _divide_ends(result, shares[axis], axis, len(weights) - 1)
    else:
        total = np.where(present, result, result.dtype.type(0))
        weight = present.astype(result.dtype)
        for axis in axes:
            total, weight = (blurred(part, weights, axis) for part in (total, weight))
        result = _ratio(total, weight)
        result[~present] = np.nan
    if not edges:
        _forget_ends(result, shares, weights)
    return result


def halve(image: Array, axes: list[int]) -> Array:
    """Return the next coarser level, along these axes."""
    weights, pixels = gaussian(BLUR), compact(image)
    present = np.isfinite(pixels)
    if present.all():
        for axis in axes:
            n = pixels.shape[axis]
            pixels = halved(pixels, weights, axis)
            _divide_ends(pixels, halved(np.ones(n), weights, 0), axis, len(weights))
        return pixels
    total = np.where(present, pixels, pixels.dtype.type(0))
    weight = present.astype(pixels.dtype)
    share = weight
    for axis in axes:
        total, weight = (halved(part, weights, axis) for part in (total, weight))
        share = halved(share, [1.0], axis)
    result = _ratio(total, weight)
    result[share < 0.5] = np.nan
    return result


def compact(image: Pixels) -> Pixels:
    """Return the image in single precision, unless its values are nearly the same."""
    if image.dtype != np.float64:
        return image
    low, high = np.fmin.reduce(image, axis=None), np.fmax.reduce(image, axis=None)
    spread, largest = high - low, max(abs(low), abs(high))
    is_exact = spread > SMALL and largest < min(MAX_OFFSET * spread, 1 / SMALL)
    return image.astype(np.float32) if is_exact else image


def _divide_ends(image: Pixels, shares: Array, axis: int, reach: int) -> None:
    """Divide by the share of the weight that was inside the frame, where it was not all."""
    n = image.shape[axis]
    for ends in (slice(0, reach), slice(max(reach, n - reach), n)):
        part = image[(slice(None),) * axis + (ends,)]
        part /= shares[ends].reshape(-1, *(1,) * (image.ndim - 1 - axis)).astype(image.dtype)


def _forget_ends(image: Pixels, shares: list[Array], weights: Weights) -> None:
    """Set pixels to NaN where too little of the blur lies inside the frame."""
    reach = len(weights) - 1
    for axis, n in enumerate(image.shape):
        for ends in (slice(0, reach), slice(max(0, n - reach), n)):
            share: Any = 1.0
            for other, along in enumerate(shares):
                some = along[ends] if other == axis else along
                share = share * some.reshape(-1, *(1,) * (image.ndim - 1 - other))
            image[(slice(None),) * axis + (ends,)][share < FULL] = np.nan


def _ratio(total: Pixels, weight: Pixels) -> Pixels:
    """Return total / weight, NaN where the weight is 0."""
    return np.divide(total, weight, out=np.full_like(total, np.nan), where=weight > 0)
