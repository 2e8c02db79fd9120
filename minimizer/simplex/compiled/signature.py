"""The type of a compiled function as the loops see it, a pointer, and its address."""

from __future__ import annotations

import re
from typing import Any
from weakref import WeakKeyDictionary

import numba
from numba import types
from numba.core import errors

from .entry_points import PARAMS, address_of
from .function import NotCompilableError
from .function_pointers import Pointer

_known: WeakKeyDictionary[Any, dict[Any, tuple[Any, Pointer, int]]] = WeakKeyDictionary()


def argument_types(args: tuple[Any, ...]) -> tuple[Any, ...]:
    """Return the types of arguments as numba sees them."""
    try:
        return tuple(numba.typeof(arg) for arg in args)
    except ValueError as error:
        raise NotCompilableError(f"args: {first_line(error)}") from error


def pointer_to(fun: Any, arg_types: tuple[Any, ...]) -> tuple[Pointer, int]:
    """Compile a function for an array and arguments of these types; return type and address."""
    known = _known.setdefault(fun, {})
    signature = (PARAMS, *arg_types)
    if signature not in known or known[signature][0] is not fun.overloads.get(signature):
        result = compiled(fun, signature)
        pointer = Pointer(result.signature.return_type, signature)
        known[signature] = result, pointer, address_of(result)
    return known[signature][1:]


def compiled(fun: Any, signature: tuple[Any, ...]) -> Any:
    """Compile a function."""
    if fun.targetoptions.get("forceobj"):
        raise NotCompilableError("it is compiled in object mode")
    try:
        fun.compile(signature)
        result = fun.overloads[signature]
    except (errors.NumbaError, TypeError, KeyError, RuntimeError) as error:
        raise NotCompilableError(first_line(error)) from error
    returned = result.signature.return_type
    if not isinstance(returned, types.Float | types.Integer | types.Boolean):
        raise NotCompilableError(f"it returns {returned}, not a real number")
    return result


def first_line(error: BaseException) -> str:
    """Return the first line of a message that says what is wrong, without numba's colours."""
    lines = [line.strip() for line in re.sub(r"\x1b\[[0-9;]*m", "", str(error)).splitlines()]
    said = (line for line in lines if line and not line.startswith("Failed in nopython mode"))
    return next(said, type(error).__name__)
