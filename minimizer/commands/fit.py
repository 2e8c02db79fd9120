"""The command ``fit``."""

from __future__ import annotations

import argparse
import json
from dataclasses import asdict

from ..common.errors import BadInput
from ..common.status import Status
from ..fitting.curve import as_dict
from ..fitting.data import Data
from ..fitting.expression import CONSTANTS
from ..fitting.expression import FUNCTIONS as MATHEMATICS
from ..fitting.functions.registry import FUNCTIONS
from ..fitting.models import is_name
from ..fitting.named_data import NamedData
from ..fitting.report import report
from ..fitting.table import read
from .fit_arguments import parse_bounds, parse_start
from .outputs import check_outputs, picture_file, save_picture

EXAMPLE = "python -m minimizer fit DATA.csv gaussian --plot FIT.png"


def add(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the command."""
    command = commands.add_parser(
        "fit",
        help="fit a function or a formula to the columns of a CSV file",
        description="Fit a built-in function or a formula to data by least squares and print the "
        "parameters with uncertainties, correlations, the residual standard deviation "
        "and the number of correct digits. The exit code is 0 if the fit converged, 1 if not, "
        "2 for bad input.",
        epilog=f"functions: {', '.join(MATHEMATICS)}; constants: {', '.join(CONSTANTS)}. "
        f"example: {EXAMPLE}",
    )
    option = command.add_argument
    option(
        "data", metavar="DATA.csv", nargs="?", help="table with commas, semicolons, tabs or blanks"
    )
    option(
        "formula",
        nargs="?",
        help="a built-in function by its name, such as gaussian, or a formula of parameters, x and "
        "other columns by name, such as a*exp(-b*x)+c",
    )
    option("--list", action="store_true", help="list the built-in functions with their formulas")
    option(
        "--start",
        metavar="a=1,b=1",
        help="start values of a formula's parameters (default: a start is searched for)",
    )
    option("--x", help="column of x, by name or number (default: the first column of data)")
    option("--y", help="column of y (default: the next one)")
    option("--sigma", help="column of the errors of y, or of their ratios")
    option(
        "--absolute-sigma",
        action="store_true",
        help="the errors are known; without this the residuals determine their size",
    )
    option("--bounds", default="", metavar="b=0:10,c=:5", help="bounds of parameters")
    option(
        "--seed",
        type=int,
        default=0,
        help="seed of the starts that confirm the result (default: 0)",
    )
    option("--plot", metavar="FILE.png", help="draw data, curve and residuals")
    option("--json", action="store_true", help="print everything as JSON")
    command.set_defaults(run=run)


def data_of(arguments: argparse.Namespace) -> Data | NamedData:
    """Return the data with the function or the formula to fit."""
    table = read(arguments.data)
    columns = {"x": arguments.x or None, "y": arguments.y or None, "sigma": arguments.sigma}
    if arguments.start is not None:
        return Data(table, arguments.formula, parse_start(arguments.start), **columns)
    if is_name(arguments.formula, ["x", *table.names]):
        return NamedData(table, arguments.formula, **columns)
    return Data(table, arguments.formula, **columns)


def listing() -> str:
    """Return names and formulas of all built-in functions."""
    return "\n".join(f"{row.name:<34}{row.formula}" for row in FUNCTIONS)


def run(arguments: argparse.Namespace) -> int:
    """Run the command."""
    if arguments.list:
        print(listing())
        return 0
    if arguments.data is None or arguments.formula is None:
        raise BadInput("DATA.csv and a function are needed; --list shows the functions")
    picture = picture_file(arguments.plot, extra="fit") if arguments.plot else None
    check_outputs((arguments.data,), {"--plot": picture})
    if arguments.absolute_sigma and arguments.sigma is None:
        raise BadInput("--absolute-sigma needs --sigma, the column of the errors")
    bounds = parse_bounds(arguments.bounds)
    data = data_of(arguments)
    try:
        result = data.fit(absolute=arguments.absolute_sigma, bounds=bounds, seed=arguments.seed)
    except (TypeError, ValueError) as error:
        raise BadInput(str(error)) from error
    signs = data.signs(result)
    if arguments.json:
        more = {"signs_of_residuals": None if signs is None else asdict(signs)}
        print(json.dumps(data.as_dict() | as_dict(result) | more, indent=2))
    else:
        weighted = arguments.sigma is not None
        print(data.heading() + report(result, arguments.absolute_sigma, weighted, signs))
    if picture:
        save_picture(data.draw(result), picture)
        if not arguments.json:
            print(f"Picture: {picture}")
    return 0 if result.status is Status.SUCCESS else 1
