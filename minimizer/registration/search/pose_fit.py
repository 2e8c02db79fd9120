"""How well a pose explains the moving volume, and the step that improves it: variable projection.

In a right pose the moving volume's values are a function of the fixed one's. The function is
continuous and linear between some nodes: with two nodes it is a line, for images of one modality;
with more it is any function, for two. It is fitted by least squares in each pose; the explained
part ρ² of the variance gives the evidence -n/2 log(1 - ρ²). With the function projected out, the
residuals depend on the pose alone, and Gauss-Newton improves it.

References
----------
A. Roche, G. Malandain, X. Pennec, N. Ayache, The correlation ratio as a new similarity measure for
multimodal image registration, MICCAI 1998, 1115-1124.

G. H. Golub, V. Pereyra, The differentiation of pseudo-inverses and nonlinear least squares problems
whose variables separate, SIAM J. Numer. Anal. 10 (1973) 413-432; the step is Kaufman's.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from ...common.arrays import Array

Index = NDArray[np.intp] | NDArray[np.bool_]

RIDGE = 1e-9
"""Keeps equations solvable where nodes have no values, as a part of the diagonal."""


class PoseSums(NamedTuple):
    """The sums of k poses, named and described in `minimizer.registration.metrics.pose_sums`."""

    overlap: Array
    gram: Array
    total: Array
    squares: Array
    slopes: Array
    curvature: Array

    @classmethod
    def zeros(cls, k: int, nodes: int, with_slopes: bool) -> PoseSums:
        """Return sums of nothing; without slopes these are empty."""
        moving = k if with_slopes else 0
        shapes = (k,), (k, nodes, 2), (k, nodes), (k,), (moving, nodes + 1, 7), (moving, 7, 7)
        return cls(*(np.zeros(shape) for shape in shapes))

    def take(self, index: Index) -> PoseSums:
        """Return the sums of some poses."""
        return PoseSums(*(part[index] for part in self))

    def put(self, index: Index, other: PoseSums) -> None:
        """Replace the sums of some poses."""
        for part, new in zip(self, other, strict=True):
            part[index] = new


def explained(sums: PoseSums) -> Array:
    """Return the explained part of the variance of m, corrected for the number of nodes, (k,)."""
    values = solved(sums.gram, sums.total[..., None])[..., 0]
    n = np.maximum(sums.overlap, 1.0)
    mean_part = sums.total.sum(axis=1) ** 2 / n
    variance = sums.squares - mean_part
    is_flat = variance <= 1e-9 * sums.squares
    part = ((sums.total * values).sum(axis=1) - mean_part) / np.where(is_flat, 1.0, variance)
    used = np.count_nonzero(sums.gram[..., 0], axis=1)
    part = 1 - (1 - part) * n / np.maximum(n - used, 1.0)
    is_inverted = values[:, 1] <= values[:, 0] if values.shape[1] == 2 else False
    return np.where(is_flat | is_inverted, 0.0, np.clip(part, 0.0, 1.0))


def evidence(overlap: Array, part: Array) -> Array:
    """Return the evidence for poses from the overlap and the explained part of the variance."""
    return np.asarray(-0.5 * overlap * np.log1p(-np.minimum(part, 1 - 1e-9)), dtype=np.float64)


def step(sums: PoseSums, damping: Array, free: int) -> Array:
    """Return the damped step (k, 7) of the first `free` parameters of each pose, others 0."""
    curvature, downhill = projected(sums, free)
    diagonal = np.einsum("kii->ki", curvature)
    extra = damping[:, None] * diagonal + RIDGE * np.maximum(
        diagonal.sum(axis=1, keepdims=True), 1e-30
    )
    moved = np.linalg.solve(curvature + extra[..., None] * np.eye(free), downhill[..., None])
    return np.asarray(np.pad(moved[..., 0], ((0, 0), (0, 7 - free))), dtype=np.float64)


def directions(sums: PoseSums, free: int) -> Array:
    """Return unit steps (free, 7) of the first pose, the one that changes the fit least first."""
    _, vectors = np.linalg.eigh(projected(sums, free)[0][0])
    return np.asarray(np.pad(vectors.T, ((0, 0), (0, 7 - free))), dtype=np.float64)


def projected(sums: PoseSums, free: int) -> tuple[Array, Array]:
    """Return curvature (k, free, free) and descent (k, free), the function of values fitted."""
    slopes, of_m = sums.slopes[:, :-1, :free], sums.slopes[:, -1, :free]
    fitted = solved(sums.gram, np.concatenate([slopes, sums.total[..., None]], axis=2))
    explained_part = slopes.transpose(0, 2, 1) @ fitted
    curvature = sums.curvature[:, :free, :free] - explained_part[..., :-1]
    return curvature, explained_part[..., -1] - of_m


def solved(gram: Array, right: Array) -> Array:
    """Return the solutions (k, b, c) of k tridiagonal systems, symmetric and positive (L D Lᵀ)."""
    diagonal, beside = gram[..., 0], gram[..., 1]
    diagonal = diagonal + RIDGE * diagonal.sum(axis=1, keepdims=True)
    pivots, ratios = np.where(diagonal > 0, diagonal, 1.0), np.zeros(diagonal.shape)
    least, x = RIDGE * pivots, right.copy()
    for i in range(1, right.shape[1]):
        ratios[:, i] = beside[:, i - 1] / pivots[:, i - 1]
        pivots[:, i] = np.maximum(pivots[:, i] - ratios[:, i] * beside[:, i - 1], least[:, i])
        x[:, i] -= ratios[:, i, None] * x[:, i - 1]
    x = np.asarray(x / pivots[..., None], dtype=np.float64)
    for i in range(right.shape[1] - 1, 0, -1):
        x[:, i - 1] -= ratios[:, i, None] * x[:, i]
    return x
