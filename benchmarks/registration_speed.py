"""CPU time, error and memory of registrations on one thread, beside another state of the package.

Each state runs in a process of its own; they take turns, case by case, so that both meet the same
machine. The images are the known cases, and larger ones.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
from scipy import ndimage

from .registration_cases import (
    Case,
    about_centre,
    bent,
    brain,
    error,
    flat_cases,
    pet,
    photo,
    plane,
    solid_cases,
    two,
    window,
)

HERE = Path(__file__).resolve().parent
ONE_THREAD = {"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1", "NUMBA_NUM_THREADS": "1"}


def large_photo(side: int, metric: str) -> Case:
    """Return a photograph with `side` squared pixels, turned by 5 degrees and shifted."""
    scene = ndimage.zoom(photo("astronaut"), 1.3 * side / 512, order=3)
    other = bent(scene) if metric == "nmi" else scene
    truth, shape = plane(5, (0.02 * side, -0.03 * side), (side, side)), (side, side)
    return two(f"{side}², {metric}", scene, other, truth, shape, 0.02, 1.0, metric=metric)


def large_brain(metric: str) -> Case:
    """Return a brain of 1 mm, turned by about 11 degrees; a PET-like volume beside it for nmi."""
    from scipy.spatial.transform import Rotation

    fixed = brain("t1", 1)
    fixed = fixed / fixed.max()
    linear = Rotation.from_euler("xyz", (6, -4, 8), degrees=True).as_matrix()
    truth = about_centre(linear, np.array([7.0, -9.0, 5.0]), fixed.shape)
    moving = window(pet(1) if metric == "nmi" else fixed, truth, fixed.shape, 3)
    rng = np.random.default_rng(2)
    points = np.argwhere(fixed > 0.2)[::500].astype(np.float64)
    fixed = fixed + rng.normal(0, 0.02, fixed.shape)
    if metric != "nmi":
        moving = moving + rng.normal(0, 0.02, fixed.shape)
    name = f"{' x '.join(map(str, fixed.shape))}, {metric}"
    return Case(name, fixed, moving, {"metric": metric}, truth, points, 1.0)


def all_cases() -> Iterator[Callable[[], Case]]:
    """Yield the known cases, then the larger ones."""
    yield from flat_cases()
    yield from solid_cases()
    for side, metric in ((2048, "ssd"), (2048, "ncc"), (2048, "nmi"), (4096, "ssd")):
        yield lambda side=side, metric=metric: large_photo(side, metric)  # type: ignore[misc]
    for metric in ("ssd", "ncc", "nmi"):
        yield lambda metric=metric: large_brain(metric)  # type: ignore[misc]


class Worker:
    """A process that registers with the package of one checkout."""

    def __init__(self, root: Path) -> None:
        environment = os.environ | ONE_THREAD | {"PYTHONPATH": str(root)}
        self._process = subprocess.Popen(
            [sys.executable, str(HERE / "registration_worker.py")],
            env=environment,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    def register(self, path: Path, n: int) -> dict[str, Any]:
        """Return what the process finds."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        print(path, n, file=self._process.stdin, flush=True)
        found: dict[str, Any] = json.loads(self._process.stdout.readline())
        return found

    def close(self) -> None:
        """End the process."""
        assert self._process.stdin is not None
        self._process.stdin.close()
        self._process.wait()


def compare(before: str | None, n: int, names: list[str] | None) -> None:
    """Print a Markdown table, a line per case; `names` chooses cases by a part of their name."""
    roots = {"now": HERE.parent} | ({"before": Path(before).resolve()} if before else {})
    workers = {name: Worker(root) for name, root in roots.items()}
    titles = [f"{name}: error, CPU s, bytes a pixel" for name in roots]
    print("| case | " + " | ".join([*titles, "times faster"]) + " |")
    print("|---" + "|---:" * (len(titles) + 1) + "|")
    with tempfile.TemporaryDirectory() as folder:
        for make in all_cases():
            case = make()
            if names and not any(name in case.name for name in names):
                continue
            path = Path(folder) / "pair.npz"
            settings = json.dumps(case.settings)
            np.savez(path, fixed=case.fixed, moving=case.moving, settings=settings)
            # They take turns, and the least of each counts.
            turns = [{k: w.register(path, 1) for k, w in workers.items()} for _ in range(n)]
            best = {
                k: min((turn[k] for turn in turns), key=lambda found: found["seconds"])
                for k in workers
            }
            print(line(case, best), flush=True)
    for worker in workers.values():
        worker.close()


def line(case: Case, found: dict[str, dict[str, Any]]) -> str:
    """Return a line of the table."""
    cells = [case.name]
    for one in found.values():
        distance = error(case, np.array(one["matrix"]))
        said = "" if one["sure"] else ", not sure"
        cells.append(f"{distance:.4f}, {one['seconds']:.2f}, {one['memory']:.0f}{said}")
    if "before" in found:
        cells.append(f"{found['before']['seconds'] / found['now']['seconds']:.1f}")
    return "| " + " | ".join(cells) + " |"
