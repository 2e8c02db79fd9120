"""Many minimizations, in several processes if asked for; the results do not depend on it."""

from __future__ import annotations

import dataclasses
import sys
from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple, TypeVar

import joblib
from joblib import Parallel, delayed

from .case import Case
from .peers import Peer
from .trial import Trial, attempt

T = TypeVar("T")
Signature = tuple[str, str, str, int | None]


class Task(NamedTuple):
    """One minimization to make."""

    of_set: str
    case: Case
    peer: Peer
    seed: int
    with_history: bool = True


def play(tasks: Sequence[Task], jobs: int, what: str) -> list[Trial]:
    """Make the minimizations and return them in the order of the tasks.

    Of those that differ in the seed alone, while the peer draws no numbers, one is made.
    """
    signatures = [signature(task) for task in tasks]
    different: dict[Signature, Task] = {}
    for own, task in zip(signatures, tasks, strict=True):
        different.setdefault(own, task)
    calls = (delayed(perform)(task) for task in different.values())
    done = Parallel(n_jobs=jobs, return_as="generator")(calls)
    made = dict(zip(different, progress(done, len(different), what), strict=True))
    return [
        dataclasses.replace(made[own], seed=task.seed)
        for own, task in zip(signatures, tasks, strict=True)
    ]


def signature(task: Task) -> Signature:
    """Return what decides the result of a task."""
    seed = task.seed if task.peer.draws else None
    return task.of_set, joblib.hash(task.case), task.peer.name, seed


def perform(task: Task) -> Trial:
    """Make one minimization; its history is long, and forgotten unless it is to be drawn."""
    trial = attempt(task.case, task.peer, task.seed, task.of_set)
    return trial if task.with_history else dataclasses.replace(trial, history=())


def progress(items: Iterable[T], total: int, what: str) -> Iterator[T]:
    """Yield the items, with a bar on standard error if tqdm is there, else with a line."""
    try:
        from tqdm import tqdm
    except ImportError:
        print(f"{what}: {total} minimizations …", file=sys.stderr, flush=True)
        return iter(items)
    return iter(tqdm(items, total=total, desc=what, file=sys.stderr, mininterval=1.0))
