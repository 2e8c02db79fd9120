"""Results in files: ``results.json``, a CSV and a PNG for every table."""

from __future__ import annotations

import dataclasses
import importlib.util
import json
import math
import platform
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from .ablation import Effect, ablation_table
from .arguments import Request
from .growth import Growing, growth_table
from .peers import package_version
from .profiles import Profile, profile_table
from .reliability import reliability_table
from .table import Table
from .trial import Trial

PACKAGES = ("minimizer", "numpy", "joblib", "scipy", "nlopt", "matplotlib")
FIELDS = ("n", "value", "minimum", "evaluations", "error")
EVERYTHING = "all"


@dataclass
class Results:
    """What was found, by parts; a part that was not asked for is empty.

    Attributes
    ----------
    trials : list of Trial
        Every single minimization but those of the growth.
    reliability : dict
        Trials of a set, by its name.
    profiles : dict
        Profiles of a set, by its name.
    growth : list of Growing
    effects : list of Effect
    missing : list of str
        Peers that are not installed.
    seconds : float
    """

    trials: list[Trial] = field(default_factory=list)
    reliability: dict[str, list[Trial]] = field(default_factory=dict)
    profiles: dict[str, list[Profile]] = field(default_factory=dict)
    growth: list[Growing] = field(default_factory=list)
    effects: list[Effect] = field(default_factory=list)
    missing: list[str] = field(default_factory=list)
    seconds: float = 0.0

    @property
    def all_reliability(self) -> dict[str, list[Trial]]:
        """The same, and all sets together if there are several."""
        everything = [trial for trials in self.reliability.values() for trial in trials]
        together = {EVERYTHING: everything} if len(self.reliability) > 1 else {}
        return self.reliability | together


def tables(results: Results, request: Request) -> Iterator[Table]:
    """Yield all tables."""
    for name, trials in results.all_reliability.items():
        single = name != EVERYTHING
        command = request.command("reliability", *([name] if single else request.sets))
        yield reliability_table(name, trials, command, telling=single)
    for name, profiles in results.profiles.items():
        yield profile_table(name, profiles, request.command("profiles", name))
    if results.growth:
        yield growth_table(results.growth, request.command("growth"))
    if results.effects:
        yield ablation_table(results.effects, request.command("ablation", *request.sets))


def pictures(results: Results) -> Iterator[tuple[str, Any]]:
    """Yield a file's name and a figure for every table."""
    from . import pictures as draw

    for name, trials in results.all_reliability.items():
        yield f"reliability-{name}", draw.reliability_picture(name, trials)
    for name, profiles in results.profiles.items():
        yield f"profile-{name}", draw.profile_picture(name, profiles)
    if results.growth:
        yield "growth", draw.growth_picture(results.growth)
    if results.effects:
        yield "ablation", draw.ablation_picture(results.effects)


def write(results: Results, request: Request, directory: Path) -> None:
    """Write everything; without matplotlib there are no pictures."""
    directory.mkdir(parents=True, exist_ok=True)
    text = json.dumps(document(results, request), indent=1, ensure_ascii=False, allow_nan=False)
    (directory / "results.json").write_text(text + "\n", encoding="utf-8")
    for table in tables(results, request):
        (directory / f"{table.name}.csv").write_text(table.csv(), encoding="utf-8")
    if importlib.util.find_spec("matplotlib") is None:
        print("No pictures: matplotlib is not installed.", file=sys.stderr)
        return
    for name, figure in pictures(results):
        figure.savefig(directory / f"{name}.png")


def document(results: Results, request: Request) -> dict[str, Any]:
    """Return everything as JSON takes it: what is not a finite number is null."""
    return {
        "command": request.command(),
        "python": platform.python_version(),
        "packages": {package: package_version(package) for package in PACKAGES},
        "seconds": round(results.seconds, 1),
        "not installed": results.missing,
        "minimizations": [minimization(trial) for trial in results.trials],
        "profiles": [
            {**dataclasses.asdict(p), "gradients": [finite(g) for g in p.gradients]}
            for profiles in results.profiles.values()
            for p in profiles
        ],
        "growth": [dataclasses.asdict(row) for row in results.growth],
        "ablation": [dataclasses.asdict(effect) for effect in results.effects],
    }


def minimization(trial: Trial) -> dict[str, Any]:
    """Return one minimization."""
    words = ("set", "case", "peer", "seed", "claimed", "good", "false", "other", *FIELDS)
    return {word: finite(getattr(trial, word)) for word in words}


def finite(value: Any) -> Any:
    """Return a value that JSON has."""
    return None if isinstance(value, float) and not math.isfinite(value) else value
