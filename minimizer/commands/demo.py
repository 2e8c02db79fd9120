"""The command ``demo``."""

from __future__ import annotations

import argparse

from .picture_path import picture_file

EXAMPLE = "python -m minimizer demo --output minimizer-demo.png"


def add(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the command."""
    command = commands.add_parser(
        "demo",
        help="register a photograph with a noisy copy of it, turned by 60 degrees",
        description="Register scikit-image's astronaut with a copy that is turned by 60 degrees "
        "and noisy, print what was found next to what is true, and draw a picture. The exit code "
        "is 0 if it was found.",
        epilog=f"example: {EXAMPLE}",
    )
    command.add_argument(
        "-o",
        "--output",
        metavar="PICTURE.png",
        default="minimizer-demo.png",
        help="file for the picture (default: %(default)s, here)",
    )
    command.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Run the command."""
    from .demo_scene import demo

    return demo(picture_file(arguments.output, extra="demo"))
