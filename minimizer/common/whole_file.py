"""Writing a file whole or not at all."""

from __future__ import annotations

import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path


@contextmanager
def whole_file(path: str | Path) -> Iterator[str]:
    """Yield the name of a file beside `path` to write to; at the end it replaces `path`.

    If anything is raised before that, it is removed, and `path` is left as it was. It has the
    suffix of `path`, as suffixes select formats. If `path` is no regular file, such as a pipe, it
    is written directly.

    Raises
    ------
    OSError
        If it cannot be written, with the name of `path`.

    Examples
    --------
    >>> import tempfile
    >>> folder = Path(tempfile.mkdtemp())
    >>> with whole_file(folder / "a.txt") as name:
    ...     _ = Path(name).write_text("whole")
    >>> [file.name for file in folder.iterdir()]
    ['a.txt']
    """
    place = Path(os.path.realpath(path))
    if place.exists() and not place.is_file():
        yield str(place)
        return
    aside = place.with_name(f".{secrets.token_hex(4)}-{place.name}")
    try:
        aside.touch(exist_ok=False)
        yield str(aside)
        with suppress(FileNotFoundError):
            aside.chmod(place.stat().st_mode)
        aside.replace(place)
    except OSError as error:
        raise OSError(error.errno, error.strerror or str(error), str(path)) from error
    finally:
        with suppress(OSError):
            aside.unlink()


def check_place(path: str | Path) -> str | None:
    """Return why a file cannot be written at a place, None if it can.

    Examples
    --------
    >>> check_place("no-such-folder/a.txt")
    'there is no folder no-such-folder'
    """
    place = Path(os.path.realpath(path))
    if place.is_dir():
        return "it is a folder"
    if not place.parent.is_dir():
        return f"there is no folder {Path(path).parent}"
    if place.exists() and not os.access(place, os.W_OK):
        return "it is write-protected"
    if place.exists() and not place.is_file():
        return None
    try:
        with whole_file(place.with_name(f".{secrets.token_hex(4)}-{place.name}")):
            raise _Tried
    except _Tried:
        return None
    except OSError as error:
        return f"nothing can be written to its folder ({error.strerror})"


class _Tried(Exception):  # noqa: N818
    """Raised to end a trial without leaving a file."""
