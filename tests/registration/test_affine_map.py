"""Maps: combined, inverted, applied to points and images; and in space, against SimpleITK."""

import numpy as np
import pytest

pytest.importorskip("scipy")
from scenes import about_centre, scene, turned
from scipy import ndimage
from scipy.spatial.transform import Rotation

from minimizer.registration import AffineMap, Grid, read_itk, register, register_stack
from minimizer.registration.transforms import make_transform


def random_direction(rng, n):
    """Return an oblique direction, mirrored or not, with its axes in any order."""
    turn = Rotation.random(rng=rng).as_matrix() if n == 3 else turned(rng.uniform(0, 360))
    return turn @ np.diag(rng.choice([-1.0, 1.0], n))


def random_grid(rng, n):
    shape = tuple(rng.integers(18, 34, n).tolist())
    return Grid(shape, rng.uniform(0.4, 3, n), rng.uniform(-90, 90, n), random_direction(rng, n))


def random_map(seed, n):
    """Return a map between images that lie anyhow in space, and are aligned somewhere inside."""
    rng = np.random.default_rng(seed)
    fixed, moving = random_grid(rng, n), random_grid(rng, n)
    linear = np.diag(np.array(moving.shape) / fixed.shape) @ (
        np.eye(n) + rng.normal(0, 0.08, (n, n))
    )
    middles = [(np.array(grid.shape) - 1) / 2 for grid in (fixed, moving)]
    matrix = np.eye(n + 1)
    matrix[:n, :n] = linear
    matrix[:n, n] = middles[1] - linear @ middles[0] + rng.normal(0, 1, n)
    return AffineMap(matrix, fixed, moving)


def as_itk(image, grid):
    """Return an image of ITK that lies as the grid does; its axes are numpy's backwards."""
    sitk = pytest.importorskip("SimpleITK")
    made = sitk.GetImageFromArray(np.asarray(image, dtype=np.float64))
    made.SetSpacing(grid.spacing[::-1])
    made.SetOrigin(grid.origin[::-1])
    made.SetDirection(np.asarray(grid.direction)[::-1, ::-1].ravel().tolist())
    return made


# ---------------------------------------------------------------------------------- ITK


@pytest.mark.parametrize("n", [2, 3])
@pytest.mark.parametrize("seed", range(10))
def test_itk_applies_the_file_as_the_map_does(seed, n, tmp_path):
    sitk = pytest.importorskip("SimpleITK")
    there = random_map(seed, n)
    there.write_itk(tmp_path / "t.tfm")
    transform = sitk.ReadTransform(str(tmp_path / "t.tfm"))
    image = scene(there.moving.shape, seed)
    fixed, moving = (
        as_itk(pixels, grid)
        for pixels, grid in ((np.zeros(there.fixed.shape), there.fixed), (image, there.moving))
    )
    # Places: what ITK calls a continuous index is our index, backwards.
    for index in np.random.default_rng(seed).uniform(0, there.fixed.shape, (20, n)):
        point = transform.TransformPoint(
            fixed.TransformContinuousIndexToPhysicalPoint(index[::-1].tolist())
        )
        found = moving.TransformPhysicalPointToContinuousIndex(point)[::-1]
        np.testing.assert_allclose(found, there.transform_points(index), atol=1e-6)
    # Pixels.
    resampled = sitk.Resample(moving, fixed, transform, sitk.sitkLinear, float("nan"))
    theirs, ours = sitk.GetArrayFromImage(resampled), there.warp(image, order=1)
    both = np.isfinite(ours) & np.isfinite(theirs)
    assert both.mean() > 0.4
    # ITK also gives pixels up to half a pixel outside the frame.
    assert (np.isfinite(theirs) | ~np.isfinite(ours)).all()
    np.testing.assert_allclose(theirs[both], ours[both], atol=1e-6)


@pytest.mark.slow
@pytest.mark.parametrize("n", [2, 3])
def test_itk_applies_the_file_of_a_result_of_images_in_space(n, tmp_path):
    sitk = pytest.importorskip("SimpleITK")
    rng = np.random.default_rng(n)
    shape, spacing = ((96, 80), (0.7, 0.9)) if n == 2 else ((24, 32, 36), (1.6, 1.2, 1.0))
    large = scene([3 * m for m in shape], n)
    truth = make_transform("rigid", shape, spacing)
    params = np.append(
        truth.rotation(9.0) if n == 2 else truth.rotation([5, -8, 6]), rng.normal(0, 2, n)
    )
    back = np.linalg.inv(truth.matrix(params))
    fixed = large[tuple(slice(m, 2 * m) for m in shape)]
    moving = ndimage.affine_transform(
        large, back[:-1, :-1], back[:-1, -1] + shape, output_shape=shape, order=3
    )
    grids = [Grid(shape, spacing, rng.normal(0, 50, n), random_direction(rng, n)) for _ in range(2)]
    result = register(fixed, moving, spacing=spacing)
    result.write_itk(tmp_path / "t.tfm", *grids)
    transform = sitk.ReadTransform(str(tmp_path / "t.tfm"))
    resampled = sitk.Resample(
        as_itk(moving, grids[1]), as_itk(fixed, grids[0]), transform, sitk.sitkLinear, float("nan")
    )
    theirs, ours = sitk.GetArrayFromImage(resampled), result.warp(moving, order=1)
    both = np.isfinite(ours) & np.isfinite(theirs)
    np.testing.assert_allclose(theirs[both], ours[both], atol=1e-6)
    # A shift of 0.02 of a voxel would be seen.
    shifted = ndimage.shift(np.where(both, ours, 0), 0.02, order=1)
    assert abs(shifted - theirs)[both].max() > 1e-4
    again = AffineMap.read_itk(tmp_path / "t.tfm", *grids)
    np.testing.assert_allclose(again.matrix, result.matrix, atol=1e-9)


@pytest.mark.parametrize("n", [2, 3])
def test_a_grid_is_that_of_itk(n):
    grid = random_grid(np.random.default_rng(n), n)
    image = as_itk(np.zeros(grid.shape), grid)
    again = Grid.from_itk(
        image.GetSize(), image.GetSpacing(), image.GetOrigin(), image.GetDirection()
    )
    assert again.difference(grid) == ""
    index = [3, 5, 7][:n]
    place = image.TransformIndexToPhysicalPoint(index[::-1])[::-1]
    np.testing.assert_allclose((grid.matrix @ [*index, 1])[:n], place)


# -------------------------------------------------------------------- combined and inverted


def test_a_chain_of_maps_is_one_map():
    a, b, c, d = (random_grid(np.random.default_rng(seed), 3) for seed in range(4))
    rng = np.random.default_rng(9)
    steps = [
        AffineMap(np.vstack([rng.normal(0, 1, (3, 4)), [0, 0, 0, 1]]), *pair)
        for pair in ((a, b), (b, c), (c, d))
    ]
    whole = steps[0].compose(*steps[1:])
    points = rng.normal(0, 10, (6, 3))
    for units in ("index", "physical"):
        one_by_one = points
        for step in steps:
            one_by_one = step.transform_points(one_by_one, units)
        np.testing.assert_allclose(whole.transform_points(points, units), one_by_one)
        np.testing.assert_allclose(whole.inverse().transform_points(one_by_one, units), points)
    assert (whole.fixed, whole.moving) == (a, d)
    np.testing.assert_allclose(
        whole.inverse().matrix, steps[2].inverse().compose(steps[1].inverse(), steps[0].inverse())
    )


def test_an_image_warped_there_and_back_is_the_image():
    smooth = ndimage.gaussian_filter(scene((60, 50), 3), 2)
    there = AffineMap(about_centre(turned(8), (1.5, -2), (60, 50)), Grid((60, 50)), Grid((60, 50)))
    back = there.inverse().warp(there.warp(smooth))
    inner = ndimage.binary_erosion(np.isfinite(back), iterations=6)  # splines bend near holes
    assert inner.mean() > 0.3
    np.testing.assert_allclose(back[inner], smooth[inner], atol=2e-3)


def test_a_map_knows_the_shape_of_both_images():
    there = AffineMap(np.eye(3), Grid((20, 30)), Grid((25, 15)))
    assert there.warp(np.zeros((25, 15))).shape == (20, 30)
    assert there.inverse().warp(np.zeros((20, 30))).shape == (25, 15)
    np.testing.assert_array_equal(np.asarray(there), there.matrix)


def test_physical_points_have_the_unit_of_the_spacing():
    fixed, moving = Grid((40, 40), 0.5), Grid((40, 40), 2.0)
    there = AffineMap([[0.25, 0, 1], [0, 0.25, 0], [0, 0, 1]], fixed, moving)
    np.testing.assert_allclose(there.transform_points([4.0, 8.0], "physical"), [6.0, 8.0])
    np.testing.assert_allclose(there.transform_points([8.0, 16.0]), [3.0, 4.0])


def test_channels_are_warped_one_by_one():
    image = np.stack([scene((30, 24), seed) for seed in range(3)], axis=-1)
    there = AffineMap(about_centre(turned(5), (1, 2), (30, 24)), Grid((30, 24)), Grid((30, 24)))
    warped = there.warp(image, order=1, channel_axis=-1)
    for channel in range(3):
        np.testing.assert_array_equal(warped[..., channel], there.warp(image[..., channel], 1))
    first = there.warp(np.moveaxis(image, -1, 0), order=1, channel_axis=0)
    np.testing.assert_array_equal(np.moveaxis(first, 0, -1), warped)
    with pytest.raises(ValueError, match="channel_axis"):
        there.warp(image)


@pytest.mark.slow
def test_results_are_combined():
    image = ndimage.gaussian_filter(scene((80, 80), 5), 1)
    a, b, c = (image[8 + i : 72 + i, 8 - 2 * i : 72 - 2 * i] for i in range(3))
    ab, bc = (register(*pair, transform="translation") for pair in ((a, b), (b, c)))
    ac = ab.compose(bc)
    points = np.array([[30.0, 40.0], [20.0, 22.0]])
    np.testing.assert_allclose(ac.transform_points(points), points + np.array([-2, 4]), atol=0.02)
    np.testing.assert_allclose(ab.transform_points(points), points + np.array([-1, 2]), atol=0.02)
    np.testing.assert_allclose(
        ac.inverse().transform_points(points), points + np.array([2, -4]), atol=0.02
    )
    np.testing.assert_allclose(
        ac.compose(ab.inverse()).transform_points(points)[0], [29, 42], atol=0.05
    )
    stack = register_stack([a, b, c], transform="translation", n_jobs=1)
    np.testing.assert_allclose(stack.affine_map(2).matrix, ac.matrix, atol=1e-9)


# -------------------------------------------------------------------------------- refused


def test_maps_that_do_not_meet_are_refused():
    there = AffineMap(np.eye(3), Grid((20, 30)), Grid((25, 15)))
    with pytest.raises(ValueError, match=r"others\[0\] begins at an image with shape \(20, 30\)"):
        there.compose(there)
    other = AffineMap(np.eye(3), Grid((25, 15), origin=(0, 3)), Grid((9, 9)))
    with pytest.raises(ValueError, match="with origin"):
        there.compose(other)


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: Grid((9, 9), (1, 0)), "spacing is"),
        (lambda: Grid((9, 9), origin=(1, 2, 3)), "origin is"),
        (lambda: Grid((9, 9), direction=((1, 0), (1, 0))), "independent directions"),
        (lambda: Grid((9, 9), direction=((1, 0), (np.nan, 1))), "direction is"),
        (lambda: AffineMap(np.eye(4), Grid((9, 9)), Grid((9, 9))), "matrix has shape"),
        (lambda: AffineMap(np.eye(3), Grid((9, 9)), Grid((9, 9, 9))), "same number"),
        (lambda: AffineMap(np.diag([1, 0, 1]), Grid((9, 9)), Grid((9, 9))), "to a point"),
    ],
)
def test_grids_and_maps_that_cannot_be_are_refused(make, message):
    with pytest.raises(ValueError, match=message):
        make()


def test_points_that_do_not_fit_are_refused(tmp_path):
    there = AffineMap(np.eye(3), Grid((9, 9)), Grid((9, 9)))
    with pytest.raises(ValueError, match=r"must have \(k, 2\)"):
        there.transform_points([[1, 2, 3]])
    with pytest.raises(ValueError, match="units is 'mm'"):
        there.transform_points([[1, 2]], "mm")
    there.write_itk(tmp_path / "t.tfm")
    np.testing.assert_array_equal(read_itk(tmp_path / "t.tfm"), np.eye(3))
    with pytest.raises(ValueError, match="for 3 dimensions"):
        AffineMap.read_itk(tmp_path / "t.tfm", Grid((9, 9, 9)), Grid((9, 9, 9)))
