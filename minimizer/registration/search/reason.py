"""A reason to doubt a result."""

from __future__ import annotations

import math
from collections.abc import Iterable
from typing import NamedTuple


class Reason(NamedTuple):
    """The doubt about a result for one reason.

    Attributes
    ----------
    usual : float
        As one of several reasons.
    alone : float
        As the only reason: the result is ambiguous above 1.
    """

    usual: float
    alone: float


def reason(doubt: float) -> Reason:
    """Return a reason that counts the same alone as beside others."""
    return Reason(doubt, doubt)


def alone(reasons: Iterable[Reason]) -> float:
    """Return the largest doubt for one reason."""
    return max(each.alone for each in reasons)


def together(reasons: Iterable[Reason]) -> float:
    """Return the root of the sum of squares: small doubts for several reasons are a large one."""
    return math.hypot(*(each.usual for each in reasons))
