"""The sum of all spheres in a volume, which keeps the parts that have not changed.

The parts that a sphere fills are rounded to a grid on which sums are exact. Adding and subtracting
leaves no trace: every sum is a function of the spheres alone, to the last bit, regardless of
earlier requests and their order. Threads may share it.
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from ...common.arrays import Array, Indices
from .rendering import CUT, Box, as_box, common_part, filled, overlaps, spans

SPARE = 64
"""Renderings kept beyond two of each sphere."""
FEW = 200
"""Spheres that may have changed before the sum of all is brought up to date."""


@dataclass(frozen=True)
class Scene:
    """The spheres (n, 4) and their shared parameters: width of the edge, scale of z."""

    spheres: Array
    width: float
    z_scale: float

    def near(self, indices: Indices, box: Box, shape: tuple[int, ...]) -> list[int]:
        """Return those of some spheres that reach into a box."""
        reach = self.spheres[indices, 3].max(initial=0.0) + CUT * self.width
        for axis, (side, scale) in enumerate(zip(box, (self.z_scale, 1.0, 1.0), strict=True)):
            centre, most = self.spheres[indices, axis], reach / scale + 1.0
            indices = indices[(centre > side.start - most) & (centre < side.stop + most)]
        span = spans(self.spheres[indices], self.width, self.z_scale, shape)
        near: list[int] = indices[overlaps(*span, box)].tolist()
        return near

    def has_edge_of(self, other: Scene) -> bool:
        """Return whether width and scale are the same, so that equal spheres look equal."""
        return self.width == other.width and self.z_scale == other.z_scale

    def is_like(self, other: Scene) -> bool:
        """Return whether few spheres are others."""
        return self.has_edge_of(other) and len(self.changes(other)[1]) <= FEW

    def changes(self, new: Scene) -> tuple[Indices, Indices]:
        """Return which spheres are not in another scene, and which of the other are new."""
        n, n_new = len(self.spheres), len(new.spheres)
        both = min(n, n_new)
        z, y, x, radius = (self.spheres[:both] != new.spheres[:both]).T
        differs = np.flatnonzero(z | y | x | radius)
        gone = np.concatenate((differs, np.arange(both, n)))
        come = np.concatenate((differs, np.arange(both, n_new)))
        return gone, come


Ball = tuple[Box, Array]
"""The smallest box that holds a sphere, and the filled parts of its voxels."""


def common(values: Array, box: Box, ball: Ball) -> tuple[Array, Array]:
    """Return the part of the values of a box and the part of a ball that are the same voxels."""
    own, parts = ball
    here, there = common_part(box, own)
    return values[here], parts[there]


@dataclass
class Sum:
    """The parts of a box that the spheres of a scene fill together."""

    scene: Scene
    box: Box
    values: Array

    def follow(
        self, new: Scene, ball: Callable[[Scene, int], Ball], shape: tuple[int, ...]
    ) -> None:
        """Become the sum of another scene."""
        if not self.scene.has_edge_of(new):
            self.values.fill(0.0)
            self.scene = Scene(new.spheres[:0], new.width, new.z_scale)
        gone, come = self.scene.changes(new)
        for k in self.scene.near(gone, self.box, shape):
            target, parts = common(self.values, self.box, ball(self.scene, k))
            target -= parts
        for k in new.near(come, self.box, shape):
            target, parts = common(self.values, self.box, ball(new, k))
            target += parts
        self.scene = Scene(new.spheres.copy(), new.width, new.z_scale)


class Total:
    """Sum of the parts that all spheres fill.

    Parameters
    ----------
    shape : tuple of int
        Shape of the volume.
    """

    def __init__(self, shape: tuple[int, ...]) -> None:
        self.shape = shape
        z, y, x = (slice(0, n) for n in shape)
        self.everything: Box = (z, y, x)
        self._forget()

    def _forget(self) -> None:
        self._lock = threading.RLock()
        self._whole: Sum | None = None
        self._remembered: Scene | None = None
        self._latest: OrderedDict[tuple[bytes, float, float], Ball] = OrderedDict()
        self._most = SPARE
        self._window = threading.local()  # of each thread, as `last`

    def __getstate__(self) -> dict[str, Any]:
        return {"shape": self.shape}

    def __setstate__(self, state: dict[str, Any]) -> None:
        self.__dict__.update(Total(state["shape"]).__dict__)

    def remember(self, scene: Scene) -> None:
        """Keep the sum of a scene in the whole volume: similar scenes need few changes.

        The same object again is taken for the same scene, at no cost.
        """
        with self._lock:
            if scene is self._remembered and self._whole is not None:
                return
            self._most = 2 * len(scene.spheres) + SPARE
            whole, self._whole = self._whole, None  # nothing is kept of an interrupted change
            if whole is None:
                nothing = Scene(scene.spheres[:0], scene.width, scene.z_scale)
                whole = Sum(nothing, self.everything, np.zeros(self.shape))
            whole.follow(scene, self.ball, self.shape)
            self._whole, self._remembered = whole, scene

    def within(self, scene: Scene, box: Box) -> Array:
        """Return the sum in a box, to be read before the next call in the same thread."""
        if box == self.everything:
            with self._lock:
                self.remember(scene)
                assert self._whole is not None
                everything: Array = self._whole.values.copy()
            return everything
        last: Sum | None = getattr(self._window, "last", None)
        if last is None or last.box != box:
            last = self._start(scene, box)
        self._window.last = None
        last.follow(scene, self.ball, self.shape)
        self._window.last = last
        values: Array = last.values
        return values

    def _start(self, scene: Scene, box: Box) -> Sum:
        """Return a sum in a box that needs few changes."""
        with self._lock:
            if self._whole is None or not self._whole.scene.is_like(scene):
                self.remember(scene)
            assert self._whole is not None
            return Sum(self._whole.scene, box, self._whole.values[box].copy())

    def without(self, few: Sequence[int], scene: Scene, box: Box) -> Array:
        """Return the sum in a box of all spheres of a scene but a few."""
        with self._lock:
            self.remember(scene)
            assert self._whole is not None
            others: Array = self._whole.values[box].copy()
        for k in few:
            target, parts = common(others, box, self.ball(scene, k))
            target -= parts
        return others

    def ball(self, scene: Scene, k: int) -> Ball:
        """Return sphere k, rendered unless it is in the cache."""
        sphere = scene.spheres[k]
        key = (sphere.tobytes(), scene.width, scene.z_scale)
        ball = self._latest.get(key)
        if ball is None:
            first, after = spans(sphere[np.newaxis], scene.width, scene.z_scale, self.shape)
            box = as_box(first[0], after[0])
            ball = box, filled(sphere, scene.width, scene.z_scale, box)
            with self._lock:
                while len(self._latest) > self._most:
                    self._latest.popitem(last=False)
                self._latest[key] = ball
        return ball
