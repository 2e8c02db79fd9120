"""Synthetic volumes of spheres with known truth, and the errors of a result."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ...common.arrays import Array
from .bound import bound_of, normal_matrix
from .model import Spheres

TRIALS = 200_000
SHARED = np.array([0.9, 0.05, -0.08, 0.06, -0.05, 0.03, 0.1, 0.55, 1.05])
"""Six coefficients of the illumination, the offset, the width of the edges, the scale of z."""
SHARED_GUESS = np.array([0.8, 0.0, 0.0, 0.0, 0.0, 0.0, 0.15, 0.8, 1.0])
SAME = 2.0
"""Voxels between the centres of a true sphere and a found one that are the same."""


def distances_to(spheres: Array, centre: Array, z_scale: float) -> Array:
    """Return the distances of the surfaces of spheres (n, 4) from a point (3,)."""
    apart = (spheres[:, :3] - centre) * np.array([z_scale, 1.0, 1.0])
    distance: Array = np.sqrt((apart * apart).sum(axis=1)) - spheres[:, 3]
    return distance


def place(
    rng: np.random.Generator,
    shape: tuple[int, ...],
    n: int,
    radius: float,
    *,
    gap: float = 0.2,
    margin: float = 3.0,
    among: Array | None = None,
    z_scale: float = float(SHARED[-1]),
) -> Array:
    """Return n spheres (n, 4) at random places that do not touch each other or others.

    Parameters
    ----------
    rng : numpy.random.Generator
        Source of the places and of radii with a spread of 5 %.
    shape : tuple of int
        Shape of the volume.
    n : int
        Number of spheres.
    radius : float
        Their mean radius.
    gap : float
        Least distance between surfaces.
    margin : float
        Least distance of the centres from the faces of the volume; if negative, spheres may be cut.
    among : ndarray (m, 4), optional
        Spheres that are already there.
    z_scale : float
        Scale of z.

    Raises
    ------
    RuntimeError
        If there is no room for so many.
    """
    others = np.empty((0, 4)) if among is None else among
    placed = np.empty((n + len(others), 4))
    placed[: len(others)] = others
    count = len(others)
    for _ in range(TRIALS):
        if count == len(placed):
            return placed[len(others) :]
        size = radius * (1.0 + 0.05 * rng.standard_normal())
        centre = rng.uniform(margin, np.array(shape) - 1.0 - margin)
        if (distances_to(placed[:count], centre, z_scale) > size + gap).all():
            placed[count] = *centre, size
            count += 1
    raise RuntimeError(
        f"{n} spheres of radius {radius} were to be placed; there is room for "
        f"{count - len(others)}: make the volume larger, or the spheres fewer"
    )


def disturbed(
    rng: np.random.Generator, spheres: Array, centre: float = 0.5, radius: float = 0.1
) -> Array:
    """Return spheres with wrong centres (standard deviation in voxels) and radii (share)."""
    guess: Array = spheres.copy()
    guess[:, :3] += centre * rng.standard_normal((len(spheres), 3))
    guess[:, 3] = guess[:, 3].mean() * (1.0 + radius * rng.standard_normal(len(spheres)))
    return guess


def picture(rng: np.random.Generator, shape: tuple[int, ...], params: Array, noise: float) -> Array:
    """Return the volume that shows some parameters, with Gaussian noise."""
    n_spheres = (len(params) - len(SHARED)) // 4
    clear = Spheres(np.zeros(shape), n_spheres).residuals(params)
    noisy: Array = clear + noise * rng.standard_normal(shape)
    return noisy


@dataclass(frozen=True)
class Comparison:
    """A result beside the truth.

    Attributes
    ----------
    pairs : list of (int, int)
        Numbers of a true sphere and of the found sphere that matches it.
    missed, spurious : list of int
        True spheres that were not found, and found spheres that do not exist.
    shared : ndarray (9,)
        Errors of the shared parameters in units of their Cramér-Rao bounds.
    spheres : ndarray (pairs, 4)
        Errors of the spheres in the same units.
    voxels : ndarray (pairs, 4)
        Errors of the spheres in voxels.
    joint : float
        Root mean square of the errors of all parameters after these are made independent, in units
        of their bounds; NaN unless all spheres were found. Errors that are correlated with those of
        the shared parameters count only once in it.
    """

    pairs: list[tuple[int, int]]
    missed: list[int]
    spurious: list[int]
    shared: Array
    spheres: Array
    voxels: Array
    joint: float


def compare(model: Spheres, params: Array, truth: Array) -> Comparison:
    """Compare a result with the true parameters, sphere by sphere."""
    n = len(model.shared)
    found, true = model.spheres(params), truth[n:].reshape(-1, 4)
    pairs = matched(found, true)
    exact, _ = model.with_spheres(truth, true)
    normal = normal_matrix(exact, truth)
    bound = bound_of(normal)
    of_true = [i for i, _ in pairs]
    of_found = [j for _, j in pairs]
    voxels = found[of_found] - true[of_true]
    missed = sorted({*range(len(true))} - {*of_true})
    errors = np.concatenate((params[:n] - truth[:n], voxels.ravel()))
    joint = np.nan if missed else float(np.sqrt(errors @ normal @ errors / len(errors)))
    return Comparison(
        pairs,
        missed,
        sorted({*range(len(found))} - {*of_found}),
        (params[:n] - truth[:n]) / bound[:n],
        voxels / bound[n:].reshape(-1, 4)[of_true],
        voxels,
        joint,
    )


def matched(found: Array, true: Array) -> list[tuple[int, int]]:
    """Return the pairs of true and found spheres: the nearest free one within `SAME`."""
    free = np.ones(len(found), dtype=bool)
    pairs = []
    for i, sphere in enumerate(true):
        apart = np.where(free, np.sqrt(((found[:, :3] - sphere[:3]) ** 2).sum(axis=1)), np.inf)
        if len(found) and apart.min() < SAME:
            j = int(apart.argmin())
            free[j] = False
            pairs.append((i, j))
    return pairs
