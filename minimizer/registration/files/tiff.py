"""ImageJ's TIFF files: hyperstacks with axes TZCYX, spacing, unit and frame interval."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import numpy as np

from ...common.errors import BadInput
from ...common.extras import require
from .ome import ome_notes, ome_spacing
from .picture import Picture, sorted_axes
from .reading import check_claim, reading
from .tiff_directories import check_directories

KEPT = ("finterval", "fps", "mode", "loop", "min", "max", "Ranges", "LUTs", "Labels", "Info")
"""Further metadata of ImageJ that is kept."""

COLOUR = (2, 6)  # how a TIFF file says that three samples are colours: RGB, YCbCr

TYPES = ("uint8", "uint16", "float32")
"""The data types of ImageJ."""


def read_stack(path: str | Path) -> Picture:
    """Read a TIFF file: an image, a stack, or a hyperstack.

    Parameters
    ----------
    path : str or Path
        The file. Of several series the first is read.

    Returns
    -------
    Picture
        Pages without a declared axis are taken as frames.

    Raises
    ------
    BadInput
        If it is not a TIFF file, or empty.
    ImportError
        Without tifffile, of the extra ``cli``.
    """
    tifffile: Any = require("tifffile", extra="cli")
    check_directories(path)
    channels: tuple[str, ...] = ()
    with reading(path, "TIFF"), tifffile.TiffFile(path) as file:
        series = file.series[0]
        check_claim(path, series.nbytes, packed=series.keyframe.compression != 1)
        values, axes = series.asarray(), series.axes
        is_colour = series.keyframe.photometric in COLOUR
        notes = dict(file.imagej_metadata or {})
        spacing = _spacing(file.pages[0].tags, notes) if file.is_imagej else {}
        if file.is_ome:
            spacing, notes["unit"] = ome_spacing(file.ome_metadata)
            channels, more = ome_notes(file.ome_metadata)
            notes |= more
        if len(axes) != values.ndim:
            raise BadInput(f"{path} has {values.ndim} axes, and names {axes}; it is damaged")
    is_rgb = is_colour and "S" in axes and values.shape[axes.index("S")] in (3, 4)
    if is_rgb and values.shape[axes.index("S")] == 4:
        values = np.take(values, range(3), axis=axes.index("S"))  # without opacity
    if is_rgb and "C" in axes and "T" not in axes:
        axes = axes.replace("C", "T")  # a stack of colour images without declared axes
    axes = axes.replace("S", "C") if "C" not in axes else axes
    axes = re.sub("[IQ]", "T", axes, count=1)
    if not set(axes) <= set("TZCYX") or len(set(axes)) < len(axes):
        raise BadInput(f"{path} has the axes {axes}; save it as an ImageJ stack (TZCYX)")
    values, axes = sorted_axes(values, axes)
    unit = str(notes.get("unit", "")).replace("\\u00B5", "µ").replace("micron", "µm")
    extra = {name: notes[name] for name in KEPT if name in notes}
    return Picture(
        values,
        axes,
        spacing,
        unit if spacing else "",
        is_rgb,
        channels=channels if "C" in axes and not is_rgb else (),
        extra=extra,
    )


def check_unit(path: str | Path, unit: str) -> None:
    """Refuse a unit that ImageJ's notes cannot hold."""
    if not unit.replace("µ", "u").isascii():
        raise BadInput(f"{path}: a TIFF file holds units of ASCII letters and µ; {unit!r} is none")


def write_stack(path: str | Path, picture: Picture) -> None:
    """Write a TIFF file that ImageJ opens with axes, spacing and unit.

    Parameters
    ----------
    path : str or Path
        The file; an existing one is replaced.
    picture : Picture
        Data types other than ImageJ's (unsigned 8 or 16 bits, 32-bit float) become float.
    """
    tifffile: Any = require("tifffile", extra="cli")
    values = picture.values
    if values.dtype.name not in TYPES:
        values = values.astype(np.uint8 if values.dtype.kind == "b" else np.float32)
    rgb = picture.is_rgb and values.dtype == np.uint8
    order = "TZYXC" if rgb else "TZCYX"
    wanted = [axis for axis in order if axis in picture.axes]
    values = values.transpose([picture.axes.index(axis) for axis in wanted])
    axes = "".join(wanted)
    notes: dict[str, Any] = {"axes": axes[:-1] + "S" if rgb else axes, **picture.extra}
    if "Z" in picture.spacing:
        notes["spacing"] = picture.spacing["Z"]
    if picture.unit:
        notes["unit"] = picture.unit.replace("µ", "\\u00B5")
    options: dict[str, Any] = {}
    if {"X", "Y"} <= picture.spacing.keys():
        options["resolution"] = (1 / picture.spacing["X"], 1 / picture.spacing["Y"])
    tifffile.imwrite(
        path,
        values,
        imagej=True,
        metadata=notes,
        photometric="rgb" if rgb else "minisblack",
        **options,
    )


def _spacing(tags: Any, notes: dict[str, Any]) -> dict[str, float]:
    """Return the spacing from ImageJ's metadata; none if it is in pixels."""
    if notes.get("unit", "pixel") in ("", "pixel", "pixels"):
        return {}
    found = {}
    for axis, name in (("Y", "YResolution"), ("X", "XResolution")):
        if name in tags and tags[name].value[0] > 0:
            numerator, denominator = tags[name].value
            found[axis] = float(f"{denominator / numerator:.7g}")  # 1/x was rounded in the file
    if "spacing" in notes:
        found["Z"] = abs(float(notes["spacing"]))
    return found
