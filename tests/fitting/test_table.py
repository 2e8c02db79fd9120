"""Tables are read as they come: any delimiter, with a header or without."""

from __future__ import annotations

from pathlib import Path

import pytest

from minimizer.common.errors import BadInput
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
        "x\ty\n1\t10,5\n2\t-2e-3\n3\t7\n",
        "x  y\n1  10,5\n2  -2,0e-3\n3  7\n",
        "x,y\n1,10.5\n2,−2e-3\n3,7\n",  # noqa: RUF001
        "x,y\r1,10.5\r2,-2e-3\r3,7\r",
        "sep=;\nx;y\n1;10,5\n2;-2e-3\n3;7\n",
        "x,y\ns,mV\n1,10.5\n2,-2e-3\n3,7\n",
        "Sample 5, made on Monday\n\nx,y\n1,10.5\n2,-2e-3\n3,7\n",
        "x,y,\n1,10.5,\n2,-2e-3,\n3,7,\n",
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


def test_what_may_be_thousands_is_not_guessed(tmp_path: Path) -> None:
    found = table(tmp_path, "x\ty\n1\t1,500\n2\t2,500\n")
    with pytest.raises(BadInput, match=r"line 2, y: '1,500' is not a number"):
        found.numbers([0, 1])


def test_excel_s_unicode_is_read(tmp_path: Path) -> None:
    found = table(tmp_path, "t\tµ\n1\t2\n", encoding="utf-16")
    assert (found.names, found.numbers([0, 1]).tolist()) == (["t", "µ"], [[1.0], [2.0]])


def test_names_with_blanks_between_blanks(tmp_path: Path) -> None:
    found = table(tmp_path, "time (s)   signal (mV)\n1  2\n3  4\n")
    assert [found.title(i) for i in (0, 1)] == ["time (s)", "signal (mV)"]


def test_a_line_of_units_below_the_names(tmp_path: Path) -> None:
    found = table(tmp_path, "Oven 3\ntime,signal\ns,mV\n1,2\n")
    assert [found.title(i) for i in (0, 1)] == ["time (s)", "signal (mV)"]
    assert found.column("signal", "--y") == found.column("mV", "--y") == 1


def test_text_beside_numbers_is_no_heading(tmp_path: Path) -> None:
    found = table(tmp_path, "x,y\n1,***\n2,3\n")
    with pytest.raises(BadInput, match=r"line 2, y: '\*\*\*' is not a number"):
        found.numbers([0, 1])


def test_r_writes_no_name_above_its_row_numbers(tmp_path: Path) -> None:
    found = table(tmp_path, '"t" "y"\n"1" 0.5 2\n"2" 0.6 3\n')
    assert (found.names, found.first) == (["", "t", "y"], 2)
    assert found.numbers([1, 2]).tolist() == [[0.5, 0.6], [2.0, 3.0]]


def test_row_numbers_without_a_name_are_not_the_first_column(tmp_path: Path) -> None:
    assert table(tmp_path, " ,Area,Mean\n1,2,3\n").first == 2
    assert table(tmp_path, "Area,Mean,Min\n1,2,3\n").first == 1
    assert table(tmp_path, ",Mean\n1,2\n").first == 1


def test_lines_are_counted_as_in_an_editor(tmp_path: Path) -> None:
    found = table(tmp_path, "# a\n\nx,y\n1,2\n\n3,\n5,six\n")
    with pytest.raises(BadInput, match="line 7, y: 'six' is not a number"):
        found.numbers([0, 1])


def test_a_latin_letter_in_a_name_does_no_harm(tmp_path: Path) -> None:
    found = table(tmp_path, "Länge,y\n1,2\n", encoding="latin-1")
    assert found.names[0] == "Länge"
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
