"""When two values, or points, count as equal."""

from __future__ import annotations

import math
import sys
from collections.abc import Sequence

from ..common.ieee import maximum
from ..common.one_source import compilable
from .state import RunState

Point = Sequence[float]

TINY = 1e-10  # of |parameter| + initial range: the size of a simplex that has converged (R4)
TINIEST = 1e-14  # of the same: the size where rounding begins
LITTLE = 1e-6  # of a value, or of the descent: a difference that is no evidence against a result
LEAST = 1e-9  # of the descent: the same, even if the value is 0
STEEP = 1e-3  # of the descent: a fall that hardly happens once near a minimum
SAME_PARAM = 1e-7  # of the parameter: two results agree (R6)
SAME_PARAM_FLOOR = 1e-9  # of the initial range: the same, for parameters near 0
LEAST_SIZE = 1e-10  # of the parameter: the least distance of a vertex, in ImageJ
RESOLVED = 64.0 * sys.float_info.epsilon  # of the parameter: the same where zero has no influence
ROUNDING = 2.0 * sys.float_info.epsilon  # of a value: no difference is less


@compilable
def values_agree(s: RunState, a: float, b: float, factor: float) -> bool:
    """Return whether `factor` times the difference of two values is below an error limit.

    The relative limit refers to the value, or to the descent to it if that is less (R18): a
    constant added to a function changes nothing but the rounding.
    """
    d, x, y = factor * abs(a - b), abs(a), abs(b)
    size = x if x > y else y
    if s.limit_by_descent:
        descent = s.top - (a if a < b else b)
        if descent < size:
            if abs(a - b) <= ROUNDING * size:
                return True
            size = descent
    agree: bool = d / (size + 1e-100) < s.max_rel_error or d < s.max_abs_error
    return agree


@compilable
def error_limit(s: RunState, value: float) -> float:
    """Return the difference of two values at which they begin to agree."""
    size = abs(value)
    limit = s.max_rel_error * size
    if s.limit_by_descent and s.top - value < size:
        limit = maximum(s.max_rel_error * (s.top - value), ROUNDING * size)
    return maximum(limit, s.max_abs_error)


@compilable
def reach(s: RunState, i: int, x: float, share: float, ranges: Point) -> float:
    """Return a share of |x| + range, or of the way from the start + range (R20), in parameter i."""
    if s.near_by_way:
        return share * (s.run_ranges[i] + abs(x - s.first_point[i])) + 2.0 * ROUNDING * abs(x)
    return share * (abs(x) + ranges[i])


@compilable
def params_agree(s: RunState, a: Point, b: Point, ranges: Point) -> bool:
    """Return whether two results are the same point."""
    for i in range(s.n):
        size = maximum(abs(a[i]), abs(b[i]))
        if s.near_by_way:
            way = maximum(abs(a[i] - s.first_point[i]), abs(b[i] - s.first_point[i]))
            tolerance = SAME_PARAM * way + 2.0 * ROUNDING * size
        else:
            tolerance = maximum(SAME_PARAM * size, SAME_PARAM_FLOOR * ranges[i])
        if s.has_resolutions:
            tolerance = maximum(tolerance, s.resolutions[i])
        if not abs(a[i] - b[i]) <= tolerance:
            return False
    return True


@compilable
def within_resolutions(s: RunState, a: Point, b: Point) -> bool:
    """Return whether two points are nearer than the resolutions; NaN counts as near."""
    for i in range(s.n):
        if abs(a[i] - b[i]) >= s.resolutions[i]:
            return False
    return True


@compilable
def all_within_resolutions(s: RunState) -> bool:
    """Return whether all vertices are nearer to the best than the resolutions."""
    for v in range(s.n + 1):
        if not within_resolutions(s, s.points[v], s.points[s.best]):
            return False
    return True


@compilable
def within_tolerances(s: RunState, a: Point, f_a: float, b: Point, f_b: float) -> bool:
    """Return whether two points, and their values, are within the absolute tolerances.

    A tolerance that is below the rounding stands for the rounding (R20).
    """
    if not values_within_tolerance(s, f_a, f_b):
        return False
    for i in range(s.n):
        d = abs(a[i] - b[i])
        rounding = 2.0 * ROUNDING * abs(b[i]) if s.near_by_way else 0.0
        if not (d <= s.param_tolerance or d <= rounding):
            return False
    return True


@compilable
def values_within_tolerance(s: RunState, a: float, b: float) -> bool:
    """Return whether two values are within the absolute tolerance, or the rounding."""
    d = abs(a - b)
    return d <= s.value_tolerance or d <= rounding_of(s, b)


@compilable
def rounding_of(s: RunState, value: float) -> float:
    """Return the rounding of a value, or that of half the descent to it, if that is more."""
    size = maximum(abs(value), 0.5 * descent_of(s, value))
    return ROUNDING * size if s.near_by_way and size < math.inf else 0.0


@compilable
def all_within_tolerances(s: RunState, x: Point, f_x: float) -> bool:
    """Return whether all vertices are within the tolerances of a point."""
    for v in range(s.n + 1):
        if not within_tolerances(s, s.points[v], s.values[v], x, f_x):
            return False
    return True


@compilable
def all_near(s: RunState, x: Point, share: float, ranges: Point) -> bool:
    """Return whether all vertices are within reach of `x`."""
    for v in range(s.n + 1):
        for i in range(s.n):
            if not abs(s.points[v][i] - x[i]) <= reach(s, i, x[i], share, ranges):
                return False
    return True


@compilable
def is_tiny(s: RunState) -> bool:
    """Return whether the simplex is hardly larger than what rounding can resolve (R4).

    Where its values are far apart it must not be larger at all.
    """
    if not is_small(s):
        return False
    if is_level(s, s.values[s.best], s.values[s.worst]):
        return True
    note_fall(s)
    return all_near(s, s.points[s.best], TINIEST, s.run_ranges)


@compilable
def is_small(s: RunState) -> bool:
    """Return whether the simplex is small compared with the way from the start.

    Nearly always the first parameter of one vertex already shows that it is not.
    """
    x = s.coordinate(s.best, 0)
    if abs(s.coordinate(s.worst, 0) - x) > reach(s, 0, x, TINY, s.run_ranges):
        return False
    return all_near(s, s.points[s.best], TINY, s.run_ranges)


@compilable
def note_fall(s: RunState) -> None:
    """Count how often the value falls although the simplex is already small (R22)."""
    f_best = s.values[s.best]
    if f_best < s.fallen_to - STEEP * (s.top - f_best):
        s.fallen_to = f_best
        s.falls += 1


@compilable
def is_level(s: RunState, a: float, b: float) -> bool:
    """Return whether two values differ by little, relative to their size or to the descent.

    Nearness is relative to the way, and after a long way the value may still fall far. The descent
    is that from the highest value of the first simplex, as the start may be the minimum. By itself
    it means little, as that value may be a penalty.
    """
    if s.has_resolutions or not s.near_by_way or not math.isfinite(s.top):
        return True
    descent, size = s.top - (a if a < b else b), maximum(abs(a), abs(b))
    little = LITTLE * (descent if descent < size else size)
    return abs(a - b) <= maximum(little, LEAST * descent)


@compilable
def vertex_range(x: float, size: float) -> float:
    """Return the distance from `x` at which another vertex is made."""
    return size_of_share(x, size, LEAST_SIZE)


@compilable
def vertex_size(s: RunState, x: float, size: float) -> float:
    """Return the same for a run; far from zero, only rounding limits how small it may be (R20)."""
    return size_of_share(x, size, RESOLVED if s.near_by_way else LEAST_SIZE)


@compilable
def size_of_share(x: float, size: float, least: float) -> float:
    """Return a size, which is not 0, and no smaller than a share of |x|."""
    if not size >= 1e-100:
        size = 0.01
    if x != 0.0 and abs(size / x) < least:
        size = abs(x * least)
    return size


@compilable
def descent_of(s: RunState, value: float) -> float:
    """Return how far a value is below that of the run's first valid point.

    Or, if that is the minimum already, below the highest of the first simplex (R18).
    """
    descent = s.first_value - value if s.has_best else 0.0
    if s.limit_by_descent and s.has_best and descent <= ROUNDING * abs(value):
        descent = s.top - value
    return descent if math.isfinite(descent) else 0.0
