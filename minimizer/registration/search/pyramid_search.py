"""The search on a pyramid: find the alignment on the coarsest level, refine it on the others."""

from __future__ import annotations

import time
from dataclasses import dataclass, replace

import numpy as np

from ...common.arrays import Array
from ...common.progress import reporter
from ...common.status import Status
from ...minimizer import Minimizer
from ..cost import RegistrationCost
from ..images.normalize import smoothing_against_noise
from ..images.pyramid import COARSEST, Pyramid, n_levels
from ..level_record import LevelRecord
from ..metrics.definitions import Metric
from ..metrics.registry import find_metric
from ..metrics.settings import CostSettings
from ..transforms.base import Transform
from ..transforms.limits import allowed_orientations, box_of
from .candidates import Candidate, CandidateScorer, converted, drop_weak, select_separated
from .displacement import doubt_about_place
from .doubt import DETAIL_SIDE, MIN_SEPARATION, doubt_about, magnifies
from .level_metric import LevelMetric, metric_at_level, with_fine_detail
from .refinement import Refinement, joined
from .rotation_search import start_poses

N_STARTS = 32
"""Number of candidates refined at the coarsest level; half as many at each finer one."""

N_POSES = 4
"""Number of poses of a volume refined if more than one may be right."""

ROTATION_STEP = 12.0
"""Degrees between the orientations of the search over all shifts."""

SHIFT_SEARCH_SIDE = {2: 32.0, 3: 14.0}
"""About the number of pixels along the shortest side of the images that this search uses."""

MAX_SAMPLES = {2: 300_000, 3: 150_000}
"""Number of pixels to compare at full resolution; more would hardly make the result more accurate.
Least squares, which need few evaluations, compare twice as many."""

MAX_COARSE_SAMPLES = 40_000
"""The same between full resolution and the coarsest level."""


@dataclass
class PyramidSearch:
    """Minimizes the cost at one level after another.

    Parameters
    ----------
    transform : Transform
        The transform to find.
    levels : tuple of Pyramid
        The images.
    settings : CostSettings
        How they are compared; the sampling is for full resolution.
    random_seed, n_jobs
        For the minimizer.
    progress : bool or "line"
        Progress to show at each level; see `minimizer.common.progress`.

    Attributes
    ----------
    stage : Transform
        The transform of the present stage: the rigid part is found before an affine map.
    rival : float
        Evidence for the best clearly different candidate, as a part of that for the best one.
    pose_doubt : float
        Doubt of the search over all rotations of a volume; 0 if there was none.
    """

    transform: Transform
    levels: tuple[Pyramid, Pyramid]
    settings: CostSettings
    random_seed: int
    n_jobs: int | None
    progress: bool | str = False

    def __post_init__(self) -> None:
        # A wrong setting is refused now, not after a long search.
        Minimizer(None, random_seed=self.random_seed, n_jobs=self.n_jobs)
        self.stage = self.transform.first_stage()
        self.coarsest = self.n_levels(COARSEST) - 1
        self.candidates: list[Candidate] = []
        self.rival = 0.0
        self.pose_doubt = 0.0
        self.is_global = False

    def n_levels(self, coarsest: float) -> int:
        """Return the number of levels down to images of this side."""
        shapes, spacings = zip(*((p.shape, p.spacing) for p in self.levels), strict=True)
        unit = self.levels[0].unit
        return n_levels(*shapes, spacings=spacings, unit=unit, coarsest=coarsest)

    @property
    def separation(self) -> float:
        """Distance of clearly different alignments."""
        return MIN_SEPARATION * self.levels[0].unit * 2.0**self.coarsest

    def search_coarsest(self, matrices: list[Array], search: str) -> LevelRecord:
        """Refine the starts, and those that a search finds; run until two agree.

        Parameters
        ----------
        matrices : list of ndarray (ndim + 1, ndim + 1)
            Starts, between indices.
        search : {"auto", "global", "local"}
            ``"local"`` refines the given starts alone.
        """
        clock = time.perf_counter()
        self.stage = self.transform.first_stage()
        starts = [self.stage.params_of(matrix) for matrix in matrices]
        self.is_global = search != "local" and not self.stage.turns_in_space
        if self.is_global:
            starts += self.search_shifts()
        elif search != "local":
            starts = self.search_poses(starts, search == "global")
        is_last_stage = self.stage is self.transform
        record = self._minimize_from(self.coarsest, starts, 2.0, confirm=is_last_stage)
        if not is_last_stage:
            record = joined(record, self._start_last_stage(matrices if search != "auto" else []))
        return replace(record, seconds=time.perf_counter() - clock)

    def search_shifts(self) -> list[Array]:
        """Return the parameters of the best candidates among all shifts in all orientations."""
        level = self.n_levels(SHIFT_SEARCH_SIDE.get(self.stage.ndim, COARSEST)) - 1
        scorer = CandidateScorer(self.stage, self.levels, level, self.settings)
        found = scorer.search_shifts(allowed_orientations(self.stage, ROTATION_STEP))
        candidates = select_separated(self.stage, found, self.separation, N_STARTS)
        self.rival = rival_ratio(candidates)
        return [candidate.params for candidate in drop_weak(candidates)]

    def search_poses(self, given: list[Array], is_thorough: bool) -> list[Array]:
        """Return the parameters of a volume's best pose, or, in doubt, of more and those given."""
        found, self.pose_doubt = start_poses(self.stage, self.levels, self.settings, is_thorough)
        is_certain = self.pose_doubt <= 1 and not is_thorough
        return found[:1] if is_certain else [*found[:N_POSES], *given]

    def _start_last_stage(self, matrices: list[Array]) -> LevelRecord:
        """Continue with the requested transform, from the best candidate and the given matrices.

        These may be more than the transform of the first stage can express.
        """
        first, self.stage = self.stage, self.transform
        best, *others = (converted(c, first, self.stage) for c in self.candidates)
        starts = [best.params, *(self.stage.params_of(matrix) for matrix in matrices)]
        rival = self.rival
        record = self._minimize_from(self.coarsest, starts, 1.0, confirm=True)
        self.candidates = [replace(best, params=self.candidates[0].params), *others]
        self.rival = rival
        return record

    def refine(self, level: int) -> LevelRecord:
        """Make one run per remaining candidate, half as many as at the level before."""
        clock = time.perf_counter()
        most = max(1, N_STARTS >> (self.coarsest - level)) if level else 1
        starts = [candidate.params for candidate in drop_weak(self.candidates)[:most]]
        record = self._minimize_from(level, starts, 0.5)
        return replace(record, seconds=time.perf_counter() - clock)

    def doubt(self) -> float:
        """Return the doubt about the best candidate; above 1 it is ambiguous."""
        level = self.n_levels(DETAIL_SIDE.get(self.stage.ndim, COARSEST)) - 1
        pixel = self.levels[0].unit * 2.0**level
        params, metric = self.candidates[0].params, self.settings.metric
        second, in_plane = find_metric(metric).second_opinion, self.stage.ndim == 2
        scorer = self._detail_scorer(level, metric)
        other = self._detail_scorer(level, second) if second and in_plane else None
        doubt = doubt_about(params, self.rival, scorer, MIN_SEPARATION * pixel, other)
        doubt = max(self.pose_doubt, doubt)
        if doubt <= 1 and in_plane and scorer.one_modality and box_of(self.stage) is None:
            inner = (
                (self.levels[0].unit * 2.0**each, self._detail_scorer(each, metric, edges=False))
                for each in range(level, max(level - 2, -1), -1)
            )
            doubt = max(doubt, doubt_about_place(params, inner))
        return doubt

    def _detail_scorer(
        self, level: int, metric: str | Metric, edges: bool = True
    ) -> CandidateScorer:
        """Return a scorer of fine detail at a level."""
        settings = replace(self.settings, metric=metric)
        return CandidateScorer(self.stage, self.levels, level, settings, True, edges)

    def _minimize_from(
        self, level: int, starts: list[Array], step: float, confirm: bool = False
    ) -> LevelRecord:
        """Minimize from each start; keep the separated results, best first."""
        is_single = len(starts) == 1
        ranks_itself = self._metric(level).ranks_alignments
        scorer = (
            None
            if is_single or ranks_itself
            else CandidateScorer(self.stage, self.levels, level, self.settings)
        )
        cost = self._cost(level)
        size = " x ".join(map(str, cost.shape))
        watcher = reporter(self.progress, f"level {level}, {size}")
        refinement = Refinement(cost, scorer, step, self.random_seed, self.n_jobs, watcher)
        at_once = confirm and is_single
        minimize = refinement.minimize_until_agreed if at_once else refinement.minimize_once
        made = [minimize(start) for start in starts]
        ending, best = max(made, key=lambda pair: pair[1].evidence)
        others = [c for _, c in made if c.evidence < best.evidence]
        if confirm and not (at_once and ending.status is Status.SUCCESS):
            ending, agreed = refinement.minimize_until_agreed(best.params)
            best = replace(best, params=agreed.params)
        if watcher:
            watcher.close()
        self.candidates = select_separated(self.stage, [best, *others], self.separation, len(made))
        if not is_single:
            self.rival = rival_ratio(self.candidates)
        return refinement.record(ending, best)

    def _metric(self, level: int) -> LevelMetric:
        """Return the metric to minimize at a level."""
        return metric_at_level(self.settings.metric, level, self.coarsest, self.is_global)

    def _cost(self, level: int) -> RegistrationCost:
        """Return the cost at a level, with fewer bins or pixels where that is sufficient."""
        n = int(np.prod(self.levels[0].image(level).shape))
        sampling = self.settings.sampling if level == 0 else None
        most = MAX_COARSE_SAMPLES
        if level == 0:
            most = MAX_SAMPLES.get(self.stage.ndim, n)
            most *= 2 if find_metric(self.settings.metric).least_squares else 1
        if sampling is None and n > most:
            sampling = most / n
        bins = min(self.settings.bins, max(8, round(n ** (1 / 3))))
        metric = self._metric(level)
        levels = with_fine_detail(self.levels, level) if metric.of_detail else self.levels
        images = (pyramid.image(level) for pyramid in levels)
        smoothing = smoothing_against_noise(self.settings.smoothing, magnifies(self.stage), *images)
        settings = replace(
            self.settings,
            metric=metric.metric,
            bins=bins,
            sampling=sampling,
            smoothing=smoothing,
        )
        return RegistrationCost.at_level(self.stage, levels, level, settings)


def rival_ratio(candidates: list[Candidate]) -> float:
    """Return the evidence for the second candidate, as a part of that for the best."""
    if len(candidates) < 2:
        return 0.0
    return max(0.0, candidates[1].evidence) / max(candidates[0].evidence, 1e-9)
