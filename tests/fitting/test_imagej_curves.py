"""Everything that was recorded from ImageJ's CurveFitter comes out the same."""

from __future__ import annotations

import math
import re
from typing import Any

import numpy as np
import pytest
from curve_vectors import (
    EXCEPTIONS,
    FIELDS,
    Vector,
    exactly,
    load,
    make,
    number,
    numbers,
    of_kind,
    perform,
    recording,
    result_of,
)
from quick import slow_unless

from minimizer.fitting.functions.arithmetic import JAVA, erf
from minimizer.fitting.functions.registry import BY_NUMBER
from minimizer.fitting.imagej.text import fixed, significant
from minimizer.fitting.macro.equation import Equation
from minimizer.fitting.macro.tokens import MacroError

FITS = of_kind("builtin", "equation", "plugin")
COUNTS = ("iterations", "evaluations", "completed")


def name(vector: Vector) -> str:
    what = vector.get("name") or vector.get("equation") or vector.get("function")
    return f"{vector['id']}-{what}-{vector.get('data', '')}"


def is_quick(vector: Vector) -> bool:
    """Return whether this is one of every five short ones."""
    evaluations = vector["sequential"].get("evaluations", 0)
    return evaluations < 500 and int(vector["id"][1:]) % 5 == 0


def test_all_vectors_are_here() -> None:
    assert (len(FITS), len(load()) - len(FITS)) == (1029, 318)


def compare(got: dict[str, Any], expected: dict[str, Any], vector: Vector, which: str) -> None:
    """Compare what a fit gave with a recording, bit by bit or within its tolerance."""
    texts = ("status", "message", "n_params")
    assert [got[key] for key in texts if key in expected] == [
        expected[key] for key in texts if key in expected
    ]
    tolerance = vector.get("tolerance" if which == "sequential" else "pairs_tolerance")
    for key in (*FIELDS, "params", "f"):
        if key not in expected:
            continue
        wanted, found = expected[key], got[key]
        if isinstance(wanted, str):
            if wanted.startswith("exception"):
                continue
            wanted, found = [wanted], [found]
        limits: Any = None if tolerance is None else tolerance[key]
        limits = limits if isinstance(limits, list) else [limits] * len(wanted)
        for theirs, ours, limit in zip(numbers(wanted) or [], found, limits, strict=True):
            if limit is None or not math.isfinite(theirs):
                assert exactly(ours) == exactly(theirs), key
            else:
                assert abs(ours - theirs) <= number(limit), key


@pytest.mark.parametrize("vector", slow_unless(is_quick, FITS), ids=name)
def test_a_fit_is_that_of_imagej(vector: Vector, monkeypatch: pytest.MonkeyPatch) -> None:
    """The course of the minimization too, where nothing but arithmetic is in it."""
    expected = vector["sequential"]
    digest = recording(monkeypatch)
    if "exception" in expected:
        with pytest.raises(EXCEPTIONS[expected["exception"]]):
            perform(make(vector, rules="imagej"), vector)
        return
    cf = make(vector, rules="imagej", schedule="sequential")
    perform(cf, vector)
    got = result_of(cf, vector)
    compare(got, expected, vector, "sequential")
    assert got["evaluations"] == expected.get("evaluations", 0) or not vector["exact"]
    for key in ("initial_params", "initial_variations"):
        if key in expected:
            np.testing.assert_allclose(got[key], numbers(expected[key]), rtol=1e-12, atol=0.0)
    if vector["exact"]:
        assert [got[key] for key in COUNTS if key in expected] == [
            expected[key] for key in COUNTS if key in expected
        ]
        if "digest" in expected:
            assert str(digest) == expected["digest"]
        if "result_string" in expected:
            text = re.sub(r"Time: \d+ ms", "Time: * ms", got["result_string"])
            assert text == expected["result_string"]


@pytest.mark.parametrize(
    "vector", slow_unless(is_quick, [each for each in FITS if "pairs" in each]), ids=name
)
def test_a_fit_in_pairs_is_that_of_imagej(vector: Vector) -> None:
    cf = make(vector, rules="imagej")
    perform(cf, vector)
    got = result_of(cf, vector)
    compare(got, vector["pairs"], vector, "pairs")
    if vector["exact"]:
        keys = [key for key in COUNTS if key in vector["pairs"]]
        assert [got[key] for key in keys] == [vector["pairs"][key] for key in keys]


AT = (-1.5, 0.0, 0.7, 1.25, 3.0)
PARAMS = (
    (1.25, -0.5, 2.0, 0.75, 3.0, 0.125),
    (2.0, 1.5, -1.0, 4.0, 0.5, -3.0),
    (0.5, 3.0, 1.75, -2.0, 1.0, 2.5),
)


@pytest.mark.parametrize("vector", of_kind("formula"), ids=name)
def test_an_equation_is_read_as_imagej_reads_it(vector: Vector) -> None:
    equation = Equation(vector["equation"])
    assert equation.n_words == vector["words"]
    if vector.get("error_in_fit"):
        with pytest.raises(MacroError):
            equation.values(np.array(PARAMS[0]), np.array([0.5, 1.0, 2.0, 3.0]))
        return
    assert equation.n_params == vector["returned"]
    for params, wanted in zip(PARAMS, vector.get("values", []), strict=False):
        found = equation.values(np.array(params[: equation.n_params]), np.array(AT))
        for theirs, ours in zip(numbers(wanted) or [], found, strict=True):
            if vector["exact"] or not math.isfinite(theirs):
                assert exactly(ours) == exactly(theirs)
            else:
                limit = number(vector.get("tolerance", 0.0)) * (1.0 + abs(theirs))
                assert abs(ours - theirs) <= limit


@pytest.mark.parametrize("vector", of_kind("function", "erf"), ids=lambda vector: vector["id"])
def test_a_function_has_the_values_of_imagej(vector: Vector) -> None:
    x, wanted = np.array(numbers(vector["x"])), numbers(vector["f"])
    with np.errstate(all="ignore"):
        if vector["kind"] == "erf":
            found = erf(JAVA, x)
        else:
            params = [np.float64(number(text)) for text in vector["params"]]
            found = np.broadcast_to(BY_NUMBER[vector["type"]].value(JAVA, params, x), x.shape)
    assert wanted is not None
    limits = vector.get("tolerance") or [None] * len(wanted)
    for theirs, ours, limit in zip(wanted, found, limits, strict=True):
        if limit is None or not math.isfinite(theirs):
            assert exactly(ours) == exactly(theirs)
        else:
            assert abs(ours - theirs) <= number(limit)


def test_numbers_are_written_as_imagej_writes_them() -> None:
    (vector,) = of_kind("number")
    values = numbers(vector["v"]) or []
    assert [significant(value, 5, 9) for value in values] == vector["num"]
    assert [fixed(value, 5) for value in values] == vector["fixed"]
