"""Writing a header and the file of its pixels: the header comes last and is never alone."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


@contextmanager
def file_pair(path: str | Path) -> Iterator[str]:
    """Yield the name of a header to write in a folder of its own; then move all files to `path`.

    The other files have the name of the header with other suffixes, as it refers to them.

    Raises
    ------
    OSError
        If they cannot be written, with the name of `path`.
    """
    place = Path(os.path.realpath(path))
    try:
        with tempfile.TemporaryDirectory(dir=place.parent, prefix=".") as folder:
            header = Path(folder) / place.name
            yield str(header)
            for file in sorted(Path(folder).iterdir(), key=lambda file: file == header):
                file.replace(place.with_name(file.name))
    except OSError as error:
        raise OSError(error.errno, error.strerror or str(error), str(path)) from error
