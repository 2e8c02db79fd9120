"""Registration: pyramid, transforms and cost against SciPy and scikit-image, then `register`."""

import math
import pickle
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest

pytest.importorskip("scipy")
from scenes import scene, target_error
from scipy import ndimage, optimize

from minimizer import Minimizer, Status
from minimizer.registration import RegistrationCost, register, transforms
from minimizer.registration.images import pyramid
from minimizer.registration.images import smoothing as blur
from minimizer.registration.metrics import definitions as metrics
from minimizer.registration.search import pyramid_search, refinement


def rigid_matrix(degrees, shift, shape):
    """Return the matrix from fixed to moving index, written out independently."""
    c, s = math.cos(math.radians(degrees)), math.sin(math.radians(degrees))
    r0, c0 = (shape[0] - 1) / 2, (shape[1] - 1) / 2
    return np.array(
        [
            [c, -s, r0 - c * r0 + s * c0 + shift[0]],
            [s, c, c0 - s * r0 - c * c0 + shift[1]],
            [0.0, 0.0, 1.0],
        ]
    )


def cut_pair(matrix, size=96, seed=0, noise=0.005):
    """Cut fixed and moving windows from one large scene, so that both have data all over."""
    large = scene((3 * size, 3 * size), seed)
    offset = np.full(2, float(size))
    back = np.linalg.inv(matrix)
    fixed = large[size : 2 * size, size : 2 * size]
    moving = ndimage.affine_transform(
        large, back[:2, :2], offset=offset + back[:2, 2], output_shape=(size, size), order=3
    )
    rng = np.random.default_rng(seed + 1)
    return tuple(image + rng.normal(0, noise, image.shape) for image in (fixed, moving))


# ---------------------------------------------------------------------------------- pyramid


def place(index, level):
    """Where an index of a level is at full resolution."""
    return (index + 0.5) * 2**level - 0.5


def is_wave_at(values, level, frequency, phase):
    """Whether values are a wave, damped, as sampled at the middle of each block."""
    inner = np.arange(4, len(values) - 4)
    wave = np.cos(frequency * place(inner, level) + phase)
    gain = (values[inner] @ wave) / (wave @ wave)
    return bool(np.allclose(values[inner], gain * wave, atol=1e-12) and gain > 0.2)


@pytest.mark.parametrize("level", [1, 2, 3])
@pytest.mark.parametrize("shift", [0.0, 1.0, 5.0, -3.25])
def test_pyramid_of_a_shifted_image_differs_by_exactly_the_shift(level, shift):
    # Blurring and averaging damp a wave and leave its phase, which is where the image is.
    frequency = 2 * np.pi / 61.3
    image = np.cos(frequency * (np.arange(256) - shift))
    assert is_wave_at(pyramid.at_level(image, level), level, frequency, -frequency * shift)
    assert not is_wave_at(image[:: 2**level], level, frequency, -frequency * shift)


@pytest.mark.parametrize("level", [1, 2, 3])
def test_pyramid_keeps_the_centre_of_mass(level):
    rows, columns = np.indices((160, 200))
    blob = np.exp(-((rows - 70.3) ** 2 + (columns - 96.8) ** 2) / (2 * 12**2))
    centre = ndimage.center_of_mass(pyramid.at_level(blob, level))
    np.testing.assert_allclose(place(np.array(centre), level), [70.3, 96.8], atol=1e-3)


def test_pyramid_blurs_before_it_averages():
    # A period of three pixels cannot be shown one level up; plain averaging leaves half of it.
    stripes = np.cos(2 * np.pi * np.arange(120) / 3)
    assert abs(pyramid.at_level(stripes, 1)[4:-4]).max() < 0.06


def test_pyramid_gives_missing_pixels_no_weight():
    image = np.full((64, 64), 7.0)
    image[10, 10] = image[3:5, 40:44] = np.nan
    image[30:50, 30:50] = np.nan
    level = pyramid.at_level(image, 1)
    assert np.isnan(level[15:25, 15:25]).all()
    np.testing.assert_allclose(level[np.isfinite(level)], 7.0)
    assert level.shape == (32, 32)
    assert np.isfinite(level[5, 5])


def test_pyramid_levels_down_to_about_32_pixels():
    assert [pyramid.n_levels((n, 2 * n)) for n in (8, 33, 64, 100, 512, 1024)] == [1, 1, 2, 3, 5, 6]
    assert pyramid.at_level(np.zeros((65, 99)), 1).shape == (32, 49)


def test_smoothing_does_not_shift_the_edge_of_the_frame():
    # What is left of a ramp after a symmetric blur is the ramp itself.
    ramp = np.arange(40.0)[:, None] + np.zeros((40, 30))
    smoothed = blur.smooth(ramp, 0.7)
    inner = np.isfinite(smoothed)
    assert inner[1:-1, 1:-1].all()
    np.testing.assert_allclose(smoothed[inner], ramp[inner], atol=0.02)


def test_a_matrix_at_a_level_says_the_same_as_at_full_resolution():
    full = rigid_matrix(33, (4.2, -7.9), (120, 90))
    for level in (1, 2, 3):
        index = np.array([5.0, 9.0])
        moved = pyramid.matrix_at_level(full, level, level) @ [*index, 1]
        expected = full @ [*place(index, level), 1]
        np.testing.assert_allclose(place(moved[:2], level), expected[:2])


# ------------------------------------------------------------------------------- transforms


@pytest.mark.parametrize("degrees", [-115.0, 10.0, 60.0, 90.0])
@pytest.mark.parametrize("shape", [(60, 60), (51, 70)])
def test_rotation_is_that_of_scikit_image(degrees, shape):
    # skimage.transform.rotate makes the moving image; it says (x, y) and counter-clockwise.
    transform = pytest.importorskip("skimage.transform")
    image = scene(shape)
    rigid = transforms.make_transform("rigid", shape)
    params = [rigid.rotation(degrees), 0, 0]
    assert rigid.angle(params) == pytest.approx(degrees)
    to_fixed = np.linalg.inv(rigid.matrix(params))
    turned = ndimage.affine_transform(image, to_fixed, order=1, cval=np.nan)
    expected = transform.rotate(image, degrees, order=1)
    inside = np.isfinite(turned)
    assert inside.mean() > 0.6
    np.testing.assert_allclose(turned[inside], expected[inside], atol=1e-9)


def test_a_unit_step_of_each_parameter_moves_the_edge_by_about_a_pixel():
    shape = (80, 80)
    rigid = transforms.make_transform("rigid", shape)
    index = np.indices(shape).reshape(2, -1)
    edge = index[:, (index == 0).any(axis=0) | (index == 79).any(axis=0)]
    homogeneous = np.vstack([edge, np.ones(edge.shape[1])])
    for step in np.eye(3):
        moved = (rigid.matrix(step) - np.eye(3)) @ homogeneous
        assert np.linalg.norm(moved, axis=0).mean() == pytest.approx(1.0, abs=0.2)


def test_parameters_have_names_and_units():
    assert transforms.make_transform("rigid", (9, 9)).names == ("rotation", "shift_0", "shift_1")
    translation = transforms.make_transform("translation", (9, 9, 9))
    assert translation.names == ("shift_0", "shift_1", "shift_2")
    assert translation.units == ("px", "px", "px")
    assert translation.angle([1, 2, 3]) is None


# ------------------------------------------------------------------------------------- cost


def recomputed(fixed, moving, matrix):
    """Mean squared difference and overlap, from the definition."""
    index = np.indices(fixed.shape).reshape(2, -1)
    place = (matrix @ np.vstack([index, np.ones(index.shape[1])]))[:2]
    inside = ((place >= 0) & (place <= np.array(moving.shape)[:, None] - 1)).all(axis=0)
    values = ndimage.map_coordinates(moving, place[:, inside], order=1)
    return np.mean((values - fixed.ravel()[inside]) ** 2), inside.mean()


@pytest.mark.parametrize("degrees", [0.0, 7.0, -130.0])
def test_cost_is_the_mean_squared_difference_where_both_have_data(degrees):
    fixed, moving = scene((50, 64)), scene((58, 49), seed=1)
    cost = RegistrationCost(fixed, moving)
    params = [cost.transform.rotation(degrees), 4.3, -2.6]
    expected, overlap = recomputed(fixed, moving, rigid_matrix(degrees, (4.3, -2.6), fixed.shape))
    assert cost(params) == pytest.approx(expected, rel=1e-12)
    assert cost.overlap(params) == overlap


def test_padding_is_no_data():
    fixed = scene((40, 40))
    cost = RegistrationCost(fixed, fixed, "translation")
    assert cost([13, -7]) == pytest.approx(np.mean((fixed[:27, 7:] - fixed[13:, :33]) ** 2))


def test_pixels_that_are_not_finite_are_no_data():
    fixed, moving = scene((40, 40)), scene((40, 40), seed=1)
    fixed[5:9, 3:20], fixed[30, 30] = np.nan, np.inf
    moving[20:22, :], moving[0, 0] = -np.inf, np.nan
    both = np.isfinite(fixed) & np.isfinite(moving)
    cost = RegistrationCost(fixed, moving)
    assert cost(cost.identity) == pytest.approx(np.mean((fixed - moving)[both] ** 2), rel=1e-12)
    assert cost.overlap(cost.identity) == both.sum() / np.isfinite(fixed).sum()
    # Between pixels, one missing neighbour is enough.
    cost = RegistrationCost(scene((40, 40)), moving, "translation")
    assert cost.overlap([0.5, 0]) == (39 - 3) / 40 - 1 / 1600


def test_cost_is_nan_where_the_overlap_is_under_a_quarter():
    cost = RegistrationCost(scene((20, 100)), scene((20, 100), seed=1), "translation")
    assert cost.overlap([0, 75]) == 0.25
    assert np.isfinite(cost([0, 75]))
    assert np.isnan(cost([0, -76]))
    assert np.isnan(cost([0, 1000]))
    strict = RegistrationCost(scene((20, 100)), scene((20, 100)), "translation", min_overlap=1.0)
    assert strict(strict.identity) == 0.0
    assert np.isnan(strict([0, 1]))


def test_the_overlap_counts_the_fixed_images_data_only():
    fixed = scene((40, 40))
    fixed[:, 10:] = np.nan
    cost = RegistrationCost(fixed, scene((40, 40), seed=1), "translation")
    assert cost.overlap(cost.identity) == 1.0
    assert np.isfinite(cost([0, -7]))
    assert np.isnan(cost([0, -8]))


def test_parameters_mean_the_same_at_every_level():
    true = rigid_matrix(25, (5.3, -8.1), (128, 128))
    fixed, moving = cut_pair(true, size=128)
    for level in (0, 1, 2):
        cost = RegistrationCost(fixed, moving, level=level)
        right = np.array([cost.transform.rotation(25), 5.3, -8.1])
        assert cost.shape == (128 // 2**level,) * 2
        assert all(cost(right) < cost(right + 2 * step) for step in [*np.eye(3), *-np.eye(3)])


def test_cost_is_an_ordinary_function_for_any_minimizer():
    fixed, moving = cut_pair(rigid_matrix(3, (1.5, -2), (48, 48)), size=48)
    cost = RegistrationCost(fixed, moving, smoothing=0.7)
    m = Minimizer(cost, cost.n_params, max_rel_error=1e-4)
    assert m.minimize(cost.identity, cost.variations) is Status.SUCCESS
    m_scipy = optimize.minimize(cost, cost.identity, method="Powell")
    for params in (m.params, m_scipy.x):
        np.testing.assert_allclose(params[1:], [1.5, -2], atol=0.1)
        assert cost.transform.angle(params) == pytest.approx(3, abs=0.2)


def test_cost_keeps_no_state():
    fixed, moving = scene((40, 44)), scene((41, 40), seed=1)
    kept = fixed.copy(), moving.copy()
    fixed.flags.writeable = moving.flags.writeable = False
    cost = RegistrationCost(fixed, moving)
    points = list(np.random.default_rng(0).normal(0, 5, (40, 3)))
    values = [cost(point) for point in points]
    assert [pickle.loads(pickle.dumps(cost))(point) for point in points] == values
    with ThreadPoolExecutor(4) as pool:
        assert list(pool.map(cost, points * 3)) == values * 3
    np.testing.assert_array_equal(fixed, kept[0])
    np.testing.assert_array_equal(moving, kept[1])


# --------------------------------------------------------------------------------- register


@pytest.mark.slow
@pytest.mark.parametrize(
    ("degrees", "shift"),
    [(0, (0, 0)), (20, (3.2, -4.7)), (-75, (-9, 8)), (130, (0.4, 20.3)), (180, (-2.5, 1.5))],
)
def test_known_rigid_motions_are_found(degrees, shift):
    true = rigid_matrix(degrees, shift, (96, 96))
    fixed, moving = cut_pair(true)
    result = register(fixed, moving)
    assert target_error(result.matrix, true, fixed.shape) < 0.1
    assert math.remainder(result.angle - degrees, 360) == pytest.approx(0, abs=0.1)
    np.testing.assert_allclose(result.shift, shift, atol=0.1)
    assert result.status is Status.SUCCESS
    assert result.overlap > 0.25


@pytest.mark.slow
@pytest.mark.parametrize("shift", [(7.25, -11.5), (-63, 0), (2.5, 60)])
def test_known_shifts_are_found(shift):
    true = np.eye(3)
    true[:2, 2] = shift
    fixed, moving = cut_pair(true)
    result = register(fixed, moving, transform="translation")
    np.testing.assert_allclose(result.shift, shift, atol=0.05)
    assert result.angle is None
    np.testing.assert_allclose(result.matrix, true, atol=0.05)


@pytest.mark.parametrize("shift", [(5,), (-3, 4, 6)])
def test_translations_work_in_any_number_of_dimensions(shift):
    shape = (120,) if len(shift) == 1 else (22, 20, 24)
    large = scene(tuple(n + 20 for n in shape), seed=3)
    fixed = large[tuple(slice(10, 10 + n) for n in shape)]
    moving = large[tuple(slice(10 - s, 10 - s + n) for n, s in zip(shape, shift, strict=True))]
    result = register(fixed, moving, "translation")
    np.testing.assert_allclose(result.shift, shift, atol=0.02)


def test_images_of_different_shapes():
    large = scene((110, 130), seed=4)
    result = register(large[20:84, 30:100], large[10:100, 12:112], "translation")
    np.testing.assert_allclose(result.shift, (10, 18), atol=0.02)


def test_the_matrix_is_the_one_scipy_takes():
    true = rigid_matrix(40, (3, -5), (96, 96))
    fixed, moving = cut_pair(true)
    result = register(fixed, moving)
    by_scipy = ndimage.affine_transform(
        moving, result.matrix, output_shape=fixed.shape, order=3, cval=np.nan
    )
    np.testing.assert_array_equal(result.warp(moving), by_scipy)
    inside = np.isfinite(by_scipy)
    assert np.sqrt(np.mean((by_scipy - fixed)[inside] ** 2)) < 0.01
    assert result.overlap == pytest.approx(inside.mean(), abs=1e-3)
    np.testing.assert_allclose(result.inverse() @ result.matrix, np.eye(3), atol=1e-12)


@pytest.mark.slow
def test_swapping_the_images_gives_the_inverse():
    fixed, moving = cut_pair(rigid_matrix(-35, (6, 4), (96, 96)), seed=5)
    there, back = register(fixed, moving), register(moving, fixed)
    assert target_error(back.matrix, there.inverse(), fixed.shape) < 0.05


def test_the_costs_are_those_of_the_images_as_given():
    fixed, moving = cut_pair(rigid_matrix(15, (3, -5), (96, 96)))
    result = register(fixed, moving)
    warped = result.warp(moving, order=1)
    both = np.isfinite(warped)
    assert result.cost == pytest.approx(np.mean((warped - fixed)[both] ** 2), rel=1e-9)
    assert result.cost_at_identity == pytest.approx(np.mean((moving - fixed) ** 2), rel=1e-9)
    assert result.overlap == both.mean()


def test_missing_data_does_not_pull():
    # A frame and a hole of NaN in moving, and a hole in fixed; zeros there would win the day.
    true = rigid_matrix(12, (4, 3), (96, 96))
    fixed, moving = cut_pair(true, seed=6)
    moving[:8] = moving[:, -8:] = moving[40:50, 20:30] = np.nan
    fixed[60:75, 10:40] = np.nan
    result = register(fixed, moving)
    assert target_error(result.matrix, true, fixed.shape) < 0.1
    assert np.isnan(result.warp(moving)).sum() < 0.5 * fixed.size


@pytest.mark.slow
def test_same_call_same_bits_and_untouched_input():
    fixed, moving = cut_pair(rigid_matrix(15, (3, -5), (48, 48)), size=48)
    kept = fixed.copy(), moving.copy()
    fixed.flags.writeable = moving.flags.writeable = False
    first, second = register(fixed, moving), register(fixed, moving, n_jobs=2)
    assert first.params.tobytes() == second.params.tobytes()
    assert first.cost == second.cost
    assert [level.evaluations for level in first.levels] == [
        level.evaluations for level in second.levels
    ]
    np.testing.assert_array_equal(fixed, kept[0])
    np.testing.assert_array_equal(moving, kept[1])


def test_integer_images_are_taken_as_they_are():
    fixed, moving = cut_pair(rigid_matrix(0, (3, -5), (64, 64)), size=64, noise=0)
    as_bytes = [(np.clip(image, 0, 1) * 255).astype(np.uint8) for image in (fixed, moving)]
    result = register(*as_bytes, "translation")
    np.testing.assert_allclose(result.shift, (3, -5), atol=0.02)


def test_every_level_has_a_record():
    fixed, moving = cut_pair(rigid_matrix(15, (3, -5), (128, 128)), size=128)
    result = register(fixed, moving)
    assert [level.shape for level in result.levels] == [(32, 32), (64, 64), (128, 128)]
    assert [level.level for level in result.levels] == [2, 1, 0]
    for level in result.levels:
        assert level.evaluations == len(level.trace)
        assert (np.diff(level.trace[np.isfinite(level.trace)]) <= 0).all()
        assert level.trace[-1] == level.cost
        assert level.seconds > 0
        assert level.status is Status.SUCCESS
    assert result.levels[-1].evaluations < 200
    np.testing.assert_array_equal(result.levels[-1].params, result.params)
    assert all(text in str(result) for text in ("SUCCESS", "15.0", "degrees", "32 x 32"))
    assert repr(result).startswith("<RegistrationResult: angle=15.0")
    names = ["SUCCESS", *result.transform.describe(result.params), "overlap"]
    assert all(f">{name}<" in result._repr_html_() for name in names)


def test_a_failure_at_any_level_is_told(monkeypatch):
    monkeypatch.setattr(refinement, "MAX_EVALUATIONS", 20)
    fixed, moving = cut_pair(rigid_matrix(15, (3, -5), (48, 48)), size=48)
    assert register(fixed, moving).status is Status.MAX_EVALUATIONS_EXCEEDED


# -------------------------------------------------------------------------------- bad input

GOOD = scene((32, 32))


@pytest.mark.parametrize(
    ("fixed", "moving", "settings", "message"),
    [
        (GOOD, scene((32, 32, 16)), {}, "fixed has 2 dimensions and moving 3"),
        (np.zeros((0, 32)), GOOD, {}, "fixed has shape .*must have pixels"),
        (GOOD, np.float64(3), {}, "moving has shape .*must have pixels"),
        (np.ones((32, 32)), GOOD, {}, "fixed is constant"),
        (GOOD, np.full((32, 32), np.nan), {}, "moving has no finite pixel"),
        (GOOD, np.zeros((32, 32, 3)), {}, "moving .*colour image; give channel_axis=-1"),
        (GOOD[:7], GOOD, {}, "fixed is too small.* at least 8"),
        (GOOD, GOOD, {"transform": "shear"}, "transform is 'shear'.*'rigid', 'translation'"),
        (GOOD, GOOD, {"metric": "cc"}, "metric is 'cc'; it must be one of 'ssd'"),
        (GOOD, GOOD, {"min_overlap": 0}, "min_overlap is 0.*above 0 and at most 1"),
        (GOOD, GOOD, {"min_overlap": 1.5}, "min_overlap is 1.5"),
        (GOOD, GOOD, {"min_overlap": math.nan}, "min_overlap is nan"),
        (GOOD, GOOD, {"smoothing": -1}, "smoothing is -1"),
        (GOOD[0], GOOD[0], {}, "'rigid' .*use transform='translation'"),
    ],
)
def test_bad_input_is_refused_with_advice(fixed, moving, settings, message):
    for function in (register, RegistrationCost):
        with pytest.raises(ValueError, match=message):
            function(fixed, moving, **settings)


def test_settings_of_the_minimizer_are_refused_before_the_search(monkeypatch):
    monkeypatch.setattr(pyramid_search, "CandidateScorer", None)
    with pytest.raises((TypeError, ValueError), match="random_seed"):
        register(GOOD, GOOD, random_seed="first")


def test_pixels_must_be_real_numbers():
    with pytest.raises(TypeError, match="moving has dtype complex128"):
        register(GOOD, GOOD + 1j)


def test_a_level_must_leave_pixels():
    with pytest.raises(ValueError, match=r"level is 3.*at least 8 pixels"):
        RegistrationCost(GOOD, GOOD, level=3)


def test_images_that_can_never_overlap_enough():
    with pytest.raises(ValueError, match="lower min_overlap"):
        register(scene((64, 64)), GOOD[:12, :12])


def test_a_metric_is_also_a_plain_function():
    assert metrics.ssd(np.array([1.0, 2.0]), np.array([1.0, 5.0])) == 4.5


def test_without_scipy_the_extra_is_named():
    code = (
        "import sys; sys.modules['scipy'] = None; sys.modules['scipy.ndimage'] = None\n"
        "import minimizer\n"
        "import minimizer.registration\n"
        "try: minimizer.registration.register\n"
        "except ImportError as error: print(error)"
    )
    run = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=60
    )
    assert 'pip install "imagej-minimizer[registration]"' in run.stdout
