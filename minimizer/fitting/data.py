"""The columns that a formula needs, and the formula."""

from __future__ import annotations

import math
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
from .expression import CONSTANTS, FUNCTIONS, Expression, evaluate
from .runs_test import Signs, signs
from .table import Table


class Data:
    """The columns of a table that a formula needs, and the formula.

    Parameters
    ----------
    table : Table
    formula : str
        Of the parameters, x and other columns by name, as in ``a*exp(-b*x)+c``.
    start : dict
        Names of the parameters and where to start.
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
        start: dict[str, float],
        *,
        x: str | int | None = None,
        y: str | int | None = None,
        sigma: str | int | None = None,
    ) -> None:
        check_names(start)
        self.table, self.start = table, start
        if table.width < 2:
            raise BadInput(f"{table.source} has one column; there must be one of x and one of y")
        columns = [
            table.column(table.first if x is None else x, "x"),
            table.column(table.first + 1 if y is None else y, "y"),
        ]
        variables = {"x": columns[0]} | columns_by_name(table.names, {*start, "x"})
        text = re.sub(r"^\s*y\s*=(?!=)\s*", "", formula)
        self.formula = Expression(text, [*start, *variables])
        self.used = {name: i for name, i in variables.items() if name in self.formula.names}
        unused = [name for name in start if name not in self.formula.names]
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
        if self.y.size < len(start):
            raise BadInput(
                f"{count(self.y.size, 'row')} of {table.source} cannot determine {len(start)} "
                "parameters; there must be at least as many, and more for uncertainties"
            )

    def fit(
        self, *, absolute: bool = False, bounds: dict[str, Bound] | None = None, seed: int = 0
    ) -> Fit:
        """Fit the formula to the columns; arguments as `minimizer.fitting.curve.fit`."""
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

    def model(self, params: Array) -> Array:
        """Return the formula's values at the data, (m,)."""
        return evaluate(
            self.formula, self.variables | dict(zip(self.start, params, strict=True)), self.y.size
        )

    def model_or_nan(self, params: Array) -> Array:
        """Return the same, NaN if the formula cannot be evaluated (asteval limits exponents)."""
        try:
            return self.model(params)
        except BadInput:
            return np.full(self.y.size, np.nan)

    def undefined(self, params: Array) -> str:
        """Return a text on where the formula is not finite, empty if it is finite everywhere."""
        wrong = np.flatnonzero(~np.isfinite(self.model_or_nan(params)))
        if not wrong.size:
            return ""
        return (
            f"At the start the formula is NaN or infinite in {wrong.size} of "
            f"{count(self.y.size, 'row')}, the first with x = {self.x[wrong[0]]:g}: start "
            "elsewhere, or leave such rows out (by an empty value)."
        )

    def signs(self, result: Fit) -> Signs | None:
        """Return the runs of the residuals' signs along x, None if the formula has more than x."""
        return signs(self.x, self.y, result.fitted) if set(self.used) <= {"x"} else None

    def heading(self) -> str:
        """Return the formula, the columns and the rows, as text."""
        (x, y), left = self.titles, self.table.left_out
        rows = f"{count(self.y.size, 'row')} of {self.table.source}"
        text = f"{y} = {self.formula.text}, x = {x}: {rows}\n"
        if left:
            rows = ", ".join(f"line {line} ({why})" for line, why in list(left.items())[:5])
            more = ", ..." if len(left) > 5 else ""
            text += f"{count(len(left), 'row')} left out: {rows}{more}\n"
        for title, words in self.table.understood.items():
            text += f"{title}: {words}\n"
        return text + "\n"

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
        from .plot import draw

        params = dict(zip(self.start, result.params, strict=True))
        curve: Callable[[Array], Array] | None = None
        if set(self.used) <= {"x"}:

            def curve(x: Array) -> Array:
                return evaluate(self.formula, {"x": x} | params, x.size)

        title = ", ".join(
            f"{name} = {value:.4g}"
            + (f" ± {error:#.2g}".rstrip(".") if math.isfinite(error) else "")
            for name, value, error in zip(
                result.names, result.params, result.precision.uncertainties, strict=True
            )
        )
        return draw(
            self.x,
            self.y,
            result.fitted,
            sigma=self.sigma,
            curve=curve,
            labels=self.titles,
            title=f"{self.formula.text}\n{title}",
        )


def check_names(names: Iterable[str]) -> None:
    """Refuse names of parameters that a formula cannot use."""
    for name in names:
        taken = name in FUNCTIONS or name in CONSTANTS or name == "x" or iskeyword(name)
        if taken or not name.isidentifier():
            raise BadInput(f"start: {name!r} cannot be a parameter; use another name")


def count(number: int, word: str) -> str:
    """Return "1 row" or "2 rows"."""
    return f"{number} {word}" if number == 1 else f"{number} {word}s"


def columns_by_name(names: list[str], taken: set[str]) -> dict[str, int]:
    """Return the columns that a formula can use by name."""
    normal = {normalize("NFKC", name): i for i, name in enumerate(names)}  # as Python reads them
    taken = taken | set(FUNCTIONS) | set(CONSTANTS)
    return {name: i for name, i in normal.items() if name.isidentifier() and name not in taken}
