"""Reading files from any source: damage and false claims end in one line that names the file."""

from __future__ import annotations

import logging
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from textwrap import shorten

from ...common.errors import BadInput

LONGEST = 160  # characters of a reader's own words that are passed on
MOST = 2000  # times its size on the disk: what a packed file may hold (deflate: 1032)


@contextmanager
def reading(path: str | Path, kind: str) -> Iterator[None]:
    """Turn any exception of a reader into bad input, and keep its own messages off the screen."""
    loggers = [logging.getLogger(name) for name in ("tifffile", "nibabel.global", "pydicom")]

    def refuse(record: logging.LogRecord) -> bool:
        return False

    for logger in loggers:
        logger.addFilter(refuse)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            yield
    except (BadInput, FileNotFoundError):
        raise
    except (Exception, MemoryError) as error:
        words = shorten(str(error).strip().partition("\n")[0], LONGEST, placeholder=" …")
        reason = f"{type(error).__name__}: {words}" if words else type(error).__name__
        raise BadInput(f"{path} cannot be read as {kind}: {reason}") from error
    finally:
        for logger in loggers:
            logger.removeFilter(refuse)


def check_claim(path: str | Path, claimed: int, packed: bool = True, begin: int = 0) -> None:
    """Refuse a file whose header claims more bytes than can be in it, before they are requested."""
    size = Path(path).stat().st_size - begin
    if claimed > size * (MOST if packed else 1):
        raise BadInput(
            f"{path} is damaged: its header claims {claimed:,} bytes of pixels, and the file has "
            f"{size:,}"
        )
