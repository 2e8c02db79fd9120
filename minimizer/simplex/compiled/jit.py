"""How functions of this package are compiled and cached."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numba

# Neither fastmath nor contraction of products and sums: every bit is to be Python's.
_OPTIONS: dict[str, Any] = {"error_model": "numpy"}
_INTERNAL: dict[str, Any] = {"no_cpython_wrapper": True, "no_cfunc_wrapper": True}


def jit(function):
    """Compile a function that only compiled code calls, without wrappers for Python."""
    return _cached(numba.njit(**_OPTIONS, **_INTERNAL)(function))


def leaf(function):
    """Compile a small function that is called at every evaluation into the code of its callers."""
    return _cached(numba.njit(**_OPTIONS, **_INTERNAL, forceinline=True)(function))


def part(function):
    """Let a function be a part of the only one that calls it: nothing is compiled twice."""
    return numba.njit(**_OPTIONS, inline="always")(function)


def entry(function):
    """Compile a function that Python calls; it releases the lock."""
    return _cached(numba.njit(**_OPTIONS, nogil=True)(function))


def _cached(dispatcher):
    """Keep what is compiled in numba's cache, if there is a place for it that can be written to.

    It holds as long as no file of the package changes, not just the function's own: compiled code
    holds the code of the functions that it calls, and constants from elsewhere.
    """
    try:
        dispatcher.enable_caching()
    except RuntimeError:
        return dispatcher
    cache_file = getattr(dispatcher._cache, "_cache_file", None)
    if cache_file is not None and hasattr(cache_file, "_source_stamp"):
        cache_file._source_stamp = _STAMP
    return dispatcher


def _stamp_of_package():
    """Return what changes when a source file does."""
    files = [path.stat() for path in Path(__file__).parents[1].rglob("*.py")]
    return max(file.st_mtime for file in files), sum(file.st_size for file in files)


_STAMP = _stamp_of_package()
