"""The command ``fit``."""

from __future__ import annotations

import argparse
import json
import math
from collections.abc import Callable
from typing import Any
from unicodedata import normalize

import numpy as np

from ..bad_input import BadInput
from ..extras import require
from ..fitting.curve import Bound, Fit, as_dict, fit
from ..fitting.expression import CONSTANTS, FUNCTIONS, Expression, evaluate
from ..fitting.report import report
from ..fitting.table import Table, read
from ..limits import Array
from ..status import Status

EXAMPLE = 'python -m minimizer fit DATA.csv "a*exp(-b*x)+c" --start a=1,b=1,c=0 --plot FIT.png'


def add(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the command."""
    command = commands.add_parser(
        "fit",
        help="fit a formula to the columns of a CSV file",
        description="Fit a formula to data by least squares and print the parameters with their "
        "uncertainties, correlations, the residual standard deviation and how many digits are "
        "right. The exit code is 0 if the fit converged, 1 if not, 2 for bad input.",
        epilog=f"functions: {', '.join(FUNCTIONS)}; constants: {', '.join(CONSTANTS)}. "
        f"example: {EXAMPLE}",
    )
    option = command.add_argument
    option("data", metavar="DATA.csv", help="table with commas, semicolons, tabs or blanks")
    option("formula", help="of the parameters, x and other columns by name: a*exp(-b*x)+c")
    option("--start", required=True, metavar="a=1,b=1", help="parameters and where to start")
    option("--x", default="1", help="column of x, by name or number (default: 1)")
    option("--y", default="2", help="column of y (default: 2)")
    option("--sigma", help="column of the errors of y, or of their ratios")
    option(
        "--absolute-sigma",
        action="store_true",
        help="the errors are known; without this their size is taken from the residuals",
    )
    option("--bounds", default="", metavar="b=0:10,c=:5", help="bounds of parameters")
    option("--seed", type=int, default=0, help="of the initial simplices (default: 0)")
    option("--plot", metavar="FILE.png", help="draw data, curve and residuals")
    option("--json", action="store_true", help="print everything as JSON")
    command.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Run the command."""
    if arguments.plot:
        require("matplotlib", extra="fit")
    start = parse_start(arguments.start)
    bounds = parse_bounds(arguments.bounds, start)
    table = read(arguments.data)
    data = Data(table, arguments, start)
    data.model(np.array(list(start.values())))  # what is wrong with the formula shows here
    try:
        result = fit(
            data.model_or_nan,
            data.y,
            start,
            sigma=data.sigma,
            absolute=arguments.absolute_sigma,
            bounds=bounds,
            seed=arguments.seed,
        )
    except (TypeError, ValueError) as error:
        raise BadInput(str(error)) from error
    if arguments.json:
        print(json.dumps(data.as_dict() | as_dict(result), indent=2))
    else:
        weighted = arguments.sigma is not None
        print(data.heading() + report(result, arguments.absolute_sigma, weighted))
    if arguments.plot:
        data.draw(result).savefig(arguments.plot)
        if not arguments.json:
            print(f"Picture: {arguments.plot}")
    return 0 if result.status is Status.SUCCESS else 1


class Data:
    """The columns that a formula needs, and the formula."""

    def __init__(self, table: Table, arguments: Any, start: dict[str, float]) -> None:
        self.table, self.file = table, arguments.data
        x, y = table.column(arguments.x, "--x"), table.column(arguments.y, "--y")
        variables = {"x": x} | columns_by_name(table.names, {*start, "x"})
        self.formula = Expression(arguments.formula, [*start, *variables])
        self.used = {name: i for name, i in variables.items() if name in self.formula.names}
        unused = [name for name in start if name not in self.formula.names]
        if unused:
            raise BadInput(f"--start {unused[0]}: the formula has no {unused[0]}")
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

    def heading(self) -> str:
        """Return what was fitted to what."""
        (x, y), left = self.titles, self.table.left_out
        text = f"{y} = {self.formula.text}, x = {x}: {self.y.size} rows of {self.file}\n"
        if left:
            rows = ", ".join(f"line {line} ({why})" for line, why in list(left.items())[:5])
            many, more = "rows" if len(left) > 1 else "row", ", ..." if len(left) > 5 else ""
            text += f"{len(left)} {many} left out: {rows}{more}\n"
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
        from ..fitting.picture import draw

        params = dict(zip(self.names, result.params, strict=True))
        curve: Callable[[Array], Array] | None = None
        if set(self.used) <= {"x"}:

            def curve(x: Array) -> Array:
                return evaluate(self.formula, {"x": x} | params, x.size)

        title = ", ".join(
            f"{name} = {value:.4g}" + (f" ± {error:.2g}" if math.isfinite(error) else "")
            for name, value, error in zip(
                result.names, result.params, result.uncertainties, strict=True
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


def columns_by_name(names: list[str], taken: set[str]) -> dict[str, int]:
    """Return the columns that a formula can use by their names."""
    normal = {normalize("NFKC", name): i for i, name in enumerate(names)}  # as Python reads them
    taken = taken | set(FUNCTIONS) | set(CONSTANTS)
    return {name: i for name, i in normal.items() if name.isidentifier() and name not in taken}


def parse_start(text: str) -> dict[str, float]:
    """Return names and numbers of ``a=1,b=2``."""
    start: dict[str, float] = {}
    for name, value in _pairs("--start", text, "a=1,b=1"):
        if not name.isidentifier() or name in FUNCTIONS or name in CONSTANTS or name == "x":
            raise BadInput(f"--start {name}=...: {name!r} cannot be a parameter; use another name")
        if name in start:
            raise BadInput(f"--start has {name} twice")
        number = _number(f"--start {name}", value)
        assert number is not None
        start[name] = number
    if not start:
        raise BadInput("--start is empty; give the parameters, as in --start a=1,b=1")
    return start


def parse_bounds(text: str, start: dict[str, float]) -> dict[str, Bound]:
    """Return lower and upper bounds of ``b=0:10,c=:5``; what is left empty is not bounded."""
    bounds: dict[str, Bound] = {}
    for name, value in _pairs("--bounds", text, "b=0:10"):
        if name not in start:
            raise BadInput(f"--bounds {name}: there is no such parameter in --start")
        low, colon, high = value.partition(":")
        if not colon:
            raise BadInput(f"--bounds {name}={value}: write lower:upper, as in {name}=0:10")
        ends = [_number(f"--bounds {name}", end) if end.strip() else None for end in (low, high)]
        bounds[name] = ends[0], ends[1]
        lower, upper = (-math.inf if ends[0] is None else ends[0]), ends[1]
        if not lower <= start[name] <= (math.inf if upper is None else upper):
            raise BadInput(f"--start {name}={start[name]:g} is out of its bounds {value}")
    return bounds


def _pairs(option: str, text: str, example: str) -> list[tuple[str, str]]:
    parts = [part.strip() for part in text.split(",") if part.strip()]
    for part in parts:
        if "=" not in part:
            raise BadInput(f"{option} has {part!r}; write name=value, as in {option} {example}")
    pairs = [part.partition("=") for part in parts]
    return [(normalize("NFKC", name.strip()), value.strip()) for name, _, value in pairs]


def _number(what: str, text: str) -> float | None:
    try:
        value = float(text)
    except ValueError:
        value = math.nan
    if not math.isfinite(value):
        raise BadInput(f"{what} is {text!r}; it must be a number")
    return value
