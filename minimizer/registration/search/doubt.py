"""How doubtful a result is: whether another alignment is nearly as good."""

from __future__ import annotations

import numpy as np

from ...common.arrays import Array
from ..transforms.base import Transform
from ..transforms.limits import box_of
from .candidates import CandidateScorer
from .local_agreement import local_agreement
from .turned import REFINED_FROM, doubt_from_turns, most, refined_ratio

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

MIN_EVIDENCE = {1: 40.0, 2: 100.0, 3: 1000.0}
"""A result with less evidence than this from fine detail, in nats, is ambiguous, per number of
dimensions: among so many alignments some match as well by chance. Smooth noise reached 62 in the
plane and 760 in volumes; correct results have three times as much."""


def doubt_about(params: Array, rival: float, scorer: CandidateScorer, separation: float) -> float:
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
    """
    transform, box = scorer.transform, box_of(scorer.transform)
    ndim = transform.ndim
    unshifted = np.append(params[:-ndim], np.zeros(ndim))
    if scorer.is_collapsed(unshifted):
        return MAX_DOUBT
    found = scorer.search_shifts_in(unshifted)
    if not found:
        return MAX_DOUBT  # at the edge of the least overlap, which is not the same at all levels
    far = [c for c in found if transform.distance(c.params, params) >= separation]
    near = [c.evidence for c in found if transform.distance(c.params, params) < separation]
    best = max([*near, scorer.score(params).evidence, 1e-9])
    detail, limit = min(1.0, most(far) / best), AMBIGUOUS_DETAIL_RATIO[scorer.expects_equal_detail]
    steps = separation * np.eye(transform.n_params)[-ndim:]
    beside = [params + step for step in (*steps, *-steps)]
    allowed = [p for p in beside if box is None or box.contains(p)]
    neighbour = max((scorer.score(p).evidence for p in allowed), default=0.0) / best
    doubts = [
        rival / (AMBIGUOUS_MAGNIFIED_RATIO if magnifies(transform) else AMBIGUOUS_RATIO),
        detail / limit,
        neighbour / AMBIGUOUS_NEIGHBOUR_RATIO,
        MIN_EVIDENCE.get(ndim, 0.0) / best,
    ]
    if max(doubts) <= 1 and ndim == 2:  # these take longest, and cannot take a doubt away
        is_free = box is None and transform.n_params > ndim
        if scorer.compares_parts and is_free:  # else what the parts show may have been ruled out
            agreement = local_agreement(params, scorer)
            doubts.append((1 - agreement) / (1 - AMBIGUOUS_AGREEMENT))
        pixel = separation / MIN_SEPARATION
        if is_free and detail > REFINED_FROM * limit:  # a pattern repeats between whole pixels
            refined = refined_ratio(params, best, pixel / 2, far, separation, scorer)
            doubts.append(refined / limit)
        doubts.append(doubt_from_turns(params, best, pixel, scorer))
    return min(MAX_DOUBT, max(doubts))


def magnifies(transform: Transform) -> bool:
    """Return whether a transform has more parameters than a rotation and a shift."""
    ndim = transform.ndim
    return transform.n_params > ndim + ndim * (ndim - 1) // 2
