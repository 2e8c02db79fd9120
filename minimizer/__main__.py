"""The command line: ``python -m minimizer COMMAND``."""

from __future__ import annotations

import argparse
import re
import sys
from collections.abc import Sequence

from . import __version__
from .commands import COMMANDS
from .common.errors import BadInput

INTERRUPTED = 130  # as shells have it
FORMULA = re.compile(r"-(?!-|h$)")

EPILOG = """\
an example of each:
{examples}

python -m minimizer COMMAND -h tells more about a command.
"""


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command and return its exit code.

    Parameters
    ----------
    argv : sequence of str, optional
        Arguments; by default those of the command line.

    Returns
    -------
    int
        0 success; 1 no success, or a package or file is missing; 2 bad input; 130 Ctrl-C.

    Examples
    --------
    >>> main([])  # doctest: +ELLIPSIS
    usage: ...
    0
    """
    parser = make_parser()
    arguments = parser.parse_args(plain(sys.argv[1:] if argv is None else argv))
    if arguments.command is None:
        parser.print_help()
        return 0
    try:
        return int(arguments.run(arguments))
    except BadInput as error:
        print(f"{parser.prog} {arguments.command}: error: {error}", file=sys.stderr)
        return 2
    except (ImportError, OSError) as error:
        print(f"{parser.prog} {arguments.command}: {error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print(f"{parser.prog} {arguments.command}: interrupted", file=sys.stderr)
        return INTERRUPTED


def plain(argv: Sequence[str]) -> list[str]:
    """Return arguments with a blank before formulas like -a*x, which argparse takes for options."""
    is_fit = argv[:1] == ["fit"]
    return [f" {text}" if is_fit and FORMULA.match(text) else text for text in argv]


def make_parser() -> argparse.ArgumentParser:
    """Return the parser; each command sets `run`, a function of its arguments."""
    parser = argparse.ArgumentParser(
        prog="python -m minimizer",
        description="ImageJ's Nelder-Mead minimizer, and what can be done with it.",
        epilog=EPILOG.format(examples="\n".join(f"  {command.EXAMPLE}" for command in COMMANDS)),
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--version", action="version", version=f"minimizer {__version__}")
    commands = parser.add_subparsers(dest="command", title="commands", metavar="COMMAND")
    for command in COMMANDS:
        command.add(commands)
    return parser


if __name__ == "__main__":
    sys.stdout.reconfigure(errors="replace")  # type: ignore[union-attr]  # ± on an ASCII terminal
    sys.exit(main())
