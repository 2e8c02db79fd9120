"""Local normalization: brightness and contrast that vary slowly over an image are removed."""

from __future__ import annotations

import math

import numpy as np
from scipy import ndimage

from ...common.arrays import Array
from .pixels import Bools

WINDOW = 0.09
"""Standard deviation of the window, as a part of the mean side of the smaller image."""

LEAST_WINDOW = 2.0
"""The same in pixels, at least."""

FLOOR = 0.3
"""Where the local variance is less than this part of its mean, contrast is raised no further, or
noise would count as much as content."""

N_PASSES = 3
"""Running means of three passes make a window that is nearly a Gaussian, at a cost that does not
depend on its width."""


def locally_normalized(
    images: tuple[Array, Array], spacings: tuple[Array, Array]
) -> tuple[Array, Array]:
    """Return both images with local mean 0 and, where there is content, local variance about 1.

    Correlation of the results is a local normalized cross-correlation: each image is normalized in
    its own window, which hardly differs from a common one where the images match, and is done once
    for all alignments.

    Parameters
    ----------
    images : two ndarrays
        NaN where data are missing; these have no weight.
    spacings : two ndarrays (ndim,)
        Distances between pixels. The window is of the same size in both images.
    """
    sides = [
        float(np.prod(np.array(image.shape) * spacing)) ** (1 / image.ndim)
        for image, spacing in zip(images, spacings, strict=True)
    ]
    finest = min(float(spacing.min()) for spacing in spacings)
    width = max(WINDOW * min(sides), LEAST_WINDOW * finest)
    fixed, moving = (
        _normalized(image, width / spacing) for image, spacing in zip(images, spacings, strict=True)
    )
    return fixed, moving


def _normalized(image: Array, sigmas: Array) -> Array:
    """Return an image normalized in windows of these standard deviations in pixels, (ndim,)."""
    present = np.isfinite(image)
    if not present.any():
        return image
    weight = np.maximum(_window_means(present.astype(np.float64), sigmas), 1e-9)
    values = without_plane(image, present)
    difference = np.where(present, values - _window_means(values, sigmas) / weight, 0.0)
    variance = _window_means(difference**2, sigmas) / weight
    floor = FLOOR * float(variance[present].mean())
    if floor == 0:
        return np.where(present, 0.0, np.nan)
    return np.where(present, difference / np.sqrt(variance + floor), np.nan)


def without_plane(image: Array, present: Bools) -> Array:
    """Return the image without the plane that fits it best, 0 where data are missing.

    At the frame a window reaches to one side only, where a ramp would not cancel.
    """
    count = np.count_nonzero(present)
    result = np.where(present, image - image[present].mean(), 0.0)
    axes = [
        np.linspace(-1, 1, n).reshape([-1 if k == axis else 1 for k in range(image.ndim)])
        for axis, n in enumerate(image.shape)
    ]
    lines = [np.where(present, line - (line * present).sum() / count, 0.0) for line in axes]
    gram = np.array([[(a * b).sum() for a in lines] for b in lines])
    slopes = np.linalg.lstsq(gram, np.array([(line * result).sum() for line in lines]))[0]
    for line, slope in zip(lines, slopes.tolist(), strict=True):
        result -= slope * line
    return result


def _window_means(image: Array, sigmas: Array) -> Array:
    """Return the means in a window; outside the frame is 0."""
    for axis, sigma in enumerate(sigmas.tolist()):
        # The variance of a running mean of n pixels is (n² - 1) / 12.
        n = 2 * round((math.sqrt(12 * sigma**2 / N_PASSES + 1) - 1) / 2) + 1
        for _ in range(N_PASSES):
            image = ndimage.uniform_filter1d(image, max(3, n), axis=axis, mode="constant")
    return image
