"""Which minimizations are to be made: each once, for all the parts that need it."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Sequence

import numpy as np

from .ablation import variants
from .arguments import Request
from .case import Case
from .peers import PEERS, Peer
from .playing import Task
from .profiles import PROFILED
from .sets import SETS

QUICK_CASES, FULL_CASES = 6, 60  # of each set at most
QUICK_BUDGET = 1500  # evaluations for each of n + 1, at most


def tasks_for(asked: Request, peers: Sequence[Peer]) -> list[Task]:
    """Return all minimizations that are wanted."""
    tasks = []
    for name in asked.sets:
        players: dict[str, Peer] = {}
        if "reliability" in asked.parts or ("profiles" in asked.parts and name in PROFILED):
            players |= {peer.name: peer for peer in peers}
        if "ablation" in asked.parts:
            players |= {peer.name: peer for peer in variants()}
        for seed in asked.seeds if players else ():
            cases = SETS[name](seed, asked.quick)
            chosen = quick_cases(cases) if asked.quick else some(cases, FULL_CASES)
            tasks += tasks_of(name, chosen, list(players.values()), seed)
    return tasks


def some(cases: Sequence[Case], most: int) -> list[Case]:
    """Return so many cases at most, from all over the set."""
    at = np.linspace(0, len(cases) - 1, min(len(cases), most))
    return [cases[round(number)] for number in at]


def quick_cases(cases: Sequence[Case]) -> list[Case]:
    """Return a few cases, of a smaller budget."""
    return [
        dataclasses.replace(case, budget=min(case.budget, QUICK_BUDGET * (case.n + 1)))
        for case in some(cases, QUICK_CASES)
    ]


def tasks_of(of_set: str, cases: Iterable[Case], peers: Sequence[Peer], seed: int) -> list[Task]:
    """Return the minimizations of a set with a seed, without the peers that cannot play."""
    drawn = of_set in PROFILED
    return [
        Task(of_set, case, peer, seed, drawn and peer.name in PEERS)
        for case in cases
        for peer in peers
        if peer.can_play(case)
    ]
