"""A curve with named parameters: a built-in function, a formula, or a Python function."""

from __future__ import annotations

import inspect
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from ..common.arrays import Array
from .expression import Expression, names_of
from .functions.arithmetic import NUMPY, Mathematics
from .functions.data_range import DataRange
from .functions.registry import function_of
from .functions.row import CurveFunction
from .robust.linearity import TRACING
from .user_function import at_once

LETTERS = "abcdefghi"


@dataclass(frozen=True)
class Model:
    """A curve.

    Attributes
    ----------
    names : list of str
        Names of the parameters.
    text : str
        Formula of the curve.
    value : callable
        ``value(params, x) -> ndarray``; params may be arrays (k, 1) if `takes_many`.
    follow : callable or None
        ``follow(params, x)`` for parameters that are no numbers; None if that is impossible.
    takes_many : bool
    at_any_x : bool
        Whether it can be evaluated at other x than those of the data.
    axes : callable
        ``axes(data_range) -> {index: values to try}``, for parameters where they are known.
    tidy : callable
        Makes the result unique, in place.
    refuse : callable
        May raise `RefusedError` for some data.
    """

    names: list[str]
    text: str
    value: Callable[[list[Any], Any], Any]
    follow: Callable[[list[Any], Any], Any] | None = None
    takes_many: bool = False
    at_any_x: bool = True
    axes: Callable[[DataRange], dict[int, Array]] = field(default=lambda data: {})
    tidy: Callable[[Array], None] = field(default=lambda params: None)
    refuse: Callable[[DataRange], None] = field(default=lambda data: None)


def built_in(which: str | int) -> Model:
    """Return a built-in function.

    Raises
    ------
    ValueError
        If there is no such name or number, or the function fits transformed data.
    """
    row = function_of(which)
    if row.fits_other_data:
        raise ValueError(
            f"{row.name!r} fits transformed data (logarithms, or x and y exchanged); use "
            f"{_plain(row)!r}, or CurveFitter for ImageJ's way"
        )

    def evaluate(m: Mathematics) -> Callable[[list[Any], Any], Any]:
        return lambda params, x: row.turned_value(m, params, x)

    def axes(data: DataRange) -> dict[int, Array]:
        linear = row.fitted.linear.eliminated
        nonlinear = [i for i in range(row.n_params) if i not in linear]
        return dict(zip(nonlinear, row.grid(data), strict=False))

    return Model(
        names=list(LETTERS[: row.n_params]),
        text=row.formula,
        value=evaluate(NUMPY),
        follow=evaluate(TRACING),
        takes_many=True,
        axes=axes,
        tidy=row.tidy,
        refuse=row.refuse,
    )


def _plain(row: CurveFunction) -> str:
    """Return the name of the function with the same formula that fits the data themselves."""
    return row.name.split(" (")[0]


def of_formula(text: str, variables: Mapping[str, Any] | None = None) -> Model:
    """Return a formula such as ``a*exp(-b*x)+c``; unknown names in it are parameters.

    Parameters
    ----------
    text : str
    variables : mapping
        Further columns (m,) by name, besides x.
    """
    known = {"x", *(variables or {})}
    names = [name for name in names_of(text) if name not in known]
    expression = Expression(text, [*names, *known])

    def value(params: list[Any], x: Any) -> Any:
        return expression({"x": x} | dict(variables or {}) | dict(zip(names, params, strict=True)))

    return Model(names, text, value, follow=value, takes_many=True)


def of_callable(fun: Callable[..., Any]) -> Model:
    """Return a function ``fun(x, a, b, ...)``, whose parameters have the names of its arguments."""
    arguments = list(inspect.signature(fun).parameters.values())
    fixed = {inspect.Parameter.POSITIONAL_ONLY, inspect.Parameter.POSITIONAL_OR_KEYWORD}
    if len(arguments) < 2 or any(argument.kind not in fixed for argument in arguments):
        raise TypeError(
            "function must have the arguments (x, a, b, ...), one per parameter; CurveFitter takes "
            "functions of an array of parameters"
        )
    names = [argument.name for argument in arguments[1:]]

    def value(params: list[Any], x: Any) -> Any:
        return at_once(lambda p, x: fun(x, *p.tolist()), np.array(params, dtype=np.float64), x)

    return Model(
        names, f"{getattr(fun, '__name__', 'function')}({', '.join(['x', *names])})", value
    )


def model_of(function: Any) -> Model:
    """Return the model for a name, a number, a formula or a callable."""
    if isinstance(function, Model):
        return function
    if callable(function):
        return of_callable(function)
    if isinstance(function, str) and not is_name(function):
        left, equals, right = function.partition("=")
        return of_formula(right if equals and left.strip() == "y" else function)
    return built_in(function)


def is_name(text: str, variables: Sequence[str] = ("x",)) -> bool:
    """Return whether a text is the name of a built-in function, right or wrong, not a formula.

    A formula has operators or variables; "exponential" and "2nd degree polynomial" have none.
    """
    try:
        function_of(text)
    except ValueError:
        words = re.split(r"\W+", text)
        return not set(text) & set("=*+/^<>%") and not set(words) & set(variables)
    return True
