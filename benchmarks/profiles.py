"""Data profiles: what share of the problems is solved with how many evaluations.

A problem is solved to an accuracy τ where f(x) ≤ f_best + τ (f(x_0) - f_best), f_best being the
best value known. Evaluations are counted in simplex gradients, n + 1 of them each.

References
----------
J. J. Moré, S. M. Wild, Benchmarking derivative-free optimization algorithms, SIAM J. Optim. 20
(2009) 172-191.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from .sets import TITLES
from .table import Cell, Table
from .trial import Trial

ACCURACIES = (1e-3, 1e-5, 1e-7)
PROFILED = ("morewild", "piecewise", "noisy")
SHOWN = (10, 50, 250, 1000)  # simplex gradients in the table


@dataclass(frozen=True)
class Profile:
    """How soon one peer solved each problem to one accuracy.

    Attributes
    ----------
    set, peer : str
    accuracy : float
    gradients : tuple of float
        One for each problem: simplex gradients until it was solved, infinite if it never was.
    """

    set: str
    peer: str
    accuracy: float
    gradients: tuple[float, ...]

    def share(self, gradients: float) -> float:
        """Return the share of problems that are solved with so many simplex gradients."""
        return sum(own <= gradients for own in self.gradients) / len(self.gradients)

    def steps(self) -> list[tuple[float, float]]:
        """Return where the share rises, and to what."""
        return [(own, self.share(own)) for own in sorted(set(self.gradients)) if own < math.inf]


def solved_at(trial: Trial, best: float, accuracy: float) -> float:
    """Return after how many simplex gradients a problem is solved, infinity if it never is."""
    target = best + accuracy * (trial.start_value - best)
    found = (number for number, value in trial.history if value <= target)
    return next(found, math.inf) / (trial.n + 1)


def best_values(trials: Iterable[Trial]) -> dict[tuple[str, int], float]:
    """Return the best value known of each case and seed."""
    best: dict[tuple[str, int], float] = {}
    for trial in trials:
        least = min((value for _, value in trial.history), default=math.inf)
        known = best.get((trial.case, trial.seed), trial.minimum)
        best[trial.case, trial.seed] = min(known, least)
    return best


def profiles_of(of_set: str, trials: Sequence[Trial]) -> list[Profile]:
    """Return the profiles of a set, of all peers at all accuracies."""
    started = [trial for trial in trials if math.isfinite(trial.start_value)]
    best = best_values(started)
    peers = dict.fromkeys(trial.peer for trial in started)
    return [
        Profile(
            of_set,
            peer,
            accuracy,
            tuple(
                solved_at(trial, best[trial.case, trial.seed], accuracy)
                for trial in started
                if trial.peer == peer
            ),
        )
        for accuracy in ACCURACIES
        for peer in peers
    ]


def profile_table(of_set: str, profiles: Sequence[Profile], command: str) -> Table:
    """Return the shares in per cent, for each accuracy at some numbers of simplex gradients."""
    header = ["minimizer", *(f"{a:.0e}: {g}" for a in ACCURACIES for g in SHOWN)]
    rows: list[Sequence[Cell]] = []
    for peer in dict.fromkeys(profile.peer for profile in profiles):
        own = {profile.accuracy: profile for profile in profiles if profile.peer == peer}
        rows.append([peer, *(round(100 * own[a].share(g)) for a in ACCURACIES for g in SHOWN)])
    what = "per cent solved to an accuracy within so many simplex gradients"
    title = f"Data profile: {TITLES.get(of_set, of_set)}: {what}"
    return Table(f"profile-{of_set}", title, command, header, rows)
