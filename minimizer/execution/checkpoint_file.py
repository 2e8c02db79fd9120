"""The file of a call under way: data in JSON after a header line.

The header has the format, the version of the program and a checksum of the rest, so that a foreign,
damaged or half-written file is refused before it is interpreted. Reading executes nothing: the file
has numbers, words and lists, and arrays of numbers as text.
"""

from __future__ import annotations

import base64
import contextlib
import hashlib
import json
import os
from pathlib import Path
from typing import Any

import numpy as np

from .. import __version__
from ..common.arrays import Array

FORMAT = 1
_NAME = "minimizer checkpoint"
_LONGEST_HEAD = 1000  # bytes
_LITTLE = np.dtype("<f8")


def write(path: Path, data: dict[str, Any]) -> None:
    """Write a file whole, or leave it as it was if anything fails."""
    body = json.dumps(data).encode("ascii")
    head = {_NAME: FORMAT, "version": __version__, "sha256": hashlib.sha256(body).hexdigest()}
    aside = aside_of(path)
    try:
        with aside.open("wb") as file:
            file.write(json.dumps(head).encode("ascii") + b"\n" + body)
            file.flush()
            os.fsync(file.fileno())
        os.replace(aside, path)
    except OSError:
        with contextlib.suppress(OSError):
            aside.unlink()
        raise
    _sync_folder(path.parent)


def read(path: Path) -> dict[str, Any]:
    """Return the data of a file; a ValueError says in one sentence why that is impossible."""
    with path.open("rb") as file:
        head, body = _head_of(path, file.readline(_LONGEST_HEAD)), file.read()
    made, own = (head.get("version"), head[_NAME]), (__version__, FORMAT)
    if made != own:
        raise ValueError(
            f"{str(path)!r} was written by version {str(made[0])[:20]!r} of minimizer, and this is "
            f"{__version__!r}; continue it there, or delete it"
        )
    if head.get("sha256") != hashlib.sha256(body).hexdigest():
        raise damaged(path)
    try:
        data = json.loads(body)
    except (ValueError, RecursionError, MemoryError):
        data = None
    if not isinstance(data, dict):
        raise damaged(path)
    return data


def damaged(path: Path) -> ValueError:
    """Return the error for a damaged file."""
    return ValueError(
        f"{str(path)!r} is damaged and cannot be continued; delete it and begin again"
    )


def remove(path: Path) -> None:
    """Delete a file, and an unfinished one beside it."""
    for each in (path, aside_of(path)):
        with contextlib.suppress(OSError):
            each.unlink()


def aside_of(path: Path) -> Path:
    """Return the path to which a file is written before it is renamed."""
    return path.with_name(f".{path.name}.part")


def as_text(array: Array) -> dict[str, Any]:
    """Return an array (m, k) of numbers as JSON, with all its bits."""
    numbers = base64.b64encode(array.astype(_LITTLE).tobytes()).decode("ascii")
    return {"columns": array.shape[1], "numbers": numbers}


def from_text(text: dict[str, Any]) -> Array:
    """Return an array (m, k); ValueError, TypeError or KeyError if there is none."""
    numbers = np.frombuffer(base64.b64decode(text["numbers"], validate=True), _LITTLE)
    columns = text["columns"]
    if not (type(columns) is int and 0 < columns <= max(len(numbers), 10) * 2):
        raise ValueError(f"there are {columns!r} columns")
    return numbers.reshape(-1, columns).astype(np.float64)


def _head_of(path: Path, line: bytes) -> dict[str, Any]:
    try:
        head = json.loads(line)
    except (ValueError, RecursionError):
        head = None
    if not (isinstance(head, dict) and _NAME in head):
        raise ValueError(f"{str(path)!r} is no checkpoint of minimizer; give another path")
    return head


def _sync_folder(folder: Path) -> None:
    """Make the new name of a file survive a power cut, where the system can."""
    with contextlib.suppress(OSError):
        number = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(number)
        finally:
            os.close(number)
