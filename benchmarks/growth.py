"""Growth: what the number of parameters costs, and from where on a method is not right.

Timed one after another in this process; the seconds include the function's, and our counting.
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from .case import Case
from .growth_cases import BUDGET, growing_cases, quadratic
from .peers import SLOWER, Peer
from .playing import progress
from .table import Cell, Table
from .trial import attempt

SIZES = (1, 2, 3, 4, 6, 8, 12, 16, 24, 32, 40)
QUICK_SIZES = tuple(n for n in SIZES if n <= 8)
CONTESTANTS = (
    "minimizer",
    "scipy-neldermead-tight",
    "scipy-neldermead-adaptive",
    "scipy-powell-tight",
    "scipy-cobyqa",
    "nlopt-bobyqa",
)
MODELS = ("scipy-cobyqa", "nlopt-bobyqa")
TOO_MANY = 10  # times the evaluations of the better of the two


@dataclass(frozen=True)
class Growing:
    """What one peer needed for one size of a problem.

    Attributes
    ----------
    problem, peer : str
    n, seed, evaluations : int
    good, claimed : bool
    seconds : float
    """

    problem: str
    n: int
    peer: str
    seed: int
    good: bool
    claimed: bool
    evaluations: int
    seconds: float


def grow(peers: Sequence[Peer], sizes: Sequence[int], seed: int) -> list[Growing]:
    """Minimize and time everything."""
    chosen = [peer for peer in peers if peer.name in CONTESTANTS]
    for peer in chosen:  # imports, and whatever else the first call does
        timed(Case("warm-up", quadratic(2, 1.0, seed), np.ones(2), 0.0), peer, seed)
    todo = [(case, peer) for case in growing_cases(sizes, seed) for peer in chosen]
    return [timed(case, peer, seed) for case, peer in progress(todo, len(todo), "growth")]


def timed(case: Case, peer: Peer, seed: int) -> Growing:
    """Minimize and time once."""
    began = time.perf_counter()
    trial = attempt(case, peer, seed)
    seconds = time.perf_counter() - began
    return Growing(
        case.name, case.n, peer.name, seed, trial.good, trial.claimed, trial.evaluations, seconds
    )


def is_costly(row: Growing, rows: Sequence[Growing]) -> bool:
    """Return whether a peer needs far more evaluations than the better model of the function."""
    models = [
        other.evaluations
        for other in rows
        if other.peer in MODELS and other.good and (other.problem, other.n) == (row.problem, row.n)
    ]
    return row.evaluations > TOO_MANY * min(models, default=row.evaluations)


def onset(sizes: Sequence[int], bad: Sequence[int]) -> str:
    """Say at which of all sizes it is bad: from one on, or here and there."""
    fine = [n for n in sizes if n not in bad]
    since = [n for n in bad if n > max(fine, default=0)]
    before = [str(n) for n in bad if n not in since]
    told = [f"at n = {', '.join(before)}"] if before else []
    return " and ".join(told + ([f"from n = {since[0]} on"] if since else []))


def verdict(peer: str, problem: str, rows: Sequence[Growing]) -> str:
    """Say at which n a peer is not right on a problem, and at which it is costly."""
    own = [row for row in rows if (row.peer, row.problem) == (peer, problem)]
    sizes = [row.n for row in own]
    wrong = onset(sizes, [row.n for row in own if not row.good])
    costly = onset(sizes, [row.n for row in own if is_costly(row, rows)])
    told = [f"not good {wrong}" if wrong else f"good up to n = {max(sizes)}"]
    return f"{problem}: " + ", ".join(told + ([f"costly {costly}"] if costly else []))


def growth_notes(rows: Sequence[Growing]) -> list[str]:
    """Return a sentence a peer."""
    problems = list(dict.fromkeys(row.problem for row in rows))
    better = " and ".join(MODELS)
    sentences = [
        f"{peer}. {'; '.join(verdict(peer, problem, rows) for problem in problems)}"
        for peer in dict.fromkeys(row.peer for row in rows)
    ]
    costly = f"Costly: over {TOO_MANY} times the evaluations of the better of {better}."
    return [f"{costly} Budget: {BUDGET} (n + 1), for scipy-cobyqa 1/{SLOWER} of it.", *sentences]


def growth_table(rows: Sequence[Growing], command: str) -> Table:
    """Return what every peer needed, and the sentences."""
    peers = list(dict.fromkeys(row.peer for row in rows))
    table: list[Sequence[Cell]] = []
    for problem, n in dict.fromkeys((row.problem, row.n) for row in rows):
        own = {row.peer: row for row in rows if (row.problem, row.n) == (problem, n)}
        table.append([problem, n, *(cell(own[peer]) for peer in peers)])
    table.sort(key=lambda line: str(line[0]))
    title = "Growth: evaluations (seconds) against the number of parameters n"
    notes = growth_notes(rows)
    return Table("growth", title, command, ["problem", "n", *peers], table, notes)


def cell(row: Growing) -> str:
    """Return evaluations and seconds, and whether they were in vain."""
    vain = "" if row.good else ", not good"
    return f"{row.evaluations:,} ({row.seconds:.2g}{vain})"
