"""Arguments that ``register`` and ``register-stack`` have in common, and what becomes of them."""

from __future__ import annotations

import argparse
import importlib
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Protocol

from ..common.errors import BadInput
from ..common.extras import require
from ..common.status import Status
from ..registration.metrics import METRICS
from ..registration.transforms import TRANSFORMS


class Judged(Protocol):
    """A result, as far as the exit code is concerned."""

    @property
    def status(self) -> Status:
        """How the minimization ended."""

    @property
    def ambiguous(self) -> bool:
        """Whether another place is about as good."""

    @property
    def message(self) -> str:
        """What to think of it."""


def add_common(command: argparse.ArgumentParser) -> None:
    """Add the arguments."""
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
    command.add_argument(
        "--spacing",
        metavar="S",
        type=numbers,
        help="distance between pixels: one number, or one for each axis, slices first, with "
        "commas (default: what the file says)",
    )
    command.add_argument("--unit", help="name of the unit of --spacing, for example mm")
    command.add_argument(
        "--channel",
        metavar="N",
        type=int,
        help="channel to compare, from 0 (default: the mean of red, green and blue); all channels "
        "are written",
    )
    command.add_argument(
        "--min-overlap",
        metavar="PART",
        type=float,
        default=0.25,
        help="least part of the fixed image that must meet data (default: %(default)s)",
    )
    command.add_argument(
        "--order",
        type=int,
        choices=(0, 1, 3),
        default=3,
        help="how aligned images are interpolated: 0 for labels, 1 linear, 3 cubic (default)",
    )
    command.add_argument("--quiet", action="store_true", help="show no progress")


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


def numbers(text: str) -> tuple[float, ...]:
    """Return numbers with commas between them."""
    try:
        return tuple(float(part) for part in text.split(","))
    except ValueError:
        raise argparse.ArgumentTypeError(
            f"{text!r} must be a number, or numbers with commas between them"
        ) from None


def spacing_of(given: tuple[float, ...], axes: str, name: str) -> dict[str, float]:
    """Return a given spacing for each of the axes."""
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


def need_packages() -> None:
    """Import what files and registration need, or say which extra brings it."""
    for module in ("scipy.ndimage", "tifffile", "imageio", "nibabel", "matplotlib"):
        require(module, extra="cli")


def check_outputs(image: str | None, *others: str | None) -> None:
    """Refuse files that could not be written, before the work is done."""
    from ..registration.files.by_suffix import check_can_write

    if image:
        check_can_write(image)
    for path in others:
        if path and not Path(path).resolve().parent.is_dir():
            raise BadInput(f"{path}: there is no folder {Path(path).resolve().parent}")
    report = others[-1]
    if report and Path(report).suffix.lower() not in (".png", ".pdf", ".svg", ".jpg"):
        raise BadInput(f"{report}: a picture's suffix must be .png, .pdf, .svg or .jpg")


def progress(arguments: argparse.Namespace) -> bool | str:
    """Return what to show: a bar, or without tqdm a line."""
    if arguments.quiet:
        return False
    try:
        importlib.import_module("tqdm")
    except ImportError:
        return "line"
    return True


@contextmanager
def blamed_on(what: str) -> Iterator[None]:
    """Turn complaints about the images or settings into bad input, naming the files."""
    try:
        yield
    except (TypeError, ValueError) as error:
        raise BadInput(f"{error} ({what})") from error


def verdict(result: Judged) -> int:
    """Print what is wrong with a result, and return the exit code."""
    if result.status is Status.SUCCESS and not result.ambiguous:
        return 0
    print(f"not found: {result.message}", file=sys.stderr)
    return 1
