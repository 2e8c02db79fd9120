"""``python -m minimizer compile``: the algorithm, compiled once and kept in numba's cache."""

from __future__ import annotations

import argparse
from typing import Any

from ..execution.compiled_driver import compile_algorithm

EXAMPLE = "python -m minimizer compile"


def add(commands: Any) -> None:
    """Add the command to the parser."""
    parser: argparse.ArgumentParser = commands.add_parser(
        "compile",
        help="compile the algorithm once, for engine='compiled' and functions compiled by numba",
        description="Compile the algorithm and keep it in numba's cache. It takes some minutes, "
        "once for each version of minimizer, numba and Python. Afterwards engine='compiled' finds "
        "it there, and so does a minimization of a function that numba has compiled.",
    )
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Compile; return 0."""
    before, after = compile_algorithm()
    if before:
        print("The algorithm is already compiled.")
    elif after:
        print("The algorithm is compiled.")
    else:
        print("The algorithm was compiled, but numba cannot write to its cache.")
    return 0 if after else 1
