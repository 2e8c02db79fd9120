"""Optional relative tolerances, which are no evidence of a stationary point."""

from __future__ import annotations

from ..common.arrays import norm_of
from .state import State
from .stationarity import Stop


def reached(s: State) -> Stop | None:
    """Return the tolerance that the last step fell below, if any."""
    asked, last = s.options.tolerances, s.last
    assert last is not None
    if asked is None:
        return None
    moved = norm_of(s.scale * last.step)
    if moved <= asked.parameters * norm_of(s.scale * s.x):
        return Stop.PARAMETERS
    if last.fall <= asked.decrease * last.f:
        return Stop.DECREASE
    if last.predicted <= asked.expected_decrease * last.f:
        return Stop.EXPECTED
    return None
