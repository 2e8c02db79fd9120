"""Tables of numbers from text files: delimiter, header and missing values are found out."""

from __future__ import annotations

import csv
import math
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from ..bad_input import BadInput
from ..limits import Array

MISSING = {"", "-", "?", "na", "n/a", "nan", "null", "none", "missing", "inf", "-inf", "+inf"}
DELIMITERS = (";", "\t", ",", "|")


@dataclass
class Table:
    """Rows of a file: numbers as text, (rows, columns).

    Parameters
    ----------
    names : list of str
        Those of the header, empty without one.
    rows : list of list of str
    lines : list of int
        Where in the file each row is, from 1.
    left_out : dict
        Lines that were left out, with the reason.
    """

    names: list[str]
    rows: list[list[str]]
    lines: list[int]
    comma: bool = False
    left_out: dict[int, str] = field(default_factory=dict)

    @property
    def width(self) -> int:
        """Number of columns."""
        return max(map(len, [*self.rows, self.names]), default=0)

    def column(self, which: str, option: str) -> int:
        """Return the index of a column that is given by its name or by its number from 1."""
        if which in self.names:
            return self.names.index(which)
        number = int(which) if which.isdecimal() else 0
        if not 1 <= number <= self.width:
            names = f", or one of {', '.join(self.names)}" if self.names else ""
            raise BadInput(f"{option} is {which!r}; it must be a number 1 to {self.width}{names}")
        return number - 1

    def title(self, i: int) -> str:
        """Return the name of a column, or its number."""
        return self.names[i] if i < len(self.names) and self.names[i] else f"column {i + 1}"

    def numbers(self, columns: list[int]) -> Array:
        """Return the numbers in some columns, (len(columns), m), of rows where all are finite.

        Rows with a missing value are left out, and noted.
        """
        kept = []
        for line, row in zip(self.lines, self.rows, strict=True):
            values = [self._number(row, i, line) for i in columns]
            lacking = [i for i, value in zip(columns, values, strict=True) if math.isnan(value)]
            if lacking:
                self.left_out[line] = f"no number in {self.title(lacking[0])}"
            else:
                kept.append(values)
        found: Array = np.array(kept, dtype=np.float64).reshape(len(kept), len(columns)).T
        return found

    def _number(self, row: list[str], i: int, line: int) -> float:
        text = row[i] if i < len(row) else ""
        value = number(text, self.comma)
        if value is None:
            raise BadInput(
                f"line {line}, {self.title(i)}: {text!r} is not a number; leave it empty, or "
                "write nan, if it is missing"
            )
        return value


def read(path: str) -> Table:
    """Read a table from a file.

    Empty lines and those that begin with # are skipped. Columns are separated by commas,
    semicolons, tabs, bars or blanks; where semicolons are, numbers may have a decimal comma.

    Raises
    ------
    BadInput
        If there is no such file, or nothing in it.
    """
    try:
        text = Path(path).read_text(encoding="utf-8-sig", errors="replace")
    except OSError as error:
        raise BadInput(f"{path}: {error.strerror}") from None
    numbered = [
        (i, line)
        for i, line in enumerate(text.splitlines(), 1)
        if line.strip() and not line.lstrip().startswith("#")
    ]
    if not numbered:
        raise BadInput(f"{path} is empty; it must have a row of numbers a line")
    delimiter = sniff([line for _, line in numbered[:100]])
    rows = [split(line, delimiter) for _, line in numbered]
    lines = [i for i, _ in numbered]
    comma = delimiter == ";"
    has_header = any(number(cell, comma) is None for cell in rows[0])
    names = rows[0] if has_header else []
    return Table(names, rows[has_header:], lines[has_header:], comma)


def sniff(lines: list[str]) -> str | None:
    """Return the delimiter that divides most lines into equally many cells, None for blanks."""
    best, most = None, len(lines) / 2
    for delimiter in DELIMITERS:
        counts = Counter(len(split(line, delimiter)) for line in lines)
        cells, equal = max(counts.items(), key=lambda item: (item[0] > 1, item[1]))
        if cells > 1 and equal >= most:
            best, most = delimiter, equal + 0.5
    return best


def split(line: str, delimiter: str | None) -> list[str]:
    """Return the cells of a line."""
    if delimiter is None:
        return line.split()
    (cells,) = csv.reader([line], delimiter=delimiter, skipinitialspace=True)
    return [cell.strip() for cell in cells]


def number(text: str, comma: bool) -> float | None:
    """Return a number, NaN if it is missing or not finite, None if the text is none."""
    if text.strip().lower() in MISSING:
        return math.nan
    try:
        value = float(text.replace(",", ".") if comma and "." not in text else text)
    except ValueError:
        return None
    return value if math.isfinite(value) else math.nan
