"""Why a point is evaluated."""

from __future__ import annotations

from enum import Enum

from .state import FAR, MIDPOINT, NEAR, ON_LINE, PROBED, REFLECTED, SURROUNDING, RunState


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
    SURFACE = "surface"
    SURROUND = "surround"
    PROBE = "probe"
    REINITIALIZE = "reinitialize"


_OF_SEARCH = tuple(Move)[1:8]  # in the order of REFLECTED, EXPANDED … of `state`


def move_of(s: RunState) -> Move:
    """Return why the trial point is to be evaluated."""
    if s.waiting >= MIDPOINT:
        return Move.SURROUND if s.waiting == SURROUNDING else Move.SURFACE
    if s.waiting >= REFLECTED:
        return _OF_SEARCH[s.waiting - REFLECTED]
    if s.waiting in (FAR, NEAR, PROBED, ON_LINE):
        return Move.PROBE
    return Move.REINITIALIZE if s.remaking and s.waiting >= FAR else Move.INITIAL
