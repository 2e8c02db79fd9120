"""The robust metric, local normalization, and when one of them is tried in place of another."""

import numpy as np
import pytest

pytest.importorskip("scipy")
from scenes import about_centre, scene, target_error, turned, windows
from scipy import stats

from minimizer.registration import RegistrationCost, register
from minimizer.registration.images.local import locally_normalized, without_plane
from minimizer.registration.images.normalize import (
    ENOUGH,
    noise_of,
    residual_scale,
    smoothing_against_noise,
    some_rows,
)
from minimizer.registration.metrics import METRICS, definitions

ONE = np.ones(2)


def normalized(image, spacing=ONE):
    return locally_normalized((image, image), (spacing, spacing))[0]


def ramp(shape, degrees=30.0):
    rows, columns = np.indices(shape) / max(shape)
    angle = np.deg2rad(degrees)
    return np.cos(angle) * rows + np.sin(angle) * columns - 0.5


# ----------------------------------------------------------------------- local normalization


def test_brightness_and_contrast_do_not_matter():
    image = scene((60, 70))
    np.testing.assert_allclose(normalized(3 * image - 7), normalized(image), atol=1e-9)


def test_an_added_ramp_does_not_matter():
    image = scene((60, 70))
    changed = normalized(image + 2 * ramp(image.shape))
    np.testing.assert_allclose(changed, normalized(image), atol=1e-9)


def test_a_slow_change_of_contrast_hardly_matters():
    image = scene((120, 120))
    changed = image * (1 + 1.2 * ramp(image.shape))
    before = np.corrcoef(image.ravel(), changed.ravel())[0, 1]
    after = np.corrcoef(normalized(image).ravel(), normalized(changed).ravel())[0, 1]
    assert after > 0.97 > before


def test_local_mean_and_contrast_are_those_of_a_window():
    # Far from the frame of a stationary texture: mean 0, variance 1 / (1 + the floor).
    texture = np.random.default_rng(0).normal(size=(200, 200))
    inner = normalized(5 * texture + 2)[40:-40, 40:-40]
    assert abs(inner.mean()) < 0.02
    assert inner.var() == pytest.approx(1 / 1.3, rel=0.03)


def test_missing_pixels_have_no_weight_and_stay_missing():
    image = scene((60, 60))
    holed, other = image.copy(), image.copy()
    holed[20:30, 20:35], other[20:30, 20:35] = np.nan, 1e6
    result = normalized(holed)
    assert np.isnan(result[20:30, 20:35]).all()
    assert np.isfinite(result).sum() == image.size - 150
    filled = np.where(np.isnan(holed), np.nan, other)
    np.testing.assert_array_equal(normalized(filled), result)


def test_it_turns_with_the_image():
    image = scene((64, 64))
    np.testing.assert_allclose(normalized(np.rot90(image)), np.rot90(normalized(image)), atol=1e-9)


def test_the_window_is_measured_in_units_of_the_spacing():
    image = scene((64, 64))
    np.testing.assert_array_equal(normalized(image, 3 * ONE), normalized(image))
    assert not np.allclose(normalized(image, np.array([3.0, 1.0])), normalized(image))


def test_a_constant_image_becomes_nothing():
    np.testing.assert_array_equal(normalized(np.full((20, 20), 4.0)), np.zeros((20, 20)))


def test_a_plane_is_removed_where_data_are_missing_too():
    plane = 3 + 2 * ramp((30, 40))
    present = np.random.default_rng(0).random(plane.shape) < 0.7
    np.testing.assert_allclose(without_plane(plane, present)[present], 0, atol=1e-9)


# -------------------------------------------------------------------------------- robust


def test_a_small_difference_counts_squared_and_a_large_one_at_most_once():
    small = np.array([0.0, 1e-3, -1e-3, 0.0])
    fixed = np.array([0.0, 1.0, 2.0, 3.0])
    assert definitions.robust(fixed, fixed + small) == pytest.approx(5e-7, rel=1e-5)
    assert definitions.robust(fixed, fixed + np.array([0, 0, 0, 1e9])) == pytest.approx(0.25)
    assert definitions.robust(fixed, fixed) == 0


@pytest.mark.parametrize("backend", [None, "scipy"])
def test_the_cost_is_the_bounded_loss(backend):
    fixed, moving = scene((40, 44)), scene((40, 44), 1)
    cost = RegistrationCost(fixed, moving, "translation", "robust", backend=backend)
    f, m = fixed[:-3].ravel(), moving[3:].ravel()
    expected = definitions.robust(f, m, scale=residual_scale(fixed))
    assert cost([3, 0]) == pytest.approx(expected, rel=1e-10)


def test_the_scale_is_three_tenths_of_a_contrast_that_outliers_do_not_change():
    rng = np.random.default_rng(0)
    image = np.repeat(rng.uniform(size=(300, 10)), 30, axis=1)
    # The standard deviation of a uniform value, clipped to its middle 80 %.
    clipped = np.clip(np.linspace(0, 1, 100_001), 0.1, 0.9).std()
    assert residual_scale(image) == pytest.approx(0.3 * clipped, rel=0.05)
    covered = image.copy()
    covered[:20] = 100.0
    assert residual_scale(covered) == pytest.approx(0.3 * clipped, rel=0.3)


def test_the_scale_is_three_times_the_noise_where_that_is_larger():
    noise = np.random.default_rng(0).normal(0, 2.0, (200, 200))
    mad = stats.median_abs_deviation(np.diff(noise).ravel(), scale="normal") / np.sqrt(2)
    assert residual_scale(noise) == pytest.approx(3 * mad, rel=1e-3)
    assert residual_scale(np.zeros((5, 5))) == 0


@pytest.mark.parametrize("shape", [(64, 64), (24, 24, 24)])
def test_strong_noise_is_smoothed_more_and_no_smoothing_stays_none(shape):
    image = scene(shape)
    noisy = image + np.random.default_rng(0).normal(0, image.std() * 1.5, shape)
    for magnifies in (False, True):
        assert smoothing_against_noise(0.7, magnifies, image, image) == 0.7
        assert smoothing_against_noise(0.7, magnifies, image, noisy) >= 1
        assert smoothing_against_noise(0.0, magnifies, image, noisy) == 0
        assert smoothing_against_noise(3.0, magnifies, image, noisy) == 3


def test_the_noise_of_a_large_image_is_that_of_evenly_spaced_rows():
    """All parts count alike, although the noise grows from the first row to the last."""
    rng = np.random.default_rng(0)
    image = np.repeat(np.arange(1200.0)[:, None], 1000, axis=1)
    image += rng.normal(0, 1, image.shape) * np.linspace(0, 3, 1200)[:, None]
    rows = some_rows(image)
    assert rows.size == pytest.approx(ENOUGH, rel=0.01)
    assert noise_of(rows) == pytest.approx(noise_of(image), rel=0.02)
    assert rows[:, 0].mean() == pytest.approx(image[:, 0].mean(), rel=0.01)
    assert some_rows(image[:200]).shape == (200, 1000)


# ------------------------------------------------------------------------------ alternatives


def test_alternatives_are_metrics_and_have_none_themselves():
    for row in METRICS.values():
        assert row.alternative is None or METRICS[row.alternative].alternative is None


def pair(change_fixed, change_moving):
    truth = about_centre(turned(11), (6, -9), (96, 96))
    fixed, moving = windows(truth, (96, 96), seed=4)
    return change_fixed(fixed), change_moving(moving), truth


@pytest.mark.slow
def test_ramps_are_seen_through():
    steep = 3.0
    fixed, moving, truth = pair(
        lambda image: image + steep * ramp(image.shape),
        lambda image: image + steep * ramp(image.shape, 200),
    )
    for metric in ("ncc", "lncc"):
        result = register(fixed, moving, metric=metric)
        assert result.levels[-1].metric == "lncc"
        assert not result.ambiguous
        assert target_error(result.matrix, truth, (96, 96)) < 0.5


@pytest.mark.slow
def test_what_covers_an_image_does_not_pull():
    def covered(image):
        image = image.copy()
        image[10:60, 15:70] = 1.4
        return image

    fixed, moving, truth = pair(lambda image: image, covered)
    for metric in ("ssd", "robust"):
        result = register(fixed, moving, metric=metric)
        assert result.levels[-1].metric == "robust"
        assert not result.ambiguous
        assert target_error(result.matrix, truth, (96, 96)) < 0.2


@pytest.mark.slow
@pytest.mark.parametrize("metric", ["ssd", "ncc", "lncc", "robust"])
def test_a_disc_and_unrelated_textures_are_ambiguous(metric):
    rows, columns = np.indices((96, 96)) - 47.5
    disc = 1 / (1 + np.exp(np.hypot(rows + 10, columns) - 20))
    noise = np.random.default_rng(0).normal(0, 0.02, (2, 96, 96))
    assert register(disc + noise[0], np.roll(disc, 9, 1) + noise[1], metric=metric).ambiguous
    assert register(scene((96, 96), 1), scene((96, 96), 2), metric=metric).ambiguous
