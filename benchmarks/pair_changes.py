"""What happens to a picture of a random pair."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from scipy import ndimage

from .pair_scenes import Random, noise
from .registration_cases import Floats, bent

Change = Callable[[Floats, Random], Floats]


def same(image: Floats, rng: Random) -> Floats:
    """Return the picture as it is."""
    return image


def slope(n: int, rng: Random) -> Floats:
    """Return a ramp in a random direction from -1 to 1."""
    rows, columns = np.indices((n, n)) / (n - 1) * 2 - 1
    angle = rng.uniform(0, 2 * np.pi)
    ramp = np.cos(angle) * rows + np.sin(angle) * columns
    return np.asarray(ramp / abs(ramp).max())


def ramp_times(strength: float) -> Change:
    """Return a change that makes one side brighter and the other darker."""
    return lambda image, rng: image * (1 + strength * slope(len(image), rng))


def ramp_plus(strength: float) -> Change:
    """Return a change that adds a ramp."""
    return lambda image, rng: image + strength * slope(len(image), rng)


def vignette(image: Floats, rng: Random) -> Floats:
    """Return the picture darkened towards its corners."""
    rows, columns = np.indices(image.shape) / (len(image) - 1) * 2 - 1
    return np.asarray(image * (1 - 0.4 * (rows**2 + columns**2)))


def uneven(image: Floats, rng: Random) -> Floats:
    """Return the picture in smoothly uneven light."""
    return image * (1 + 0.4 * np.tanh(noise(len(image), rng, len(image) / 5)))


def shadow(image: Floats, rng: Random) -> Floats:
    """Return the picture with a dark half, as under the shadow of a wall."""
    return np.where(slope(len(image), rng) > rng.uniform(-0.3, 0.3), 0.4, 1.0) * image


def brighter(image: Floats, rng: Random) -> Floats:
    """Return the picture with another brightness and contrast."""
    return rng.uniform(0.4, 2.5) * image + rng.uniform(-0.5, 0.5)


def gamma(image: Floats, rng: Random) -> Floats:
    """Return the picture with its greys bent, in order."""
    return np.asarray(np.clip(image, 0, None) ** rng.choice([0.5, 2.0]))


def clipped(image: Floats, rng: Random) -> Floats:
    """Return the picture overexposed: a third of it is white."""
    return np.minimum(image, np.quantile(image, 0.67))


def coarse_greys(image: Floats, rng: Random) -> Floats:
    """Return the picture in five greys."""
    return np.asarray(np.round(4 * image) / 4)


def noisy(sigma: float) -> Change:
    """Return a change that adds noise of single pixels."""
    return lambda image, rng: image + rng.normal(0, sigma, image.shape)


def grains(image: Floats, rng: Random) -> Floats:
    """Return the picture with a tenth of its pixels black or white."""
    hit = rng.uniform(size=image.shape) < 0.1
    return np.where(hit, rng.integers(0, 2, image.shape), image)


def blurred(image: Floats, rng: Random) -> Floats:
    """Return the picture out of focus."""
    return np.asarray(ndimage.gaussian_filter(image, 2.0))


def dark_lines(image: Floats, rng: Random) -> Floats:
    """Return the picture with every 16th row dead."""
    rows = np.arange(len(image))[:, None] % 16 == int(rng.integers(16))
    return np.where(rows, 0.0, image)


def covered(*parts: float, textured: bool = False) -> Change:
    """Return a change that covers parts of the picture by rectangles."""

    def change(image: Floats, rng: Random) -> Floats:
        image, n = image.copy(), len(image)
        for part in parts:
            wide = float(np.sqrt(part * rng.uniform(0.6, 1.6)))
            height, width = round(part / wide * n), round(wide * n)
            row, column = int(rng.integers(n - height + 1)), int(rng.integers(n - width + 1))
            grey = np.full((height, width), rng.uniform(-0.2, 1.2))
            if textured:
                grey = grey + 0.15 * noise(n, rng, 3)[:height, :width]
            image[row : row + height, column : column + width] = grey
        return image

    return change


def bent_greys(image: Floats, rng: Random) -> Floats:
    """Return the picture inverted, and bent so that two greys become one."""
    return bent(image)


def inverted(image: Floats, rng: Random) -> Floats:
    """Return the negative."""
    return 1 - image


def folded(image: Floats, rng: Random) -> Floats:
    """Return the distance from the middle grey: bright and dark become one."""
    return 2 * abs(image - np.median(image))


def missing(part: float) -> Change:
    """Return a change that removes a rectangle: its pixels are NaN."""

    def change(image: Floats, rng: Random) -> Floats:
        image, n = image.copy(), len(image)
        side = round(float(np.sqrt(part)) * n)
        row, column = rng.integers(0, n - side + 1, 2)
        image[row : row + side, column : column + side] = np.nan
        return image

    return change


def black_outside(image: Floats, rng: Random) -> Floats:
    """Return the picture with all but a disc black, as through an eyepiece."""
    rows, columns = np.indices(image.shape) / (len(image) - 1) * 2 - 1
    return np.where(np.hypot(rows, columns) < 0.9, image, 0.0)


def cropped(image: Floats, rng: Random) -> Floats:
    """Return the middle 70 % of the picture."""
    cut = round(0.15 * len(image))
    return image[cut:-cut, cut:-cut]


def in_turn(*changes: Change) -> Change:
    """Return several changes, one after the other."""

    def change(image: Floats, rng: Random) -> Floats:
        for one in changes:
            image = one(image, rng)
        return image

    return change
