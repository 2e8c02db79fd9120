"""When two runs have the same result, and when one has reached the result of another."""

from __future__ import annotations

import math
import sys

from ..common.ieee import maximum
from ..common.one_source import compilable
from .closeness import (
    Point,
    all_near,
    all_within_tolerances,
    is_level,
    params_agree,
    values_agree,
    values_within_tolerance,
)
from .state import RoundsState, RunState

EPSILON = sys.float_info.epsilon
EDGE = 100.0  # at the edge of a NaN region: how many times the error limits (R13)
NEAR = 1e-8  # of |parameter| + initial range: how near a confirming simplex must be (R14)
UNMOVED = 1e-6  # of the initial range: how far a parameter may be without having moved (R20)
LEVEL = 1e-14  # of the descent: how near its values must be

VALUE, DESCENT, AT_EDGE, N_COLUMNS = 0, 1, 2, 3  # of a result, after the point


@compilable
def agree(r: RoundsState, s: RunState, a: int, b: int) -> bool:
    """Return whether two rows of results are the same.

    Under absolute tolerances their values decide: each run by itself has met both tolerances, and
    where minima form a line or a plane, two runs do not end at the same point. Two results at the
    edge of a NaN region need less: there a search converges slowly, and stops far more than the
    error limits above the minimum.
    """
    row, other, width = r.results[a], r.results[b], r.n + r.extra
    f_a, f_b = row[width + VALUE], other[width + VALUE]
    if row[width + AT_EDGE] + other[width + AT_EDGE] > 0.0 and is_stuck(s, row):
        return False
    if s.has_tolerances:
        return values_within_tolerance(s, f_a, f_b)
    at_edge = row[width + AT_EDGE] != 0.0 and other[width + AT_EDGE] != 0.0
    if values_agree(s, f_a, f_b, edge_factor(s, at_edge)):
        return True
    d_a, d_b = row[width + DESCENT], other[width + DESCENT]
    if s.agree_by_descent and abs(f_a - f_b) <= EPSILON * (d_a if d_a < d_b else d_b):
        return True
    if f_a == f_b:
        return s.agree_in_params
    near = s.agree_in_params and is_level(s, f_b, f_a)
    return near and params_agree(s, row, other, s.ranges)


@compilable
def has_come_to_target(s: RunState) -> bool:
    """Return whether the whole simplex has reached another run's result (R14).

    All its values agree with the result's, or all its vertices are near and none is much higher
    or lower.
    """
    # Once a new simplex has been begun, `best` and `worst` refer to the old one.
    lowest = highest = s.values[0]
    for v in range(1, s.n + 1):
        f_v = s.values[v]
        lowest, highest = (f_v if f_v < lowest else lowest), maximum(highest, f_v)
    value = s.target_value
    if not math.isfinite(highest):
        return False
    if (s.target_at_edge or is_at_edge(s)) and is_stuck(s, s.target):
        return False
    if s.has_tolerances:
        return all_within_tolerances(s, s.target, value)
    factor = edge_factor(s, s.target_at_edge and is_at_edge(s))
    if values_agree(s, highest, value, factor) and values_agree(s, lowest, value, factor):
        return True
    above, below = highest - value, value - lowest
    if (below if below > above else above) > LEVEL * s.target_descent:
        return False
    return all_near(s, s.target, NEAR, s.ranges)


@compilable
def is_at_edge(s: RunState) -> bool:
    """Return whether the last search has met NaN, or a wall."""
    return s.nan_reflections > 0 or s.wall_reflections > 0


@compilable
def is_stuck(s: RunState, x: Point) -> bool:
    """Return whether a result at an edge has two or more parameters still where they began (R20).

    Along an edge they can only move together, which all runs may fail to do from a start on the
    edge itself. A single parameter is stopped by an edge across it, and two by the bounds of a box.
    """
    kept = 0
    for i in range(s.n):
        on_bound = s.has_box and (x[i] <= s.lower[i] or x[i] >= s.upper[i])
        if abs(x[i] - s.first_point[i]) <= UNMOVED * s.ranges[i] and not on_bound:
            kept += 1
    stuck: bool = s.near_by_way and kept >= 2
    return stuck


@compilable
def edge_factor(s: RunState, at_edge: bool) -> float:
    """Return the factor of differences before they are compared with the limits (R13)."""
    return 1.0 / EDGE if at_edge and s.agree_at_edge else 1.0
