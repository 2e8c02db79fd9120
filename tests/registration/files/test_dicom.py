"""DICOM: a folder is a volume where ITK has it, and nothing else is taken for one."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from minimizer.common.errors import BadInput
from minimizer.registration.files import read_picture

pytest.importorskip("pydicom")
pytest.importorskip("SimpleITK")
import pydicom
import SimpleITK
from dicom_files import STEP, write_slice
from pydicom.uid import JPEG2000

SHAPE = (5, 8, 6)  # slices, rows, columns


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Return a folder with a series, its files in another order than its slices."""
    for k, pixels in enumerate(voxels()):
        write_slice(tmp_path / f"IM{(7 * k + 3) % 5}", k, pixels)
    (tmp_path / "notes.txt").write_text("the patient kept still")
    return tmp_path


def voxels() -> np.ndarray:
    return np.random.default_rng(0).permutation(np.prod(SHAPE)).reshape(SHAPE)


def test_a_series_is_a_volume_where_itk_has_it(folder: Path) -> None:
    read = read_picture(folder)
    assert (read.unit, read.values.dtype) == ("mm", np.int16)
    assert sorted(read.spacing.values()) == pytest.approx([0.75, 1.5, np.linalg.norm(STEP)])
    reader = SimpleITK.ImageSeriesReader()
    reader.SetFileNames(reader.GetGDCMSeriesFileNames(str(folder)))
    image = reader.Execute()
    assert read.affine is not None
    values = SimpleITK.GetArrayFromImage(image)
    for k, j, i in [(0, 0, 0), (0, 5, 2), (0, 7, 5), (4, 0, 0)]:
        index = np.argwhere(read.values == values[k, j, i])[0]
        ours = (read.affine @ [*index, 1])[:3]
        theirs = image.TransformIndexToPhysicalPoint((i, j, k))
        if k == 0:
            np.testing.assert_allclose(ours, theirs, atol=1e-6)
        else:  # ITK takes the slices of a tilted gantry for a box, and ends beside this one
            np.testing.assert_allclose(ours, [-10, 20, 30], atol=1e-6)


def test_values_are_rescaled(folder: Path) -> None:
    assert sorted(read_picture(folder).values.ravel()) == sorted(voxels().ravel() - 1024)
    for k, path in enumerate(sorted(folder.glob("IM*"))):
        data = pydicom.dcmread(path)
        data.RescaleSlope = 0.5 + k
        data.save_as(path)
    assert read_picture(folder).values.dtype == np.float32


def test_a_single_file_is_a_plane_with_its_spacing(tmp_path: Path) -> None:
    write_slice(tmp_path / "a.dcm", 0, voxels()[0])
    read = read_picture(tmp_path / "a.dcm")
    assert (read.axes, read.spacing, read.affine) == ("YX", {"Y": 1.5, "X": 0.75}, None)
    np.testing.assert_array_equal(read.values, voxels()[0] - 1024)


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"SeriesInstanceUID": "1.2.3", "SeriesDescription": "T2"}, r"holds 2 series: .*T2 \(1\)"),
        ({"ImagePositionPatient": [-10.0, 20.0, 30.0]}, "several images are at one position"),
        ({"ImagePositionPatient": [-10.0, 20.0, 99.0]}, "2.5 to .* mm apart; perhaps one is miss"),
        ({"PixelSpacing": [1.5, 0.8]}, "its slices differ in PixelSpacing"),
        ({"Rows": 6}, "its slices differ in Rows|cannot be read as DICOM"),
        ({"ImagePositionPatient": None}, "a file has no ImagePositionPatient|cannot be read"),
        ({"NumberOfFrames": 3}, "it has several frames; convert it to .nii.gz with dcm2niix"),
        ({"TransferSyntaxUID": JPEG2000}, "packed|cannot be read as DICOM"),
    ],
)
def test_what_is_no_volume_is_refused(changed: dict[str, Any], said: str, folder: Path) -> None:
    write_slice(folder / "IM4", 4, voxels()[4], **changed)
    with pytest.raises(BadInput, match=said) as refused:
        read_picture(folder)
    assert "\n" not in str(refused.value)


def test_a_report_beside_the_slices_is_no_slice(folder: Path) -> None:
    before = read_picture(folder)
    write_slice(folder / "report", 0, voxels()[0], Rows=None, SeriesInstanceUID="1.2.3")
    data = pydicom.dcmread(folder / "report")
    del data.Rows, data.Columns, data.PixelData
    data.save_as(folder / "report")
    np.testing.assert_array_equal(read_picture(folder).values, before.values)
    with pytest.raises(BadInput, match="cannot be read: it is a DICOM file without an image"):
        read_picture((folder / "report").rename(folder / "report.dcm"))


@pytest.mark.parametrize("kept", [200, 600, 0.9])
def test_truncated_files_are_refused(kept: float, tmp_path: Path) -> None:
    path = tmp_path / "a.dcm"
    write_slice(path, 0, voxels()[0])
    data = path.read_bytes()
    path.write_bytes(data[: int(kept if kept > 1 else kept * len(data))])
    with pytest.raises(BadInput, match=r"a\.dcm") as refused:
        read_picture(path)
    assert "\n" not in str(refused.value)


def test_without_pydicom_the_extra_is_named(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(__import__("sys").modules, "pydicom", None)
    with pytest.raises(ImportError, match=r"imagej-minimizer\[dicom\]"):
        read_picture(folder)


def test_a_folder_of_something_else_is_no_image(tmp_path: Path) -> None:
    with pytest.raises(BadInput, match="is a folder without DICOM files; an image is one file"):
        read_picture(tmp_path)
