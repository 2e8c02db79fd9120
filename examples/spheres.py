"""How many spheres are in a volume, where, and how large: components that come and go.

A microscope has counted photons in a volume with ten dark spheres; the light is uneven and the
image blurred. The guess has eight spheres: three are missing, two that touch are taken for one,
and two are not there. The model is `minimizer.blocks.spheres.Spheres`; read it to write your own.

Counts of photons have the standard deviation of the root of their mean. At first the mean is not
known, and the smoothed counts stand for it; then the fitted model does.

    guess: 8 spheres, found: 10, all of them right: True
    residuals are as large as the noise: True
    errors within 4 standard errors: True
    converged: True
"""

from __future__ import annotations

import numpy as np
from scipy.ndimage import gaussian_filter

from minimizer.blocks import add_and_remove, fit_blocks
from minimizer.blocks.spheres import Spheres
from minimizer.blocks.spheres.made import SHARED, SHARED_GUESS, matched, place

SHAPE = (24, 40, 40)
RADIUS = 4.5
PHOTONS = 1000.0  # of a voxel in full light
LIGHT = np.array([PHOTONS] * 7 + [1.0, 1.0])  # units of the shared parameters


def make_spheres(rng):
    """Return ten true spheres (z, y, x, radius); the last two touch, the third to last is cut."""
    pair = np.array([[11.0, 12.0, 14.0, RADIUS], [11.0, 21.1, 14.0, RADIUS]])
    cut = np.array([[12.0, 20.0, 39.5, RADIUS]])
    others = place(rng, SHAPE, 7, RADIUS, among=np.vstack((cut, pair)))
    return np.vstack((others, cut, pair))


def make_guess(rng, spheres):
    """Return eight spheres, of which five are about right."""
    right = spheres[:5] + rng.normal(0.0, 0.3, (5, 4)) * [1.0, 1.0, 1.0, 0.0]
    merged = np.array([[*spheres[-2:, :3].mean(axis=0), 1.4 * RADIUS]])
    nothing = place(rng, SHAPE, 2, 2.5, gap=1.0, among=spheres)
    return np.vstack((right, merged, nothing))


def main():
    """Make the counts, find the spheres, fit them once more with a better noise."""
    rng = np.random.default_rng(0)
    spheres = make_spheres(rng)
    truth = np.concatenate((SHARED * LIGHT, spheres.ravel()))
    mean = Spheres(np.zeros(SHAPE), 10).residuals(truth)
    counts = rng.poisson(mean).astype(float)
    guess = make_guess(rng, spheres)
    start = np.concatenate((SHARED_GUESS * LIGHT, guess.ravel()))

    model = Spheres(counts, len(guess), np.sqrt(gaussian_filter(counts, 1.0)), radius=RADIUS)
    found = add_and_remove(model, start)
    pairs = matched(found.model.spheres(found.x), spheres)
    right = len(pairs) == found.n_components == len(spheres)
    print(f"guess: {len(guess)} spheres, found: {found.n_components}, all of them right: {right}")

    model = found.model
    model.noise = np.sqrt(model.image + model.residuals(found.x) * model.noise)
    result = fit_blocks(model, found.x)
    chi2 = 2.0 * result.cost / (counts.size - result.x.size)
    print(
        f"residuals are as large as the noise: {abs(chi2 - 1.0) < 4.0 * (2 / counts.size) ** 0.5}"
    )
    within = [
        abs(model.spheres(result.x)[j] - spheres[i]) < 4.0 * result.uncertainties(j)
        for i, j in pairs
    ]
    print(f"errors within 4 standard errors: {bool(np.all(within))}")
    print(f"converged: {result.success}")


if __name__ == "__main__":
    main()
