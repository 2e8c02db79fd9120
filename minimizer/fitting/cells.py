"""The meaning of table cells: numbers, in several spellings, and dates."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta

MISSING = {"", "-", "?", "na", "n/a", "nan", "null", "none", "missing", "inf", "-inf", "+inf"}
MISSING |= {"#n/a", "#div/0!", "#value!", "#num!"}  # Excel's
WITH_COMMA = re.compile(r"[-+]?\d+,\d+(e[-+]?\d+)?", re.IGNORECASE)
THOUSANDS = re.compile(r"[-+]?[1-9]\d{0,2}(,\d{3})+(\.\d+)?")
BELOW_THOUSAND = re.compile(r"[-+]?\d{1,3}(\.\d+)?")
DATE = re.compile(r"\d{4}-\d\d-\d\d")
TIME = re.compile(r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d(:\d\d(\.\d+)?)?(Z|[-+]\d\d:\d\d)?")

Reader = Callable[[str], float | None]


def number(text: str, comma: bool) -> float | None:
    """Return a number: NaN if it is missing or not finite, None if the text is not a number."""
    text = text.strip().replace("\N{MINUS SIGN}", "-")
    if is_missing(text):
        return math.nan
    try:
        value = float(text.replace(",", ".") if comma and "." not in text else text)
    except ValueError:
        return None
    return value if math.isfinite(value) else math.nan


def is_missing(text: str) -> bool:
    """Return whether a cell marks a missing number."""
    return text.strip().lower() in MISSING


def is_value(text: str, comma: bool) -> bool:
    """Return whether a cell belongs to data, not to a heading."""
    text = text.strip()
    if number(text, comma) is not None:
        return True
    return any(pattern.fullmatch(text) for pattern in (THOUSANDS, DATE, TIME))


def reader_of(cells: Sequence[str], comma: bool, quoted: bool) -> tuple[Reader, str]:
    """Return a reader for the cells of a column, and in words its interpretation.

    ISO dates are days, and dates with a time seconds, since the first. Where cells with a comma are
    `quoted`, as commas separate the columns, they are separators of thousands if all cells look so;
    elsewhere 1,500 may be one and a half. For plain numbers the words are empty.
    """
    cells = [cell.strip() for cell in cells if not is_missing(cell)]
    if cells and all(DATE.fullmatch(cell) for cell in cells):
        return _dates(cells, timedelta(days=1), "days")
    if cells and all(TIME.fullmatch(cell) or DATE.fullmatch(cell) for cell in cells):
        return _dates(cells, timedelta(seconds=1), "seconds")
    grouped = [cell for cell in cells if THOUSANDS.fullmatch(cell)]
    short = [cell for cell in cells if BELOW_THOUSAND.fullmatch(cell)]
    if quoted and grouped and len(grouped) + len(short) == len(cells):
        return lambda text: number(text.replace(",", ""), comma), "commas separate thousands"
    return lambda text: number(text, comma), ""


def _dates(cells: Sequence[str], unit: timedelta, name: str) -> tuple[Reader, str]:
    """Return the reader of dates, or of numbers if the dates do not exist or cannot be compared."""
    first = _moment(cells[0])
    if first is None or any(
        moment is None or (moment.tzinfo is None) is not (first.tzinfo is None)
        for moment in map(_moment, cells)
    ):
        return lambda text: number(text, False), ""

    def read(text: str) -> float | None:
        moment = _moment(text.strip())
        return math.nan if moment is None else (moment - first) / unit

    return read, f"{name} since {cells[0]}"


def _moment(text: str) -> datetime | None:
    """Return a date with or without a time, None if there is no such date."""
    text = text.replace("Z", "+00:00")
    fraction = re.search(r"\.\d+", text)
    if fraction is not None:  # before Python 3.11 it had to have three digits, or six
        text = text.replace(fraction[0], f"{fraction[0]:0<7}"[:7])
    try:
        return datetime.fromisoformat(text)
    except ValueError:
        return None
