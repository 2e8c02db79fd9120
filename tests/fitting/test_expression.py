"""Formulas are computed as numpy computes them, and nothing but formulas is accepted."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from minimizer.common.errors import BadInput
from minimizer.fitting.expression import FUNCTIONS, NODES, Expression, evaluate

pytest.importorskip("asteval")

X = np.linspace(-2.0, 2.0, 5)
KNOWN = {"a": 1.5, "b": -0.5, "x": X}


def value(text: str) -> Any:
    return Expression(text, KNOWN)(KNOWN)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a*exp(-b*x)+2", 1.5 * np.exp(0.5 * X) + 2),
        ("a^2 - b**2", 2.0),
        ("-x % 3 / 2", -X % 3 / 2),
        ("where(x > 0, sqrt(x), -1)", [-1, -1, -1, 1, math.sqrt(2)]),
        ("arctan2(x, a) + maximum(x, b)", np.arctan2(X, 1.5) + np.maximum(X, -0.5)),
        ("2*pi*e", 2 * math.pi * math.e),
        ("log(x)", [math.nan, math.nan, -math.inf, 0, math.log(2)]),
        ("1/0", math.inf),
        ("0/0", math.nan),
        ("10.0**9999", math.inf),
    ],
)
def test_the_value_is_numpy_s(text: str, expected: Any) -> None:
    np.testing.assert_allclose(value(text), expected)


@pytest.mark.parametrize("name", FUNCTIONS)
def test_every_function_can_be_called(name: str) -> None:
    count = getattr(FUNCTIONS[name], "nin", 3)
    assert np.shape(value(f"{name}({', '.join(['x'] * count)})")) == X.shape
    with pytest.raises(BadInput, match="argument"):
        value(f"{name}()")


def test_a_constant_has_the_length_of_the_data() -> None:
    assert evaluate(Expression("a", KNOWN), KNOWN, 5).tolist() == [1.5] * 5


@pytest.mark.parametrize(
    "text",
    [
        "__import__('os').system('echo no')",
        "x.__class__",
        "a.__class__.__mro__[1].__subclasses__()",
        "exp.__globals__",
        "exp.__call__(1)",
        "(exp)(1).real",
        "open('/etc/passwd')",
        "eval('1')",
        "exec('1')",
        "getattr(x, 'real')",
        "print(1)",
        "__builtins__",
        "__name__",
        "np.exp(1)",
        "numpy",
        "lambda: 1",
        "[a for a in x]",
        "(a for a in x)",
        "{1: 2}",
        "x[0]",
        "x if a else b",
        "a := 1",
        "(a := 1)",
        "a = 1",
        "import os",
        "a; b",
        "a\nb",
        "f'{x}'",
        "f'{x.__class__}'",
        "'a' * 9",
        "'{0.__class__}'.format(a)",
        "exp(x, out=a)",
        "exp(*x)",
        "exp(**x)",
        "exp",
        "exp(x)(x)",
        "a and b",
        "not a",
        "a is b",
        "a in x",
        "True",
        "None",
        "...",
        "1j",
        "a @ b",
        "a // b",
        "a << 999",
        "~a",
        "await a",
        "yield",
        "del a",
        "",
        " ",
        "a b",
        "(a",
        "a\0",
        "c*x",
        "a" * 1001,
        "(" * 400 + "a" + ")" * 400,
    ],
)
def test_what_is_no_formula_is_refused(text: str, capsys: Any) -> None:
    with pytest.raises(BadInput):
        value(text)
    assert capsys.readouterr() == ("", "")


def test_powers_do_not_grow_for_ever() -> None:
    """Numbers are floating-point: no integer of a billion digits is begun."""
    with pytest.raises(BadInput, match="exponent"):
        value("9**9**9**9**9")


def test_an_error_does_not_stay() -> None:
    formula = Expression("a**b", ["a", "b"])
    with pytest.raises(BadInput):
        formula({"a": 2.0, "b": 1e9})
    assert formula({"a": 2.0, "b": 3.0}) == 8.0


def test_a_name_that_is_nearly_right_is_suggested() -> None:
    with pytest.raises(BadInput, match=r"'alpa' is neither .* did you mean 'alpha'"):
        Expression("alpa*x", ["alpha", "x"])
    with pytest.raises(BadInput, match=r"exp is a function; write exp\(\.\.\.\)"):
        Expression("exp*x", ["x"])


def test_the_white_list_has_nothing_that_reaches_out() -> None:
    names = {node.__name__ for node in NODES}
    assert not names & {"Attribute", "Subscript", "Lambda", "Import", "JoinedStr", "Starred"}


@given(st.text(alphabet="ab x+-*/^().,_'[]{}:=0123456789el", max_size=40))
def test_any_text_is_a_formula_or_refused(text: str) -> None:
    try:
        found = evaluate(Expression(text, KNOWN), KNOWN, 5)
    except BadInput:
        return
    assert found.shape == (5,)
