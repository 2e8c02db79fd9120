"""From settings and start values to the problem that the runs solve."""

from __future__ import annotations

import warnings
from typing import Any

import numpy as np

from .common import checks
from .common.arrays import Array
from .common.bounds import Box
from .settings import Settings
from .simplex.limits import Limits
from .simplex.problem import Coefficients, Problem, adaptive_coefficients, vertex_ranges

MANY = 8  # parameters, from which on the coefficients are adapted to their number (R10)


def problem_of(settings: Settings, params: Any, variations: Any, simplex: Any) -> Problem:
    """Check the start values and put them together with limits and rules."""
    given = checks.simplex("initial_simplex", simplex)
    if given is not None:
        params, variations = given[0], sizes_of(given)
    start = checks.initial_params("initial_params", params)
    sizes = checks.variations("initial_param_variations", variations)
    n = number_of_params(settings, start, sizes)
    if start is None and not settings.rules.start_at_zeros:
        raise ValueError("initial_params is missing; these rules need it (start_at_zeros is off)")
    box = settings.box(n)
    origin = inside(box, start, n).tolist()
    each = None if sizes is None else checks.of_length("initial_param_variations", sizes, n)
    scales = None if each is None else each.tolist()
    limits = Limits(
        max_rel_error=settings.max_rel_error,
        max_abs_error=settings.max_abs_error,
        resolutions=settings.resolutions(n),
        ranges=np.array(vertex_ranges(origin, scales)),
        tolerances=settings.tolerances,
    )
    many = settings.rules.adaptive_for_many and n >= MANY
    adaptive = settings.rules.adaptive_coefficients or many
    return Problem(
        n=n,
        extra=settings.extra_array_elements,
        start=origin,
        variations=scales,
        rules=settings.rules,
        limits=limits,
        box=box,
        coefficients=adaptive_coefficients(n) if adaptive else Coefficients(),
        given_simplex=given,
    )


def sizes_of(simplex: Array) -> Array:
    """Extents of a simplex at its first vertex, per parameter; 0.01 where there is none."""
    with np.errstate(over="ignore"):
        extents = np.minimum(abs(simplex - simplex[0]).max(axis=0), np.finfo(np.float64).max)
    return np.where(extents > 0.0, extents, 0.01)


def number_of_params(settings: Settings, start: Array | None, sizes: Array | None) -> int:
    """Return n, as it was given or as the start values tell."""
    n = settings.given_n_params
    if n is None:
        for array in (start, sizes):
            if array is not None:
                return len(array)
        raise ValueError("n_params is not known; give n_params or initial_params")
    if start is not None and len(start) != n:
        raise ValueError(
            f"initial_params has {len(start)} elements but n_params is {n}; they must agree"
        )
    return n


def inside(box: Box | None, start: Array | None, n: int) -> Array:
    """Return the start (zeros if none), moved into the box; a warning tells who gave it."""
    origin = np.zeros(n) if start is None else start
    if box is None or box.contains(origin):
        return origin
    if start is not None:
        warnings.warn(
            f"initial_params {start.tolist()} is out of bounds and moved in",
            RuntimeWarning,
            stacklevel=5,
        )
    return box.clip(origin)
