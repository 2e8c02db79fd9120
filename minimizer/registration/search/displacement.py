"""Whether the fine detail of the images prefers a place beside a result in the plane.

Light that is brighter on one side, or an object that covers a part, may pull a result aside by a
pixel or more. Fine detail is free of the former and mostly of the latter. Noise may prefer another
place by chance, but not at two levels of the pyramid.
"""

from __future__ import annotations

import math
from collections.abc import Iterable

from ...common.arrays import Array
from .candidates import CandidateScorer
from .turned import climbed

MAX_DISPLACEMENT = 0.5
"""A result is doubted if a corner has its best place more than this many pixels of a level away,
..."""

MIN_GAIN = 40.0
"""... with so much more evidence, in nats. Where noise was strong, precise results had less than 30
at full resolution, and results that were pulled aside had 145 or more."""


def doubt_about_place(params: Array, scorers: Iterable[tuple[float, CandidateScorer]]) -> float:
    """Return the doubt about a result because its detail matches better nearby, at all levels.

    Parameters
    ----------
    params : ndarray (n_params,)
        The result.
    scorers : iterable of (float, CandidateScorer)
        Per level, coarsest first, the size of a pixel, and what scores alignments by fine detail,
        without that at the frame, which is tied to the frame. A level is made only if those before
        leave a doubt.
    """
    least = math.inf
    for pixel, scorer in scorers:
        least = min(least, _doubt_at(params, pixel, scorer))
        if least <= 1:
            break
    return least


def _doubt_at(params: Array, pixel: float, scorer: CandidateScorer) -> float:
    """Return the doubt at one level."""
    here, best = scorer.score(params), climbed(params, pixel / 2, scorer)
    gain = best.evidence - here.evidence
    if not math.isfinite(gain):  # too little of the detail overlaps
        return 0.0
    moved = scorer.transform.distance(best.params, params) / pixel
    return min(moved / MAX_DISPLACEMENT, gain / MIN_GAIN)
