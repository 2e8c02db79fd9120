"""The model in a box of the volume: its brightness, and the slopes of that."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ...common.arrays import Array, Indices
from .illumination import Illumination
from .rendering import Box, Slopes, as_box, common_part, spans
from .total import Scene


@dataclass(frozen=True)
class View:
    """A box of the volume under some parameters.

    Attributes
    ----------
    params : ndarray
    scene : Scene
    illumination : Illumination
    box : Box
    filled : ndarray
        Sum of all spheres, above 1 where they overlap.
    noise : float or ndarray
        Noise, of the box.
    """

    params: Array
    scene: Scene
    illumination: Illumination
    box: Box
    filled: Array
    noise: float | Array

    @property
    def n_terms(self) -> int:
        """Number of terms of the illumination."""
        return len(self.illumination.terms)

    def light(self) -> Array:
        """Return the illumination."""
        return self.illumination.values(self.params[: self.n_terms], self.box)

    def brightness(self) -> Array:
        """Return illumination * (1 - filled) + offset."""
        free = 1.0 - np.minimum(self.filled, 1.0)
        free *= self.light()
        free += self.params[self.n_terms]
        return free

    def slopes(self, which: Indices) -> Array:
        """Return the derivatives (parameters, depth, height, width) in units of the noise."""
        columns = np.zeros((len(which), *self.filled.shape))
        n_shared = self.n_terms + 3
        place = {j: columns[i] for i, j in enumerate(which.tolist())}
        self._light_columns({j: c for j, c in place.items() if j <= self.n_terms})
        by_fill = self.light() * (self.filled < 1.0) / -self.noise
        edges = {j - self.n_terms: c for j, c in place.items() if self.n_terms < j < n_shared}
        if edges:
            self._edge_columns(edges, by_fill)
        for k in sorted({(j - n_shared) // 4 for j in place if j >= n_shared}):
            own = {
                j - n_shared - 4 * k: c for j, c in place.items() if 0 <= j - n_shared - 4 * k < 4
            }
            self._sphere_columns(k, own, by_fill)
        return columns

    def _light_columns(self, columns: dict[int, Array]) -> None:
        """Fill in those of the illumination and the offset."""
        if not columns:
            return
        free = (1.0 - np.minimum(self.filled, 1.0)) / self.noise
        for term, column in columns.items():
            if term == self.n_terms:
                column[...] = 1.0 / self.noise
            else:
                np.multiply(free, self.illumination.basis(term, self.box), out=column)

    def _edge_columns(self, columns: dict[int, Array], by_fill: Array) -> None:
        """Fill in those of the width of the edges (1) and the scale of z (2): sums of spheres."""
        everything = np.arange(len(self.scene.spheres))
        for k in self.scene.near(everything, self.box, self.shape):
            part, slopes = self._part(k)
            if 1 in columns:
                columns[1][part] += slopes.by_width()
            if 2 in columns:
                columns[2][part] += slopes.by_z_scale()
        for column in columns.values():
            column *= by_fill

    def _sphere_columns(self, k: int, columns: dict[int, Array], by_fill: Array) -> None:
        """Fill in those of the centre (0, 1, 2) and radius (3) of sphere k."""
        if not self.scene.near(np.array([k]), self.box, self.shape):
            return
        part, slopes = self._part(k)
        all_slopes = (*slopes.by_centre(), slopes.by_radius)
        for coordinate, column in columns.items():
            np.multiply(all_slopes[coordinate], by_fill[part], out=column[part])

    @property
    def shape(self) -> tuple[int, ...]:
        """Shape of the whole volume."""
        return self.illumination.shape

    def _part(self, k: int) -> tuple[Box, Slopes]:
        """Return the part of the box that sphere k reaches, and its slopes there."""
        sphere, width, z_scale = self.scene.spheres[k], self.scene.width, self.scene.z_scale
        first, after = spans(sphere[np.newaxis], width, z_scale, self.shape)
        own = as_box(first[0], after[0])
        here, _ = common_part(self.box, own)
        z, y, x = (
            slice(side.start + box.start, side.stop + box.start)
            for side, box in zip(here, self.box, strict=True)
        )
        return here, Slopes(sphere, width, z_scale, (z, y, x))
