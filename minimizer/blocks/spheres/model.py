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
from ..parameter_table import ParameterTable
from .features import find_balls
from .few import FewSpheres
from .illumination import TERMS, Illumination, Term
from .rendering import Box, as_box, spans
from .total import Scene, Total
from .view import View

At = slice | tuple[slice, ...] | None
COORDINATES = ("z", "y", "x", "radius")
WIDTH, Z_SCALE = "edge width", "z scale"


class Spheres:
    """A volume, and a number of spheres to explain it.

    Parameters
    ----------
    image : ndarray (depth, height, width)
        Brightness of the voxels.
    n_spheres : int
        Number of spheres.
    noise : float or ndarray
        Standard deviation of the noise, of all voxels or of each. Residuals are in units of it.
    radius : float
        A typical radius in voxels, for spheres that are proposed.
    margin : float
        Distance in voxels by which a window reaches beyond its sphere.
    terms : sequence of (int, int, int)
        Degrees of the terms of the illumination in z, y and x.

    Attributes
    ----------
    shape : tuple of int
        Shape of the residuals, which is that of the volume.
    shared : ndarray of int
        Indices of the shared parameters.
    groups : list of ndarray of int
        Indices of the parameters of each sphere.
    """

    def __init__(
        self,
        image: Array,
        n_spheres: int,
        noise: float | Array = 1.0,
        *,
        radius: float = 4.0,
        margin: float = 1.5,
        terms: Sequence[Term] = TERMS,
    ) -> None:
        self.image = np.asarray(image, dtype=np.float64)
        self.shape = self.image.shape
        self.noise = noise
        self.radius = radius
        self.margin = margin
        self.illumination = Illumination(self.shape, terms)
        self._total = Total(self.shape)
        self._windows: list[Box] = []
        self._known: tuple[Array, Scene] | None = None  # of `restricted`
        self._set_number(n_spheres)

    def _set_number(self, n_spheres: int) -> None:
        n = len(self.illumination.terms) + 3
        self.shared = np.arange(n)
        self.groups = list(np.arange(n, n + 4 * n_spheres).reshape(-1, 4))

    def spheres(self, params: Array) -> Array:
        """Return z, y, x, radius of the spheres (n, 4)."""
        return np.asarray(params[len(self.shared) :], dtype=np.float64).reshape(-1, 4)

    def scene(self, params: Array) -> Scene:
        """Return the spheres and their edges."""
        width, z_scale = params[len(self.shared) - 2 : len(self.shared)].tolist()
        return Scene(self.spheres(params), width, z_scale)

    def relocate(self, params: Array) -> None:
        """Move the windows to the positions of the spheres."""
        s = self.scene(params)
        first, after = spans(s.spheres, s.width, s.z_scale, self.shape, self.margin)
        self._windows = [as_box(a, b) for a, b in zip(first, after, strict=True)]
        self._total.remember(s)

    def window(self, k: int) -> Box:
        """Return the box of voxels that sphere k changes, also where it is moved a little."""
        return self._windows[k]

    def position(self, params: Array, k: int) -> Array:
        """Return the centre of sphere k, in voxels."""
        return self.spheres(params)[k, :3]

    def residuals(self, params: Array, at: At = None) -> Array:
        """Return model minus data in units of the noise: the whole volume, or a box of it."""
        return self._view(params, self._box(at)).residuals()

    def jacobian(self, params: Array, which: Indices, at: At = None) -> Array:
        """Return the derivatives (residuals, parameters) of the residuals by some parameters."""
        slopes = self._view(params, self._box(at)).slopes(np.asarray(which))
        J: Array = slopes.reshape(len(slopes), -1).T
        return J

    def restricted(self, params: Array, which: Indices, at: At = None) -> FewSpheres:
        """Return the residuals at `at` as functions of some spheres, whose parameters are `which`.

        The others are summed once.
        """
        known = self._known
        if known is None or known[0] is not params or params.flags.writeable:
            known = self._known = params, self.scene(params)
        scene, box = known[1], self._box(at)
        few = (np.asarray(which).reshape(-1, 4)[:, 0] - len(self.shared)) // 4
        others = self._total.without(few.tolist(), scene, box)
        return FewSpheres(self._view_of(params, scene, box, others), self._total)

    def _box(self, at: At) -> Box:
        sides = at if isinstance(at, tuple) else () if at is None else (at,)
        whole = (*sides, *[slice(None)] * (3 - len(sides)))
        z, y, x = (slice(*side.indices(n)[:2]) for side, n in zip(whole, self.shape, strict=True))
        return z, y, x

    def _view(self, params: Array, box: Box) -> View:
        scene = self.scene(params)
        return self._view_of(params, scene, box, self._total.within(scene, box))

    def _view_of(self, params: Array, scene: Scene, box: Box, filled: Array) -> View:
        noise = self.noise[box] if isinstance(self.noise, np.ndarray) else self.noise
        light, n = self.illumination, len(self.illumination.terms)
        values, offset = light.values(params[:n], box), float(params[n])
        return View(box, self.image[box], noise, light, values, offset, scene, filled)

    def add(self, params: Array, component: Array) -> tuple[Spheres, Array]:
        """Return the model and parameters with one more sphere (z, y, x, radius), the last."""
        return self._with(len(self.groups) + 1), np.concatenate((params, component))

    def remove(self, params: Array, k: int) -> tuple[Spheres, Array]:
        """Return the model and parameters without sphere k."""
        return self._with(len(self.groups) - 1), np.delete(params, self.groups[k])

    def with_spheres(self, params: Array, spheres: Array) -> tuple[Spheres, Array]:
        """Return the model and parameters with other spheres (n, 4)."""
        shared = params[: len(self.shared)]
        return self._with(len(spheres)), np.concatenate((shared, np.ravel(spheres)))

    def _with(self, n_spheres: int) -> Spheres:
        """Return this model with another number of spheres; its cache is shared."""
        other = copy.copy(self)
        other._windows = []
        other._set_number(n_spheres)
        return other

    def propose(self, params: Array, residuals: Array) -> list[Array]:
        """Return spheres that may be missing, most likely first."""
        radii = self.spheres(params)[:, 3]
        radius = float(np.median(radii)) if len(radii) else self.radius
        volume = residuals.reshape(self.shape)
        return [np.array([*centre, radius]) for centre in find_balls(volume, radius)]

    @property
    def table(self) -> ParameterTable:
        """Names of the parameters, and their bounds."""
        bounds: dict[str, tuple[float | None, float | None]] = {
            side: (-self.radius, n + self.radius)
            for side, n in zip(COORDINATES, self.shape, strict=False)
        }
        bounds |= {"radius": (0.5, 3.0 * self.radius), WIDTH: (0.05, 3.0), Z_SCALE: (0.5, 2.0)}
        light = [f"illumination {z} {y} {x}" for z, y, x in self.illumination.terms]
        return ParameterTable.of_components(
            [*light, "offset", WIDTH, Z_SCALE],
            COORDINATES,
            len(self.groups),
            component="sphere",
            bounds=bounds,
        )
