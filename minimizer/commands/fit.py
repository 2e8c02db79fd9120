"""The command ``fit``."""

from __future__ import annotations

import argparse
import json
from dataclasses import asdict

from ..common.errors import BadInput
from ..common.status import Status
from ..fitting.curve import as_dict
from ..fitting.data import Data
from ..fitting.expression import CONSTANTS, FUNCTIONS
from ..fitting.report import report
from ..fitting.table import read
from .fit_arguments import parse_bounds, parse_start
from .picture_path import picture_file

EXAMPLE = 'python -m minimizer fit DATA.csv "a*exp(-b*x)+c" --start a=1,b=1,c=0 --plot FIT.png'


def add(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the command."""
    command = commands.add_parser(
        "fit",
        help="fit a formula to the columns of a CSV file",
        description="Fit a formula to data by least squares and print the parameters with their "
        "uncertainties, correlations, the residual standard deviation and the number of correct "
        "digits. The exit code is 0 if the fit converged, 1 if not, 2 for bad input.",
        epilog=f"functions: {', '.join(FUNCTIONS)}; constants: {', '.join(CONSTANTS)}. "
        f"example: {EXAMPLE}",
    )
    option = command.add_argument
    option("data", metavar="DATA.csv", help="table with commas, semicolons, tabs or blanks")
    option("formula", help="of parameters, x and other columns by name, such as a*exp(-b*x)+c")
    option("--start", required=True, metavar="a=1,b=1", help="parameters and where to start")
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


def run(arguments: argparse.Namespace) -> int:
    """Run the command."""
    picture = picture_file(arguments.plot, extra="fit") if arguments.plot else None
    if arguments.absolute_sigma and arguments.sigma is None:
        raise BadInput("--absolute-sigma needs --sigma, the column of the errors")
    start, bounds = parse_start(arguments.start), parse_bounds(arguments.bounds)
    data = Data(
        read(arguments.data),
        arguments.formula,
        start,
        x=arguments.x or None,
        y=arguments.y or None,
        sigma=arguments.sigma,
    )
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
        data.draw(result).savefig(picture)
        if not arguments.json:
            print(f"Picture: {picture}")
    return 0 if result.status is Status.SUCCESS else 1
