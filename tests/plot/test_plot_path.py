"""The simplices that the pictures find from a trace are those that the algorithm had."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from problems import ball, bowl, wavy

from minimizer import Minimizer, Move, Rules
from minimizer.plot.trace_simplices import simplices
from minimizer.simplex.solver import NelderMeadRun

Simplices = list[tuple[np.ndarray, list[float]]]


@pytest.fixture
def followed(monkeypatch: pytest.MonkeyPatch) -> dict[int, Simplices]:
    """Note the algorithm's own simplex, run by run, whenever an iteration has ended."""
    seen: dict[int, Simplices] = {}
    original = NelderMeadRun.tell

    def noting(self: NelderMeadRun, *told: Any) -> bool:
        iteration_ended = original(self, *told)
        if iteration_ended:
            s = self.state
            simplex = np.array(s.points)[:, : s.n], list(s.values)
            seen.setdefault(self.number, []).append(simplex)
        return iteration_ended

    monkeypatch.setattr(NelderMeadRun, "tell", noting)
    return seen


def as_set(vertices: Any, values: Any) -> frozenset[tuple[float, ...]]:
    rows = zip(np.asarray(vertices).tolist(), values, strict=True)
    return frozenset((*point, value) for point, value in rows)


FUNCTIONS = pytest.mark.parametrize(
    ("fun", "start", "bounds"),
    [
        (bowl, [5.0, 5.0], None),
        (wavy, [5.0, 5.0], None),
        (wavy, [5.0, 4.0, 3.0], None),
        (ball, [0.1, 0.1, 0.1], None),
        (bowl, [5.0, 5.0], [(2.5, 6.0), (None, 5.5)]),
    ],
)


@pytest.mark.slow
@pytest.mark.parametrize(
    "rules", [Rules(quadratic_surface=False), "imagej"], ids=["robust", "imagej"]
)
@FUNCTIONS
def test_every_simplex_is_found(
    fun: Any, start: list[float], bounds: Any, rules: Any, followed: dict[int, Simplices]
) -> None:
    """Of the moves of the simplex; probes of its size are not vertices."""
    m = Minimizer(fun, trace=True, rules=rules, bounds=bounds, max_evaluations=3000)
    m.minimize(start)
    assert isinstance(m.trace, list)
    for run, algorithm in followed.items():
        found = simplices(e for e in m.trace if e.run == run)
        sets = {as_set(s.vertices, s.values) for s in found}
        # ImageJ's rules leave vertices out of bounds, never evaluated, in a simplex that shrinks.
        algorithm = [s for s in algorithm if not np.isnan(s[1]).any()]
        assert len(algorithm) > 10
        assert [s for s in algorithm if as_set(*s) not in sets] == []
        assert len({as_set(*s) for s in algorithm}) >= 0.9 * len(sets)  # and nothing invented


@pytest.mark.slow
@FUNCTIONS
def test_a_simplex_around_the_lowest_point_of_a_surface_is_found(
    fun: Any, start: list[float], bounds: Any, followed: dict[int, Simplices]
) -> None:
    """Where a surface made none, only its lowest point is known, and not which vertex it replaced.

    Of all simplices most are found nevertheless.
    """
    m = Minimizer(fun, trace=True, bounds=bounds, max_evaluations=3000)
    m.minimize(start)
    assert isinstance(m.trace, list)
    known = total = 0
    for run, algorithm in followed.items():
        evaluations = [e for e in m.trace if e.run == run]
        found = simplices(evaluations)
        sets = {as_set(s.vertices, s.values) for s in found}
        made = [as_set(*s) for s in algorithm]
        for snapshot in found:
            is_last = snapshot.evaluation == len(evaluations) - 1  # it has verified the minimum
            if snapshot.move is Move.SURROUND and not is_last:
                assert as_set(snapshot.vertices, snapshot.values) in made
        known, total = known + sum(simplex in sets for simplex in made), total + len(made)
    assert known >= 0.7 * total


def test_a_snapshot_has_its_move_and_number() -> None:
    m = Minimizer(bowl, 2, trace=True, rules=Rules(quadratic_surface=False))
    m.minimize([5.0, 5.0])
    assert isinstance(m.trace, list)
    run = [e for e in m.trace if e.run == 0]
    found = simplices(run)
    third = [i for i, e in enumerate(run) if e.move is Move.INITIAL][2]
    assert (found[0].move, found[0].evaluation) == (Move.INITIAL, third)
    assert {s.move for s in found} >= {Move.REFLECT, Move.EXPAND, Move.REINITIALIZE}
    for snapshot in found:
        assert run[snapshot.evaluation].move is snapshot.move
        assert run[snapshot.evaluation].point.tolist() in snapshot.vertices.tolist()
