"""Whether another metric prefers another alignment, or fine detail a place beside."""

import numpy as np
import pytest

pytest.importorskip("scipy")
from scenes import about_centre, scene, turned, windows
from scorers import SHAPE, random_pair, scorer_of

from benchmarks.registration_cases import error
from minimizer.registration import register
from minimizer.registration.search.displacement import doubt_about_place
from minimizer.registration.search.second_opinion import second_opinion


def test_another_metric_has_no_better_place_than_the_truth():
    true = about_centre(turned(20), (3, -2), SHAPE)
    scorer = scorer_of(*windows(true, SHAPE), "lncc")
    shifted, rotated = second_opinion(scorer.transform.params_of(true), 3.0, scorer)
    assert max(shifted.usual, rotated.usual) < 0.5
    assert shifted.alone == rotated.alone == 0.0


def test_another_metric_has_better_places_than_a_wrong_result():
    true = about_centre(turned(20), (3, -2), SHAPE)
    scorer = scorer_of(*windows(true, SHAPE), "lncc")
    params = scorer.transform.params_of(true)
    assert second_opinion(params + np.array([0.0, 9.0, 0.0]), 3.0, scorer)[0].usual >= 1.0
    astray = scorer.transform.params_of(about_centre(turned(-100), (3, -2), SHAPE))
    assert (
        second_opinion(astray, 3.0, scorer)[1].usual > 2.0
    )  # the truth is among the other orientations


def test_an_opinion_on_shifts_has_no_other_orientations():
    fixed = scene(SHAPE, 1)
    scorer = scorer_of(fixed, np.roll(fixed, 3, axis=0), "lncc", "translation")
    assert second_opinion(np.array([3.0, 0.0]), 3.0, scorer)[1].usual == 0.0


def inner_scorer(fixed, moving):
    """Return a scorer of fine detail, without that at the frame."""
    return scorer_of(fixed, moving, edges=False)


def test_the_truth_is_the_best_place_of_all_detail():
    true = about_centre(turned(20), (3, -2), SHAPE)
    scorer = inner_scorer(*windows(true, SHAPE))
    assert doubt_about_place(scorer.transform.params_of(true), [(1.0, scorer)]) < 0.5


@pytest.mark.parametrize("aside", [(0, 1.2, 0), (0, 0, -1.2), (1.5, 0, 0)])
def test_detail_shows_that_a_result_lies_aside(aside):
    true = about_centre(turned(20), (3, -2), SHAPE)
    scorer = inner_scorer(*windows(true, SHAPE))
    params = scorer.transform.params_of(true) + np.array(aside)
    assert doubt_about_place(params, [(1.0, scorer), (1.0, scorer)]) > 1


def test_noise_that_is_aligned_best_beside_the_truth_is_no_doubt():
    """Its evidence is small; and a finer level that agrees with the result is decisive."""
    rng = np.random.default_rng(5)
    noisy = [image + rng.normal(0, 1.0, SHAPE) for image in windows(np.eye(3), SHAPE)]
    scorer, clear = inner_scorer(*noisy), inner_scorer(*windows(np.eye(3), SHAPE))
    still = scorer.transform.identity
    assert doubt_about_place(still, [(1.0, scorer)]) < 1
    assert doubt_about_place(still + 0.9, [(1.0, clear)]) > 1
    assert doubt_about_place(still + 0.9, [(1.0, clear), (9.0, clear)]) < 1


def test_a_finer_level_is_made_only_if_the_coarser_one_leaves_a_doubt(pair):
    scorer, true = pair

    def levels():
        yield 1.0, scorer
        raise AssertionError("not needed")

    assert doubt_about_place(true, levels()) < 1


def test_detail_of_an_overlap_that_is_too_small_says_nothing():
    fixed = scene((40, 40), 1)
    scorer = scorer_of(fixed, fixed, min_overlap=1.0, edges=False)
    assert doubt_about_place(scorer.transform.identity + 3.0, [(1.0, scorer)]) == 0.0


@pytest.mark.slow
@pytest.mark.parametrize(
    ("name", "seed", "metric"),
    [
        ("ramp + both, few objects", 123001, "lncc"),
        ("ramp +, brain slice", 121004, "lncc"),
        ("covered 15 %", 121001, "robust"),
    ],
)
def test_what_pulls_a_result_aside_is_noticed(name, seed, metric):
    """The requested metric is lowest more than a pixel away; its alternative is right."""
    if "brain" in name:
        pytest.importorskip("nilearn")
    case = random_pair(name, seed)
    result = register(case.fixed, case.moving, **case.settings)
    assert result.levels[-1].metric == metric
    assert not result.ambiguous
    assert error(case, result.matrix) < 0.1
