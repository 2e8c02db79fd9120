"""The model in a box of the volume: its residuals, and the slopes of these."""

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
    box : Box
    image : ndarray
        Brightness of the voxels.
    noise : float or ndarray
        Their noise.
    illumination : Illumination
    light : ndarray
        Its values.
    offset : float
    scene : Scene
    filled : ndarray
        Sum of all spheres, above 1 where they overlap.
    """

    box: Box
    image: Array
    noise: float | Array
    illumination: Illumination
    light: Array
    offset: float
    scene: Scene
    filled: Array

    @property
    def n_terms(self) -> int:
        """Number of terms of the illumination."""
        return len(self.illumination.terms)

    @property
    def n_shared(self) -> int:
        """Number of shared parameters."""
        return self.n_terms + 3

    def residuals(self) -> Array:
        """Return illumination * (1 - filled) + offset - image, in units of the noise."""
        values = 1.0 - np.minimum(self.filled, 1.0)
        values *= self.light
        values += self.offset
        values -= self.image
        values /= self.noise
        return values

    def slopes(self, which: Indices) -> Array:
        """Return the derivatives (parameters, depth, height, width) in units of the noise."""
        columns = np.zeros((len(which), *self.filled.shape))
        n_shared = self.n_shared
        place = {j: columns[i] for i, j in enumerate(which.tolist())}
        self._light_columns({j: c for j, c in place.items() if j <= self.n_terms})
        by_fill = self.light * (self.filled < 1.0) / -self.noise
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
            part = self._part(k)
            slopes = self._slopes(k, part)
            if 1 in columns:
                columns[1][part] += slopes.by_width()
            if 2 in columns:
                columns[2][part] += slopes.by_z_scale()
        for column in columns.values():
            column *= by_fill

    def _sphere_columns(self, k: int, columns: dict[int, Array], by_fill: Array) -> None:
        """Fill in those of the centre (0, 1, 2) and radius (3) of sphere k."""
        part = self._part(k)
        if any(side.start == side.stop for side in part):
            return
        slopes = self._slopes(k, part)
        all_slopes = (*slopes.by_centre(), slopes.by_radius)
        for coordinate, column in columns.items():
            np.multiply(all_slopes[coordinate], by_fill[part], out=column[part])

    @property
    def shape(self) -> tuple[int, ...]:
        """Shape of the whole volume."""
        return self.illumination.shape

    def _part(self, k: int) -> Box:
        """Return the part of the box that sphere k reaches."""
        scene = self.scene
        (first,), (after,) = spans(scene.spheres[[k]], scene.width, scene.z_scale, self.shape)
        here, _ = common_part(self.box, as_box(first, after))
        return here

    def _slopes(self, k: int, part: Box) -> Slopes:
        """Return the slopes of sphere k in a part of the box."""
        z, y, x = (
            slice(side.start + box.start, side.stop + box.start)
            for side, box in zip(part, self.box, strict=True)
        )
        return Slopes(self.scene.spheres[k], self.scene.width, self.scene.z_scale, (z, y, x))
