"""The whole algorithm as one compiled function, the same for all functions and arguments."""

from __future__ import annotations

from . import state as at
from .array_types import view_of
from .counting import begin, tell
from .jit import jit, part
from .rounds import UNDECIDED, begin_problem, begin_run, end_run

TELL, BEGIN_RUN, BEGIN_PROBLEM = range(3)


@jit
def step(s, what, value):
    """Take the value of the point that the function was handed, or begin; hand out the next.

    Of a single run, or with `BEGIN_PROBLEM` of all runs of a problem. It is over when `s.status` is
    not `RUNNING`.
    """
    w = view_of(s.base, s.n, s.n + s.extra)
    if what == TELL:
        take_back(s, w)
        tell(s, w, value)
    elif what == BEGIN_RUN:
        begin(s, w)
    else:
        begin_problem(s, w)
    while s.in_rounds and s.status != at.RUNNING:
        status = end_run(s, w)
        if status != UNDECIDED:
            s.status = status
            break
        begin_run(s, w)
    hand_out(s, w)
    return s.status == at.RUNNING


@part
def hand_out(s, w):
    """Copy the trial point for the user's function, which may change it."""
    for i in range(s.n + s.extra):
        w.rows[at.HANDED, i] = w.rows[at.TRIAL, i]


@part
def take_back(s, w):
    """Keep what the function wrote to the extra elements."""
    for i in range(s.n, s.n + s.extra):
        w.rows[at.TRIAL, i] = w.rows[at.HANDED, i]
