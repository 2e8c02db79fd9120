"""A formula fitted to a table from Python, without the command line."""

from __future__ import annotations

import ast
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import minimizer.fitting
from minimizer import Status
from minimizer.common.errors import BadInput
from minimizer.fitting.curve import fit
from minimizer.fitting.data import Data
from minimizer.fitting.report import report
from minimizer.fitting.table import Table, read

pytest.importorskip("asteval")

T = np.arange(9.0)
SIGNAL = 3 * np.exp(-0.7 * T) + 1 + 0.01 * (-1) ** T
ERROR = 0.01 + 0.001 * T
START = {"a": 1.0, "b": 1.0, "c": 0.0}
FORMULA = "a*exp(-b*x) + c"


def table(**more: Any) -> Table:
    rows = [[repr(float(cell)) for cell in row] for row in zip(T, SIGNAL, ERROR, strict=True)]
    return Table(["t", "signal", "error"], rows, list(range(2, 11)), **more)


def test_a_formula_is_fitted_to_columns() -> None:
    """By default to the first two; by name or number, from 1, to any; the text shows which."""
    data = Data(table(), FORMULA, START)
    result = data.fit()
    assert result.status is Status.SUCCESS
    assert result.names == ["a", "b", "c"]
    np.testing.assert_allclose(result.params, [3, 0.7, 1], atol=0.03)
    for x, y in (("t", "signal"), (1, 2), ("1", 2)):
        again = Data(table(), FORMULA, START, x=x, y=y).fit()
        assert again.params.tolist() == result.params.tolist()
    assert data.heading().startswith("signal = a*exp(-b*x) + c, x = t: 9 rows of the table\n")
    assert "SUCCESS" in report(result, False, False, data.signs(result))


def test_weights_bounds_and_the_seed_are_keywords() -> None:
    """The fit of the same model as a function of Python has the same bits."""
    settings: dict[str, Any] = {"absolute": True, "bounds": {"c": (1.02, None)}, "seed": 3}
    data = Data(table(), FORMULA, START | {"c": 2.0}, sigma="error")
    result = data.fit(**settings)

    def model(p: Any) -> Any:
        return p[0] * np.exp(-p[1] * T) + p[2]

    same = fit(model, SIGNAL, START | {"c": 2.0}, sigma=ERROR, **settings)
    assert result.params.tolist() == same.params.tolist()
    assert result.held == same.held == ("c",)
    assert result.params[2] == 1.02
    assert result.evaluations == same.evaluations != data.fit(bounds=settings["bounds"]).evaluations


def test_the_table_names_its_file(tmp_path: Path) -> None:
    path = tmp_path / "data.csv"
    path.write_text("x\n1\n2\n", encoding="utf-8")
    with pytest.raises(BadInput, match=r"data\.csv has one column"):
        Data(read(str(path)), "a*x", {"a": 1.0})


@pytest.mark.parametrize(
    ("formula", "start", "columns", "message"),
    [
        (
            "a*x",
            {"a": 1.0},
            {"x": 4},
            r"^x is '4'; it must be a column's number, 1 to 3, or one of",
        ),
        ("a*x", {"a": 1.0}, {"y": "z"}, r"^y is 'z'; it must"),
        ("a*x", {"a": 1.0}, {"sigma": 0}, r"^sigma is '0'; it must"),
        ("a*x", {"a": 1.0}, {"sigma": "t"}, r"^sigma: errors must be positive"),
        ("a*x", {"a": 1.0, "b": 2.0}, {}, r"^start has b, but the formula has no b"),
        ("a*exp", {"exp": 1.0, "a": 1.0}, {}, r"^start: 'exp' cannot be a parameter"),
        ("a*x + q", {"a": 1.0}, {}, r"^'q' is neither a parameter of start nor a column"),
        ("a*signal", {"a": 1.0}, {}, r"^signal is fitted \(y\), so the formula cannot use it"),
    ],
)
def test_an_error_names_the_argument(
    formula: str, start: dict[str, float], columns: dict[str, Any], message: str
) -> None:
    with pytest.raises(BadInput, match=message):
        Data(table(), formula, start, **columns)


@pytest.mark.parametrize(
    ("bounds", "message"),
    [
        ({"q": (0.0, 1.0)}, r"^bounds of q: there is no such parameter"),
        ({"a": (2.0, None)}, r"^start: a is 1, out of its bounds \(2\.0, None\)"),
        ({"a": (None, 0.5)}, r"^start: a is 1, out of its bounds"),
        ({"a": (1.0, 0.0)}, r"out of its bounds"),
    ],
)
def test_bounds_are_checked(bounds: dict[str, Any], message: str) -> None:
    with pytest.raises(BadInput, match=message):
        fit(lambda p: p[0] * T, SIGNAL, {"a": 1.0}, bounds=bounds)


@pytest.mark.slow
def test_where_the_formula_is_not_defined_is_told() -> None:
    result = Data(table(), "a*log(x) + b", {"a": 1.0, "b": 0.0}).fit()
    assert result.status is not Status.SUCCESS
    assert "infinite in 1 of 9 rows, the first with x = 0" in result.message


def test_the_room_knows_nothing_of_the_command_line() -> None:
    for path in Path(minimizer.fitting.__path__[0]).glob("*.py"):
        text = path.read_text(encoding="utf-8")
        assert "argparse" not in text, path
        imports = [n for n in ast.walk(ast.parse(text)) if isinstance(n, ast.ImportFrom)]
        assert not [n.module for n in imports if "commands" in (n.module or "")], path
