"""Dark spheres in a bright volume, as a model of blocks.

The brightness of a voxel is ``illumination * (1 - min(sum of spheres, 1)) + offset``. The shared
parameters are the coefficients of the illumination, the offset, the width of the edges (which
stands for the blur) and the scale of z; a group is a sphere's centre z, y, x in voxels and its
radius.
"""

from __future__ import annotations

import copy
from collections.abc import Sequence

import numpy as np

from ...common.arrays import Array, Indices
from .features import find_balls
from .illumination import TERMS, Illumination, Term
from .regions import Region, Regions
from .rendering import as_box, spans
from .total import Scene, Total
from .view import View

At = Indices | slice | None
COORDINATES = ("z", "y", "x", "radius")


class Spheres:
    """A volume, and a number of spheres to explain it.

    Parameters
    ----------
    image : ndarray (depth, height, width)
        Brightness of the voxels.
    n_spheres : int
        Number of spheres.
    sigma : float or ndarray
        Standard deviation of the noise, of all voxels or of each.
    radius : float
        A typical radius in voxels, for spheres that are proposed.
    margin : float
        How far, in voxels, a window reaches beyond its sphere.
    terms : sequence of (int, int, int)
        Degrees of the terms of the illumination in z, y and x.

    Attributes
    ----------
    shared : ndarray of int
        Indices of the shared parameters.
    groups : list of ndarray of int
        Indices of the parameters of each sphere.
    names : list of str
        Name of every parameter.
    """

    def __init__(
        self,
        image: Array,
        n_spheres: int,
        sigma: float | Array = 1.0,
        *,
        radius: float = 4.0,
        margin: float = 1.5,
        terms: Sequence[Term] = TERMS,
    ) -> None:
        self.image = np.asarray(image, dtype=np.float64)
        self.sigma = sigma
        self.radius = radius
        self.margin = margin
        self.illumination = Illumination(self.image.shape, terms)
        self._total = Total(self.image.shape)
        self._regions = Regions(self.image.shape)
        self._set_number(n_spheres)

    def _set_number(self, n_spheres: int) -> None:
        n = len(self.illumination.terms) + 3
        self.shared = np.arange(n)
        self.groups = list(np.arange(n, n + 4 * n_spheres).reshape(-1, 4))
        self.names = [
            *(f"illumination {z} {y} {x}" for z, y, x in self.illumination.terms),
            *("offset", "edge width", "z scale"),
            *(f"sphere {k} / {what}" for k in range(n_spheres) for what in COORDINATES),
        ]

    @property
    def size(self) -> int:
        """Number of residuals."""
        return self.image.size

    def spheres(self, params: Array) -> Array:
        """Return z, y, x, radius of the spheres (n, 4)."""
        return np.asarray(params[len(self.shared) :], dtype=np.float64).reshape(-1, 4)

    def scene(self, params: Array) -> Scene:
        """Return the spheres and their edges."""
        width, z_scale = params[len(self.shared) - 2 : len(self.shared)].tolist()
        return Scene(self.spheres(params), width, z_scale)

    def position(self, params: Array, k: int) -> Array:
        """Return the centre of sphere k, in voxels."""
        return self.spheres(params)[k, :3].copy()

    def window(self, params: Array, k: int) -> Indices:
        """Return the residuals that sphere k changes, also where it is moved a little."""
        scene = self.scene(params)
        sphere = scene.spheres[k : k + 1]
        first, after = spans(sphere, scene.width, scene.z_scale, self.image.shape, self.margin)
        return self._regions.window(as_box(first[0], np.maximum(first[0], after[0])))

    def residuals(self, params: Array, at: At = None) -> Array:
        """Return model minus data in units of the noise; all of them, or some."""
        region, view = self._view(params, at)
        values = view.brightness()
        values -= self.image[region.box]
        values /= view.sigma
        return region.pick(values)

    def jacobian(self, params: Array, which: Indices, at: At = None) -> Array:
        """Return the derivatives (residuals, parameters) of residuals by some parameters."""
        region, view = self._view(params, at)
        return region.pick(view.slopes(np.asarray(which))).T

    def _view(self, params: Array, at: At) -> tuple[Region, View]:
        region = self._regions.find(at)
        scene = self.scene(params)
        if at is None or isinstance(at, slice):
            self._total.remember(scene)
        filled = self._total.within(scene, region.box)
        sigma = self.sigma[region.box] if isinstance(self.sigma, np.ndarray) else self.sigma
        return region, View(params, scene, self.illumination, region.box, filled, sigma)

    def add(self, params: Array, component: Array) -> tuple[Spheres, Array]:
        """Return the model and parameters with one more sphere (z, y, x, radius), the last."""
        return self._with(len(self.groups) + 1), np.concatenate((params, component))

    def remove(self, params: Array, k: int) -> tuple[Spheres, Array]:
        """Return the model and parameters without sphere k."""
        return self._with(len(self.groups) - 1), np.delete(params, self.groups[k])

    def _with(self, n_spheres: int) -> Spheres:
        """Return this model with another number of spheres; what it remembers is shared."""
        other = copy.copy(self)
        other._set_number(n_spheres)
        return other

    def propose(self, params: Array, residuals: Array) -> list[Array]:
        """Return spheres that may be missing, most likely first."""
        radii = self.spheres(params)[:, 3]
        radius = float(np.median(radii)) if len(radii) else self.radius
        volume = residuals.reshape(self.image.shape)
        return [np.array([*centre, radius]) for centre in find_balls(volume, radius)]

    def bounds(self) -> tuple[Array, Array]:
        """Return the least and the greatest sensible value of every parameter."""
        n_terms, n_spheres = len(self.illumination.terms), len(self.groups)
        reach = np.array(self.image.shape) + self.radius
        lower = np.full(n_terms + 1, -np.inf), [0.05, 0.5], np.tile([-self.radius] * 3 + [0.5], n_spheres)
        upper = np.full(n_terms + 1, np.inf), [3.0, 2.0], np.tile([*reach, 3.0 * self.radius], n_spheres)
        return np.concatenate(lower), np.concatenate(upper)
