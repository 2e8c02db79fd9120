"""The parser of ``python -m minimizer``, and its arguments."""

from __future__ import annotations

import argparse
import re
from collections.abc import Sequence

from .. import __version__
from . import COMMANDS

FORMULA = re.compile(r"-(?!-|h$)")

EPILOG = """\
an example of each:
{examples}

python -m minimizer COMMAND -h tells more about a command.
"""


def make_parser() -> argparse.ArgumentParser:
    """Return the parser; each command sets `run`, a function of its arguments."""
    parser = argparse.ArgumentParser(
        prog="python -m minimizer",
        description="ImageJ's Nelder-Mead minimizer, and applications of it.",
        epilog=EPILOG.format(examples="\n".join(f"  {command.EXAMPLE}" for command in COMMANDS)),
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--version", action="version", version=f"minimizer {__version__}")
    commands = parser.add_subparsers(dest="command", title="commands", metavar="COMMAND")
    for command in COMMANDS:
        command.add(commands)
    return parser


def plain(argv: Sequence[str]) -> list[str]:
    """Return arguments with a blank before formulas like -a*x, which argparse takes for options."""
    is_fit = argv[:1] == ["fit"]
    return [f" {text}" if is_fit and FORMULA.match(text) else text for text in argv]
