"""Paths of pictures: one that cannot be written is refused before the work begins."""

from __future__ import annotations

from pathlib import Path

from ..common.errors import BadInput
from ..common.extras import require


def picture_file(name: str, extra: str) -> str:
    """Return the name of a file for a picture, with .png if it has no suffix.

    Raises
    ------
    BadInput
        If there is no such directory, or no such format.
    ImportError
        Without matplotlib, with the `extra` that has it.
    """
    require("matplotlib", extra=extra)
    from matplotlib.backend_bases import FigureCanvasBase

    path = Path(name)
    if not path.suffix:
        path = path.with_name(f"{path.name}.png")
    if not path.parent.is_dir():
        raise BadInput(f"{name}: there is no directory {path.parent}")
    known = FigureCanvasBase.get_supported_filetypes()
    if path.suffix[1:].lower() not in known:
        raise BadInput(f"{name}: a picture's suffix must be .png, .pdf, .svg or .jpg")
    return str(path)
