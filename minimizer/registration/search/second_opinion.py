"""A second opinion on a result in the plane: whether another metric prefers another alignment.

Where few objects match by chance, or where light counts for more than what it falls on, the
requested metric may prefer a wrong alignment. Another one, which weighs the parts of the images
differently, then mostly prefers another.
"""

from __future__ import annotations

from ...common.arrays import Array
from ..transforms.limits import allowed_orientations
from .candidates import CandidateScorer, most
from .reason import Reason
from .shift_rivals import shift_rivals
from .turned import candidates_apart, step_between_turns

USUAL_RATIO = 0.8
"""Doubt is 1 where the best other alignment has this part of the result's evidence: right results
had 0.9 or less, but for strong noise, dead lines and textured covers; nine of ten wrong ones more.
"""


def second_opinion(params: Array, separation: float, scorer: CandidateScorer) -> list[Reason]:
    """Return the doubts about a result because of other shifts, and of other orientations.

    They never count alone.

    Parameters
    ----------
    params : ndarray (n_params,)
        The result.
    separation : float
        Distance of clearly different alignments.
    scorer : CandidateScorer
        Scores alignments by the other metric, on fine detail.
    """
    rivals = shift_rivals(params, separation, scorer)
    if rivals is None:
        return []
    step = step_between_turns(rivals.best, scorer)
    turns = allowed_orientations(scorer.transform.first_stage(), step)
    others = (most(candidates_apart(params, turn, scorer)) for turn in turns if len(turns) > 1)
    turned = max(others, default=0.0) / rivals.best
    return [Reason(ratio / USUAL_RATIO, 0.0) for ratio in (rivals.ratio, turned)]
