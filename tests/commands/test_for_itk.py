"""What register writes is what ITK applies: copies with spacing, volumes on FIXED's own grid."""

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
pytest.importorskip("SimpleITK")
pytest.importorskip("nrrd")
import imageio.v3 as imageio
import nibabel
import SimpleITK
import tifffile
from scenes import about_centre, turned, windows

from minimizer.__main__ import main
from minimizer.registration.files import Picture, read_picture, write_picture

SHAPE = (72, 96)


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Write f.tif and m.tif, in µm, and return the folder."""
    monkeypatch.chdir(tmp_path)
    pair = windows(about_centre(turned(6), (4.0, -7.0), SHAPE), SHAPE)
    for name, image in zip("fm", pair, strict=True):
        values = np.rint(255 * np.clip(image, 0, 1)).astype(np.uint8)
        picture = Picture(values, "YX", {"Y": 0.5, "X": 0.5}, "µm")
        write_picture(f"{name}.tif", picture)
        imageio.imwrite(f"{name}.png", values)
    return tmp_path


def run(*arguments: str) -> int:
    return main(["register", *arguments, "--quiet"])


def in_itk(fixed: str, moving: str) -> np.ndarray:
    """Return the moving image as ITK moves it, -1 where there is none."""
    images = [SimpleITK.ReadImage(path, SimpleITK.sitkFloat64) for path in (fixed, moving)]
    read = SimpleITK.ReadTransform("t.tfm")
    moved = SimpleITK.Resample(images[1], images[0], read, SimpleITK.sitkLinear, -1.0)
    return np.asarray(SimpleITK.GetArrayFromImage(moved))


@pytest.mark.slow
@pytest.mark.usefixtures("folder")
def test_a_transform_in_a_unit_fits_the_copies_and_not_the_tiff_files(
    capsys: pytest.CaptureFixture[str],
) -> None:
    options = ("--transform-file", "t.tfm", "-o", "a.tif", "--interpolation", "linear")
    assert run("f.tif", "m.tif", *options) == 0
    said = capsys.readouterr().out
    assert "note: t.tfm is in µm" in said
    assert "--for-itk" in said.strip().splitlines()[-1]
    ours = tifffile.imread("a.tif")

    def difference(fixed: str, moving: str) -> float:
        theirs = in_itk(fixed, moving)
        both = (theirs >= 0) & (ours > 0)
        return float(abs(theirs - ours)[both].mean())

    assert difference("f.tif", "m.tif") > 5
    for suffix in (".mha", ".nii.gz", ".nrrd"):
        copies = (f"fc{suffix}", f"mc{suffix}")
        assert run("f.tif", "m.tif", *options[:2], "--for-itk", *copies) == 0
        said = capsys.readouterr().out
        assert f"images for ITK    {copies[0]} and {copies[1]}" in said
        assert "note:" not in said
        assert SimpleITK.ReadImage(copies[0]).GetSpacing() == (0.5, 0.5)
        assert difference(*copies) < 0.3
    assert read_picture("fc.mha").unit == "µm"


@pytest.mark.slow
@pytest.mark.usefixtures("folder")
def test_pictures_without_spacing_need_no_copies(capsys: pytest.CaptureFixture[str]) -> None:
    assert run("f.png", "m.png", "--transform-file", "t.tfm", "-o", "a.png") == 0
    assert "note:" not in capsys.readouterr().out
    theirs, ours = in_itk("f.png", "m.png"), imageio.imread("a.png")
    assert abs(theirs - ours)[(theirs >= 0) & (ours > 0)].mean() < 1


@pytest.mark.slow
@pytest.mark.usefixtures("folder")
def test_dots_per_inch_which_itk_takes_for_a_spacing_are_told(
    capsys: pytest.CaptureFixture[str],
) -> None:
    from PIL import Image

    for name in "fm":
        Image.open(f"{name}.png").save(f"{name}.jpg", dpi=(300, 300), quality=95)
    assert SimpleITK.ReadImage("f.jpg").GetSpacing()[0] == pytest.approx(25.4 / 300)
    assert run("f.jpg", "m.jpg", "--transform-file", "t.tfm") == 0
    assert "take the dots per inch in f.jpg for a spacing" in capsys.readouterr().out
    assert run("f.jpg", "m.jpg", "--transform-file", "t.tfm", "--for-itk", "f.mha", "m.mha") == 0
    assert SimpleITK.ReadImage("f.mha").GetSpacing() == (1.0, 1.0)


@pytest.mark.usefixtures("folder")
@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ("--for-itk a.tif b.mha", "--for-itk a.tif: the suffix must be .mha, .nrrd or .nii.gz"),
        ("--for-itk a.mha a.mha", "is also written by --for-itk"),
        ("--for-itk f.tif a.mha", "is read, too"),
        ("--for-itk a.mha none/b.mha", "there is no folder none"),
        ("--transform-file t.xyz", "must be .tfm or .txt"),
        ("-o a.ome.png.gz", "the suffix must be one of"),
    ],
)
def test_bad_outputs_are_refused(
    arguments: str, said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run("f.tif", "m.tif", *arguments.split()) == 2
    error = capsys.readouterr().err
    assert said in error
    assert error.count("\n") == 1


def test_without_simpleitk_the_extra_is_named(
    folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setitem(__import__("sys").modules, "SimpleITK", None)
    assert run("f.tif", "m.tif", "--for-itk", "a.mha", "b.mha") == 2
    assert 'pip install "imagej-minimizer[metaimage]"' in capsys.readouterr().err


@pytest.mark.slow
@pytest.mark.parametrize("suffix", [".nii.gz", ".mha", ".nrrd"])
def test_an_aligned_volume_lies_on_the_own_grid_of_the_fixed_one(
    suffix: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Voxel by voxel: FIXED is sagittal, with axes backwards, and MOVING is not."""
    monkeypatch.chdir(tmp_path)
    shape = (30, 34, 26)
    pair = windows(about_centre(np.eye(3), (2.0, -1.0, 1.5), shape), shape, 3, margin=0.5)
    fixed, moving = (image.astype(np.float32) for image in pair)
    affine = np.eye(4)
    affine[:3, 3] = -15
    turned_round = np.zeros((4, 4))  # index (i, j, k) of the sagittal one: (x, y, z) = (k, -i, j)
    turned_round[0, 2] = turned_round[2, 1] = turned_round[3, 3] = 1
    turned_round[1, 0], turned_round[1, 3] = -1, shape[1] - 1
    sagittal = fixed[:, ::-1].transpose(1, 2, 0)
    made: Any = nibabel
    made.save(made.Nifti1Image(sagittal, affine @ turned_round), "f.nii.gz")
    made.save(made.Nifti1Image(moving, affine), "m.nii.gz")
    options = ("--transform", "translation", "-o", f"a{suffix}", "--transform-file", "t.tfm")
    assert run("f.nii.gz", "m.nii.gz", *options) == 0
    fixed_in_itk, aligned = SimpleITK.ReadImage("f.nii.gz"), SimpleITK.ReadImage(f"a{suffix}")
    np.testing.assert_allclose(aligned.GetDirection(), fixed_in_itk.GetDirection(), atol=1e-6)
    np.testing.assert_allclose(aligned.GetOrigin(), fixed_in_itk.GetOrigin(), atol=1e-5)
    values = SimpleITK.GetArrayFromImage(aligned).T
    assert values.shape == sagittal.shape
    both = np.isfinite(values) & (values != 0)
    assert both.mean() > 0.7
    assert np.corrcoef(values[both], sagittal[both])[0, 1] > 0.99
    theirs = in_itk("f.nii.gz", "m.nii.gz").T
    both &= theirs >= 0
    assert np.corrcoef(values[both], theirs[both])[0, 1] > 0.99


@pytest.mark.slow
def test_a_series_of_dicom_is_registered_with_a_volume_of_itk(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Each is stored in its own way, and the transform fits the files as they are."""
    pytest.importorskip("pydicom")
    from dicom_files import write_slice

    monkeypatch.chdir(tmp_path)
    shape = (26, 34, 30)  # slices, rows, columns
    pair = windows(about_centre(np.eye(3), (1.5, -1.0, 2.0), shape), shape, 3, margin=0.5)
    fixed, moving = (np.rint(2000 * np.clip(image, 0, 1)).astype(np.int16) for image in pair)
    Path("series").mkdir()
    for k, pixels in enumerate(fixed):
        elements = {
            "ImagePositionPatient": [-20.0, -30.0, 2.0 * k],
            "ImageOrientationPatient": [1.0, 0.0, 0.0, 0.0, 1.0, 0.0],
            "PixelSpacing": [1.0, 1.0],
            "RescaleIntercept": 0,
        }
        write_slice(Path(f"series/IM{k}"), k, pixels, **elements)
    image = SimpleITK.GetImageFromArray(moving)
    image.SetSpacing((1.0, 1.0, 2.0))
    image.SetOrigin((-20.0, -30.0, 0.0))
    SimpleITK.WriteImage(SimpleITK.DICOMOrient(image, "PSR"), "m.mha")
    options = ("--transform", "translation", "-o", "a.nrrd", "--transform-file", "t.tfm")
    copies = ("--for-itk", "fc.nii.gz", "mc.nrrd")
    assert run("series", "m.mha", *options, *copies) == 0
    assert "note:" not in capsys.readouterr().out
    found = SimpleITK.ReadTransform("t.tfm").TransformPoint((0.0, 0.0, 0.0))
    np.testing.assert_allclose(found, [2.0, -1.0, 3.0], atol=0.05)
    reader = SimpleITK.ImageSeriesReader()
    reader.SetFileNames(reader.GetGDCMSeriesFileNames("series"))
    theirs = reader.Execute()
    for name, ours in [("aligned", "a.nrrd"), ("copy", "fc.nii.gz")]:
        image = SimpleITK.ReadImage(ours)
        for part in ("GetSize", "GetSpacing", "GetOrigin", "GetDirection"):
            expected = getattr(theirs, part)()
            np.testing.assert_allclose(getattr(image, part)(), expected, atol=1e-6, err_msg=name)
    copy = SimpleITK.GetArrayFromImage(SimpleITK.ReadImage("fc.nii.gz"))
    np.testing.assert_array_equal(copy, SimpleITK.GetArrayFromImage(theirs))
    copy, moving_volume = (SimpleITK.ReadImage(path) for path in ("mc.nrrd", "m.mha"))
    assert SimpleITK.Hash(copy) == SimpleITK.Hash(moving_volume)
    np.testing.assert_allclose(copy.GetDirection(), moving_volume.GetDirection(), atol=1e-9)


def test_a_volume_with_a_place_and_one_without_are_not_compared(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    values = np.random.default_rng(0).random((9, 9, 9)).astype(np.float32)
    paths = [str(tmp_path / name) for name in ("a.tif", "b.mha")]
    for path in paths:
        write_picture(path, Picture(values, "ZYX", {"Z": 1.0, "Y": 1.0, "X": 1.0}, "mm"))
    assert run(*paths) == 2
    assert "says how its axes lie in the body" in capsys.readouterr().err


def test_a_slice_that_itk_takes_for_a_volume_is_told(folder: Path) -> None:
    from minimizer.commands.for_itk import note_for_itk

    image = read_picture("f.tif")
    write_picture("f.nii", Picture(image.values[None], "ZYX", {"Z": 1.0, "Y": 1.0, "X": 1.0}))
    note = note_for_itk("t.tfm", ["f.nii", "m.png"], [read_picture("f.nii"), image], "mm")
    assert "take f.nii for a slice in space" in str(note)
