"""The sum of all spheres in a volume, which remembers what has not changed.

What a sphere fills is rounded to a grid on which sums are exact, so that adding and taking away
leaves no trace: every sum is a function of the spheres alone, to the last bit, whatever was asked
for before and in which order. Threads may share it.
"""

from __future__ import annotations

import threading
from dataclasses import dataclass
from typing import Any

import numpy as np

from ...common.arrays import Array, Indices
from .rendering import Box, as_box, common_part, filled, overlaps, seen_from, spans

SPARE = 64
"""Spheres kept beyond the latest one of each."""


@dataclass(frozen=True)
class Scene:
    """The spheres (n, 4) and what they share: width of the edge, scale of z."""

    spheres: Array
    width: float
    z_scale: float

    def near(self, indices: Indices, box: Box, shape: tuple[int, ...]) -> list[int]:
        """Return those of some spheres that reach into a box."""
        if not indices.size:
            return []
        span = spans(self.spheres[indices], self.width, self.z_scale, shape)
        near: list[int] = indices[overlaps(*span, box)].tolist()
        return near


class Ball(tuple[Box, Array]):
    """A sphere in the smallest box that holds it: the box and what is filled of it."""

    __slots__ = ()

    def add_to(self, volume: Array, box: Box, sign: int = 1) -> None:
        """Add it to, or take it from, a volume that shows a box."""
        own, values = self
        part = common_part(own, box)
        target = volume[seen_from(part, box)]
        if sign > 0:
            target += values[seen_from(part, own)]
        else:
            target -= values[seen_from(part, own)]


class Total:
    """Sum of what all spheres fill.

    Parameters
    ----------
    shape : tuple of int
        Shape of the volume.
    """

    def __init__(self, shape: tuple[int, ...]) -> None:
        self.shape = shape
        self._start()

    def _start(self) -> None:
        self._lock = threading.RLock()
        self._scene = Scene(np.empty((0, 4)), 1.0, 1.0)
        self._balls: list[Ball] = []
        self._volume: Array | None = None  # of the scene, once it was asked for
        self._latest: dict[tuple[bytes, float, float], Ball] = {}

    def __getstate__(self) -> dict[str, Any]:
        return {"shape": self.shape}

    def __setstate__(self, state: dict[str, Any]) -> None:
        self.shape = state["shape"]
        self._start()

    @property
    def everything(self) -> Box:
        """The whole volume."""
        z, y, x = (slice(0, n) for n in self.shape)
        return z, y, x

    def ball(self, scene: Scene, k: int) -> Ball:
        """Return sphere k, rendered unless it is remembered."""
        sphere = scene.spheres[k]
        key = (sphere.tobytes(), scene.width, scene.z_scale)
        ball = self._latest.get(key)
        if ball is None:
            first, after = spans(sphere[np.newaxis], scene.width, scene.z_scale, self.shape)
            box = as_box(first[0], np.maximum(first[0], after[0]))
            ball = Ball((box, filled(sphere, scene.width, scene.z_scale, box)))
            with self._lock:
                while len(self._latest) > len(scene.spheres) + SPARE:
                    del self._latest[next(iter(self._latest))]
                self._latest[key] = ball
        return ball

    def within(self, scene: Scene, box: Box) -> Array:
        """Return the sum in a box, as an array of its own."""
        with self._lock:
            old, balls, volume = self._scene, self._balls, self._volume
            usable = volume is not None and has_edge_of(old, scene)
            total = volume[box].copy() if usable and volume is not None else None
        if total is None:
            total = np.zeros([part.stop - part.start for part in box])
            gone, come = np.empty(0, dtype=np.intp), np.arange(len(scene.spheres))
        else:
            gone, come = changes(old.spheres, scene.spheres)
        for k in old.near(gone, box, self.shape):
            balls[k].add_to(total, box, -1)
        for k in scene.near(come, box, self.shape):
            self.ball(scene, k).add_to(total, box)
        return total

    def remember(self, scene: Scene) -> None:
        """Keep the sum in the whole volume, so that `within` needs to add what has changed only."""
        with self._lock:
            old, balls, box = self._scene, list(self._balls), self.everything
            if self._volume is None or not has_edge_of(old, scene):
                self._volume, balls = np.zeros(self.shape), []
                gone, come = np.empty(0, dtype=np.intp), np.arange(len(scene.spheres))
            else:
                gone, come = changes(old.spheres, scene.spheres)
            for k in gone.tolist():
                balls[k].add_to(self._volume, box, -1)
            del balls[len(scene.spheres) :]
            for k in come.tolist():
                balls[k : k + 1] = [self.ball(scene, k)]
                balls[k].add_to(self._volume, box)
            self._scene = Scene(scene.spheres.copy(), scene.width, scene.z_scale)
            self._balls = balls


def has_edge_of(scene: Scene, other: Scene) -> bool:
    """Return whether two scenes share width and scale, so that equal spheres look equal."""
    return scene.width == other.width and scene.z_scale == other.z_scale


def changes(old: Array, new: Array) -> tuple[Indices, Indices]:
    """Return which spheres (n, 4) are no longer there, and which are new."""
    both = min(len(old), len(new))
    differs = np.flatnonzero((old[:both] != new[:both]).any(axis=1))
    gone = np.concatenate((differs, np.arange(both, len(old))))
    come = np.concatenate((differs, np.arange(both, len(new))))
    return gone, come
