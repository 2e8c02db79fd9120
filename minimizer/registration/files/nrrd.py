"""NRRD (.nrrd, .nhdr), the format of 3D Slicer and teem, through pynrrd."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np

from ...common.arrays import Array
from ...common.errors import BadInput
from ...common.extras import require
from .picture import MICRON, STORED_AS, Picture
from .reading import check_claim, reading
from .world import as_stored, placed

SENSES = {
    "right-anterior-superior": (-1.0, -1.0, 1.0),
    "ras": (-1.0, -1.0, 1.0),
    "left-anterior-superior": (1.0, -1.0, 1.0),
    "las": (1.0, -1.0, 1.0),
}
"""The senses of a space's axes in ITK's world; as in ITK, all other spaces are taken for it."""

SPATIAL = ("domain", "space", "???", "none")
COLOURS = ("rgb-color", "rgba-color")
PACKED = ("gzip", "gz", "bzip2", "bz2")


def read_nrrd(path: str | Path) -> Picture:
    """Read an NRRD file: a plane or a volume, with one axis more for channels, or one for time.

    Raises
    ------
    BadInput
        If it cannot be read, or has other axes.
    ImportError
        Without pynrrd, of the extra ``nrrd``.
    """
    nrrd: Any = require("nrrd", extra="nrrd")
    with reading(path, "NRRD"):
        header = nrrd.read_header(str(path))
        _check_size(path, header)
        values, header = nrrd.read(str(path))
        return _picture(path, np.asarray(values), header)


def _check_size(path: str | Path, header: dict[str, Any]) -> None:
    """Refuse a header that claims more than is in its file or, if apart, in that of its pixels."""
    apart = header.get("data file", header.get("datafile"))
    if apart is not None and (apart.upper().startswith("LIST") or "%" in apart):
        raise BadInput(f"{path} lists one file for each slice; convert it to a single .nrrd file")
    data = Path(path) if apart is None else Path(path).parent / apart
    if not data.is_file():
        raise BadInput(f"{path} has its pixels in {apart}, and there is no such file beside it")
    pixels = int(np.prod(header["sizes"], dtype=object))
    if pixels < 0 or len(header["sizes"]) > 8:
        raise BadInput(f"{path} is damaged: its sizes are {list(header['sizes'])}")
    check_claim(data, pixels, packed=str(header.get("encoding")).lower() in PACKED)


def _picture(path: str | Path, values: np.ndarray, header: dict[str, Any]) -> Picture:
    kinds = [kind.lower() for kind in header.get("kinds", ["???"] * values.ndim)]
    steps = _steps(header, values.ndim)
    rows = [axis for axis in range(values.ndim) if np.isfinite(steps[axis]).all()]
    others = [axis for axis in range(values.ndim) if axis not in rows]
    times = [axis for axis in others if kinds[axis] in ("list", "time")]
    colours = [axis for axis in others if axis not in times]
    if len(rows) not in (2, 3) or len(times) > 1 or len(colours) > 1:
        raise BadInput(
            f"{path} has {values.ndim} axes, {len(rows)} of them in space; only x, y, z, with one "
            "axis for channels and one for time, can be read"
        )
    n = len(rows)
    senses = np.array(SENSES.get(str(header.get("space", "")).lower(), (1.0, 1.0, 1.0)))[:n]
    affine = np.eye(n + 1)
    affine[:n, :n] = senses[:, None] * steps[rows][:, :n].T
    if "space origin" in header:
        affine[:n, n] = senses * header["space origin"][:n]
    values = values.transpose([*times, *rows, *colours])
    axes = "T" * len(times) + "XYZ"[:n] + "C" * len(colours)
    is_rgb = bool(colours) and kinds[colours[0]] in COLOURS
    if is_rgb:
        values = values[..., :3]
    return placed(values, affine, _unit(header, rows), axes, is_rgb)


def _steps(header: dict[str, Any], ndim: int) -> Array:
    """Return the step in space along each axis, NaN for an axis not in space, (ndim, n)."""
    if "space directions" in header:
        given = header["space directions"]
        n = max(len(row) for row in given if row is not None)
        rows = [np.full(n, np.nan) if row is None else np.asarray(row) for row in given]
        return np.asarray(rows, dtype=np.float64)
    kinds = [kind.lower() for kind in header.get("kinds", ["???"] * ndim)]
    spacings = np.asarray(header.get("spacings", np.ones(ndim)), dtype=np.float64)
    spatial = [axis for axis in range(ndim) if kinds[axis] in SPATIAL]
    steps = np.full((ndim, len(spatial)), np.nan)
    for row, axis in enumerate(spatial):
        steps[axis] = np.eye(len(spatial))[row] * np.nan_to_num(spacings[axis], nan=1.0)
    return steps


def _unit(header: dict[str, Any], rows: list[int]) -> str:
    """Return the unit of the world, mm if the file names none."""
    per_axis = [unit for axis, unit in enumerate(header.get("units", [])) if axis in rows]
    units = {unit for unit in header.get("space units", per_axis) if unit}
    unit = str(units.pop()) if len(units) == 1 else "mm"
    return MICRON.get(unit, unit)


def write_nrrd(path: str | Path, picture: Picture) -> None:
    """Write a .nrrd file, in the space left-posterior-superior if it is a volume."""
    nrrd: Any = require("nrrd", extra="nrrd")
    values, affine = as_stored(picture)
    values = values.astype(STORED_AS.get(values.dtype.name, values.dtype))
    n, has_time, has_channels = len(picture.space), "T" in picture.axes, "C" in picture.axes
    if has_time:
        values = np.moveaxis(values, 0, n)
    if has_channels:
        values = np.moveaxis(values, -1, 0)
    none = [np.full(n, np.nan)]
    header: dict[str, Any] = {
        "kinds": ["RGB-color" if picture.is_rgb else "vector"] * has_channels
        + ["domain"] * n
        + ["list"] * has_time,
        "space directions": np.array(
            none * has_channels + list(affine[:n, :n].T) + none * has_time
        ),
        "space origin": affine[:n, n],
        "space units": [(picture.unit or "mm").replace("µ", "u")] * n,
        **({"space": "left-posterior-superior"} if n == 3 else {"space dimension": 2}),
    }
    nrrd.write(str(path), values, header)
