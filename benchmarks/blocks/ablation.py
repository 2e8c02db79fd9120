"""Each feature turned off: whether it earns its place."""

from __future__ import annotations

import time
import warnings
from collections.abc import Callable, Iterator
from typing import Any
from unittest import mock

import numpy as np

from minimizer.blocks import add_and_remove, alternate, components, fit_blocks, worth
from minimizer.blocks.assembly import Assembly
from minimizer.common.arrays import Array

from .accuracy import Row
from .cases import DRIFT, Case, come_and_go, drifting, lattice
from .deviating import regions
from .hard import dense, dirty, hard, in_line, split
from .score import drift_of, score

CELLS = (3, 4, 4)
SHARE = 0.2  # of the reference
TERMS = [(i, j, k) for i in range(6) for j in range(6 - i) for k in range(6 - i - j)]
SAMPLED = 8  # times fewer residuals
CELL, CUTOFF = 5, 5.0  # of residuals that are compared; standard deviations


def rows(seeds: int) -> Iterator[Row]:
    """Yield lines of the table."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", RuntimeWarning)
        yield from along_steps(min(seeds, 3))
        yield from sampling()
        yield from collective(min(seeds, 3))
        yield from changes(seeds)


def timed(function: Callable[[], Any]) -> tuple[Any, float]:
    """Return a result and the processor time it took."""
    start = time.process_time()
    result = function()
    return result, time.process_time() - start


def along_steps(seeds: int) -> Iterator[Row]:
    """Compare loops with and without the minimization along the last steps."""
    texts = []
    for switch in (True, False):
        loops, seconds = [], 0.0
        for seed in range(seeds):
            case = lattice(CELLS, seed)
            result, taken = timed(
                lambda case=case, switch=switch: alternate(  # type: ignore[misc]
                    case.model, case.guess, loops=60, along_steps=switch
                )
            )
            loops.append(result.loops)
            seconds += taken
        texts.append(f"{', '.join(map(str, loops))} loops, {seconds:.1f} s")
    yield "along the last steps: on | off, 48 spheres", " | ".join(texts), "", ""


class Sampled:
    """A model of some planes of a volume, for its shared parameters only."""

    def __init__(self, model: Any, planes: Array) -> None:
        self.model, self.planes = model, planes
        self.shape = (len(planes), *model.shape[1:])
        self.groups, self.shared, self.table = model.groups, model.shared, model.table

    def window(self, k: int) -> tuple[slice, ...]:
        """Return an empty window: components rest."""
        return (slice(0, 0),) * 3

    def residuals(self, params: Array, at: Any = None) -> Array:
        """Return the residuals in these planes."""
        return np.concatenate([self.model.residuals(params, box) for box in self._boxes(at)])

    def jacobian(self, params: Array, which: Array, at: Any = None) -> Array:
        """Return the derivatives in these planes."""
        return np.concatenate([self.model.jacobian(params, which, box) for box in self._boxes(at)])

    def _boxes(self, at: Any) -> list[tuple[slice, ...]]:
        z, *others = (slice(None),) if at is None else at
        return [(slice(each, each + 1), *others) for each in self.planes[z].tolist()]


def sampling() -> Iterator[Row]:
    """Compare fits with and without a first one to a sample, most parameters being shared."""
    from minimizer.blocks.spheres import Spheres

    case = lattice((2, 2, 3))
    small = case.model
    model = Spheres(small.image, len(small.groups), small.noise, radius=3.5, terms=TERMS)
    start = np.concatenate(([0.8], np.zeros(len(TERMS) - 1), case.guess[6:]))
    plain, seconds = timed(lambda: fit_blocks(model, start))
    rng = np.random.default_rng(0)
    planes = np.sort(rng.choice(model.shape[0], model.shape[0] // SAMPLED + 1, replace=False))
    first, before = timed(
        lambda: alternate(Sampled(model, planes), start, blocks=["shared"], loops=3, check=False)
    )
    then, after = timed(lambda: fit_blocks(model, first.x))
    what = (
        f"{plain.loops} loops, {seconds:.2f} s | {before:.2f} s + {then.loops} loops, {after:.2f} s"
    )
    yield f"sample first: off | on, {len(TERMS) + 3} shared of {start.size}", what, "", ""


def collective(seeds: int) -> Iterator[Row]:
    """Compare fits of drifting radii with and without a collective drift first."""
    loops: dict[str, list[str]] = {"off": [], "on": []}
    times = {"off": 0.0, "on": 0.0}
    for seed in range(seeds):
        case = drifting(seed)
        plain, seconds = timed(lambda case=case: fit_blocks(case.model, case.guess))  # type: ignore[misc]
        loops["off"].append(f"{plain.loops}")
        times["off"] += seconds
        wrapped = drift_of(case.model)
        first, before = timed(
            lambda w=wrapped, case=case: fit_blocks(w, w.wrap(case.guess))  # type: ignore[misc]
        )
        start = wrapped.unwrap(first.x)
        then, after = timed(
            lambda case=case, start=start: fit_blocks(case.model, start)  # type: ignore[misc]
        )
        loops["on"].append(f"{first.loops} + {then.loops}")
        times["on"] += before + after
    texts = [f"{', '.join(loops[key])} loops, {times[key]:.1f} s" for key in loops]
    yield f"collective drift of {DRIFT}: off | on", " | ".join(texts), "", ""


class Watched(worth.Rule):
    """The rule, and what another one would decide: the share of its change that a removal costs."""

    ratios: list[tuple[bool, float]] = []  # noqa: RUF012

    def verdict(self, assembly: Assembly, k: int) -> tuple[str, float]:
        """Return the verdict, and note the ratio."""
        why, rise = super().verdict(assembly, k)
        change = assembly.change_without(k)
        changed = float(change @ change)
        if changed > 0.0:
            self.ratios.append((not why, rise / changed))
        return why, rise


def changes(seeds: int) -> Iterator[Row]:
    """Count exact results of harder sets, and decisions that the share would have changed."""
    sets: dict[str, Callable[[int], Case]] = {
        "come and go": come_and_go,
        "hard": hard,
        "dense": dense,
        "split": split,
        "in line": in_line,
        "dirty": dirty,
    }
    for name, make in sets.items():
        Watched.ratios.clear()
        exact = deviating = 0
        with mock.patch.object(components, "Rule", Watched):
            for seed in range(seeds):
                case = make(seed)
                result = add_and_remove(case.model, case.guess)
                exact += score(result.model, result.x, result.cost, case.truth).is_exact
                deviating += len(regions(result.model.residuals(result.x), CELL, CUTOFF))
        kept = [ratio for is_kept, ratio in Watched.ratios if is_kept]
        changed = sum(ratio <= SHARE for ratio in kept)
        what = (
            f"{exact} of {seeds} exact; {len(Watched.ratios)} decisions, {changed} of them "
            f"others with a share of {SHARE}; {deviating} regions left that deviate"
        )
        yield f"components, set {name}", what, "", ""
