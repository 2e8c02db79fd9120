"""Scenes of random pairs: all random, all grey, about 0 to 1.

A scene is square, and about twice as large as the picture taken of it, so that a picture taken from
another place shows new things at its edges.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from scipy import ndimage

from .registration_cases import Floats, brain, photo

Random = np.random.Generator
Scene = Callable[[int, Random], Floats]

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
