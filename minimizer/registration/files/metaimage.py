"""MetaImage (.mha, .mhd), the format of ITK and elastix, through SimpleITK."""

from __future__ import annotations

import errno
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

from ...common.errors import BadInput
from ...common.extras import require
from .picture import MICRON, STORED_AS, Picture
from .reading import check_claim, reading
from .world import affine_from, as_stored, origin_spacing_direction, placed

UNIT = "Unit"
"""Our line in the header, as MetaImage has no unit; ITK keeps it. Without it the unit is mm."""


TRUE = ("true", "1")


def read_metaimage(path: str | Path) -> Picture:
    """Read a MetaImage file: a plane or a volume, with channels, or with time as its fourth axis.

    Raises
    ------
    BadInput
        If it cannot be read, or has another number of dimensions.
    ImportError
        Without SimpleITK, of the extra ``metaimage``.
    """
    sitk: Any = require("SimpleITK", extra="metaimage")
    with reading(path, "MetaImage"):
        data, packed, begin = _pixels_of(path)
        reader = sitk.ImageFileReader()
        reader.SetImageIO("MetaImageIO")
        reader.SetFileName(str(path))
        _as_bad_input(path, reader.ReadImageInformation)
        one = sitk.Image([1, 1], reader.GetPixelID(), reader.GetNumberOfComponents())
        pixels = int(np.prod(reader.GetSize(), dtype=object))
        check_claim(data, pixels * sitk.GetArrayViewFromImage(one).nbytes, packed, begin)
        return _picture(path, _as_bad_input(path, reader.Execute), sitk)


def _as_bad_input(path: str | Path, step: Callable[[], Any]) -> Any:
    """Run a step of ITK's reader, and replace its errors, which refer to its own source code."""
    try:
        return step()
    except RuntimeError as error:
        raise BadInput(f"{path} is damaged: ITK cannot read it as MetaImage") from error


def _pixels_of(path: str | Path) -> tuple[Path, bool, int]:
    """Return the file of the pixels, whether they are packed, and where they begin."""
    header, end = _header(path)
    apart = header.get("elementdatafile", "")
    if not apart or not header.get("dimsize"):
        raise BadInput(f"{path} is damaged: its header has no end")
    if apart.upper().startswith("LIST") or "%" in apart:
        raise BadInput(f"{path} lists one file for each slice; convert it to a single .mha file")
    if header.get("binarydata", "true").lower() not in TRUE:
        raise BadInput(f"{path} has its pixels as text; convert it to binary data")
    is_local = apart.upper() == "LOCAL"
    data = Path(path) if is_local else Path(path).parent / apart
    if not data.is_file():
        raise BadInput(f"{path} has its pixels in {apart}, and there is no such file beside it")
    packed, begin = header.get("compresseddata", "").lower() in TRUE, end if is_local else 0
    if packed and header.get("compresseddatasize", "").isdecimal():
        check_claim(data, int(header["compresseddatasize"]), packed=False, begin=begin)
    return data, packed, begin


def _header(path: str | Path) -> tuple[dict[str, str], int]:
    """Return the lines of the header by name in lower case, and where it ends."""
    lines: dict[str, str] = {}
    with Path(path).open("rb") as file:
        for _ in range(200):
            name, _, value = file.readline(2000).decode("latin-1").partition("=")
            lines[name.strip().lower()] = value.strip()
            if name.strip().lower() == "elementdatafile":
                break
        return lines, file.tell()


def _picture(path: str | Path, image: Any, sitk: Any) -> Picture:
    n = image.GetDimension()
    has_channels = image.GetNumberOfComponentsPerPixel() > 1
    if n not in (2, 3, 4):
        raise BadInput(f"{path} has {n} axes; only x, y, z and time can be read")
    values = sitk.GetArrayFromImage(image)  # (t, k, j, i, channel)
    first, space = int(n == 4), min(n, 3)
    last = first + space
    order = [*range(first), *reversed(range(first, last)), *range(last, values.ndim)]
    direction = np.reshape(image.GetDirection(), (n, n))[:space, :space]
    affine = affine_from(image.GetOrigin()[:space], image.GetSpacing()[:space], direction)
    unit = image.GetMetaData(UNIT) if image.HasMetaDataKey(UNIT) else "mm"
    axes = "T" * first + "XYZ"[:space] + "C" * has_channels
    return placed(values.transpose(order), affine, MICRON.get(unit, unit), axes)


def write_metaimage(path: str | Path, picture: Picture) -> None:
    """Write a .mha file, with the unit in a line of its header."""
    sitk: Any = require("SimpleITK", extra="metaimage")
    values, affine = as_stored(picture)
    values = values.astype(STORED_AS.get(values.dtype.name, values.dtype))
    first, space = int("T" in picture.axes), len(picture.space)
    last = first + space
    order = [*range(first), *reversed(range(first, last)), *range(last, values.ndim)]
    stored = np.ascontiguousarray(values.transpose(order))
    image = sitk.GetImageFromArray(stored, isVector="C" in picture.axes)
    origin, spacing, direction = origin_spacing_direction(affine)
    full = np.eye(first + space)
    full[:space, :space] = direction
    image.SetOrigin([*origin.tolist(), *[0.0] * first])
    image.SetSpacing([*spacing.tolist(), *[1.0] * first])
    image.SetDirection(full.ravel().tolist())
    if picture.unit not in ("", "mm"):
        image.SetMetaData(UNIT, picture.unit.replace("µ", "u"))
    try:
        sitk.WriteImage(image, str(path), useCompression=True)
    except RuntimeError as error:
        raise OSError(errno.EIO, "ITK could not write it", str(path)) from error
