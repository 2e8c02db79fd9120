"""Small cases, ten seeds of each: scatter of the residuals, errors, numbers of spheres."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from minimizer.blocks import fit_blocks
from minimizer.blocks.spheres.bound import normal_matrix
from minimizer.common.arrays import Array

from .cases import SMALL
from .score import SOLVERS, Score, rms, score

Row = tuple[str, str, str, str]

SIGMAS = 4.0
LEAST, MOST = 0.95, 1.1
WANTED = "0.95 to 1.1"


def rows(first: int, seeds: int) -> Iterator[Row]:
    """Yield lines of the table: what, measured, wanted, whether it is so."""
    for name in SMALL:
        yield from of_case(name, [Solved.of(name, first + i) for i in range(seeds)])
    yield from by_chance("come and go", range(first + seeds, first + 4 * seeds))


@dataclass(frozen=True)
class Solved:
    """A case that was solved.

    Attributes
    ----------
    score : Score
    above : float
        Half the sum of squares, less that of a fit that begins at the truth.
    correlations : ndarray
        Of the errors of all parameters, as the bound has them.
    """

    score: Score
    above: float
    correlations: Array

    @classmethod
    def of(cls, name: str, seed: int) -> Solved:
        """Solve a case."""
        case = SMALL[name](seed)
        model, params, cost = SOLVERS[name](case)
        exact, _ = model.with_spheres(case.truth, model.spheres(case.truth))
        covariance = np.linalg.inv(normal_matrix(exact, case.truth))
        size = np.sqrt(covariance.diagonal())
        at_truth = fit_blocks(exact, case.truth).cost
        correlations = covariance / size / size[:, np.newaxis]
        return cls(score(model, params, cost, case.truth), cost - at_truth, correlations)

    def squares(self, part: slice) -> tuple[float, float, int]:
        """Return the sum of squared errors / bounds, its standard deviation, their number."""
        errors = self.score.comparison.spheres[:, part]
        n = len(self.correlations) - 4 * len(self.score.comparison.pairs)
        which = np.arange(n, len(self.correlations)).reshape(-1, 4)[:, part].ravel()
        R = self.correlations[np.ix_(which, which)]
        return float((errors**2).sum()), float(np.sqrt(2.0 * (R * R).sum())), errors.size


def pooled(cases: Sequence[Solved], part: slice) -> tuple[float, float]:
    """Return the root mean square of errors / bounds, and its own standard deviation."""
    sums, spreads, counts = zip(*(case.squares(part) for case in cases), strict=True)
    size = float(np.sqrt(sum(sums) / sum(counts)))
    return size, 0.5 * float(np.linalg.norm(spreads)) / sum(counts)


def of_case(name: str, cases: list[Solved]) -> Iterator[Row]:
    """Yield the lines of a case."""
    scores = [case.score for case in cases]
    farthest = max((each.sigmas for each in scores), key=abs)
    chi2 = [each.chi2 for each in scores]
    text = (
        f"{min(chi2):.4f} to {max(chi2):.4f}; {abs(farthest):.1f} standard deviations off at most"
    )
    yield f"{name}: χ²/(N - n)", text, f"{SIGMAS:g} at most", said(abs(farthest) <= SIGMAS)
    for what, part in (("positions", slice(0, 3)), ("radii", slice(3, 4))):
        size, chance = pooled(cases, part)
        text = f"{size:.3f} (chance: ± {chance:.3f})"
        yield f"{name}: error/bound of {what}", text, WANTED, within(size)
    joint = [each.comparison.joint for each in scores]
    size = float(np.sqrt(np.nanmean(np.square(joint))))
    chance = 1.0 / np.sqrt(2.0 * sum(len(case.correlations) for case in cases))
    text = f"{size:.3f} (chance: ± {chance:.3f})"
    yield f"{name}: error/bound, made independent", text, WANTED, within(size)
    exact = sum(each.is_exact for each in scores)
    yield (
        f"{name}: number of spheres",
        f"{exact} of {len(scores)} exact",
        "all",
        said(exact == len(scores)),
    )
    above = max(case.above for case in cases)
    yield f"{name}: cost above that of a fit from the truth", f"{above:.1e} at most", "", ""


def by_chance(name: str, seeds: range) -> Iterator[Row]:
    """Yield what errors of fits that begin at the truth are, for more seeds: chance at its best."""
    found = []
    for seed in seeds:
        case = SMALL[name](seed)
        model, _ = case.model.with_spheres(case.truth, case.model.spheres(case.truth))
        result = fit_blocks(model, case.truth, check=False)
        found.append(score(model, result.x, result.cost, case.truth).comparison)
    positions = rms([each.spheres[:, :3] for each in found])
    radii = rms([each.spheres[:, 3] for each in found])
    joint = rms([np.array([each.joint for each in found])])
    text = f"{positions:.3f}, radii {radii:.3f}, made independent {joint:.3f}"
    yield f"{name}, from the truth, {len(seeds)} more seeds: positions", text, WANTED, ""


def within(size: float) -> str:
    return said(LEAST <= size <= MOST)


def said(is_met: bool) -> str:
    return "yes" if is_met else "NO"
