"""The command warp: a transform of before, applied as ITK does, to images, labels and points."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

pytest.importorskip("scipy")
pytest.importorskip("imageio")
pytest.importorskip("tifffile")
pytest.importorskip("nibabel")
pytest.importorskip("matplotlib")
import imageio.v3 as imageio
import tifffile
from scenes import scene

from minimizer.__main__ import main
from minimizer.commands.grids import grid_of
from minimizer.registration import write_itk
from minimizer.registration.affine_map import AffineMap
from minimizer.registration.files import Picture, read_picture, write_picture

SHAPE = (40, 50)
MOVED = np.array([[1, 0, 3], [0, 1, -5], [0, 0, 1.0]])  # pixel (r, c) of fixed: (r + 3, c - 5)


def run(*arguments: Any) -> int:
    return main(["warp", *map(str, arguments)])


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return a folder with a pair of images and the transform between them, and be there."""
    monkeypatch.chdir(tmp_path)
    large = np.rint(255 * scene((60, 70))).astype(np.uint8)
    imageio.imwrite("fixed.png", large[10:50, 10:60])
    imageio.imwrite("moving.png", large[7:47, 15:65])
    write_itk("t.tfm", MOVED)
    return tmp_path


@pytest.mark.parametrize("interpolation", ["nearest", "linear", "cubic"])
@pytest.mark.usefixtures("folder")
def test_an_image_is_moved_onto_the_other(
    interpolation: str, capsys: pytest.CaptureFixture[str]
) -> None:
    options = ("-t", "t.tfm", "--like", "fixed.png", "--interpolation", interpolation)
    assert run("moving.png", *options, "-o", "a.png") == 0
    assert f"a.png ({interpolation})" in capsys.readouterr().out
    fixed, aligned = imageio.imread("fixed.png"), imageio.imread("a.png")
    np.testing.assert_array_equal(aligned[:-3, 5:], fixed[:-3, 5:])
    assert not aligned[-3:].any()


@pytest.mark.usefixtures("folder")
def test_labels_stay_labels() -> None:
    labels = np.random.default_rng(0).choice([0, 7, 40_000], SHAPE).astype(np.uint16)
    tifffile.imwrite("labels.tif", labels)
    tifffile.imwrite("f.tif", labels)
    write_itk("half.tfm", [[0.9, 0.3, 0.3], [-0.3, 0.9, 9.4], [0, 0, 1]])
    options = ("-t", "half.tfm", "--like", "f.tif", "-o", "a.tif")
    assert run("labels.tif", *options, "--interpolation", "nearest") == 0
    assert set(np.unique(tifffile.imread("a.tif"))) == {0, 7, 40_000}


@pytest.mark.usefixtures("folder")
def test_the_inverse_goes_the_other_way() -> None:
    options = ("-t", "t.tfm", "--like", "moving.png", "--inverse", "-o", "a.png")
    assert run("fixed.png", *options) == 0
    moving, aligned = imageio.imread("moving.png"), imageio.imread("a.png")
    np.testing.assert_array_equal(aligned[3:, :-5], moving[3:, :-5])


@pytest.mark.usefixtures("folder")
def test_all_frames_and_channels_are_moved() -> None:
    moving = imageio.imread("moving.png")
    values = np.stack([np.stack([moving, 255 - moving], -1)] * 3)
    write_picture("m.tif", Picture(values, "TYXC"))
    assert run("m.tif", "-t", "t.tfm", "--like", "fixed.png", "-o", "a.tif") == 0
    aligned = read_picture("a.tif")
    assert aligned.axes == "TYXC"
    fixed = imageio.imread("fixed.png")[:-3, 5:]
    np.testing.assert_array_equal(aligned.values[2, :-3, 5:, 1], 255 - fixed)


@pytest.mark.usefixtures("folder")
def test_units_of_the_two_files_are_made_one() -> None:
    """The transform is in the unit of FIXED, as the command register writes it."""
    for name, resolution, unit in (("fixed", 2.0, "um"), ("moving", 2000.0, "mm")):
        metadata = {"axes": "YX", "unit": unit}
        image, steps = imageio.imread(f"{name}.png"), (resolution, resolution)
        tifffile.imwrite(f"{name}.tif", image, imagej=True, resolution=steps, metadata=metadata)
    write_itk("um.tfm", [[1, 0, 1.5], [0, 1, -2.5], [0, 0, 1]])
    assert run("moving.tif", "-t", "um.tfm", "--like", "fixed.tif", "-o", "a.tif") == 0
    aligned = read_picture("a.tif")
    assert (aligned.unit, aligned.spacing) == ("um", {"Y": 0.5, "X": 0.5})
    fixed = imageio.imread("fixed.png")
    np.testing.assert_array_equal(aligned.values[:-3, 5:], fixed[:-3, 5:])


# -------------------------------------------------------------------------------------- points


@pytest.mark.usefixtures("folder")
def test_points_move_with_the_image(capsys: pytest.CaptureFixture[str]) -> None:
    Path("p.csv").write_text("name;Y;x\nnose;13;15\near;3.5;0\n")
    options = ("-t", "t.tfm", "--like", "fixed.png", "--points", "p.csv")
    assert run("moving.png", *options, "--points-output", "q.csv") == 0
    assert Path("q.csv").read_text() == "name;Y;x\nnose;10;20\near;0.5;5\n"
    said = capsys.readouterr().out
    assert "2 points of moving.png, moved to where they are in fixed.png (x, y in pixels" in said
    assert run("moving.png", *options, "--points-output", "r.csv", "--points-in", "fixed") == 0
    assert Path("r.csv").read_text() == "name;Y;x\nnose;16;10\near;6.5;-5\n"


@pytest.mark.usefixtures("folder")
def test_points_in_a_unit_begin_at_the_first_pixel(capsys: pytest.CaptureFixture[str]) -> None:
    Path("p.csv").write_text("x,y\n15,13\n")
    options = ("-t", "t.tfm", "--like", "fixed.png", "--spacing", "2", "--unit", "mm")
    points = ("--points", "p.csv", "--points-output", "q.csv", "--points-unit", "physical")
    assert run("moving.png", *options, *points) == 0
    assert Path("q.csv").read_text() == "x,y\n20,10\n"  # t.tfm is now in mm
    assert "in mm, from the centre of the first pixel" in capsys.readouterr().out


@pytest.mark.usefixtures("folder")
def test_points_without_a_header_and_an_image_at_once() -> None:
    Path("p.csv").write_text("15,13\n0,3.5\n")
    options = ("-t", "t.tfm", "--like", "fixed.png", "-o", "a.png")
    assert run("moving.png", *options, "--points", "p.csv", "--points-output", "q.csv") == 0
    assert Path("q.csv").read_text() == "20,10\n5,0.5\n"
    assert Path("a.png").exists()


# ------------------------------------------------------------------------------------ ITK's word


def itk_image(rng: np.random.Generator, ndim: int) -> Any:
    """Return an image of ITK that is oblique, perhaps flipped, and anisotropic."""
    sitk: Any = pytest.importorskip("SimpleITK")
    shape = rng.integers(18, 30, ndim)
    direction = np.linalg.qr(rng.normal(size=(ndim, ndim)))[0] * rng.choice([-1, 1], ndim)
    image = sitk.GetImageFromArray(scene(shape, int(rng.integers(99))).astype(np.float32))
    image.SetDirection(direction.ravel().tolist())
    image.SetSpacing(rng.uniform(0.5, 2.5, ndim).tolist())
    middle = direction @ (np.array(image.GetSpacing()) * (np.array(image.GetSize()) - 1) / 2)
    image.SetOrigin((rng.normal(0, 2, ndim) - middle).tolist())  # so that all lie over each other
    return image


@pytest.mark.parametrize("ndim", [2, 3])
@pytest.mark.parametrize("seed", range(10))
def test_images_and_points_go_where_itk_puts_them(seed: int, ndim: int, tmp_path: Path) -> None:
    """In ten random geometries, voxel by voxel on FIXED's own grid."""
    suffix = (".mha", ".nrrd", ".nii.gz")[seed % 3]
    sitk: Any = pytest.importorskip("SimpleITK")
    pytest.importorskip("nrrd")
    rng = np.random.default_rng(seed)
    fixed, moving = itk_image(rng, ndim), itk_image(rng, ndim)
    paths = [str(tmp_path / f"{name}{suffix}") for name in ("fixed", "moving", "aligned")]
    sitk.WriteImage(fixed, paths[0])
    sitk.WriteImage(moving, paths[1])
    transform = sitk.AffineTransform(ndim)
    transform.SetMatrix((np.eye(ndim) + rng.normal(0, 0.1, (ndim, ndim))).ravel().tolist())
    transform.SetTranslation(rng.normal(0, 1, ndim).tolist())
    sitk.WriteTransform(transform, str(tmp_path / "t.tfm"))
    given = rng.uniform(0, 17, (4, ndim))
    np.savetxt(tmp_path / "p.csv", given, delimiter=",")
    options = ["-t", tmp_path / "t.tfm", "--like", paths[0], "--interpolation", "linear"]
    points = ["--points", tmp_path / "p.csv", "--points-output", tmp_path / "q.csv"]
    assert run(paths[1], *options, "-o", paths[2], *points, "--points-in", "fixed") == 0

    theirs = sitk.GetArrayFromImage(sitk.Resample(moving, fixed, transform, sitk.sitkLinear, 9.0))
    written = sitk.ReadImage(paths[2])
    ours = sitk.GetArrayFromImage(written)
    both = (theirs != 9.0) & np.isfinite(ours) & (ours != 0.0)  # ITK reads NaN in NIfTI as 0
    assert both.mean() > 0.05
    np.testing.assert_allclose(ours[both], theirs[both], atol=2e-4)
    np.testing.assert_allclose(written.GetDirection(), fixed.GetDirection(), atol=1e-5)
    moved = np.loadtxt(tmp_path / "q.csv", delimiter=",")
    for before, after in zip(given, moved, strict=True):
        place = fixed.TransformContinuousIndexToPhysicalPoint(before.tolist())
        there = transform.TransformPoint(place)
        expected = moving.TransformPhysicalPointToContinuousIndex(there)
        np.testing.assert_allclose(after, expected, atol=2e-3)


@pytest.mark.slow
@pytest.mark.parametrize("ndim", [2, 3])
def test_the_transform_that_is_written_moves_the_image_in_itk(ndim: int, tmp_path: Path) -> None:
    sitk: Any = pytest.importorskip("SimpleITK")
    for seed in range(10):
        rng = np.random.default_rng(seed)
        images = [itk_image(rng, ndim) for _ in "fm"]
        for image, name in zip(images, "fm", strict=True):
            sitk.WriteImage(image, str(tmp_path / f"{name}.mha"))
        fixed, moving = (read_picture(tmp_path / f"{name}.mha") for name in "fm")
        matrix = np.eye(ndim + 1)
        matrix[:ndim, :ndim] += rng.normal(0, 0.1, (ndim, ndim))
        matrix[:ndim, ndim] = rng.normal(0, 2, ndim)
        found = AffineMap(matrix, grid_of(fixed), grid_of(moving))
        found.write_itk(tmp_path / "t.tfm")
        ours = fixed.on_grid_of(fixed).like(found.warp(moving.values, order=1))
        write_picture(tmp_path / "a.mha", ours)
        read = sitk.ReadTransform(str(tmp_path / "t.tfm"))
        theirs = sitk.Resample(images[1], images[0], read, sitk.sitkLinear, 9.0)
        theirs = sitk.GetArrayFromImage(theirs)
        values = sitk.GetArrayFromImage(sitk.ReadImage(str(tmp_path / "a.mha")))
        both = (theirs != 9.0) & np.isfinite(values)
        assert both.mean() > 0.3
        np.testing.assert_allclose(values[both], theirs[both], atol=2e-4)


@pytest.mark.usefixtures("folder")
def test_physical_points_are_those_of_itk() -> None:
    sitk: Any = pytest.importorskip("SimpleITK")
    image = itk_image(np.random.default_rng(0), 3)
    sitk.WriteImage(image, "f.nii.gz")
    transform = sitk.Euler3DTransform((1.0, 2.0, 3.0), 0.1, 0.2, 0.3, (4.0, 5.0, 6.0))
    sitk.WriteTransform(transform, "e.tfm")
    Path("p.csv").write_text("x,y,z\n1,2,3\n")
    options = ("-t", "e.tfm", "--like", "f.nii.gz", "--points-in", "fixed")
    points = ("--points", "p.csv", "--points-output", "q.csv", "--points-unit", "physical")
    assert run("f.nii.gz", *options, *points) == 0
    moved = np.loadtxt("q.csv", delimiter=",", skiprows=1)
    np.testing.assert_allclose(moved, transform.TransformPoint((1.0, 2.0, 3.0)), atol=1e-4)


# -------------------------------------------------------------------------------------- refused


@pytest.mark.usefixtures("folder")
@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ("moving.png -t none.tfm -o a.png", "none.tfm"),
        ("moving.png -t moving.png -o a.png", "cannot be read as an ITK transform"),
        ("moving.png -t three.tfm -o a.png", "three.tfm is for 3 dimensions, not 2"),
        ("moving.png -t flat.tfm -o a.png", "flat.tfm: "),
        ("moving.png -t far.tfm -o a.png", "no part of moving.png lies in fixed.png"),
        ("none.png -t t.tfm -o a.png", "no file none.png"),
        ("moving.png -t t.tfm", "nothing to do"),
        ("moving.png -t t.tfm -o a.bmp", "suffix must be"),
        ("moving.png -t t.tfm -o t.tfm", "is read, too"),
        ("moving.png -t t.tfm --points p.csv", "are given together"),
        ("moving.png -t t.tfm --points none.csv --points-output q.csv", "no file none.csv"),
        ("moving.png -t t.tfm --points p.csv --points-output p.csv", "is read, too"),
        ("moving.png -t t.tfm --points words.csv --points-output q.csv", "columns a, b; it must"),
        ("moving.png -t t.tfm --points short.csv --points-output q.csv", "point 2 is"),
        ("moving.png -t t.tfm --points empty.csv --points-output q.csv", "has no points"),
        ("moving.png -t t.tfm --points moving.png --points-output q.csv", "it is not text"),
    ],
)
def test_bad_input_ends_with_2_and_writes_nothing(
    arguments: str, said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    write_itk("three.tfm", np.eye(4))
    write_itk("flat.tfm", np.diag([1.0, 0, 1]))
    write_itk("far.tfm", [[1, 0, 900], [0, 1, 0], [0, 0, 1]])
    Path("p.csv").write_text("1,2\n")
    Path("words.csv").write_text("a,b\n1,2\n")
    Path("short.csv").write_text("x,y\n1,2\n3\n")
    Path("empty.csv").write_text("\n")
    assert run(*arguments.split(), "--like", "fixed.png") == 2
    error = capsys.readouterr().err
    assert said in error
    assert error.count("\n") == 1
    assert not Path("a.png").exists()
    assert not Path("q.csv").exists()
