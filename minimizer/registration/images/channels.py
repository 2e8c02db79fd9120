"""Images of several channels: checked together, shown to the search as one, compared one by one.

The search over rotations and shifts, which compares one image with one, uses the first principal
component of the channels of both images: where these change together it is about their mean, and
where one rises as another falls, their difference.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from ...common.arrays import Array
from .checks import as_image_pair, as_mask, filled
from .pyramid import Pyramid


class ChannelPyramid(Pyramid):
    """The levels of an image of several channels; its own images are their weighted sum.

    Parameters
    ----------
    channels : sequence of ndarray
        The channels at full resolution; a pixel is missing in all of them or in none.
    weights : ndarray
        The weight of each channel.
    spacing, unit
        As for `Pyramid`.
    """

    def __init__(
        self, channels: Sequence[Array], weights: Array, spacing: tuple[float, ...], unit: float
    ) -> None:
        total = np.asarray(np.tensordot(weights, np.stack(channels), 1), dtype=np.float64)
        super().__init__(total, spacing, unit)
        self._parts = tuple(Pyramid(channel, spacing, unit) for channel in channels)

    @property
    def channels(self) -> tuple[Pyramid, ...]:
        """The pyramids of the channels."""
        return self._parts

    def map(self, level: int, change: Callable[[Array], Array]) -> Pyramid:
        """Return a pyramid whose images at one level are changed; its others are not valid."""
        changed = ChannelPyramid.__new__(ChannelPyramid)
        vars(changed).update(vars(super().map(level, change)))
        changed._parts = tuple(part.map(level, change) for part in self._parts)
        return changed


Channels = list[Array]


def as_channel_pair(
    fixed: ArrayLike,
    moving: ArrayLike,
    fixed_mask: ArrayLike | None,
    moving_mask: ArrayLike | None,
    channel_axis: int | None,
) -> tuple[Channels, Channels]:
    """Return the channels of both images as float64, or refuse them.

    A channel that is constant in one of the images carries no information and is left out.

    Raises
    ------
    TypeError, ValueError
        As `as_image` does; and if the images differ in their number of channels.
    """
    if channel_axis is None:
        pair = as_image_pair(fixed, moving, fixed_mask, moving_mask)
        return [pair[0]], [pair[1]]
    first, second = split(fixed, "fixed", channel_axis), split(moving, "moving", channel_axis)
    if len(first) != len(second):
        raise ValueError(
            f"fixed has {len(first)} channels and moving {len(second)}; channels are compared in "
            "pairs: give images with the same number, or the mean of the channels of both"
        )
    first, second = (
        with_holes(first, fixed_mask, "fixed"),
        with_holes(second, moving_mask, "moving"),
    )
    both = [
        (f, m) for f, m in zip(first, second, strict=True) if not (is_constant(f) or is_constant(m))
    ]
    if not both:
        if any(all(map(is_constant, channels)) for channels in (first, second)):
            as_image_pair(first[0], second[0])  # says which image is constant
        raise ValueError(
            "every channel is constant in fixed or in moving; there is nothing to compare"
        )
    checked = [as_image_pair(f, m) for f, m in both]
    return [f for f, _ in checked], [m for _, m in checked]


def split(image: ArrayLike, name: str, channel_axis: int) -> list[NDArray[Any]]:
    """Return the channels of an image."""
    array = filled(image)
    if array.dtype.kind not in "buif":
        raise TypeError(f"{name} has dtype {array.dtype}; pixels must be real numbers")
    if not -array.ndim <= channel_axis < array.ndim:
        raise ValueError(
            f"channel_axis is {channel_axis}, and {name} has shape {array.shape}; it must be one "
            "of its axes"
        )
    return [channel.astype(np.float64) for channel in np.moveaxis(array, channel_axis, 0)]


def with_holes(channels: list[Array], mask: ArrayLike | None, name: str) -> list[Array]:
    """Return the channels with NaN wherever one of them has no data, or the mask is false."""
    if not channels:
        raise ValueError(f"{name} has no channel")
    present = np.isfinite(channels).all(axis=0)
    if mask is not None:
        present &= as_mask(mask, f"{name}_mask", present.shape, name)
    return [np.where(present, channel, np.nan) for channel in channels]


def is_constant(channel: Array) -> bool:
    """Return whether all data have one value; also if there are none."""
    data = channel[np.isfinite(channel)]
    return data.size == 0 or bool(data.min() == data.max())


def weights_of(*images: Channels) -> Array:
    """Return the first principal component of the channels of all images, their sum positive."""
    total = np.zeros((len(images[0]),) * 2)
    for channels in images:
        present = np.isfinite(channels[0])
        total += np.cov(np.stack([channel[present] for channel in channels]), bias=True)
    component = np.linalg.eigh(total)[1][:, -1]
    return np.asarray(component * (1.0 if component.sum() >= 0 else -1.0), dtype=np.float64)


def pyramid_pair(
    fixed: Channels, moving: Channels, spacings: Sequence[tuple[float, ...]], unit: float
) -> tuple[Pyramid, Pyramid]:
    """Return the pyramids of two images with the same number of channels."""
    if len(fixed) == 1:
        return Pyramid(fixed[0], spacings[0], unit), Pyramid(moving[0], spacings[1], unit)
    weights = weights_of(fixed, moving)
    return (
        ChannelPyramid(fixed, weights, spacings[0], unit),
        ChannelPyramid(moving, weights, spacings[1], unit),
    )
