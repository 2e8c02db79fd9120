"""A file through which a worker process sends its answers to the caller as they come.

One row of numbers per answer: its number, value, whether it aborts, a checksum of the point, extra
elements. A row is written at once, so answers that arrived are kept when the worker dies; as rows
are numbered, the worker that resumes a run may repeat them.
"""

from __future__ import annotations

import contextlib
import os
import struct
import zlib
from pathlib import Path
from typing import BinaryIO, NamedTuple

from ..common.arrays import Array

STOP = "stop"  # name of a file that tells the workers to end


class Answer(NamedTuple):
    """The function's answer at one point; `extra` are the extra elements that it wrote.

    `check` is `check_of` the point and all points of the run before it.
    """

    value: float
    aborts: bool
    extra: tuple[float, ...] = ()
    check: int = 0


def check_of(params: Array, before: int) -> int:
    """Return a checksum of the points of a run: of this one (n,), and of those before it."""
    return zlib.crc32(params.data, before)


def packer(extra: int) -> struct.Struct:
    """Return the form of a row."""
    return struct.Struct(f"<{4 + extra}d")


def row(form: struct.Struct, number: int, answer: Answer) -> bytes:
    """Return an answer as a row."""
    return form.pack(number, answer.value, answer.aborts, answer.check, *answer.extra)


def parse(form: struct.Struct, rows: bytes, known: list[Answer]) -> int:
    """Append new answers to `known`; return how many bytes were whole rows."""
    whole = len(rows) // form.size * form.size
    for number, value, aborts, check, *extra in form.iter_unpack(rows[:whole]):
        if number == len(known):
            known.append(Answer(value, bool(aborts), tuple(extra), int(check)))
    return whole


class Writer:
    """The worker's end. Where the caller's files are out of reach, it does nothing."""

    def __init__(self, path: str | None, form: struct.Struct, known: list[Answer]) -> None:
        self._file: BinaryIO | None = None
        self._form = form
        with contextlib.suppress(OSError):
            if path is not None and os.path.exists(path):
                os.truncate(path, parse(form, Path(path).read_bytes(), known))
                self._file = open(path, "ab", buffering=0)  # noqa: SIM115

    def write(self, number: int, answer: Answer) -> None:
        """Send an answer; on a full disk the rest comes at the end of the run, as the result."""
        if self._file is not None:
            try:
                self._file.write(row(self._form, number, answer))
            except OSError:
                self.close()

    def close(self) -> None:
        """Close the file."""
        if self._file is not None:
            self._file.close()
            self._file = None


class Reader:
    """The caller's end."""

    def __init__(self, path: Path, form: struct.Struct) -> None:
        self._path, self._form, self._place = path, form, 0
        with contextlib.suppress(OSError):  # a full disk: answers come at the end
            path.touch()

    def read(self, known: list[Answer]) -> None:
        """Append new answers to `known`."""
        with contextlib.suppress(OSError), self._path.open("rb") as file:
            file.seek(self._place)
            self._place += parse(self._form, file.read(), known)

    def all_after(self, known: list[Answer]) -> list[Answer]:
        """Return the known answers and all after them in the file, without advancing."""
        answers = known.copy()
        with contextlib.suppress(OSError):
            parse(self._form, self._path.read_bytes(), answers)
        return answers
