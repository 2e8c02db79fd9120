"""The synthetic volume of the demonstration, and a guess at its spheres."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ...blocks.spheres import Spheres
from ...blocks.spheres.made import SHARED, SHARED_GUESS, distances_to, disturbed, picture, place
from ...common.arrays import Array, Indices

SHAPE = (64, 128, 128)
N_SPHERES = 200
RADIUS = 5.0
NOISE = 0.05
MISSING = 0.05
SPURIOUS = 0.03
MERGED = 4


@dataclass(frozen=True)
class Scene:
    """A volume of spheres.

    Attributes
    ----------
    model : Spheres
        The model of the guess.
    guess, truth : ndarray
        Parameters.
    counts : dict of str to int
        Spheres that are missing in the guess, pairs that are merged into one, and spheres of the
        guess that do not exist.
    """

    model: Spheres
    guess: Array
    truth: Array
    counts: dict[str, int]


def make_scene(shape: tuple[int, ...] = SHAPE, n_spheres: int = N_SPHERES, seed: int = 0) -> Scene:
    """Return a volume and a guess at its spheres."""
    rng = np.random.default_rng(seed)
    spheres = place(rng, shape, n_spheres, RADIUS, margin=0.0)
    truth = np.concatenate((SHARED, spheres.ravel()))
    image = picture(rng, shape, truth, NOISE)
    pairs = closest_pairs(spheres, min(MERGED, n_spheres // 10))
    others = np.setdiff1d(np.arange(n_spheres), pairs)
    gone = rng.choice(others, round(MISSING * n_spheres), replace=False)
    merged = spheres[pairs].mean(axis=1)
    merged[:, 3] *= 1.3
    none = place(rng, shape, round(SPURIOUS * n_spheres), 0.5 * RADIUS, gap=1.0, among=spheres)
    right = disturbed(rng, spheres[np.setdiff1d(others, gone)])
    guess = np.concatenate((SHARED_GUESS, np.vstack((right, merged, none)).ravel()))
    n_guess = (len(guess) - len(SHARED)) // 4
    model = Spheres(image, n_guess, NOISE, radius=RADIUS)
    counts = {"missing": len(gone), "pairs": len(pairs), "spurious": len(none)}
    return Scene(model, guess, truth, counts)


def closest_pairs(spheres: Array, count: int) -> Indices:
    """Return the pairs (count, 2) of spheres whose surfaces are closest, each sphere in one."""
    near = []
    for i, sphere in enumerate(spheres):
        apart = distances_to(spheres, sphere[:3], float(SHARED[-1])) - sphere[3]
        near += [(float(apart[j]), i, j) for j in range(i + 1, len(spheres))]
    taken: set[int] = set()
    pairs: list[tuple[int, int]] = []
    for _, i, j in sorted(near):
        if len(pairs) < count and not taken & {i, j}:
            taken |= {i, j}
            pairs.append((i, j))
    return np.array(pairs, dtype=np.intp).reshape(-1, 2)
