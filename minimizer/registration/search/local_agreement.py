"""Whether the parts of the images, taken each for itself, agree with an alignment.

In a right alignment every part of the fixed image matches where it lies. In a wrong one, the
evidence comes from a few of them that match by chance, or from what belongs to the camera rather
than to the scene, such as a vignette's border; the other parts would match better elsewhere.
"""

from __future__ import annotations

import numpy as np

from ...common.arrays import Array
from .candidates import CandidateScorer

TILE_SIDE, REACH = 16, 8
"""Side of the parts, and how far they are shifted along each axis, in pixels."""

MIN_TILE_EVIDENCE = 20.0
"""Parts that nowhere have this evidence, in nats, are left out: noise reaches about 8."""

CHANCE = 10.0
"""A part may have so much more evidence elsewhere, in nats, by chance."""


def local_agreement(params: Array, scorer: CandidateScorer) -> float:
    """Return the evidence of all parts as they lie, as a share of that if each is shifted at will.

    What a part may gain by chance is not counted. 1 is returned if no part shows anything, or if
    the images are smaller than a part.

    Parameters
    ----------
    params : ndarray (n_params,)
        The alignment.
    scorer : CandidateScorer
        Scores parts of alignments.
    """
    evidence = scorer.score_parts(params, TILE_SIDE, REACH)
    best = evidence.max(axis=(-2, -1))
    shows = best >= MIN_TILE_EVIDENCE
    if not shows.any():
        return 1.0
    gained = best - evidence[..., REACH, REACH]
    return 1.0 - float(np.maximum(gained - CHANCE, 0.0)[shows].sum() / best[shows].sum())
