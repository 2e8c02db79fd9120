"""What counts as an image here, and what is refused with advice."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from .transforms import Floats

SMALLEST = 8
"""An image with fewer pixels along an axis says too little about where it belongs."""


def as_image(image: ArrayLike, name: str) -> Floats:
    """Return `image` as float64, or refuse it; `name` is what the messages call it.

    Raises
    ------
    TypeError
        If it is not made of real numbers.
    ValueError
        If it is empty, in colour, too small, constant, or without any finite pixel.
    """
    array = np.asarray(image)
    if array.dtype.kind not in "buif":
        raise TypeError(f"{name} has dtype {array.dtype}; pixels must be real numbers")
    if array.ndim == 0 or array.size == 0:
        raise ValueError(f"{name} has shape {array.shape}; an image must have pixels")
    if array.ndim == 3 and array.shape[-1] in (3, 4):
        raise ValueError(
            f"{name} has shape {array.shape}, which looks like a colour image; convert it to grey "
            f"first, for example skimage.color.rgb2gray({name}), or take one channel"
        )
    if min(array.shape) < SMALLEST:
        raise ValueError(
            f"{name} is too small: it has shape {array.shape}, and needs at least {SMALLEST} "
            "pixels along every axis"
        )
    values = array.astype(np.float64)
    data = values[np.isfinite(values)]
    if data.size == 0:
        raise ValueError(f"{name} has no finite pixel; there is nothing to compare")
    if data.min() == data.max():
        raise ValueError(
            f"{name} is constant (every pixel is {data[0]:g}); nothing shows where it belongs"
        )
    return values


def as_image_pair(fixed: ArrayLike, moving: ArrayLike) -> tuple[Floats, Floats]:
    """Return both images as float64, or refuse them."""
    pair = as_image(fixed, "fixed"), as_image(moving, "moving")
    if pair[0].ndim != pair[1].ndim:
        raise ValueError(
            f"fixed has {pair[0].ndim} dimensions and moving {pair[1].ndim}; they must have the "
            "same number: take a slice, a channel or a projection of the larger one"
        )
    return pair
