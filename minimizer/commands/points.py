"""Tables of points: their columns x, y and z are read and replaced, all others kept."""

from __future__ import annotations

import csv
import io
import math
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from ..common.arrays import Array
from ..common.errors import BadInput
from ..common.whole_file import whole_file
from ..registration.files import Picture
from ..registration.files.layout import plain_layout
from ..registration.geometry import apply


@dataclass
class PointTable:
    """A table with one point per row.

    Attributes
    ----------
    rows : list of list of str
        All cells, without the header.
    header : list of str or None
        Names of the columns.
    columns : list of int
        The columns of the coordinates.
    separator : str
        The separator of the cells.
    points : ndarray, shape (k, n)
        The coordinates, in the order of their names.
    """

    rows: list[list[str]]
    header: list[str] | None
    columns: list[int]
    separator: str
    points: Array

    @classmethod
    def read(cls, path: str, names: Sequence[str]) -> PointTable:
        """Read a table with columns of these names, or with these as its first, or refuse it."""
        try:
            text = Path(path).read_text(encoding="utf-8-sig")
        except FileNotFoundError:
            raise BadInput(f"there is no file {path}") from None
        except UnicodeDecodeError as error:
            raise BadInput(f"{path} cannot be read as a table: it is not text") from error
        separator = max("\t;,", key=text.partition("\n")[0].count)
        rows = [row for row in csv.reader(io.StringIO(text), delimiter=separator) if any(row)]
        if not rows:
            raise BadInput(f"{path} has no points")
        header = None if all(map(_is_number, rows[0][: len(names)])) else rows.pop(0)
        columns = _columns(path, header, names)
        points = [_numbers(path, row, columns, i) for i, row in enumerate(rows, 1)]
        if not points:
            raise BadInput(f"{path} has no points")
        return cls(rows, header, columns, separator, np.array(points, dtype=np.float64))

    def write(self, path: str, points: Array) -> None:
        """Write the table with other points, whole or not at all."""
        rows = [row.copy() for row in self.rows]
        for row, point in zip(rows, points.tolist(), strict=True):
            for column, value in zip(self.columns, point, strict=True):
                row[column] = f"{value:.10g}"
        with whole_file(path) as name, open(name, "w", newline="", encoding="utf-8") as file:
            header = [self.header] if self.header else []
            csv.writer(file, delimiter=self.separator, lineterminator="\n").writerows(header + rows)


def _columns(path: str, header: list[str] | None, names: Sequence[str]) -> list[int]:
    """Return the columns with these names."""
    if header is None:
        return list(range(len(names)))
    found = [name.strip().lower() for name in header]
    if any(found.count(name) != 1 for name in names):
        raise BadInput(
            f"{path} has the columns {', '.join(header)}; it must have one for each of "
            f"{', '.join(names)} (or no header, and these as its first columns)"
        )
    return [found.index(name) for name in names]


def _numbers(path: str, row: list[str], columns: list[int], number: int) -> list[float]:
    """Return the numbers of a row."""
    cells = [row[column] if column < len(row) else "" for column in columns]
    if not all(map(_is_number, cells)):
        raise BadInput(f"{path}: point {number} is {cells}; it must be {len(columns)} numbers")
    return [float(cell) for cell in cells]


def _is_number(cell: str) -> bool:
    try:
        return math.isfinite(float(cell))
    except ValueError:
        return False


def read_landmarks(path: str, fixed: Picture, moving: Picture) -> tuple[Array, Array]:
    """Return pairs of points from a table in pixels of both files, as indices in memory."""
    axes = "xyz"[: len(fixed.space)]
    names = [f"{image}_{axis}" for image in ("fixed", "moving") for axis in axes]
    halves = np.split(PointTable.read(path, names).points, 2, axis=1)
    return (
        in_axes_of_file(fixed, halves[0], to_memory=True),
        in_axes_of_file(moving, halves[1], to_memory=True),
    )


def in_axes_of_file(picture: Picture, points: Array, to_memory: bool) -> Array:
    """Return points in x, y, z, the axes of a picture's file, as indices in memory, or back."""
    layout = picture.layout or plain_layout(len(picture.space))
    matrix = layout.matrix(picture.shape)
    if to_memory:
        matrix = np.asarray(np.linalg.inv(matrix), dtype=np.float64)
    return apply(matrix, points)
