"""The user's function, if numba has compiled it; numba is not imported for any other."""

from __future__ import annotations

import re
import sys
import warnings
from collections.abc import Callable
from typing import Any
from weakref import WeakKeyDictionary

from ...common.arrays import Array

_ESCAPES = re.compile(r"\x1b\[[0-9;]*m")  # colours, in numba's messages
_known: WeakKeyDictionary[Any, dict[Any, tuple[Any, Any, int]]] = WeakKeyDictionary()


class CompiledFunction:
    """A compiled function with its further arguments, to call or to compile runs around.

    Raises
    ------
    NotCompilableError
        If it cannot be compiled for these arguments, with the reason.
    """

    def __init__(self, fun: Callable[..., Any], args: tuple[Any, ...]) -> None:
        self.fun, self.args = fun, args
        self.pointer, self.address = pointer_to(fun, argument_types(args))

    def __call__(self, params: Array) -> Any:
        """Evaluate the function; for runs with a callback, progress or trace."""
        return self.fun(params, *self.args)

    def __reduce__(self) -> tuple[Any, ...]:
        return CompiledFunction, (self.fun, self.args)


class NotCompilableError(Exception):
    """The reason why no run can be compiled around a function."""


def is_compiled(fun: Any) -> bool:
    """Return whether numba has compiled a function."""
    numba = sys.modules.get("numba")
    return numba is not None and isinstance(fun, numba.core.registry.CPUDispatcher)


def compiled_function(fun: Any, args: tuple[Any, ...], stacklevel: int) -> CompiledFunction | None:
    """Return the function to compile runs around, None if it is not compiled or cannot be."""
    if not is_compiled(fun):
        return None
    try:
        return CompiledFunction(fun, args)
    except NotCompilableError as why:
        warnings.warn(
            f"fun is compiled, but a run cannot be compiled around it: {why}. It is called from "
            "Python, which takes longer",
            RuntimeWarning,
            stacklevel=stacklevel,
        )
        return None


def argument_types(args: tuple[Any, ...]) -> tuple[Any, ...]:
    """Return the types of arguments as numba sees them."""
    import numba

    try:
        return tuple(numba.typeof(arg) for arg in args)
    except ValueError as error:
        raise NotCompilableError(f"args: {first_line(error)}") from error


def pointer_to(fun: Any, arg_types: tuple[Any, ...], fills: bool = False) -> tuple[Any, int]:
    """Compile a function for an array and arguments of these types; return type and address.

    It must return a real number, unless it `fills` its last argument.
    """
    from .entry_points import PARAMS, address_of
    from .function_pointers import Pointer

    known = _known.setdefault(fun, {})
    signature = (PARAMS, *arg_types)
    if signature not in known or known[signature][0] is not fun.overloads.get(signature):
        result = _compiled(fun, signature, fills)
        pointer = Pointer(result.signature.return_type, signature)
        known[signature] = result, pointer, address_of(result)
    return known[signature][1:]


def _compiled(fun: Any, signature: tuple[Any, ...], fills: bool) -> Any:
    from numba import types
    from numba.core import errors

    if fun.targetoptions.get("forceobj"):
        raise NotCompilableError("it is compiled in object mode")
    try:
        fun.compile(signature)
        result = fun.overloads[signature]
    except (errors.NumbaError, TypeError, KeyError, RuntimeError) as error:
        raise NotCompilableError(first_line(error)) from error
    returned = result.signature.return_type
    if fills and returned != types.none:
        raise NotCompilableError(f"it returns {returned}; it must fill its last argument instead")
    if not fills and not isinstance(returned, types.Float | types.Integer | types.Boolean):
        raise NotCompilableError(f"it returns {returned}, not a real number")
    return result


def first_line(error: BaseException) -> str:
    """Return the first informative line of an error message, without colours."""
    lines = [line.strip() for line in _ESCAPES.sub("", str(error)).splitlines()]
    said = (line for line in lines if line and not line.startswith("Failed in nopython mode"))
    return next(said, type(error).__name__)
