"""One minimization: a peer on a case, what it returned, and what that cost."""

from __future__ import annotations

import copy
import math
import warnings
from dataclasses import dataclass

import numpy as np

from .case import Array, Case
from .judge import Verdict, judge
from .peers import Answer, Function, Peer

RUNAWAY = 10  # times the budget: whoever gets there does not heed it


class Counted:
    """A function that counts its evaluations and remembers each best value and when it came.

    Parameters
    ----------
    fun : callable
    judge : callable, optional
        What a point is worth, if that is not its value.
    most : float
        Evaluations, after which there is an exception.

    Attributes
    ----------
    evaluations : int
    history : list of (int, float)
        Number of the evaluation, from 1, and what the best point is worth, wherever it improves.
    """

    def __init__(
        self, fun: Function, judge: Function | None = None, most: float = math.inf
    ) -> None:
        self.fun, self.judge, self.most = fun, judge, most
        self.evaluations = 0
        self.history: list[tuple[int, float]] = []
        self._best = math.inf

    def __call__(self, x: Array) -> float:
        """Return the value at a point, which the function gets a copy of."""
        self.evaluations += 1
        if self.evaluations > self.most:
            raise RuntimeError(f"stopped after {self.most} evaluations")
        value = self.fun(np.array(x, dtype=float))
        if value < self._best:
            self._best = value
            self._remember(value if self.judge is None else self.judge(np.array(x, dtype=float)))
        return value

    def _remember(self, worth: float) -> None:
        if not self.history or worth < self.history[-1][1]:
            self.history.append((self.evaluations, worth))


@dataclass(frozen=True)
class Trial:
    """How one minimization ended.

    Attributes
    ----------
    set, case, peer : str
    n, seed : int
    claimed : bool
        The peer calls it a success.
    good, other : bool
        The value is the minimum's; that of another known minimum.
    value, minimum : float
        At the point that the peer returned, NaN if there is none; the best that is known.
    evaluations : int
    error : str
        The exception that ended it, empty if there was none.
    start_value : float
    history : tuple of (int, float)
        As in `Counted`.
    """

    set: str
    case: str
    n: int
    peer: str
    seed: int
    claimed: bool
    good: bool
    other: bool
    value: float
    minimum: float
    evaluations: int
    error: str = ""
    start_value: float = math.nan
    history: tuple[tuple[int, float], ...] = ()

    @property
    def verdict(self) -> Verdict:
        """What became of it."""
        return judge(self.claimed, self.good, self.other)

    @property
    def false(self) -> bool:
        """Claimed, but neither the minimum nor another that is known."""
        return self.verdict is Verdict.FALSE


def attempt(case: Case, peer: Peer, seed: int, of_set: str = "") -> Trial:
    """Minimize, and judge the point that is returned by its value."""
    fun = Counted(copy.deepcopy(case.fun), case.judge, RUNAWAY * case.budget)
    answer, error = answer_of(peer, fun, case, seed)
    value = value_at(case, answer.x)
    good = bool(case.is_good(value))
    return Trial(
        set=of_set,
        case=case.name,
        n=case.n,
        peer=peer.name,
        seed=seed,
        claimed=answer.claimed,
        good=good,
        other=not good and bool(case.is_other(value)),
        value=value,
        minimum=case.minimum,
        evaluations=fun.evaluations,
        error=error,
        start_value=value_at(case, case.start),
        history=tuple(fun.history),
    )


def answer_of(peer: Peer, fun: Counted, case: Case, seed: int) -> tuple[Answer, str]:
    """Return what a peer answers, without its warnings, and the exception that it raised."""
    with warnings.catch_warnings(), np.errstate(all="ignore"):
        warnings.simplefilter("ignore")
        try:
            return peer.method(fun, case, seed), ""
        except Exception as error:
            nowhere = np.full(case.n, math.nan)
            return Answer(nowhere, claimed=False), f"{type(error).__name__}: {error}"


def value_at(case: Case, x: Array) -> float:
    """Return the value that a point is judged by; NaN if it is none or out of the bounds."""
    if not np.isfinite(x).all():
        return math.nan
    if case.bounds is not None:
        lower, upper = np.array(case.bounds, dtype=float).T
        if (x < lower).any() or (x > upper).any():
            return math.nan
    with np.errstate(all="ignore"):
        worth = copy.deepcopy(case.judge or case.fun)
        return float(worth(np.array(x, dtype=float)))
