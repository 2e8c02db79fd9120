"""Places in a volume of residuals where a dark ball seems to be missing from the model."""

from __future__ import annotations

import numpy as np

from ...common.arrays import Array
from ...common.extras import require

SIGNIFICANT = 6.0
"""Standard deviations of the filtered noise below which a peak is not a feature."""
WEIGHT = 0.55
"""Width of the filter in radii."""


def find_balls(residuals: Array, radius: float, least: float = SIGNIFICANT) -> list[Array]:
    """Return the centres of balls of about this radius, the clearest first.

    A Gaussian filter sums the residuals (model minus data in units of the noise; a ball that is
    missing from the model is positive). Its peaks are measured in standard deviations of the same
    sum of pure noise. Centres may lie outside of the volume by up to a radius.

    Raises
    ------
    ImportError
        Without SciPy: the extra ``registration`` brings it.
    """
    ndimage = require("scipy.ndimage", extra="registration")
    pad = int(np.ceil(radius))
    inside = np.pad(np.ones(residuals.shape), pad)
    width = WEIGHT * radius
    smooth = ndimage.gaussian_filter(np.pad(residuals, pad), width, mode="constant")
    # The square of a Gaussian is a Gaussian, narrower by a factor of the square root of 2.
    variance = ndimage.gaussian_filter(inside, width / np.sqrt(2.0), mode="constant")
    variance /= (2.0 * np.sqrt(np.pi) * width) ** 3
    score = smooth / np.sqrt(np.maximum(variance, variance.max(initial=0.0) / 30.0))
    size = 2 * int(radius / 2.0) + 1
    is_peak = (score == ndimage.maximum_filter(score, size)) & (score > least)
    peaks = np.argwhere(is_peak)
    order = np.argsort(-score[tuple(peaks.T)], kind="stable")
    return [peak - float(pad) for peak in peaks[order]]
