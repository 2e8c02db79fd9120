"""Whether an alignment is that of all parts of the images, or of a few."""

import numpy as np
import pytest

pytest.importorskip("scipy")
from scenes import about_centre, scene, turned, windows
from scipy import ndimage
from scorers import SHAPE, scorer_of

from minimizer.registration.search.few_parts import doubt_from_few_parts
from minimizer.registration.search.local_agreement import REACH, TILE_SIDE, local_agreement
from minimizer.registration.search.reason import Reason


def test_the_evidence_of_a_part_is_that_of_its_correlation():
    fixed, moving = (scene((48, 40), seed) for seed in (1, 2))
    scorer = scorer_of(fixed, moving)
    evidence = scorer.score_parts(scorer.transform.identity, TILE_SIDE, REACH)
    assert evidence.shape == (3, 2, 2 * REACH + 1, 2 * REACH + 1)
    detail = [
        image - ndimage.gaussian_filter(image, 2.0, mode="nearest") for image in (fixed, moving)
    ]
    # A middle part, whose surroundings lie within the image along the rows; one column, by hand.
    rows, columns = slice(16, 32), slice(4, 20)
    for move in (-5, 0, 8):
        moved = slice(rows.start + move, rows.stop + move)
        r = np.corrcoef(detail[0][rows, columns].ravel(), detail[1][moved, columns].ravel())[0, 1]
        expected = -0.5 * 256 * np.log1p(-(max(r, 0.0) ** 2))
        np.testing.assert_allclose(evidence[1, 0, REACH + move, REACH], expected, atol=0.5)


def test_all_parts_agree_with_the_truth(pair):
    scorer, true = pair
    assert local_agreement(true, scorer) > 0.95


@pytest.mark.parametrize("shift", [(3, 0), (0, -4), (5, 5)])
def test_parts_disagree_a_few_pixels_away(pair, shift):
    scorer, true = pair
    assert local_agreement(true + np.array([0, *shift]), scorer) < 0.6


def test_parts_of_unrelated_images_disagree():
    scorer = scorer_of(scene(SHAPE, 1), scene(SHAPE, 2))
    assert local_agreement(scorer.transform.identity, scorer) < 0.5


def test_flat_or_small_images_have_no_parts_that_disagree():
    rng = np.random.default_rng(0)
    flat = scorer_of(*rng.normal(0, 1, (2, *SHAPE)))
    assert local_agreement(flat.transform.identity, flat) == 1.0
    small = scorer_of(scene((12, 30), 1), scene((12, 30), 2))
    assert local_agreement(small.transform.identity, small) == 1.0


def test_missing_data_are_no_part():
    true = about_centre(turned(20), (3, -2), SHAPE)
    fixed, moving = windows(true, SHAPE)
    fixed[:30], moving[:, 50:] = np.nan, np.nan
    scorer = scorer_of(fixed, moving)
    assert local_agreement(scorer.transform.params_of(true), scorer) > 0.9


def bar(row, column):
    """Return a bright bar on a flat ground, with a little noise."""
    image = np.full(SHAPE, 0.2)
    image[row : row + 8, column : column + 22] = 0.9
    noise = np.random.default_rng(row).normal(0, 0.02, SHAPE)
    return ndimage.gaussian_filter(image, 0.8) + noise


def shifted_by(rows, columns, scorer):
    """Return the parameters of a shift."""
    matrix = np.eye(3)
    matrix[:2, 2] = rows, columns
    return scorer.transform.params_of(matrix)


def test_the_evidence_of_a_whole_scene_comes_from_many_parts(pair):
    scorer, true = pair
    assert doubt_from_few_parts(true, scorer).usual < 0.5


def test_one_object_that_matches_while_others_lie_outside_is_a_doubt():
    fixed = bar(50, 50) + bar(10, 5) + bar(30, 8)
    moving = bar(10, 5) + bar(40, 50) + bar(60, 52)
    scorer = scorer_of(fixed, moving, "ncc")
    found = doubt_from_few_parts(shifted_by(-40, -45, scorer), scorer)
    assert found.usual > 1
    assert found.alone > 1


def test_one_object_that_is_seen_in_full_is_no_doubt_by_itself():
    scorer = scorer_of(bar(50, 50), bar(40, 30), "ncc")
    found = doubt_from_few_parts(shifted_by(-10, -20, scorer), scorer)
    assert found.usual > 1
    assert found.alone < 0.5


def test_a_pair_without_evidence_has_none_from_few_parts():
    rng = np.random.default_rng(3)
    scorer = scorer_of(np.zeros((30, 30)), rng.normal(0, 1, (30, 30)), "ncc")
    assert doubt_from_few_parts(scorer.transform.identity, scorer) == Reason(0.0, 0.0)


def test_structure_inside_is_that_of_both_images_in_the_overlap():
    fixed, moving = bar(50, 50) + bar(10, 5), bar(10, 5)
    scorer = scorer_of(fixed, moving, "ncc")
    whole = scorer.structure_inside(scorer.transform.identity)
    np.testing.assert_allclose(whole, 1.0)
    first, second = scorer.structure_inside(shifted_by(-40, -45, scorer))
    assert 0.4 < first < 0.6  # one bar of two
    assert second > 0.7  # the rest is noise
