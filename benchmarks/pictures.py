"""The tables as pictures; needs matplotlib."""

from __future__ import annotations

import importlib
from collections.abc import Sequence
from typing import Any

import numpy as np

from .ablation import Effect
from .growth import Growing
from .judge import Verdict
from .picture_style import BARS, line
from .profiles import ACCURACIES, Profile
from .reliability import scores_of
from .sets import TITLES
from .trial import Trial

Figure = Any


def figure(rows: int, columns: int, width: float, height: float, **shared: Any) -> tuple[Any, Any]:
    """Return a figure of panels that needs no screen."""
    matplotlib_figure = importlib.import_module("matplotlib.figure")
    new = matplotlib_figure.Figure(figsize=(width, height), layout="constrained", dpi=130)
    return new, new.subplots(rows, columns, squeeze=False, **shared)


def reliability_picture(name: str, trials: Sequence[Trial]) -> Figure:
    """Draw what became of the minimizations, a bar a peer."""
    scores = scores_of(trials)[::-1]
    new, panels = figure(1, 1, 9.5, 1.6 + 0.36 * len(scores))
    axes = panels[0, 0]
    shares = [[s.count(v) / len(s.trials) * 100 for v in Verdict] for s in scores]
    left = np.zeros(len(scores))
    names = [score.peer for score in scores]
    for verdict, widths in zip(Verdict, np.array(shares).T, strict=True):
        look = {"edgecolor": "black", "linewidth": 0.6, "height": 0.72} | BARS[verdict]
        axes.barh(names, widths, left=left, label=verdict.value, **look)
        left += widths
    for at, score in enumerate(scores):
        axes.text(101, at, f"{score.median_evaluations:,}", va="center", fontsize=9)
    axes.text(101, len(scores) - 0.35, "median\nevaluations", va="bottom", fontsize=8)
    cases = max(len(score.trials) for score in scores)
    axes.set(xlim=(0, 100), xlabel=f"share of {cases} minimizations / %", ylim=(-0.6, len(scores)))
    axes.spines[["top", "right"]].set_visible(False)
    new.suptitle(f"Reliability: {TITLES.get(name, name)}", fontsize=12)
    new.legend(loc="outside lower center", ncols=5, fontsize=8, frameon=False)
    return new


def profile_picture(of_set: str, profiles: Sequence[Profile]) -> Figure:
    """Draw the share of problems solved against simplex gradients, a panel an accuracy."""
    new, panels = figure(1, len(ACCURACIES), 14, 5.2, sharey=True)
    ends = [own for p in profiles for own, _ in p.steps()]
    most = 1.3 * max(ends, default=1.0)
    for axes, accuracy in zip(panels[0], ACCURACIES, strict=True):
        for profile in (p for p in profiles if p.accuracy == accuracy):
            steps = [(0.3, 0.0), *profile.steps()]
            steps.append((most, steps[-1][1]))
            x, y = np.array(steps).T
            look = line(profile.peer) | {"markevery": 0.12, "drawstyle": "steps-post"}
            axes.plot(x, 100 * y, label=profile.peer, **look)
        axes.set(xscale="log", xlim=(0.8, most), ylim=(0, 102), title=f"accuracy τ = {accuracy:g}")
        axes.set_xlabel("simplex gradients = evaluations / (n + 1)")
        axes.grid(alpha=0.3)
    panels[0, 0].set_ylabel("problems solved / %")
    new.suptitle(f"Data profiles: {TITLES.get(of_set, of_set)}")
    new.legend(*panels[0, 0].get_legend_handles_labels(), loc="outside lower center", ncols=6)
    return new


def growth_picture(rows: Sequence[Growing]) -> Figure:
    """Draw evaluations and time per evaluation against n; a cross where the result is not good."""
    problems = list(dict.fromkeys(row.problem for row in rows))
    new, panels = figure(2, len(problems), 3.9 * len(problems), 8, sharex=True, sharey="row")
    for column, problem in zip(panels.T, problems, strict=True):
        for peer in dict.fromkeys(row.peer for row in rows):
            own = [row for row in rows if (row.problem, row.peer) == (problem, peer)]
            n = np.array([row.n for row in own])
            evaluations = np.array([row.evaluations for row in own])
            micro = np.array([row.seconds for row in own]) / evaluations * 1e6
            vain = np.array([not row.good for row in own], dtype=bool)
            for axes, y in zip(column, (evaluations, micro), strict=True):
                axes.plot(n, y, label=peer, **line(peer))
                axes.scatter(n[vain], y[vain], s=130, marker="x", color="black", zorder=5)
        sizes = sorted({row.n for row in rows})
        for axes in column:
            axes.set(xscale="log", yscale="log")
            axes.set_xticks(sizes, [str(n) for n in sizes], fontsize=8)
            axes.minorticks_off()
            axes.grid(alpha=0.3)
        column[0].set_title(problem)
        column[1].set_xlabel("number of parameters n")
    panels[0, 0].set_ylabel("evaluations")
    panels[1, 0].set_ylabel("time per evaluation / µs")
    new.suptitle("Growth with the number of parameters (black cross: result not good)")
    new.legend(*panels[0, 0].get_legend_handles_labels(), loc="outside lower center", ncols=6)
    return new


def ablation_picture(effects: Sequence[Effect]) -> Figure:
    """Draw what changes without each rule: numbers on a colour, purple where it is worse."""
    rules = list(dict.fromkeys(effect.rule for effect in effects))
    sets = list(dict.fromkeys(effect.set for effect in effects))
    kinds = {
        "good": "Δgood",
        "claimed": "Δclaimed",
        "false": "Δfalse",
        "evaluations": "Δevaluations / %",
    }
    size = 4 + len(sets), 2.4 + 0.6 * len(rules)
    new, panels = figure(2, 2, *size, sharex=True, sharey=True)
    for axes, (kind, title) in zip(panels.flat, kinds.items(), strict=True):
        values = np.array([getattr(effect, kind) for effect in effects], dtype=float)
        grid = values.reshape(len(rules), len(sets))
        worse = -grid if kind in ("good", "claimed") else grid
        reach = 50.0 if kind == "evaluations" else 5.0
        axes.imshow(worse, cmap="PuOr_r", vmin=-reach, vmax=reach, aspect="auto")
        for (i, j), value in np.ndenumerate(grid):
            if round(value, 1):
                number = f"{value:+.0f}" if abs(value) >= 1 else f"{value:+.1f}"
                colour = "white" if abs(value) > 0.65 * reach else "black"
                axes.text(j, i, number, ha="center", va="center", fontsize=8, color=colour)
        axes.set_xticks(range(len(sets)), sets, rotation=40, ha="right")
        axes.set_yticks(range(len(rules)), rules)
        axes.set_title(title)
    new.suptitle("Ablation: what changes when one rule is off (orange: for the worse)")
    return new
