"""One search: the simplex moves until it has converged.

The moves are those of Nelder and Mead in the form of Lagarias et al. (1998), in the order and with
the comparisons of ImageJ's ``Minimizer``. Every generator here yields a move and a point and
is sent the value of the function at that point; NaN fails every comparison.

References
----------
J. C. Lagarias, J. A. Reeds, M. H. Wright, P. E. Wright, Convergence properties of the
Nelder-Mead simplex method in low dimensions, SIAM J. Optim. 9 (1998) 112-147.
"""

from __future__ import annotations

import math
from collections.abc import Generator
from typing import Any, TypeVar

from .counts import Tally
from .limits import Limits
from .problem import Problem
from .simplex import Move, Simplex

REFLECT, EXPAND = Move.REFLECT, Move.EXPAND
OUTSIDE, INSIDE = Move.CONTRACT_OUTSIDE, Move.CONTRACT_INSIDE
INWARDS = (0.03, 0.1, 0.3)  # how far a NaN reflection is drawn, in turn, towards the inside (R12)

T = TypeVar("T")
Asking = Generator[tuple[Move, Any], float, T]


def search(simplex: Simplex, problem: Problem, tally: Tally) -> Asking[None]:
    """Move the simplex until it has converged or the tally says stop."""
    before, limits, rules = tally.iterations, problem.limits, problem.rules
    simplex.start()
    while True:
        best, worst, nans = simplex.best, simplex.worst, simplex.nan_reflections
        yield from move(simplex, problem)
        near = limits.resolutions is not None and limits.within_resolution(
            simplex.params[worst], simplex.params[best]
        )
        simplex.rank()
        done = has_converged(simplex, problem, near)
        if not done and values_agree(simplex, limits):
            done = yield from confirmed_at_centre(simplex, limits)
        if simplex.nan_reflections > nans and rules.regrow_after_nan:
            done = done or simplex.is_flat()
        tally.iterations += 1
        if done or tally.stops_search(before):
            return


def move(simplex: Simplex, problem: Problem) -> Asking[Move]:
    """Replace the worst vertex by a better point or, failing that, shrink; tell which."""
    rules, t = problem.rules, problem.coefficients
    values = simplex.values
    f_best, f_next = values[simplex.best], values[simplex.next_worst]
    f_worst = values[simplex.worst]
    line = simplex.line()

    reflected = simplex.at(line, t.reflection)
    f_r = yield REFLECT, reflected
    nan = f_r != f_r
    if nan:
        simplex.nan_reflections += 1
    plateau = f_r == f_best and problem.limits.tolerances is not None
    if f_r <= f_best and not plateau:  # growing along a plateau, it never meets a tolerance
        expanded = simplex.at(line, t.expansion)
        f_e = yield EXPAND, expanded
        if f_e <= f_r:
            simplex.put(simplex.worst, expanded, f_e)
            return EXPAND
    if f_r < f_next:
        simplex.put(simplex.worst, reflected, f_r)
        return REFLECT

    if f_r < f_worst or (nan and rules.nan_contracts_outside):
        contracted = simplex.at(line, t.outside)
        f_c = yield OUTSIDE, contracted
        if f_c <= f_r or (nan and f_c < f_worst):
            simplex.put(simplex.worst, contracted, f_c)
            return OUTSIDE
    if nan and rules.draw_inwards:
        for share in INWARDS:
            drawn = simplex.inwards(reflected, share)
            f_d = yield Move.DRAW_INWARDS, drawn
            if f_d < f_worst:
                simplex.put(simplex.worst, drawn, f_d)
                return Move.DRAW_INWARDS
            if not math.isnan(f_d):
                break
    if f_r > f_worst or nan or (f_r < f_worst and rules.inside_after_outside):
        contracted = simplex.at(line, t.inside)
        f_c = yield INSIDE, contracted
        if f_c < f_worst:
            simplex.put(simplex.worst, contracted, f_c)
            return INSIDE

    return (yield from shrink(simplex, t.shrink))


def shrink(simplex: Simplex, t: float) -> Asking[Move]:
    """Draw every vertex but the best towards the best."""
    for i in range(simplex.n + 1):
        if i != simplex.best:
            point = simplex.shrunk(i, t)
            value = yield Move.SHRINK, point
            simplex.put(i, point, value)
    return Move.SHRINK


def has_converged(simplex: Simplex, problem: Problem, near: bool) -> bool:
    """Return whether the search is over by anything but the error limits on the value.

    `near` says that the vertex last replaced is within resolution of the best one.
    """
    limits, best = problem.limits, simplex.best
    if limits.tolerances is not None:
        params = simplex.params
        return limits.tolerances.hold(params, simplex.values, params[best], simplex.values[best])
    if near and limits.within_resolution(simplex.params, simplex.params[best]):
        return True
    if problem.rules.nan_ranks_worst and simplex.values[best] == -math.inf:
        return True
    return problem.rules.tiny_simplex_converges and simplex.is_tiny(limits)


def values_agree(simplex: Simplex, limits: Limits) -> bool:
    """Return whether all values are within the error limits, if these are what decides."""
    values = simplex.values
    return limits.tolerances is None and limits.values_agree(
        values[simplex.best], values[simplex.worst], 4.0
    )


def confirmed_at_centre(simplex: Simplex, limits: Limits) -> Asking[bool]:
    """Try the centre of the simplex; tell whether the values agree even then."""
    centre = simplex.centre()
    f_c = yield Move.CENTRE, centre
    if f_c < simplex.values[simplex.best]:
        simplex.put(simplex.best, centre, f_c)
    return values_agree(simplex, limits)
