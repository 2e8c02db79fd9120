"""Formats of image files: which one a file has, by its name and by its content.

Both must agree. No library is asked that may open a file by chance, such as one that takes the
slices of a volume for colours.
"""

from __future__ import annotations

import zlib
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

from ...common.errors import BadInput

HEAD = 512  # bytes that show what a file is


class Format(NamedTuple):
    """A format: its name, the suffixes of its files, how they begin, and what to do with them.

    `instead` says what to do with a format that is not read; it is empty for those that are.
    """

    name: str
    suffixes: tuple[str, ...]
    begins: Callable[[bytes], bool]
    instead: str = ""


def at(place: int, *signatures: bytes) -> Callable[[bytes], bool]:
    """Return a function that tests for one of the signatures at a position."""
    return lambda head: any(head[place:].startswith(signature) for signature in signatures)


def is_nifti(head: bytes) -> bool:
    """Return whether the header is that of a single NIfTI-1 or NIfTI-2 file."""
    return head[344:348] == b"n+1\0" or head[4:8] == b"n+2\0"


def is_packed_nifti(head: bytes) -> bool:
    """Return whether gzip has packed a NIfTI file."""
    if not head.startswith(b"\x1f\x8b"):
        return False
    try:
        return is_nifti(zlib.decompressobj(wbits=31).decompress(head, HEAD))
    except zlib.error:
        return False


def is_webp(head: bytes) -> bool:
    """Return whether the header is that of a WebP file."""
    return head.startswith(b"RIFF") and head[8:12] == b"WEBP"


VOLUME = "convert it to .nii.gz, as 3D Slicer and SimpleITK do"
IN_IMAGEJ = "open it in ImageJ or Fiji (Bio-Formats) and save it as .tif"
TIFF = Format("TIFF", (".tif", ".tiff"), at(0, b"II*\0", b"MM\0*", b"II+\0", b"MM\0+", b"II\0+"))
NIFTI = Format("NIfTI", (".nii",), is_nifti)
NIFTI_GZ = Format("NIfTI", (".nii.gz",), is_packed_nifti)
NRRD = Format("NRRD", (".nrrd", ".nhdr"), at(0, b"NRRD0"))
METAIMAGE = Format("MetaImage", (".mha", ".mhd"), at(0, b"ObjectType", b"NDims", b"Comment ="))
DICOM = Format("DICOM", (".dcm", ".ima"), at(128, b"DICM"))
JPEG = Format("JPEG", (".jpg", ".jpeg"), at(0, b"\xff\xd8\xff"))
PNG = Format("PNG", (".png",), at(0, b"\x89PNG\r\n\x1a\n"))
PHOTOS = (
    PNG,
    JPEG,
    Format("BMP", (".bmp",), at(0, b"BM")),
    Format("WebP", (".webp",), is_webp),
    Format("GIF", (".gif",), at(0, b"GIF87a", b"GIF89a")),
    Format("PNM", (".pgm", ".ppm", ".pnm"), at(0, b"P2", b"P3", b"P5", b"P6")),
)
REFUSED = (
    Format("ANALYZE", (".hdr", ".img"), at(344, b"ni1\0"), VOLUME),
    Format("HDF5", (".h5", ".hdf5", ".ims"), at(0, b"\x89HDF\r\n\x1a\n"), IN_IMAGEJ),
    Format("CZI", (".czi",), at(0, b"ZISRAWFILE"), IN_IMAGEJ),
    Format("ND2", (".nd2",), at(0, b"\xda\xce\xbe\x0a"), IN_IMAGEJ),
    Format("LIF", (".lif",), at(0, b"\x70\0\0\0"), IN_IMAGEJ),
    Format("JPEG 2000", (".jp2", ".j2k"), at(0, b"\0\0\0\x0cjP  "), "convert it to .png or .tif"),
    Format("NumPy", (".npy", ".npz"), at(0, b"\x93NUMPY"), "write it with tifffile.imwrite"),
)
READ = (TIFF, NIFTI, NIFTI_GZ, NRRD, METAIMAGE, DICOM, *PHOTOS)
FORMATS = (*READ, *REFUSED)


def suffix_of(path: str | Path) -> str:
    """Return the suffix of a file's name in lower case; ``.nii.gz`` counts as one."""
    name = Path(path).name.lower()
    return ".nii.gz" if name.endswith(".nii.gz") else Path(name).suffix


def format_of(path: str | Path) -> Format:
    """Return the format of a file that is read.

    Raises
    ------
    BadInput
        If its name and its content do not agree, or the format is not read.
    """
    with Path(path).open("rb") as file:
        head = file.read(HEAD)
    suffix = suffix_of(path)
    by_name = next((row for row in FORMATS if suffix in row.suffixes), None)
    by_content = next((row for row in FORMATS if row.begins(head)), None)
    for row in (by_name, by_content):
        if row is not None and row.instead:
            raise BadInput(f"{path} cannot be read: it is a {row.name} file; {row.instead}")
    if by_content is None:
        known = f"not a {by_name.name} file, or damaged" if by_name else "of an unknown format"
        raise BadInput(f"{path} cannot be read: it is {known}; {_wanted()}")
    if by_content is not by_name:
        raise BadInput(
            f"{path} cannot be read: it is a {by_content.name} file; rename it to end in "
            f"{by_content.suffixes[0]}"
        )
    return by_content


def _wanted() -> str:
    suffixes = [suffix for row in READ for suffix in row.suffixes]
    return f"images are read from {', '.join(suffixes[:-1])} and {suffixes[-1]}"
