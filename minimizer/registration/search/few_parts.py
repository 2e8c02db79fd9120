"""Whether the evidence for an alignment comes from few parts of the images.

A wrong alignment of a few objects lays one of them on another that is much like it, and leaves most
others outside the overlap, where nothing contradicts. Its evidence in nats may be large, as every
pixel of the matching outlines counts, but it comes from one place. The evidence for a right
alignment comes from all over the overlap.
"""

from __future__ import annotations

import numpy as np

from ...common.arrays import Array
from .candidates import CandidateScorer
from .reason import Reason

PER_SIDE = 5
"""Parts along the shortest side of the fixed image."""

FEW = 4.3
"""Doubt is 1 if the evidence comes from so many parts: of 113 wrong alignments of few objects
nearly all had 4.7 or less, and of 180 right ones all 4.3 or more, 7.4 without strong noise."""

OUTSIDE = 0.4
"""A result is ambiguous for this reason alone if, besides, this part of either image's structure
lies outside the overlap: a single object that is seen in full is no doubt."""


def doubt_from_few_parts(params: Array, scorer: CandidateScorer) -> Reason:
    """Return the doubt about a result in the plane because its evidence comes from few parts.

    Parameters
    ----------
    params : ndarray (n_params,)
        The result.
    scorer : CandidateScorer
        Scores parts of alignments, of one modality.
    """
    side = max(1, min(scorer.shape) // PER_SIDE)
    evidence = np.maximum(scorer.score_parts(params, side, 0).ravel(), 0.0)
    total = float(evidence.sum())
    if total == 0.0:
        return Reason(0.0, 0.0)
    few = FEW * float((evidence**2).sum()) / total**2
    outside = 1.0 - min(scorer.structure_inside(params))
    return Reason(few, few * min(1.0, outside / OUTSIDE))
