"""How strongly two images depend on each other in an alignment; alignments are ranked by it.

Alignments with different overlap cannot be compared by the metric itself, which favours small
overlaps, where anything can match by chance. They are compared by their **evidence**, in nats: how
much more probable the images are if they depend on each other in this alignment than if they do
not.

For images of one modality, n values with correlation r > 0, it is -n/2 log(1 - r²). For any others
it is n times their mutual information, plus the evidence from the directions of their gradients:
z²/2, where z is the mean excess of the squared cosine of the angle between them, weighted by the
gradients' norms, in units of its standard deviation for independent directions.

Each image is represented by a few images computed from it, its features, and the evidence is a
function of sums of products of features, one of each image. Therefore it can be computed for all
shifts at once (`shift_search`).
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import Any

import numpy as np

from ...common.arrays import Array
from ..images.normalize import standardized

N_CLASSES = {1: 8, 2: 8, 3: 5}
"""Classes of equal content per image, for the mutual information, per number of dimensions. Volumes
have many orientations to search, and five classes are nearly as informative."""


class Features(ABC):
    """The features of images, and the evidence from their products.

    Parameters
    ----------
    spacing : ndarray (ndim,)
        Spacing of the fixed image's grid, on which features are computed.
    """

    def __init__(self, spacing: Array) -> None:
        self.spacing = spacing

    @property
    def precision(self) -> type[np.floating[Any]]:
        """Type to compute products in: double precision where their differences matter."""
        return np.float32

    @abstractmethod
    def normalize(self, image: Array) -> Array:
        """Return the image to resample, NaN where data are missing."""

    @abstractmethod
    def extract(self, normalized: Array) -> list[Array]:
        """Return groups of features (k, …), 0 where data are missing."""

    @abstractmethod
    def overlap(self, sums: list[Array]) -> Array:
        """Return the overlap in pixels, from the products of each group."""

    @abstractmethod
    def evidence(self, sums: list[Array]) -> Array:
        """Return the evidence, from the products of each group."""

    @abstractmethod
    def multiplies_all(self, group: int) -> bool:
        """Return whether all pairs of features of a group are multiplied, or only equal ones."""


class Correlation(Features):
    """Features for images of one modality: 1, the value, and its square."""

    @property
    def precision(self) -> type[np.floating[Any]]:
        """Single for volumes, which have many shifts; in the plane images may match exactly."""
        return np.float32 if len(self.spacing) > 2 else np.float64

    def normalize(self, image: Array) -> Array:
        """Return the image with mean 0 and standard deviation 1."""
        normalized = np.full(image.shape, np.nan)
        present = np.isfinite(image)
        normalized[present] = standardized(image[present])
        return normalized

    def extract(self, normalized: Array) -> list[Array]:
        """Return groups of features (k, …), 0 where data are missing."""
        present = np.isfinite(normalized)
        values = np.where(present, normalized, 0.0)
        return [np.stack([present.astype(np.float64), values, values**2])]

    def multiplies_all(self, group: int) -> bool:
        """Return true."""
        return True

    def overlap(self, sums: list[Array]) -> Array:
        """Return the overlap in pixels."""
        overlap: Array = sums[0][0, 0]
        return overlap

    def evidence(self, sums: list[Array]) -> Array:
        """Return the evidence."""
        s = sums[0]
        n = np.maximum(s[0, 0], 1e-9)
        f, m, ff, mm, fm = s[1, 0], s[0, 1], s[2, 0], s[0, 2], s[1, 1]
        variances = np.maximum(ff - f * f / n, 1e-6 * n) * np.maximum(mm - m * m / n, 1e-6 * n)
        r = np.clip((fm - f * m / n) / np.sqrt(variances), 0.0, 1 - 1e-9)
        return np.asarray(-0.5 * n * np.log1p(-r * r))


class Information(Features):
    """Features for any two images: membership in classes of values, and gradient directions."""

    def __init__(self, spacing: Array) -> None:
        super().__init__(spacing)
        self.classes = N_CLASSES.get(len(spacing), 5)

    def normalize(self, image: Array) -> Array:
        """Return the image with its values spread evenly over the classes."""
        present = np.isfinite(image)
        levels = np.unique(np.quantile(image[present], np.linspace(0, 1, self.classes)))
        normalized = np.interp(image, levels, np.linspace(0, self.classes - 1, len(levels)))
        return np.where(present, normalized, np.nan)

    def extract(self, normalized: Array) -> list[Array]:
        """Return groups of features (k, …), 0 where data are missing."""
        present = np.isfinite(normalized)
        position = np.where(present, normalized, -9.0)
        classes = np.arange(self.classes).reshape(-1, *(1,) * normalized.ndim)
        members = np.maximum(0.0, 1 - abs(position - classes))
        return [members, *([directions(normalized, self.spacing)] if normalized.ndim > 1 else [])]

    def multiplies_all(self, group: int) -> bool:
        """Return true for the classes only."""
        return group == 0

    def overlap(self, sums: list[Array]) -> Array:
        """Return the overlap in pixels."""
        return np.asarray(sums[0].sum(axis=(0, 1)))

    def evidence(self, sums: list[Array]) -> Array:
        """Return the evidence."""
        evidence = information(sums[0])
        for group in sums[1:]:
            evidence = evidence + direction_evidence(group, len(self.spacing))
        return evidence


def information(sums: Array) -> Array:
    """Return n times the mutual information of joint counts (k, k, …), whose sum is n."""
    counts = np.maximum(sums, 1e-9)
    f, m = counts.sum(axis=1), counts.sum(axis=0)
    n = f.sum(axis=0)
    both = (counts * np.log(counts)).sum(axis=(0, 1))
    apart = (f * np.log(f)).sum(axis=0) + (m * np.log(m)).sum(axis=0)
    return np.asarray(both - apart + n * np.log(n))


def directions(image: Array, spacing: Array) -> Array:
    """Return g gᵀ / |g| without its mirror half, then |g| and |g|², for the gradient g."""
    slopes: Any = np.gradient(image, *spacing)
    g = np.stack(slopes)
    g[:, ~np.isfinite(g).all(axis=0)] = 0.0
    squared = (g**2).sum(axis=0)
    norm = np.sqrt(squared)
    scaled = g / np.maximum(norm, 1e-300)
    i, j = np.triu_indices(image.ndim)
    twice = np.where(i == j, 1.0, np.sqrt(2.0)).reshape(-1, *(1,) * image.ndim)
    return np.concatenate([twice * g[i] * scaled[j], norm[None], squared[None]])


def direction_evidence(sums: Array, ndim: int) -> Array:
    """Return z²/2 of the gradients' directions, from the products of `directions`."""
    excess = sums[:-2].sum(axis=0) - sums[-2] / ndim
    variance = 3 / (ndim * (ndim + 2)) - 1 / ndim**2  # of the squared cosine
    floor = 1e-6 * max(float(sums[-1].max()), 1e-300)
    return np.asarray(
        0.5 * np.maximum(excess, 0.0) ** 2 / (variance * np.maximum(sums[-1], floor)),
        dtype=np.float64,
    )
