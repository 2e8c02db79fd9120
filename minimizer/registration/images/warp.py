"""Resample an image through a matrix, with NaN where it has no data."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy import ndimage

from ...common.arrays import Array
from .checks import filled
from .pixels import TOUCHED


def warp(
    image: ArrayLike,
    matrix: Array,
    shape: tuple[int, ...],
    order: int = 1,
    channel_axis: int | None = None,
) -> Array:
    """Resample `image` on a grid of the given shape.

    Parameters
    ----------
    image : array_like, shape (N_0, …)
        The moving image. Non-finite pixels are missing data.
    matrix : ndarray, shape (ndim + 1, ndim + 1)
        Homogeneous, from an index of the result to an index of `image`.
    shape : tuple of int
        Shape of the result.
    order : int
        Order of the spline: 1 is linear, 3 cubic.
    channel_axis : int, optional
        Axis of the channels of `image`; they are resampled one by one.

    Returns
    -------
    ndarray of the given shape, with the channels where they were
        NaN outside the frame of `image` and where a missing pixel would have contributed.

    Examples
    --------
    >>> import numpy as np
    >>> warp([0.0, 1.0, 4.0], np.array([[1, 0.5], [0, 1]]), (3,))
    array([0.5, 2.5, nan])
    """
    image = np.asarray(filled(image), dtype=np.float64)
    if channel_axis is not None:
        channels = np.moveaxis(image, channel_axis, 0)
        resampled = [warp(channel, matrix, shape, order) for channel in channels]
        return np.stack(resampled, axis=channel_axis)
    if image.ndim != len(shape):
        raise ValueError(
            f"image has shape {image.shape}; it must have {len(shape)} dimensions, as the "
            "registered images have (or give channel_axis)"
        )
    missing = ~np.isfinite(image)
    if not missing.any():
        return _resample(image, matrix, shape, order, outside=np.nan)
    # NaN times a weight of zero is NaN, and a spline of higher order would spread it over the
    # whole image, so the hole and the values are resampled separately.
    whole = np.where(missing, image[~missing].mean() if not missing.all() else 0.0, image)
    warped = _resample(whole, matrix, shape, order, outside=np.nan)
    hole: NDArray[np.bool_] = _resample(missing, matrix, shape, 1, outside=1.0) > TOUCHED
    warped[hole] = np.nan
    return warped


def _resample(
    image: ArrayLike, matrix: Array, shape: tuple[int, ...], order: int, outside: float
) -> Array:
    """Return SciPy's resampled image, with the value `outside` beyond the frame."""
    values = np.asarray(image, dtype=np.float64)
    warped: Array = ndimage.affine_transform(
        values, matrix, output_shape=shape, order=order, mode="constant", cval=outside
    )
    return warped
