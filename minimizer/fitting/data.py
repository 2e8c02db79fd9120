"""The columns that a formula needs, and the formula."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import replace
from keyword import iskeyword
from typing import Any
from unicodedata import normalize

import numpy as np

from ..common.arrays import Array
from ..common.errors import BadInput
from .curve import Bound, Fit, fit
from .curve_fits import fitted_model
from .expression import CONSTANTS, FUNCTIONS, Expression, evaluate, names_of
from .models import Model
from .runs_test import Signs, signs
from .table import Table


class Data:
    """The columns of a table that a formula needs, and the formula.

    Parameters
    ----------
    table : Table
    formula : str
        Formula of the parameters, x and other columns by name, as in ``a*exp(-b*x)+c``.
    start : dict, optional
        Start by name of the parameter. Without it every name in the formula that is no column is a
        parameter, and a start is searched for.
    x, y, sigma : str or int, optional
        Columns by name or by number from 1: by default x is the first column of data, y the
        second, and there are no errors of y.

    Raises
    ------
    BadInput
        If a column or a parameter is missing, or the formula is wrong.

    Examples
    --------
    >>> from minimizer.fitting.data import Data
    >>> from minimizer.fitting.table import Table
    >>> table = Table(["t", "signal"], [["0", "5.1"], ["1", "2.9"], ["2", "1.1"]], [2, 3, 4])
    >>> data = Data(table, "a*x + b", {"a": -1.0, "b": 1.0})
    >>> data.fit().params.round(4).tolist()
    [-2.0, 5.0333]
    """

    def __init__(
        self,
        table: Table,
        formula: str,
        start: dict[str, float] | None = None,
        *,
        x: str | int | None = None,
        y: str | int | None = None,
        sigma: str | int | None = None,
    ) -> None:
        check_names(start or {})
        self.table = table
        if table.width < 2:
            raise BadInput(f"{table.source} has one column; there must be one of x and one of y")
        columns = [
            table.column(table.first if x is None else x, "x"),
            table.column(table.first + 1 if y is None else y, "y"),
        ]
        variables = {"x": columns[0]} | columns_by_name(table.names, {*(start or {}), "x"})
        text = re.sub(r"^\s*y\s*=(?!=)\s*", "", formula)
        self.names = list(start) if start else _parameters(text, variables)
        self.start = start or {}
        self.formula = Expression(text, [*self.names, *variables])
        self.used = {name: i for name, i in variables.items() if name in self.formula.names}
        unused = [name for name in self.names if name not in self.formula.names]
        if unused:
            raise BadInput(f"start has {unused[0]}, but the formula has no {unused[0]}")
        if columns[1] in self.used.values():
            title = table.title(columns[1])
            raise BadInput(f"{title} is fitted (y), so the formula cannot use it; choose another y")
        self.titles = table.title(columns[0]), table.title(columns[1])
        columns += self.used.values()
        if sigma is not None:
            columns.append(table.column(sigma, "sigma"))
        values = table.numbers(columns)
        self.x, self.y = values[0], values[1]
        self.variables = dict(zip(self.used, values[2:], strict=False))
        self.sigma = None if sigma is None else values[-1]
        if self.y.size == 0:
            raise BadInput(f"{table.source} has no row with numbers in all the columns needed")
        if self.sigma is not None and not (self.sigma > 0).all():
            raise BadInput("sigma: errors must be positive; leave the value empty to skip a row")
        if self.y.size < len(self.names):
            raise BadInput(
                f"{count(self.y.size, 'row')} of {table.source} cannot determine {len(self.names)} "
                "parameters; there must be at least as many, and more for uncertainties"
            )

    def fit(
        self, *, absolute: bool = False, bounds: dict[str, Bound] | None = None, seed: int = 0
    ) -> Fit:
        """Fit the formula to the columns; arguments as `minimizer.fitting.curve.fit`."""
        if not self.start:
            return self._fit_from_anywhere(absolute, bounds or {}, seed)
        begin = np.array(list(self.start.values()))
        self.model(begin)  # raises if the formula cannot be evaluated
        result = fit(
            self.model_or_nan,
            self.y,
            self.start,
            sigma=self.sigma,
            absolute=absolute,
            bounds=bounds,
            seed=seed,
        )
        if np.isfinite(result.rss):
            return result
        return replace(result, message=self.undefined(begin) or result.message)

    def _fit_from_anywhere(self, absolute: bool, bounds: dict[str, Bound], seed: int) -> Fit:
        """Fit the formula from starts found in the data."""
        model = Model(
            self.names,
            self.formula.text,
            self._values,
            self._values,
            takes_many=True,
            at_any_x=False,
        )
        return fitted_model(
            model, self.x, self.y, self.sigma, absolute=absolute, bounds=bounds, seed=seed
        )

    def _values(self, params: list[Any], x: Any) -> Any:
        return self.formula(self.variables | dict(zip(self.names, params, strict=True)))

    def model(self, params: Array) -> Array:
        """Return the formula's values at the data, (m,)."""
        return evaluate(
            self.formula, self.variables | dict(zip(self.names, params, strict=True)), self.y.size
        )

    def model_or_nan(self, params: Array) -> Array:
        """Return the same, NaN if the formula cannot be evaluated (asteval limits exponents)."""
        try:
            return self.model(params)
        except BadInput:
            return np.full(self.y.size, np.nan)

    def undefined(self, params: Array) -> str:
        """Return a text about rows where the formula is not finite, empty if there are none."""
        wrong = np.flatnonzero(~np.isfinite(self.model_or_nan(params)))
        if not wrong.size:
            return ""
        return (
            f"At the start the formula is NaN or infinite in {wrong.size} of "
            f"{count(self.y.size, 'row')}, the first with x = {self.x[wrong[0]]:g}: start "
            "elsewhere, or leave such rows out (by an empty value)."
        )

    def signs(self, result: Fit) -> Signs | None:
        """Return the runs of the residuals' signs along x, None if other columns matter, too."""
        return signs(self.x, self.y, result.fitted) if set(self.used) <= {"x"} else None

    def heading(self) -> str:
        """Return the formula, the columns and the rows, as text."""
        x, y = self.titles
        rows = f"{count(self.y.size, 'row')} of {self.table.source}"
        head = f"{y} = {self.formula.text}, x = {x}: {rows}\n"
        return f"{head}{notes_on(self.table)}\n"

    def as_dict(self) -> dict[str, Any]:
        """Return the heading's contents in JSON's types."""
        return {
            "file": self.table.source,
            "formula": self.formula.text,
            "rows": int(self.y.size),
            "left_out": {str(line): why for line, why in self.table.left_out.items()},
            "understood": self.table.understood,
        }

    def draw(self, result: Fit) -> Any:
        """Return the plot, a matplotlib figure."""
        from .plot import draw, in_short

        params = dict(zip(self.names, result.params, strict=True))
        curve: Callable[[Array], Array] | None = None
        if set(self.used) <= {"x"}:

            def curve(x: Array) -> Array:
                return evaluate(self.formula, {"x": x} | params, x.size)

        return draw(
            self.x,
            self.y,
            result.fitted,
            sigma=self.sigma,
            curve=curve,
            labels=self.titles,
            title=f"{self.formula.text}\n{in_short(result)}",
        )


def _parameters(text: str, variables: dict[str, int]) -> list[str]:
    """Return the names in a formula that are no columns."""
    names = [name for name in names_of(text) if name not in variables]
    check_names(names)
    if not names:
        raise BadInput(f"{text!r} has no parameters; names that are no columns would be parameters")
    return names


def check_names(names: Iterable[str]) -> None:
    """Refuse names of parameters that a formula cannot use."""
    for name in names:
        taken = name in FUNCTIONS or name in CONSTANTS or name == "x" or iskeyword(name)
        if taken or not name.isidentifier():
            raise BadInput(f"start: {name!r} cannot be a parameter; use another name")


def notes_on(table: Table) -> str:
    """Return lines about rows left out, and about columns other than plain numbers."""
    left, text = table.left_out, ""
    if left:
        rows = ", ".join(f"line {line} ({why})" for line, why in list(left.items())[:5])
        text = f"{count(len(left), 'row')} left out: {rows}{', ...' if len(left) > 5 else ''}\n"
    return text + "".join(f"{title}: {words}\n" for title, words in table.understood.items())


def count(number: int, word: str) -> str:
    """Return "1 row" or "2 rows"."""
    return f"{number} {word}" if number == 1 else f"{number} {word}s"


def columns_by_name(names: list[str], taken: set[str]) -> dict[str, int]:
    """Return the columns that a formula can use by name."""
    normal = {normalize("NFKC", name): i for i, name in enumerate(names)}  # as Python reads them
    taken = taken | set(FUNCTIONS) | set(CONSTANTS)
    return {name: i for name, i in normal.items() if name.isidentifier() and name not in taken}
