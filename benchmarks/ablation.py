"""Ablation: what each repair of this package's rules is worth, turned off alone."""

from __future__ import annotations

import dataclasses
import functools
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from minimizer.simplex.rules import ROBUST, Rules

from .peers import Peer, ours
from .table import Cell, Table
from .trial import Trial

FULL = "minimizer"
PREFIX = "minimizer-without-"
MEANINGLESS = ("start_at_zeros",)  # every case has a start
NOTICEABLE = 1.0  # per cent of evaluations
HEADER = ("rule off", "set", "Δgood", "Δclaimed", "Δfalse", "Δevaluations / %", "Δresults")


@dataclass(frozen=True)
class Effect:
    """What turning off a rule changes on a set.

    Attributes
    ----------
    rule, set : str
    good, claimed, false : int
        How many more there are without the rule.
    evaluations : float
        How many more, in per cent.
    different : int
        How many minimizations are not the same to the bit.
    """

    rule: str
    set: str
    good: int
    claimed: int
    false: int
    evaluations: float
    different: int

    def told(self, sign: int) -> list[str]:
        """Return what is worse (sign 1) or better (-1) without the rule, if anything is."""
        counts = {"good": -self.good, "claimed": -self.claimed, "false": self.false}
        words = [
            f"{word} {getattr(self, word):+d}" for word, worse in counts.items() if sign * worse > 0
        ]
        if sign * self.evaluations > NOTICEABLE:
            words.append(f"evaluations {self.evaluations:+.1f} %")
        return [f"{self.set}: {', '.join(words)}"] if words else []


def switches() -> list[str]:
    """Return the rules that are on and mean something."""
    names = [field.name for field in dataclasses.fields(Rules)]
    return [n for n in names if getattr(ROBUST, n) is True and n not in MEANINGLESS]


def variants() -> list[Peer]:
    """Return this package with all rules, then without each of them."""
    without = [Peer(PREFIX + name, functools.partial(ours, rules=off(name))) for name in switches()]
    return [Peer(FULL, ours), *without]


def off(name: str) -> Rules:
    """Return the rules without one."""
    return dataclasses.replace(ROBUST, **{name: False})


def effects_of(trials: Sequence[Trial]) -> list[Effect]:
    """Return what every rule changes on every set."""
    sets = dict.fromkeys(trial.set for trial in trials)
    rules = dict.fromkeys(t.peer.removeprefix(PREFIX) for t in trials if t.peer.startswith(PREFIX))
    grouped: dict[tuple[str, str], list[Trial]] = {}
    for trial in trials:
        grouped.setdefault((trial.peer, trial.set), []).append(trial)
    return [
        effect(rule, of_set, grouped[FULL, of_set], grouped[PREFIX + rule, of_set])
        for rule in rules
        for of_set in sets
    ]


def effect(rule: str, of_set: str, full: Sequence[Trial], without: Sequence[Trial]) -> Effect:
    """Compare the minimizations of a set with and without a rule, in the same order."""

    def more(what: Callable[[Trial], int]) -> int:
        return sum(map(what, without)) - sum(map(what, full))

    def same(a: Trial, b: Trial) -> bool:
        return repr(a.value) == repr(b.value) and a.evaluations == b.evaluations

    return Effect(
        rule=rule,
        set=of_set,
        good=more(lambda t: t.good),
        claimed=more(lambda t: t.claimed),
        false=more(lambda t: t.false),
        evaluations=100.0 * more(lambda t: t.evaluations) / sum(t.evaluations for t in full),
        different=sum(not same(a, b) for a, b in zip(full, without, strict=True)),
    )


def summary(rule: str, effects: Sequence[Effect]) -> str:
    """Say in a line what a rule is worth."""
    own = [effect for effect in effects if effect.rule == rule]
    if not any(effect.different for effect in own):
        return f"{rule} earns nothing: no minimization here depends on it"
    worse = "; ".join(text for effect in own for text in effect.told(1))
    better = "; ".join(text for effect in own for text in effect.told(-1))
    verdict = f"is worth something, without it worse: {worse}" if worse else "earns nothing"
    return f"{rule} {verdict}" + (f" | without it better: {better}" if better else "")


def ablation_table(effects: Sequence[Effect], command: str) -> Table:
    """Return what changes without each rule; sets on which nothing does are left out."""
    rows: list[Sequence[Cell]] = [
        (e.rule, e.set, e.good, e.claimed, e.false, round(e.evaluations, 1), e.different)
        for e in effects
        if e.different
    ]
    notes = [summary(rule, effects) for rule in dict.fromkeys(e.rule for e in effects)]
    title = "Ablation: what changes when one rule is off"
    return Table("ablation", title, command, HEADER, rows, notes)
