"""Candidates: places that may be the right one, how they are found, judged and thinned out."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from ...common.arrays import Array
from ..images.pyramid import Pyramid, matrix_at_level
from ..images.smoothing import smooth
from ..metrics.registry import find_metric
from ..metrics.settings import How
from ..transforms.base import Transform
from .evidence import Correlation, Information
from .level_metric import detail as fine
from .shift_search import Look

HOPELESS = 0.6
"""Candidates with less than this part of the best evidence are given up."""


@dataclass(frozen=True)
class Candidate:
    """A place: parameters, and the evidence for them at a level.

    Where the guide's values rank places (see `guide`) these are the evidence.
    """

    params: Array
    evidence: float


class Judge:
    """Finds and judges candidates at one pyramid level.

    Parameters
    ----------
    transform : Transform
        What the parameters mean.
    levels : tuple of Pyramid
        The images.
    level : int
        The level.
    how : How
        How images are compared; the metric says whether they are of one modality.
    detail : bool
        Whether to look at fine detail only; with two modalities that is always done, as a smooth
        background gives information in many wrong places.
    """

    def __init__(
        self,
        transform: Transform,
        levels: tuple[Pyramid, Pyramid],
        level: int,
        how: How,
        detail: bool = False,
    ) -> None:
        self.transform = transform
        self.min_overlap = how.min_overlap
        images = [smooth(pyramid.image(level), how.smoothing) for pyramid in levels]
        one_modality = find_metric(how.metric).one_modality
        if detail or not one_modality:
            images = [fine(image) for image in images]
        self.halvings = levels[0].halvings(level), levels[1].halvings(level)
        spacing, self._moving_spacing = (
            np.array(pyramid.spacing) * 2.0 ** np.array(pyramid.halvings(level))
            for pyramid in levels
        )
        kind = Correlation if one_modality else Information
        self._look = Look(images[0], images[1], kind(spacing), how.min_overlap)

    def __call__(self, params: Array) -> Candidate:
        """Return the candidate with its evidence."""
        return Candidate(params, self._look.evidence(self._matrix(params)))

    def is_collapsed(self, params: Array) -> bool:
        """Whether the fixed image is laid on hardly more than a point of the moving one."""
        return self._look.is_collapsed(self._matrix(params))

    def around(self, orientations: list[Array]) -> list[Candidate]:
        """Look at all shifts in each orientation; return what was found.

        Raises
        ------
        ValueError
            If the images overlap too little wherever one looks.
        """
        found: list[Candidate] = []
        for orientation in orientations:
            matrix = self._matrix(orientation)
            shifts, evidence = self._look.peaks(matrix)
            moved = shifts @ matrix[:-1, :-1].T * self._moving_spacing
            fill = ((0, 0), (self.transform.n_params - self.transform.ndim, 0))
            places = orientation + np.pad(moved, fill)
            found += map(Candidate, places, evidence.tolist())
        if not found:
            raise ValueError(
                f"no shift or rotation makes {self.min_overlap:.0%} of fixed meet data of moving; "
                "lower min_overlap, or crop fixed to what both images show"
            )
        return found

    def _matrix(self, params: Array) -> Array:
        """Return the matrix between indices of the level."""
        return matrix_at_level(self.transform.matrix(params), *self.halvings)


def best_apart(
    transform: Transform, candidates: list[Candidate], distance: float, most: int
) -> list[Candidate]:
    """Return the best candidates, in order, each so far apart from all better ones."""
    chosen: list[Candidate] = []
    for candidate in sorted(candidates, key=lambda candidate: -candidate.evidence):
        if len(chosen) == most:
            break
        if all(transform.distance(candidate.params, c.params) >= distance for c in chosen):
            chosen.append(candidate)
    return chosen


def hopeful(candidates: list[Candidate]) -> list[Candidate]:
    """Return the candidates, best first, that have not much less evidence than the first."""
    best, *others = candidates
    return [best, *(other for other in others if other.evidence >= HOPELESS * best.evidence)]


def carried_over(candidate: Candidate, old: Transform, new: Transform) -> Candidate:
    """Return the candidate in the parameters of another transform."""
    return replace(candidate, params=new.params_of(old.matrix(candidate.params)))
