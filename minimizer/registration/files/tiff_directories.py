"""The chain of directories in a TIFF file, checked before a reader gets lost in it.

Each directory has a count, entries of fixed length, and the place of the next one. In a damaged
file they may overlap or lead back, and a reader may never end.

References
----------
Adobe, TIFF Revision 6.0 (1992), section 2.
"""

from __future__ import annotations

import os
import struct
from pathlib import Path
from typing import NamedTuple

from ...common.errors import BadInput


class Layout(NamedTuple):
    """How a kind of TIFF file stores its directories: formats of `struct`, lengths in bytes."""

    first: int  # the position of the offset of the first directory
    number: str
    place: str
    entry: int


CLASSIC, BIG = Layout(4, "H", "I", 12), Layout(8, "Q", "Q", 20)


def check_directories(path: str | Path) -> None:
    """Refuse a file whose directories are outside of it, or need more room than it has.

    Raises
    ------
    BadInput
    """
    size = os.path.getsize(path)
    with Path(path).open("rb") as file:

        def read(kind: str, at: int) -> int:
            file.seek(at)
            data = file.read(struct.calcsize(kind))
            return int(struct.unpack(order + kind, data)[0])

        order = "<" if file.read(1) == b"I" else ">"
        try:
            layout = CLASSIC if read("H", 2) == 42 else BIG
            head, tail = struct.calcsize(layout.number), struct.calcsize(layout.place)
            used, place = layout.first + tail, read(layout.place, layout.first)
            while place:
                entries = read(layout.number, place) * layout.entry
                used += head + entries + tail
                if used > size:
                    raise BadInput(f"{path} is damaged: its directories lie over each other")
                place = read(layout.place, place + head + entries)
        except struct.error:
            raise BadInput(f"{path} is damaged: a directory is outside the file") from None
