"""A result among all shifts in its orientation."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from ...common.arrays import Array
from .candidates import Candidate, CandidateScorer, most


class ShiftRivals(NamedTuple):
    """A result, and the other shifts in its orientation that may be as good.

    Attributes
    ----------
    best : float
        Evidence for the result, or for a shift that hardly differs from it.
    far : list of Candidate
        The best of all clearly different shifts.
    """

    best: float
    far: list[Candidate]

    @property
    def ratio(self) -> float:
        """Evidence for the best of the other shifts, as a part of that for the result."""
        return min(1.0, most(self.far) / self.best)


def shift_rivals(params: Array, separation: float, scorer: CandidateScorer) -> ShiftRivals | None:
    """Return the rivals of a result, or None where the images overlap too little in any shift.

    Parameters
    ----------
    params : ndarray (n_params,)
        The result.
    separation : float
        Distance of clearly different alignments.
    scorer : CandidateScorer
        Scores alignments by fine detail.
    """
    transform = scorer.transform
    ndim = transform.ndim
    found = scorer.search_shifts_in(np.append(params[:-ndim], np.zeros(ndim)))
    if not found:
        return None
    is_far = [transform.distance(c.params, params) >= separation for c in found]
    near = [c.evidence for c, far in zip(found, is_far, strict=True) if not far]
    best = max([*near, scorer.score(params).evidence, 1e-9])
    return ShiftRivals(best, [c for c, far in zip(found, is_far, strict=True) if far])
