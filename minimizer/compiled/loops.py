"""The loops between a machine and the user's function, which is called through a pointer.

`fun` has the signature ``float64(float64[::1], *args)``; the loops are compiled once for each.
"""

from __future__ import annotations

from . import state as at
from .arithmetic import entry, jit
from .run import RUNNING, begin, keep, tell


@jit
def hand_out(s, w):
    """Copy the trial point for the user's function, which may change it."""
    keep(s, w, at.HANDED, w.rows[at.TRIAL])
    return w.rows[at.HANDED]


@jit
def take_back(s, w):
    """Keep what the function wrote to the extra elements."""
    for i in range(s.n, s.n + s.extra):
        w.rows[at.TRIAL, i] = w.rows[at.HANDED, i]


@entry
def drive(fun, args, s, w, evaluations, fresh):
    """Carry a run on for so many evaluations; tell whether it has ended."""
    if fresh:
        begin(s, w)
    for _ in range(evaluations):
        if s.status != RUNNING:
            break
        value = fun(hand_out(s, w), *args)
        take_back(s, w)
        tell(s, w, value)
    return s.status != RUNNING
