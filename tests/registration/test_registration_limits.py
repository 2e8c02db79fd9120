"""Parameters held and bounded by name: respected everywhere, at all levels and in all searches."""

import dataclasses

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

pytest.importorskip("scipy")
from scenes import about_centre, scene, target_error, turned, windows
from scipy import ndimage, optimize
from scipy.spatial.transform import Rotation

from minimizer import Status
from minimizer.registration import RegistrationCost, register, register_stack
from minimizer.registration.transforms import make_transform
from minimizer.registration.transforms.limits import (
    allowed_orientations,
    box_of,
    nearest_allowed,
    with_limits,
)

SHAPE = (96, 80)
VOLUME = (18, 20, 24)


def named(result):
    return {name: value for name, (value, _) in result.transform.describe(result.params).items()}


def pair_2d(degrees, shift, scale=1.0, seed=0):
    matrix = about_centre(scale * turned(degrees), shift, SHAPE)
    return *windows(matrix, SHAPE, seed), matrix


def pair_3d(degrees, shift, seed=0):
    turn = Rotation.from_rotvec(degrees, degrees=True).as_matrix()
    matrix = about_centre(turn, shift, VOLUME)
    return *windows(matrix, VOLUME, seed, margin=0.6), matrix


# ------------------------------------------------------------------------------ found


@pytest.mark.slow
@pytest.mark.parametrize(
    ("held", "bounds"),
    [
        ({"angle": 10}, None),
        ({"rotation": 10, "shift_0": 4}, None),
        ({"shift": (4)}, {"angle": (0, 20)}),
        (None, {"angle": (5, 15), "shift": (-10, 10)}),
        (None, {"angle": (9, None), "shift_1": (None, 0)}),
        (None, {"angle": (365, 375)}),
    ],
)
def test_what_is_right_is_found_within_the_limits(held, bounds):
    fixed, moving, truth = pair_2d(10, (4, 4 if held and "shift" in held else -6))
    result = register(fixed, moving, held=held, bounds=bounds)
    assert target_error(result.matrix, truth, SHAPE) < 0.1
    assert result.status is Status.SUCCESS
    assert not result.ambiguous
    for name, value in (held or {}).items():
        for key in named(result):
            if key.startswith({"angle": "rotation"}.get(name, name)):
                assert named(result)[key] == pytest.approx(value, abs=1e-9)
    assert result.at_bounds == ()
    assert "bound" not in result.message


@pytest.mark.slow
def test_the_best_within_bounds_is_that_of_scipy():
    fixed, moving, _ = pair_2d(10, (4, -6))
    result = register(fixed, moving, bounds={"angle": (-3, 6)}, smoothing=0)
    cost = RegistrationCost(fixed, moving)
    edge = cost.transform.rotation(6.0)
    best = optimize.minimize(
        lambda shift: cost([edge, *shift]),
        result.params[1:] + 0.3,
        method="Nelder-Mead",
        options={"xatol": 1e-4, "fatol": 1e-12},
    )
    assert named(result)["rotation"] == pytest.approx(6.0, abs=0.02)
    np.testing.assert_allclose(result.shift, best.x, atol=0.1)
    assert cost(result.params) < best.fun * (1 + 3 / fixed.size)  # the tolerance of a level
    assert result.at_bounds == ("rotation",)
    assert "rotation lies at a bound" in result.message


@pytest.mark.slow
def test_held_at_what_is_wrong_gives_the_best_there():
    fixed, moving, _ = pair_2d(3, (4, -6))
    result = register(fixed, moving, held={"angle": 0}, smoothing=0)
    alone = register(fixed, moving, "translation", smoothing=0)
    np.testing.assert_allclose(result.shift, alone.shift, atol=0.02)
    assert result.angle == 0
    assert result.matrix[0, 1] == 0


BOTH = [(n, search) for n in (2, 3) for search in ("auto", "local")]
LEVELS = [
    (limits, where)
    for limits, searches in (
        (("rigid", None, {"angle": (-10, 10)}), BOTH),
        (("rigid", {"angle": 0}, None), BOTH),
        (("rigid", {"rotation_0": 0, "rotation_1": 0}, None), BOTH[2:]),
        (("translation", {"shift_0": 1}, None), BOTH),
        # Those with more parameters share the searches, in the plane and in space.
        (("similarity", {"scale": 1}, {"shift": (-6, 6)}), (BOTH[0], BOTH[3])),
        (
            ("similarity", None, {"scale": (0.9, 1.2), "rotation_2": (0, 20)}),
            (BOTH[1], BOTH[2]),
        ),
        (
            ("affine", None, {"linear_01": (-0.05, 0.05), "linear_00": (0.9, 1.1)}),
            (BOTH[0], BOTH[3]),
        ),
        (("affine", {"shift_1": 0}, None), (BOTH[1], BOTH[2])),
    )
    for where in searches
]


@pytest.mark.slow
@pytest.mark.parametrize(("limits", "where"), LEVELS)
def test_no_level_leaves_the_limits(limits, where):
    (transform, held, bounds), (n, search) = limits, where

    def fits(name):
        return n == 3 or not name.startswith("rotation_")

    held = {k: v for k, v in (held or {}).items() if fits(k)}
    bounds = {k: v for k, v in (bounds or {}).items() if fits(k)}
    if n == 2:
        fixed, moving, _ = pair_2d(40, (5, -7), seed=2)
    else:
        fixed, moving, _ = pair_3d((30, 40, -50), (2, -2, 3), seed=2)
    result = register(fixed, moving, transform, held=held, bounds=bounds, search=search)
    limited = with_limits(make_transform(transform, fixed.shape), held, bounds)
    box = box_of(limited)
    assert all(box.contains(record.params) for record in result.levels)
    assert result.transform.limits == limited.limits


@pytest.mark.slow
def test_a_global_search_stays_within_the_limits():
    fixed, moving, truth = pair_3d((0, 0, 35), (1, -2, 3))
    bounds = {"rotation_0": (-3, 3), "rotation_1": (-3, 3), "rotation_2": (0, 60)}
    result = register(fixed, moving, bounds=bounds, search="global")
    assert target_error(result.matrix, truth, VOLUME) < 0.3
    assert all(box_of(result.transform).contains(record.params) for record in result.levels)


@pytest.mark.slow
@pytest.mark.parametrize("metric", ["ncc", "nmi"])
def test_a_volume_is_found_within_the_limits(metric):
    fixed, moving, truth = pair_3d((0, 0, 35), (1, -2, 3))
    limits = {"held": {"rotation_0": 0, "rotation_1": 0}, "bounds": {"shift": (-5, 5)}}
    result = register(fixed, moving, metric=metric, **limits)
    assert target_error(result.matrix, truth, VOLUME) < 0.3
    assert result.status is Status.SUCCESS
    assert named(result)["rotation_0"] == 0


@pytest.mark.slow
def test_an_affine_map_without_shear_is_found():
    linear = turned(0) * [1.1, 0.95]
    matrix = about_centre(linear, (3, -2), SHAPE)
    fixed, moving = windows(matrix, SHAPE, 4)
    result = register(fixed, moving, "affine", held={"linear_01": 0, "linear_10": 0})
    assert target_error(result.matrix, matrix, SHAPE) < 0.1
    np.testing.assert_array_equal(result.matrix[[0, 1], [1, 0]], 0)


@pytest.mark.slow
def test_bounds_settle_what_repeats_itself():
    # A pattern with a period of 16 pixels fits half a period to either side.
    tile = np.tile(ndimage.gaussian_filter(scene((16, 16), 3), 1, mode="wrap"), (8, 8))
    fixed, moving = tile[:96, :96], tile[8:104, :96]
    free = register(fixed, moving, "translation")
    assert free.ambiguous
    bounded = register(fixed, moving, "translation", bounds={"shift": (-12, 4)})
    np.testing.assert_allclose(bounded.shift, (-8, 0), atol=0.05)
    assert not bounded.ambiguous


@pytest.mark.slow
def test_frames_are_limited_too():
    large = scene((120, 120), 8)
    stack = [large[20 - i : 84 - i, 20 + 2 * i : 84 + 2 * i] for i in range(3)]
    result = register_stack(stack, held={"angle": 0}, bounds={"shift_0": (0, 2)}, n_jobs=1)
    np.testing.assert_array_equal(result.drift["rotation"], 0)
    np.testing.assert_allclose(result.drift["shift_0"], [0, 1, 2], atol=0.02)


@pytest.mark.slow
def test_the_same_limits_give_the_same_bits_with_any_number_of_workers():
    fixed, moving, _ = pair_2d(10, (4, -6))
    bounds = {"angle": (-20, 20)}
    one, two = (register(fixed, moving, bounds=bounds, n_jobs=n) for n in (1, 2))
    np.testing.assert_array_equal(one.params, two.params)


# ------------------------------------------------------------------- names and nearest places


@pytest.mark.parametrize(
    ("name", "shape", "held", "bounds", "described"),
    [
        ("rigid", (40, 60), {"angle": 30}, None, {"rotation": 30}),
        ("rigid", (20, 24, 28), {"angle": 0}, None, dict.fromkeys(("rotation_0", "rotation_2"), 0)),
        (
            "similarity",
            (40, 60),
            {"scale": 1.2, "shift_1": -3},
            None,
            {"scale": 1.2, "shift_1": -3},
        ),
        (
            "affine",
            (40, 60),
            {"linear_11": 1.3},
            {"linear_01": (0.2, 0.3)},
            {"linear_11": 1.3, "linear_01": 0.2},
        ),
        ("affine", (20, 24, 28), {"linear_21": 0.3}, None, {"linear_21": 0.3}),
        ("translation", (9, 9, 9, 9), None, {"shift": (2, None)}, {"shift_0": 2, "shift_3": 2}),
    ],
)
def test_limits_are_in_the_units_of_the_description(name, shape, held, bounds, described):
    spacing = tuple(0.5 + 0.25 * axis for axis in range(len(shape)))
    transform = with_limits(make_transform(name, shape, spacing), held, bounds)
    nearest = nearest_allowed(transform, transform.identity)
    found = transform.describe(nearest)
    for key, value in described.items():
        assert found[key][0] == pytest.approx(value, abs=1e-9)


@pytest.mark.parametrize("n", [2, 3])
@pytest.mark.parametrize("seed", range(5))
def test_equivalent_parameters_have_the_same_matrix(n, seed):
    transform = make_transform("similarity", (20, 30, 40)[:n])
    params = np.random.default_rng(seed).normal(0, 20, transform.n_params)
    others = transform.equivalents(params)
    assert others
    for other in others:
        assert not np.allclose(other, params)
        np.testing.assert_allclose(transform.matrix(other), transform.matrix(params), atol=1e-9)


def test_a_full_turn_is_no_distance():
    rigid = with_limits(make_transform("rigid", (65, 65)), bounds={"angle": (170, 190)})
    params = np.array([rigid.rotation(-175.0), 1, 2])
    nearest = nearest_allowed(rigid, params)
    np.testing.assert_allclose(rigid.matrix(nearest), rigid.matrix(params), atol=1e-9)
    assert box_of(rigid).contains(nearest)


@pytest.mark.parametrize("n", [2, 3])
def test_orientations_within_narrow_bounds(n):
    rigid = with_limits(make_transform("rigid", (30,) * n), bounds={"angle": (-5, 5)})
    found = allowed_orientations(rigid, 24)
    assert 3 <= len(found) < 800
    assert all(box_of(rigid).contains(params) for params in found)
    assert len(np.unique(np.round(found, 6), axis=0)) == len(found)
    held = with_limits(make_transform("rigid", (30,) * n), {"angle": 0})
    assert len(allowed_orientations(held, 24)) == 1


def test_without_limits_nothing_changes():
    rigid = make_transform("rigid", (30, 30))
    assert with_limits(rigid, {}, None) is rigid
    assert rigid.limits is None


# ------------------------------------------------------------------------------ refused


@pytest.mark.parametrize(
    ("held", "bounds", "message"),
    [
        ({"angel": 0}, None, r"held has the name 'angel'.*rotation \(degrees\), shift_0 \(px\)"),
        (None, {"scale": (0.9, 1.1)}, "bounds has the name 'scale'"),
        ({"rotation_0": 0}, None, "'rotation_0'"),
        ({"angle": 0, "rotation": 0}, None, "rotation is limited twice"),
        ({"shift_0": 0}, {"shift": (-5, 5)}, "shift_0 is limited twice"),
        ({"angle": np.nan}, None, "must be a finite number"),
        ({"angle": "0"}, None, "must be a finite number"),
        (None, {"angle": (5, -5)}, r"must be \(lower, upper\)"),
        (None, {"angle": (np.nan, 5)}, r"must be \(lower, upper\)"),
        (None, {"angle": (np.inf, np.inf)}, r"must be \(lower, upper\)"),
        (None, {"angle": 5}, "must be a pair"),
        (None, {"angle": (1, 2, 3)}, "must be a pair"),
        ({"angle": 0, "shift": 0}, None, "all parameters are held"),
        ([("angle", 0)], None, "must be a mapping"),
    ],
)
def test_limits_that_cannot_be_are_refused(held, bounds, message):
    image = scene((20, 20))
    with pytest.raises((TypeError, ValueError), match=message):
        register(image, image, held=held, bounds=bounds)


@pytest.mark.parametrize("limits", [{"held": {"scale": 0}}, {"bounds": {"scale": (-2, -1)}}])
def test_a_magnification_must_be_positive(limits):
    with pytest.raises(ValueError, match="must be positive"):
        with_limits(make_transform("similarity", (20, 20)), **limits)


# --------------------------------------------------------------------------- properties


@st.composite
def limited_transforms(draw):
    """Return a transform with random limits, and parameters anywhere."""
    n = draw(st.sampled_from([2, 3]))
    transform = make_transform(draw(st.sampled_from(["rigid", "similarity", "affine"])), (20,) * n)
    sides = []
    for _ in transform.names:
        lower = draw(st.floats(-50, 50))
        sides.append((lower, lower + draw(st.sampled_from([0.0, 3.0, np.inf]))))
    params = [draw(st.floats(-200, 200)) for _ in transform.names]
    return dataclasses.replace(transform, limits=tuple(sides)), np.array(params)


@pytest.mark.slow
@settings(max_examples=100, deadline=None)
@given(limited_transforms())
def test_the_nearest_allowed_is_allowed_and_near(drawn):
    transform, params = drawn
    box = box_of(transform)
    nearest = nearest_allowed(transform, params)
    assert box.contains(nearest)
    np.testing.assert_array_equal(nearest_allowed(transform, nearest), nearest)
    clipped = np.abs(box.clip(params) - params).max()
    ways = [params, *transform.equivalents(params)]
    assert min(np.abs(nearest - way).max() for way in ways) <= clipped


@pytest.mark.slow
@settings(max_examples=100, deadline=None)
@given(
    st.sampled_from(["rigid", "similarity", "affine"]), st.sampled_from([2, 3]), st.floats(0.1, 3)
)
def test_internal_values_are_those_described(name, n, value):
    transform = make_transform(name, tuple(range(20, 20 + n)), (0.5, 1.5, 2.0)[:n])
    for i, each in enumerate(transform.names):
        params = transform.identity
        params[i] = transform.internal(each, value)
        assert transform.describe(params)[each][0] == pytest.approx(value, rel=1e-9)
