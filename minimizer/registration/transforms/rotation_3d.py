"""Rotations in three dimensions, as rotation vectors: no gimbal lock, and smooth through zero."""

from __future__ import annotations

import math

import numpy as np

from ...common.arrays import Array


def rotation_matrix(vector: Array) -> Array:
    """Return the rotation about `vector` by its length in radians (Rodrigues), shape (3, 3).

    Examples
    --------
    >>> rotation_matrix(np.array([np.pi / 2, 0, 0])).round(6) + 0
    array([[ 1.,  0.,  0.],
           [ 0.,  0., -1.],
           [ 0.,  1.,  0.]])
    """
    angle = float(np.sqrt(vector @ vector))
    cross = cross_matrix(vector)
    if angle < 1e-8:
        return np.eye(3) + cross
    sine, versine = math.sin(angle) / angle, (1 - math.cos(angle)) / angle**2
    return np.asarray(np.eye(3) + sine * cross + versine * (cross @ cross), dtype=np.float64)


def rotation_matrices(vectors: Array) -> Array:
    """Return the rotations about vectors (k, 3), shape (k, 3, 3); see `rotation_matrix`.

    Examples
    --------
    >>> vectors = np.array([[0.1, -0.2, 3.0], [0.0, 0.0, 0.0]])
    >>> expected = [rotation_matrix(vector) for vector in vectors]
    >>> bool(np.allclose(rotation_matrices(vectors), expected, rtol=0, atol=1e-15))
    True
    """
    cross = np.zeros((len(vectors), 3, 3))
    for i, j, k in ((0, 1, 2), (1, 2, 0), (2, 0, 1)):
        cross[:, j, k], cross[:, k, j] = -vectors[:, i], vectors[:, i]
    angle = np.sqrt((vectors**2).sum(axis=1))
    safe = np.where(angle < 1e-8, 1.0, angle)
    sine = np.where(angle < 1e-8, 1.0, np.sin(safe) / safe)[:, None, None]
    versine = np.where(angle < 1e-8, 0.0, (1 - np.cos(safe)) / safe**2)[:, None, None]
    return np.asarray(np.eye(3) + sine * cross + versine * (cross @ cross), dtype=np.float64)


def rotation_vector(matrix: Array) -> Array:
    """Return the vector of a rotation matrix, of length 0 to pi, by the quaternion: always stable.

    Examples
    --------
    >>> rotation_vector(rotation_matrix(np.array([0.1, -0.2, 3.0]))).round(9)
    array([ 0.1, -0.2,  3. ])
    """
    # The quaternion is the eigenvector of the largest eigenvalue (Bar-Itzhack).
    m, k = matrix, np.empty((4, 4))
    k[0, 0] = np.trace(m)
    k[1:, 1:] = m + m.T - np.trace(m) * np.eye(3)
    k[0, 1:] = k[1:, 0] = m[2, 1] - m[1, 2], m[0, 2] - m[2, 0], m[1, 0] - m[0, 1]
    quaternion = np.linalg.eigh(k)[1][:, -1]
    quaternion = quaternion if quaternion[0] >= 0 else -quaternion
    length = float(np.linalg.norm(quaternion[1:]))
    if length == 0.0:
        return np.zeros(3)
    angle = 2 * math.atan2(length, quaternion[0])
    return np.asarray(quaternion[1:] * (angle / length), dtype=np.float64)


def cross_matrix(v: Array) -> Array:
    """Return the matrix of the cross product with `v`, shape (3, 3)."""
    return np.array([[0.0, -v[2], v[1]], [v[2], 0.0, -v[0]], [-v[1], v[0], 0.0]])


def all_rotations(degrees: float) -> Array:
    """Return rotation vectors (k, 3) that cover all rotations, about `degrees` apart, zero first.

    References
    ----------
    M. Alexa, Super-Fibonacci spirals: fast, low-discrepancy sampling of SO(3), CVPR 2022.

    Examples
    --------
    >>> len(all_rotations(30.0))
    551
    """
    n = round(8 * math.pi**2 / math.radians(degrees) ** 3)
    s = np.arange(n) + 0.5
    inner, outer = np.sqrt(s / n), np.sqrt(1 - s / n)
    alpha, beta = 2 * np.pi * s / math.sqrt(2), 2 * np.pi * s / 1.533751168755204288118041
    w, x = outer * np.cos(beta), inner * np.sin(alpha)
    y, z = inner * np.cos(alpha), outer * np.sin(beta)
    sign = np.where(w < 0, -1.0, 1.0)
    axis = np.stack([x, y, z], axis=1) * sign[:, None]
    length = np.linalg.norm(axis, axis=1)
    angles = 2 * np.arctan2(length, w * sign)
    return np.vstack([np.zeros(3), axis * (angles / np.maximum(length, 1e-300))[:, None]])
