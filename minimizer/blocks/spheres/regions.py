"""Which voxels some residuals are: a box that holds them all, and where in it they lie."""

from __future__ import annotations

import weakref
from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np

from ...common.arrays import Array, Indices
from .rendering import Box

KEPT = 4096


class Region(NamedTuple):
    """A box, and the places (flat) of the wanted voxels in it; None: all of it."""

    box: Box
    places: slice | Indices | None

    def pick(self, values: Array) -> Array:
        """Return the wanted values, those of the box being in the last three axes."""
        flat: Array = values.reshape(*values.shape[:-3], -1)
        return flat if self.places is None else flat[..., self.places]


class Regions:
    """Regions of a volume, remembered as long as the index arrays live that they were made of."""

    def __init__(self, shape: Sequence[int]) -> None:
        self.shape = tuple(shape)
        self._known: dict[int, tuple[weakref.ref[Any], Region]] = {}

    def __getstate__(self) -> dict[str, Any]:
        return {"shape": self.shape}

    def __setstate__(self, state: dict[str, Any]) -> None:
        self.__init__(state["shape"])  # type: ignore[misc]

    def window(self, box: Box) -> Indices:
        """Return the flat indices of a box, and remember what they are."""
        z, y, x = (np.arange(part.start, part.stop) for part in box)
        _, height, width = self.shape
        rows = z[:, np.newaxis] * height + y
        indices: Indices = (rows[..., np.newaxis] * width + x).ravel()
        self._remember(indices, Region(box, None))
        return indices

    def find(self, at: Indices | slice | None) -> Region:
        """Return the region of flat indices, a slice of them, or all."""
        if at is None:
            z, y, x = (slice(0, n) for n in self.shape)
            return Region((z, y, x), None)
        if isinstance(at, slice):
            return self._planes(at)
        known = self._known.get(id(at))
        if known is not None and known[0]() is at:
            return known[1]
        region = self._bounding_box(at)
        self._remember(at, region)
        return region

    def _remember(self, at: Indices, region: Region) -> None:
        while len(self._known) > KEPT:
            self._known.pop(next(iter(self._known)), None)
        self._known[id(at)] = (weakref.ref(at), region)

    def _planes(self, at: slice) -> Region:
        depth, height, width = self.shape
        start, stop, step = at.indices(depth * height * width)
        first, last = start // (height * width), -(-stop // (height * width))
        origin = first * height * width
        box = (slice(first, max(first, last)), slice(0, height), slice(0, width))
        return Region(box, slice(start - origin, max(start, stop) - origin, step))

    def _bounding_box(self, at: Indices) -> Region:
        if not at.size:
            return Region((slice(0, 0), slice(0, 0), slice(0, 0)), None)
        places = np.unravel_index(at, self.shape)
        corner = [int(place.min()) for place in places]
        sides = [int(place.max()) + 1 - c for place, c in zip(places, corner, strict=True)]
        z, y, x = (slice(c, c + side) for c, side in zip(corner, sides, strict=True))
        inside = tuple(place - c for place, c in zip(places, corner, strict=True))
        flat = np.ravel_multi_index(inside, sides)
        is_all = at.size == np.prod(sides) and bool((np.diff(at) > 0).all())
        return Region((z, y, x), None if is_all else flat)
