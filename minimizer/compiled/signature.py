"""The type of a compiled function as the loops see it: a pointer."""

from __future__ import annotations

from typing import Any

import numba
from numba import types
from numba.core import errors

from .function import NotCompilableError

PARAMS = types.float64[::1]


def pointer_type(fun: Any, args: tuple[Any, ...]) -> Any:
    """Compile a function for an array and `args`; return its type as a pointer."""
    return pointer_type_for(fun, argument_types(args))


def argument_types(args: tuple[Any, ...]) -> tuple[Any, ...]:
    """Return the types of arguments as numba sees them."""
    try:
        return tuple(numba.typeof(arg) for arg in args)
    except ValueError as error:
        raise NotCompilableError(f"args: {first_line(error)}") from error


def pointer_type_for(fun: Any, arg_types: tuple[Any, ...]) -> Any:
    """Compile a function for an array and arguments of these types."""
    if fun.targetoptions.get("forceobj"):
        raise NotCompilableError("it is compiled in object mode")
    signature = (PARAMS, *arg_types)
    try:
        fun.compile(signature)
        compiled = fun.overloads[signature]
    except (errors.NumbaError, TypeError, KeyError, RuntimeError) as error:
        raise NotCompilableError(first_line(error)) from error
    returned = compiled.signature.return_type
    if not isinstance(returned, types.Float | types.Integer | types.Boolean):
        raise NotCompilableError(f"it returns {returned}, not a real number")
    return types.FunctionType(returned(*signature))


def first_line(error: BaseException) -> str:
    """Return the first line of a message that says what is wrong."""
    lines = [line.strip() for line in str(error).splitlines()]
    said = (line for line in lines if line and not line.startswith("Failed in nopython mode"))
    return next(said, type(error).__name__)
