"""Reading and writing images in the format of the file."""

from __future__ import annotations

from pathlib import Path

from ...common.errors import BadInput
from ...common.whole_file import check_place, whole_file
from .formats import JPEG, NIFTI, NIFTI_GZ, PNG, TIFF, format_of, suffix_of
from .nifti import read_nifti, write_nifti
from .photo import check_bits, read_photo, write_photo
from .picture import Picture
from .tiff import check_unit, read_stack, write_stack

WRITTEN = (*TIFF.suffixes, *NIFTI.suffixes, *NIFTI_GZ.suffixes, *PNG.suffixes, *JPEG.suffixes)
VOLUMES = (*NIFTI.suffixes, *NIFTI_GZ.suffixes)
PLANES = (*PNG.suffixes, *JPEG.suffixes)


def read_picture(path: str | Path) -> Picture:
    """Read an image: TIFF, NIfTI, or a photograph (PNG, JPEG, …).

    Raises
    ------
    BadInput
        If there is no such file, or its name and its content do not agree, or its format is not
        read, or it is damaged, or has no pixels.
    ImportError
        Without the package that reads it, of the extra ``cli``.
    """
    if not Path(path).is_file():
        raise BadInput(f"there is no file {path}")
    if Path(path).stat().st_size == 0:
        raise BadInput(f"{path} is empty")
    found = format_of(path)
    if found is TIFF:
        picture = read_stack(path)
    elif found in (NIFTI, NIFTI_GZ):
        picture = read_nifti(path)
    else:
        picture = read_photo(path, found.name)
    if picture.values.size == 0:
        raise BadInput(f"{path} has no pixels")
    if picture.values.dtype.kind not in "buif":
        raise BadInput(f"{path} holds {picture.values.dtype} numbers; they must be real")
    return picture


def check_can_write(path: str | Path) -> None:
    """Refuse a file that could not be written, before the registration."""
    if suffix_of(path) not in WRITTEN:
        raise BadInput(f"{path}: the suffix must be one of {', '.join(WRITTEN)}")
    if Path(path).name.lower().endswith((".ome.tif", ".ome.tiff")):
        raise BadInput(f"{path}: OME's metadata are not written; choose a name without .ome")
    if (why := check_place(path)) is not None:
        raise BadInput(f"{path}: {why}")


def check_format(path: str | Path, picture: Picture) -> None:
    """Refuse a format that cannot hold a picture."""
    suffix = suffix_of(path)
    if picture.affine is not None and suffix not in VOLUMES:
        raise BadInput(f"{path}: the axes of a NIfTI volume are x, y, z; write a .nii.gz file")
    if suffix in PLANES:
        if len(picture.space) != 2 or "T" in picture.axes:
            raise BadInput(f"{path}: PNG and JPEG hold a single 2-D image; write a TIFF file")
        check_bits(path, picture.values.dtype)
    if suffix in VOLUMES and "C" in picture.axes:
        raise BadInput(f"{path}: only one channel can be written to NIfTI; write a TIFF file")
    if suffix in TIFF.suffixes:
        check_unit(path, picture.unit)


def write_picture(path: str | Path, picture: Picture) -> None:
    """Write an image in the format of the suffix, whole or not at all.

    Raises
    ------
    BadInput
        If the format cannot hold it.
    OSError
        If it cannot be written; what was there stays.
    """
    check_format(path, picture)
    suffix = suffix_of(path)
    with whole_file(path) as name:
        if suffix in TIFF.suffixes:
            write_stack(name, picture)
        elif suffix in VOLUMES:
            write_nifti(name, picture)
        else:
            write_photo(name, picture.values)
