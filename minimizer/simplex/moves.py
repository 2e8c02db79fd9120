"""Why a point is evaluated."""

from __future__ import annotations

from enum import Enum

from .state import (
    CENTRE,
    DRAWN,
    DRAWN_VERTEX,
    EXPANDED,
    FIRST,
    GIVEN,
    INSIDE,
    OUTSIDE,
    REFLECTED,
    SHRUNK,
    VERTEX,
    RunState,
)


class Move(Enum):
    """Why a point is evaluated."""

    INITIAL = "initial"
    REFLECT = "reflect"
    EXPAND = "expand"
    CONTRACT_OUTSIDE = "contract outside"
    CONTRACT_INSIDE = "contract inside"
    DRAW_INWARDS = "draw inwards"
    SHRINK = "shrink"
    CENTRE = "centre"
    REINITIALIZE = "reinitialize"


_MOVES = {
    GIVEN: Move.INITIAL,
    FIRST: Move.INITIAL,
    VERTEX: Move.INITIAL,
    DRAWN_VERTEX: Move.REINITIALIZE,
    REFLECTED: Move.REFLECT,
    EXPANDED: Move.EXPAND,
    OUTSIDE: Move.CONTRACT_OUTSIDE,
    INSIDE: Move.CONTRACT_INSIDE,
    DRAWN: Move.DRAW_INWARDS,
    SHRUNK: Move.SHRINK,
    CENTRE: Move.CENTRE,
}


def move_of(s: RunState) -> Move:
    """Return why the trial point is to be evaluated."""
    if s.waiting == VERTEX and s.remaking:
        return Move.REINITIALIZE
    return _MOVES[s.waiting]
