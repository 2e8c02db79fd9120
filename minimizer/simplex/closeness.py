"""When two values, or two points, count as equal."""

from __future__ import annotations

from collections.abc import Sequence

from ..common.ieee import maximum
from ..common.one_source import compilable
from .state import RunState

TINY = 1e-10  # of |parameter| + initial range: the size of a simplex that has converged (R4)
SAME_PARAM = 1e-7  # of the parameter: two results agree (R6)
SAME_PARAM_FLOOR = 1e-9  # of the initial range: the same, for parameters near 0


@compilable
def values_agree(s: RunState, a: float, b: float, factor: float) -> bool:
    """Return whether `factor` times the difference of two values is below an error limit."""
    d, x, y = factor * abs(a - b), abs(a), abs(b)
    return d / ((x if x > y else y) + 1e-100) < s.max_rel_error or d < s.max_abs_error


@compilable
def params_agree(
    s: RunState, a: Sequence[float], b: Sequence[float], ranges: Sequence[float]
) -> bool:
    """Return whether two results are the same point."""
    for i in range(s.n):
        tolerance = maximum(
            SAME_PARAM * maximum(abs(a[i]), abs(b[i])), SAME_PARAM_FLOOR * ranges[i]
        )
        if s.has_resolutions:
            tolerance = maximum(tolerance, s.resolutions[i])
        if not abs(a[i] - b[i]) <= tolerance:
            return False
    return True


@compilable
def within_resolution(s: RunState, a: Sequence[float], b: Sequence[float]) -> bool:
    """Return whether two points are nearer than the resolutions; a NaN is."""
    for i in range(s.n):
        if abs(a[i] - b[i]) >= s.resolutions[i]:
            return False
    return True


@compilable
def all_within_resolution(s: RunState) -> bool:
    """Return whether all vertices are nearer to the best than the resolutions."""
    for v in range(s.n + 1):
        if not within_resolution(s, s.points[v], s.points[s.best]):
            return False
    return True


@compilable
def within_tolerances(
    s: RunState, a: Sequence[float], b: Sequence[float], va: float, vb: float
) -> bool:
    """Return whether two points, and their values, are within the absolute tolerances."""
    for i in range(s.n):
        if not abs(a[i] - b[i]) <= s.param_tolerance:
            return False
    return abs(va - vb) <= s.value_tolerance


@compilable
def all_within_tolerances(s: RunState, x: Sequence[float], value: float) -> bool:
    """Return whether all vertices, and their values, are within the tolerances of a point."""
    for v in range(s.n + 1):
        if not abs(s.values[v] - value) <= s.value_tolerance:
            return False
    return s.all_within_tolerance(x)


@compilable
def vertex_range(x: float, size: float) -> float:
    """Return the distance from `x` at which another vertex is made."""
    if not size >= 1e-100:
        size = 0.01
    if x != 0.0 and abs(size / x) < 1e-10:
        size = abs(x * 1e-10)
    return size
