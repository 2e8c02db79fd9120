"""Pictures, with all their frames and channels, resampled through a map."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from .register_options import ORDERS

if TYPE_CHECKING:
    from ..registration.affine_map import AffineMap
    from ..registration.files import Picture


def warp_picture(picture: Picture, through: AffineMap, interpolation: str) -> Picture:
    """Return a moving picture on the grid of the fixed one, in its own data type."""
    order, channel_axis = ORDERS[interpolation], -1 if "C" in picture.axes else None
    if "T" in picture.axes:
        frames = [through.warp(frame, order, channel_axis) for frame in picture.values]
        return picture.like(np.stack(frames))
    return picture.like(through.warp(picture.values, order, channel_axis))
