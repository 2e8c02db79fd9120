"""A built-in function fitted to the columns of a table."""

from __future__ import annotations

from typing import Any

from ..common.arrays import Array
from ..common.errors import BadInput
from .curve import Bound, Fit
from .curve_fits import fitted_model
from .data import count, notes_on
from .models import built_in
from .runs_test import Signs, signs
from .table import Table


class NamedData:
    """The columns of a table, and a built-in function; the counterpart of `Data` for a formula.

    Parameters
    ----------
    table : Table
    name : str
        Name of the function.
    x, y, sigma : str or int, optional
        Columns by name or by number from 1.

    Examples
    --------
    >>> from minimizer.fitting.named_data import NamedData
    >>> from minimizer.fitting.table import Table
    >>> table = Table(["t", "signal"], [["0", "5.1"], ["1", "2.9"], ["2", "1.1"]], [2, 3, 4])
    >>> NamedData(table, "straight line").fit().params.round(4).tolist()
    [5.0333, -2.0]
    """

    def __init__(
        self,
        table: Table,
        name: str,
        *,
        x: str | int | None = None,
        y: str | int | None = None,
        sigma: str | int | None = None,
    ) -> None:
        try:
            self.function = built_in(name)
        except ValueError as error:
            raise BadInput(str(error)) from None
        if table.width < 2:
            raise BadInput(f"{table.source} has one column; there must be one of x and one of y")
        self.table = table
        columns = [
            table.column(table.first if x is None else x, "x"),
            table.column(table.first + 1 if y is None else y, "y"),
        ]
        self.titles = table.title(columns[0]), table.title(columns[1])
        if sigma is not None:
            columns.append(table.column(sigma, "sigma"))
        values = table.numbers(columns)
        self.x, self.y = values[0], values[1]
        self.sigma: Array | None = None if sigma is None else values[2]
        if self.y.size == 0:
            raise BadInput(f"{table.source} has no row with numbers in all the columns needed")
        if self.sigma is not None and not (self.sigma > 0).all():
            raise BadInput("sigma: errors must be positive; leave the value empty to skip a row")

    def fit(
        self, *, absolute: bool = False, bounds: dict[str, Bound] | None = None, seed: int = 0
    ) -> Fit:
        """Fit the function to the columns; the start is found."""
        return fitted_model(
            self.function,
            self.x,
            self.y,
            self.sigma,
            absolute=absolute,
            bounds=bounds or {},
            seed=seed,
        )

    def signs(self, result: Fit) -> Signs | None:
        """Return the runs of the residuals' signs along x."""
        return signs(self.x, self.y, result.fitted)

    def heading(self) -> str:
        """Return the formula, the columns and the rows, as text."""
        x, y = self.titles
        rows = f"{count(self.y.size, 'row')} of {self.table.source}"
        return f"{self.function.text} with y = {y}, x = {x}: {rows}\n{notes_on(self.table)}\n"

    def as_dict(self) -> dict[str, Any]:
        """Return the heading's contents in JSON's types."""
        return {
            "file": self.table.source,
            "formula": self.function.text,
            "rows": int(self.y.size),
            "left_out": {str(line): why for line, why in self.table.left_out.items()},
            "understood": self.table.understood,
        }

    def draw(self, result: Fit) -> Any:
        """Return the plot, a matplotlib figure."""
        from .plot import draw, in_short

        return draw(
            self.x,
            self.y,
            result.fitted,
            sigma=self.sigma,
            curve=lambda x: self.function.value(list(result.params), x),
            labels=self.titles,
            title=f"{self.function.text}\n{in_short(result)}",
        )
