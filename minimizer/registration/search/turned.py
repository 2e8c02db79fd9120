"""Whether a result in the plane is better than the best alignments in other orientations.

The fine detail of unrelated images, or of something round, matches about as well when turned.
"""

from __future__ import annotations

import math

import numpy as np

from ...common.arrays import Array
from ...minimizer import Minimizer
from ..transforms.base import Transform
from ..transforms.limits import allowed_orientations, box_of
from .candidates import Candidate, CandidateScorer, evidence_of, most, select_separated
from .reason import Reason, reason

FINE_STEP, USUAL_STEP, COARSE_STEP = 12.0, 24.0, 45.0
"""Degrees between the orientations: where little is explained, as by chance; where much is
explained; and between two modalities, where an orientation takes five times as long."""

LITTLE_EXPLAINED, LITTLE_INFORMATION = 0.6, 0.3
"""Part of the variance of fine detail, within one modality and between two; see above."""

USUAL_TURN_RATIO = 0.5
"""Doubt is 1 where another orientation has this part of a result's evidence from fine detail: wrong
ones had 0.53 or more, and right ones less, but for strong noise and dead lines."""

ROUND_TURN_RATIO = 0.7
"""Of an object that is nearly round, such as a head, the right place has little more evidence than
turned ones. Images of one modality as they are, which are compared in other ways as well, are
therefore ambiguous for this reason alone only above this ratio."""

NORMALIZED_TURN_RATIO = 0.28
"""The first of these for images that are normalized locally, where all objects are alike in
contrast: of 30 wrong ones the least had 0.27, and of 45 right ones all but one had 0.18 at most."""

N_REFINED, REFINED_FROM = 4, 0.66
"""So many of the best orientations are refined, if the best has this part of that ratio."""

N_TURNS, AMBIGUOUS_TURNS_RATIO = 3, 0.9
"""Between two modalities, where much is explained, a result is ambiguous if so many other
orientations have more than this part of its evidence, as if something round is turned. A single
one, such as that of a brain turned by 180 degrees, may have more in right results, whose detail
differs."""

MAX_EVALUATIONS, RESOLUTION, VALUE_TOLERANCE = 120, 0.05, 1e-3
"""When a refinement ends: the last two in pixels and as a part of the evidence."""


def doubt_from_turns(params: Array, best: float, pixel: float, scorer: CandidateScorer) -> Reason:
    """Return the doubt about a result in the plane because of other orientations.

    Parameters
    ----------
    params : ndarray (n_params,)
        The result.
    best : float
        The evidence for it, from fine detail.
    pixel : float
        Size of the pixels that the scorer compares.
    scorer : CandidateScorer
        Scores alignments by fine detail.
    """
    transform = scorer.transform
    step = step_between_turns(best, scorer)
    turns = allowed_orientations(transform.first_stage(), step)
    if len(turns) < 2:
        return reason(0.0)
    others = [candidates_apart(params, turn, scorer) for turn in turns]
    if step == COARSE_STEP:
        rivals = [*sorted(map(most, others), reverse=True), *[0.0] * N_TURNS]
        # Within limits there may be fewer orientations.
        doubt = rivals[N_TURNS - 1] / best / AMBIGUOUS_TURNS_RATIO
        return reason(doubt)
    everywhere = [candidate for each in others for candidate in each]
    ratio = most(everywhere) / best
    usual = NORMALIZED_TURN_RATIO if scorer.is_normalized else USUAL_TURN_RATIO
    is_simple = scorer.one_modality and not scorer.is_normalized
    alone = ROUND_TURN_RATIO if is_simple else usual
    if ratio > REFINED_FROM * usual and box_of(transform) is None:
        ratio = refined_ratio(params, best, pixel, everywhere, apart(transform), scorer)
    return Reason(ratio / usual, ratio / alone)


def step_between_turns(best: float, scorer: CandidateScorer) -> float:
    """Return the degrees between the orientations to compare a result of this evidence with."""
    share = explained(best, scorer.size)
    if scorer.expects_equal_detail:
        return FINE_STEP if share < LITTLE_EXPLAINED else USUAL_STEP
    return FINE_STEP if share < LITTLE_INFORMATION else COARSE_STEP


def candidates_apart(params: Array, turn: Array, scorer: CandidateScorer) -> list[Candidate]:
    """Return the best shifts in an orientation that differ clearly from a result."""
    transform, first = scorer.transform, scorer.transform.first_stage()
    found = scorer.search_shifts_in(transform.params_of(first.matrix(turn)))
    return [c for c in found if transform.distance(c.params, params) >= apart(transform)]


def apart(transform: Transform) -> float:
    """Return the distance of two orientations that differ by the finest step."""
    first = transform.first_stage()
    return first.distance(*first.orientations(FINE_STEP)[:2])


def refined_ratio(
    params: Array,
    best: float,
    pixel: float,
    rivals: list[Candidate],
    distance: float,
    scorer: CandidateScorer,
) -> float:
    """Return the evidence for the best rival as a part of that for a result, both refined.

    Rivals are at least `distance` from each other, and still half of it from the result.
    """
    transform = scorer.transform
    chosen = select_separated(transform, rivals, distance, N_REFINED)
    refined = [climbed(rival.params, pixel, scorer) for rival in chosen]
    far = [c for c in refined if transform.distance(c.params, params) >= distance / 2]
    return most(far) / max(best, climbed(params, pixel / 2, scorer).evidence)


def climbed(params: Array, step: float, scorer: CandidateScorer) -> Candidate:
    """Return the alignment with the most evidence near another."""
    pixel = np.full(len(params), step)
    start = scorer.score(params)
    minimizer = Minimizer(
        lambda params: -scorer.score(params).evidence,
        len(params),
        max_rel_error=VALUE_TOLERANCE,
        param_resolutions=RESOLUTION * pixel,
        max_evaluations=MAX_EVALUATIONS,
    )
    minimizer.minimize_once(params, pixel)
    return max(start, Candidate(minimizer.params, -minimizer.function_value), key=evidence_of)


def explained(evidence: float, n: int) -> float:
    """Return the explained part of the variance of n values for which this is the evidence."""
    return -math.expm1(-2 * evidence / n)
