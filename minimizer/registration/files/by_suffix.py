"""Reading and writing images in the format of the file."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

from ...common.errors import BadInput
from ...common.extras import require
from ...common.whole_file import check_place, whole_file
from .dicom import dicom_files, read_dicom
from .file_pair import file_pair
from .formats import DICOM, JPEG, METAIMAGE, NIFTI, NRRD, PNG, READ, TIFF, format_of, suffix_of
from .metaimage import read_metaimage, write_metaimage
from .nifti import read_nifti, write_nifti
from .nrrd import read_nrrd, write_nrrd
from .ome import check_ome, is_ome, write_ome
from .photo import check_bits, read_photo, write_photo
from .picture import Picture
from .tiff import check_unit, read_stack, write_stack


class Codec(NamedTuple):
    """The functions that read and write a format, the module that they need, and its extra."""

    read: Callable[[str | Path], Picture]
    write: Callable[[str, Picture], None]
    module: str
    extra: str


def _write_tiff(path: str, picture: Picture) -> None:
    (write_ome if is_ome(path) else write_stack)(path, picture)


VOLUMES = {  # formats that say where their pixels are
    NIFTI.name: Codec(read_nifti, write_nifti, "nibabel", "cli"),
    NRRD.name: Codec(read_nrrd, write_nrrd, "nrrd", "nrrd"),
    METAIMAGE.name: Codec(read_metaimage, write_metaimage, "SimpleITK", "metaimage"),
}
CODECS = {TIFF.name: Codec(read_stack, _write_tiff, "tifffile", "cli"), **VOLUMES}
PHOTOS = (PNG.name, JPEG.name)
NAMES = {suffix: row.name for row in READ for suffix in row.suffixes}
"""Names of the formats by suffix."""

WRITTEN = tuple(suffix for suffix, name in NAMES.items() if name in (*CODECS, *PHOTOS))
LONGEST_AXIS = 32_767  # of NIfTI-1
IN_TWO_FILES = (".nhdr", ".mhd")


def read_picture(path: str | Path) -> Picture:
    """Read an image: TIFF, a volume, a photograph (PNG, JPEG, …), or a folder of DICOM files.

    Raises
    ------
    BadInput
        If the file does not exist, is damaged, has no pixels or a format that is not read, or if
        its name and its content disagree.
    ImportError
        Without the package that reads it; the message names the extra.
    """
    if Path(path).is_dir():
        picture = _read_folder(path)
    elif not Path(path).is_file():
        raise BadInput(f"there is no file {path}")
    elif Path(path).stat().st_size == 0:
        raise BadInput(f"{path} is empty")
    else:
        picture = _read_file(path, format_of(path).name)
    if picture.values.size == 0:
        raise BadInput(f"{path} has no pixels")
    if picture.values.dtype.kind not in "buif":
        raise BadInput(f"{path} holds {picture.values.dtype} numbers; they must be real")
    return picture


def _read_file(path: str | Path, name: str) -> Picture:
    if name in CODECS:
        return CODECS[name].read(path)
    return read_dicom(path) if name == DICOM.name else read_photo(path, name)


def _read_folder(path: str | Path) -> Picture:
    if not dicom_files(path):
        raise BadInput(
            f"{path} is a folder without DICOM files; an image is one file (the command "
            "register-stack takes a folder of images)"
        )
    return read_dicom(path)


def check_can_write(path: str | Path) -> None:
    """Refuse a file that could not be written, before the registration.

    Raises
    ------
    BadInput
        If its suffix or its place is not one for images.
    ImportError
        Without the package that writes it; the message names the extra.
    """
    suffix = suffix_of(path)
    if suffix not in WRITTEN:
        dicom = "; 3D Slicer makes DICOM files of a volume" if NAMES.get(suffix) == "DICOM" else ""
        raise BadInput(f"{path}: the suffix must be one of {', '.join(WRITTEN)}{dicom}")
    if (codec := CODECS.get(NAMES[suffix])) is not None:
        require(codec.module, extra=codec.extra)
    if (why := check_place(path)) is not None:
        raise BadInput(f"{path}: {why}")


def check_format(path: str | Path, picture: Picture) -> None:
    """Refuse a format that cannot hold a picture."""
    name = NAMES[suffix_of(path)]
    if len(picture.space) == 3 and picture.affine is not None and name not in VOLUMES:
        raise BadInput(
            f"{path}: {name} does not hold the axes and the position of a volume; write a .nii.gz "
            "file, or .nrrd or .mha"
        )
    if name in PHOTOS:
        if len(picture.space) != 2 or "T" in picture.axes:
            raise BadInput(f"{path}: PNG and JPEG hold a single 2-D image; write a TIFF file")
        check_bits(path, picture.values.dtype)
    if name == NIFTI.name and "C" in picture.axes:
        raise BadInput(
            f"{path}: only one channel can be written to NIfTI; write a TIFF, .nrrd or .mha file"
        )
    if name == NIFTI.name and max(picture.values.shape) > LONGEST_AXIS:
        raise BadInput(
            f"{path}: an axis of NIfTI has at most {LONGEST_AXIS} pixels, this picture has "
            f"{max(picture.values.shape)}; write a .nrrd or .mha file"
        )
    if name == TIFF.name:
        (check_ome if is_ome(path) else check_unit)(path, picture.unit)


def write_picture(path: str | Path, picture: Picture) -> None:
    """Write an image in the format of the suffix, whole or not at all.

    Raises
    ------
    BadInput
        If the format cannot hold it.
    OSError
        If it cannot be written; an existing file stays as it is.
    """
    check_format(path, picture)
    suffix = suffix_of(path)
    with (file_pair if suffix in IN_TWO_FILES else whole_file)(path) as name:
        if NAMES[suffix] in PHOTOS:
            write_photo(name, picture.values)
        else:
            CODECS[NAMES[suffix]].write(name, picture)
