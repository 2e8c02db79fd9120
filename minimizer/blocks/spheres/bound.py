"""The least standard deviations that any unbiased estimate of the spheres can have."""

from __future__ import annotations

import numpy as np

from ...common.arrays import Array
from .model import Spheres
from .rendering import as_box, overlaps, spans

CHUNK = 200_000


def cramer_rao(model: Spheres, params: Array) -> Array:
    """Return the Cramér-Rao bound (n,) of every parameter, from the inverse normal matrix."""
    return bound_of(normal_matrix(model, params))


def bound_of(normal: Array) -> Array:
    """Return the bounds (n,) that a normal matrix (n, n) implies."""
    bound: Array = np.sqrt(np.linalg.inv(normal).diagonal())
    return bound


def normal_matrix(model: Spheres, params: Array) -> Array:
    """Return JᵀJ (n, n), dense; each sphere contributes the rows of its window."""
    n = len(params)
    normal = np.zeros((n, n))
    shared = model.shared
    depth, height, width = model.shape
    planes = max(1, CHUNK // (height * width))
    for start in range(0, depth, planes):
        J = model.jacobian(params, shared, slice(start, start + planes))
        normal[np.ix_(shared, shared)] += J.T @ J
    scene = model.scene(params)
    first, after = spans(scene.spheres, scene.width, scene.z_scale, model.shape)
    for k, group in enumerate(model.groups):
        box = as_box(first[k], after[k])
        near = np.flatnonzero(overlaps(first, after, box))
        which = np.concatenate((shared, *(model.groups[i] for i in near)))
        J = model.jacobian(params, which, box)
        own = J[:, np.searchsorted(which, group)]
        normal[np.ix_(group, which)] = own.T @ J
        normal[np.ix_(which, group)] = J.T @ own
    return normal
