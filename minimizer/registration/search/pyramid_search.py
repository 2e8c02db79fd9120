"""The way down a pyramid: find the place on the coarsest level, refine it on the others."""

from __future__ import annotations

import time
from dataclasses import dataclass, replace

import numpy as np

from ...common.arrays import Array
from ...common.progress import reporter
from ...minimizer import Minimizer
from ..cost import RegistrationCost
from ..images.pyramid import COARSEST, Pyramid, n_levels
from ..metrics.settings import How
from ..result import LevelRecord
from ..transforms.base import Transform
from .candidates import Candidate, Judge, best_apart, carried_over, hopeful
from .level_metric import Guide, detailed, guide
from .refinement import Refinement, joined

MOST_DOUBT = 2.0
"""Of a result that could hardly be more ambiguous."""

APART = 3.0
"""Two places are clearly different if one moves a corner so many coarse pixels farther."""

N_STARTS = 32
"""So many candidates are refined at the coarsest level, and half as many at each finer one."""

DEGREES = {1: 360.0, 2: 12.0, 3: 36.0}
"""Step between the orientations that are looked at, for each number of dimensions."""

LOOK_SIDE = {2: 32.0, 3: 14.0}
"""The shortest side of the images that are looked at has about this many pixels."""

DETAIL_SIDE = {2: 64.0, 3: 24.0}
"""The same where the result is compared with other places by fine detail."""

DOUBTFUL = 0.93
"""With a rival that has more than this part of its evidence, a result is ambiguous."""

DOUBTFUL_IN_DETAIL = 0.6
"""The same where fine detail is compared: at most 0.55 was seen in right results."""

DOUBTFUL_BESIDE = 0.8
"""The same a few pixels aside, where an edge that runs through the images is as good."""

MEAGRE = {1: 40.0, 2: 100.0, 3: 1000.0}
"""With less evidence than this, in nats, from fine detail a result is ambiguous, for each number of
dimensions: among so many places some agree as well by chance; 62 was
seen in smooth noise in the plane, and 760 in volumes; right results have three times as much."""

ENOUGH = {2: 300_000, 3: 150_000}
"""Of so many pixels at full resolution, more would hardly make the result more accurate."""


@dataclass
class Descent:
    """Minimizes the cost at one level after the other.

    Parameters
    ----------
    transform : Transform
        What is looked for.
    levels : tuple of Pyramid
        The images.
    how : How
        How they are compared; the sampling is for full resolution.
    random_seed, n_jobs
        For the minimizer.
    progress : bool or "line"
        What to show at each level; see `minimizer.common.progress`.

    Attributes
    ----------
    now : Transform
        What is looked for at present: the rigid part comes before an affine map.
    rival : float
        Evidence for the best clearly different candidate as a part of that for the best one.
    """

    transform: Transform
    levels: tuple[Pyramid, Pyramid]
    how: How
    random_seed: int
    n_jobs: int | None
    progress: bool | str = False

    def __post_init__(self) -> None:
        # A wrong setting is refused now, not after a long look.
        Minimizer(None, random_seed=self.random_seed, n_jobs=self.n_jobs)
        self.now = self.transform.to_begin_with()
        self.coarsest = self.n_levels(COARSEST) - 1
        self.candidates: list[Candidate] = []
        self.rival = 0.0
        self.everywhere = False

    def n_levels(self, coarsest: float) -> int:
        """Return the number of levels down to images of this side."""
        shapes, spacings = zip(*((p.shape, p.spacing) for p in self.levels), strict=True)
        unit = self.levels[0].unit
        return n_levels(*shapes, spacings=spacings, unit=unit, coarsest=coarsest)

    @property
    def apart(self) -> float:
        """Distance of clearly different places."""
        return APART * self.levels[0].unit * 2.0**self.coarsest

    @property
    def is_cheap_to_look(self) -> bool:
        """Whether it takes little time: there are few shifts in the plane."""
        return self.now.ndim <= 2 or len(self._orientations) <= 100

    @property
    def _orientations(self) -> list[Array]:
        """Orientations to look at."""
        return self.now.orientations(DEGREES.get(self.now.ndim, 360.0))

    def look(self) -> list[Candidate]:
        """Return the best places of all shifts in all orientations."""
        level = self.n_levels(LOOK_SIDE.get(self.now.ndim, COARSEST)) - 1
        found = Judge(self.now, self.levels, level, self.how).around(self._orientations)
        return best_apart(self.now, found, self.apart, N_STARTS)

    def begin(self, matrices: list[Array], everywhere: bool) -> LevelRecord:
        """Refine the starts and, if asked for, the best places; make runs until two agree."""
        clock = time.perf_counter()
        self.now = self.transform.to_begin_with()
        self.everywhere = everywhere
        starts = [self.now.params_of(matrix) for matrix in matrices]
        if everywhere:
            found = self.look()
            self.rival = rivalry(found)
            starts += [candidate.params for candidate in hopeful(found)]
        is_all = self.now is self.transform
        record = self._refine(self.coarsest, starts, 2.0, confirm=is_all)
        if not is_all:
            record = joined(record, self._widen([] if everywhere else matrices))
        return replace(record, seconds=time.perf_counter() - clock)

    def _widen(self, matrices: list[Array]) -> LevelRecord:
        """Go on with the transform that was asked for, from the best candidate.

        Or from what was given: it may be more than the first transform can say.
        """
        first, self.now = self.now, self.transform
        best, *others = (carried_over(c, first, self.now) for c in self.candidates)
        starts = [best.params, *(self.now.params_of(matrix) for matrix in matrices)]
        rival = self.rival
        record = self._refine(self.coarsest, starts, 1.0, confirm=True)
        self.candidates = [replace(best, params=self.candidates[0].params), *others]
        self.rival = rival
        return record

    def refine(self, level: int) -> LevelRecord:
        """Make one run for each candidate that is left, half as many as before."""
        clock = time.perf_counter()
        most = max(1, N_STARTS >> (self.coarsest - level)) if level else 1
        starts = [candidate.params for candidate in hopeful(self.candidates)[:most]]
        record = self._refine(level, starts, 0.5)
        return replace(record, seconds=time.perf_counter() - clock)

    def doubts(self) -> float:
        """Compare the place found with all other shifts in its orientation; return the doubt.

        Compared is fine detail. Images of different things can be laid so that their large
        features agree; their detail then agrees no better there than elsewhere.
        """
        here = self.candidates[0].params
        level = self.n_levels(DETAIL_SIDE.get(self.now.ndim, COARSEST)) - 1
        judge = Judge(self.now, self.levels, level, self.how, detail=True)
        turned = np.append(here[: -self.now.ndim], np.zeros(self.now.ndim))
        if judge.is_collapsed(turned):
            return MOST_DOUBT
        found = judge.around([turned])
        least = APART * self.levels[0].unit * 2.0**level
        far = [c.evidence for c in found if self.now.distance(c.params, here) >= least]
        near = [c.evidence for c in found if self.now.distance(c.params, here) < least]
        best = max([*near, judge(here).evidence, 1e-9])
        in_detail = min(1.0, max(far, default=0.0) / best)
        steps = least * np.eye(self.now.n_params)[-self.now.ndim :]
        beside = max(judge(here + step).evidence for step in (*steps, *-steps)) / best
        chance = MEAGRE.get(self.now.ndim, 0.0) / best
        doubts = self.rival / DOUBTFUL, in_detail / DOUBTFUL_IN_DETAIL, beside / DOUBTFUL_BESIDE
        return min(MOST_DOUBT, max(*doubts, chance))

    def _refine(
        self, level: int, starts: list[Array], step: float, confirm: bool = False
    ) -> LevelRecord:
        """Minimize from each start; keep the results that are apart, best first."""
        led = self._guide(level)
        alone = len(starts) == 1
        judge = None if alone or led.ranks else Judge(self.now, self.levels, level, self.how)
        cost = self._cost(level)
        size = " x ".join(map(str, cost.shape))
        watcher = reporter(self.progress, f"level {level}, {size}")
        refinement = Refinement(cost, judge, step, self.random_seed, self.n_jobs, watcher)
        made = [refinement.once(start) for start in starts]
        minimizer, best = max(made, key=lambda pair: pair[1].evidence)
        others = [c for _, c in made if c.evidence < best.evidence]
        if confirm:
            minimizer, best = refinement.confirmed(best)
        if watcher:
            watcher.close()
        self.candidates = best_apart(self.now, [best, *others], self.apart, len(made))
        if not alone:
            self.rival = rivalry(self.candidates)
        return refinement.record(minimizer, best)

    def _guide(self, level: int) -> Guide:
        """Return which metric leads at a level."""
        return guide(self.how.metric, level, self.coarsest, self.everywhere)

    def _cost(self, level: int) -> RegistrationCost:
        """Return the cost at a level: with fewer bins, or of fewer pixels, where that suits it."""
        n = int(np.prod(self.levels[0].image(level).shape))
        sampling = self.how.sampling if level == 0 else None
        enough = ENOUGH.get(self.now.ndim, n)
        if level == 0 and sampling is None and n > enough:
            sampling = enough / n
        bins = min(self.how.bins, max(8, round(n ** (1 / 3))))
        led = self._guide(level)
        levels = detailed(self.levels, level) if led.of_detail else self.levels
        how = replace(self.how, metric=led.metric, bins=bins, sampling=sampling)
        return RegistrationCost.at_level(self.now, levels, level, how)


def rivalry(candidates: list[Candidate]) -> float:
    """Return the evidence for the second candidate, as a part of that for the best."""
    if len(candidates) < 2:
        return 0.0
    return max(0.0, candidates[1].evidence) / max(candidates[0].evidence, 1e-9)
