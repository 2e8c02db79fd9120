"""The demonstration: spheres are found and fitted, the result is printed beside the truth."""

from __future__ import annotations

import time
import warnings
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from ...blocks import BlocksResult, ComponentsResult, add_and_remove, alternate
from ...blocks.spheres.made import SHARED_GUESS, Comparison, compare, disturbed
from ...common.arrays import Array
from ...common.extras import require
from ..outputs import save_picture
from .plot import draw
from .scene import NOISE, Scene, make_scene

NAMES = ("z", "y", "x", "radius")
LARGEST = 4.0  # standard deviations of the sum of squares from what is expected
LOOPS = 40  # of the fits that are compared


@dataclass(frozen=True)
class Outcome:
    """The outcome of the demonstration.

    Attributes
    ----------
    result : ComponentsResult
    comparison : Comparison
        The result beside the truth.
    chi2, sigmas : float
        Sum of squares over residuals less parameters, and its distance from 1 in its standard
        deviations.
    seconds : float
    polish : dict of str to BlocksResult
        Fits of the spheres that were found, from a rough start.
    """

    result: ComponentsResult
    comparison: Comparison
    chi2: float
    sigmas: float
    seconds: float
    polish: dict[str, BlocksResult]

    @property
    def is_right(self) -> bool:
        """Whether all spheres were found and no others, and nothing else is left in the data."""
        is_exact = not self.comparison.missed and not self.comparison.spurious
        return is_exact and self.result.success and abs(self.sigmas) <= LARGEST


def spheres_demo(output: str | Path) -> int:
    """Find spheres in a volume, print the result beside the truth, and draw a picture.

    Parameters
    ----------
    output : str or Path
        File for the picture; the suffix selects the format.

    Returns
    -------
    int
        0 if all spheres were found and no others, otherwise 1.

    Raises
    ------
    ImportError
        Without the packages of the extra ``demo``.
    """
    for module in ("scipy.ndimage", "matplotlib"):
        require(module, extra="demo")
    scene = make_scene()
    print(introduction(scene))
    outcome = find(scene)
    print(report(outcome))
    save_picture(draw(scene, outcome), str(output))
    print(f"\nPicture: {Path(output).resolve()}")
    return 0 if outcome.is_right else 1


def find(scene: Scene) -> Outcome:
    """Find and fit the spheres."""
    start = time.perf_counter()
    result = add_and_remove(scene.model, scene.guess)
    seconds = time.perf_counter() - start
    comparison = compare(result.model, result.x, scene.truth)
    m, n = scene.model.image.size, result.x.size
    chi2 = 2.0 * result.cost / (m - n)
    polish = {
        "along the last steps as well": polished(result, along_steps=True),
        "blocks in turn only": polished(result, along_steps=False),
    }
    return Outcome(
        result, comparison, chi2, float((chi2 - 1.0) / np.sqrt(2.0 / m)), seconds, polish
    )


def polished(result: ComponentsResult, *, along_steps: bool) -> BlocksResult:
    """Fit the spheres that were found from a rough start."""
    spheres = result.model.spheres(result.x)
    rough = disturbed(np.random.default_rng(1), spheres)
    start: Array = np.concatenate((SHARED_GUESS, rough.ravel()))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", RuntimeWarning)  # out of loops: that is what is shown
        return alternate(result.model, start, loops=LOOPS, along_steps=along_steps)


def introduction(scene: Scene) -> str:
    """Return a description of the volume and of the guess."""
    n_true, n_guess = ((len(x) - len(SHARED_GUESS)) // 4 for x in (scene.truth, scene.guess))
    shape = " x ".join(map(str, scene.model.shape))
    counts = scene.counts
    return (
        f"{n_true} dark spheres in a bright volume of {shape} voxels, unevenly illuminated and "
        f"blurred,\nwith noise of {NOISE:g} of the brightness. The guess has {n_guess}: "
        f"{counts['missing']} are missing, {counts['spurious']} are spurious,\nand "
        f"{counts['pairs']} pairs are merged into one sphere each. Illumination, offset, blur and "
        "the scale of z\nare wrong, too ...\n"
    )


def report(outcome: Outcome) -> str:
    """Return the result beside the truth."""
    result, comparison = outcome.result, outcome.comparison
    rows = [
        f"{name:<10}{np.sqrt(np.mean(comparison.voxels[:, i] ** 2)):>12.4f}"
        f"{np.sqrt(np.mean(comparison.spheres[:, i] ** 2)):>12.3f}"
        for i, name in enumerate(NAMES)
    ]
    loops = "; ".join(f"{name}, {fit.loops}" for name, fit in outcome.polish.items())
    return "\n".join(
        [
            f"{len(result.added)} added, {len(result.removed)} removed in {result.rounds} rounds: "
            f"{result.n_components} spheres, {len(comparison.missed)} missed, "
            f"{len(comparison.spurious)} spurious",
            f"sum of squares / (voxels - parameters) = {outcome.chi2:.5f}, "
            f"{outcome.sigmas:+.1f} standard deviations from 1",
            "",
            f"{'':<10}{'rms error':>12}{'/ bound':>12}   (voxels; Cramér-Rao bound)",
            *rows,
            f"all parameters, made independent: {comparison.joint:.3f} of their bounds",
            "",
            f"Loops of a fit from a rough start: {loops}.",
            f"Status {result.status.name}; {outcome.seconds:.0f} s.",
        ]
    )
