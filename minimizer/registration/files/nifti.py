"""NIfTI: volumes with a matrix from index to the scanner's world."""

from __future__ import annotations

import math
from pathlib import Path
from typing import Any

import numpy as np

from ...common.arrays import Array
from ...common.errors import BadInput
from ...common.extras import require
from .picture import STORED_AS, Picture, factor
from .reading import check_claim, reading
from .world import as_stored, placed

FLIP = np.diag([-1.0, -1.0, 1.0, 1.0])
"""Between NIfTI's world (right, front, up) and ITK's (left, back, up)."""

UNITS = {"mm": "mm", "µm": "micron", "um": "micron", "micron": "micron", "m": "meter"}


def read_nifti(path: str | Path) -> Picture:
    """Read a NIfTI file, in mm.

    Raises
    ------
    BadInput
        If it cannot be read.
    """
    nibabel: Any = require("nibabel", extra="cli")
    with reading(path, "NIfTI"):
        stored = nibabel.load(str(path))
        pixels = math.prod(max(int(length), 0) for length in stored.shape)
        claimed = pixels * stored.header.get_data_dtype().itemsize
        check_claim(path, claimed, packed=str(path).lower().endswith(".gz"))
        values = np.asarray(stored.dataobj)
        scale = factor(_unit(stored.header.get_xyzt_units()[0]), "mm") or 1.0
        affine = FLIP @ np.diag([scale, scale, scale, 1.0]) @ stored.affine
    while values.ndim > 3 and values.shape[-1] == 1:
        values = values[..., 0]
    if values.ndim not in (2, 3, 4):
        raise BadInput(f"{path} has {values.ndim} axes; only x, y, z and time can be read")
    with reading(path, "NIfTI"):
        if values.ndim == 2:
            return placed(values, affine[np.ix_([0, 1, 3], [0, 1, 3])], "mm", "XY")
        if values.ndim == 4:
            return placed(np.moveaxis(values, 3, 0), affine, "mm", "TXYZ")
        return placed(values, affine, "mm", "XYZ")


def _unit(name: str) -> str:
    """Return the unit of a header; ITK and everybody else take an unknown one for mm."""
    return {"meter": "m", "micron": "um"}.get(name, "mm")


def write_nifti(path: str | Path, picture: Picture, with_unit: bool = True) -> None:
    """Write a NIfTI file with the order of axes and the matrix of the picture.

    Without a unit, ITK reads the numbers of the spacing as they are; otherwise in mm.
    """
    nibabel: Any = require("nibabel", extra="cli")
    values, affine = as_stored(picture)
    values = values.astype(STORED_AS.get(values.dtype.name, values.dtype))
    if "T" in picture.axes:
        values = np.moveaxis(values, 0, -1)
    image = nibabel.Nifti1Image(values, FLIP @ _in_space(affine), dtype=values.dtype)
    if with_unit and picture.unit in UNITS:
        image.header.set_xyzt_units(UNITS[picture.unit])
    nibabel.save(image, str(path))


def _in_space(affine: Array) -> Array:
    """Return a matrix for three dimensions."""
    n = len(affine) - 1
    if n == 3:
        return affine
    full = np.eye(4)
    full[:n, :n], full[:n, 3] = affine[:n, :n], affine[:n, n]
    return full
