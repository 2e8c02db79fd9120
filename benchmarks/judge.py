"""What became of a minimization: every one is exactly one of five things."""

from __future__ import annotations

import enum


class Verdict(enum.Enum):
    """What a result is, by what is claimed of it and what is true."""

    GOOD_CLAIMED = "good and claimed"
    GOOD_UNCLAIMED = "good, not claimed"
    HONEST = "not good, not claimed"
    OTHER = "claimed, another minimum"
    FALSE = "claimed, false"


def judge(claimed: bool, good: bool, other: bool) -> Verdict:
    """Return what a result is; `other` says that its value is that of another known minimum."""
    if good:
        return Verdict.GOOD_CLAIMED if claimed else Verdict.GOOD_UNCLAIMED
    if not claimed:
        return Verdict.HONEST
    return Verdict.OTHER if other else Verdict.FALSE
