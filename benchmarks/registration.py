"""Registration: ``python -m benchmarks.registration [cases|capture|cost|speed]``, see ``--help``.

``cases``: error and time of each known case; with ``--peers`` beside those of elastix and ANTs
(extra ``bench``). ``capture``: how many random cases are found, at each rotation and shift, for one
modality and for two. ``cost``: time of an evaluation beside the usual recipe (cubic warp,
histogramdd, two gradients), in one run. ``speed``: error, CPU time and memory of the known cases
and of larger images, on one thread; with ``--before PATH`` beside another checkout, in turns.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Callable, Iterator, Sequence
from typing import Any

import numpy as np
from scipy import ndimage

from minimizer.registration import RegistrationCost, register

from .registration_cases import (
    Case,
    Floats,
    bent,
    error,
    flat_cases,
    grid,
    photo,
    plane,
    solid_cases,
    window,
)
from .registration_peers import installed
from .registration_speed import compare

PHOTOS = (
    "astronaut",
    "camera",
    "coins",
    "chelsea",
    "coffee",
    "moon",
    "page",
    "immunohistochemistry",
    "grass",
    "gravel",
)
IMAGES = "capture: functions of skimage.data that return photographs (ten of them)"
ROTATIONS = (10, 20, 30, 40, 50, 60, 70, 80, 90, 120, 150, 180)
SHIFTS = (5, 10, 15, 20, 25, 30, 35, 40)


GOOD = {2: 1.0, 3: 2.0}
"""A registration succeeds with a mean error below this, in pixels, or millimetres in 3-D."""


def ours(case: Case) -> Floats:
    """Register, and return the matrix."""
    return register(case.fixed, case.moving, **case.settings).matrix


def run(case: Case) -> str:
    """Register a case and return a line of the table."""
    start = time.perf_counter()
    result = register(case.fixed, case.moving, **case.settings)
    seconds = time.perf_counter() - start
    found = error(case, result.matrix)
    verdict = "ok" if found < case.limit else "FAILS"
    return (
        f"{case.name:<22}{found:>10.4f}{case.limit:>7g}  {verdict:<6}{seconds:>7.2f} s  "
        f"{result.status.name:<10}{'ambiguous' if result.ambiguous else '':<11}{result.doubt:.2f}"
    )


def cases() -> None:
    """Print error and time of each case."""
    print(f"{'case':<22}{'error':>10}{'limit':>7}")
    for make in (*flat_cases(), *solid_cases()):
        print(run(make()), flush=True)


def beside_peers() -> None:
    """Print a Markdown table with error and time of this package and of others.

    Each registers twice, and the second time counts: the first one loads compiled functions.
    """
    methods = {"minimizer": ours, **installed()}
    found = dict.fromkeys(methods, 0)
    print("| case | " + " | ".join(methods) + " |\n|---|" + "---:|" * len(methods))
    makes = (*flat_cases(), *solid_cases())
    for make in makes:
        case = make()
        cells = []
        for name, method in methods.items():
            method(case)
            start = time.perf_counter()
            distance = error(case, method(case))
            seconds = time.perf_counter() - start
            is_good = distance < GOOD[case.fixed.ndim]
            found[name] += is_good
            text = f"{distance:.3f}" if is_good else f"**{distance:.0f}**"
            cells.append(f"{text}, {seconds:.1f} s")
        print(f"| {case.name} | " + " | ".join(cells) + " |", flush=True)
    counts = " | ".join(f"{count} of {len(makes)}" for count in found.values())
    print(f"| found | {counts} |")


def random_cases(
    kind: str, amount: float, seed: int, n: int, modalities: int, images: Sequence[str] = PHOTOS
) -> Iterator[Case]:
    """Yield random windows, 256 x 256, of photographs: turned, or shifted by part of the width."""
    rng = np.random.default_rng([seed, round(amount), kind == "rotation", modalities])
    size = 256
    for _ in range(n):
        scene = photo(images[int(rng.integers(len(images)))])
        scene = ndimage.zoom(scene, max(1.0, 520 / min(scene.shape)), order=1)
        way = rng.uniform(0, 2 * np.pi)
        if kind == "rotation":
            degrees, shift = amount * rng.choice([-1, 1]), rng.uniform(-0.05, 0.05, 2) * size
        else:
            degrees = rng.uniform(-5, 5)
            shift = amount / 100 * size * np.array([np.sin(way), np.cos(way)])
        truth = plane(degrees, shift, (size, size))
        fixed, moving = window(scene, np.eye(3), (size, size)), window(scene, truth, (size, size))
        settings = {}
        if modalities == 2:
            moving, settings = bent(moving), {"metric": "nmi"}
        noise = rng.normal(0, 0.02, (2, size, size))
        points = grid((size, size))
        yield Case(kind, fixed + noise[0], moving + noise[1], settings, truth, points, 1.0)


def capture(seed: int, n: int, images: Sequence[str]) -> None:
    """Print how many random cases are found."""
    for modalities in (1, 2):
        for kind, amounts in (("rotation", ROTATIONS), ("shift", SHIFTS)):
            for amount in amounts:
                start = time.perf_counter()
                results = [
                    (error(case, result.matrix), result.ambiguous)
                    for case in random_cases(kind, amount, seed, n, modalities, images)
                    for result in [register(case.fixed, case.moving, **case.settings)]
                ]
                found = sum(distance < 1 for distance, _ in results)
                false = sum(distance >= 1 and not doubt for distance, doubt in results)
                middle = float(np.median([distance for distance, _ in results]))
                print(
                    f"{modalities} modalities, {kind} {amount:>3}: {found:>3} of {n}, "
                    f"{false} wrong without a warning, median error {middle:.3f} px, "
                    f"{(time.perf_counter() - start) / n:.2f} s each",
                    flush=True,
                )


def usual(metric: str, fixed: Floats, moving: Floats, matrix: Floats) -> float:
    """Return the cost as it is usually written: everything made anew."""
    warped = ndimage.affine_transform(moving, matrix, order=3, cval=np.nan)
    inside = np.isfinite(warped)
    if metric in ("ssd", "ncc"):
        return float(np.mean((fixed[inside] - warped[inside]) ** 2))
    counts, _ = np.histogramdd(np.stack([fixed[inside], warped[inside]], axis=1), bins=100)
    p = counts / counts.sum()

    def entropy(q: Floats) -> float:
        return float(-(q[q > 0] * np.log(q[q > 0])).sum())

    value = -(entropy(p.sum(0)) + entropy(p.sum(1))) / entropy(p)
    if metric == "nmi":
        return value
    slopes: Any = (np.gradient(fixed), np.gradient(warped))
    f, m = (np.stack(slope) for slope in slopes)
    norms = np.linalg.norm(f, axis=0), np.linalg.norm(m, axis=0)
    with np.errstate(invalid="ignore", divide="ignore"):
        angle = np.arccos((f * m).sum(axis=0) / (norms[0] * norms[1]))
        similarity = (np.cos(2 * angle) + 1) / 2 * np.minimum(*norms)
    return value * float(np.nansum(similarity))


def best_of(function: Callable[[], object], n: int) -> float:
    """Return the shortest of some times in milliseconds."""
    times = []
    for _ in range(n):
        start = time.perf_counter()
        function()
        times.append(time.perf_counter() - start)
    return 1e3 * min(times)


def cost() -> None:
    """Print the time of an evaluation beside the usual recipe's."""
    rng = np.random.default_rng(0)
    for shape in ((512, 512), (91, 109, 91)):
        fixed, moving = (ndimage.gaussian_filter(rng.random(shape), 2) for _ in range(2))
        for metric in ("ssd", "ncc", "nmi", "pluim"):
            function = RegistrationCost(fixed, moving, metric=metric)
            params = np.linspace(1, 2, function.n_params)
            matrix = function.transform.matrix(params)
            function(params)
            ours = best_of(lambda f=function, p=params: f(p), 15)  # type: ignore[misc]
            theirs = best_of(
                lambda m=metric, a=fixed, b=moving, t=matrix: usual(m, a, b, t),  # type: ignore[misc]
                3,
            )
            size = " x ".join(map(str, shape))
            print(f"{size:<14}{metric:<6}{ours:>8.2f} ms{theirs:>9.1f} ms{theirs / ours:>7.1f} x")


def main() -> None:
    """Print what is asked for."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.registration", description=__doc__)
    parser.add_argument("what", choices=("cases", "capture", "cost", "speed"))
    parser.add_argument("--seed", type=int, default=0, help="of the random cases (0)")
    parser.add_argument("--n", type=int, default=20, help="random cases each, or turns (20)")
    parser.add_argument("--peers", action="store_true", help="cases: elastix and ANTs beside")
    parser.add_argument("--images", nargs="+", default=PHOTOS, metavar="NAME", help=IMAGES)
    parser.add_argument("--before", metavar="PATH", help="speed: another checkout")
    parser.add_argument("--only", nargs="+", metavar="TEXT", help="speed: parts of cases' names")
    given = parser.parse_args()
    if given.what == "cases":
        beside_peers() if given.peers else cases()
    elif given.what == "capture":
        capture(given.seed, given.n, given.images)
    elif given.what == "speed":
        compare(given.before, given.n, given.only)
    else:
        cost()


if __name__ == "__main__":
    main()
