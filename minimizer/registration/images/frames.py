"""The frames of a stack: checked, and with NaN for pixels that are not compared."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from ...common.arrays import Array
from .checks import as_image, as_mask, filled


def as_frames(stack: ArrayLike, mask: ArrayLike | None, channel_axis: int | None) -> list[Array]:
    """Return the frames as float64 with NaN for pixels that are not compared, or refuse them."""
    try:
        array = filled(stack)
    except ValueError as error:
        raise ValueError("the frames of stack must have the same shape") from error
    if channel_axis is not None:
        return frames_of_channels(array, mask, channel_axis)
    if array.ndim < 3 or len(array) < 2:
        raise ValueError(
            f"stack has shape {array.shape}; it must be at least two frames, images of the same "
            "shape, along the first axis"
        )
    if array.ndim > 3 and array.shape[-1] in (3, 4):
        raise ValueError(
            f"stack has shape {array.shape}, which looks like colour images; give "
            "channel_axis=-1 to compare all channels, or take one, stack[..., 0]"
        )
    frames = [as_image(frame, f"frame {i}") for i, frame in enumerate(array)]
    if mask is None:
        return frames
    masks = np.ma.filled(mask, False)
    if masks.shape != array.shape:
        masks = np.broadcast_to(as_mask(mask, "mask", array.shape[1:], "a frame"), array.shape)
    return [
        as_image(frame, f"frame {i}", masks[i], f"mask of frame {i}")
        for i, frame in enumerate(frames)
    ]


def frames_of_channels(
    array: NDArray[Any], mask: ArrayLike | None, channel_axis: int
) -> list[Array]:
    """Return the frames with their channels last; `register` checks them."""
    if channel_axis not in range(-array.ndim, array.ndim) or channel_axis % array.ndim == 0:
        raise ValueError(
            f"channel_axis is {channel_axis}, and stack has shape {array.shape}; it must be one of "
            "its axes, and not the first, which is that of the frames"
        )
    array = np.moveaxis(array, channel_axis, -1)
    if array.ndim < 4 or len(array) < 2:
        raise ValueError(
            f"stack has shape {array.shape} with the channels last; it must be at least two "
            "frames, images of the same shape, along the first axis"
        )
    if array.dtype.kind not in "buif":
        raise TypeError(f"stack has dtype {array.dtype}; pixels must be real numbers")
    if mask is None:
        return [frame.astype(np.float64) for frame in array]
    masks = np.asarray(np.ma.filled(mask, False))
    if masks.shape != array.shape[:-1]:
        masks = as_mask(mask, "mask", array.shape[1:-1], "a frame")
    masks = np.broadcast_to(masks, array.shape[:-1]).astype(np.bool_)
    pairs = zip(masks, array, strict=True)
    return [np.where(part[..., None], frame, np.nan).astype(np.float64) for part, frame in pairs]
