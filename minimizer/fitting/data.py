"""The columns that a formula needs, and the formula."""

from __future__ import annotations

import math
import re
from collections.abc import Callable
from typing import Any
from unicodedata import normalize

import numpy as np

from ..common.arrays import Array
from ..common.errors import BadInput
from .curve import Fit
from .expression import CONSTANTS, FUNCTIONS, Expression, evaluate
from .runs_test import Signs, signs
from .table import Table


class Data:
    """The columns that a formula needs, and the formula."""

    def __init__(self, table: Table, arguments: Any, start: dict[str, float]) -> None:
        self.table, self.file = table, arguments.data
        if table.width < 2:
            raise BadInput(f"{self.file} has one column; there must be one of x and one of y")
        x = table.column(arguments.x or str(table.first), "--x")
        y = table.column(arguments.y or str(table.first + 1), "--y")
        variables = {"x": x} | columns_by_name(table.names, {*start, "x"})
        text = re.sub(r"^\s*y\s*=(?!=)\s*", "", arguments.formula)
        self.formula = Expression(text, [*start, *variables])
        self.used = {name: i for name, i in variables.items() if name in self.formula.names}
        unused = [name for name in start if name not in self.formula.names]
        if unused:
            raise BadInput(f"--start {unused[0]}: the formula has no {unused[0]}")
        if y in self.used.values():
            raise BadInput(f"{table.title(y)} is what is fitted; the formula cannot have it (--y)")
        columns = [x, y, *self.used.values()]
        if arguments.sigma is not None:
            columns.append(table.column(arguments.sigma, "--sigma"))
        values = table.numbers(columns)
        self.titles = table.title(x), table.title(y)
        self.x, self.y = values[0], values[1]
        self.variables = dict(zip(self.used, values[2:], strict=False))
        self.sigma = None if arguments.sigma is None else values[-1]
        self.names = list(start)
        if self.y.size == 0:
            raise BadInput(f"{self.file} has no row with numbers in all the columns needed")
        if self.sigma is not None and not (self.sigma > 0).all():
            raise BadInput("--sigma: errors must be positive; leave the value empty to skip a row")
        if self.y.size < len(start):
            raise BadInput(
                f"{count(self.y.size, 'row')} of {self.file} cannot tell {len(start)} parameters; "
                "there must be at least as many, and more for uncertainties"
            )

    def model(self, params: Array) -> Array:
        """Return the formula's values at the data, (m,)."""
        return evaluate(
            self.formula, self.variables | dict(zip(self.names, params, strict=True)), self.y.size
        )

    def model_or_nan(self, params: Array) -> Array:
        """Return the same, NaN where the formula cannot be evaluated (asteval's exponents end)."""
        try:
            return self.model(params)
        except BadInput:
            return np.full(self.y.size, np.nan)

    def undefined(self, params: Array) -> str:
        """Return where the formula is not finite, empty if it is everywhere."""
        wrong = np.flatnonzero(~np.isfinite(self.model_or_nan(params)))
        if not wrong.size:
            return ""
        return (
            f"At the start the formula is NaN or infinite in {wrong.size} of "
            f"{count(self.y.size, 'row')}, the first with x = {self.x[wrong[0]]:g}: start "
            "elsewhere, or leave such rows out (an empty value does)."
        )

    def signs(self, result: Fit) -> Signs | None:
        """Return the runs of the residuals' signs along x, None if the formula has more than x."""
        return signs(self.x, self.y, result.fitted) if set(self.used) <= {"x"} else None

    def heading(self) -> str:
        """Return what was fitted to what."""
        (x, y), left = self.titles, self.table.left_out
        text = f"{y} = {self.formula.text}, x = {x}: {count(self.y.size, 'row')} of {self.file}\n"
        if left:
            rows = ", ".join(f"line {line} ({why})" for line, why in list(left.items())[:5])
            more = ", ..." if len(left) > 5 else ""
            text += f"{count(len(left), 'row')} left out: {rows}{more}\n"
        return text + "\n"

    def as_dict(self) -> dict[str, Any]:
        """Return the same for JSON."""
        return {
            "file": self.file,
            "formula": self.formula.text,
            "rows": int(self.y.size),
            "left_out": {str(line): why for line, why in self.table.left_out.items()},
        }

    def draw(self, result: Fit) -> Any:
        """Return the picture."""
        from .plot import draw

        params = dict(zip(self.names, result.params, strict=True))
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


def count(number: int, word: str) -> str:
    """Return "1 row" or "2 rows"."""
    return f"{number} {word}" if number == 1 else f"{number} {word}s"


def columns_by_name(names: list[str], taken: set[str]) -> dict[str, int]:
    """Return the columns that a formula can use by their names."""
    normal = {normalize("NFKC", name): i for i, name in enumerate(names)}  # as Python reads them
    taken = taken | set(FUNCTIONS) | set(CONSTANTS)
    return {name: i for name, i in normal.items() if name.isidentifier() and name not in taken}
