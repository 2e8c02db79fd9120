"""Blurs, levels and samples, against SciPy's filters."""

import numpy as np
import pytest

pytest.importorskip("scipy")
from scipy import ndimage

from minimizer.registration.images.pixels import make_pair, runs_of, runs_of_index
from minimizer.registration.images.separable import gaussian
from minimizer.registration.images.smoothing import BLUR, halve, smooth

SHAPES = [(40, 300), (300, 41), (9, 200, 45), (17,)]


def image(shape, seed=0):
    return np.random.default_rng(seed).random(shape)


@pytest.mark.parametrize("shape", SHAPES)
def test_a_blur_is_scipys(shape):
    values, radius = image(shape), len(gaussian(1.3)) - 1
    theirs = ndimage.gaussian_filter(values, 1.3, mode="constant", radius=radius)
    inside = ndimage.gaussian_filter(np.ones(shape), 1.3, mode="constant", radius=radius)
    ours = smooth(values, 1.3, edges=True)
    assert ours.dtype == np.float32
    np.testing.assert_allclose(ours, theirs / inside, atol=1e-6)
    np.testing.assert_array_equal(np.isnan(smooth(values, 1.3)), inside < 0.9)


@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize("hole", [False, True])
def test_a_level_is_scipys_blur_in_blocks(shape, hole):
    values, radius = image(shape), len(gaussian(BLUR)) - 1
    present = np.ones(shape)
    if hole:
        present[tuple(slice(3, 9) for _ in shape)] = 0
    total, weight = (
        ndimage.gaussian_filter(part, BLUR, mode="constant", radius=radius)
        for part in (values * present, present)
    )
    for axis, n in enumerate(shape):
        ends = [np.arange(start, n // 2 * 2, 2) for start in (0, 1)]
        total, weight, present = (
            np.take(part, ends[0], axis) + np.take(part, ends[1], axis)
            for part in (total, weight, present)
        )
    given = values.copy()
    if hole:
        given[tuple(slice(3, 9) for _ in shape)] = np.nan
    ours = halve(given, list(range(len(shape))))
    enough = present >= 0.5 * 2 ** len(shape)
    np.testing.assert_array_equal(np.isfinite(ours), enough)
    np.testing.assert_allclose(ours[enough], (total / weight)[enough], atol=1e-6)


def test_values_far_from_zero_keep_their_digits():
    values = 1e9 + image((40, 50))
    smoothed = smooth(values, 0.7)
    assert smoothed.dtype == np.float64
    inner = np.isfinite(smoothed)
    near = smooth(values - 1e9, 0.7)
    np.testing.assert_allclose(smoothed[inner] - 1e9, near[inner], atol=1e-6)


def test_samples_reach_every_region():
    shape = (40, 50, 60)
    pair = make_pair(image(shape), image(shape), 0.02, 0)
    part = np.zeros(shape)
    part.flat[pair.index] = 1
    blocks = part.reshape(4, 10, 5, 10, 60).sum(axis=(1, 3, 4))
    assert blocks.sum() == pytest.approx(0.02 * part.size, rel=0.01)
    # Of random stretches that are not stratified, one in twenty has less than half of the mean.
    assert blocks.min() > 0.5 * blocks.mean()


def test_only_present_pixels_are_sampled():
    fixed = image((60, 70))
    fixed[:, :35] = np.nan
    pair = make_pair(fixed, image((60, 70)), 0.1, 0)
    assert np.isfinite(pair.values_of(fixed)).all()
    assert pair.runs.count == pytest.approx(0.1 * 60 * 35, rel=0.25)


def test_runs_are_the_same_from_a_mask_and_from_indices():
    chosen = image((13, 17)) < 0.6
    one, other = runs_of(chosen), runs_of_index(np.flatnonzero(chosen), chosen.shape)
    for name in ("start", "length", "first"):
        np.testing.assert_array_equal(getattr(one, name), getattr(other, name))


def test_faces_without_data_are_left_out_and_put_back():
    moving = image((30, 40))
    moving[:2] = moving[:, -3:] = np.nan
    pair = make_pair(image((30, 40)), moving, None, 0)
    assert pair.moving.shape == (28, 37)
    assert pair.first.tolist() == [2, 0]
    assert pair.missing.size == 0
    np.testing.assert_array_equal(pair.whole_moving(), moving)
