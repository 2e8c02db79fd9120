"""Registration as in the seventh chapter of *Elegant SciPy*, each figure drawn, with this package.

1. The cost of all shifts along the rows, of a photograph against itself: as it is, smoothed, and on
   each level of the pyramid. A descent ends in the nearest of the minima; coarser means fewer.
2. "Funnel or trap": the cost of all rotations, at each level, by three metrics.
3. The photograph turned by 60 degrees, registered.
4. MRI against PET: the MNI brain, and a volume like PET made of its grey and white matter, as no
   real one can be shipped. Turned, shifted, blurred and noisy.
5. Two tricky images: contrast bent, so that two greys become one, and a ramp of light in either,
   in another direction. The information that one has about the other is largest where the ramps
   match; weighted by the similarity of the gradients it is largest at 60 degrees.
   Without the ramps information alone finds the place as well, and `register` finds it by either
   metric, as it weights information by gradients on the way.

Writes five pictures into the folder ``elegant_registration`` (or the one given) and prints

    shifted by 48 columns     minima   lowest at
    as it is                       8          48
    smoothed                       2          48
    level 1                        5          48
    level 2                        3          48
    level 3                        2          48
    turned by 60 degrees                 ssd           nmi         pluim
    minima on level 0              13, at 60     12, at 60     18, at 60
    minima on level 1               9, at 60     11, at 60     23, at 60
    minima on level 2               9, at 60     19, at 60     16, at 60
    minima on level 3               6, at 60     16, at 60     12, at 60
    photograph                60.00 degrees, SUCCESS
    MRI to PET                less than 1 mm off, SUCCESS
    tricky: lowest at                    nmi         pluim
    level 3                             -148            60
    level 2                             -148            60
    register, nmi             60.0 degrees
    register, pluim           60.0 degrees

Needs ``pip install ".[demo]" nibabel nilearn``.

References
----------
J. Nunez-Iglesias, S. van der Walt, H. Dashnow, Elegant SciPy, O'Reilly 2017, chapter 7.
"""

from __future__ import annotations

import sys
from importlib import resources
from pathlib import Path
from typing import Any

import nibabel
import numpy as np
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from scipy import ndimage
from skimage import color, data

from minimizer.registration import RegistrationCost, register

DEGREES, COLUMNS = 60.0, 48
SIZE = 256
METRICS = {"ssd": "squared difference", "nmi": "information", "pluim": "weighted by gradients"}


def half(image: np.ndarray) -> np.ndarray:
    """Return the means of blocks of two by two."""
    return (image[::2, ::2] + image[1::2, ::2] + image[::2, 1::2] + image[1::2, 1::2]) / 4


def turned(scene: np.ndarray, degrees: float, shape: tuple[int, ...]) -> np.ndarray:
    """Return what a window in the middle of a scene shows after the scene was turned."""
    c, s = np.cos(np.deg2rad(degrees)), np.sin(np.deg2rad(degrees))
    back = np.array([[c, s], [-s, c]])
    middle, centre = (np.array(scene.shape) - 1) / 2, (np.array(shape) - 1) / 2
    return ndimage.affine_transform(scene, back, middle - back @ centre, output_shape=shape)


def count_minima(values: np.ndarray, around: bool = False) -> int:
    """Return the number of local minima of a curve, or of one that closes."""
    if around:
        return int(((values < np.roll(values, 1)) & (values < np.roll(values, -1))).sum())
    return int(((values[1:-1] < values[:-2]) & (values[1:-1] < values[2:])).sum())


def empty(columns: int) -> tuple[Figure, Any]:
    """Return a figure that needs no display, and its axes."""
    figure = Figure(figsize=(3.6 * columns, 3.0), dpi=70, layout="constrained")
    FigureCanvasAgg(figure)
    return figure, np.atleast_1d(figure.subplots(1, columns))


def sweep_shifts(photo: np.ndarray, folder: Path) -> None:
    """Draw the cost of all shifts along the rows."""
    moving = np.full(photo.shape, np.nan)
    moving[:, COLUMNS:] = photo[:, :-COLUMNS]
    figure, axes = empty(2)
    print(f"{f'shifted by {COLUMNS} columns':<26}{'minima':>6}{'lowest at':>12}")
    curves: list[tuple[Any, str, dict[str, Any]]] = [
        (axes[0], "as it is", {}),
        (axes[0], "smoothed", {"smoothing": 6.0}),
        *((axes[1], f"level {level}", {"level": level}) for level in range(1, 4)),
    ]
    for ax, name, settings in curves:
        shifts = np.arange(-144, 145, 2 ** settings.get("level", 0))
        cost = RegistrationCost(photo, moving, "translation", min_overlap=0.3, **settings)
        values = np.array([cost([0, shift]) for shift in shifts])
        lowest = int(shifts[int(np.nanargmin(values))])
        print(f"{name:<26}{count_minima(values):>6}{lowest:>12}")
        ax.plot(shifts, values, lw=1, label=name)
    for ax in axes:
        ax.axvline(COLUMNS, color="0.6", lw=0.8)
        ax.set_xlabel("shift, columns")
        ax.legend(fontsize=7)
    figure.savefig(folder / "1_shifts.png")


def sweep_turns(
    fixed: np.ndarray, moving: np.ndarray, metrics: tuple[str, ...], levels: range, path: Path
) -> dict[tuple[str, int], tuple[int, float]]:
    """Draw the cost of all rotations; return how many minima it has, and where the lowest is."""
    figure, axes = empty(len(metrics))
    degrees = np.arange(-180, 180, 4.0)
    found = {}
    for ax, metric in zip(axes, metrics, strict=True):
        for level in levels:
            cost = RegistrationCost(fixed, moving, metric=metric, level=level, smoothing=0.7)
            at = (cost.transform.params_of(turn(angle, fixed.shape)) for angle in degrees)
            values = np.array([cost(params) for params in at])
            lowest = float(degrees[int(np.nanargmin(values))])
            found[metric, level] = count_minima(values, around=True), lowest
            scaled = (values - np.nanmin(values)) / np.ptp(values)
            ax.plot(degrees, scaled, lw=1, label=" x ".join(map(str, cost.shape)))
        ax.axvline(DEGREES, color="0.6", lw=0.8)
        ax.set_title(METRICS[metric], fontsize=9)
        ax.set_xlabel("rotation, degrees")
        ax.legend(fontsize=6)
    figure.savefig(path)
    return found


def turn(degrees: float, shape: tuple[int, ...]) -> np.ndarray:
    """Return the matrix of a rotation about the centre."""
    c, s = np.cos(np.deg2rad(degrees)), np.sin(np.deg2rad(degrees))
    centre = (np.array(shape) - 1) / 2
    matrix = np.eye(3)
    matrix[:2, :2] = [[c, -s], [s, c]]
    matrix[:2, 2] = centre - matrix[:2, :2] @ centre
    return matrix


def funnel_or_trap(photo: np.ndarray, moving: np.ndarray, folder: Path) -> None:
    """Draw and print the rotations by three metrics."""
    levels = range(4)
    found = sweep_turns(photo, moving, tuple(METRICS), levels, folder / "2_funnel_or_trap.png")
    print(f"{'turned by 60 degrees':<26}" + "".join(f"{metric:>14}" for metric in METRICS))
    for level in levels:
        cells = [found[metric, level] for metric in METRICS]
        words = "".join(f"{f'{count}, at {lowest:.0f}':>14}" for count, lowest in cells)
        print(f"{f'minima on level {level}':<26}{words}")


def register_photo(photo: np.ndarray, moving: np.ndarray, folder: Path) -> None:
    """Register the turned photograph, and draw the result."""
    result = register(photo, moving)
    print(f"photograph                {result.angle:.2f} degrees, {result.status.name}")
    figure, axes = empty(3)
    for ax, image in zip(axes, (photo, moving, result.warp(moving)), strict=True):
        ax.imshow(image, cmap="gray")
        ax.axis("off")
    figure.savefig(folder / "3_photograph.png")


def brain(name: str) -> np.ndarray:
    """Return a map of the MNI brain, every 4 mm."""
    place = resources.files("nilearn") / "datasets" / "data"
    path = place / f"mni_icbm152_{name}_tal_nlin_sym_09a_converted.nii.gz"
    volume = np.asarray(nibabel.load(str(path)).dataobj, dtype=np.float64)
    return ndimage.gaussian_filter(volume / volume.max(), 1.6)[::4, ::4, ::4]


def register_brain(folder: Path) -> None:
    """Register MRI and the PET-like volume, and draw a slice of each."""
    mri, uptake = brain("t1"), 4 * brain("gm") + brain("wm")
    c, s = np.cos(np.deg2rad(25)), np.sin(np.deg2rad(25))
    true = np.eye(4)
    true[:3, :3] = np.array([[c, -s, 0], [s, c, 0], [0, 0, 1]])
    centre = (np.array(mri.shape) - 1) / 2
    true[:3, 3] = centre - true[:3, :3] @ centre + [3, -2, 1]
    back = np.linalg.inv(true)
    pet = ndimage.affine_transform(ndimage.gaussian_filter(uptake, 0.7), back[:3, :3], back[:3, 3])
    pet += np.random.default_rng(0).normal(0, 0.1, pet.shape)
    result = register(mri, pet, metric="nmi", spacing=4.0)
    inside = np.argwhere(mri > 0.2 * mri.max())
    there = np.column_stack([inside, np.ones(len(inside))])
    off = 4 * np.linalg.norm(there @ (result.matrix - true).T, axis=1).mean()
    right = "less than 1 mm off" if off < 1 else f"{off:.0f} mm off"
    print(f"MRI to PET                {right}, {result.status.name}")
    figure, axes = empty(3)
    for ax, volume in zip(axes, (mri, pet, result.warp(pet, order=1)), strict=True):
        ax.imshow(volume[:, :, volume.shape[2] // 2].T, cmap="gray", origin="lower")
        ax.axis("off")
    figure.savefig(folder / "4_brain.png")


def tricky(scene: np.ndarray, folder: Path) -> None:
    """Draw the rotations of two images that information alone does not align."""
    shape = (SIZE, SIZE)
    noise = np.random.default_rng(0).normal(0, 0.05, (2, *shape))
    ramp = np.indices(shape)[1] / (SIZE - 1) - 0.5
    moving = turned(scene, DEGREES, shape)
    bent = 1 - moving + 0.3 * np.sin(2.2 * np.pi * moving)
    fixed = turned(scene, 0, shape) + 0.8 * ramp.T + noise[0]
    moving = bent + 1.5 * ramp + noise[1]
    path = folder / "5_tricky.png"
    found = sweep_turns(fixed, moving, ("nmi", "pluim"), range(3, 1, -1), path)
    print(f"{'tricky: lowest at':<26}{'nmi':>14}{'pluim':>14}")
    for level in range(3, 1, -1):
        cells = "".join(f"{found[metric, level][1]:>14.0f}" for metric in ("nmi", "pluim"))
        print(f"{f'level {level}':<26}{cells}")
    for metric in ("nmi", "pluim"):
        result = register(fixed, moving, metric=metric)
        doubt = ", ambiguous" if result.ambiguous else ""
        print(f"{f'register, {metric}':<26}{result.angle:.1f} degrees{doubt}")


def main(folder: str = "elegant_registration") -> None:
    """Draw and print everything."""
    pictures = Path(folder)
    pictures.mkdir(exist_ok=True)
    photo = half(color.rgb2gray(data.astronaut()))
    moving = turned(photo, DEGREES, photo.shape)
    noise = np.random.default_rng(0).normal(0, np.sqrt(1e-3), photo.shape)
    sweep_shifts(photo, pictures)
    funnel_or_trap(photo, moving + noise, pictures)
    register_photo(photo, moving + noise, pictures)
    register_brain(pictures)
    tricky(color.rgb2gray(data.astronaut()), pictures)


if __name__ == "__main__":
    main(*sys.argv[1:2])
