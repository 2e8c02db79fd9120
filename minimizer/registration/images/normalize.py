"""Values and gradients in the form that the metrics need."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from ...common.arrays import Array

OUTLIERS = 1e-4
"""Part of the pixels, at either end, that may lie beyond the first and the last bin."""


ENOUGH = 250_000
"""Of many more values than this, evenly spaced ones give the first and the last bin, and evenly
spaced rows the noise."""

TAIL = 0.1
"""Part of the pixels, at either end, that do not count for the contrast."""

NOISY = {2: 0.5, 3: 0.1}
"""Noise is strong above this part of the variance, per number of dimensions. In the plane, a larger
part is needed to tell noise from fine texture."""

SMOOTHING_OF_NOISE = {False: 1.5, True: 1.0}
"""Least standard deviation, in pixels, of the smoothing of images with strong noise, and the same
if a magnification is sought. What is larger in one image is then smoothed less, for its size, which
moves the result."""

CONTRAST_PART, NOISE_TIMES = 0.3, 3.0
"""Scale of a bounded loss, as a part of the contrast and of the noise."""


def standardized(values: Array) -> Array:
    """Return the values with mean 0 and standard deviation 1; a constant as zeros."""
    centred: Array = values - float(values.mean(dtype=np.float64))
    flat = centred.ravel()
    spread = math.sqrt(float(np.einsum("i,i->", flat, flat, dtype=np.float64)) / max(1, flat.size))
    if spread > 0:
        centred /= spread
    return centred


def histogram_limits(values: Array) -> tuple[float, float]:
    """Return the values of the first and last bin, without the few pixels that are outliers."""
    values = values.ravel()[:: max(1, values.size // ENOUGH)]
    low = float(np.quantile(values, OUTLIERS, method="lower"))
    high = float(np.quantile(values, 1 - OUTLIERS, method="higher"))
    return (low, high) if high > low else (float(values.min()), float(values.max()))


def residual_scale(image: Array) -> float:
    """Return the usual difference between two images of the same scene that hardly match yet.

    It is a part of the contrast, which few bright or dark pixels do not change, or that of the
    noise, seen in differences between neighbours, where this is larger. 0 if all is constant.
    """
    values = image[np.isfinite(image)]
    if not values.size:
        return 0.0
    low, high = np.quantile(values, (TAIL, 1 - TAIL))
    contrast = float(np.clip(values, low, high).std()) or float(values.std())
    return max(CONTRAST_PART * contrast, NOISE_TIMES * noise_of(image))


def noise_of(image: Array) -> float:
    """Return the standard deviation of noise, as differences between neighbours show it."""
    steps = np.diff(image, axis=-1)
    steps = abs(steps[np.isfinite(steps)])
    return float(1.4826 / np.sqrt(2) * np.median(steps)) if steps.size else 0.0


def some_rows(image: Array) -> Array:
    """Return the rows of an image, shape (n, width), or evenly spaced ones if they are many."""
    rows = image.reshape(-1, image.shape[-1])
    n = min(len(rows), -(-ENOUGH // image.shape[-1]))
    return rows if n == len(rows) else rows[np.arange(n) * len(rows) // n]


def smoothing_against_noise(smoothing: float, magnifies: bool, *images: Array) -> float:
    """Return the smoothing, or more for images with strong noise.

    Interpolation averages noise, most where all neighbours have equal weights. A comparison of
    noisy pixels therefore prefers rotations that lay them between others; a Gaussian beforehand
    leaves little to gain from this.
    """
    ndim = images[0].ndim
    if ndim not in NOISY or smoothing == 0:
        return smoothing
    samples = map(some_rows, images)
    variances = [(noise_of(rows) ** 2, float(np.nanvar(rows))) for rows in samples]
    is_noisy = any(noise > NOISY[ndim] * total for noise, total in variances)
    return max(smoothing, SMOOTHING_OF_NOISE[magnifies]) if is_noisy else smoothing


def normalized_gradient(image: Array, spacing: Array) -> Array:
    """Return the physical gradient (…, ndim) with mean norm 1; 0 where data are missing."""
    parts: Any = np.gradient(image, *spacing.tolist())
    stack = np.stack(parts if image.ndim > 1 else [parts], axis=-1)
    present = np.isfinite(image)
    if not present.all():
        stack[~np.isfinite(stack).all(axis=-1)] = 0.0
    norms = np.sqrt(np.einsum("...i,...i->...", stack, stack))
    mean = float(norms.sum(dtype=np.float64) / max(1, np.count_nonzero(present)))
    if mean > 0:
        stack /= mean
    return np.asarray(stack)
