"""Least squares of residuals: the engine, and its fallbacks where it is not sure."""

from __future__ import annotations

from ..common.status import Status
from .confirmation import confirmed
from .solution import Job, Solution
from .takeover import HANDED_OVER, simplex_takes_over


def solve(job: Job, *, takes_over: bool = True, confirm: int = 0, seed: int = 0) -> Solution:
    """Return the result of a job.

    Parameters
    ----------
    job : Job
    takes_over : bool
        Whether the simplex takes over where the engine is stuck.
    confirm : int
        Number of further starts from which a success must be found.
    seed : int
        Of the starts that confirm.
    """
    found = job.descend(job.start)
    if takes_over and found.status in HANDED_OVER:
        found = simplex_takes_over(job, found)
    unsure = found.status in (Status.SUCCESS, Status.SINGULAR, Status.RUNAWAY)
    if confirm and unsure and not found.simplex:
        found = confirmed(job, found, seed, confirm)
        if takes_over and found.status is Status.MAX_RESTARTS_EXCEEDED:
            found = simplex_takes_over(job, found)
    return found
