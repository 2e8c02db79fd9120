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
from typing import TypeVar

from .limits import Array
from .problem import Problem
from .simplex import Move, Simplex
from .tally import Tally

INWARDS = (0.03, 0.1, 0.3)  # how far a NaN reflection is drawn, in turn, towards the inside (R12)

T = TypeVar("T")
Asking = Generator[tuple[Move, Array], float, T]


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
        done = yield from converged(simplex, problem, near)
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
    centroid = simplex.centroid()

    reflected = simplex.trial(t.reflection, centroid)
    f_r = yield Move.REFLECT, reflected
    nan = math.isnan(f_r)
    simplex.nan_reflections += nan
    plateau = f_r == f_best and problem.limits.tolerances is not None
    if f_r <= f_best and not plateau:  # growing along a plateau, it never meets a tolerance
        expanded = simplex.trial(t.expansion, centroid)
        f_e = yield Move.EXPAND, expanded
        if f_e <= f_r:
            return replace_worst(simplex, Move.EXPAND, expanded, f_e)
    if f_r < f_next:
        return replace_worst(simplex, Move.REFLECT, reflected, f_r)

    if f_r < f_worst or (nan and rules.nan_contracts_outside):
        contracted = simplex.trial(t.outside, centroid)
        f_c = yield Move.CONTRACT_OUTSIDE, contracted
        if f_c <= f_r or (nan and f_c < f_worst):
            return replace_worst(simplex, Move.CONTRACT_OUTSIDE, contracted, f_c)
    if nan and rules.draw_inwards:
        for share in INWARDS:
            drawn = simplex.inwards(reflected, share)
            f_d = yield Move.DRAW_INWARDS, drawn
            if f_d < f_worst:
                return replace_worst(simplex, Move.DRAW_INWARDS, drawn, f_d)
            if not math.isnan(f_d):
                break
    if f_r > f_worst or nan or (f_r < f_worst and rules.inside_after_outside):
        contracted = simplex.trial(t.inside, centroid)
        f_c = yield Move.CONTRACT_INSIDE, contracted
        if f_c < f_worst:
            return replace_worst(simplex, Move.CONTRACT_INSIDE, contracted, f_c)

    return (yield from shrink(simplex, t.shrink))


def replace_worst(simplex: Simplex, made: Move, point: Array, value: float) -> Move:
    """Let `point` take the place of the worst vertex."""
    simplex.put(simplex.worst, point, value)
    return made


def shrink(simplex: Simplex, t: float) -> Asking[Move]:
    """Draw every vertex but the best towards the best."""
    for i in range(simplex.n + 1):
        if i != simplex.best:
            point = simplex.shrunk(i, t)
            value = yield Move.SHRINK, point
            simplex.put(i, point, value)
    return Move.SHRINK


def converged(simplex: Simplex, problem: Problem, near: bool) -> Asking[bool]:
    """Tell whether the search is over; the centre of the simplex is tried before its end.

    `near` says that the vertex last replaced is within resolution of the best one.
    """
    limits = problem.limits
    best, worst = simplex.best, simplex.worst
    if limits.tolerances is not None:
        return limits.tolerances.hold(
            simplex.params, simplex.values, simplex.params[best], simplex.values[best]
        )
    if near and limits.within_resolution(simplex.params, simplex.params[best]):
        return True
    if problem.rules.nan_ranks_worst and simplex.values[best] == -math.inf:
        return True
    if problem.rules.tiny_simplex_converges and limits.is_tiny(simplex.params, best, worst):
        return True
    if not limits.values_agree(simplex.values[best], simplex.values[worst], 4.0):
        return False
    centre = simplex.centre()
    f_c = yield Move.CENTRE, centre
    if f_c < simplex.values[best]:
        simplex.put(best, centre, f_c)
    return limits.values_agree(simplex.values[best], simplex.values[worst], 4.0)
