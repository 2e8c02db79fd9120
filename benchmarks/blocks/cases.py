"""Volumes of spheres with known truth: small ones by name, lattices of any size."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from minimizer.blocks.spheres import Spheres
from minimizer.blocks.spheres.made import SHARED, SHARED_GUESS, disturbed, picture, place
from minimizer.common.arrays import Array

SHAPE = (24, 40, 40)
RADIUS = 4.5
NOISE = 0.04
PITCH = 10.5  # voxels between the spheres of a lattice


@dataclass(frozen=True)
class Case:
    """A volume, what is in it, and what is thought to be in it at first.

    Attributes
    ----------
    model : Spheres
        Of the guess.
    guess, truth : ndarray
        Parameters.
    """

    model: Spheres
    guess: Array
    truth: Array


def case_of(
    rng: np.random.Generator,
    shape: tuple[int, ...],
    spheres: Array,
    guess: Array,
    *,
    noise: float = NOISE,
    radius: float = RADIUS,
    shared: Array = SHARED,
    shared_guess: Array = SHARED_GUESS,
) -> Case:
    """Return the case of true spheres and guessed ones."""
    truth = np.concatenate((shared, spheres.ravel()))
    image = picture(rng, shape, truth, noise)
    model = Spheres(image, len(guess), noise, radius=radius)
    return Case(model, np.concatenate((shared_guess, guess.ravel())), truth)


def known(seed: int) -> Case:
    """Return ten spheres, their number known: places, radii and shared parameters are wrong."""
    rng = np.random.default_rng([seed, 0])
    spheres = place(rng, SHAPE, 10, RADIUS)
    return case_of(rng, SHAPE, spheres, disturbed(rng, spheres))


def come_and_go(seed: int) -> Case:
    """Return ten spheres, of which a guess of eight has five right.

    Three are missing, one of them cut by the face of the volume; two that touch are taken for one
    large sphere; two are not there.
    """
    rng = np.random.default_rng([seed, 1])
    edge = np.array([[rng.uniform(5, 18), rng.uniform(5, 34), -1.0, RADIUS]])
    pair = touching(rng, edge)
    spheres = place(rng, SHAPE, 7, RADIUS, margin=4.0, among=np.vstack((pair, edge)))
    kept = disturbed(rng, spheres[2:], 0.3, 0.0)
    merged = np.array([*pair[:, :3].mean(axis=0), 1.4 * RADIUS])
    everything = np.vstack((spheres, pair, edge))
    nothing = place(rng, SHAPE, 2, 2.5, gap=1.0, among=everything)
    return case_of(rng, SHAPE, everything, np.vstack((kept, merged, nothing)))


def touching(rng: np.random.Generator, among: Array) -> Array:
    """Return two spheres (2, 4) whose surfaces are 0.15 voxels apart, away from others."""
    while True:
        first = place(rng, SHAPE, 1, RADIUS, margin=6.0, among=among)
        first[0, 3] = RADIUS
        direction = rng.standard_normal(3)
        direction *= (2.0 * RADIUS + 0.15) / np.linalg.norm(direction)
        second = first + np.array([[*direction / [SHARED[-1], 1.0, 1.0], 0.0]])
        inside = (second[0, :3] > 3.0).all() and (second[0, :3] < np.array(SHAPE) - 4.0).all()
        apart = np.linalg.norm((among[:, :3] - second[:, :3]) * [SHARED[-1], 1, 1], axis=1)
        if inside and (apart > 2.0 * RADIUS + 0.3).all():
            return np.vstack((first, second))


DRIFT = 0.08


def drifting(seed: int) -> Case:
    """Return ten spheres whose radii grow with depth; in the guess all are equal."""
    rng = np.random.default_rng([seed, 2])
    spheres = place(rng, SHAPE, 10, RADIUS, gap=0.8)
    depth = 2.0 * spheres[:, 0] / (SHAPE[0] - 1) - 1.0
    spheres[:, 3] = RADIUS * np.exp(DRIFT * depth)
    guess = disturbed(rng, spheres, 0.3, 0.0)
    guess[:, 3] = RADIUS
    return case_of(rng, SHAPE, spheres, guess)


def lattice(cells: tuple[int, int, int], seed: int = 0) -> Case:
    """Return spheres of radius 3.5, one in each cell of a lattice, their number known."""
    rng = np.random.default_rng([seed, 3])
    shape = tuple(round(PITCH * n) for n in cells)
    centres = (np.indices(cells).reshape(3, -1).T + 0.5) * PITCH - 0.5
    n = len(centres)
    radii = 3.5 * (1.0 + 0.05 * rng.standard_normal((n, 1)))
    spheres = np.hstack((centres + rng.uniform(-1.0, 1.0, (n, 3)), radii))
    shared, shared_guess = SHARED.copy(), SHARED_GUESS.copy()
    shared[-2], shared_guess[-2] = 0.4, 0.55
    return case_of(
        rng,
        shape,
        spheres,
        disturbed(rng, spheres),
        radius=3.5,
        shared=shared,
        shared_guess=shared_guess,
    )


SMALL: dict[str, Callable[[int], Case]] = {
    "known": known,
    "come and go": come_and_go,
    "drifting radii": drifting,
}
LATTICES = {
    12: (2, 2, 3),
    100: (4, 5, 5),
    1000: (10, 10, 10),
    3000: (10, 15, 20),
    10_000: (20, 20, 25),
}
