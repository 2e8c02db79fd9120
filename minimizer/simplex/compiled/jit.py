"""How the one source is compiled and cached."""

from __future__ import annotations

import contextlib
import dis
import inspect
from collections import Counter
from pathlib import Path
from types import FunctionType
from typing import Any

import numba
from numba.extending import overload_method

from ...common.one_source import COMPILABLE
from .state_type import State

# Neither fastmath nor contraction of products and sums: every bit must be Python's.
_OPTIONS: dict[str, Any] = {"error_model": "numpy"}
_INTERNAL: dict[str, Any] = _OPTIONS | {"no_cpython_wrapper": True, "no_cfunc_wrapper": True}


def compiled_source(*callers: str) -> dict[str, Any]:
    """Return the functions of the algorithm by name, as compiled code calls them.

    They are twins of the functions in Python, of the same code, that call each other's twins. A
    function that is called at one place only, by another or by `callers`, is inlined there: nothing
    is compiled twice.
    """
    from .. import counting, rounds, run_spec  # noqa: F401  # all that there is must be marked

    calls = Counter(callers)
    for function in COMPILABLE:
        calls.update(_names_in(function))
    twins: dict[str, Any] = {}
    modules: dict[str, dict[str, Any]] = {}
    for function in COMPILABLE:
        names = modules.setdefault(function.__module__, dict(function.__globals__))
        twin = FunctionType(function.__code__, names, function.__name__)
        once = calls[function.__name__] == 1
        twins[function.__name__] = part(twin) if once else jit(twin)
    for names in modules.values():
        names.update((name, twin) for name, twin in twins.items() if name in names)
    return twins


def _names_in(function):
    """Return the names that a function looks up, once for each place."""
    return [step.argval for step in dis.get_instructions(function) if isinstance(step.argval, str)]


def part(function):
    """Inline a function into its callers."""
    return numba.njit(**_OPTIONS, inline="always")(function)


def kernel(function):
    """Register a function as the compiled form of a kernel, a method of a state."""

    def implementation(*args):
        return function

    implementation.__signature__ = inspect.signature(function)  # type: ignore[attr-defined]
    overload_method(State, function.__name__, jit_options=_INTERNAL)(implementation)
    return function


def jit(function):
    """Compile a function that only compiled code calls."""
    return numba.njit(**_INTERNAL)(function)


def leaf(function):
    """Compile a function that only compiled code calls into the code of its callers."""
    return numba.njit(**_INTERNAL, forceinline=True)(function)


def entry(function):
    """Compile a function that Python calls; it releases the lock."""
    return _cached(function, nogil=True)


def short_entry(function):
    """Compile a short function that Python calls; it keeps the lock."""
    return _cached(function, nogil=False)


def _cached(function, nogil):
    dispatcher = numba.njit(**_OPTIONS, nogil=nogil)(function)
    try:
        dispatcher.enable_caching()
    except RuntimeError:  # there is no place for the cache that can be written to
        return dispatcher
    cache_file = getattr(dispatcher._cache, "_cache_file", None)
    if cache_file is not None and hasattr(cache_file, "_source_stamp"):
        # It holds as long as no file of the package changes, not just the function's own.
        cache_file._source_stamp = _STAMP
        _drop_unreadable(cache_file)
    return dispatcher


def _drop_unreadable(cache_file):
    """Empty a cache left by another version of the package, whose types no longer exist."""
    try:
        cache_file._load_index()
    except Exception:
        with contextlib.suppress(OSError):
            cache_file.flush()


def _stamp_of_package():
    """Return a stamp that changes when a source file does."""
    files = [path.stat() for path in Path(__file__).parents[2].rglob("*.py")]
    return max(file.st_mtime for file in files), sum(file.st_size for file in files)


_STAMP = _stamp_of_package()
