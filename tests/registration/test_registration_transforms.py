"""Transforms: rotations against SciPy, the way back from a matrix, spacing, ITK's files."""

import numpy as np
import pytest

pytest.importorskip("scipy")
from scenes import about_centre, scene, target_error, turned, windows
from scipy import ndimage
from scipy.spatial.transform import Rotation

from minimizer.registration import read_itk, register, write_itk
from minimizer.registration.transforms import make_transform
from minimizer.registration.transforms.rotation_3d import (
    all_rotations,
    rotation_matrix,
    rotation_vector,
)

ALL = [
    ("translation", (30,)),
    ("translation", (20, 24, 28)),
    ("rigid", (30, 40)),
    ("rigid", (20, 24, 28)),
    ("similarity", (30, 40)),
    ("similarity", (20, 24, 28)),
    ("affine", (30,)),
    ("affine", (30, 40)),
    ("affine", (20, 24, 28)),
    ("affine", (9, 10, 11, 12)),
]


def spread(shape):
    return tuple(0.5 + 0.25 * axis for axis in range(len(shape)))


@pytest.mark.parametrize(("name", "shape"), ALL)
@pytest.mark.parametrize("seed", range(5))
def test_the_way_back_from_a_matrix(name, shape, seed):
    transform = make_transform(name, shape, spread(shape), spread(shape)[::-1])
    params = np.random.default_rng(seed).normal(0, 3, transform.n_params)
    np.testing.assert_allclose(transform.params_of(transform.matrix(params)), params, atol=1e-9)
    np.testing.assert_allclose(transform.params_of(transform.matrix(transform.identity)), 0)
    assert len(transform.names) == len(transform.units) == transform.n_params
    assert set(transform.describe(params)) == set(transform.names)


@pytest.mark.parametrize(("name", "shape"), ALL)
def test_a_unit_step_moves_the_edge_by_about_one(name, shape):
    transform = make_transform(name, shape, spread(shape))
    index = np.indices(shape).reshape(len(shape), -1)
    edge = index[:, ((index == 0) | (index == np.array(shape)[:, None] - 1)).any(axis=0)]
    places = np.vstack([edge * np.array(spread(shape))[:, None], np.ones(edge.shape[1])])
    for step in np.eye(transform.n_params):
        moved = (transform.physical_matrix(step) - np.eye(len(shape) + 1)) @ places
        assert 0.6 < np.linalg.norm(moved, axis=0).mean() < 1.4


@pytest.mark.parametrize("length", [0.0, 1e-12, 1e-5, 1.0, 3.1, np.pi])
def test_rotation_vectors_are_scipys(length):
    vector = length * np.array([0.6, -0.64, 0.48])
    matrix = rotation_matrix(vector)
    np.testing.assert_allclose(matrix, Rotation.from_rotvec(vector).as_matrix(), atol=1e-12)
    back = rotation_vector(matrix)
    np.testing.assert_allclose(rotation_matrix(back), matrix, atol=1e-12)
    np.testing.assert_allclose(np.linalg.norm(back), length, atol=1e-7)


def test_all_rotations_leave_no_gap():
    rng = np.random.default_rng(0)
    known = Rotation.from_rotvec(all_rotations(30))
    nearest = [(known * r).magnitude().min() for r in Rotation.random(200, rng=rng)]
    assert np.rad2deg(max(nearest)) < 36
    np.testing.assert_array_equal(all_rotations(30)[0], 0)


def test_rotation_keeps_the_physical_centre_and_lengths():
    rigid = make_transform("rigid", (20, 30, 40), (3.0, 1.0, 0.5))
    params = np.array([*rigid.rotation([20, -30, 40]), 0, 0, 0])
    physical = rigid.physical_matrix(params)
    np.testing.assert_allclose(physical @ [*rigid.centre, 1], [*rigid.centre, 1])
    np.testing.assert_allclose(physical[:3, :3] @ physical[:3, :3].T, np.eye(3), atol=1e-12)
    said = rigid.describe(params)
    assert [said[f"rotation_{i}"][0] for i in range(3)] == pytest.approx([20, -30, 40])
    assert rigid.angle(params) == pytest.approx(np.sqrt(20**2 + 30**2 + 40**2))


# -------------------------------------------------------------------------------------- ITK


@pytest.mark.parametrize(("transform", "shape"), [("rigid", (60, 70)), ("affine", (20, 22, 26))])
def test_a_transform_for_itk_moves_its_image_onto_ours(transform, shape, tmp_path):
    sitk = pytest.importorskip("SimpleITK")
    moving = scene(shape, 3)
    spacing = spread(shape)
    family = make_transform(transform, shape, spacing)
    params = np.random.default_rng(0).normal(0, 2, family.n_params)
    write_itk(tmp_path / "t.tfm", family.physical_matrix(params), family.centre)
    read = sitk.ReadTransform(str(tmp_path / "t.tfm"))
    image = sitk.GetImageFromArray(moving)
    image.SetSpacing(spacing[::-1])
    theirs = sitk.GetArrayFromImage(sitk.Resample(image, image, read, sitk.sitkLinear, -9.0))
    ours = ndimage.affine_transform(moving, family.matrix(params), order=1, cval=-9.0)
    both = (theirs > -1) & (ours > -1)
    assert both.mean() > 0.5
    np.testing.assert_allclose(theirs[both], ours[both], atol=1e-6)
    np.testing.assert_allclose(read_itk(tmp_path / "t.tfm"), family.physical_matrix(params))


@pytest.mark.parametrize("kind", ["Euler2D", "Euler3D", "Translation", "Affine"])
def test_transforms_written_by_itk_are_read(kind, tmp_path):
    sitk = pytest.importorskip("SimpleITK")
    rng = np.random.default_rng(1)
    ndim = 2 if kind == "Euler2D" else 3
    if kind in ("Translation", "Affine"):
        theirs = getattr(sitk, f"{kind}Transform")(3)
    else:
        theirs = getattr(sitk, f"{kind}Transform")()
        theirs.SetCenter([3.0, 4.0, 5.0][:ndim])
    theirs.SetParameters(rng.normal(0, 0.5, len(theirs.GetParameters())).tolist())
    sitk.WriteTransform(theirs, str(tmp_path / "t.tfm"))
    matrix = read_itk(tmp_path / "t.tfm")
    for point in rng.normal(0, 10, (4, ndim)):
        x_y_z = theirs.TransformPoint(point[::-1].tolist())
        np.testing.assert_allclose((matrix @ [*point, 1])[:-1], x_y_z[::-1], atol=1e-9)


def test_other_files_are_refused(tmp_path):
    text = "#Insight Transform File V1.0\nTransform: BSpline_double_3_3\n"
    (tmp_path / "t.tfm").write_text(text)
    with pytest.raises(ValueError, match=r"holds a BSpline.*write it as an AffineTransform"):
        read_itk(tmp_path / "t.tfm")
    (tmp_path / "t.tfm").write_text("nothing")
    with pytest.raises(ValueError, match="holds 0 transforms"):
        read_itk(tmp_path / "t.tfm")
    with pytest.raises(ValueError, match="two dimensions"):
        write_itk(tmp_path / "t.tfm", np.eye(5))


def test_a_result_in_the_words_of_others(tmp_path):
    transform = pytest.importorskip("skimage.transform")
    true = about_centre(turned(20), (3, -5), (64, 72))
    fixed, moving = windows(true, (64, 72))
    result = register(fixed, moving, spacing=0.5)
    assert target_error(result.matrix, true, fixed.shape) < 0.1
    np.testing.assert_allclose(result.shift, [1.5, -2.5], atol=0.03)
    theirs = transform.warp(
        moving, result.to_skimage(), output_shape=fixed.shape, order=1, cval=np.nan
    )
    ours = result.warp(moving, order=1)
    both = np.isfinite(theirs) & np.isfinite(ours)
    assert both.mean() > 0.7
    np.testing.assert_allclose(theirs[both], ours[both], atol=1e-9)
    result.write_itk(tmp_path / "t.tfm")
    np.testing.assert_allclose(read_itk(tmp_path / "t.tfm"), result.physical_matrix, atol=1e-12)
