"""ITK's transforms by name: the matrix that each makes of its parameters, in ITK's axis order.

References
----------
Ibáñez, Johnson, McCormick, *The ITK Software Guide*, book 2, section 3.9 (2015).
"""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

import numpy as np

from ...common.arrays import Array


class Linear(NamedTuple):
    """x -> matrix (x - centre) + centre + shift."""

    matrix: Array
    shift: Array


def rotation(angle: float) -> Array:
    """Return a rotation in the plane."""
    cos, sin = np.cos(angle), np.sin(angle)
    return np.array([[cos, -sin], [sin, cos]])


def euler(angles: Array, fixed: Array) -> Array:
    """Return ITK's rotation Rz Rx Ry, or Rz Ry Rx if so marked, of angles about x, y, z."""
    x, y, z = (np.eye(3) for _ in range(3))
    x[1:, 1:], z[:2, :2] = rotation(angles[0]), rotation(angles[2])
    y[np.ix_([2, 0], [2, 0])] = rotation(angles[1])
    is_zyx = len(fixed) > 3 and fixed[3] != 0
    return np.asarray(z @ y @ x if is_zyx else z @ x @ y, dtype=np.float64)


def versor(vector: Array) -> Array:
    """Return the rotation of a versor: the direction of the axis times the sine of half the angle.

    Examples
    --------
    >>> versor(np.array([0, 0, np.sqrt(0.5)])).round(6) + 0
    array([[ 0., -1.,  0.],
           [ 1.,  0.,  0.],
           [ 0.,  0.,  1.]])
    """
    w = np.sqrt(max(0.0, 1.0 - float(vector @ vector)))
    x, y, z = vector
    cross = np.array([[0, -z, y], [z, 0, -x], [-y, x, 0]])
    return np.asarray(np.eye(3) + 2 * w * cross + 2 * cross @ cross, dtype=np.float64)


Make = Callable[[int, Array, Array], Linear]

TRANSFORMS: dict[str, Make] = {
    "IdentityTransform": lambda n, p, f: Linear(np.eye(n), np.zeros(n)),
    "TranslationTransform": lambda n, p, f: Linear(np.eye(n), p),
    "AffineTransform": lambda n, p, f: Linear(p[: n * n].reshape(n, n), p[n * n :]),
    "MatrixOffsetTransformBase": lambda n, p, f: Linear(p[: n * n].reshape(n, n), p[n * n :]),
    "ScaleTransform": lambda n, p, f: Linear(np.diag(p), np.zeros(n)),
    "Rigid2DTransform": lambda n, p, f: Linear(rotation(p[0]), p[1:]),
    "Euler2DTransform": lambda n, p, f: Linear(rotation(p[0]), p[1:]),
    "Similarity2DTransform": lambda n, p, f: Linear(p[0] * rotation(p[1]), p[2:]),
    "Euler3DTransform": lambda n, p, f: Linear(euler(p[:3], f), p[3:]),
    "VersorTransform": lambda n, p, f: Linear(versor(p), np.zeros(n)),
    "VersorRigid3DTransform": lambda n, p, f: Linear(versor(p[:3]), p[3:]),
    "Similarity3DTransform": lambda n, p, f: Linear(p[6] * versor(p[:3]), p[3:6]),
}
"""The linear map of each, from the number of dimensions, its parameters, and its fixed parameters
(the centre first)."""
