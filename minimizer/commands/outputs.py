"""Files that a command writes: errors are found before the work begins."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from ..common.errors import BadInput
from ..common.extras import require
from ..common.whole_file import check_place, whole_file

if TYPE_CHECKING:
    from matplotlib.figure import Figure


def check_outputs(
    inputs: Iterable[str | None], outputs: Mapping[str, str | Sequence[str] | None]
) -> None:
    """Refuse files that could not be written, or that are read, or are written twice.

    Parameters
    ----------
    inputs : iterable of str
        Files that are read; None means no file.
    outputs : dict
        Files that are written, one or several, by the option that gives them.

    Raises
    ------
    BadInput
    """
    taken = {os.path.realpath(path): "is read, too" for path in inputs if path}
    pairs = [
        (option, path)
        for option, given in outputs.items()
        for path in ([given] if isinstance(given, str) else given or ())
    ]
    for option, path in pairs:
        place = os.path.realpath(path)
        if place in taken:
            raise BadInput(f"{option} {path} {taken[place]}; choose another name")
        taken[place] = f"is also written by {option}"
        if (why := check_place(path)) is not None:
            raise BadInput(f"{option} {path}: {why}")


def picture_file(name: str, extra: str) -> str:
    """Return the name of a file for a picture, with .png if it has no suffix.

    Raises
    ------
    BadInput
        If there is no such format.
    ImportError
        Without matplotlib; the message names the `extra`.
    """
    require("matplotlib", extra=extra)
    from matplotlib.backend_bases import FigureCanvasBase

    path = Path(name)
    if not path.suffix:
        path = path.with_name(f"{path.name}.png")
    if path.suffix[1:].lower() not in FigureCanvasBase.get_supported_filetypes():
        raise BadInput(f"{name}: a picture's suffix must be .png, .pdf, .svg or .jpg")
    return str(path)


def save_picture(figure: Figure, path: str) -> None:
    """Write a picture, whole or not at all."""
    with whole_file(path) as name:
        figure.savefig(name)
