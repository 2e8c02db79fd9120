"""Which vertices are the best, the next worst and the worst."""

from __future__ import annotations

from .state import RunState


def rank(s: RunState) -> None:
    """Find the best, worst and next worst vertex; among equals the first (ImageJ's order).

    Where no value is NaN the built-in functions do it, which are faster than a loop.
    """
    values: list[float] = s.values
    if not s.nan_ranks_worst:
        _rank_beside_nan(s, values)
        return
    order = sorted(values)
    least, next_most, most = order[0], order[-2], order[-1]
    s.best = values.index(least)
    s.worst = worst = values.index(most)
    if next_most == least:
        s.next_worst = s.best
    else:
        s.next_worst = values.index(next_most, worst + 1 if next_most == most else 0)


def _rank_beside_nan(s: RunState, values: list[float]) -> None:
    best = worst = 0
    for i, value in enumerate(values):
        if value < values[best]:
            best = i
        if value > values[worst]:
            worst = i
    next_worst = best
    for i, value in enumerate(values):
        if i != worst and value > values[next_worst]:
            next_worst = i
    s.best, s.next_worst, s.worst = best, next_worst, worst
