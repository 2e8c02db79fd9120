"""NIfTI: volumes with a matrix from index to the scanner's world."""

from __future__ import annotations

import math
from pathlib import Path
from typing import Any

import numpy as np

from ...common.arrays import Array
from ...common.errors import BadInput
from ...common.extras import require
from .picture import METRES, Picture
from .reading import check_claim, reading

FLIP = np.diag([-1.0, -1.0, 1.0, 1.0])
"""From NIfTI's world (right, front, up) to ITK's (left, back, up)."""


def read_nifti(path: str | Path) -> Picture:
    """Read a NIfTI file, with its axes flipped and exchanged to be roughly right, front, up.

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
        image = nibabel.as_closest_canonical(stored)
        values = np.asarray(image.dataobj)
    while values.ndim > 3 and values.shape[-1] == 1:
        values = values[..., 0]
    if values.ndim > 4:
        raise BadInput(f"{path} has {values.ndim} axes; only x, y, z and time can be read")
    steps = [float(step) for step in image.header.get_zooms()[:3]]
    unit = image.header.get_xyzt_units()[0]
    unit = {"unknown": "mm", "micron": "µm", "meter": "m"}.get(unit, unit)
    affine = np.asarray(image.affine, dtype=np.float64)
    if values.ndim == 3 and values.shape[2] == 1:
        return Picture(values[..., 0], "YX", dict(zip("YX", steps, strict=False)), unit)
    if values.ndim == 2:
        return Picture(values, "YX", dict(zip("YX", steps, strict=False)), unit)
    if values.ndim == 4:
        values = np.moveaxis(values, 3, 0)
    axes = "TZYX"[-values.ndim :]  # x, y, z: the letters are those of the order in memory
    return Picture(values, axes, dict(zip("ZYX", steps, strict=True)), unit, False, affine)


def write_nifti(path: str | Path, picture: Picture) -> None:
    """Write a NIfTI file; its matrix from index to world, if not known, is made of the spacing."""
    nibabel: Any = require("nibabel", extra="cli")
    values = picture.values
    if values.dtype.kind == "b" or values.dtype in (np.int64, np.uint64):
        values = values.astype(np.int32)
    if "T" in picture.axes:
        values = np.moveaxis(values, 0, -1)
    affine = picture.affine
    if affine is None:
        steps = picture.spacings() or (1.0,) * len(picture.space)
        affine = np.diag([*steps, *(1.0,) * (4 - len(steps))])
    image = nibabel.Nifti1Image(values, affine)
    if picture.unit in METRES or picture.unit == "µm":
        names = {"µm": "micron", "um": "micron", "m": "meter"}
        name = names.get(picture.unit, picture.unit)
        if name in ("micron", "meter", "mm"):
            image.header.set_xyzt_units(name)
    nibabel.save(image, str(path))


def world_matrix(matrix: Array, fixed: Array, moving: Array) -> Array:
    """Return the matrix that ITK applies to files with these affines, in reversed axis order.

    Parameters
    ----------
    matrix : ndarray (4, 4)
        From fixed to moving index.
    fixed, moving : ndarray (4, 4)
        From index to NIfTI's world.
    """
    world = FLIP @ moving @ matrix @ np.linalg.inv(fixed) @ FLIP
    return np.asarray(world[np.ix_([2, 1, 0, 3], [2, 1, 0, 3])], dtype=np.float64)


def index_matrix(world: Array, fixed: Array, moving: Array) -> Array:
    """Return the matrix from fixed to moving index for one of `world_matrix`."""
    ordered = world[np.ix_([2, 1, 0, 3], [2, 1, 0, 3])]
    return np.asarray(np.linalg.inv(FLIP @ moving) @ ordered @ FLIP @ fixed, dtype=np.float64)
