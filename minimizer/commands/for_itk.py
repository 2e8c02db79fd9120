"""Copies of images for ITK, which reads another spacing from TIFF and PNG files, or none."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from ..common.errors import BadInput
from ..common.extras import require
from ..registration.files import Picture, write_picture
from ..registration.files.by_suffix import NAMES, VOLUMES, check_can_write, check_format
from ..registration.files.formats import DICOM, JPEG, TIFF, suffix_of
from ..registration.files.reading import reading

SLICES = (*VOLUMES, DICOM.name)
"""Formats whose single slices are planes here, and volumes in ITK."""


def check_copies(paths: Sequence[str], pictures: Sequence[Picture]) -> None:
    """Refuse copies that could not be written, or whose spacing ITK would not read."""
    for path, picture in zip(paths, pictures, strict=True):
        if NAMES.get(suffix_of(path)) not in VOLUMES:
            raise BadInput(f"--for-itk {path}: the suffix must be .mha, .nrrd or .nii.gz")
        check_can_write(path)
        check_format(path, picture)


def write_copies(paths: Sequence[str], pictures: Sequence[Picture]) -> None:
    """Write copies in the unit of the transform."""
    for path, picture in zip(paths, pictures, strict=True):
        # ITK would turn the unit of a NIfTI file into mm, and the transform's numbers stay.
        is_nifti = NAMES[suffix_of(path)] == "NIfTI"
        write_picture(path, replace(picture, unit="") if is_nifti else picture)


def note_for_itk(
    transform: str, paths: Sequence[str], pictures: Sequence[Picture], unit: str | None
) -> str | None:
    """Return a note if ITK reads another spacing than that of the transform, otherwise None."""
    both = zip(paths, pictures, strict=True)
    unplaced = [(path, picture) for path, picture in both if picture.affine is None]
    slices = [path for path, _ in unplaced if NAMES.get(suffix_of(path)) in SLICES]
    if slices:
        what = f"take {slices[0]} for a slice in space"
    elif any(picture.spacings() for _, picture in unplaced):
        what = "read TIFF and PNG files with a spacing of 1"
    elif dense := [path for path, _ in unplaced if has_density(path)]:
        what = f"take the dots per inch in {dense[0]} for a spacing"
    else:
        return None
    return (
        f"note: {transform} is in {unit or 'units of the spacing'}, with the origin at the first "
        f"pixel. SimpleITK and other ITK programs {what}: applied to these files, it shifts by a "
        "wrong amount. --for-itk FIXED.mha MOVING.mha writes copies that the transform fits."
    )


def has_density(path: str) -> bool:
    """Return whether a TIFF or JPEG file has dots per inch or cm, as ITK takes for a spacing."""
    if NAMES.get(suffix_of(path)) not in (TIFF.name, JPEG.name):
        return False
    image_file: Any = require("PIL.Image", extra="cli")
    try:
        with reading(path, "an image"), image_file.open(path) as image:
            return "dpi" in image.info
    except BadInput:  # of a kind that Pillow does not know; it has been read otherwise
        return False
