"""A harder set: what makes it difficult to tell how many spheres there are, all at once."""

from __future__ import annotations

import numpy as np

from minimizer.blocks.spheres import Spheres
from minimizer.blocks.spheres.made import SHARED, distances_to, disturbed, place
from minimizer.common.arrays import Array

from .cases import NOISE, RADIUS, Case, case_of

SHAPE = (32, 56, 56)
Z = float(SHARED[-1])
N_FREE, N_DENSE = 20, 41
LOUDER = 3.0
STRIDES = np.array([Z, 1.0, 1.0])


def hard(seed: int) -> Case:
    """Return some 35 spheres in three times the noise.

    Among them are two triples that touch, two pairs of unequal size that are taken for one sphere
    each, and four spheres whose centres are outside of the volume. A tenth is missing in the guess,
    as are the spheres that are cut, and two members of the triples; three are not there.
    """
    return _crowded(np.random.default_rng([seed, 4]), 2, 2, N_FREE)


def dense(seed: int) -> Case:
    """Return some 65 spheres in the same volume, with twice as many triples and pairs."""
    return _crowded(np.random.default_rng([seed, 8]), 4, 4, N_DENSE)


def _crowded(rng: np.random.Generator, n_triples: int, n_pairs: int, n_free: int) -> Case:
    groups = np.empty((0, 4))
    for radii in [[RADIUS] * 3] * n_triples + [[RADIUS, 0.65 * RADIUS]] * n_pairs:
        groups = np.vstack((groups, _cluster(rng, radii, groups)))
    cut = np.empty((0, 4))
    while len(cut) < 4:
        face, (y, x) = rng.integers(4), rng.uniform(6.0, 49.0, 2)
        outside = [
            [-1.0, y, x],
            [32.0, y, x],
            [rng.uniform(6, 25), -1.0, x],
            [rng.uniform(6, 25), y, 56.0],
        ]
        centre = np.array(outside[face])
        if (distances_to(np.vstack((groups, cut)), centre, Z) > RADIUS + 0.5).all():
            cut = np.vstack((cut, [*centre, RADIUS]))
    others = np.vstack((groups, cut))
    free = place(rng, SHAPE, n_free, RADIUS, margin=3.0, among=others)
    everything = np.vstack((free, others))
    kept = free[round(0.1 * len(everything)) :]
    triples = groups[: 3 * n_triples].reshape(-1, 3, 4)[:, :2].reshape(-1, 4)
    pairs = groups[3 * n_triples :].reshape(-1, 2, 4)
    weight = pairs[:, :, 3:] ** 3
    merged = (pairs * weight).sum(axis=1) / weight.sum(axis=1)
    merged[:, 3] = 1.2 * RADIUS
    nothing = place(rng, SHAPE, 3, 2.5, gap=0.5, among=everything)
    guess = np.vstack((disturbed(rng, np.vstack((kept, triples)), 0.3, 0.05), merged, nothing))
    return case_of(rng, SHAPE, everything, guess, noise=LOUDER * NOISE)


def split(seed: int) -> Case:
    """Return ten spheres, of which two are taken for two smaller ones each, and three for one.

    No single component of the guess can be removed or added: each explains much of the data.
    """
    rng = np.random.default_rng([seed, 5])
    triple = _cluster(rng, [RADIUS] * 3, np.empty((0, 4)))
    free = place(rng, SHAPE, 7, RADIUS, margin=6.0, gap=1.0, among=triple)
    halves = np.repeat(free[:2], 2, axis=0)
    for two in (halves[:2], halves[2:]):
        direction = rng.standard_normal(3)
        direction *= 0.45 * RADIUS / np.linalg.norm(direction)
        two[:, :3] += np.outer([1.0, -1.0], direction / STRIDES)
        two[:, 3] *= 0.85
    merged = np.array([[*triple[:, :3].mean(axis=0), 1.4 * RADIUS]])
    guess = np.vstack((disturbed(rng, free[2:], 0.3, 0.05), halves, merged))
    return case_of(rng, SHAPE, np.vstack((free, triple)), guess, noise=LOUDER * NOISE)


def in_line(seed: int) -> Case:
    """Return ten spheres; in the guess, three in a line are two larger ones."""
    rng = np.random.default_rng([seed, 7])
    while True:
        direction = rng.standard_normal(3)
        direction /= np.linalg.norm(direction)
        direction *= 2.0 * RADIUS + 0.1
        centre = rng.uniform(10.0, np.array(SHAPE) - 11.0)
        line = centre + np.outer([-1.0, 0.0, 1.0], direction) / STRIDES
        if (line > 3.0).all() and (line < np.array(SHAPE) - 4.0).all():
            break
    triple = np.hstack((line, np.full((3, 1), RADIUS)))
    free = place(rng, SHAPE, 7, RADIUS, among=triple)
    two = triple[[0, 2]].copy()
    two[:, :3] += (triple[1, :3] - two[:, :3]) / 3.0
    two[:, 3] *= 1.25
    guess = np.vstack((disturbed(rng, free, 0.3, 0.05), two))
    return case_of(rng, SHAPE, np.vstack((free, triple)), guess, noise=LOUDER * NOISE)


DIRT = 0.55


def dirty(seed: int) -> Case:
    """Return ten spheres and six pale ones, which are dirt: the model has no word for them.

    They take away 0.55 of the light, and spheres all of it; in the guess there are none.
    """
    rng = np.random.default_rng([seed, 6])
    spheres = place(rng, SHAPE, 10, RADIUS)
    pale = place(rng, SHAPE, 6, RADIUS, gap=2.0, among=spheres)
    case = case_of(rng, SHAPE, spheres, disturbed(rng, spheres, 0.3, 0.05))
    both = np.concatenate((case.truth, pale.ravel()))
    taken = Spheres(np.zeros(SHAPE), 10).residuals(case.truth)
    taken -= Spheres(np.zeros(SHAPE), 16).residuals(both)
    case.model.image -= DIRT * taken
    return case


def _cluster(rng: np.random.Generator, radii: list[float], among: Array) -> Array:
    """Return spheres each of which touches those before it, away from others."""
    while True:
        spheres = place(rng, SHAPE, 1, RADIUS, margin=8.0, among=among)
        spheres[0, 3] = radii[0]
        for radius in radii[1:]:
            for _ in range(200):
                direction = rng.standard_normal(3)
                direction *= (spheres[0, 3] + radius + 0.1) / np.linalg.norm(direction)
                centre = spheres[0, :3] + direction / STRIDES
                apart = distances_to(np.vstack((spheres[1:], among)), centre, Z)
                inside = (centre > 3.0).all() and (centre < np.array(SHAPE) - 4.0).all()
                if inside and (apart > radius + 0.1).all():
                    spheres = np.vstack((spheres, [*centre, radius]))
                    break
        if len(spheres) == len(radii):
            return spheres
