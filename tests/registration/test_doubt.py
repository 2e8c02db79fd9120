"""When a result in the plane is doubted: other orientations, and all reasons together."""

import numpy as np
import pytest

pytest.importorskip("scipy")
from scenes import about_centre, scene, turned, windows
from scipy import ndimage
from scorers import SHAPE, random_pair, scorer_of

from minimizer.registration import register
from minimizer.registration.search import doubt as doubt_module
from minimizer.registration.search.doubt import AMBIGUOUS_AGREEMENT, AMBIGUOUS_RATIO, doubt_about
from minimizer.registration.search.reason import Reason, reason
from minimizer.registration.search.turned import climbed, doubt_from_turns


def test_a_climb_reaches_the_truth_nearby_and_never_less(pair):
    scorer, true = pair
    start = true + np.array([1.5, 1.0, -1.0])
    reached = climbed(start, 1.0, scorer)
    assert reached.evidence >= scorer.score(start).evidence
    assert scorer.transform.distance(reached.params, true) < 0.3


def test_the_truth_has_no_rival_in_another_orientation(pair):
    scorer, true = pair
    assert doubt_from_turns(true, scorer.score(true).evidence, 1.0, scorer).usual < 0.4


@pytest.mark.slow
def test_what_is_round_fits_in_any_orientation():
    rows, columns = np.indices(SHAPE) - 39.5
    ring = np.exp(-((np.hypot(rows, columns) - 20) ** 2) / 18)
    scorer = scorer_of(*(ring + np.random.default_rng(k).normal(0, 0.02, SHAPE) for k in (1, 2)))
    still = scorer.transform.identity
    assert doubt_from_turns(still, scorer.score(still).evidence, 1.0, scorer).alone > 1.2


def discs(rng):
    """Return a few ellipses of different brightness on a flat ground."""
    image = np.full((96, 96), 0.2)
    rows, columns = np.indices(image.shape)
    for _ in range(4):
        (row, column), (a, b) = rng.uniform(20, 76, 2), rng.uniform(4, 14, 2)
        image[np.hypot((rows - row) / a, (columns - column) / b) < 1] = rng.uniform(0.35, 1)
    return ndimage.gaussian_filter(image, 0.8) + rng.normal(0, 0.02, image.shape)


@pytest.mark.slow
@pytest.mark.parametrize(("metric", "seed"), [("ncc", 3), ("nmi", 6)])
def test_a_few_unrelated_objects_are_not_taken_for_each_other(metric, seed):
    rng = np.random.default_rng(seed)
    assert register(discs(rng), discs(rng), metric=metric).ambiguous


@pytest.mark.slow
@pytest.mark.parametrize("seed", [73005, 91000, 97001])
def test_a_few_large_objects_that_match_by_chance_are_not_believed(seed):
    """Their parts disagree a little; normalized locally, they match in other orientations, too."""
    case = random_pair("unrelated objects, ncc", seed)
    assert register(case.fixed, case.moving, **case.settings).ambiguous


def test_images_normalized_locally_need_clearly_less_evidence_elsewhere():
    true = about_centre(turned(20), (3, -2), SHAPE)
    fixed, moving = windows(true, SHAPE)
    plain, local = scorer_of(fixed, moving, "ncc"), scorer_of(fixed, moving, "lncc")
    params = local.transform.params_of(true)
    ratios = [doubt_from_turns(params, local.score(params).evidence, 1.0, local).usual]
    assert ratios[0] < 0.9
    local.is_normalized = False
    ratios.append(doubt_from_turns(params, local.score(params).evidence, 1.0, local).usual)
    assert ratios[0] > 1.5 * ratios[1]
    assert not plain.is_normalized


@pytest.mark.slow
def test_the_border_of_an_eyepiece_is_not_taken_for_the_scene():
    rows, columns = np.indices((96, 96)) / 95 * 2 - 1
    inside = np.hypot(rows, columns) < 0.9
    pair = windows(about_centre(turned(25), (6, -9), (96, 96)), (96, 96), 4)
    fixed, moving = (np.where(inside, image, 0.0) for image in pair)
    assert register(fixed, moving).ambiguous


def test_a_pattern_that_repeats_between_whole_pixels_is_ambiguous():
    case = random_pair("lattice, ncc", 73002)
    assert register(case.fixed, case.moving, **case.settings).ambiguous


@pytest.mark.slow
def test_one_object_that_fits_two_ways_does_not_outweigh_the_others():
    """A bar fits when turned by 180 degrees as well; a ramp makes the right way look worse."""
    case = random_pair("ramp x, few objects", 112005)
    result = register(case.fixed, case.moving, **case.settings)
    assert result.ambiguous or np.hypot(*(result.matrix - case.truth)[:2, 2]) < 1


@pytest.mark.parametrize("opinion", [[0.0, 0.0], [1.0, 1.0]])
def test_small_doubts_for_several_reasons_are_a_large_one(pair, monkeypatch, opinion):
    scorer, true = pair
    monkeypatch.setattr(doubt_module, "doubt_from_turns", lambda *_: reason(0.9))
    monkeypatch.setattr(
        doubt_module, "local_agreement", lambda *_: 1 - 0.9 * (1 - AMBIGUOUS_AGREEMENT)
    )
    monkeypatch.setattr(
        doubt_module, "second_opinion", lambda *_: [Reason(each, 0.0) for each in opinion]
    )
    doubt = doubt_about(true, 0.9 * AMBIGUOUS_RATIO, scorer, 3.0, scorer)
    assert (doubt > 1) == any(opinion)


def test_a_second_opinion_is_not_asked_about_a_clear_result(pair, monkeypatch):
    scorer, true = pair
    asked = []
    monkeypatch.setattr(doubt_module, "second_opinion", lambda *_: asked.append(1) or [])
    assert doubt_about(true, 0.0, scorer, 3.0, scorer) < 0.5
    assert not asked


def test_neighbours_without_enough_overlap_are_no_doubt():
    """Their evidence is minus infinity, whose square must not count."""
    fixed = scene((40, 40), 1)
    scorer = scorer_of(fixed, fixed, min_overlap=1.0)
    assert doubt_about(scorer.transform.identity, 0.0, scorer, 3.0) < 1


@pytest.mark.parametrize("seed", [73005, 73007, 91000])
@pytest.mark.slow
def test_few_objects_are_doubted_for_the_parts_their_evidence_comes_from(seed):
    case = random_pair("unrelated objects, ncc", seed)
    result = register(case.fixed, case.moving, metric="lncc")
    assert result.doubt > 1.15
