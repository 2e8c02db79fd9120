"""NIfTI: volumes with a matrix from index to the scanner's world."""

from __future__ import annotations

import math
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np

from ...common.arrays import Array
from ...common.errors import BadInput
from ...common.extras import require
from .picture import STORED_AS, Form, Picture, factor
from .reading import check_claim, reading
from .world import as_stored, placed

FLIP = np.diag([-1.0, -1.0, 1.0, 1.0])
"""Between NIfTI's world (right, front, up) and ITK's (left, back, up)."""

SCANNER = 1
"""The code of a matrix to the world of the scanner."""

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
        in_mm = np.diag([scale, scale, scale, 1.0])
        forms = _forms(stored.header, in_mm)
        steps = [scale * float(step) for step in stored.header.get_zooms()[:3]]
        affine = itks_affine(*forms, in_mm @ stored.affine, steps)
    while values.ndim > 3 and values.shape[-1] == 1:
        values = values[..., 0]
    if values.ndim not in (2, 3, 4):
        raise BadInput(f"{path} has {values.ndim} axes; only x, y, z and time can be read")
    with reading(path, "NIfTI"):
        picture = _picture(values, FLIP @ affine)
    return picture if picture.affine is None else replace(picture, forms=forms)


def _picture(values: np.ndarray, affine: Array) -> Picture:
    """Return a plane, a volume, or volumes over time."""
    if values.ndim == 2:
        return placed(values, affine[np.ix_([0, 1, 3], [0, 1, 3])], "mm", "XY")
    if values.ndim == 4:
        return placed(np.moveaxis(values, 3, 0), affine, "mm", "TXYZ")
    return placed(values, affine, "mm", "XYZ")


def _forms(header: Any, in_mm: Array) -> tuple[Form, Form]:
    """Return the sform and the qform with their codes, None where the code is 0."""
    found = []
    for get in (header.get_sform, header.get_qform):
        try:
            matrix, code = get(coded=True)
        except ValueError:  # a quaternion that is none
            matrix, code = None, 0
        found.append((None if matrix is None else in_mm @ matrix, int(code)))
    return found[0], found[1]


def itks_affine(sform: Form, qform: Form, nibabels: Array, steps: list[float]) -> Array:
    """Return the matrix that ITK takes of a header's two.

    nibabel takes the sform if there is one. ITK takes it if its code is 1 (scanner) and it has no
    shear, or if there is no qform; without either, ITK's axes are those of the array.
    """
    (s, s_code), (q, _) = sform, qform
    if s is None and q is None:
        diagonal = [*steps, *(1.0,) * (4 - len(steps))]
        return np.asarray(FLIP @ np.diag(diagonal), dtype=np.float64)
    if q is None or (s is not None and s_code == SCANNER and is_orthogonal(s)):
        return nibabels
    return q


def is_orthogonal(matrix: Array) -> bool:
    """Return whether the axes of a matrix from index to world are at right angles."""
    steps = matrix[:3, :3] / np.linalg.norm(matrix[:3, :3], axis=0)
    return bool(np.allclose(steps.T @ steps, np.eye(3), atol=1e-4))


def _unit(name: str) -> str:
    """Return the unit of a header; ITK and everybody else take an unknown one for mm."""
    return {"meter": "m", "micron": "um"}.get(name, "mm")


def write_nifti(path: str | Path, picture: Picture) -> None:
    """Write a NIfTI file with the order of axes and the matrix of the picture.

    ITK reads its numbers in mm, or as they are if the picture has no unit.
    """
    nibabel: Any = require("nibabel", extra="cli")
    values, affine = as_stored(picture)
    values = values.astype(STORED_AS.get(values.dtype.name, values.dtype))
    if "T" in picture.axes:
        values = np.moveaxis(values, 0, -1)
    image = nibabel.Nifti1Image(values, FLIP @ _in_space(affine), dtype=values.dtype)
    if picture.unit in UNITS:
        image.header.set_xyzt_units(UNITS[picture.unit])
    if picture.forms is not None:
        (s, s_code), (q, q_code) = picture.forms
        image.set_sform(s, s_code)
        image.set_qform(q, q_code)
    nibabel.save(image, str(path))


def _in_space(affine: Array) -> Array:
    """Return a matrix for three dimensions."""
    n = len(affine) - 1
    if n == 3:
        return affine
    full = np.eye(4)
    full[:n, :n], full[:n, 3] = affine[:n, :n], affine[:n, n]
    return full
