"""Parameters that are held or bounded, by name and in the units of `Transform.describe`."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

import numpy as np

from ...common.arrays import Array, Mask
from ...common.bounds import Box
from .base import OPEN, Transform

ALIASES = {"angle": "rotation"}

MAX_DISTORTION = 4.0
"""Largest ratio of the two magnifications of an orientation that is worth a search."""

Bounds = Mapping[str, tuple[float | None, float | None]]

Side = tuple[float, float]


def with_limits(
    transform: Transform,
    held: Mapping[str, float] | None = None,
    bounds: Bounds | None = None,
) -> Transform:
    """Return the transform with some parameters held or bounded.

    Parameters
    ----------
    transform : Transform
        The transform.
    held : mapping, optional
        A value per name: degrees for a rotation, a factor for the scale, a length for a shift, the
        entry itself for ``linear_01`` and so on. A name without its number, such as ``shift``,
        stands for all of that kind; ``angle`` is ``rotation``.
    bounds : mapping, optional
        A lower and an upper value per name; None for a side without a bound.

    Raises
    ------
    TypeError
        If one of them is not a mapping, or a bound is not a pair.
    ValueError
        For an unknown name, one that is given twice, a value that is impossible, bounds in the
        wrong order, or if nothing remains free.

    Examples
    --------
    >>> from minimizer.registration.transforms import make_transform
    >>> rigid = with_limits(make_transform("rigid", (65, 65)), {"angle": 0}, {"shift": (-9, None)})
    >>> rigid.limits
    ((0.0, 0.0), (-9.0, inf), (-9.0, inf))
    """
    given: dict[str, Side] = {}
    for argument, name, side in [*held_sides(held), *bounded_sides(bounds)]:
        for each in names_of(transform, argument, name):
            if each in given:
                raise ValueError(f"{each} is limited twice; give it once, in held or in bounds")
            given[each] = internal_side(transform, argument, each, side)
    if not given:
        return transform
    sides = tuple(given.get(name, OPEN) for name in transform.names)
    if all(lower == upper for lower, upper in sides):
        raise ValueError("all parameters are held; leave one free, as there is nothing to find")
    return replace(transform, limits=sides)


def held_sides(held: Any) -> Iterator[tuple[str, str, Side]]:
    """Return argument, name and limits of all that is held."""
    for name, value in mapping_of("held", held, "angle=0").items():
        if not isinstance(value, int | float | np.number) or not math.isfinite(value):
            raise ValueError(f"held[{name!r}] is {value!r}; it must be a finite number")
        yield "held", name, (float(value), float(value))


def bounded_sides(bounds: Any) -> Iterator[tuple[str, str, Side]]:
    """Return argument, name and limits of all that is bounded."""
    for name, given in mapping_of("bounds", bounds, "angle=(-5, 5)").items():
        try:
            ends = zip(given, OPEN, strict=True)
            lower, upper = (float(none if end is None else end) for end, none in ends)
        except (TypeError, ValueError) as error:
            raise TypeError(
                f"bounds[{name!r}] is {given!r}; it must be a pair of numbers, (lower, upper), or "
                "None for a side without a bound"
            ) from error
        if not lower <= upper or math.inf in (lower, -upper):
            raise ValueError(f"bounds[{name!r}] is {given!r}; it must be (lower, upper)")
        yield "bounds", name, (lower, upper)


def mapping_of(argument: str, given: Any, example: str) -> Mapping[str, Any]:
    """Return a mapping, empty for None."""
    if given is not None and not isinstance(given, Mapping):
        raise TypeError(f"{argument} is {given!r}; it must be a mapping, like dict({example})")
    return given or {}


def names_of(transform: Transform, argument: str, name: str) -> list[str]:
    """Return the parameters that a name stands for."""
    wanted = ALIASES.get(name, name)
    if wanted in transform.names:
        return [wanted]
    found = [each for each in transform.names if each.rpartition("_")[0] == wanted]
    if not found:
        described = transform.describe(transform.identity)
        known = ", ".join(
            f"{each} ({unit})" if unit else each for each, (_, unit) in described.items()
        )
        raise ValueError(
            f"{argument} has the name {name!r}, and this transform has no such parameter; its "
            f"parameters are {known}"
        )
    return found


def internal_side(transform: Transform, argument: str, name: str, side: Side) -> Side:
    """Return the limits of one parameter in its own units."""
    lower, upper = side
    if name == "scale":
        if upper <= 0 or (argument == "held" and lower <= 0):
            raise ValueError(f"{argument} of scale is {upper:g}; a magnification must be positive")
        lower = -math.inf if lower <= 0 else lower
    internal = [end if math.isinf(end) else transform.internal(name, end) for end in (lower, upper)]
    return internal[0], internal[1]


def box_of(transform: Transform) -> Box | None:
    """Return the limits of a transform as a box, or None."""
    if transform.limits is None:
        return None
    lower, upper = np.array(transform.limits, dtype=np.float64).T
    return Box(lower, upper)


def is_free(transform: Transform) -> Mask:
    """Return which parameters are not held, shape (n_params,)."""
    if transform.limits is None:
        return np.ones(transform.n_params, dtype=np.bool_)
    return np.array([lower != upper for lower, upper in transform.limits])


def nearest_allowed(transform: Transform, params: Array) -> Array:
    """Return the nearest parameters within the limits; a full turn is no distance."""
    box = box_of(transform)
    if box is None or box.contains(params):
        return params
    ways = [params, *transform.equivalents(params)]
    moved = [box.clip(way) for way in ways]
    distances = [float(abs(a - b).max()) for a, b in zip(moved, ways, strict=True)]
    return moved[int(np.argmin(distances))]


def allowed_orientations(transform: Transform, degrees: float) -> list[Array]:
    """Return orientations in steps of `degrees`, each moved to the nearest within the limits.

    Their shifts are 0, whatever the limits of these.
    """
    found = transform.orientations(degrees)
    if transform.limits is None:
        return found
    unshifted = (*transform.limits[: -transform.ndim], *(OPEN,) * transform.ndim)
    limited = replace(transform, limits=unshifted)
    moved = np.stack([nearest_allowed(limited, params) for params in found])
    _, first = np.unique(moved.round(6), axis=0, return_index=True)
    kept = [moved[i] for i in sorted(first.tolist())]
    n = transform.ndim
    return [
        params
        for i, params in enumerate(kept)
        if i == 0 or np.linalg.cond(transform.linear(params[:-n])) < MAX_DISTORTION
    ]


def at_limits(transform: Transform, params: Array, tolerance: float) -> tuple[str, ...]:
    """Return the names of the parameters that are free, and lie at one of their limits."""
    box = box_of(transform)
    if box is None:
        return ()
    is_near = np.minimum(params - box.lower, box.upper - params) <= tolerance
    both = zip(transform.names, is_near & is_free(transform), strict=True)
    return tuple(name for name, near in both if near)
