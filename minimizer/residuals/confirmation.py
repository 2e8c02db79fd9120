"""Confirming a success: further descents from elsewhere reach the same result."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import numpy as np

from ..common.arrays import Array
from ..common.bounds import Box
from ..common.status import Status
from ..simplex.problem import vertex_ranges
from ..simplex.rounds import WIDER
from .problem_of import box_of, names_of
from .solution import LIMITS, Job, Solution

SAME = 1e-6  # relative: sums that agree
VANISHED = 1e-18  # of the first cost: the rounding left at an exact solution
DESCENTS = 6  # at most, as in the simplex's three rounds of two
LONGER = 5  # times the evaluations of the first descent, after which a further one is given up
LEAST = 0.5  # of a simplex step: the least displacement of a parameter


def confirmed(job: Job, first: Solution, seed: int, times: int = 1) -> Solution:
    """Return the lowest of further results, a success if enough descents have reached it."""
    found = [first]
    for start in _elsewhere(job, seed):
        if job.is_spent:
            return _doubtful(found, Status.MAX_EVALUATIONS_EXCEEDED)
        found.append(job.descend(start, at_most=LONGER * job.first_evaluations))
        best = _lowest(found)
        if found[-1].status in LIMITS and job.is_over:
            return _doubtful(found, found[-1].status)
        agree = [one for one in found if _agrees(one, best, job.first_cost)]
        if len(agree) > times and any(one.status is Status.SUCCESS for one in agree):
            sure = next(one for one in agree if one.status is Status.SUCCESS)
            return _with_all(sure, found)
    return _doubtful(found, Status.MAX_RESTARTS_EXCEEDED)


def _doubtful(found: list[Solution], status: Status) -> Solution:
    """Return the lowest result, with a status other than success."""
    return _with_all(replace(_lowest(found), status=status, message=status.message), found)


def _lowest(found: list[Solution]) -> Solution:
    return min(found, key=lambda one: one.cost)


def _agrees(one: Solution, best: Solution, first: float) -> bool:
    """Return whether a result is as low as the best, or as near to an exact solution."""
    return one.cost - best.cost <= SAME * best.cost + VANISHED * first


def _with_all(best: Solution, found: list[Solution]) -> Solution:
    return replace(best, runs=[run for one in found for run in one.runs])


def _elsewhere(job: Job, seed: int) -> Iterator[Array]:
    """Yield starts a simplex step away, wide and narrow in turn; the seed decides the direction."""
    random = np.random.default_rng([seed + 2**31, job.start.size])
    names = names_of(job.settings.get("names"), job.start.size)
    box: Box = box_of(job.settings.get("bounds"), job.start, names)
    steps = np.array(vertex_ranges(job.start.tolist(), None))
    for i in range(DESCENTS - 1):
        ranges = steps if i % 2 else WIDER * steps
        share = random.uniform(LEAST, 1.0, job.start.size)
        sign = random.choice([-1.0, 1.0], job.start.size)
        start = job.start + sign * share * ranges
        outside = (start < box.lower) | (start > box.upper)
        start[outside] = (job.start - sign * share * ranges)[outside]
        yield box.clip(start)
