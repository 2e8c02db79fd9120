"""Tables of numbers from text files: delimiter, header and missing values are detected."""

from __future__ import annotations

import codecs
import csv
import math
import re
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from ..common.arrays import Array
from ..common.errors import BadInput
from .cells import THOUSANDS, WITH_COMMA, Reader, is_missing, is_value, number, reader_of

DELIMITERS = (";", "\t", ",", "|", None)


@dataclass
class Table:
    """Rows of a file: numbers as text, (rows, columns).

    Parameters
    ----------
    names : list of str
        Names of the header, empty without one.
    rows : list of list of str
    lines : list of int
        Line number of each row in the file, from 1.
    comma : bool
        Whether 2,5 means two and a half.
    units : list of str
        Units in a second line of the header, empty without one.
    left_out : dict
        Line numbers of rows that were left out, with the reason.
    quoted : bool
        Whether commas separate the columns, so that a cell with a comma is in quotes.
    understood : dict
        Titles of columns other than plain numbers, with their interpretation.
    source : str
        The file, for messages.
    """

    names: list[str]
    rows: list[list[str]]
    lines: list[int]
    comma: bool = False
    units: list[str] = field(default_factory=list)
    left_out: dict[int, str] = field(default_factory=dict)
    quoted: bool = False
    understood: dict[str, str] = field(default_factory=dict)
    source: str = "the table"

    @property
    def width(self) -> int:
        """Number of columns."""
        return max(map(len, [*self.rows, self.names]), default=0)

    def column(self, which: str | int, argument: str) -> int:
        """Return the index of a column given by its name or by its number from 1."""
        which = str(which)
        for head in (self.names, self.units):
            if which in head:
                return head.index(which)
        number = int(which) if which.isdecimal() else 0
        if not 1 <= number <= self.width:
            names = f", or one of {', '.join(filter(None, self.names))}" if self.names else ""
            raise BadInput(
                f"{argument} is {which!r}; it must be a column's number, 1 to {self.width}{names}"
            )
        return number - 1

    @property
    def first(self) -> int:
        """Number of the first column of data: ImageJ's and pandas' row numbers have no name."""
        return 2 if self.width > 2 and self.names and not self.names[0] else 1

    def title(self, i: int) -> str:
        """Return the name of a column, or its number."""
        name, unit = (row[i] if i < len(row) else "" for row in (self.names, self.units))
        return (f"{name} ({unit})" if unit else name) if name else f"column {i + 1}"

    def numbers(self, columns: list[int]) -> Array:
        """Return the numbers of some columns, (len(columns), m), from rows where all are finite.

        Rows with a missing value are left out and recorded in `left_out`.
        """
        kept, readers = [], [self._reader(i) for i in columns]
        for line, row in zip(self.lines, self.rows, strict=True):
            values = [
                self._number(row, i, line, reader)
                for i, reader in zip(columns, readers, strict=True)
            ]
            lacking = [i for i, value in zip(columns, values, strict=True) if math.isnan(value)]
            if lacking:
                self.left_out[line] = f"no number in {self.title(lacking[0])}"
            else:
                kept.append(values)
        found: Array = np.array(kept, dtype=np.float64).reshape(len(kept), len(columns)).T
        return found

    def _reader(self, i: int) -> Reader:
        """Return the reader of a column, and note its interpretation."""
        reader, words = reader_of(
            [row[i] for row in self.rows if i < len(row)], self.comma, self.quoted
        )
        if words:
            self.understood[self.title(i)] = words
        return reader

    def _number(self, row: list[str], i: int, line: int, reader: Reader) -> float:
        text = row[i] if i < len(row) else ""
        value = reader(text)
        if value is None:
            raise BadInput(
                f"line {line}, {self.title(i)}: {text!r} is not a number; leave it empty if it is "
                "missing, and begin lines that are not data with #"
            )
        return value


def read(path: str) -> Table:
    """Read a table from a file.

    Empty lines and lines that begin with # are skipped. Columns are separated by commas,
    semicolons, tabs, bars or blanks; unless commas separate columns, numbers may have decimal
    commas.

    Raises
    ------
    BadInput
        If there is no such file, or it is empty.
    """
    if Path(path).is_char_device() or Path(path).is_block_device():
        raise BadInput(f"{path} is a device; give a file")
    try:
        text = decoded(Path(path).read_bytes())
    except OSError as error:
        raise BadInput(f"{path}: {error.strerror}") from None
    numbered = [
        (i, line)
        for i, line in enumerate(text.splitlines(), 1)
        if line.strip() and not line.lstrip().lower().startswith(("#", "sep="))  # Excel's "sep=;"
    ]
    if not numbered:
        raise BadInput(f"{path} is empty; it must have one row of numbers per line")
    delimiter = sniff([line for _, line in numbered[:100]])
    rows = [trimmed(split(line, delimiter)) for _, line in numbered]
    comma = has_decimal_commas(rows, delimiter)
    above = heading_lines(rows, comma)
    width = max(map(len, rows[above:]), default=0)
    names, units = heads([line for _, line in numbered[:above]], delimiter, width)
    lines = [i for i, _ in numbered[above:]]
    return Table(names, rows[above:], lines, comma, units, source=path, quoted=delimiter == ",")


def heading_lines(rows: list[list[str]], comma: bool) -> int:
    """Return the number of rows before the data: the first with text, and any without numbers."""
    for i, row in enumerate(rows):
        has_data = any(is_value(cell, comma) and not is_missing(cell) for cell in row)
        if all(is_value(cell, comma) for cell in row) or (i > 0 and has_data):
            return i
    return len(rows)


def heads(lines: list[str], delimiter: str | None, width: int) -> tuple[list[str], list[str]]:
    """Return names and units of `width` columns from the lines above the data."""
    rows = [trimmed(split(line, delimiter)) for line in lines]
    if delimiter is None:  # "time (s)   signal (mV)"
        apart = [re.split(r"\s{2,}|\t", line.strip()) for line in lines]
        rows = [a if len(row) > width else row for a, row in zip(apart, rows, strict=True)]
    full = [row for row in rows if len(row) == width]
    if not full and width > 2:  # R's row numbers have no name
        full = [["", *row] for row in rows if len(row) == width - 1]
    names, units = [*(full or rows[:1]), [], []][:2]
    return names, units


def trimmed(cells: list[str]) -> list[str]:
    """Return cells without empty ones at the end."""
    while cells and not cells[-1]:
        cells = cells[:-1]
    return cells


def decoded(data: bytes) -> str:
    """Return the text of a file: UTF-8, UTF-16 if marked as such (as by Excel), or Latin-1."""
    if data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return data.decode("utf-16", errors="replace")
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        return data.decode("latin-1")


def sniff(lines: list[str]) -> str | None:
    """Return the delimiter, None for blanks.

    It divides most lines into equally many cells; among several candidates, it leaves the fewest
    cells that are not numbers.
    """
    best, least = None, math.inf
    for delimiter in DELIMITERS:
        rows = [split(line, delimiter) for line in lines]
        counts = Counter(map(len, rows))
        cells, equal = max(counts.items(), key=lambda item: (item[0] > 1, item[1]))
        texts = sum(not is_value(cell, delimiter != ",") for row in rows for cell in row)
        if cells > 1 and equal >= len(lines) / 2 and texts < least:
            best, least = delimiter, texts
    return best


def has_decimal_commas(rows: list[list[str]], delimiter: str | None) -> bool:
    """Return whether 2,5 means two and a half, as it does if semicolons separate the columns.

    With tabs, bars and blanks it does if no number has a point and not all could have separators of
    thousands.
    """
    if delimiter in (";", ","):
        return delimiter == ";"
    cells = [cell for row in rows for cell in row]
    commas = [cell for cell in cells if WITH_COMMA.fullmatch(cell)]
    points = any("." in cell and number(cell, False) is not None for cell in cells)
    return not points and any(not THOUSANDS.fullmatch(cell) for cell in commas)


def split(line: str, delimiter: str | None) -> list[str]:
    """Return the cells of a line."""
    if delimiter is None:
        return [cell.strip('"') for cell in line.split()]
    try:
        (cells,) = csv.reader([line], delimiter=delimiter, skipinitialspace=True)
    except csv.Error as error:
        raise BadInput(f"a line cannot be divided into cells ({error}): {line[:40]}") from error
    return [cell.strip() for cell in cells]
