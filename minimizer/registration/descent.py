"""The way down a pyramid: find the place on the coarsest level, refine it on the others."""

from __future__ import annotations

import time
from dataclasses import dataclass, replace

import numpy as np

from ..core import Minimizer
from .candidates import Candidate, Judge, best_apart, carried_over, hopeful
from .cost import RegistrationCost
from .geometry import Floats
from .how import How
from .pyramid import COARSEST, Pyramid, n_levels
from .result import LevelRecord
from .transform import Transform

APART = 3.0
"""Two places are clearly different if one moves a corner so many coarse pixels farther."""

N_STARTS = 16
"""So many candidates are refined at the coarsest level, and half as many at each finer one."""

DEGREES = {1: 360.0, 2: 12.0, 3: 36.0}
"""Step between the orientations that are looked at, for each number of dimensions."""

LOOK_SIDE = {2: 32.0, 3: 14.0}
"""The shortest side of the images that are looked at has about this many pixels."""

DETAIL_SIDE = {2: 64.0, 3: 24.0}
"""The same where the result is compared with other places by fine detail."""

RESOLUTION = 0.005
"""A search at full resolution ends when its simplex is smaller than this, in pixels."""

COARSE_RESOLUTION = 0.05
"""The same at the other levels, in pixels of the level."""

DOUBTFUL = 0.95
"""With a rival that has more than this part of its evidence, a result is ambiguous."""

DOUBTFUL_IN_DETAIL = 0.6
"""The same where fine detail is compared: at most 0.55 was seen in right results."""

ENOUGH = 300_000
"""Of so many pixels at full resolution, more would hardly make the result more accurate."""

VALUE, COARSE_VALUE = 1e-6, 1e-5
"""The part of a cost's usual size that a shift by `RESOLUTION` changes, about."""

MAX_EVALUATIONS = 2000
"""Limit for each minimization; about a hundred for each run are usual."""


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

    def __post_init__(self) -> None:
        # A wrong setting is refused now, not after a long look.
        Minimizer(None, random_seed=self.random_seed, n_jobs=self.n_jobs)
        self.now = self.transform.to_begin_with()
        self.coarsest = self.n_levels(COARSEST) - 1
        self.candidates: list[Candidate] = []
        self.rival = self.rival_in_detail = 0.0

    def n_levels(self, coarsest: float) -> int:
        """Return the number of levels down to images of this side."""
        shapes, spacings = zip(*((p.shape, p.spacing) for p in self.levels), strict=True)
        unit = self.levels[0].unit
        return n_levels(*shapes, spacings=spacings, unit=unit, coarsest=coarsest)

    @property
    def apart(self) -> float:
        """Distance of clearly different places."""
        return APART * self.levels[0].unit * 2.0**self.coarsest

    def look(self, transform: Transform, orientations: list[Floats]) -> list[Candidate]:
        """Return the best places of all shifts in these orientations."""
        level = self.n_levels(LOOK_SIDE.get(transform.ndim, COARSEST)) - 1
        found = Judge(transform, self.levels, level, self.how).around(orientations)
        return best_apart(transform, found, self.apart, N_STARTS)

    def begin(self, matrices: list[Floats], everywhere: bool) -> LevelRecord:
        """Refine the starts and, if asked for, the best places; make runs until two agree."""
        clock = time.perf_counter()
        self.now = self.transform.to_begin_with()
        starts = [self.now.params_of(matrix) for matrix in matrices]
        if everywhere:
            found = self.look(self.now, self._orientations())
            self.rival = rivalry(found)
            starts += [candidate.params for candidate in hopeful(found)]
        same = self.now is self.transform
        record = self._refine(self.coarsest, starts, 2.0, confirm=same)
        if not same:
            first, self.now = self.now, self.transform
            self.candidates = [carried_over(c, first, self.now) for c in self.candidates]
            best = [self.candidates[0].params]
            if not everywhere:  # what was given may be more than the first transform can say
                best += [self.now.params_of(matrix) for matrix in matrices]
            others, rival, top = self.candidates[1:], self.rival, self.candidates[0].evidence
            wider = self._refine(self.coarsest, best, 1.0, confirm=True)
            self.candidates, self.rival = (
                [replace(self.candidates[0], evidence=top), *others],
                rival,
            )
            record = joined(record, wider)
        return replace(record, seconds=time.perf_counter() - clock)

    def refine(self, level: int) -> LevelRecord:
        """Make one run for each candidate that is left, half as many as before."""
        clock = time.perf_counter()
        most = max(1, N_STARTS >> (self.coarsest - level)) if level else 1
        starts = [candidate.params for candidate in hopeful(self.candidates)[:most]]
        record = self._refine(level, starts, 0.5)
        return replace(record, seconds=time.perf_counter() - clock)

    @property
    def is_cheap_to_look(self) -> bool:
        """Whether there are few orientations."""
        return len(self._orientations()) <= 100

    def _orientations(self) -> list[Floats]:
        """Return the orientations to look at."""
        return self.now.orientations(DEGREES.get(self.now.ndim, 360.0))

    def doubts(self) -> float:
        """Compare the place found with all other shifts in its orientation; return the doubt.

        Compared is fine detail. Images of different things can be laid so that their large
        features agree; their detail then agrees no better there than elsewhere.
        """
        first = self.transform.to_begin_with()
        matrix = self.now.matrix(self.candidates[0].params)
        here, turned = first.params_of(matrix), first.params_of(matrix)
        turned[-first.ndim :] = 0.0
        level = self.n_levels(DETAIL_SIDE.get(first.ndim, COARSEST)) - 1
        judge = Judge(first, self.levels, level, self.how, detail=True)
        found = judge.around([turned])
        least = APART * self.levels[0].unit * 2.0**level
        far = [c.evidence for c in found if first.distance(c.params, here) >= least]
        near = [c.evidence for c in found if first.distance(c.params, here) < least]
        best = max([*near, judge(here).evidence, 1e-9])
        self.rival_in_detail = min(1.0, max(far, default=0.0) / best)
        return max(self.rival / DOUBTFUL, self.rival_in_detail / DOUBTFUL_IN_DETAIL)

    def _refine(
        self, level: int, starts: list[Floats], step: float, confirm: bool = False
    ) -> LevelRecord:
        """Minimize from each start; keep the results that are apart, best first."""
        cost = self.cost(level)
        judge = None if len(starts) == 1 else Judge(self.now, self.levels, level, self.how)
        variations = np.full(cost.n_params, step * cost.pixel)
        made: list[tuple[Minimizer, Candidate]] = []
        for start in starts:
            minimizer = self.minimizer(cost, COARSE_RESOLUTION if level else RESOLUTION)
            minimizer.minimize_once(start, variations)
            found = _result(minimizer, start)
            made.append((minimizer, judge(found) if judge else Candidate(found, 0.0)))
        last, best = max(made, key=lambda pair: pair[1].evidence)
        seen = [_values(minimizer) for minimizer, _ in made]
        if confirm:
            last = self.minimizer(cost, RESOLUTION)
            last.minimize(best.params, variations)
            seen.append(_values(last))
            best = replace(best, params=_result(last, best.params))
        found_places = [best, *(c for _, c in made if c.evidence < best.evidence)]
        self.candidates = best_apart(self.now, found_places, self.apart, len(made))
        if judge:
            self.rival = rivalry(self.candidates)
        assert last.status is not None
        return LevelRecord(
            level=level,
            shape=cost.shape,
            params=best.params,
            cost=last.function_value,
            status=last.status,
            evaluations=sum(map(len, seen)),
            seconds=0.0,
            trace=np.fmin.accumulate(np.concatenate(seen)),
        )

    def cost(self, level: int) -> RegistrationCost:
        """Return the cost at a level; where pixels are few, with fewer bins."""
        n = np.prod(self.levels[0].image(level).shape)
        bins = min(self.how.bins, max(8, round(n ** (1 / 3))))
        how = replace(self.how, bins=bins, sampling=self.sampling(int(n)) if level == 0 else None)
        return RegistrationCost.at_level(self.now, self.levels, level, how)

    def sampling(self, n: int) -> float | None:
        """Return the part of `n` pixels to compare at full resolution."""
        if self.how.sampling is not None or n <= ENOUGH:
            return self.how.sampling
        return ENOUGH / n

    def minimizer(self, cost: RegistrationCost, resolution: float) -> Minimizer:
        """Return a minimizer with limits that suit the level.

        Over N pixels, moving by one standard error changes a mean square by 1 / N of itself:
        there is no sense in telling smaller differences apart. Where the images agree nearly
        perfectly it is the resolution that ends a search.
        """
        return Minimizer(
            cost,
            cost.n_params,
            max_rel_error=1 / np.prod(cost.shape),
            max_abs_error=(COARSE_VALUE if cost.level else VALUE) * cost.comparison.scale,
            param_resolutions=np.full(cost.n_params, resolution * cost.pixel),
            max_evaluations=MAX_EVALUATIONS,
            random_seed=self.random_seed,
            n_jobs=self.n_jobs,
            trace=True,
        )


def rivalry(candidates: list[Candidate]) -> float:
    """Return the evidence for the second candidate, as a part of that for the best."""
    if len(candidates) < 2:
        return 0.0
    return max(0.0, candidates[1].evidence) / max(candidates[0].evidence, 1e-9)


def joined(first: LevelRecord, second: LevelRecord) -> LevelRecord:
    """Return one record for two minimizations at the same level."""
    trace = np.fmin.accumulate(np.concatenate([first.trace, second.trace]))
    evaluations = first.evaluations + second.evaluations
    return replace(second, trace=trace, evaluations=evaluations)


def _result(minimizer: Minimizer, start: Floats) -> Floats:
    """Return the parameters found; the start stands where there was no result."""
    return minimizer.params if np.isfinite(minimizer.function_value) else start


def _values(minimizer: Minimizer) -> Floats:
    """Return the values of all evaluations, in order."""
    assert isinstance(minimizer.trace, list)
    return np.array([evaluation.value for evaluation in minimizer.trace])
