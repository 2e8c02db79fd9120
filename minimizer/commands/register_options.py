"""Arguments common to ``register`` and ``register-stack``, and their checks."""

from __future__ import annotations

import argparse
import importlib
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Protocol

from ..common.errors import BadInput
from ..common.extras import require
from ..common.status import Status
from ..registration.metrics import METRICS
from ..registration.transforms import TRANSFORMS
from .assignments import parse_ends, parse_values

ORDERS = {"nearest": 0, "linear": 1, "cubic": 3}
"""The orders of the splines, by the names of interpolations."""


ALL = "all"
"""The value of --channel that selects all channels."""


class Outcome(Protocol):
    """The part of a result that determines the exit code."""

    @property
    def status(self) -> Status:
        """How the minimization ended."""

    @property
    def ambiguous(self) -> bool:
        """Whether another alignment is about as good."""

    @property
    def message(self) -> str:
        """Assessment of the result, in words."""


def add_common(command: argparse.ArgumentParser) -> None:
    """Add the common arguments to a command."""
    command.add_argument(
        "--transform",
        choices=tuple(TRANSFORMS),
        default="rigid",
        help="; ".join(f"{row.name}: {row.help}" for row in TRANSFORMS.values())
        + " (default: %(default)s)",
    )
    command.add_argument(
        "--metric",
        choices=tuple(METRICS),
        default="ssd",
        help=f"{metrics_by_use()} (default: %(default)s)",
    )
    add_spacing(command)
    command.add_argument(
        "--channel",
        metavar="N",
        type=parse_channel,
        help="channel to compare, from 0, or 'all' (default: the mean of red, green and blue); all "
        "channels are written",
    )
    command.add_argument(
        "--held",
        metavar="angle=0,…",
        default="",
        help="parameters that are known, by the names that the command prints: degrees, a factor "
        "for scale, pixels or the unit for shifts (shift and angle stand for all of their kind)",
    )
    command.add_argument(
        "--bounds",
        metavar="angle=-5:5,…",
        default="",
        help="parameters that lie between two values, in the same way; an empty side is open",
    )
    command.add_argument(
        "--min-overlap",
        metavar="PART",
        type=float,
        default=0.25,
        help="smallest part of the fixed image that must meet data (default: %(default)s)",
    )
    add_interpolation(command)
    command.add_argument("--quiet", action="store_true", help="show no progress")


def add_spacing(command: argparse.ArgumentParser) -> None:
    """Add the spacing of the images."""
    command.add_argument(
        "--spacing",
        metavar="S",
        type=parse_numbers,
        help="distance between pixels: one number, or comma-separated numbers for all axes, slices "
        "first (default: from the file)",
    )
    command.add_argument("--unit", help="name of the unit of --spacing, for example mm")


def add_moving_spacing(command: argparse.ArgumentParser) -> None:
    """Add the spacing of the moving image."""
    command.add_argument(
        "--moving-spacing", metavar="S", type=parse_numbers, help="the same for MOVING"
    )


def add_interpolation(command: argparse.ArgumentParser) -> None:
    """Add the interpolation of images that are written."""
    command.add_argument(
        "--interpolation",
        choices=tuple(ORDERS),
        default="cubic",
        help="of the image that is written: nearest for labels, linear, or cubic (default)",
    )


def metrics_by_use() -> str:
    """Return the help on the metrics: names with the images they are for."""
    uses: dict[str, list[str]] = {}
    for row in METRICS.values():
        uses.setdefault(row.use, []).append(row.name)
    return "; ".join(f"{alternatives(names)}: {use}" for use, names in uses.items())


def alternatives(names: list[str]) -> str:
    """Return names in words.

    Examples
    --------
    >>> alternatives(["nmi", "mi", "pluim"])
    'nmi, mi or pluim'
    """
    return " or ".join(part for part in (", ".join(names[:-1]), names[-1]) if part)


def parse_numbers(text: str) -> tuple[float, ...]:
    """Return comma-separated numbers."""
    try:
        return tuple(float(part) for part in text.split(","))
    except ValueError:
        raise argparse.ArgumentTypeError(
            f"{text!r} must be a number, or comma-separated numbers"
        ) from None


def parse_channel(text: str) -> int | str:
    """Return the number of a channel, or "all"."""
    if text == ALL:
        return text
    try:
        return int(text)
    except ValueError:
        raise argparse.ArgumentTypeError(f"{text!r} must be a number, or {ALL}") from None


def limits_of(arguments: argparse.Namespace) -> dict[str, Any]:
    """Return the settings of parameters that are held or bounded."""
    held = parse_values("--held", arguments.held, "angle=0")
    bounds = parse_ends("--bounds", arguments.bounds, "angle=-5:5")
    return {"held": held or None, "bounds": bounds or None}


def spacing_of(given: tuple[float, ...], axes: str, name: str) -> dict[str, float]:
    """Return the given spacing per axis."""
    if len(given) == 1:
        given = given * len(axes)
    if len(given) != len(axes):
        raise BadInput(
            f"{name} has {len(given)} numbers; give one, or one for each of the {len(axes)} axes, "
            f"{', '.join(axes)}"
        )
    if not all(0 < value < float("inf") for value in given):
        raise BadInput(f"{name} is {given}; distances between pixels must be positive")
    return dict(zip(axes, given, strict=True))


def require_packages() -> None:
    """Import the packages for files and registration, or name the extra that installs them."""
    for module in ("scipy.ndimage", "tifffile", "imageio", "nibabel", "matplotlib"):
        require(module, extra="cli")


def progress_of(arguments: argparse.Namespace) -> bool | str:
    """Return the progress to show: a bar, or without tqdm a line."""
    if arguments.quiet:
        return False
    try:
        importlib.import_module("tqdm")
    except ImportError:
        return "line"
    return True


@contextmanager
def as_bad_input(files: str) -> Iterator[None]:
    """Turn errors about images or settings into bad input, and name the files."""
    try:
        yield
    except (TypeError, ValueError) as error:
        raise BadInput(f"{error} ({files})") from error


def exit_code(result: Outcome) -> int:
    """Return the exit code, and print the message of a result that is not a success."""
    if result.status is Status.SUCCESS and not result.ambiguous:
        return 0
    print(f"no reliable result: {result.message}", file=sys.stderr)
    return 1
