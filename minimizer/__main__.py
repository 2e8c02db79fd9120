"""The command line: ``python -m minimizer COMMAND``."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence

EXAMPLES = """\
an example of each:
  python -m minimizer demo --output minimizer-demo.png

python -m minimizer COMMAND -h tells more about a command.
"""


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command and return its exit code.

    Examples
    --------
    >>> main([])  # doctest: +ELLIPSIS
    usage: ...
    0
    """
    parser = make_parser()
    arguments = parser.parse_args(argv)
    if arguments.command is None:
        parser.print_help()
        return 0
    try:
        return int(arguments.run(arguments))
    except (ImportError, OSError) as error:
        print(f"{parser.prog} {arguments.command}: {error}", file=sys.stderr)
        return 1


def make_parser() -> argparse.ArgumentParser:
    """Return the parser; each command sets `run`, a function of its arguments."""
    parser = argparse.ArgumentParser(
        prog="python -m minimizer",
        description="ImageJ's Nelder-Mead minimizer, and image registration with it.",
        epilog=EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    commands = parser.add_subparsers(dest="command", title="commands", metavar="COMMAND")
    add_demo(commands)
    return parser


def add_demo(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the command ``demo``."""
    command = commands.add_parser(
        "demo",
        help="register a photograph with a noisy copy of it, turned by 60 degrees",
        description="Register scikit-image's astronaut with a copy that is turned by 60 degrees "
        "and noisy, print what was found next to what is true, and draw a picture. The exit code "
        "is 0 if it was found.",
        epilog="example: python -m minimizer demo --output minimizer-demo.png",
    )
    command.add_argument(
        "-o",
        "--output",
        metavar="PICTURE.png",
        default="minimizer-demo.png",
        help="file for the picture (default: %(default)s, here)",
    )
    command.set_defaults(run=run_demo)


def run_demo(arguments: argparse.Namespace) -> int:
    """Run the command ``demo``."""
    from .demo import demo

    return demo(arguments.output)


if __name__ == "__main__":
    sys.exit(main())
