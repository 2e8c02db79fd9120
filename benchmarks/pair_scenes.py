"""Scenes of random pairs, and what happens to a picture of one: all random, all grey, about 0 to 1.

A scene is square, and about twice as large as the picture taken of it, so that a picture taken from
another place shows new things at its edges.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from scipy import ndimage

from .registration_cases import Floats, bent, brain, photo

Random = np.random.Generator
Scene = Callable[[int, Random], Floats]
Change = Callable[[Floats, Random], Floats]

PHOTOS = (
    "astronaut",
    "camera",
    "coins",
    "chelsea",
    "coffee",
    "rocket",
    "moon",
    "page",
    "grass",
    "gravel",
    "brick",
    "immunohistochemistry",
)


# ------------------------------------------------------------------------------------- scenes
def square(image: Floats, n: int, rng: Random) -> Floats:
    """Return a random square of an image, as large as possible, with n pixels along its sides."""
    side = min(image.shape)
    row, column = (int(rng.integers(0, length - side + 1)) for length in image.shape)
    cut = image[row : row + side, column : column + side]
    if side > n:
        cut = ndimage.gaussian_filter(cut, 0.4 * side / n)
    return np.asarray(ndimage.zoom(cut, n / side, order=1, grid_mode=True, mode="nearest"))


def photograph(*names: str) -> Scene:
    """Return a scene from one of some photographs."""

    def make(n: int, rng: Random) -> Floats:
        return square(photo(names[int(rng.integers(len(names)))]), n, rng)

    return make


any_photo = photograph(*PHOTOS)


def stain(channel: int) -> Scene:
    """Return a stain of a section: 0 is haematoxylin and 2 is DAB."""

    def make(n: int, rng: Random) -> Floats:
        from skimage import color
        from skimage import data as module

        data: Any = module
        separated = color.rgb2hed(data.immunohistochemistry())[..., channel]
        low, high = np.quantile(separated, (0.005, 0.995))
        return square(np.clip((separated - low) / (high - low), 0, 1), n, rng)

    return make


def channel(name: str, number: int) -> Scene:
    """Return one colour of a photograph."""

    def make(n: int, rng: Random) -> Floats:
        from skimage import data

        return square(getattr(data, name)()[..., number] / 255.0, n, rng)

    return make


def section(name: str) -> Scene:
    """Return an axial slice of the MNI brain, its margin empty."""

    def make(n: int, rng: Random) -> Floats:
        volume = brain(name, 2)
        flat = volume[:, :, int(rng.integers(30, 55))] / volume.max()
        pad = [(n // 2 - length // 2, n - n // 2 - (length - length // 2)) for length in flat.shape]
        return np.pad(flat, pad)

    return make


def noise(n: int, rng: Random, width: float) -> Floats:
    """Return smooth noise of mean 0 and standard deviation 1."""
    values = ndimage.gaussian_filter(rng.normal(size=(n, n)), width)
    return np.asarray((values - values.mean()) / values.std())


def texture(n: int, rng: Random) -> Floats:
    """Return structure at several scales."""
    return 0.5 + 0.08 * sum((noise(n, rng, width) for width in (1.5, 4, 10)), np.zeros((n, n)))


def clouds(n: int, rng: Random) -> Floats:
    """Return structure at large scales only."""
    return 0.5 + 0.2 * noise(n, rng, 12)


def places(n: int, rng: Random) -> tuple[Floats, Floats, Floats]:
    """Return distances across and along from a random place in the middle, and both together."""
    rows, columns = np.indices((n, n)) / n - rng.uniform(0.35, 0.65, (2, 1, 1))
    angle = rng.uniform(0, np.pi)
    across = np.cos(angle) * rows + np.sin(angle) * columns
    along = np.cos(angle) * columns - np.sin(angle) * rows
    return across, along, np.hypot(rows, columns)


def objects(least: int, most: int) -> Scene:
    """Return discs, bars and ellipses of different brightness on a flat ground."""

    def make(n: int, rng: Random) -> Floats:
        image = np.full((n, n), 0.2)
        for _ in range(int(rng.integers(least, most + 1))):
            across, along, _ = places(n, rng)
            a, b = rng.uniform(0.02, 0.09, 2)
            is_box = rng.uniform() < 0.5
            inside = (
                np.maximum(abs(across) / a, abs(along) / b)
                if is_box
                else np.hypot(across / a, along / b)
            )
            image[inside < 1] = rng.uniform(0.35, 1.0)
        return np.asarray(ndimage.gaussian_filter(image, 0.8))

    return make


def cells(n: int, rng: Random) -> Floats:
    """Return many soft spots."""
    image = np.zeros((n, n))
    for row, column in rng.integers(0, n, (n * n // 700, 2)):
        image[row, column] += rng.uniform(0.3, 1)
    image = ndimage.gaussian_filter(image, 3.5)
    return np.asarray(0.1 + 0.8 * image / image.max())


def lines(n: int, rng: Random) -> Floats:
    """Return thin lines, as vessels or fibres."""
    image = np.zeros((n, n))
    for _ in range(14):
        across, _, _ = places(n, rng)
        across = across + rng.uniform(-0.4, 0.4) + 0.01 * noise(n, rng, 14)
        image = np.maximum(image, rng.uniform(0.4, 1) * np.exp(-((across * n / 1.5) ** 2)))
    return 0.1 + 0.8 * image


def stripes(n: int, rng: Random) -> Floats:
    """Return a periodic pattern along one direction."""
    return 0.5 + 0.3 * np.sin(2 * np.pi * n / 12 * places(n, rng)[0])


def lattice(n: int, rng: Random) -> Floats:
    """Return a periodic pattern along two directions."""
    across, along, _ = places(n, rng)
    step = 2 * np.pi * n / rng.uniform(9, 16)
    return np.asarray(0.5 + 0.2 * np.sin(step * across) + 0.2 * np.sin(step * along))


def chessboard(n: int, rng: Random) -> Floats:
    """Return squares in two greys."""
    rows, columns = np.indices((n, n)) // int(rng.integers(8, 16))
    return np.asarray(ndimage.gaussian_filter(0.2 + 0.6 * ((rows + columns) % 2), 0.7))


def disc(n: int, rng: Random) -> Floats:
    """Return one disc, which looks the same however it is turned."""
    return 0.2 + 0.6 / (1 + np.exp((places(n, rng)[2] - 0.12) * n))


def edge(n: int, rng: Random) -> Floats:
    """Return one straight edge, which looks the same wherever it is shifted along itself."""
    return 0.2 + 0.6 / (1 + np.exp(places(n, rng)[0] * n))


def white(n: int, rng: Random) -> Floats:
    """Return noise of single pixels."""
    return 0.5 + 0.2 * rng.normal(size=(n, n))


# ------------------------------------------------------------------------------------ changes
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
