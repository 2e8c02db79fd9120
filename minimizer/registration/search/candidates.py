"""Candidates: alignments that may be right; how they are found, scored and selected."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

import numpy as np

from ...common.arrays import Array
from ..images.pyramid import Pyramid, matrix_at_level
from ..images.smoothing import smooth
from ..metrics.registry import find_metric
from ..metrics.settings import CostSettings
from ..transforms.base import Transform
from ..transforms.limits import box_of, nearest_allowed
from .evidence import Correlation, Information
from .level_metric import fine_detail
from .shift_search import ShiftLimits, ShiftSearch

MIN_RELATIVE_EVIDENCE = 0.6
"""Candidates with less than this part of the best evidence are dropped."""


@dataclass(frozen=True)
class Candidate:
    """An alignment: parameters, and the evidence for them at a level.

    Where the values of the level's metric rank alignments, minus the value is the evidence.
    """

    params: Array
    evidence: float


class CandidateScorer:
    """Finds and scores candidates at one pyramid level.

    Parameters
    ----------
    transform : Transform
        Gives the parameters their meaning.
    levels : tuple of Pyramid
        The images.
    level : int
        The level.
    settings : CostSettings
        How images are compared; the metric determines whether they are of one modality.
    detail : bool
        Whether to compare fine detail only. With two modalities this is always done, as a smooth
        background gives information in many wrong alignments.
    edges : bool
        Whether fine detail at the frame is compared.
    """

    def __init__(
        self,
        transform: Transform,
        levels: tuple[Pyramid, Pyramid],
        level: int,
        settings: CostSettings,
        detail: bool = False,
        edges: bool = True,
    ) -> None:
        self.transform = transform
        self.min_overlap = settings.min_overlap
        images = [smooth(pyramid.image(level), settings.smoothing) for pyramid in levels]
        row = find_metric(settings.metric)
        self.one_modality, self.expects_equal_detail = row.one_modality, row.expects_equal_detail
        self.compares_parts = row.alternative is not None
        self.is_normalized = row.preparation is not None
        self.halvings = levels[0].halvings(level), levels[1].halvings(level)
        spacing, self._moving_spacing = (
            np.array(pyramid.spacing) * 2.0 ** np.array(pyramid.halvings(level))
            for pyramid in levels
        )
        if row.preparation:
            spacings = spacing, self._moving_spacing
            images = list(row.preparation((images[0], images[1]), spacings))
        if detail or not self.one_modality:
            images = [fine_detail(image, edges) for image in images]
        features = Correlation(spacing) if self.one_modality else Information(spacing)
        self._shift_search = ShiftSearch(images[0], images[1], features, settings.min_overlap)

    def score(self, params: Array) -> Candidate:
        """Return the candidate with its evidence."""
        return Candidate(params, self._shift_search.evidence(self._matrix(params)))

    def score_parts(self, params: Array, side: int, reach: int) -> Array:
        """Return the evidence for square parts of the fixed image, each also shifted on its own.

        Parameters
        ----------
        params : ndarray (n_params,)
            The alignment.
        side, reach : int
            Side of the parts, and the largest shift along each axis, in pixels.

        Returns
        -------
        ndarray (n_parts, ..., 2 reach + 1, ...)
            Per axis, first of the parts, then of their shifts.
        """
        return self._shift_search.evidence_of_parts(self._matrix(params), side, reach)

    def structure_inside(self, params: Array) -> tuple[float, float]:
        """Return the part of each image's structure in the overlap, for images of one modality."""
        return self._shift_search.structure_inside(self._matrix(params))

    def is_collapsed(self, params: Array) -> bool:
        """Return whether the fixed image is mapped to hardly more than one point."""
        return self._shift_search.is_collapsed(self._matrix(params))

    def search_shifts(self, orientations: list[Array]) -> list[Candidate]:
        """Return the best of all shifts in each orientation.

        Raises
        ------
        ValueError
            If the images overlap too little in every alignment.
        """
        found = [c for turn in orientations for c in self.search_shifts_in(turn)]
        if not found:
            raise ValueError(
                f"no shift or rotation makes {self.min_overlap:.0%} of fixed meet data of moving; "
                "lower min_overlap, crop fixed to the part that both images show, or widen bounds"
            )
        return found

    def search_shifts_in(self, orientation: Array) -> list[Candidate]:
        """Return the best of all shifts in an orientation; none if the overlap is too small."""
        matrix = self._matrix(orientation)
        moves = self._moving_spacing[:, None] * matrix[:-1, :-1]
        shifts, evidence = self._shift_search.peaks(matrix, self._limits(moves))
        fill = ((0, 0), (self.transform.n_params - self.transform.ndim, 0))
        found = orientation + np.pad(shifts @ moves.T, fill)
        params = [nearest_allowed(self.transform, each) for each in found]
        return list(map(Candidate, params, evidence.tolist()))

    def _limits(self, moves: Array) -> ShiftLimits | None:
        """Return the limits of the shift, or None."""
        box, n = box_of(self.transform), self.transform.ndim
        return None if box is None else ShiftLimits(moves, box.lower[-n:], box.upper[-n:])

    @property
    def shape(self) -> tuple[int, ...]:
        """Shape of the fixed image at this level."""
        return self._shift_search.shape

    @property
    def size(self) -> int:
        """Number of pixels of the fixed image at this level."""
        return math.prod(self.shape)

    def _matrix(self, params: Array) -> Array:
        """Return the matrix between indices of the level."""
        return matrix_at_level(self.transform.matrix(params), *self.halvings)


def select_separated(
    transform: Transform, candidates: list[Candidate], distance: float, most: int
) -> list[Candidate]:
    """Return the best candidates, in order, each at least `distance` from all better ones."""
    chosen: list[Candidate] = []
    for candidate in sorted(candidates, key=lambda candidate: -candidate.evidence):
        if len(chosen) == most:
            break
        if all(transform.distance(candidate.params, c.params) >= distance for c in chosen):
            chosen.append(candidate)
    return chosen


def drop_weak(candidates: list[Candidate]) -> list[Candidate]:
    """Return the candidates, best first, without those with much less evidence than the first."""
    best, *others = candidates
    least = MIN_RELATIVE_EVIDENCE * best.evidence
    return [best, *(other for other in others if other.evidence >= least)]


def converted(candidate: Candidate, old: Transform, new: Transform) -> Candidate:
    """Return the candidate in the parameters of another transform."""
    return replace(candidate, params=new.params_of(old.matrix(candidate.params)))


def most(candidates: list[Candidate]) -> float:
    """Return the most evidence of several candidates, 0 if there is none."""
    return max([0.0, *map(evidence_of, candidates)])


def evidence_of(candidate: Candidate) -> float:
    """Return the evidence, or minus infinity where there is none."""
    return candidate.evidence if not math.isnan(candidate.evidence) else -math.inf
