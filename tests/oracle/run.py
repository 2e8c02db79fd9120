"""One run: search, make a new simplex around the result, search again, until it is stable."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, NamedTuple

import numpy as np

from minimizer import Status

from .basics import Array
from .counts import Tally
from .initial_simplex import make, put_given, remake
from .java_random import JavaRandom
from .problem import Problem, vertex_ranges
from .search import Asking, search
from .simplex import Simplex


class Vertex(NamedTuple):
    """A point (n + extra,) and the value of the function there."""

    point: Any
    value: float


def run(
    simplex: Simplex,
    problem: Problem,
    seed: int,
    tally: Tally,
    given: Array | None = None,
    width: float = 1.0,
) -> Asking[Vertex | None]:
    """Minimize from one simplex; return the last search's best vertex, None if none was made.

    The first simplex is random, `width` times as large as the problem says, or `given` (n + 1, n).
    """
    rng = JavaRandom(seed)
    if given is None:
        made = yield from make(simplex, problem, rng, tally, width)
    else:
        made = yield from put_given(simplex, given)
    if not made:
        tally.status = (
            Status.REINITIALIZATION_FAILURE
            if tally.any_initialized
            else Status.INITIALIZATION_FAILURE
        )
        return None
    tally.any_initialized = True
    problem = rescaled(problem, simplex)

    yield from search(simplex, problem, tally)
    remade = True
    while tally.is_open:
        before = best_vertex(simplex)
        remade = yield from remake(simplex, problem, rng, tally)
        if not remade:
            break
        yield from search_again(simplex, problem, tally)
        if is_stable(problem, before, best_vertex(simplex)):
            break
    if not remade:
        tally.status = Status.REINITIALIZATION_FAILURE
    elif tally.is_open:
        tally.completed += 1
    # After a failed remake the best vertex stands at 0, but ImageJ takes the one at the old index.
    return best_vertex(simplex)


def search_again(simplex: Simplex, problem: Problem, tally: Tally) -> Asking[None]:
    """Search from a new simplex; at a bound, what is outside counts as NaN (R8).

    Clipping flattens a simplex onto the face that it has reached, and along a flat simplex no
    search can leave a wrong place.
    """
    if problem.clips and problem.box is not None and problem.box.touches(simplex.params[0]):
        simplex.box = problem.box.fixed_only()
    yield from search(simplex, problem, tally)
    simplex.box = problem.box if problem.clips else None


def rescaled(problem: Problem, simplex: Simplex) -> Problem:
    """Return the problem with ranges that suit this simplex, even if it is far from the start."""
    if problem.variations is not None or simplex.params[0].tolist() == problem.start:
        return problem
    ranges = np.array(vertex_ranges(simplex.params[0].tolist(), None))
    return replace(problem, limits=replace(problem.limits, ranges=ranges))


def best_vertex(simplex: Simplex) -> Vertex:
    """Return a copy of the vertex at the best index."""
    return Vertex(simplex.point(simplex.best), simplex.values[simplex.best])


def is_stable(problem: Problem, before: Vertex, after: Vertex) -> bool:
    """Return whether a search from a new simplex has changed nothing that counts."""
    tolerances, n = problem.limits.tolerances, problem.n
    if tolerances is not None:
        return abs(before.value - after.value) <= tolerances.value
    if problem.limits.values_agree(before.value, after.value, 2.0):
        return True
    return problem.rules.agree_in_params and (
        before.value == after.value
        or problem.limits.params_agree(before.point[:n], after.point[:n])
    )
