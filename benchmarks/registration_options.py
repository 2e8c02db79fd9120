"""Channels and limits: ``python -m benchmarks.registration_options [channels|limits]``.

``channels``: photographs in colour, turned and shifted at random, with noise: all channels compared
(``channel_axis``), and their mean. ``limits``: the angle or the shift bounded or held, the truth
within these limits or beyond, and unrelated images, in two and three dimensions. A result is
imprecise or confidently wrong ("WRONG") if it is a success, neither ambiguous nor at a bound, and
not right; imprecise if it is less than 1.5 pixels off.
"""

from __future__ import annotations

import argparse
from collections import Counter
from collections.abc import Iterator
from typing import Any, NamedTuple

import numpy as np
from scipy import ndimage

from minimizer import Status
from minimizer.registration import register

from .registration_cases import Floats, about_centre, window
from .rotation_cases import KINDS, turned

PHOTOGRAPHS = "astronaut", "coffee", "rocket", "chelsea", "immunohistochemistry", "retina"

SIDE = 128
LIMIT = 0.5
"""A result is right if it is less far off than this, in pixels on average."""


class Pair(NamedTuple):
    """Two images, and the matrix between them, None if they are unrelated."""

    fixed: Floats
    moving: Floats
    truth: Floats | None


def distance(found: Floats, truth: Floats, shape: tuple[int, ...]) -> float:
    """Return the mean distance between where two matrices put the pixels."""
    index = np.indices(shape).reshape(len(shape), -1)
    places = np.vstack([index, np.ones(index.shape[1])])
    return float(np.linalg.norm(((found - truth) @ places)[:-1], axis=0).mean())


def verdict(pair: Pair, shape: tuple[int, ...], **settings: Any) -> tuple[str, float]:
    """Return the verdict, and the error."""
    result = register(pair.fixed, pair.moving, **settings)
    off = np.inf if pair.truth is None else distance(result.matrix, pair.truth, shape)
    if result.status is not Status.SUCCESS or result.ambiguous:
        return ("needless" if off < LIMIT else "flagged"), off
    if off < LIMIT:
        return "found", off
    if result.at_bounds:
        return "at bound", off
    return ("imprecise" if off < 3 * LIMIT else "WRONG"), off


def tell(name: str, pairs: list[Pair], shape: tuple[int, ...], **settings: Any) -> None:
    """Print the verdicts on some pairs, and the mean error of those found."""
    verdicts = [verdict(pair, shape, **settings) for pair in pairs]
    counts = Counter(word for word, _ in verdicts)
    errors = [off for word, off in verdicts if word in ("found", "needless")]
    words = ", ".join(f"{counts[word]} {word}" for word in sorted(counts, key=str.lower))
    mean = f"; {np.mean(errors):.3f} px" if errors else ""
    print(f"{name:<58}{len(pairs):>3}: {words}{mean}", flush=True)


# ------------------------------------------------------------------------------- channels


def photograph(name: str, rng: np.random.Generator) -> Floats:
    """Return a random part of a photograph, three times as large as the images, 0 to 1."""
    from skimage import data

    image = np.asarray(getattr(data, name)(), dtype=np.float64) / 255
    step = max(1, round(min(image.shape[:2]) / (2.2 * SIDE)))
    image = np.stack([ndimage.gaussian_filter(image[..., c], 0.5 * step) for c in range(3)], -1)
    image = image[::step, ::step]
    corner = [int(rng.integers(0, max(1, n - int(2 * SIDE)))) for n in image.shape[:2]]
    part = image[corner[0] : corner[0] + 2 * SIDE, corner[1] : corner[1] + 2 * SIDE]
    pad = [((2 * SIDE - n) // 2, (2 * SIDE - n + 1) // 2) for n in part.shape[:2]]
    return np.pad(part, [*pad, (0, 0)], mode="reflect")


def cut(scene: Floats, matrix: Floats) -> Floats:
    """Return the window in the middle of a scene after it was moved."""
    channels = [window(scene[..., c], matrix, (SIDE, SIDE)) for c in range(scene.shape[-1])]
    return np.stack(channels, axis=-1)


def coloured(name: str, seed: int, noise: float, gains: bool, other: str | None = None) -> Pair:
    """Return a photograph, and the same (or another) turned and shifted."""
    rng = np.random.default_rng([seed, *name.encode()])
    angle = np.deg2rad(rng.uniform(-180, 180))
    turn = np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
    truth = about_centre(turn, rng.uniform(-0.12, 0.12, 2) * SIDE, (SIDE, SIDE))
    scene = photograph(name, rng)
    fixed = cut(scene, np.eye(3))
    moving = cut(photograph(other, rng) if other else scene, truth)
    if gains:  # another white balance
        moving = moving * rng.uniform(0.4, 1.6, 3) + rng.uniform(-0.1, 0.1, 3)
    images = [image + rng.normal(0, noise, image.shape) for image in (fixed, moving)]
    return Pair(images[0], images[1], None if other else truth)


def contrary(pair: Pair) -> Pair:
    """Return images with a second channel that makes their mean flat."""
    images = [np.stack([i[..., 0], 1 - i[..., 0]], -1) for i in (pair.fixed, pair.moving)]
    rng = np.random.default_rng(0)
    noisy = [image + rng.normal(0, 0.02, image.shape) for image in images]
    return Pair(noisy[0], noisy[1], pair.truth)


def grey(pair: Pair) -> Pair:
    """Return the means of the channels."""
    return Pair(pair.fixed.mean(axis=-1), pair.moving.mean(axis=-1), pair.truth)


def channels(seed: int, n: int) -> None:
    """Print what is found with all channels, and with their mean."""
    shape = (SIDE, SIDE)

    def made(noise: float, gains: bool) -> list[Pair]:
        return [coloured(name, seed + k, noise, gains) for name in PHOTOGRAPHS for k in range(n)]

    sets: dict[str, tuple[list[Pair], str]] = {
        "noise 0.05": (made(0.05, False), "ssd"),
        "noise 0.3": (made(0.3, False), "ssd"),
        "other white balance, noise 0.1": (made(0.1, True), "ncc"),
        "flat in grey": ([contrary(pair) for pair in made(0.0, False)], "ssd"),
        "unrelated": (
            [
                coloured(one, seed + k, 0.02, False, PHOTOGRAPHS[(i + 1 + k) % len(PHOTOGRAPHS)])
                for i, one in enumerate(PHOTOGRAPHS)
                for k in range(n)
            ],
            "ncc",
        ),
    }
    for name, (pairs, metric) in sets.items():
        tell(f"{name}, {metric}, all channels", pairs, shape, metric=metric, channel_axis=-1)
        tell(f"{name}, {metric}, their mean", list(map(grey, pairs)), shape, metric=metric)


# ---------------------------------------------------------------------------------- limits


def turned_scene(seed: int, low: float, high: float, shift: float) -> Pair:
    """Return two windows of a random scene, turned by an angle between two."""
    rng = np.random.default_rng([seed, round(low)])
    large = random_scene(seed)
    angle = np.deg2rad(rng.uniform(low, high) * rng.choice([-1, 1]))
    turn = np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
    truth = about_centre(turn, rng.uniform(-shift, shift, 2), (72, 72))
    images = [window(large, matrix, (72, 72)) for matrix in (np.eye(3), truth)]
    noisy = [image + rng.normal(0, 0.02, image.shape) for image in images]
    return Pair(noisy[0], noisy[1], truth)


def random_scene(seed: int) -> Floats:
    """Return a scene with structure at all scales, 0 to 1."""
    rng = np.random.default_rng([seed, 77])
    scene = sum(s * ndimage.gaussian_filter(rng.normal(size=(160, 160)), s) for s in (1.5, 4, 10))
    return np.asarray((scene - np.min(scene)) / np.ptp(scene), dtype=np.float64)


def volumes(seed: int, n: int, low: float, high: float) -> Iterator[Pair]:
    """Yield pairs of volumes turned by an angle between two."""
    for kind in KINDS[:5]:
        for k in range(n):
            case = turned(kind, seed + k, 32, (low, high))
            yield Pair(case.fixed, case.moving, case.truth)


def limits(seed: int, n: int) -> None:
    """Print what is found within limits, and what is said where the truth lies beyond."""
    shape = (72, 72)
    near = [turned_scene(seed + k, 0, 9, 8) for k in range(4 * n)]
    far = [turned_scene(seed + k, 20, 60, 8) for k in range(4 * n)]
    strangers = [Pair(near[k].fixed, near[k - 1].moving, None) for k in range(len(near))]
    box: Any = {"angle": (-10, 10), "shift": (-10, 10)}
    for metric in ("ssd", "ncc", "nmi"):
        tell(f"angle ±10, shift ±10, within, {metric}", near, shape, metric=metric, bounds=box)
        angle: Any = {"angle": (-10, 10)}
        tell(f"angle ±10, truth 20 to 60, {metric}", far, shape, metric=metric, bounds=angle)
        shift: Any = {"shift": (-4, 4)}
        zero: Any = {"angle": 0}
        tell(f"shift ±4, truth -8 to 8, {metric}", near, shape, metric=metric, bounds=shift)
        name = f"unrelated, {metric}, "
        tell(f"{name}angle ±10, shift ±10", strangers, shape, metric=metric, bounds=box)
        tell(f"{name}angle held", strangers, shape, metric=metric, held=zero)
    size = (32, 32, 32)
    turn: Any = {"angle": (-30, 30)}
    tell(
        "volumes, angle ±30, within, ncc",
        list(volumes(seed, n, 0, 25)),
        size,
        metric="ncc",
        bounds=turn,
    )
    beyond = list(volumes(seed, n, 90, 180))
    tell("volumes, angle ±30, truth 90 to 180, ncc", beyond, size, metric="ncc", bounds=turn)


def main() -> None:
    """Print a line per set of pairs."""
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks.registration_options", description=__doc__
    )
    parser.add_argument("what", choices=("channels", "limits"))
    parser.add_argument("--seed", type=int, default=0, help="first seed (0)")
    parser.add_argument("--n", type=int, default=4, help="pairs of each kind (4)")
    given = parser.parse_args()
    {"channels": channels, "limits": limits}[given.what](given.seed, given.n)


if __name__ == "__main__":
    main()
