"""A decay fitted in every pixel of an image, compiled: amplitude, rate and offset maps.

The example makes a series of images of 512 x 512 pixels with Poisson noise and fits
``amplitude * exp(-rate * t) + offset`` in every pixel by maximum likelihood. The corners, which the
lens leaves dark, have no data: no start is valid there. It needs numba; with tqdm it shows a
progress bar, with matplotlib it draws the true and fitted maps and the status map.

``python pixelwise_fit.py [SIZE]``; with SIZE = 16 it prints

    232 of 256 pixels: SUCCESS
    24 of 256 pixels: INITIALIZATION_FAILURE
    median relative error: amplitude below 0.05, rate below 0.05, offset below 0.2
"""

from __future__ import annotations

import importlib.util
import math
import sys

import numba
import numpy as np

from minimizer import ManyResults, Status, minimize_many

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
    counts = np.random.default_rng(0).poisson(mean).astype(float)
    x = np.linspace(-0.5, 0.5, len(maps))
    counts[np.hypot(x, x[:, np.newaxis]) > 0.6] = np.nan  # out of the lens's sight
    return counts


def fit(images):
    """Fit every pixel; the start is read off its first and last images."""
    counts = images.reshape(-1, len(TIMES))
    last = np.fmax(counts[:, -4:].mean(axis=1), 1.0)
    starts = np.stack((np.fmax(counts[:, 0] - last, 1.0), np.ones(len(counts)), last), axis=1)
    times = np.broadcast_to(TIMES, counts.shape)
    bar = importlib.util.find_spec("tqdm") is not None and sys.stderr.isatty()
    return minimize_many(cost, starts, (counts, times), progress=bar)


def draw(maps, fitted, status, path):
    """Draw the true maps over the fitted ones, and the status map."""
    import matplotlib as mpl

    mpl.use("Agg")
    import matplotlib.pyplot as plt
    from matplotlib.patches import Patch

    figure, axes = plt.subplots(2, 4, figsize=(10.5, 5.2), layout="constrained")
    for k, name in enumerate(("amplitude", "rate", "offset")):
        low, high = np.nanpercentile(fitted[..., k], (0.5, 99.5))
        for row, values, what in ((0, maps, "true"), (1, fitted, "fitted")):
            axis = axes[row, k]
            image = axis.imshow(values[..., k], vmin=low, vmax=high, interpolation="antialiased")
            axis.set_title(f"{name}, {what}")
        figure.colorbar(image, ax=axes[:, k], shrink=0.8, aspect=30)
    codes = np.unique(status)
    colours = dict(zip(codes, ("tab:green", "tab:gray", "tab:orange", "tab:red"), strict=False))
    picture = [[mpl.colors.to_rgb(colours.get(code, "black")) for code in row] for row in status]
    axes[1, 3].imshow(picture)
    axes[1, 3].set_title("status")
    patches = [Patch(color=colours.get(code, "black"), label=Status(code).name) for code in codes]
    axes[0, 3].legend(handles=patches, loc="lower center", frameon=False, fontsize=8)
    axes[0, 3].axis("off")
    for axis in axes.flat:
        axis.set(xticks=[], yticks=[])
    figure.savefig(path, dpi=80)


def main(size=512):
    """Make the images, fit them and tell how well."""
    maps = true_maps(size)
    result: ManyResults = fit(make_images(maps))
    fitted = result.params.reshape(maps.shape)
    for code, count in zip(*np.unique(result.status, return_counts=True), strict=True):
        print(f"{count} of {len(result)} pixels: {Status(code).name}")
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
