"""The cases of registration, with known truth, from images that come in wheels.

Every case returns the images, the settings for `register`, and the true matrix from fixed to moving
index. The moving image is made by resampling a larger scene (or the volume) with cubic splines.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from importlib import resources
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

Floats = NDArray[np.float64]


class Case(NamedTuple):
    """Two images, how to register them, and the truth; `points` (k, ndim) are where it counts."""

    name: str
    fixed: Floats
    moving: Floats
    settings: dict[str, Any]
    truth: Floats
    points: Floats
    limit: float  # of the mean error, in pixels, or in units of the spacing


def error(case: Case, matrix: Floats) -> float:
    """Return the mean distance between true and found places, in pixels or spacing units."""
    spacing = np.append(np.asarray(case.settings.get("spacing", 1.0)) * np.ones(case.fixed.ndim), 0)
    homogeneous = np.column_stack([case.points, np.ones(len(case.points))])
    difference = homogeneous @ (matrix - case.truth).T * spacing
    return float(np.linalg.norm(difference, axis=1).mean())


def photo(name: str) -> Floats:
    """Return a photograph of scikit-image in grey, 0 to 1."""
    from skimage import color, data

    image = getattr(data, name)()
    return np.asarray(color.rgb2gray(image) if image.ndim == 3 else image / 255.0, np.float64)


def plane(degrees: float, shift: Any, shape: tuple[int, ...], stretch: Any = None) -> Floats:
    """Return the matrix of a rotation about the centre and a shift, of index."""
    c, s = np.cos(np.deg2rad(degrees)), np.sin(np.deg2rad(degrees))
    linear = np.array([[c, -s], [s, c]])
    return about_centre(linear if stretch is None else linear @ np.asarray(stretch), shift, shape)


def about_centre(linear: Floats, shift: Any, shape: tuple[int, ...]) -> Floats:
    """Return the matrix of a linear map about the centre of an image, and a shift."""
    n = len(shape)
    centre = (np.array(shape) - 1) / 2
    matrix = np.eye(n + 1)
    matrix[:n, :n] = linear
    matrix[:n, n] = centre - linear @ centre + shift
    return matrix


def window(scene: Floats, truth: Floats, shape: tuple[int, ...], order: int = 3) -> Floats:
    """Return what a window in the middle of a scene shows after the scene was moved."""
    offset = np.floor((np.array(scene.shape) - shape) / 2)
    back = np.linalg.inv(truth)
    place = offset + back[:-1, -1]
    return np.asarray(
        ndimage.affine_transform(
            scene, back[:-1, :-1], place, output_shape=shape, order=order, mode="mirror"
        )
    )


def bent(image: Floats) -> Floats:
    """Return the contrast inverted, and bent so that two greys become one."""
    return np.asarray(1 - image + 0.3 * np.sin(2.2 * np.pi * image), dtype=np.float64)


def grid(shape: tuple[int, ...]) -> Floats:
    """Return some points all over an image."""
    return np.asarray(np.indices(shape).reshape(len(shape), -1).T[::7], dtype=np.float64)


def two(
    name: str,
    scene: Floats,
    other: Floats,
    truth: Floats,
    shape: tuple[int, ...],
    noise: float,
    limit: float,
    **settings: Any,
) -> Case:
    """Return a case in the plane: a window of a scene, and one of another, moved."""
    rng = np.random.default_rng(len(name))
    fixed, moving = window(scene, np.eye(3), shape), window(other, truth, shape)
    return Case(
        name,
        fixed + rng.normal(0, noise, shape),
        moving + rng.normal(0, noise, shape),
        settings,
        truth,
        grid(shape),
        limit,
    )


def flat_cases() -> Iterator[Callable[[], Case]]:
    """Yield the cases in two dimensions."""
    yield turned_astronaut
    for transform in ("translation", "rigid"):
        yield lambda transform=transform: shifted_astronaut(transform)  # type: ignore[misc]
    stretch = [[1.05, 0.03], [-0.02, 0.96]]
    inner = (384, 384)

    def camera(*arguments: Any, **settings: Any) -> Case:
        name, truth, other, noise, limit = arguments
        scene = photo("camera")
        return two(name, scene, other(scene), truth, inner, noise, limit, **settings)

    def same(image: Floats) -> Floats:
        return image

    yield lambda: camera("c camera", plane(5, (7.3, -11.6), inner), same, 0.02, 0.1)
    yield lambda: two(
        "c coins",
        photo("coins"),
        photo("coins"),
        plane(-8, (-6.4, 9.1), (224, 288)),
        (224, 288),
        0.02,
        0.1,
    )
    yield lambda: camera(
        "d camera bent", plane(7, (4.0, -6.0), inner), bent, 0.02, 0.5, metric="nmi"
    )
    yield lambda: ihc("d ihc", plane(-6, (5.0, 8.0), inner), metric="nmi")
    yield slice_case
    yield lambda: camera(
        "g camera affine",
        plane(4, (6.0, -9.0), inner, stretch),
        same,
        0.02,
        0.1,
        transform="affine",
    )
    yield lambda: ihc(
        "g ihc affine", plane(4, (6.0, -9.0), inner, stretch), metric="nmi", transform="affine"
    )


def turned_astronaut() -> Case:
    """Return the demo's case: turned by 60 degrees, black corners, noise."""
    from skimage import transform as module

    transform: Any = module

    fixed = photo("astronaut")
    turned = transform.rotate(fixed, 60, order=3)
    moving = turned + np.random.default_rng(0).normal(0, np.sqrt(1e-3), fixed.shape)
    truth = plane(60, (0, 0), fixed.shape)
    return Case("a astronaut 60", fixed, moving, {}, truth, grid(fixed.shape), 0.1)


def shifted_astronaut(transform: str) -> Case:
    """Return the photograph and itself, shifted by -340 columns; what comes in is missing."""
    fixed = photo("astronaut")
    moving = np.full(fixed.shape, np.nan)
    moving[:, :-340] = fixed[:, 340:]
    truth = plane(0, (0, -340), fixed.shape)
    settings = {"transform": transform}
    name = f"b shifted, {transform}"
    return Case(name, fixed, moving, settings, truth, grid(fixed.shape), 0.1)


def ihc(name: str, truth: Floats, **settings: Any) -> Case:
    """Return the red against the blue channel."""
    from skimage import data as module

    data: Any = module
    image = data.immunohistochemistry() / 255.0
    return two(name, image[..., 0], image[..., 2], truth, (384, 384), 0.0, 0.5, **settings)


def brain(name: str, step: int) -> Floats:
    """Return a map of the MNI brain, every `step` millimetres."""
    import nibabel

    place = resources.files("nilearn") / "datasets" / "data"
    path = place / f"mni_icbm152_{name}_tal_nlin_sym_09a_converted.nii.gz"
    volume = np.asarray(nibabel.load(str(path)).dataobj, dtype=np.float64)  # type: ignore[attr-defined]
    smoothed = ndimage.gaussian_filter(volume, 0.4 * step) if step > 1 else volume
    return np.asarray(smoothed[::step, ::step, ::step])


def pet(step: int, seed: int = 0) -> Floats:
    """Return a PET-like volume: uptake 4 to 1 in grey and white matter, 7 mm blur, noise."""
    activity = ndimage.gaussian_filter(4 * brain("gm", step) + brain("wm", step), 7 / 2.355 / step)
    noise = ndimage.gaussian_filter(
        np.random.default_rng(seed).normal(size=activity.shape), 3 / step
    )
    spread = np.sqrt(np.maximum(activity, 0) / activity.max()) * 0.1 * activity.max()
    return np.asarray(activity + noise / noise.std() * spread)


def slice_case() -> Case:
    """Return a slice of the brain against a PET-like one."""
    t1, activity = brain("t1", 1)[:, :, 90], pet(1)[:, :, 90]
    shape = t1.shape
    truth = plane(12, (10, -9), shape)
    rng = np.random.default_rng(1)
    fixed = t1 / t1.max() + rng.normal(0, 0.02, shape)
    points = np.argwhere(t1 > 0.2 * t1.max()).astype(np.float64)
    moving = window(activity, truth, shape, 1)
    return Case("d T1 to PET slice", fixed, moving, {"metric": "nmi"}, truth, points, 0.5)


def solid(
    name: str, kind: str, angles: Any, shift: Any, bias: bool = False, **settings: Any
) -> Case:
    """Return a volume case at 2 mm: Euler angles in degrees, shift in millimetres."""
    from scipy.spatial.transform import Rotation

    fixed = brain("t1", 2)
    fixed = fixed / fixed.max()
    shape = fixed.shape
    linear = Rotation.from_euler("xyz", angles, degrees=True).as_matrix()
    if settings.get("transform") == "affine":
        linear = linear @ np.array([[1.05, 0.02, 0], [0, 0.96, 0.03], [-0.02, 0, 1.03]])
    truth = about_centre(linear, np.asarray(shift) / 2, shape)
    moving = window(fixed if kind == "t1" else pet(2), truth, shape, 3 if kind == "t1" else 1)
    rng = np.random.default_rng(2)
    if bias:
        moving = moving * (1 + 0.2 * np.linspace(-1, 1, shape[0])[:, None, None])
    points = np.argwhere(fixed > 0.2)[::50].astype(np.float64)
    noisy = [fixed + rng.normal(0, 0.02, shape), moving]
    if kind == "t1":
        noisy[1] = moving + rng.normal(0, 0.02, shape)
    return Case(name, noisy[0], noisy[1], settings | {"spacing": 2.0}, truth, points, 0.3)


def solid_cases() -> Iterator[Callable[[], Case]]:
    """Yield the cases in three dimensions."""
    yield lambda: solid("e T1 small", "t1", (6, -4, 8), (7, -9, 5))
    yield lambda: solid(
        "e T1 large, bias", "t1", (18, -12, 22), (18, -14, 12), True, metric="pluim"
    )
    yield lambda: solid("f T1 to PET small", "pet", (-5, 7, 9), (-8, 6, 9), metric="nmi")
    yield lambda: solid("f T1 to PET large", "pet", (-16, 14, 20), (-15, 12, 16), metric="nmi")
    yield lambda: solid("g T1 affine", "t1", (6, -4, 8), (7, -9, 5), transform="affine")
