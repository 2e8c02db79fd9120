"""Values and gradients in the form that the metrics need."""

from __future__ import annotations

from typing import Any

import numpy as np

from ...common.arrays import Array

OUTLIERS = 1e-4
"""Part of the pixels, at either end, that may lie beyond the first and the last bin."""


def standardized(values: Array) -> Array:
    """Return the values with mean 0 and standard deviation 1; a constant as zeros."""
    centred = values - values.mean()
    spread = float(centred.std())
    return np.asarray(centred / spread if spread > 0 else centred, dtype=np.float64)


def histogram_limits(values: Array) -> tuple[float, float]:
    """Return the values of the first and last bin, without the few pixels that are outliers."""
    low = float(np.quantile(values, OUTLIERS, method="lower"))
    high = float(np.quantile(values, 1 - OUTLIERS, method="higher"))
    return (low, high) if high > low else (float(values.min()), float(values.max()))


def normalized_gradient(image: Array, spacing: Array) -> Array:
    """Return the physical gradient (…, ndim) with mean norm 1; 0 where data are missing."""
    parts: Any = np.gradient(image, *spacing)
    stack = np.stack(parts if image.ndim > 1 else [parts], axis=-1)
    stack[~np.isfinite(stack).all(axis=-1)] = 0.0
    norm = np.sqrt((stack**2).sum(axis=-1))
    mean = float(norm.sum() / max(1, np.count_nonzero(np.isfinite(image))))
    return np.asarray(stack / mean if mean > 0 else stack, dtype=np.float64)
