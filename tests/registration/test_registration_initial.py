"""Starts from landmarks, against closed forms that others wrote; from moments; and their use."""

import numpy as np
import pytest

pytest.importorskip("scipy")
from scenes import about_centre, target_error, turned
from scipy import ndimage
from scipy.spatial.transform import Rotation

from benchmarks.rotation_cases import KINDS
from benchmarks.rotation_cases import turned as turned_volume
from minimizer.registration import AffineMap, Grid, from_landmarks, from_moments, register
from minimizer.registration.transforms import make_transform

EGG = next(kind for kind in KINDS if kind.name == "egg")


def moved(points, matrix):
    return points @ matrix[:-1, :-1].T + matrix[:-1, -1]


def random_matrix(rng, n, transform):
    turn = Rotation.random(rng=rng).as_matrix() if n == 3 else turned(rng.uniform(0, 360))
    linear = {
        "translation": np.eye(n),
        "rigid": turn,
        "similarity": rng.uniform(0.5, 2) * turn,
        "affine": rng.normal(0, 1, (n, n)),
    }[transform]
    matrix = np.eye(n + 1)
    matrix[:n, :n], matrix[:n, n] = linear, rng.normal(0, 30, n)
    return matrix


FEWEST = {
    ("translation", 2): 1,
    ("rigid", 2): 2,
    ("similarity", 2): 2,
    ("affine", 2): 3,
    ("translation", 3): 1,
    ("rigid", 3): 3,
    ("similarity", 3): 3,
    ("affine", 3): 4,
}


# ------------------------------------------------------------------------------ landmarks


@pytest.mark.parametrize(("transform", "n"), FEWEST)
@pytest.mark.parametrize("more", [0, 5])
@pytest.mark.parametrize("seed", range(3))
def test_points_without_errors_give_the_matrix(transform, n, more, seed):
    rng = np.random.default_rng(seed)
    truth = random_matrix(rng, n, transform)
    points = rng.uniform(0, 100, (FEWEST[transform, n] + more, n))
    found = from_landmarks(points, moved(points, truth), transform)
    np.testing.assert_allclose(found, truth, atol=1e-7)


@pytest.mark.parametrize("seed", range(5))
def test_noisy_points_in_space_give_the_rotation_of_scipy(seed):
    rng = np.random.default_rng(seed)
    points = rng.normal(0, 20, (7, 3))
    others = moved(points, random_matrix(rng, 3, "rigid")) + rng.normal(0, 1, (7, 3))
    found = from_landmarks(points, others)
    expected, _ = Rotation.align_vectors(others - others.mean(0), points - points.mean(0))
    np.testing.assert_allclose(found[:3, :3], expected.as_matrix(), atol=1e-7)
    np.testing.assert_allclose(moved(points.mean(0), found), others.mean(0))


@pytest.mark.parametrize(
    ("transform", "theirs"),
    [
        ("rigid", "EuclideanTransform"),
        ("similarity", "SimilarityTransform"),
        ("affine", "AffineTransform"),
    ],
)
@pytest.mark.parametrize("n", [2, 3])
def test_noisy_points_give_what_skimage_gives(transform, theirs, n):
    kinds = pytest.importorskip("skimage.transform")
    rng = np.random.default_rng(3)
    points = rng.normal(0, 20, (9, n))
    others = moved(points, random_matrix(rng, n, transform)) + rng.normal(0, 1, (9, n))
    expected = getattr(kinds, theirs).from_estimate(points, others).params
    found = from_landmarks(points, others, transform)
    # scikit-image conditions the points of an affine map, which changes the weights a little.
    np.testing.assert_allclose(found, expected, atol=0.05 if transform == "affine" else 1e-7)


@pytest.mark.parametrize("transform", ["translation", "rigid", "similarity", "affine"])
@pytest.mark.parametrize("n", [2, 3])
def test_no_nearby_matrix_has_smaller_squares(transform, n):
    rng = np.random.default_rng(4)
    points, others = rng.normal(0, 20, (2, 8, n))
    if transform != "affine":
        others = moved(points, random_matrix(rng, n, transform)) + rng.normal(0, 2, (8, n))
    family = make_transform(transform, (50,) * n)
    found = from_landmarks(points, others, transform)
    least = ((moved(points, found) - others) ** 2).sum()
    params = family.params_of(found)
    np.testing.assert_allclose(family.matrix(params), found, atol=1e-8)
    for step in np.eye(family.n_params) * 0.01:
        for way in (step, -step):
            near = family.matrix(params + way)
            assert ((moved(points, near) - others) ** 2).sum() > least


def test_distances_are_those_of_the_spacing():
    spacing, moving_spacing = (2.0, 0.5), (1.0, 1.5)
    truth = about_centre(turned(25), (3, -4), (50, 50))  # between positions
    places = np.random.default_rng(0).uniform(0, 40, (6, 2))
    others = moved(places, truth)
    settings = {"spacing": spacing, "moving_spacing": moving_spacing}
    found = from_landmarks(places / spacing, others / moving_spacing, **settings)
    np.testing.assert_allclose(moved(places / spacing, found), others / moving_spacing)
    physical = from_landmarks(places, others, units="physical", **settings)
    np.testing.assert_allclose(physical, found, atol=1e-9)


def test_mirrored_points_give_no_mirror():
    points = np.array([[0.0, 0], [10, 0], [0, 20]])
    found = from_landmarks(points, points * [1, -1])
    assert np.linalg.det(found) == pytest.approx(1)


@pytest.mark.slow
def test_a_volume_that_looks_the_same_all_around_is_found_from_landmarks():
    case = turned_volume(EGG, 47, 32, (150, 180))
    marks = np.array([[8.0, 9, 10], [20, 12, 9], [15, 22, 14], [10, 14, 24]])
    rng = np.random.default_rng(0)
    clicked = moved(marks, case.truth) + rng.normal(0, 1.0, marks.shape)
    start = from_landmarks(marks, clicked)
    result = register(case.fixed, case.moving, initial=start, **case.settings)
    assert target_error(result.matrix, case.truth, case.fixed.shape) < 0.3
    assert target_error(start, case.truth, case.fixed.shape) > 0.5


@pytest.mark.parametrize(
    ("fixed", "moving", "settings", "message"),
    [
        ([[1, 2]], [[1, 2], [3, 4]], {}, "moving_points has shape"),
        ([1, 2], [1, 2], {}, "one row per point"),
        ([[1, np.nan]], [[1, 2]], {}, "finite"),
        ([[1, 2]], [[1, 2]], {}, "fixed_points has 1 points that span 0 dimensions; 'rigid' needs"),
        ([[1, 2], [1, 2]], [[1, 2], [3, 4]], {}, "fixed_points has 2 points that span 0"),
        ([[1, 2], [1, 3]], [[1, 2], [1, 2]], {}, "moving_points has 2 points that span 0"),
        (np.arange(9.0).reshape(3, 3), np.eye(3), {}, "needs at least 3 points that span 2"),
        ([[0, 0], [1, 1], [2, 2]], [[0, 0], [1, 1], [2, 2]], {"transform": "affine"}, "span 1"),
        (np.zeros((0, 2)), np.zeros((0, 2)), {"transform": "translation"}, "has 0 points"),
        ([[1, 2]], [[1, 2]], {"units": "mm"}, "units is 'mm'"),
        ([[1, 2]], [[1, 2]], {"transform": "bent"}, "transform is 'bent'"),
    ],
)
def test_points_that_do_not_tell_are_refused(fixed, moving, settings, message):
    with pytest.raises(ValueError, match=message):
        from_landmarks(fixed, moving, **settings)


# --------------------------------------------------------------------------------- moments


def comma(shape=(90, 80)):
    """Return an object that is longer than wide, with a thick end."""
    image = np.zeros(shape)
    rows, columns = np.indices(shape)
    image[(rows - 45) ** 2 / 300 + (columns - 36) ** 2 / 60 < 1] = 1.0
    image[(rows - 34) ** 2 + (columns - 39) ** 2 < 90] = 1.5
    return ndimage.gaussian_filter(image, 1.5)


@pytest.mark.parametrize("degrees", [0, 30, 100, 180, -135])
@pytest.mark.parametrize(
    ("transform", "scale"), [("rigid", 1.0), ("similarity", 0.8), ("similarity", 1.2)]
)
def test_moments_lay_an_object_on_itself(degrees, transform, scale):
    fixed = comma()
    truth = about_centre(scale * turned(degrees), (4, -3), fixed.shape)
    back = np.linalg.inv(truth)
    moving = 20 + 3 * ndimage.affine_transform(fixed, back[:2, :2], back[:2, 2], order=1)
    assert target_error(from_moments(fixed, moving, transform), truth, fixed.shape) < 0.5


def test_moments_of_a_volume_with_spacing():
    z, y, x = np.indices((40, 40, 40))
    fixed = (((z - 18) / 12) ** 2 + ((y - 20) / 8) ** 2 + ((x - 22) / 5) ** 2 < 1) * 1.0
    fixed += 2.0 * (((z - 24) / 3) ** 2 + ((y - 23) / 3) ** 2 + ((x - 23) / 2) ** 2 < 1)
    fixed = ndimage.gaussian_filter(fixed, 1)
    turn = Rotation.from_rotvec([30, 100, -40], degrees=True).as_matrix()
    truth = about_centre(turn, (2, -1, 1), fixed.shape)
    back = np.linalg.inv(truth)
    moving = ndimage.affine_transform(fixed, back[:3, :3], back[:3, 3], order=1)
    flat = fixed.reshape(20, 2, 40, 40).mean(axis=1)  # slices twice as thick
    found = from_moments(flat, moving, spacing=(2, 1, 1), moving_spacing=1)
    expected = truth @ [[2, 0, 0, 0.5], [0, 1, 0, 0], [0, 0, 1, 0], [0, 0, 0, 1]]
    assert target_error(found, expected, flat.shape) < 1.0


@pytest.mark.slow
def test_a_local_search_from_moments_finds_an_object_turned_far():
    fixed = comma()
    truth = about_centre(turned(150), (4, -3), fixed.shape)
    back = np.linalg.inv(truth)
    moving = ndimage.affine_transform(fixed, back[:2, :2], back[:2, 2], order=3)
    result = register(fixed, moving, initial=from_moments(fixed, moving))
    assert target_error(result.matrix, truth, fixed.shape) < 0.1
    assert target_error(register(fixed, moving, search="local").matrix, truth, fixed.shape) > 5


def test_moments_do_not_make_an_affine_map():
    with pytest.raises(ValueError, match="which moments do not determine"):
        from_moments(comma(), comma(), "affine")


def test_an_image_without_an_object_has_the_moments_of_its_frame():
    rng = np.random.default_rng(0)
    image = np.zeros((30, 40))
    image[0, 0] = 1  # differs, but is on the border
    found = from_moments(rng.random((30, 40)), image, "translation")
    assert np.isfinite(found).all()


# ------------------------------------------------------------------------- how it is given


@pytest.mark.slow
def test_a_start_may_be_a_map_and_a_global_search_uses_it_as_well():
    case = turned_volume(EGG, 47, 32, (150, 180))
    grid = Grid(case.fixed.shape)
    start = AffineMap(case.truth, grid, grid)
    for search in ("auto", "global"):
        result = register(case.fixed, case.moving, initial=start, search=search, **case.settings)
        assert target_error(result.matrix, case.truth, case.fixed.shape) < 0.3
