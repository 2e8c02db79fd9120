"""The loops between a machine and the user's function, which is called through a pointer.

`fun` has the signature ``float64(float64[::1], *args)``; the loops are compiled once for each.
"""

from __future__ import annotations

from . import state as at
from .jitting import entry, jit
from .run import RUNNING, begin, tell
from .views import view_of


@jit
def hand_out(s, w, handed):
    """Copy the trial point for the user's function, which may change it."""
    for i in range(s.n + s.extra):
        handed[i] = w.rows[at.TRIAL, i]


@jit
def take_back(s, w, handed):
    """Keep what the function wrote to the extra elements."""
    for i in range(s.n, s.n + s.extra):
        w.rows[at.TRIAL, i] = handed[i]


@entry
def drive(fun, args, s, address, handed, evaluations, fresh):
    """Carry a run on for so many evaluations; tell whether it has ended."""
    w = view_of(address)
    if fresh:
        begin(s, w)
    for _ in range(evaluations):
        if s.status != RUNNING:
            break
        hand_out(s, w, handed)
        value = float(fun(handed, *args))
        take_back(s, w, handed)
        tell(s, w, value)
    return s.status != RUNNING
