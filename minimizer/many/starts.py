"""Starts and arguments of many problems, checked."""

from __future__ import annotations

import warnings
from typing import Any

import numpy as np

from ..common import checks
from ..common.arrays import Array
from ..common.bounds import Box


def arguments(args: Any) -> tuple[Array, ...]:
    """Return the arguments as arrays with problems along the first axis."""
    given = args if isinstance(args, tuple | list) else (args,)
    arrays = tuple(np.asarray(arg) for arg in given)
    for i, arg in enumerate(given):
        if np.ndim(arg) == 0:
            raise ValueError(
                f"args[{i}] is a single value; it must have one element per problem: np.full(P, …)"
            )
        if len(arrays[i]) != len(arrays[0]):
            raise ValueError(
                f"args[{i}] has {len(arrays[i])} elements, args[0] has {len(arrays[0])}; each must "
                f"have one per problem: if args[{i}] is the same for all, give np.broadcast_to(a, "
                f"({len(arrays[0])}, *np.shape(a)))"
            )
    return arrays


def starts_of(x0: Any, variations: Any, args: tuple[Array, ...]) -> tuple[Array, Array | None]:
    """Return starts (P, n), and sizes (P, n) if given; P comes from any array that has it."""
    given = {"x0": matrix("x0", x0)}
    start = given["x0"]
    checks.initial_params("x0", start.ravel() if start.size else np.zeros(1))
    if variations is not None:
        size = given["initial_param_variations"] = matrix("initial_param_variations", variations)
        checks.variations("initial_param_variations", size.ravel())
        if size.shape[-1] != start.shape[-1]:
            raise ValueError(
                f"initial_param_variations has {size.shape[-1]} elements per problem, x0 has "
                f"{start.shape[-1]}; they must agree"
            )
    lengths = {"args": len(args[0])} if args else {}
    lengths |= {name: len(array) for name, array in given.items() if array.ndim == 2}
    if len(set(lengths.values())) > 1:
        raise ValueError(f"numbers of problems differ: {lengths}; they must agree")
    shape = next(iter(lengths.values()), 1), start.shape[-1]
    starts, *sizes = (np.broadcast_to(array, shape) for array in given.values())
    return starts, sizes[0] if sizes else None


def matrix(name: str, value: Any) -> Array:
    """Return an array (n,) or (P, n) of floats."""
    array = np.asarray(value)
    if array.dtype.kind not in "biuf" or array.ndim not in (1, 2) or array.shape[-1] == 0:
        raise ValueError(
            f"{name} has shape {array.shape} and type {array.dtype}; it must be numbers (n,), or "
            "(P, n) for P problems"
        )
    return array.astype(np.float64)


def moved_in(starts: Array, box: Box | None) -> Array:
    """Return the starts, moved into the box; a warning says how many were outside."""
    if box is None:
        return starts
    outside = np.any((starts < box.lower) | (starts > box.upper), axis=1)
    if not outside.any():
        return starts
    warnings.warn(
        f"x0: {int(outside.sum())} of {len(starts)} starts are out of bounds and moved in",
        RuntimeWarning,
        stacklevel=3,
    )
    return np.where(outside[:, np.newaxis], box.clip(starts), starts)
