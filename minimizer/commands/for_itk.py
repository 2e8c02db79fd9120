"""Copies of images for ITK, which reads no spacing from TIFF and PNG files."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from ..common.errors import BadInput
from ..registration.files import Picture, write_picture
from ..registration.files.by_suffix import NAMES, VOLUMES, check_can_write, check_format
from ..registration.files.formats import suffix_of


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


def notes_for_itk(transform: str, pictures: Sequence[Picture], unit: str | None) -> Iterator[str]:
    """Return what to know where ITK does not read the spacing that the transform is for."""
    blind = [picture for picture in pictures if picture.affine is None and picture.spacings()]
    if blind:
        yield (
            f"note: {transform} is in {unit or 'units of the spacing'}, with the origin at the "
            "first pixel. SimpleITK and other ITK programs read TIFF and PNG files with a spacing "
            "of 1: applied to them as they are, it shifts by a wrong amount. "
            "--for-itk FIXED.mha MOVING.mha writes copies that it fits."
        )
