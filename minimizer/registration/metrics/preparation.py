"""Images changed before they are compared, as some metrics need it: both at once, at each level."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from ...common.arrays import Array

if TYPE_CHECKING:
    from ..images.pixels import Pair

ImagePair = tuple[Array, Array]

Preparation = Callable[[ImagePair, ImagePair], ImagePair]
"""``preparation(images, spacings)`` returns both images changed, NaN where data are missing."""


def local_normalization(images: ImagePair, spacings: ImagePair) -> ImagePair:
    """Return both images normalized locally; see `minimizer.registration.images.local`."""
    from ..images.local import locally_normalized

    return locally_normalized(images, spacings)


def prepared(pair: Pair, preparation: Preparation, spacings: ImagePair) -> Pair:
    """Return a pair whose images are changed."""
    moving = np.where(pair.missing, np.nan, pair.moving) if pair.missing.size else pair.moving
    fixed, moving = preparation((pair.fixed, moving), spacings)
    moving = np.ascontiguousarray(np.where(np.isfinite(moving), moving, 0.0))
    return replace(pair, fixed=fixed, moving=moving)
