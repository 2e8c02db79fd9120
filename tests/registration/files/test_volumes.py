"""Volumes keep their place: every format is read and written as the programs of others do it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import nibabel
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.spatial.transform import Rotation

from minimizer.common.errors import BadInput
from minimizer.registration.files import Picture, read_picture, write_picture
from minimizer.registration.files.by_suffix import check_can_write, check_format
from minimizer.registration.files.layout import nearest_layout
from minimizer.registration.files.world import as_stored, placed

sitk: Any = pytest.importorskip("SimpleITK")
nrrd: Any = pytest.importorskip("nrrd")

SUFFIXES = (".nii", ".nii.gz", ".mha", ".mhd", ".nrrd", ".nhdr")
SHAPE = (3, 4, 5)  # of ITK's array: z, y, x


def oblique(seed: int, ndim: int = 3) -> np.ndarray:
    """Return a turned direction, with axes exchanged and backwards."""
    rng = np.random.default_rng(seed)
    if ndim == 3:
        turned = Rotation.from_rotvec(rng.normal(0, 0.2, 3)).as_matrix()
    else:
        c, s = np.cos(rng.normal(0, 0.2)), np.sin(rng.normal(0, 0.2))
        c, s = np.array([c, s]) / np.hypot(c, s)
        turned = np.array([[c, -s], [s, c]])
    return turned[:, rng.permutation(ndim)] * rng.choice([-1.0, 1.0], ndim)


def itk_image(seed: int, ndim: int = 3, dtype: Any = np.int16) -> Any:
    """Return an image of ITK with its own place in the world."""
    rng = np.random.default_rng(seed)
    image = sitk.GetImageFromArray(
        rng.permutation(np.prod(SHAPE[-ndim:])).reshape(SHAPE[-ndim:]).astype(dtype)
    )
    image.SetSpacing(rng.uniform(0.5, 3, ndim).tolist())
    image.SetOrigin(rng.normal(0, 20, ndim).tolist())
    image.SetDirection(oblique(seed, ndim).ravel().tolist())
    return image


def geometry(image: Any) -> np.ndarray:
    return np.concatenate([image.GetOrigin(), image.GetSpacing(), image.GetDirection()])


def places(picture: Picture) -> np.ndarray:
    """Return the positions of all pixels with their values, in the order of the values."""
    assert picture.affine is not None
    n = len(picture.affine) - 1
    index = np.indices(picture.values.shape).reshape(n, -1)
    points = (picture.affine @ np.vstack([index, np.ones(index.shape[1])]))[:n].T
    return in_order(np.column_stack([points, picture.values.ravel()]))


def itks_places(image: Any) -> np.ndarray:
    """Return the same as ITK has it."""
    index = list(np.ndindex(*image.GetSize()))
    points = [[*image.TransformIndexToPhysicalPoint(i), image[i]] for i in index]
    return in_order(np.array(points))


def in_order(rows: np.ndarray) -> np.ndarray:
    return rows[np.argsort(rows[:, -1])]


@pytest.mark.parametrize("suffix", SUFFIXES)
@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize("ndim", [2, 3])
def test_each_pixel_is_where_itk_says(suffix: str, seed: int, ndim: int, tmp_path: Path) -> None:
    image = itk_image(seed, ndim)
    sitk.WriteImage(image, str(tmp_path / f"a{suffix}"))
    read = read_picture(tmp_path / f"a{suffix}")
    np.testing.assert_allclose(places(read), itks_places(image), atol=2e-4)


@pytest.mark.parametrize("suffix", SUFFIXES)
@pytest.mark.parametrize("seed", range(3))
def test_what_is_written_lies_on_the_grid_it_came_from(
    suffix: str, seed: int, tmp_path: Path
) -> None:
    """Voxel by voxel, its axes in the order of the file."""
    image = itk_image(seed)
    sitk.WriteImage(image, str(tmp_path / "a.mha"))
    write_picture(tmp_path / f"b{suffix}", read_picture(tmp_path / "a.mha"))
    back = sitk.ReadImage(str(tmp_path / f"b{suffix}"))
    np.testing.assert_array_equal(sitk.GetArrayFromImage(back), sitk.GetArrayFromImage(image))
    np.testing.assert_allclose(geometry(back), geometry(image), atol=1e-5)
    assert {path.name[:2] for path in tmp_path.iterdir()} == {"a.", "b."}


@pytest.mark.parametrize("suffix", SUFFIXES)
def test_pictures_without_a_place_begin_at_0_in_itk(suffix: str, tmp_path: Path) -> None:
    values = np.arange(60, dtype=np.uint16).reshape(SHAPE)
    spacing = {"Z": 3.0, "Y": 0.5, "X": 0.25}
    write_picture(tmp_path / f"a{suffix}", Picture(values, "ZYX", spacing, "mm"))
    image = sitk.ReadImage(str(tmp_path / f"a{suffix}"))
    np.testing.assert_array_equal(sitk.GetArrayFromImage(image), values)
    np.testing.assert_allclose(
        geometry(image), [0, 0, 0, 0.25, 0.5, 3, *np.eye(3).ravel()], atol=1e-9
    )


@pytest.mark.parametrize("suffix", [".nii.gz", ".mha", ".nrrd"])
def test_planes_come_back_and_are_those_of_itk(suffix: str, tmp_path: Path) -> None:
    values = np.arange(6 * 7, dtype=np.uint8).reshape(6, 7)
    write_picture(tmp_path / f"a{suffix}", Picture(values, "YX", {"Y": 0.5, "X": 0.25}, "mm"))
    image = sitk.ReadImage(str(tmp_path / f"a{suffix}"))
    np.testing.assert_array_equal(sitk.GetArrayFromImage(image), values)
    assert image.GetSpacing() == (0.25, 0.5)
    back = read_picture(tmp_path / f"a{suffix}")
    np.testing.assert_array_equal(back.values, values)
    assert (back.axes, back.spacing) == ("YX", {"Y": 0.5, "X": 0.25})


@pytest.mark.parametrize("suffix", [".nii.gz", ".mha", ".nrrd"])
@pytest.mark.parametrize("dtype", ["bool", "uint8", "int16", "int64", "float16", "float64"])
def test_volumes_over_time_come_back(suffix: str, dtype: str, tmp_path: Path) -> None:
    values = (np.random.default_rng(0).random((3, 5, 6, 7)) * 9).astype(dtype)
    first = placed(values, np.diag([1.0, -2.0, 3.0, 1.0]), "mm", "TXYZ")
    write_picture(tmp_path / f"a{suffix}", first)
    back = read_picture(tmp_path / f"a{suffix}")
    assert (back.axes, back.unit, back.layout) == ("TZYX", "mm", first.layout)
    np.testing.assert_array_equal(back.values, first.values.astype(back.values.dtype))
    np.testing.assert_allclose(back.affine, first.affine)  # type: ignore[arg-type]
    if suffix != ".nrrd":  # ITK takes the time of NRRD for channels
        assert sitk.ReadImage(str(tmp_path / f"a{suffix}")).GetSize() == (5, 6, 7, 3)


@pytest.mark.parametrize("suffix", [".mha", ".nrrd"])
def test_channels_and_the_unit_come_back(suffix: str, tmp_path: Path) -> None:
    values = np.arange(6 * 7 * 2, dtype=np.uint16).reshape(6, 7, 2)
    write_picture(tmp_path / f"a{suffix}", Picture(values, "YXC", {"Y": 1.0, "X": 2.0}, "µm"))
    back = read_picture(tmp_path / f"a{suffix}")
    np.testing.assert_array_equal(back.values, values)
    assert (back.axes, back.unit, back.is_rgb) == ("YXC", "µm", False)
    theirs = sitk.ReadImage(str(tmp_path / f"a{suffix}"))
    np.testing.assert_array_equal(sitk.GetArrayFromImage(theirs), values)


def test_colours_are_colours_in_nrrd_only_as_it_says_so(tmp_path: Path) -> None:
    values = np.zeros((6, 7, 3), np.uint8)
    for suffix in (".nrrd", ".mha"):
        write_picture(tmp_path / f"a{suffix}", Picture(values, "YXC", is_rgb=True))
        assert read_picture(tmp_path / f"a{suffix}").is_rgb == (suffix == ".nrrd")


@pytest.mark.parametrize("unit", ["micron", "meter", "mm", None])
@pytest.mark.parametrize("code", [0, 2])
def test_nifti_in_other_units_is_in_mm_as_in_itk(
    unit: str | None, code: int, tmp_path: Path
) -> None:
    made: Any = nibabel
    image = made.Nifti1Image(np.zeros((4, 5, 6), np.int16), np.diag([2.0, 3.0, 4.0, 1.0]))
    image.header.set_xyzt_units(unit)
    image.header["sform_code"] = code
    made.save(image, tmp_path / "a.nii")
    read = read_picture(tmp_path / "a.nii")
    theirs = sitk.ReadImage(str(tmp_path / "a.nii")).GetSpacing()
    assert list(read.spacing.values()) == pytest.approx(theirs, rel=1e-6)
    assert read.unit == "mm"


@pytest.mark.parametrize("s_code", [0, 1, 2, 4])
@pytest.mark.parametrize("q_code", [0, 1, 2])
@pytest.mark.parametrize("shear", [0.0, 0.3])
def test_of_the_two_matrices_of_nifti_itks_counts_and_both_are_written_again(
    s_code: int, q_code: int, shear: float, tmp_path: Path
) -> None:
    if shear and s_code and not q_code:
        pytest.skip("ITK refuses such a file")
    made: Any = nibabel
    sform, qform = np.diag([1.0, 2, 3, 1]), np.diag([1.0, 2, 3, 1])
    sform[:3, :3] = Rotation.from_rotvec([0.1, 0.2, 0.3]).as_matrix() * [1, 2, 3]
    sform[:3, 3], qform[:3, 3] = (1, 2, 3), (7, 8, 9)
    sform[1, 0] += shear
    image = made.Nifti1Image(np.arange(60, dtype=np.int16).reshape(3, 4, 5), None)
    image.header.set_zooms((1, 2, 3))
    image.set_sform(sform, s_code)
    image.set_qform(qform, q_code)
    made.save(image, tmp_path / "a.nii")
    read = read_picture(tmp_path / "a.nii")
    theirs = sitk.ReadImage(str(tmp_path / "a.nii"))
    np.testing.assert_allclose(places(read), itks_places(theirs), atol=1e-4)
    write_picture(tmp_path / "b.nii", read)
    again = sitk.ReadImage(str(tmp_path / "b.nii"))
    np.testing.assert_allclose(geometry(again), geometry(theirs), atol=1e-5)
    before, after = (made.load(tmp_path / f"{name}.nii") for name in "ab")
    np.testing.assert_allclose(after.affine, before.affine, atol=1e-5)
    for code in ("sform_code", "qform_code"):
        assert after.header[code] == before.header[code]
    np.testing.assert_array_equal(after.get_fdata(), before.get_fdata())


def test_spaces_of_nrrd_are_those_of_itk(tmp_path: Path) -> None:
    for space in ("right-anterior-superior", "LAS", "left-posterior-superior", "scanner-xyz"):
        header = {
            "space": space,
            "space directions": oblique(4) * 2,
            "space origin": [3.0, 4.0, 5.0],
        }
        path = str(tmp_path / "a.nrrd")
        nrrd.write(path, np.arange(60.0).reshape(3, 4, 5), header)
        theirs = itks_places(sitk.ReadImage(path))
        np.testing.assert_allclose(places(read_picture(path)), theirs, atol=1e-9)


@given(seed=st.integers(0, 10**6), ndim=st.sampled_from([2, 3]))
@settings(max_examples=60, deadline=None)
def test_the_way_into_memory_and_back_is_exact(seed: int, ndim: int) -> None:
    rng = np.random.default_rng(seed)
    affine = np.eye(ndim + 1)
    affine[:ndim, :ndim] = rng.normal(size=(ndim, ndim)) + 2 * oblique(seed, ndim)
    affine[:ndim, ndim] = rng.normal(size=ndim)
    values = rng.random(rng.integers(2, 6, ndim))
    picture = placed(values, affine, "mm", "XYZ"[:ndim])
    back, matrix = as_stored(picture)
    np.testing.assert_array_equal(back, values)
    np.testing.assert_allclose(matrix, affine, atol=1e-9)


@given(seed=st.integers(0, 10**6))
@settings(max_examples=60, deadline=None)
def test_the_order_in_memory_is_nibabels(seed: int) -> None:
    affine = np.eye(4)
    affine[:3, :3] = oblique(seed)
    layout = nearest_layout(affine)
    flip = np.diag([-1.0, -1.0, 1.0, 1.0])
    theirs = nibabel.orientations.io_orientation(flip @ affine)
    ours = np.empty((3, 2))
    for axis, (place, backwards) in enumerate(zip(*layout, strict=True)):
        ours[place] = axis, -1 if backwards else 1
    np.testing.assert_array_equal(ours, theirs)


def test_a_slice_in_a_volume_of_its_own_is_a_plane(tmp_path: Path) -> None:
    image = sitk.GetImageFromArray(np.arange(42, dtype=np.int16).reshape(1, 6, 7))
    image.SetSpacing((0.5, 2.0, 9.0))
    sitk.WriteImage(image, str(tmp_path / "a.mha"))
    read = read_picture(tmp_path / "a.mha")
    assert (read.axes, read.shape, read.spacing) == ("YX", (6, 7), {"Y": 2.0, "X": 0.5})


# ------------------------------------------------------------------------------------ refused


@pytest.mark.parametrize("suffix", SUFFIXES)
@pytest.mark.parametrize("kept", [0.1, 0.5, 0.95])
@pytest.mark.parametrize("packed", [False, True])
def test_truncated_files_are_refused(
    suffix: str, kept: float, packed: bool, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    sitk.WriteImage(itk_image(0), str(tmp_path / f"a{suffix}"), packed)
    for path in tmp_path.iterdir():
        path.write_bytes(path.read_bytes()[: int(path.stat().st_size * kept)])
    with pytest.raises(BadInput, match=r"a\.") as refused:
        read_picture(tmp_path / f"a{suffix}")
    assert "\n" not in str(refused.value)
    assert "SimpleITK-build" not in str(refused.value)
    assert capfd.readouterr().err == ""


@pytest.mark.parametrize(("suffix", "data"), [(".mhd", ".raw"), (".nhdr", ".raw")])
def test_a_header_without_its_pixels_names_the_file_that_is_missing(
    suffix: str, data: str, tmp_path: Path
) -> None:
    sitk.WriteImage(itk_image(0), str(tmp_path / f"a{suffix}"))
    (tmp_path / f"a{data}").unlink()
    with pytest.raises(BadInput, match=r"its pixels in a\.raw, and there is no such file beside"):
        read_picture(tmp_path / f"a{suffix}")


@pytest.mark.parametrize(
    ("module", "suffix", "extra"),
    [("SimpleITK", ".mha", "metaimage"), ("nrrd", ".nrrd", "nrrd"), ("nibabel", ".nii", "cli")],
)
def test_without_its_package_the_extra_is_named(
    module: str, suffix: str, extra: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    sitk.WriteImage(itk_image(0), str(tmp_path / f"a{suffix}"))
    monkeypatch.setitem(__import__("sys").modules, module, None)
    with pytest.raises(ImportError, match=rf"imagej-minimizer\[{extra}\]"):
        read_picture(tmp_path / f"a{suffix}")
    with pytest.raises(ImportError, match=rf"imagej-minimizer\[{extra}\]"):
        check_can_write(tmp_path / f"b{suffix}")


def test_formats_that_know_no_place_are_refused_for_volumes(tmp_path: Path) -> None:
    volume = placed(np.zeros((4, 5, 6), np.uint8), np.eye(4), "mm", "XYZ")
    with pytest.raises(BadInput, match=r"write a \.nii\.gz file, or \.nrrd or \.mha"):
        check_format(tmp_path / "a.tif", volume)
    with pytest.raises(BadInput, match="only one channel"):
        check_format(tmp_path / "a.nii", Picture(np.zeros((4, 5, 2), np.uint8), "YXC"))
    with pytest.raises(BadInput, match="an axis of NIfTI has at most 32767 pixels"):
        check_format(tmp_path / "a.nii", Picture(np.zeros((2, 40_000), np.uint8), "YX"))
    with pytest.raises(BadInput, match="3D Slicer makes DICOM files"):
        check_can_write(tmp_path / "a.dcm")


def test_a_place_that_is_no_place_is_refused(tmp_path: Path) -> None:
    nrrd.write(
        str(tmp_path / "a.nrrd"),
        np.zeros((4, 5, 6)),
        {"space": "LPS", "space directions": np.diag([1.0, 1.0, 0.0])},
    )
    with pytest.raises(BadInput, match=r"a\.nrrd cannot be read as NRRD: .* is singular"):
        read_picture(tmp_path / "a.nrrd")


def test_a_pair_of_files_that_cannot_be_finished_leaves_the_old_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    picture = Picture(np.zeros((4, 5), np.uint8), "YX")
    write_picture(tmp_path / "a.nhdr", picture)
    before = {path.name: path.read_bytes() for path in tmp_path.iterdir()}

    def full(path: str, *args: Any, **options: Any) -> None:
        Path(path).write_bytes(b"half")
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(nrrd, "write", full)
    with pytest.raises(OSError, match=r"No space left on device: .*a\.nhdr"):
        write_picture(tmp_path / "a.nhdr", picture)
    assert {path.name: path.read_bytes() for path in tmp_path.iterdir()} == before


def test_what_itk_cannot_write_ends_in_one_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*args: Any, **options: Any) -> None:
        raise RuntimeError("Exception thrown in SimpleITK\nand more")

    monkeypatch.setattr(sitk, "WriteImage", full)
    with pytest.raises(OSError, match=r"ITK could not write it: .*a\.mha") as refused:
        write_picture(tmp_path / "a.mha", Picture(np.zeros((4, 5), np.uint8), "YX"))
    assert "\n" not in str(refused.value)
    assert list(tmp_path.iterdir()) == []
