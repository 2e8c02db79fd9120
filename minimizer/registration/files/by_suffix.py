"""Reading and writing images; the suffix of the file's name selects the format."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np

from ...common.errors import BadInput
from ...common.extras import require
from .nifti import read_nifti, write_nifti
from .picture import Picture, sorted_axes
from .tiff import read_stack, write_stack

TIFF = (".tif", ".tiff")
NIFTI = (".nii", ".nii.gz")
JPEG = (".jpg", ".jpeg")
WRITTEN = (*TIFF, *NIFTI, ".png", *JPEG)
QUALITY = 95  # of a JPEG file that is written


def suffix_of(path: str | Path) -> str:
    """Return the suffix of a file's name in lower case; ``.nii.gz`` counts as one."""
    name = Path(path).name.lower()
    return ".nii.gz" if name.endswith(".nii.gz") else Path(name).suffix


def read_picture(path: str | Path) -> Picture:
    """Read an image: TIFF, NIfTI, or a format of imageio (PNG, JPEG, …).

    Raises
    ------
    BadInput
        If there is no such file, or it cannot be read, or has no pixels.
    ImportError
        Without the package that reads it, of the extra ``cli``.
    """
    if not Path(path).is_file():
        raise BadInput(f"there is no file {path}")
    if Path(path).stat().st_size == 0:
        raise BadInput(f"{path} is empty")
    suffix = suffix_of(path)
    if suffix in TIFF:
        picture = read_stack(path)
    elif suffix in NIFTI:
        picture = read_nifti(path)
    else:
        picture = read_photo(path)
    if picture.values.size == 0:
        raise BadInput(f"{path} has no pixels")
    if picture.values.dtype.kind not in "buif":
        raise BadInput(f"{path} holds {picture.values.dtype} numbers; they must be real")
    return picture


def read_photo(path: str | Path) -> Picture:
    """Read a photograph, in the orientation that its camera recorded and without opacity."""
    imageio: Any = require("imageio.v3", extra="cli")
    upright = {"rotate": True} if suffix_of(path) in JPEG else {}
    try:
        values = np.asarray(imageio.imread(path, **upright))
    except (OSError, ValueError, SyntaxError, RuntimeError) as error:
        reason = str(error).partition("\n")[0]
        raise BadInput(f"{path} cannot be read as an image: {reason}") from error
    if values.ndim == 3 and values.shape[-1] in (2, 4):
        values = values[..., :-1]
    if values.ndim not in (2, 3):
        raise BadInput(f"{path} has {values.ndim} axes; an image in grey or in colour is needed")
    sorted_, axes = sorted_axes(values, "YXC"[: values.ndim])
    return Picture(sorted_, axes, is_rgb="C" in axes)


def check_can_write(path: str | Path) -> None:
    """Refuse a file that could not be written, before the registration."""
    if suffix_of(path) not in WRITTEN:
        raise BadInput(f"{path}: the suffix must be one of {', '.join(WRITTEN)}")
    if not Path(path).resolve().parent.is_dir():
        raise BadInput(f"{path}: there is no folder {Path(path).resolve().parent}")


def check_format(path: str | Path, picture: Picture) -> None:
    """Refuse a format that cannot hold a picture."""
    if picture.affine is not None and suffix_of(path) not in NIFTI:
        raise BadInput(f"{path}: the axes of a NIfTI volume are x, y, z; write a .nii.gz file")
    if suffix_of(path) in (".png", *JPEG) and (len(picture.space) != 2 or "T" in picture.axes):
        raise BadInput(f"{path}: PNG and JPEG hold a single 2-D image; write a TIFF file")
    if suffix_of(path) in NIFTI and "C" in picture.axes:
        raise BadInput(f"{path}: only one channel can be written to NIfTI; write a TIFF file")


def write_picture(path: str | Path, picture: Picture) -> None:
    """Write an image in the format of the suffix.

    Raises
    ------
    BadInput
        If the format cannot hold it.
    """
    check_format(path, picture)
    suffix = suffix_of(path)
    if suffix in TIFF:
        write_stack(path, picture)
    elif suffix in NIFTI:
        write_nifti(path, picture)
    else:
        _write_photo(path, picture.values)


def _write_photo(path: str | Path, values: np.ndarray) -> None:
    """Write a PNG of one image with 8 or 16 bits, or a JPEG with 8."""
    name, bits = ("JPEG", "8") if suffix_of(path) in JPEG else ("PNG", "8 or 16")
    if values.dtype == np.bool_:
        values = values.astype(np.uint8) * 255
    if values.dtype != np.uint8 and (name == "JPEG" or values.dtype != np.uint16):
        raise BadInput(
            f"{path}: {name} holds whole numbers of {bits} bits, these are {values.dtype}; write a "
            "TIFF file"
        )
    imageio: Any = require("imageio.v3", extra="cli")
    imageio.imwrite(path, values, **({"quality": QUALITY} if name == "JPEG" else {}))
