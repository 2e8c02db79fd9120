"""Pairs of volumes turned far or little, unrelated, and symmetric, all random.

A scene is larger than the volumes; fixed is the window in its middle, moving the same window after
the scene was turned and shifted, both with noise of their own.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

import numpy as np
from scipy import ndimage

from .registration_cases import Case, Floats, about_centre, bent, brain, grid, pet, window

MARGIN = 1.75
"""Side of a scene, as a multiple of that of the volumes."""


class Kind(NamedTuple):
    """How to make a scene, and what is done to it."""

    name: str
    scene: Callable[[int, np.random.Generator], Floats]
    metric: str = "ncc"
    noise: float = 0.05
    change: Callable[[Floats], Floats] = np.asarray
    shift: float = 0.05  # as a part of the side
    other: Callable[[int], Floats] | None = None  # scene of the second modality


def places(n: int) -> Floats:
    """Return the positions (n, n, n, 3) in a scene, from -1 to 1 in its inner volume."""
    line = np.linspace(-MARGIN, MARGIN, n)
    return np.stack(np.meshgrid(line, line, line, indexing="ij"), axis=-1)


def soft(inside: Floats, n: int) -> Floats:
    """Return 1 where `inside` is positive and 0 where it is negative, over about two voxels."""
    return np.asarray(1 / (1 + np.exp(np.clip(-inside * n / 2, -60, 60))), dtype=np.float64)


def smooth_noise(n: int, rng: np.random.Generator, width: float) -> Floats:
    """Return noise of standard deviation 1; `width` is that of its blur, as a part of the side."""
    noise = ndimage.gaussian_filter(rng.normal(size=(n, n, n)), width * n / MARGIN)
    return np.asarray(noise / noise.std(), dtype=np.float64)


def filled(inside: Floats, n: int, rng: np.random.Generator) -> Floats:
    """Return a body with a smooth texture."""
    return soft(inside, n) * (1 + 0.25 * smooth_noise(n, rng, 0.08))


def egg(n: int, rng: np.random.Generator) -> Floats:
    """Return a textured body of revolution that is thicker at one end."""
    x = places(n)
    half = np.array([0.65, 0.5 + 0.1 * rng.uniform(), 0.45])
    swollen = x[..., 1:] / (1 + 0.35 * x[..., :1])
    return filled(
        1 - np.sqrt((x[..., 0] / half[0]) ** 2 + ((swollen / half[1:]) ** 2).sum(-1)), n, rng
    )


def ellipsoid(n: int, rng: np.random.Generator) -> Floats:
    """Return a textured ellipsoid."""
    half = rng.uniform(0.4, 0.75, 3)
    return filled(1 - np.sqrt(((places(n) / half) ** 2).sum(axis=-1)), n, rng)


def box(n: int, rng: np.random.Generator) -> Floats:
    """Return a textured box."""
    half = rng.uniform(0.35, 0.65, 3)
    return filled((half - abs(places(n))).min(axis=-1), n, rng)


def blobs(n: int, rng: np.random.Generator) -> Floats:
    """Return some balls of different size and brightness."""
    x, total = places(n), np.zeros((n, n, n))
    for _ in range(int(rng.integers(5, 10))):
        distance = ((x - rng.uniform(-0.55, 0.55, 3)) ** 2).sum(axis=-1)
        total += rng.uniform(0.4, 1) * np.exp(-distance / rng.uniform(0.1, 0.25) ** 2 / 2)
    return total


def texture(n: int, rng: np.random.Generator) -> Floats:
    """Return a texture that fills the scene."""
    return 0.5 + 0.2 * (smooth_noise(n, rng, 0.06) + smooth_noise(n, rng, 0.15))


def tissue(n: int, rng: np.random.Generator) -> Floats:
    """Return a body with three kinds of content, 0 to 1."""
    classes = np.digitize(smooth_noise(n, rng, 0.09), [-0.5, 0.5]) / 4 + 0.4
    half = rng.uniform(0.5, 0.75, 3)
    return soft(1 - np.sqrt(((places(n) / half) ** 2).sum(axis=-1)), n) * classes


def head(n: int, rng: np.random.Generator | None = None) -> Floats:
    """Return the MNI brain in T1, with 1 as its brightest value."""
    return in_scene(brain("t1", 4), n)


def uptake(n: int, rng: np.random.Generator | None = None) -> Floats:
    """Return the PET-like volume of the brain."""
    return in_scene(pet(4), n)


def in_scene(volume: Floats, n: int) -> Floats:
    """Return a volume scaled into the middle of a scene of zeros, at most 1."""
    scale = max(volume.shape) / (0.95 * n / MARGIN)
    offset = (np.array(volume.shape) - 1) / 2 - (n - 1) / 2 * scale
    scaled = ndimage.affine_transform(volume, np.full(3, scale), offset, (n, n, n), order=3)
    return np.asarray(np.clip(scaled / volume.max(), 0, None), dtype=np.float64)


KINDS = (
    Kind("egg", egg),
    Kind("ellipsoid", ellipsoid, "ssd"),
    Kind("box", box),
    Kind("blobs", blobs, "ssd"),
    Kind("texture", texture),
    Kind("cut", egg, shift=0.22),
    Kind("noise 0.25", ellipsoid, noise=0.25),
    Kind("values bent", tissue, "nmi", 0.02, bent),
    Kind("values squared", blobs, change=np.square),
)

BRAINS = (
    Kind("brain", head),
    Kind("brain, PET", head, "nmi", 0.02, other=uptake),
    Kind("PET, brain", uptake, "nmi", 0.02, other=head),
)


def scene_side(size: int) -> int:
    """Return the side of the scene for volumes of this side."""
    return round(MARGIN * size)


def random_rotation(rng: np.random.Generator, low: float, high: float) -> Floats:
    """Return a rotation about a random axis by an angle between two, in degrees."""
    from scipy.spatial.transform import Rotation

    axis = rng.normal(size=3)
    angle = np.deg2rad(rng.uniform(low, high))
    return np.asarray(Rotation.from_rotvec(axis / np.linalg.norm(axis) * angle).as_matrix())


def turned(
    kind: Kind, seed: int, size: int, degrees: tuple[float, float], scale: float = 1.0
) -> Case:
    """Return a pair turned by an angle between two about a random axis, and magnified."""
    rng = np.random.default_rng([seed, round(degrees[0]), *kind.name.encode()])
    scene = kind.scene(scene_side(size), rng)
    other = kind.change(kind.other(scene_side(size)) if kind.other else scene)
    way = rng.normal(size=3)
    shift = kind.shift * size * way / np.linalg.norm(way)
    shape = (size,) * 3
    truth = about_centre(scale * random_rotation(rng, *degrees), shift, shape)
    fixed, moving = window(scene, np.eye(4), shape), window(other, truth, shape)
    noise = rng.normal(0, kind.noise, (2, *shape))
    settings = {"metric": kind.metric}
    return Case(kind.name, fixed + noise[0], moving + noise[1], settings, truth, grid(shape), 1.0)


def unrelated(seed: int, size: int) -> Iterator[tuple[str, Case]]:
    """Yield pairs of volumes that show different things, each with two metrics."""
    rng = np.random.default_rng([seed, 1])
    makes = {kind.scene.__name__: kind.scene for kind in KINDS}
    makes["noise"] = lambda n, rng: smooth_noise(n, rng, 0.08)
    names = list(makes)
    shape = (size,) * 3
    for one in names:
        for metric in ("ncc", "nmi"):
            two = names[int(rng.integers(len(names)))] if metric == "nmi" else one
            scenes = [makes[name](scene_side(size), rng) for name in (one, two)]
            turn = about_centre(random_rotation(rng, 0, 180), 0, shape)
            fixed, moving = window(scenes[0], np.eye(4), shape), window(scenes[1], turn, shape)
            noise = rng.normal(0, 0.02, (2, *shape))
            settings = {"metric": metric}
            case = Case(
                f"{one}, {two}",
                fixed + noise[0],
                moving + noise[1],
                settings,
                turn,
                grid(shape),
                1.0,
            )
            yield case.name, case


def symmetric_scenes(n: int) -> dict[str, Floats]:
    """Return bodies that look the same after some rotation."""
    x = places(n)
    round_about = np.sqrt((x[..., 1:] ** 2).sum(axis=-1))
    ring = np.hypot(round_about - 0.5, x[..., 0])
    angle = np.arctan2(x[..., 2], x[..., 1])
    return {
        "ball": soft(0.6 - np.sqrt((x**2).sum(axis=-1)), n),
        "spheroid": soft(1 - np.sqrt((x**2 / np.array([0.7, 0.4, 0.4]) ** 2).sum(axis=-1)), n),
        "ellipsoid": soft(1 - np.sqrt((x**2 / np.array([0.75, 0.55, 0.4]) ** 2).sum(axis=-1)), n),
        "cube": soft(0.5 - abs(x).max(axis=-1), n),
        "box": soft((np.array([0.65, 0.5, 0.35]) - abs(x)).min(axis=-1), n),
        "cylinder": soft(np.minimum(0.4 - round_about, 0.6 - abs(x[..., 0])), n),
        "cone": soft(np.minimum(0.3 - 0.5 * x[..., 0] - round_about, 0.6 - abs(x[..., 0])), n),
        "ring": soft(0.18 - ring, n),
        "propeller": soft(
            np.minimum(0.3 + 0.3 * np.cos(3 * angle) - round_about, 0.5 - abs(x[..., 0])), n
        ),
    }


def symmetric(seed: int, size: int) -> Iterator[tuple[str, Case]]:
    """Yield pairs of symmetric bodies, turned."""
    rng = np.random.default_rng([seed, 2])
    shape = (size,) * 3
    for name, scene in symmetric_scenes(scene_side(size)).items():
        metric: Any = ("ncc", "ssd", "nmi")[int(rng.integers(3))]
        truth = about_centre(random_rotation(rng, 0, 180), rng.uniform(-2, 2, 3), shape)
        fixed, moving = window(scene, np.eye(4), shape), window(scene, truth, shape)
        noise = rng.normal(0, 0.03, (2, *shape))
        case = Case(
            name, fixed + noise[0], moving + noise[1], {"metric": metric}, truth, grid(shape), 1.0
        )
        yield f"{name}, {metric}", case
