"""How doubtful a result is: whether another alignment is nearly as good."""

from __future__ import annotations

import numpy as np

from ...common.arrays import Array
from ..transforms.base import Transform
from ..transforms.limits import box_of
from .candidates import CandidateScorer, most
from .few_parts import doubt_from_few_parts
from .local_agreement import local_agreement
from .reason import alone, reason, together
from .second_opinion import second_opinion
from .shift_rivals import ShiftRivals, shift_rivals
from .turned import REFINED_FROM, doubt_from_turns, refined_ratio

MAX_DOUBT = 2.0
"""The doubt of a result that could hardly be more ambiguous."""

MIN_SEPARATION = 3.0
"""Two alignments are clearly different if a corner lies this many coarse pixels farther away."""

DETAIL_SIDE = {2: 64.0, 3: 24.0}
"""About the number of pixels along the shortest side of the images whose fine detail is compared,
per number of dimensions."""

AMBIGUOUS_RATIO = 0.91
"""A result is ambiguous if a rival has more than this part of its evidence."""

AMBIGUOUS_MAGNIFIED_RATIO = 0.75
"""The same where magnifications are sought, which are tried in wide steps: the right one may be
missing among the candidates, as for a brick wall that is shifted by a row."""

AMBIGUOUS_DETAIL_RATIO = {True: 0.6, False: 0.8}
"""The same for fine detail, within one modality and between two: stripes had 0.63, correct results
0.62 and 0.79 at most."""

AMBIGUOUS_NEIGHBOUR_RATIO = 0.85
"""The same a few pixels away, where an edge that runs through the images is as good."""

AMBIGUOUS_AGREEMENT = 0.84
"""A result is ambiguous if its parts, compared one by one, have less than this part of the evidence
that they have where each of them matches best: a wrong one of few objects had 0.83, and results
that were right 0.84 or more, but for strong noise and for dead lines of the camera. So are metrics
judged that have an alternative, which tolerates parts that do not match, or images that are
deformed."""

AMBIGUOUS_TOGETHER = 1.8
"""Small doubts for several reasons are a large one: in the plane, a result is ambiguous if the root
of the sum of their squares is more than this. Of one modality, wrong results of 1,056 random pairs
had 2 or more, and right ones that no single comparison doubts had 1.8 or less, but for one."""

ASKED_FROM = 0.8
"""A second opinion is asked where this root is larger; wrong results had 1 or more."""

MIN_EVIDENCE = {1: 40.0, 2: 100.0, 3: 1000.0}
"""A result with less evidence than this from fine detail, in nats, is ambiguous, per number of
dimensions: among so many alignments some match as well by chance. Smooth noise reached 62 in the
plane and 760 in volumes; correct results have three times as much."""


def doubt_about(
    params: Array,
    rival: float,
    scorer: CandidateScorer,
    separation: float,
    other: CandidateScorer | None = None,
) -> float:
    """Return the doubt about a result: 0 if no other is nearly as good, ambiguous above 1.

    The result is compared by fine detail with all other shifts in its orientation. Images of
    different things can be aligned so that their large features match; their detail then matches no
    better there than elsewhere.

    Parameters
    ----------
    params : ndarray (n_params,)
        The result.
    rival : float
        Evidence for the best clearly different candidate, as a part of that for the result.
    scorer : CandidateScorer
        Scores alignments by fine detail.
    separation : float
        Distance of clearly different alignments.
    other : CandidateScorer, optional
        Scores them by another metric, for a second opinion in the plane.
    """
    transform, ndim = scorer.transform, scorer.transform.ndim
    if scorer.is_collapsed(np.append(params[:-ndim], np.zeros(ndim))):
        return MAX_DOUBT
    rivals = shift_rivals(params, separation, scorer)
    if rivals is None:
        return MAX_DOUBT  # at the edge of the least overlap, which is not the same at all levels
    reasons = [
        reason(rival / (AMBIGUOUS_MAGNIFIED_RATIO if magnifies(transform) else AMBIGUOUS_RATIO)),
        reason(detail_ratio(params, rivals, separation, scorer) / detail_limit(scorer)),
        reason(best_beside(params, separation, scorer) / rivals.best / AMBIGUOUS_NEIGHBOUR_RATIO),
        reason(MIN_EVIDENCE.get(ndim, 0.0) / rivals.best),
    ]
    if alone(reasons) > 1 or ndim != 2:  # the others take longest, and cannot take a doubt away
        return min(MAX_DOUBT, alone(reasons))
    reasons.append(doubt_from_turns(params, rivals.best, separation / MIN_SEPARATION, scorer))
    if scorer.one_modality:
        reasons.append(doubt_from_few_parts(params, scorer))
    if scorer.compares_parts and is_free(transform):  # parts may show what was ruled out
        reasons.append(reason((1 - local_agreement(params, scorer)) / (1 - AMBIGUOUS_AGREEMENT)))
    if other and together(reasons) > ASKED_FROM:
        reasons += second_opinion(params, separation, other)
    return min(MAX_DOUBT, max(alone(reasons), together(reasons) / AMBIGUOUS_TOGETHER))


def detail_limit(scorer: CandidateScorer) -> float:
    """Return the limit of the detail ratio."""
    return AMBIGUOUS_DETAIL_RATIO[scorer.expects_equal_detail]


def detail_ratio(
    params: Array, rivals: ShiftRivals, separation: float, scorer: CandidateScorer
) -> float:
    """Return the evidence for the best rival as a part of that for a result, refined if need be."""
    ratio, limit = rivals.ratio, detail_limit(scorer)
    in_doubt = REFINED_FROM * limit < ratio <= limit
    if not (in_doubt and scorer.transform.ndim == 2 and is_free(scorer.transform)):
        return ratio
    step = separation / MIN_SEPARATION / 2  # a pattern repeats between whole pixels
    return max(ratio, refined_ratio(params, rivals.best, step, rivals.far, separation, scorer))


def best_beside(params: Array, separation: float, scorer: CandidateScorer) -> float:
    """Return the evidence for the best allowed alignment beside a result, at this distance."""
    transform, box = scorer.transform, box_of(scorer.transform)
    steps = separation * np.eye(transform.n_params)[-transform.ndim :]
    beside = [params + step for step in (*steps, *-steps)]
    allowed = [p for p in beside if box is None or box.contains(p)]
    return most([scorer.score(p) for p in allowed])


def is_free(transform: Transform) -> bool:
    """Return whether a transform has more parameters than a shift, and no limits."""
    return box_of(transform) is None and transform.n_params > transform.ndim


def magnifies(transform: Transform) -> bool:
    """Return whether a transform has more parameters than a rotation and a shift."""
    ndim = transform.ndim
    return transform.n_params > ndim + ndim * (ndim - 1) // 2
