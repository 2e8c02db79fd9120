"""A few spheres in a box of the volume, the others and all that is shared being fixed."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from ...common.arrays import Array
from .total import Scene, Total, common
from .view import View


@dataclass(frozen=True)
class FewSpheres:
    """The residuals in a box as functions of a few spheres.

    Attributes
    ----------
    others : View
        The box with all the other spheres.
    total : Total
        Whose renderings are reused.
    """

    others: View
    total: Total

    def residuals(self, x: Array) -> Array:
        """Return the residuals where the parameters of the spheres are x (k,)."""
        return self._view(x).residuals()

    def jacobian(self, x: Array) -> Array:
        """Return the derivatives (residuals, k) by the parameters of the spheres."""
        n_shared = self.others.n_shared
        slopes = self._view(x).slopes(np.arange(n_shared, n_shared + x.size))
        J: Array = slopes.reshape(len(slopes), -1).T
        return J

    def _view(self, x: Array) -> View:
        """Return the box with the few spheres, which are numbered from 0."""
        scene = Scene(x.reshape(-1, 4), self.others.scene.width, self.others.scene.z_scale)
        filled = self.others.filled.copy()
        for k in range(len(scene.spheres)):
            target, parts = common(filled, self.others.box, self.total.ball(scene, k))
            target += parts
        return replace(self.others, scene=scene, filled=filled)
