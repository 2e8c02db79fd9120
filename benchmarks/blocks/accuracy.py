"""Small cases, ten seeds of each: scatter of the residuals, errors, numbers of spheres."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from .cases import SMALL
from .score import SOLVERS, Score, rms, score

Row = tuple[str, str, str, str]

SIGMAS = 4.0
LEAST, MOST = 0.95, 1.1


def rows(seeds: int) -> Iterator[Row]:
    """Yield lines of the table: what, measured, wanted, whether it is so."""
    for name in SMALL:
        yield from of_case(name, [solved(name, seed) for seed in range(seeds)])


def solved(name: str, seed: int) -> Score:
    """Return how good the result of a case is."""
    case = SMALL[name](seed)
    model, params, cost = SOLVERS[name](case)
    return score(model, params, cost, case.truth)


def of_case(name: str, scores: list[Score]) -> Iterator[Row]:
    """Yield the lines of a case."""
    errors = [each.comparison.spheres for each in scores]
    farthest = max((each.sigmas for each in scores), key=abs)
    chi2 = [each.chi2 for each in scores]
    text = f"{min(chi2):.4f} to {max(chi2):.4f}, at most {abs(farthest):.1f} of these off"
    wanted = f"within {SIGMAS:g} standard deviations of 1"
    yield f"{name}: χ²/(N − n)", text, wanted, said(abs(farthest) <= SIGMAS)
    for what, part in (("positions", slice(0, 3)), ("radii", slice(3, 4))):
        size = rms([each[:, part] for each in errors])
        yield f"{name}: error/bound of {what}", f"{size:.3f}", "0.95 to 1.1", within(size)
    joint = [each.comparison.joint for each in scores]
    size = float(np.sqrt(np.nanmean(np.square(joint))))
    yield f"{name}: error/bound, made independent", f"{size:.3f}", "0.95 to 1.1", within(size)
    exact = sum(each.is_exact for each in scores)
    counts = f"{exact} of {len(scores)} exact"
    yield f"{name}: number of spheres", counts, "all", said(exact == len(scores))


def within(size: float) -> str:
    return said(LEAST <= size <= MOST)


def said(is_met: bool) -> str:
    return "yes" if is_met else "NO"
