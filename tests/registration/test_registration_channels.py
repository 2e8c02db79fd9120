"""Images of several channels: the cost is the mean over them, and no channel is lost on the way."""

import pickle

import numpy as np
import pytest

pytest.importorskip("scipy")
from scenes import about_centre, scene, target_error, turned, windows
from scipy import ndimage
from scipy.spatial.transform import Rotation

from minimizer import Status
from minimizer.registration import RegistrationCost, from_moments, register, register_stack
from minimizer.registration.images.channels import as_channel_pair, pyramid_pair, weights_of
from minimizer.registration.images.pyramid import Pyramid

SHAPE = (72, 64)
METRICS = ("ssd", "ncc", "nmi", "mi", "pluim")


def coloured(matrix, shape=SHAPE, seeds=(0, 1, 2)):
    """Return two images with three channels that have nothing in common, channels last."""
    pairs = [windows(matrix, shape, seed) for seed in seeds]
    return tuple(np.stack(channels, axis=-1) for channels in zip(*pairs, strict=True))


def contrary(matrix, shape=SHAPE):
    """Return two images whose channels add up to a constant: in grey there is nothing to see."""
    fixed, moving = windows(matrix, shape, noise=0)
    return tuple(np.stack([image, 1 - image], axis=-1) for image in (fixed, moving))


TRUTH = about_centre(turned(12), (3, -4), SHAPE)


# --------------------------------------------------------------------------------- cost


@pytest.mark.parametrize("metric", METRICS)
@pytest.mark.parametrize("backend", ["numba", "scipy"])
def test_the_cost_is_the_mean_over_the_channels(metric, backend):
    if backend == "numba":
        pytest.importorskip("numba")
    fixed, moving = coloured(TRUTH)
    settings = {"metric": metric, "backend": backend, "smoothing": 0.7, "level": 1}
    cost = RegistrationCost(fixed, moving, channel_axis=-1, **settings)
    singles = [RegistrationCost(fixed[..., c], moving[..., c], **settings) for c in range(3)]
    rng = np.random.default_rng(0)
    for _ in range(5):
        params = rng.normal(0, 3, 3)
        assert cost(params) == pytest.approx(np.mean([one(params) for one in singles]), rel=1e-12)
        assert cost.overlap(params) == singles[0].overlap(params)


def test_a_custom_metric_is_averaged_too():
    fixed, moving = coloured(TRUTH)

    def mean_absolute(f, m, weights):
        return abs(f - m).mean()

    cost = RegistrationCost(fixed, moving, metric=mean_absolute, channel_axis=-1)
    pairs = [(fixed[..., c], moving[..., c]) for c in range(3)]
    singles = [RegistrationCost(*pair, metric=mean_absolute)([1, 2, 3]) for pair in pairs]
    assert cost([1, 2, 3]) == pytest.approx(np.mean(singles))


def test_the_axis_may_be_anywhere():
    fixed, moving = coloured(TRUTH)
    last = RegistrationCost(fixed, moving, channel_axis=-1)([1, 2, 3])
    for axis in (0, 1, 2):
        images = [np.moveaxis(image, -1, axis) for image in (fixed, moving)]
        assert RegistrationCost(*images, channel_axis=axis)([1, 2, 3]) == last


def test_a_cost_of_channels_can_be_pickled():
    fixed, moving = coloured(TRUTH)
    cost = RegistrationCost(fixed, moving, channel_axis=-1, metric="nmi")
    assert pickle.loads(pickle.dumps(cost))([1, 2, 3]) == cost([1, 2, 3])


def test_a_constant_channel_is_left_out():
    fixed, moving = coloured(TRUTH)
    alone = RegistrationCost(fixed[..., :2], moving[..., :2], channel_axis=-1)
    moving[..., 2] = 255
    assert RegistrationCost(fixed, moving, channel_axis=-1)([1, 2, 3]) == alone([1, 2, 3])


@pytest.mark.parametrize(
    ("metric", "empty"),
    [("ssd", "squares"), ("ncc", 0.0), ("nmi", -1.0), ("mi", 0.0), ("pluim", 0.0)],
)
def test_a_channel_that_is_constant_in_the_overlap_says_nothing(metric, empty):
    fixed, moving = coloured(TRUTH)
    fixed[8:, :, 2] = 0.25
    moving[:64, :, 2] = 0.5
    params = [0, -10.0, 0]  # rows 10 on of fixed on rows 0 to 61 of moving
    cost = RegistrationCost(fixed, moving, metric=metric, channel_axis=-1)
    singles = [
        RegistrationCost(fixed[..., c], moving[..., c], metric=metric)(params) for c in range(3)
    ]
    assert np.isnan(singles[2])
    singles[2] = 0.0625 if empty == "squares" else empty
    assert cost(params) == pytest.approx(np.mean(singles))


def test_the_cost_is_nan_where_all_channels_are_constant():
    fixed, moving = coloured(TRUTH)
    fixed[8:], moving[:64] = 0.25, 0.5
    assert np.isnan(RegistrationCost(fixed, moving, channel_axis=-1)([0, -10.0, 0]))


def test_a_pixel_without_data_in_one_channel_has_none_in_the_others():
    fixed, moving = coloured(TRUTH)
    fixed[10:20, 10:20, 1] = np.nan
    cost = RegistrationCost(fixed, moving, channel_axis=-1)
    mask = np.ones(SHAPE, dtype=bool)
    mask[10:20, 10:20] = False
    masked = RegistrationCost(*coloured(TRUTH), channel_axis=-1, fixed_mask=mask)
    assert cost([1, 2, 3]) == masked([1, 2, 3])
    assert cost.comparison.n_pixels == 72 * 64 - 100


# -------------------------------------------------------------------------------- search


@pytest.mark.slow
@pytest.mark.parametrize("metric", ["ssd", "ncc", "nmi"])
@pytest.mark.parametrize("degrees", [12, 150])
def test_channels_that_cancel_in_grey_are_found(metric, degrees):
    truth = about_centre(turned(degrees), (3, -4), SHAPE)
    fixed, moving = contrary(truth)
    assert np.ptp(fixed.mean(axis=-1)) < 1e-12
    result = register(fixed, moving, metric=metric, channel_axis=-1)
    assert target_error(result.matrix, truth, SHAPE) < 0.1
    assert result.status is Status.SUCCESS
    assert not result.ambiguous


@pytest.mark.slow
@pytest.mark.parametrize("transform", ["rigid", "affine"])
def test_channels_with_nothing_in_common_are_found(transform):
    fixed, moving = coloured(TRUTH)
    result = register(fixed, moving, transform, channel_axis=-1)
    assert target_error(result.matrix, TRUTH, SHAPE) < 0.05
    assert not result.ambiguous
    warped = result.warp(moving, order=1, channel_axis=-1)
    inner = np.isfinite(warped)
    assert result.cost == pytest.approx(((warped - fixed)[inner] ** 2).mean(), rel=1e-9)


@pytest.mark.slow
def test_more_channels_give_smaller_errors():
    errors = []
    for c in (1, 3):
        each = []
        for seed in range(4):
            fixed, moving = (i[..., :c] for i in coloured(TRUTH, seeds=range(seed, seed + 3)))
            rng = np.random.default_rng(seed)
            noisy = [image + rng.normal(0, 0.25, image.shape) for image in (fixed, moving)]
            result = register(*noisy, channel_axis=-1, initial=TRUTH)
            each.append(target_error(result.matrix, TRUTH, SHAPE))
        errors.append(np.mean(each))
    assert errors[1] < 0.8 * errors[0]


@pytest.mark.slow
def test_channels_of_unrelated_images_are_ambiguous():
    fixed, moving = coloured(TRUTH)[0], coloured(TRUTH, seeds=(5, 6, 7))[1]
    result = register(fixed, moving, channel_axis=-1)
    assert result.ambiguous


@pytest.mark.slow
def test_channels_of_volumes_are_found():
    shape = (18, 20, 24)
    turn = Rotation.from_rotvec([30, 100, -40], degrees=True).as_matrix()
    truth = about_centre(turn, (1, -1, 2), shape)
    fixed, moving = contrary(truth, shape)
    result = register(fixed, moving, metric="ncc", channel_axis=-1)
    assert target_error(result.matrix, truth, shape) < 0.3


@pytest.mark.slow
@pytest.mark.parametrize("reference", ["previous", "mean"])
def test_frames_of_channels_that_cancel_are_aligned(reference):
    large = scene((100, 100), 3)
    frames = np.stack([large[20 + i : 84 + i, 20 - 2 * i : 84 - 2 * i] for i in range(3)])
    stack = np.stack([frames, 1 - frames], axis=1)
    result = register_stack(stack, "translation", channel_axis=1, reference=reference, n_jobs=1)
    np.testing.assert_allclose(result.drift["shift_0"], [0, -1, -2], atol=0.03)
    np.testing.assert_allclose(result.drift["shift_1"], [0, 2, 4], atol=0.03)
    aligned = result.warp(stack, order=1, channel_axis=1)
    assert aligned.shape == stack.shape
    inner = np.isfinite(aligned).all(axis=(0, 1))
    np.testing.assert_allclose(aligned[2][:, inner], stack[0][:, inner], atol=0.02)


@pytest.mark.slow
def test_volumes_over_time_are_aligned():
    shape, spacing = (12, 24, 28), (2.5, 1.0, 1.0)
    large = ndimage.gaussian_filter(scene((24, 48, 56), 4), (0.5, 1, 1))
    turns = [Rotation.from_rotvec([4.0 * i, 0, 0], degrees=True).as_matrix() for i in range(4)]
    shifts = [np.array([0.0, 1.0, -0.5]) * i for i in range(4)]
    frames = []
    for turn, shift in zip(turns, shifts, strict=True):
        back = np.linalg.inv(about_centre(turn, shift, shape))
        offset = back[:3, 3] + [6, 12, 14]
        frames.append(
            ndimage.affine_transform(large, back[:3, :3], offset, output_shape=shape, order=3)
        )
    stack = np.stack(frames)  # T, Z, Y, X
    result = register_stack(stack, metric="ncc", spacing=spacing, n_jobs=1)
    np.testing.assert_allclose(result.drift["rotation_0"], [0, 4, 8, 12], atol=0.4)
    for axis in (1, 2):
        expected = [shift[axis] for shift in shifts]
        np.testing.assert_allclose(result.drift[f"shift_{axis}"], expected, atol=0.15)
    aligned = result.warp(stack)
    inner = np.isfinite(aligned).all(axis=0)
    assert (
        np.abs(aligned - stack[0])[:, inner].mean()
        < 0.3 * np.abs(stack - stack[0])[1:, inner].mean()
    )
    assert result.status is Status.SUCCESS


# --------------------------------------------------------------------------------- parts


def test_the_weights_show_what_changes_most():
    rng = np.random.default_rng(0)
    image = rng.random((20, 20))
    same = weights_of([image, image, image])
    np.testing.assert_allclose(same, np.full(3, 3**-0.5))
    contrary_weights = weights_of([image, -image])
    assert abs(contrary_weights[0] + contrary_weights[1]) < 1e-9
    alone = weights_of([image, 0.001 * rng.random((20, 20))])
    np.testing.assert_allclose(alone, [1, 0], atol=1e-3)


def test_a_pyramid_of_channels_is_one_of_each():
    fixed, moving = coloured(TRUTH)
    channels = as_channel_pair(fixed, moving, None, None, -1)
    levels = pyramid_pair(*channels, ((1.0, 1.0), (1.0, 1.0)), 1.0)
    for c, part in enumerate(levels[1].channels):
        alone = Pyramid(moving[..., c], (1.0, 1.0), 1.0)
        np.testing.assert_array_equal(part.image(1), alone.image(1))
    changed = levels[0].map(1, lambda image: 2 * image)
    np.testing.assert_array_equal(changed.image(1), 2 * levels[0].image(1))
    np.testing.assert_array_equal(changed.channels[2].image(1), 2 * levels[0].channels[2].image(1))
    assert len(Pyramid(fixed[..., 0], (1.0, 1.0), 1.0).channels) == 1


@pytest.mark.slow
def test_a_result_of_channels_is_drawn():
    pytest.importorskip("matplotlib")
    result = register(*coloured(TRUTH), channel_axis=-1, initial=TRUTH)
    assert result.plot() is not None


# ------------------------------------------------------------------------------- refused


@pytest.mark.parametrize(
    ("make", "axis", "error", "message"),
    [
        (lambda f, m: (f, m[..., :2]), -1, ValueError, "fixed has 3 channels and moving 2"),
        (lambda f, m: (f, m), None, ValueError, "give channel_axis=-1 to compare all channels"),
        (lambda f, m: (f, m), 3, ValueError, "channel_axis is 3"),
        (lambda f, m: (0 * f, m), -1, ValueError, "fixed is constant"),
        (lambda f, m: (f * [1, 0, 0], m * [0, 1, 1]), -1, ValueError, "every channel is constant"),
        (lambda f, m: (f[:5], m), -1, ValueError, "fixed is too small"),
        (lambda f, m: (f.astype(complex), m), -1, TypeError, "real numbers"),
        (lambda f, m: (f[..., :0], m[..., :0]), -1, ValueError, "no channel"),
    ],
)
def test_channels_that_cannot_be_compared_are_refused(make, axis, error, message):
    with pytest.raises(error, match=message):
        register(*make(*coloured(TRUTH)), channel_axis=axis)


@pytest.mark.parametrize("axis", [0, -4, 7])
def test_the_axis_of_frames_is_not_that_of_channels(axis):
    with pytest.raises(ValueError, match="not the first"):
        register_stack(np.zeros((3, 20, 20, 3)), channel_axis=axis)


def test_moments_of_channels_are_those_of_their_mean():
    fixed = np.zeros((40, 40, 3))
    fixed[5:12, 20:24] = 1
    moved = np.roll(fixed, (3, -4), axis=(0, 1))
    np.testing.assert_allclose(
        from_moments(fixed, moved, "translation", channel_axis=-1)[:2, 2], (3, -4)
    )
