"""DICOM: a folder with the slices of one volume, or a single image, through pydicom."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ...common.arrays import Array
from ...common.errors import BadInput
from ...common.extras import require
from .formats import DICOM, HEAD
from .picture import Picture
from .reading import check_claim, reading
from .world import placed

CONVERT = "convert it to .nii.gz with dcm2niix"
EVEN = 0.01  # part of the mean step by which the place of a slice may differ


def is_dicom(path: Path) -> bool:
    """Return whether a file begins as DICOM does, whatever its name."""
    if not path.is_file() or path.name.startswith("."):
        return False
    with path.open("rb") as file:
        return DICOM.begins(file.read(HEAD))


def dicom_files(folder: str | Path) -> list[Path]:
    """Return the DICOM files in a folder, by name; DICOMDIR, a table of contents, is left out."""
    found = sorted(Path(folder).iterdir())
    return [path for path in found if path.name.upper() != "DICOMDIR" and is_dicom(path)]


def read_dicom(path: str | Path) -> Picture:
    """Read a DICOM file, or the volume whose slices are the DICOM files in a folder.

    Returns
    -------
    Picture
        With the rescaled values: integers where slope and intercept allow it. A volume is in the
        patient's world, in mm; a single image has its spacing alone.

    Raises
    ------
    BadInput
        If a folder has several series, or its slices are not evenly spaced along a line, or the
        pixels are packed in a way that needs another package.
    ImportError
        Without pydicom, of the extra ``dicom``.
    """
    pydicom: Any = require("pydicom", extra="dicom")
    files = [Path(path)]
    if Path(path).is_dir():
        headers = {file: _header(file, pydicom) for file in dicom_files(path)}
        images = [file for file, data in headers.items() if "Rows" in data]  # and no reports
        files = images or [*headers]
        _check_one_series(path, [headers[file] for file in files])
    slices = [_read_slice(file, pydicom) for file in files]
    with reading(path, "DICOM"):
        if len(slices) == 1:
            return _plane(slices[0])
        return _volume(path, slices)


def _header(path: Path, pydicom: Any) -> Any:
    """Return the data set in a file without its pixels."""
    with reading(path, "DICOM"):
        return pydicom.dcmread(path, stop_before_pixels=True)


def _read_slice(path: Path, pydicom: Any) -> Any:
    """Return the data set in a file, its pixels unpacked."""
    data = _header(path, pydicom)
    if "Rows" not in data or "Columns" not in data:
        raise BadInput(f"{path} cannot be read: it is a DICOM file without an image")
    with reading(path, "DICOM"):
        if int(data.get("NumberOfFrames", 1) or 1) > 1:
            raise BadInput(f"{path} cannot be read: it has several frames; {CONVERT}")
        samples = int(data.get("SamplesPerPixel", 1))
        check_claim(path, data.Rows * data.Columns * samples * (data.BitsAllocated // 8))
        data = pydicom.dcmread(path)
        try:
            data.pixel_array  # noqa: B018  # keeps the pixels
        except (NotImplementedError, RuntimeError) as error:
            packing = data.file_meta.TransferSyntaxUID.name
            raise BadInput(
                f"{path} cannot be read: its pixels are packed ({packing}); {CONVERT}, or install "
                "pylibjpeg[all]"
            ) from error
        return data


def _check_one_series(path: str | Path, headers: Sequence[Any]) -> None:
    """Refuse slices of several series, which are several volumes, before their pixels are read."""
    series = Counter(
        (str(data.get("SeriesInstanceUID", "")), str(data.get("SeriesDescription", "")))
        for data in headers
    )
    if len(series) > 1:
        names = ", ".join(f"{name or uid} ({n})" for (uid, name), n in sorted(series.items())[:8])
        raise BadInput(f"{path} holds {len(series)} series: {names}; give a folder for each")


def _plane(data: Any) -> Picture:
    """Return the picture of a single image."""
    steps = data.get("PixelSpacing") or data.get("ImagerPixelSpacing")
    spacing = {"Y": float(steps[0]), "X": float(steps[1])} if steps else {}
    values = _values([data])[0]
    is_rgb = values.ndim == 3
    return Picture(values, "YXC" if is_rgb else "YX", spacing, "mm" if spacing else "", is_rgb)


def _volume(path: str | Path, slices: list[Any]) -> Picture:
    """Return the volume of several slices."""
    for name in ("ImagePositionPatient", "ImageOrientationPatient", "PixelSpacing"):
        if any(name not in data for data in slices):
            raise BadInput(f"{path} cannot be read: a file has no {name}; {CONVERT}")
    for name in ("Rows", "Columns", "PixelSpacing", "ImageOrientationPatient", "SamplesPerPixel"):
        first = np.asarray(slices[0].get(name, 1), dtype=np.float64)
        if not all(np.allclose(first, data.get(name, 1), atol=1e-4) for data in slices):
            raise BadInput(f"{path} cannot be read: its slices differ in {name}; {CONVERT}")
    along_row, along_column = np.reshape(slices[0].ImageOrientationPatient, (2, 3)).astype(float)
    normal = np.cross(along_row, along_column)
    slices = sorted(slices, key=lambda data: float(normal @ _place(data)))
    step = _even_step(path, np.array([_place(data) for data in slices]), normal)
    down, across = map(float, slices[0].PixelSpacing)
    affine = np.eye(4)
    affine[:3, :3] = np.stack([along_row * across, along_column * down, step], axis=1)
    affine[:3, 3] = _place(slices[0])
    values = np.moveaxis(np.stack(_values(slices)), (0, 1, 2), (2, 1, 0))
    is_rgb = values.ndim == 4
    return placed(values, affine, "mm", "XYZC" if is_rgb else "XYZ", is_rgb)


def _place(data: Any) -> Array:
    """Return the position of the first pixel of a slice."""
    return np.asarray(data.ImagePositionPatient, dtype=np.float64)


def _even_step(path: str | Path, places: Array, normal: Array) -> Array:
    """Return the step from slice to slice, or refuse slices that are not evenly spaced."""
    gaps = np.diff(places @ normal)
    step = np.asarray((places[-1] - places[0]) / (len(places) - 1), dtype=np.float64)
    if gaps.min() < 1e-3:
        raise BadInput(
            f"{path} cannot be read: several images are at one position (times, or echoes); "
            f"{CONVERT}"
        )
    off = np.linalg.norm(places - places[0] - np.arange(len(places))[:, None] * step, axis=1)
    if off.max() > EVEN * np.linalg.norm(step):
        raise BadInput(
            f"{path} cannot be read: its slices are {gaps.min():.4g} to {gaps.max():.4g} mm apart; "
            "perhaps one is missing"
        )
    return step


def _values(slices: list[Any]) -> list[NDArray[Any]]:
    """Return the rescaled pixels of slices in one data type."""
    scales = [
        (float(data.get("RescaleSlope", 1)), float(data.get("RescaleIntercept", 0)))
        for data in slices
    ]
    if all(scale == (1.0, 0.0) for scale in scales):
        return [data.pixel_array for data in slices]
    whole = all(number.is_integer() for scale in scales for number in scale)
    values = [
        data.pixel_array * slope + intercept
        for data, (slope, intercept) in zip(slices, scales, strict=True)
    ]
    if not whole:
        return [image.astype(np.float32) for image in values]
    ends = min(image.min() for image in values), max(image.max() for image in values)
    small = all(-(2**15) <= end < 2**15 for end in ends)
    return [image.astype(np.int16 if small else np.int32) for image in values]
