"""A stack of images in separate files: frames or slices, or volumes over time."""

from __future__ import annotations

import glob
import re
from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import numpy as np

from ...common.errors import BadInput
from .by_suffix import NAMES, read_picture
from .dicom import dicom_files
from .formats import suffix_of
from .picture import Picture


def natural(path: Path) -> tuple[list[tuple[int, int, str]], str]:
    """Return the key by which a name is sorted: numbers by their value, then the name as written.

    Examples
    --------
    >>> [path.name for path in sorted(map(Path, ["b10", "b2", "a1"]), key=natural)]
    ['a1', 'b2', 'b10']
    """
    parts = re.findall(r"\d+|\D+", str(path))
    keys = [(0, int(part), "") if part.isdecimal() else (1, 0, part.lower()) for part in parts]
    return keys, str(path)


def find_files(names: Sequence[str]) -> list[Path]:
    """Return the files that files, folders and patterns name, in natural order.

    A folder of DICOM files counts as one file, as it is a volume. Other folders are searched for
    files with the suffix of an image; names that begin with a dot are left out.

    Raises
    ------
    BadInput
        If nothing is found, or a file is named twice.
    """
    found = sorted((path for name in names for path in _named(name)), key=natural)
    for path, following in pairwise(found):
        if path == following:
            raise BadInput(f"{path} is named twice")
    return found


def is_volume(path: Path) -> bool:
    """Return whether it is a folder of DICOM files."""
    return path.is_dir() and bool(dicom_files(path))


def _named(name: str) -> list[Path]:
    """Return the files of one name."""
    path = Path(name)
    if path.is_file():
        return [path]
    if is_volume(path):
        return [path]
    if path.is_dir():
        images = [file for file in path.iterdir() if file.is_file() and suffix_of(file) in NAMES]
        visible = [file for file in images if not file.name.startswith(".")]
        if not visible:
            raise BadInput(f"the folder {name} has no images ({', '.join(NAMES)})")
        return visible
    if not glob.has_magic(name):
        raise BadInput(f"there is no file, folder or pattern {name}")
    matches = [Path(match) for match in glob.glob(name, recursive=True)]
    files = [match for match in matches if match.is_file() or is_volume(match)]
    if not files:
        raise BadInput(f"no file matches the pattern {name}")
    return files


def read_series(files: Sequence[Path], notes: list[str]) -> Picture:
    """Read files as one stack, in their order: the frames of one file, or one frame per file.

    Volumes at different places of the world are taken for frames at the place of the first; then
    a note says so.

    Raises
    ------
    BadInput
        If several files differ in size, channels or spacing, or one of them is a stack itself.
    """
    first = read_picture(files[0])
    if len(files) == 1:
        return first
    if "T" in first.axes:
        raise BadInput(f"{files[0]} has frames itself; give it alone, or files of one image each")
    frames = np.empty((len(files), *first.values.shape), first.values.dtype)
    frames[0] = first.values
    for i, path in enumerate(files[1:], 1):
        picture = read_picture(path)
        _check_alike(first, picture, files[0], path)
        frames[i] = picture.values
        if is_apart(first, picture) and not notes:
            notes.append(
                f"note: {path} lies elsewhere than {files[0]} by their headers; the drift is "
                "between equal indices, and the place of the first counts"
            )
    return replace(first, values=frames, axes=f"T{first.axes}", extra={})


def _check_alike(first: Picture, other: Picture, first_path: Path, path: Path) -> None:
    """Refuse an image that cannot be a frame of the same stack as the first."""
    if first.shape != other.shape:
        sizes = [" x ".join(map(str, picture.shape)) for picture in (first, other)]
        raise BadInput(
            f"{path} has {sizes[1]} pixels, and {first_path} {sizes[0]}; all images of a stack "
            "must have the same size"
        )
    if first.axes != other.axes or first.values.shape != other.values.shape:
        raise BadInput(
            f"{path} has the axes {other.axes} with {other.length('C')} channels, and {first_path} "
            f"{first.axes} with {first.length('C')}; all images of a stack must have the same"
        )
    if first.values.dtype != other.values.dtype:
        raise BadInput(
            f"{path} holds {other.values.dtype} numbers, and {first_path} {first.values.dtype}; "
            "all images of a stack must have the same data type"
        )
    mine, its = first.spacings() or (), other.spacings() or ()
    if len(mine) != len(its) or not np.allclose(mine, its, rtol=1e-3) or first.unit != other.unit:
        raise BadInput(
            f"{path} has the spacing {its or 'none'} {other.unit}, and {first_path} "
            f"{mine or 'none'} {first.unit}; all images of a stack must have the same"
        )


def is_apart(first: Picture, other: Picture) -> bool:
    """Return whether two files say that they lie at different places of the world."""
    if first.affine is None or other.affine is None:
        return False
    return not np.allclose(first.affine, other.affine, atol=1e-3 * min(first.spacing.values()))
