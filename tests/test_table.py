"""Tables are read as they come: any delimiter, with a header or without."""

from __future__ import annotations

from pathlib import Path

import pytest

from minimizer.bad_input import BadInput
from minimizer.fitting.table import Table, read

EXPECTED = [[1.0, 2.0, 3.0], [10.5, -2e-3, 7.0]]


def table(tmp_path: Path, text: str, encoding: str = "utf-8") -> Table:
    path = tmp_path / "table.txt"
    path.write_bytes(text.encode(encoding))
    return read(str(path))


@pytest.mark.parametrize(
    "text",
    [
        "1,10.5\n2,-2e-3\n3,7\n",
        "1, 10.5\n2 ,-0.002\n3,7",
        "x,y\n1,10.5\n2,-2e-3\n3,7\n",
        '"x","y"\n"1","10.5"\n2,-2e-3\n3,7\n',
        "x;y\r\n1;10.5\r\n2;-2e-3\r\n3;7\r\n",
        "x;y\n1;10,5\n2;-2e-3\n3;7,0\n",
        "x\ty\n1\t10.5\n2\t-2e-3\n3\t7\n",
        "x|y\n1|10.5\n2|-2e-3\n3|7\n",
        "x y\n1 10.5\n 2   -2e-3\n3 7 \n",
        "# made on Monday, at 10\n\nx,y\n1,10.5\n# and later\n2,-2e-3\n3,7\n",
        "\ufeffx,y\n1,10.5\n2,-2e-3\n3,7\n",
        "time of day (s), y [mV]\n1,10.5\n2,-2e-3\n3,7\n",
    ],
)
def test_delimiter_and_header_are_found_out(tmp_path: Path, text: str) -> None:
    assert table(tmp_path, text).numbers([0, 1]).tolist() == EXPECTED


def test_rows_with_missing_values_are_left_out_and_noted(tmp_path: Path) -> None:
    found = table(tmp_path, "x,y,z\n1,2,3\n,4,5\n6,NaN,\n7,8,\n9,inf,1\n10\n11,12,n/a\n")
    assert found.numbers([0, 1]).tolist() == [[1.0, 7.0, 11.0], [2.0, 8.0, 12.0]]
    assert found.left_out == {
        3: "no number in x",
        4: "no number in y",
        6: "no number in y",
        7: "no number in y",
    }


def test_lines_are_counted_as_in_an_editor(tmp_path: Path) -> None:
    found = table(tmp_path, "# a\n\nx,y\n1,2\n\n3,\n5,six\n")
    with pytest.raises(BadInput, match="line 7, y: 'six' is not a number"):
        found.numbers([0, 1])


def test_a_latin_letter_in_a_name_does_no_harm(tmp_path: Path) -> None:
    found = table(tmp_path, "Länge,y\n1,2\n", encoding="latin-1")
    assert found.numbers([0, 1]).tolist() == [[1.0], [2.0]]


def test_a_column_is_found_by_name_or_number(tmp_path: Path) -> None:
    found = table(tmp_path, "time,2\nx,y\n1,2\n")
    assert (found.column("time", "--x"), found.column("2", "--x"), found.column("1", "--x")) == (
        0,
        1,
        0,
    )
    for wrong in ("0", "3", "-1", "Time", "", "1.0"):
        with pytest.raises(BadInput, match="--x is"):
            found.column(wrong, "--x")
