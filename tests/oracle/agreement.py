"""When two runs have the same result, and when one has come to where another ended."""

from __future__ import annotations

import math
import sys
from typing import NamedTuple

from .basics import Array
from .problem import Problem
from .simplex import Simplex

EPSILON = sys.float_info.epsilon
EDGE = 100.0  # at the edge of a NaN region: how many times the error limits (R13)
NEAR = 1e-8  # of |parameter| + initial range: how near a confirming simplex must be (R14)
LEVEL = 1e-14  # of the descent: how near its values must be


class Result(NamedTuple):
    """What a run came to: point (n,), value, and how far the value is below the start's.

    `at_edge` says that its last search met NaN.
    """

    point: Array
    value: float
    descent: float = 0.0
    at_edge: bool = False


def agree(problem: Problem, a: Result, b: Result) -> bool:
    """Return whether two runs have the same result.

    Under absolute tolerances their values decide: each run by itself has met both tolerances, and
    where minima form a line or a plane, two runs do not end at the same point.
    """
    tolerances = problem.limits.tolerances
    if tolerances is not None:
        return abs(a.value - b.value) <= tolerances.value
    if values_agree(problem, a.value, b, a.at_edge):
        return True
    rules, descent = problem.rules, min(a.descent, b.descent)
    if rules.agree_by_descent and abs(a.value - b.value) <= EPSILON * descent:
        return True
    return rules.agree_in_params and (
        a.value == b.value or problem.limits.params_agree(a.point, b.point)
    )


def confirms(problem: Problem, simplex: Simplex, target: Result) -> bool:
    """Return whether a whole simplex has come to another run's result (R14).

    All its values agree with the result's, or all its vertices are near and none is much higher
    or lower.
    """
    lowest, highest = simplex.values[simplex.best], simplex.values[simplex.worst]
    if not math.isfinite(highest):
        return False
    limits, x, value = problem.limits, target.point, target.value
    if limits.tolerances is not None:
        return limits.tolerances.hold(simplex.params, simplex.values, x, value)
    at_edge = simplex.nan_reflections > 0
    if values_agree(problem, highest, target, at_edge) and values_agree(
        problem, lowest, target, at_edge
    ):
        return True
    if max(highest - value, value - lowest) > LEVEL * target.descent:
        return False
    return limits.all_near(simplex.params, x, NEAR)


def values_agree(problem: Problem, value: float, other: Result, at_edge: bool) -> bool:
    """Return whether a value is another result's; less is asked of two at the edge of a NaN region.

    There a search converges slowly, and what is left is far more than the error limits.
    """
    wide = at_edge and other.at_edge and problem.rules.agree_at_edge
    return problem.limits.values_agree(value, other.value, 1.0 / EDGE if wide else 1.0)
