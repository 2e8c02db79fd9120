"""Reliability: whether what is called a success is one."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from statistics import median

from .judge import Verdict
from .sets import TITLES
from .table import Table
from .trial import Trial

HEADER = (
    "minimizer",
    "cases",
    "claimed",
    "good",
    "good and claimed",
    "false",
    "other minimum",
    "median evaluations",
    "total evaluations",
)


@dataclass(frozen=True)
class Score:
    """What one peer did on some cases."""

    peer: str
    trials: Sequence[Trial]

    def count(self, *verdicts: Verdict) -> int:
        """Return how many results are one of these."""
        return sum(trial.verdict in verdicts for trial in self.trials)

    @property
    def claimed(self) -> int:
        """How many are called a success."""
        return sum(trial.claimed for trial in self.trials)

    @property
    def good(self) -> int:
        """How many are the minimum."""
        return sum(trial.good for trial in self.trials)

    @property
    def evaluations(self) -> int:
        """Sum over all."""
        return sum(trial.evaluations for trial in self.trials)

    @property
    def median_evaluations(self) -> int:
        """Half of the minimizations took fewer."""
        return round(median(trial.evaluations for trial in self.trials))

    def row(self) -> tuple[str | int, ...]:
        """Return the line of the table."""
        return (
            self.peer,
            len(self.trials),
            self.claimed,
            self.good,
            self.count(Verdict.GOOD_CLAIMED),
            self.count(Verdict.FALSE),
            self.count(Verdict.OTHER),
            self.median_evaluations,
            self.evaluations,
        )

    def notes(self) -> list[str]:
        """Return what is to be told by name."""
        kinds = {
            "false": named(t.case for t in self.trials if t.verdict is Verdict.FALSE),
            "in another minimum": named(t.case for t in self.trials if t.verdict is Verdict.OTHER),
            "ended by an exception": named(f"{t.case}: {t.error}" for t in self.trials if t.error),
        }
        return [f"{self.peer}, {kind}: {names}" for kind, names in kinds.items() if names]


def named(names: Iterable[str]) -> str:
    """Return names in a line, each once."""
    return "; ".join(f"{n} ({k} times)" if k > 1 else n for n, k in Counter(names).items())


def scores_of(trials: Iterable[Trial]) -> list[Score]:
    """Return one score a peer, in the order in which they appear."""
    by_peer: dict[str, list[Trial]] = {}
    for trial in trials:
        by_peer.setdefault(trial.peer, []).append(trial)
    return [Score(peer, own) for peer, own in by_peer.items()]


def reliability_table(name: str, trials: Sequence[Trial], command: str, telling: bool) -> Table:
    """Return the table of a set; `telling` names the cases that are worth a look."""
    scores = scores_of(trials)
    notes = [note for score in scores for note in score.notes()] if telling else []
    title = f"Reliability: {TITLES.get(name, name)}"
    rows = [score.row() for score in scores]
    return Table(f"reliability-{name}", title, command, HEADER, [*rows], notes)
