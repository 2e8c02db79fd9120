"""A decay fitted in every pixel of an image, compiled: amplitude, rate and offset maps.

The example makes a series of images of 512 x 512 pixels with Poisson noise and fits
``amplitude * exp(-rate * t) + offset`` in every pixel by maximum likelihood. It needs numba; with
tqdm it shows a progress bar, with matplotlib it draws the true and fitted maps and the status map.

``python pixelwise_fit.py [SIZE]``; with SIZE = 16 it prints

    256 pixels: 256 succeeded
    median relative error: amplitude below 0.05, rate below 0.05, offset below 0.2
"""

from __future__ import annotations

import importlib.util
import math
import sys

import numba
import numpy as np

from minimizer import ManyResults, minimize_many

TIMES = np.linspace(0.0, 4.0, 24)


@numba.njit
def cost(params, counts, times):
    """Negative logarithm of the Poisson likelihood, up to a constant; NaN where it has none."""
    total = 0.0
    for i in range(len(counts)):
        mean = params[0] * math.exp(-params[1] * times[i]) + params[2]
        if not mean > 0.0:
            return math.nan
        total += mean - counts[i] * math.log(mean)
    return total


def true_maps(size):
    """Return maps (size, size, 3) of amplitude, rate and offset."""
    y, x = np.mgrid[0 : 1 : size * 1j, 0 : 1 : size * 1j]
    disc = ((x - 0.5) ** 2 + (y - 0.5) ** 2 < 0.12).astype(float)
    amplitude = 150.0 + 250.0 * x + 200.0 * disc
    rate = 0.8 + 0.8 * y + 0.4 * np.sin(6.0 * x) ** 2
    offset = 10.0 + 10.0 * disc
    return np.stack((amplitude, rate, offset), axis=-1)


def make_images(maps):
    """Return images (size, size, times) of counts."""
    amplitude, rate, offset = np.moveaxis(maps, -1, 0)[..., np.newaxis]
    mean = amplitude * np.exp(-rate * TIMES) + offset
    return np.random.default_rng(0).poisson(mean).astype(float)


def fit(images):
    """Fit every pixel; the start is read off its first and last images."""
    counts = images.reshape(-1, len(TIMES))
    last = np.maximum(counts[:, -4:].mean(axis=1), 1.0)
    starts = np.stack((np.maximum(counts[:, 0] - last, 1.0), np.ones(len(counts)), last), axis=1)
    times = np.broadcast_to(TIMES, counts.shape)
    bar = importlib.util.find_spec("tqdm") is not None and sys.stderr.isatty()
    return minimize_many(cost, starts, (counts, times), progress=bar)


def draw(maps, fitted, status, path):
    """Draw the true maps over the fitted ones, and the status map."""
    import matplotlib as mpl

    mpl.use("Agg")
    import matplotlib.pyplot as plt

    figure, axes = plt.subplots(2, 4, figsize=(13, 6), layout="constrained")
    for k, name in enumerate(("amplitude", "rate", "offset")):
        low, high = maps[..., k].min(), maps[..., k].max()
        for row, values, what in ((0, maps, "true"), (1, fitted, "fitted")):
            image = axes[row, k].imshow(values[..., k], vmin=low, vmax=high)
            axes[row, k].set_title(f"{name}, {what}")
        figure.colorbar(image, ax=axes[:, k], shrink=0.8)
    axes[0, 3].axis("off")
    image = axes[1, 3].imshow(status, vmin=0, vmax=8, cmap="tab10")
    axes[1, 3].set_title("status (0 is success)")
    for axis in axes.flat:
        axis.set(xticks=[], yticks=[])
    figure.savefig(path, dpi=120)


def main(size=512):
    """Make the images, fit them and tell how well."""
    maps = true_maps(size)
    result: ManyResults = fit(make_images(maps))
    fitted = result.params.reshape(maps.shape)
    print(f"{len(result)} pixels: {result.success.sum()} succeeded")
    error = np.nanmedian(abs(fitted / maps - 1.0), axis=(0, 1))
    parts = []
    for name, value in zip(("amplitude", "rate", "offset"), error, strict=True):
        limit = next(limit for limit in (0.02, 0.05, 0.1, 0.2, 0.5, np.inf) if value < limit)
        parts.append(f"{name} below {limit}")
    print("median relative error: " + ", ".join(parts))
    if importlib.util.find_spec("matplotlib") is not None:
        draw(maps, fitted, result.status.reshape(size, size), "pixelwise_fit.png")


if __name__ == "__main__":
    main(*(int(argument) for argument in sys.argv[1:]))
