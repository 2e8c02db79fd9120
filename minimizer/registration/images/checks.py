"""Checks of images and masks; unusable ones are refused with advice."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from ...common.arrays import Array

SMALLEST = 8
"""An image with fewer pixels along an axis is too small to be aligned reliably."""


def as_image(
    image: ArrayLike,
    name: str,
    mask: ArrayLike | None = None,
    mask_name: str = "mask",
    channel_axis: int | None = None,
) -> Array:
    """Return `image` as float64 with NaN for pixels that are not compared, or refuse it.

    Parameters
    ----------
    image : array_like
        Pixels that are not finite are missing data, as are those that a masked array masks.
    name : str
        Its name in messages.
    mask : array_like of bool, optional
        False for pixels that are not compared.
    mask_name : str
        The mask's name in messages.
    channel_axis : int, optional
        Axis of the colour channels; their mean is taken.

    Raises
    ------
    TypeError
        If its pixels are not real numbers.
    ValueError
        If it is empty, in colour, too small, constant, or without any finite pixel, or if the
        mask does not fit.
    """
    array = filled(image)
    if array.dtype.kind not in "buif":
        raise TypeError(f"{name} has dtype {array.dtype}; pixels must be real numbers")
    if array.ndim == 0 or array.size == 0:
        raise ValueError(f"{name} has shape {array.shape}; an image must have pixels")
    if channel_axis is not None:
        array = array.mean(axis=channel_axis, dtype=np.float64)
    elif array.ndim == 3 and array.shape[-1] in (3, 4):
        raise ValueError(
            f"{name} has shape {array.shape}, which looks like a colour image; give "
            "channel_axis=-1 to compare all channels, take one of them, or convert it to grey, for "
            f"example skimage.color.rgb2gray({name})"
        )
    if min(array.shape) < SMALLEST:
        raise ValueError(
            f"{name} is too small: it has shape {array.shape}, and needs at least {SMALLEST} "
            "pixels along every axis"
        )
    values = array.astype(np.float64)
    if mask is not None:
        values[~as_mask(mask, mask_name, values.shape, name)] = np.nan
    present = np.isfinite(values)
    if not present.all():
        values[~present] = np.nan
    check_values(values, name)
    return values


def filled(image: ArrayLike) -> NDArray[Any]:
    """Return an array, with NaN where a masked array has no data."""
    if isinstance(image, list | tuple):  # of frames, whose masks NumPy would drop
        return np.asarray([filled(part) for part in image])
    if isinstance(image, np.ma.MaskedArray) and np.ma.is_masked(image):
        return np.asarray(np.ma.filled(image.astype(np.float64), np.nan))
    return np.asarray(image)


def check_values(values: Array, name: str) -> None:
    """Refuse an image without content."""
    low, high = np.fmin.reduce(values, axis=None), np.fmax.reduce(values, axis=None)
    if np.isnan(low):
        raise ValueError(f"{name} has no finite pixel; there is nothing to compare")
    if low == high:
        raise ValueError(f"{name} is constant (every pixel is {low:g}); it cannot be aligned")


def as_mask(
    mask: ArrayLike, mask_name: str, shape: tuple[int, ...], name: str
) -> np.ndarray[tuple[int, ...], np.dtype[np.bool_]]:
    """Return `mask` as booleans, or refuse it."""
    array = np.asarray(np.ma.filled(mask, False))
    if array.shape != shape:
        raise ValueError(
            f"{mask_name} has shape {array.shape} and {name} {shape}; they must be the same"
        )
    chosen = np.asarray(array, dtype=np.bool_)
    if not chosen.any():
        raise ValueError(f"{mask_name} is false everywhere; it must be true where {name} counts")
    return chosen


def as_image_pair(
    fixed: ArrayLike,
    moving: ArrayLike,
    fixed_mask: ArrayLike | None = None,
    moving_mask: ArrayLike | None = None,
    channel_axis: int | None = None,
) -> tuple[Array, Array]:
    """Return both images as float64, or refuse them."""
    pair = (
        as_image(fixed, "fixed", fixed_mask, "fixed_mask", channel_axis),
        as_image(moving, "moving", moving_mask, "moving_mask", channel_axis),
    )
    if pair[0].ndim != pair[1].ndim:
        raise ValueError(
            f"fixed has {pair[0].ndim} dimensions and moving {pair[1].ndim}; they must have the "
            "same number: take a slice, a channel or a projection of the larger one"
        )
    return pair
