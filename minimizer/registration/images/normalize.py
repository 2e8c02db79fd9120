"""Values and gradients in the form that the metrics need."""

from __future__ import annotations

from typing import Any

import numpy as np

from ...common.arrays import Array

OUTLIERS = 1e-4
"""Part of the pixels, at either end, that may lie beyond the first and the last bin."""


MOST_FOR_LIMITS = 250_000
"""Of many more values than this, evenly spaced ones give the first and the last bin."""


def standardized(values: Array) -> Array:
    """Return the values with mean 0 and standard deviation 1; a constant as zeros."""
    centred: Array = values - float(values.mean(dtype=np.float64))
    spread = float(centred.std(dtype=np.float64))
    if spread > 0:
        centred /= spread
    return centred


def histogram_limits(values: Array) -> tuple[float, float]:
    """Return the values of the first and last bin, without the few pixels that are outliers."""
    values = values.ravel()[:: max(1, values.size // MOST_FOR_LIMITS)]
    low = float(np.quantile(values, OUTLIERS, method="lower"))
    high = float(np.quantile(values, 1 - OUTLIERS, method="higher"))
    return (low, high) if high > low else (float(values.min()), float(values.max()))


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
