"""``python -m minimizer fit`` as it is typed, judged by NIST's certified values."""

from __future__ import annotations

import json
import math
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from benchmarks.sets.nist import datasets
from minimizer.__main__ import main

pytest.importorskip("asteval")

TABLE = "t,counts,error\n" + "".join(
    f"{t},{3 * 0.5**t + 1 + 0.01 * (-1) ** t},{0.01 + 0.001 * t}\n" for t in range(12)
)
FIT = ("a*b**x+c", "--start", "a=1,b=0.7,c=0")


@pytest.fixture
def table(tmp_path: Path) -> Any:
    def write(text: str = TABLE) -> str:
        path = tmp_path / "data.csv"
        path.write_text(text, encoding="utf-8")
        return str(path)

    return write


def fitted(capsys: pytest.CaptureFixture[str], *arguments: str) -> dict[str, Any]:
    assert main(["fit", *arguments, "--json"]) == 0
    found: dict[str, Any] = json.loads(capsys.readouterr().out)
    return found


def values(found: dict[str, Any], what: str = "value") -> list[float]:
    return [parameter[what] for parameter in found["parameters"].values()]


@pytest.mark.slow
@pytest.mark.parametrize("start", ["start1", "start2"])
@pytest.mark.parametrize(
    "name",
    [
        "Misra1a",
        "Misra1b",
        "Chwirut2",
        "DanWood",
        "Eckerle4",
        "Gauss1",
        "Kirby2",
        "Rat42",
        "BoxBOD",
    ],
)
def test_nist_certified_values(name: str, start: str, table: Any, capsys: Any) -> None:
    """Parameters, standard deviations and residual standard deviation; and the digits claimed."""
    row = datasets()[name]
    rows = zip(row["x"], row["y"], strict=True)
    path = table("x,y\n" + "".join(f"{x!r},{y!r}\n" for x, y in rows))
    begin = ",".join(f"b{i}={value!r}" for i, value in enumerate(row[start], 1))
    found = fitted(capsys, path, row["formula"], "--start", begin)
    np.testing.assert_allclose(values(found), row["certified"], rtol=1e-6)
    deviations = values(found, "uncertainty")
    np.testing.assert_allclose(deviations, row["certified_stdev"], rtol=1e-6)
    rss = row["certified_rss"]
    assert found["residual_sum_of_squares"] == pytest.approx(rss, rel=1e-9)
    freedom = len(row["y"]) - len(row["certified"])
    assert found["residual_standard_deviation"] == pytest.approx((rss / freedom) ** 0.5, rel=1e-9)
    right = -np.log10(abs(np.array(values(found)) / row["certified"] - 1) + 1e-11)
    digits = np.minimum(values(found, "digits"), 10.0)  # NIST's values are rounded to 11
    assert (digits < right + 0.5).all()
    assert min(values(found, "digits")) > 6


def test_nist_nelson_has_two_predictors(table: Any, capsys: Any) -> None:
    """Columns are used by their names; the response is a logarithm."""
    row = datasets()["Nelson"]
    rows = zip(row["x"], row["y"], strict=True)
    path = table("time;temp;y\n" + "".join(f"{a};{b};{math.log(y)!r}\n" for (a, b), y in rows))
    start = ",".join(f"b{i}={value!r}" for i, value in enumerate(row["start2"], 1))
    formula = "b1 - b2*time*exp(-b3*temp)"
    found = fitted(capsys, path, formula, "--y", "y", "--start", start)
    np.testing.assert_allclose(values(found), row["certified"], rtol=1e-5)
    np.testing.assert_allclose(values(found, "uncertainty"), row["certified_stdev"], rtol=1e-4)


@pytest.mark.parametrize("absolute", [False, True])
def test_weights_are_those_of_scipy(absolute: bool, table: Any, capsys: Any) -> None:
    optimize = pytest.importorskip("scipy.optimize")
    data = np.genfromtxt(TABLE.splitlines()[1:], delimiter=",").T
    params, cov = optimize.curve_fit(
        lambda x, a, b, c: a * b**x + c,
        data[0],
        data[1],
        [1, 0.7, 0],
        sigma=data[2],
        absolute_sigma=absolute,
        ftol=1e-13,
        xtol=1e-13,
    )
    more = ("--absolute-sigma",) if absolute else ()
    found = fitted(capsys, table(), *FIT, "--sigma", "error", *more)
    np.testing.assert_allclose(values(found), params, rtol=1e-6)
    deviations = np.sqrt(np.diag(cov))
    np.testing.assert_allclose(values(found, "uncertainty"), deviations, rtol=1e-4)
    expected = cov / np.outer(deviations, deviations)
    np.testing.assert_allclose(found["correlations"], expected, rtol=1e-4)


def test_the_report_is_complete(table: Any, capsys: Any) -> None:
    text = TABLE.replace("\n4,", "\n4,,\n4,").replace("\n6,", "\n6,nan,1\n6,")
    assert main(["fit", table(text), *FIT]) == 0
    printed = capsys.readouterr().out
    for part in (
        "counts = a*b**x+c, x = t: 12 rows",
        "2 rows left out: line 6 (no number in counts), line 9 (no number in counts)",
        "uncertainty",
        "correlations",
        "residual standard deviation",
        "(9 degrees of freedom)",
        "R²",
        "digits",
        "SUCCESS",
        "Runs from three starts agreed",
    ):
        assert part in printed
    b = next(line.split() for line in printed.splitlines() if line.startswith("b  "))
    assert float(b[1]) == pytest.approx(0.5, abs=0.02)


def test_without_noise_there_are_all_digits(table: Any, capsys: Any) -> None:
    rows = "".join(f"{x} {2 * x + 1}\n" for x in range(9))
    found = fitted(capsys, table(rows), "a*x+b", "--start", "a=1,b=0")
    np.testing.assert_allclose(values(found), [2, 1], rtol=1e-9)
    assert found["r_squared"] == pytest.approx(1.0)


@pytest.mark.parametrize(
    "columns", [("--x", "t", "--y", "counts"), ("--x", "1", "--y", "2"), ("--y", "counts")]
)
def test_columns_by_name_and_number(columns: tuple[str, ...], table: Any, capsys: Any) -> None:
    assert values(fitted(capsys, table(), *FIT, *columns))[1] == pytest.approx(0.5, abs=0.01)


def test_names_are_read_as_python_reads_them(table: Any, capsys: Any) -> None:
    """A column called log does not hide the function, and a micro sign is the Greek letter."""
    path = table("µm,log\n1,2\n2,2.7\n3,3.1\n4,3.4\n")
    found = fitted(capsys, path, "µ*log(μm) + c", "--start", "µ=1,c=0")
    np.testing.assert_allclose(values(found), [1.011, 2.0], atol=0.02)


def test_a_parameter_at_its_bound_has_no_uncertainty(table: Any, capsys: Any) -> None:
    """Those of the others are as if it were a constant."""
    bounded = ("--bounds", "b=0.6:,c=-5:1.5")
    found = fitted(capsys, table(), *FIT, *bounded)
    fixed = fitted(capsys, table(), "a*0.6**x+c", "--start", "a=1,c=0")
    assert (values(found)[1], found["at_bound"]) == (0.6, ["b"])
    a, b, c = values(found, "uncertainty")
    scale = (10 / 9) ** 0.5  # one degree of freedom more
    assert b is None
    np.testing.assert_allclose([a, c], np.array(values(fixed, "uncertainty")) * scale, rtol=1e-6)
    assert main(["fit", table(), *FIT, *bounded]) == 0
    assert "held there for the uncertainties of the others: b." in capsys.readouterr().out


def test_the_seed_decides(table: Any, capsys: Any) -> None:
    one, same, other = (
        fitted(capsys, table(), *FIT, "--seed", seed)["evaluations"] for seed in "112"
    )
    assert one == same != other


@pytest.mark.slow
def test_the_picture_is_drawn(table: Any, tmp_path: Path, capsys: Any) -> None:
    image = pytest.importorskip("matplotlib.image")
    picture = tmp_path / "fit.png"
    plot = ("--plot", str(picture.with_suffix("")))
    assert main(["fit", table(), *FIT, *plot, "--sigma", "3"]) == 0
    assert str(picture) in capsys.readouterr().out
    assert min(image.imread(picture).shape[:2]) > 400


@pytest.mark.slow
def test_a_fit_that_fails_has_exit_code_1(table: Any, tmp_path: Path, capsys: Any) -> None:
    pytest.importorskip("matplotlib")
    picture = str(tmp_path / "fit.png")
    arguments = ["fit", table(), "a*sqrt(-1-x)", "--start", "a=1", "--plot", picture]
    assert main(arguments) == 1
    assert "INITIALIZATION_FAILURE" in capsys.readouterr().out
    assert main([*arguments, "--json"]) == 1
    found = json.loads(capsys.readouterr().out)
    assert values(found) == [None]
    assert found["status"] == "INITIALIZATION_FAILURE"


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("a*x", "--start", "a"), "--start has 'a'; write name=value"),
        (("a*x", "--start", ""), "--start is empty"),
        (("a*x", "--start", "a=one"), "--start a is 'one'; it must be a number"),
        (("a*x", "--start", "a=1,a=2"), "--start has a twice"),
        (("a*x", "--start", "x=1"), "'x' cannot be a parameter"),
        (("a*x", "--start", "exp=1"), "'exp' cannot be a parameter"),
        (("a*x", "--start", "a=1,b=2"), "start has b, but the formula has no b"),
        (("a*x+q", "--start", "a=1"), "'q' is neither a parameter"),
        (("a*x.real", "--start", "a=1"), "'x.real' is not allowed"),
        (("a*x", "--start", "a=1", "--bounds", "b=0:1"), "there is no such parameter"),
        (("a*x", "--start", "a=1", "--bounds", "a=1"), "write lower:upper"),
        (("a*x", "--start", "a=1", "--bounds", "a=2:3"), "out of its bounds"),
        (
            ("a*x", "--start", "a=1", "--y", "7"),
            "error: y is '7'; it must be a column's number, 1 to 3, or",
        ),
        (("y - a*x", "--start", "a=1", "--y", "2"), "'y' is neither a parameter"),
        (("counts - a*x", "--start", "a=1"), "counts is fitted (y), so the formula cannot use it"),
        (("a*x", "--start", "a=1", "--absolute-sigma"), "--absolute-sigma needs --sigma"),
        (("lambda*x", "--start", "lambda=1"), "'lambda' cannot be a parameter"),
        (("a*x", "--start", "a=1", "--bounds", "a=2:1"), "=2:1: the lower bound exceeds the upper"),
        (("a*x", "--start", "a=1", "--plot", "no/x.png"), "there is no folder no"),
        (("a*x", "--start", "a=1", "--plot", "x.xyz"), "suffix must be .png"),
        (("a*x", "--start", "a=1", "--sigma", "t"), "errors must be positive"),
    ],
)
def test_bad_input_has_exit_code_2(
    arguments: tuple[str, ...], message: str, table: Any, capsys: Any
) -> None:
    assert main(["fit", table(), *arguments]) == 2
    output = capsys.readouterr()
    assert message in output.err
    assert output.out == ""


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "is empty"),
        ("x,y\n1,2\n2,two\n", "line 3, y: 'two' is not a number"),
        ("x,y\n1,\n2,nan\n", "no row with numbers"),
        ("y\n1\n2\n", "has one column"),
        ("x,y\n1,2\ns,mV\n", "begin lines that are not data with #"),
    ],
)
def test_a_bad_file_has_exit_code_2(text: str, message: str, table: Any, capsys: Any) -> None:
    assert main(["fit", table(text), "a*x", "--start", "a=1"]) == 2
    assert message in capsys.readouterr().err


def test_a_file_that_is_not_there_has_exit_code_2(capsys: Any) -> None:
    assert main(["fit", "nowhere.csv", "a*x", "--start", "a=1"]) == 2
    assert "nowhere.csv: No such file" in capsys.readouterr().err


def test_too_few_points_have_no_uncertainties(table: Any, capsys: Any) -> None:
    assert main(["fit", table("1,2\n2,4.5\n"), "a*x+b", "--start", "a=1,b=0"]) == 0
    assert "No uncertainties: there must be more rows" in capsys.readouterr().out
    assert main(["fit", table("1,2\n"), "a*x+b", "--start", "a=1,b=0"]) == 2
    assert "1 row of " in capsys.readouterr().err


@pytest.mark.parametrize("formula", ["-a*x+b", " y = -a*x + b", "b-a*pow(x, 1)+ln(1)"])
def test_a_formula_as_people_write_it(formula: str, table: Any, capsys: Any) -> None:
    """With a minus in front, which is no option, and with what it is equal to."""
    path = table("x,y\n" + "".join(f"{x},{5 - 2 * x}\n" for x in range(6)))
    found = fitted(capsys, path, formula, "--start", "a = 1, b = 1")
    np.testing.assert_allclose(values(found), [2, 5], rtol=1e-9)


def test_start_may_have_blanks_for_commas(table: Any, capsys: Any) -> None:
    found = fitted(capsys, table(), FIT[0], "--start", " a=1 b =0.7  c= 0 ", "--bounds", "b=0 : 1")
    assert values(found)[1] == pytest.approx(0.5, abs=0.01)


def test_rows_without_names_numbers_are_not_x(table: Any, capsys: Any) -> None:
    """ImageJ's and pandas' tables begin with them."""
    rows = "".join(f"{i},{0.3 * i},{0.6 * i + 1}\n" for i in range(1, 9))
    found = fitted(capsys, table(" ,Area,Mean\n" + rows), "a*x+b", "--start", "a=1,b=0")
    np.testing.assert_allclose(values(found), [2, 1], rtol=1e-9)


@pytest.mark.slow
@pytest.mark.parametrize("name", ["Lanczos1", "Lanczos3"])
def test_terms_that_have_become_the_same_are_tried_again(
    name: str, table: Any, capsys: Any
) -> None:
    """Both runs from the first start agree where two exponentials are one: no true minimum."""
    row = datasets()[name]
    rows = zip(row["x"], row["y"], strict=True)
    path = table("x,y\n" + "".join(f"{x!r},{y!r}\n" for x, y in rows))
    begin = ",".join(f"b{i}={value!r}" for i, value in enumerate(row["start1"], 1))
    found = fitted(capsys, path, row["formula"], "--start", begin)
    np.testing.assert_allclose(sorted(values(found)), sorted(row["certified"]), rtol=1e-5)
    assert found["residual_sum_of_squares"] == pytest.approx(row["certified_rss"], rel=0.02)


@pytest.mark.parametrize(
    ("formula", "start", "trouble"),
    [
        ("a*x+b+c", "a=1,b=1,c=0", "b and c cannot be told apart"),
        ("a*x+0*b", "a=1,b=1", "b has no influence on the formula"),
        ("a*0.5^x+where(x>b, 3, 0)", "a=1,b=5.5", "b changes the formula in steps"),
        ("a*0.5^x+b", "a=1,b=1", ""),
    ],
)
def test_parameters_without_uncertainty_are_named(
    formula: str, start: str, trouble: str, table: Any, capsys: Any
) -> None:
    note = fitted(capsys, table(), formula, "--start", start, "--x", "1")["note"]
    assert trouble in note
    assert bool(trouble) is bool(note)


@pytest.mark.slow
def test_where_a_formula_is_not_finite_is_told(table: Any, capsys: Any) -> None:
    assert main(["fit", table(), "a*log(x)+b", "--start", "a=1,b=0"]) == 1
    assert "infinite in 1 of 12 rows, the first with x = 0" in capsys.readouterr().out


def test_residuals_that_are_not_scattered_are_told(table: Any, capsys: Any) -> None:
    """A parabola is no line; NIST's Kirby2 is the best rational function, and not the truth."""
    rows = "".join(f"{x} {x * x}\n" for x in range(40))
    assert main(["fit", table(rows), "a*x+b", "--start", "a=1,b=0"]) == 0
    printed = capsys.readouterr().out
    assert "signs of the residuals       3 runs," in printed
    assert "lacks something" in printed
    assert main(["fit", table(), *FIT]) == 0
    assert "lacks something" not in capsys.readouterr().out


def test_ctrl_c_has_its_exit_code(table: Any, monkeypatch: pytest.MonkeyPatch, capsys: Any) -> None:
    def interrupt(*_: Any, **__: Any) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("minimizer.fitting.data.fit", interrupt)
    assert main(["fit", table(), *FIT]) == 130
    assert capsys.readouterr().err == "python -m minimizer fit: interrupted\n"


@pytest.mark.slow
def test_as_a_user_runs_it(table: Any) -> None:
    done = subprocess.run(
        [sys.executable, "-W", "error", "-m", "minimizer", "fit", table(), *FIT],
        capture_output=True,
        text=True,
        encoding="utf-8",
        timeout=60,
    )
    assert (done.returncode, done.stderr) == (0, "")
    assert "SUCCESS" in done.stdout


def test_without_asteval_the_extra_is_named(
    table: Any, monkeypatch: pytest.MonkeyPatch, capsys: Any
) -> None:
    monkeypatch.setitem(sys.modules, "asteval", None)
    assert main(["fit", table(), *FIT]) == 2
    assert 'pip install "imagej-minimizer[fit]"' in capsys.readouterr().err


def test_a_function_is_fitted_by_its_name(table: Any, capsys: Any) -> None:
    """It needs no start; its parameters are those of ImageJ."""
    row = datasets()["Misra1a"]
    rows = zip(row["x"], row["y"], strict=True)
    path = table("x,y\n" + "".join(f"{x!r},{y!r}\n" for x, y in rows))
    found = fitted(capsys, path, "exponential recovery (no offset)")
    np.testing.assert_allclose(values(found), row["certified"], rtol=1e-6)
    assert list(found["parameters"]) == ["a", "b"]
    assert found["formula"] == "y = a*(1-exp(-b*x))"


def test_a_formula_needs_no_start(table: Any, capsys: Any) -> None:
    """Names that are no columns are its parameters."""
    with_start = fitted(capsys, table(), "a*b**x+c", "--start", "a=1,b=0.7,c=0")
    without = fitted(capsys, table(), "a*b**t+c")
    assert list(without["parameters"]) == ["a", "b", "c"]
    np.testing.assert_allclose(values(without), values(with_start), rtol=1e-6)


def test_the_functions_are_listed(capsys: Any) -> None:
    assert main(["fit", "--list"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert len(lines) == 25
    assert lines[0].split() == ["Straight", "Line", "y", "=", "a+bx"]


def test_a_misspelt_name_and_missing_arguments_are_named(table: Any, capsys: Any) -> None:
    assert main(["fit", table(), "gausian"]) == 2
    assert "did you mean 'Gaussian'" in capsys.readouterr().err
    assert main(["fit"]) == 2
    assert "--list" in capsys.readouterr().err
