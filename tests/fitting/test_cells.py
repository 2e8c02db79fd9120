"""Numbers with separators of thousands, and dates, in tables: read, and said to be so."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from minimizer.__main__ import main
from minimizer.common.errors import BadInput
from minimizer.fitting.cells import number, reader_of
from minimizer.fitting.table import Table, read


def table(folder: Path, text: str) -> Table:
    path = folder / "data.csv"
    path.write_text(text, encoding="utf-8")
    return read(str(path))


def test_quoted_thousands_are_numbers_if_the_whole_column_looks_so(tmp_path: Path) -> None:
    found = table(tmp_path, 'x,y\n1,"1,000"\n2,950\n3,"-1,234,567.5"\n4,\n')
    assert found.numbers([0, 1]).tolist() == [[1.0, 2.0, 3.0], [1000.0, 950.0, -1234567.5]]
    assert found.understood == {"y": "commas separate thousands"}
    assert list(found.left_out) == [5]


def test_without_a_heading_as_well(tmp_path: Path) -> None:
    found = table(tmp_path, '1,"1,000"\n2,"2,000"\n')
    assert found.numbers([0, 1]).tolist() == [[1.0, 2.0], [1000.0, 2000.0]]


@pytest.mark.parametrize("other", ["1234", "12,34", "1e3", "a"])
def test_a_column_that_looks_otherwise_is_refused(tmp_path: Path, other: str) -> None:
    """Whether 12,34 or 1234 stand beside 1,000: somebody else must say what is meant."""
    found = table(tmp_path, f'x,y\n1,"1,000"\n2,"{other}"\n3,"2,000"\n')
    with pytest.raises(BadInput, match="is not a number"):
        found.numbers([0, 1])


def test_dates_are_days_since_the_first(tmp_path: Path) -> None:
    found = table(tmp_path, "day;signal\n2024-02-28;1\n2024-03-01;2\n2024-02-27;3\n")
    assert found.numbers([0, 1]).tolist() == [[0.0, 2.0, -1.0], [1.0, 2.0, 3.0]]
    assert found.understood == {"day": "days since 2024-02-28"}


@pytest.mark.parametrize(
    ("first", "second", "seconds"),
    [
        ("2024-01-01T10:00:00", "2024-01-01T10:00:01.5", 1.5),
        ("2024-01-01 10:00", "2024-01-02 10:01", 86460.0),
        ("2024-01-01T10:00:00Z", "2024-01-01T12:00:00+01:00", 3600.0),
        ("2024-01-01", "2024-01-01T00:00:00.123456", 0.123456),
    ],
)
def test_times_are_seconds_since_the_first(
    tmp_path: Path, first: str, second: str, seconds: float
) -> None:
    found = table(tmp_path, f"when,y\n{first},1\n{second},2\n")
    assert found.numbers([0, 1]) == pytest.approx(np.array([[0.0, seconds], [1.0, 2.0]]))
    assert found.understood == {"when": f"seconds since {first}"}


@pytest.mark.parametrize(
    "cells", [["2024-02-30", "2024-03-01"], ["2024-01-01T10:00", "2024-01-01T10:00Z"]]
)
def test_dates_that_do_not_exist_or_cannot_be_compared_are_no_numbers(cells: list[str]) -> None:
    reader, words = reader_of(cells, comma=False, quoted=True)
    assert (reader(cells[0]), words) == (None, "")


def test_what_was_understood_is_said(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "data.csv"
    rows = "\n".join(f'2024-01-{day:02},"{1000 + 2 * day:,}"' for day in range(1, 20))
    path.write_text(f"day,count\n{rows}\n")
    assert main(["fit", str(path), "a*x+b", "--start", "a=1,b=900"]) == 0
    said = capsys.readouterr().out
    assert "day: days since 2024-01-01\n" in said
    assert "count: commas separate thousands\n" in said
    assert "b =" in said or "1002" in said


def test_a_plain_number_has_no_words() -> None:
    reader, words = reader_of(["1", "2.5", "", "n/a"], comma=False, quoted=True)
    assert (reader("2.5"), words) == (2.5, "")
    assert number("\N{MINUS SIGN}3", comma=False) == -3.0


def test_a_field_without_end_is_refused_in_one_line(tmp_path: Path) -> None:
    path = tmp_path / "data.csv"
    path.write_text('x,y\n1,"' + "a" * 200_000 + '"\n2,3\n')
    with pytest.raises(BadInput, match="cannot be divided into cells"):
        read(str(path))


def test_a_device_is_refused() -> None:
    with pytest.raises(BadInput, match="/dev/zero is a device; give a file"):
        read("/dev/zero")
