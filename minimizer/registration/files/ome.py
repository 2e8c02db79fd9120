"""OME-TIFF: TIFF with the description of the Open Microscopy Environment, written by tifffile.

References
----------
https://docs.openmicroscopy.org/ome-model/latest/ome-tiff/
"""

from __future__ import annotations

import re
from html import unescape
from pathlib import Path
from typing import Any

from ...common.errors import BadInput
from ...common.extras import require
from .picture import Picture

UNITS = ("µm", "nm", "mm", "cm", "m", "Å", "in", "pixel", "reference frame")
"""Units of length of OME that are written."""

OWN_WORDS = {"um": "µm", "micron": "µm", "inch": "in", "spacing units": "reference frame"}
STORED_AS = {"bool": "uint8", "int64": "float64", "uint64": "float64", "float16": "float32"}
"""Data types that OME does not have, and those that hold their numbers (up to 2**53)."""


def is_ome(path: str | Path) -> bool:
    """Return whether a file's name is that of an OME-TIFF."""
    return Path(path).name.lower().endswith((".ome.tif", ".ome.tiff"))


def check_ome(path: str | Path, unit: str) -> None:
    """Refuse a unit that OME does not have."""
    if unit and OWN_WORDS.get(unit, unit) not in UNITS:
        raise BadInput(
            f"{path}: OME has the units {', '.join(UNITS)}, and not {unit!r}; give --spacing and "
            "--unit, or choose a name without .ome"
        )


def write_ome(path: str | Path, picture: Picture) -> None:
    """Write an OME-TIFF with axes, spacing, unit, frame interval and names of the channels."""
    tifffile: Any = require("tifffile", extra="cli")
    values = picture.values.astype(STORED_AS.get(picture.values.dtype.name, picture.values.dtype))
    axes = [axis for axis in ("TZYXC" if picture.is_rgb else "TZCYX") if axis in picture.axes]
    values = values.transpose([picture.axes.index(axis) for axis in axes])
    notes: dict[str, Any] = {"axes": "".join(axes).replace("C", "S" if picture.is_rgb else "C")}
    for axis, step in picture.spacing.items():
        notes[f"PhysicalSize{axis}"] = step
        notes[f"PhysicalSize{axis}Unit"] = OWN_WORDS.get(picture.unit, picture.unit)
    if len(picture.channels) == picture.length("C") and not picture.is_rgb:
        notes["Channel"] = {"Name": list(picture.channels)}
    if (interval := picture.extra.get("finterval")) is not None:
        notes |= {"TimeIncrement": interval, "TimeIncrementUnit": "s"}
    kind = "rgb" if picture.is_rgb else "minisblack"
    tifffile.imwrite(path, values, ome=True, metadata=notes, photometric=kind)


def ome_spacing(xml: str) -> tuple[dict[str, float], str]:
    """Return the spacing of the first image in OME's description, and its unit.

    Examples
    --------
    >>> ome_spacing('<OME><Pixels PhysicalSizeX="0.5" PhysicalSizeY="0.25"/></OME>')
    ({'X': 0.5, 'Y': 0.25}, 'µm')
    >>> ome_spacing('<OME><Pixels PhysicalSizeX="3" PhysicalSizeXUnit="pixel"/></OME>')
    ({}, '')
    """
    pixels = re.search(r"<(?:\w+:)?Pixels\b[^>]*>", xml)
    values = dict(re.findall(r'PhysicalSize(\w+)="([^"]*)"', pixels[0])) if pixels else {}
    sizes = {axis: float(values[axis]) for axis in "XYZ" if axis in values}
    units = {unescape(values.get(f"{axis}Unit", "µm")) for axis in sizes}
    if len(units) != 1 or units <= {"pixel", "reference frame"}:
        return {}, ""
    return {axis: size for axis, size in sizes.items() if size > 0}, units.pop()


def ome_notes(xml: str) -> tuple[tuple[str, ...], dict[str, Any]]:
    """Return the names of the channels of the first image, and its frame interval as ImageJ's note.

    Examples
    --------
    >>> ome_notes('<OME><Pixels TimeIncrement="2.5"><Channel Name="DAPI"/></Pixels></OME>')
    (('DAPI',), {'finterval': 2.5})
    """
    first = xml.partition("</Pixels>")[0]
    channels = re.findall(r"<(?:\w+:)?Channel\b[^>]*>", first)
    names = [re.search(r'\bName="([^"]*)"', channel) for channel in channels]
    interval = re.search(r'\bTimeIncrement="([^"]*)"', first)
    unit = re.search(r'\bTimeIncrementUnit="([^"]*)"', first)
    in_seconds = unit is None or unit[1] == "s"
    return (
        tuple(unescape(name[1]) for name in names if name) if all(names) else (),
        {"finterval": float(interval[1])} if interval and in_seconds else {},
    )
