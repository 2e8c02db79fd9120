"""The kinds of random pairs: a scene, a motion, what happens to either picture, and the metric.

The metric is the one that the documentation advises for such images. A kind without an answer shows
two scenes, or one that looks the same after another motion: all that is right is to say so.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from importlib.util import find_spec
from typing import Any

import numpy as np

from . import pair_changes as c
from . import pair_scenes as s
from .registration_cases import Case, Floats, about_centre, grid, window

MARGIN = 2.03
"""Side of a scene, as a multiple of that of the pictures."""


@dataclass(frozen=True)
class Kind:
    """How to make a pair.

    Attributes
    ----------
    name, metric, transform : str
    scene : Scene
        Of both pictures.
    other : Scene, optional
        Of the moving picture, if it shows the same in another modality, or something else.
    change, moving_change : Change
        What happens to the fixed picture and to the moving one.
    turn : float
        Largest rotation in degrees, either way.
    shift : tuple of float
        Least and largest shift, as a part of the side.
    has_answer : bool
    limit : float
        The mean error below which a result is right, in pixels.
    """

    name: str
    metric: str
    scene: s.Scene
    change: c.Change = c.same
    moving_change: c.Change = c.same
    other: s.Scene | None = None
    turn: float = 30.0
    shift: tuple[float, float] = (0.0, 0.12)
    transform: str = "rigid"
    has_answer: bool = True
    limit: float = 1.0


FEW, ONE_MORE = s.objects(3, 5), s.objects(8, 14)
FAR = (0.2, 0.4)
OCCLUDED = s.photograph("astronaut", "camera", "chelsea", "coffee", "coins", "brick")
SECTION_RED, SECTION_BLUE = (s.channel("immunohistochemistry", number) for number in (0, 2))

SAME_CONTRAST = (
    Kind("photo", "ssd", s.any_photo),
    Kind("photo, turned far", "ssd", s.any_photo, turn=180),
    Kind("photo, shifted far", "ssd", s.any_photo, turn=5, shift=FAR),
    Kind("photo, similarity", "ssd", s.any_photo, transform="similarity"),
    Kind("photo, affine", "ssd", s.any_photo, transform="affine", turn=15),
    Kind("texture", "ssd", s.texture),
    Kind("clouds", "ssd", s.clouds),
    Kind("few objects", "ssd", FEW),
    Kind("many objects", "ssd", ONE_MORE),
    Kind("cells", "ssd", s.cells, turn=180),
    Kind("lines", "ssd", s.lines),
    Kind("page", "ssd", s.photograph("page"), turn=10),
    Kind("noise 0.2", "ssd", s.any_photo, c.noisy(0.2), c.noisy(0.2), limit=2),
    Kind("noise 0.5", "ssd", s.any_photo, c.noisy(0.5), c.noisy(0.5), limit=3),
    Kind("few objects, noise 0.3", "ssd", FEW, c.noisy(0.3), c.noisy(0.3), limit=3),
    Kind("grains", "ssd", s.any_photo, moving_change=c.grains),
    Kind("out of focus", "ssd", s.any_photo, moving_change=c.blurred),
    Kind("dead lines", "ssd", s.any_photo, c.dark_lines, c.dark_lines),
    Kind("cropped", "ssd", s.any_photo, moving_change=c.cropped),
    Kind("a hole of 20 %", "ssd", s.any_photo, moving_change=c.missing(0.2)),
    Kind("eyepiece", "ssd", s.any_photo, c.black_outside, c.black_outside),
    Kind("covered 15 %", "ssd", OCCLUDED, moving_change=c.covered(0.15)),
    Kind("covered 30 %", "ssd", OCCLUDED, moving_change=c.covered(0.3)),
    Kind("covered 30 %, 25 %", "ssd", OCCLUDED, c.covered(0.3), c.covered(0.25)),
    Kind("covered, both in one", "ssd", OCCLUDED, moving_change=c.covered(0.3, 0.25)),
    Kind(
        "covered, textured",
        "ssd",
        OCCLUDED,
        c.covered(0.3, textured=True),
        c.covered(0.25, textured=True),
    ),
    Kind("brain slice", "ssd", s.section("t1"), turn=60),
)

OTHER_CONTRAST = (
    Kind("brightness, contrast", "ncc", s.any_photo, moving_change=c.brighter),
    Kind("gamma", "ncc", s.any_photo, moving_change=c.gamma),
    Kind("overexposed", "ncc", s.any_photo, moving_change=c.clipped),
    Kind("five greys", "ncc", s.any_photo, moving_change=c.coarse_greys),
    Kind("vignettes", "ncc", s.any_photo, c.vignette, c.vignette),
    Kind("uneven light", "ncc", s.any_photo, c.uneven, c.uneven),
    Kind("shadow", "ncc", s.any_photo, moving_change=c.shadow),
    Kind("ramp x, photo", "ncc", s.any_photo, moving_change=c.ramp_times(0.8)),
    Kind("ramp x, few objects", "ncc", FEW, moving_change=c.ramp_times(0.8)),
    Kind("ramp x both, few objects", "ncc", FEW, c.ramp_times(0.8), c.ramp_times(0.8)),
    Kind("ramp x, cells", "ncc", s.cells, c.ramp_times(0.8), c.ramp_times(0.8)),
    Kind("ramp x, texture", "ncc", s.texture, c.ramp_times(0.8), c.ramp_times(0.8)),
    Kind("ramp +, photo", "ncc", s.any_photo, moving_change=c.ramp_plus(0.7)),
    Kind("ramp +, few objects", "ncc", FEW, moving_change=c.ramp_plus(0.7)),
    Kind("ramp + both, few objects", "ncc", FEW, c.ramp_plus(0.7), c.ramp_plus(0.7)),
    Kind("ramp + both, photo", "ncc", s.any_photo, c.ramp_plus(0.7), c.ramp_plus(0.7)),
    Kind("ramp + both, cells", "ncc", s.cells, c.ramp_plus(0.7), c.ramp_plus(0.7)),
    Kind("ramp +, brain slice", "ncc", s.section("t1"), moving_change=c.ramp_plus(0.7), turn=60),
    Kind(
        "ramp +, noise 0.1",
        "ncc",
        ONE_MORE,
        c.noisy(0.1),
        c.in_turn(c.ramp_plus(0.7), c.noisy(0.1)),
        limit=2,
    ),
)

MODALITIES = (
    Kind("inverted", "nmi", s.any_photo, moving_change=c.inverted),
    Kind("bent", "nmi", s.any_photo, moving_change=c.bent_greys, limit=2),
    Kind("folded", "nmi", s.any_photo, moving_change=c.folded, limit=2),
    Kind("bent, turned far", "nmi", s.any_photo, moving_change=c.bent_greys, turn=180, limit=2),
    Kind(
        "bent, rocket or coffee, far",
        "nmi",
        s.photograph("rocket", "coffee"),
        moving_change=c.bent_greys,
        turn=5,
        shift=FAR,
        limit=2,
    ),
    Kind("bent, few objects", "nmi", FEW, moving_change=c.bent_greys, limit=2),
    Kind("bent, uneven light", "nmi", s.any_photo, c.uneven, c.bent_greys, limit=2),
    Kind(
        "bent, noise 0.2",
        "nmi",
        s.any_photo,
        c.noisy(0.2),
        c.in_turn(c.bent_greys, c.noisy(0.2)),
        limit=3,
    ),
    Kind("bent, covered 20 %", "nmi", OCCLUDED, c.covered(0.2), c.bent_greys, limit=2),
    Kind("stains", "nmi", s.stain(0), other=s.stain(2), limit=2),
    Kind("stain, red", "nmi", s.stain(0), other=SECTION_RED, limit=2),
    Kind("stain, blue", "nmi", s.stain(2), other=SECTION_BLUE, limit=2),
    Kind("section, red and blue", "nmi", SECTION_RED, other=SECTION_BLUE, limit=2),
    Kind(
        "photo, red and blue",
        "nmi",
        s.channel("astronaut", 0),
        other=s.channel("astronaut", 2),
        limit=2,
    ),
    Kind("brain slice, grey matter", "nmi", s.section("t1"), other=s.section("gm"), limit=2),
)

UNRELATED_OR_REPEATED = tuple(
    Kind(f"{name}, {metric}", metric, scene, other=other, has_answer=False, turn=180)
    for name, scene, other in (
        ("unrelated photos", s.photograph(*s.PHOTOS[:6]), s.photograph(*s.PHOTOS[6:])),
        ("unrelated textures", s.texture, s.texture),
        ("unrelated clouds", s.clouds, s.clouds),
        ("unrelated objects", FEW, FEW),
        ("unrelated cells", s.cells, s.cells),
        ("photo and objects", s.any_photo, ONE_MORE),
        ("noise", s.white, s.white),
        ("stripes", s.stripes, None),
        ("lattice", s.lattice, None),
        ("chessboard", s.chessboard, None),
        ("disc", s.disc, None),
        ("edge", s.edge, None),
    )
    for metric in ("ncc", "nmi")
)
NO_ANSWER = (
    *UNRELATED_OR_REPEATED,
    Kind("unrelated, ramps", "ncc", FEW, c.ramp_plus(0.7), c.ramp_plus(0.7), FEW, has_answer=False),
    Kind("unrelated, ssd", "ssd", s.any_photo, other=s.texture, has_answer=False),
    Kind(
        "unrelated, covered",
        "ssd",
        s.photograph("astronaut", "coins"),
        c.covered(0.3),
        c.covered(0.25),
        s.photograph("chelsea", "brick"),
        has_answer=False,
    ),
)

NEEDS_NILEARN = ("brain slice", "ramp +, brain slice", "brain slice, grey matter")


def kinds() -> tuple[Kind, ...]:
    """Return all kinds whose images are installed."""
    every = (*SAME_CONTRAST, *OTHER_CONTRAST, *MODALITIES, *NO_ANSWER)
    if find_spec("nilearn"):
        return every
    return tuple(kind for kind in every if kind.name not in NEEDS_NILEARN)


def motion(kind: Kind, size: int, rng: np.random.Generator) -> Floats:
    """Return a random motion, between indices."""
    angle = np.deg2rad(rng.uniform(-kind.turn, kind.turn))
    linear = np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
    if kind.transform == "similarity":
        linear = rng.uniform(0.85, 1.18) * linear
    elif kind.transform == "affine":
        linear = linear @ (np.eye(2) + rng.uniform(-0.06, 0.06, (2, 2)))
    way, part = rng.uniform(0, 2 * np.pi), rng.uniform(*kind.shift)
    shift = part * size * np.array([np.sin(way), np.cos(way)])
    return about_centre(linear, shift, (size, size))


def pair(kind: Kind, seed: int, size: int) -> Case:
    """Return a random pair of a kind; noise of 0.02 is in both pictures."""
    draws = [np.random.default_rng([seed, part, *kind.name.encode()]) for part in range(4)]
    n, shape = round(MARGIN * size), (size, size)
    scene = kind.scene(n, draws[0])
    # Two modalities are drawn alike, so that both show the same part; other scenes are not.
    again = np.random.default_rng([seed, 0 if kind.has_answer else 4, *kind.name.encode()])
    other = kind.other(n, again) if kind.other else scene
    truth = motion(kind, size, draws[1])
    fixed = kind.change(window(scene, np.eye(3), shape), draws[2])
    moving = kind.moving_change(window(other, truth, shape), draws[3])
    fixed, moving = (im + draws[1].normal(0, 0.02, im.shape) for im in (fixed, moving))
    corner = (np.array(shape) - moving.shape) / 2
    truth[:-1, -1] -= corner
    settings: dict[str, Any] = {"metric": kind.metric, "transform": kind.transform}
    return Case(kind.name, fixed, moving, settings, truth, grid(shape), kind.limit)


def pairs(n: int, seed: int, size: int, names: str = "") -> Iterator[tuple[Kind, Case]]:
    """Yield n pairs, one of each kind in turn; `names` are words in the names of the kinds."""
    chosen = [kind for kind in kinds() if names in kind.name]
    for k in range(n):
        kind = chosen[k % len(chosen)]
        yield kind, pair(kind, 1000 * seed + k // len(chosen), size)
