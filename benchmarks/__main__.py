"""Minimizers side by side: ``python -m benchmarks [--quick | --full]``, see ``--help``.

Four parts: the reliability of every minimizer on sets of problems, data profiles, growth with the
number of parameters, and what each rule of this package is worth. Tables go to standard output,
as Markdown; ``-o DIR`` writes them, every single minimization, and pictures. Needs the extra
``bench``; a minimizer that is not installed is skipped.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Sequence

from .ablation import FULL, PREFIX, effects_of
from .arguments import Request, request
from .growth import QUICK_SIZES, SIZES, grow
from .peers import PEERS, installed
from .planning import tasks_for
from .playing import play
from .profiles import PROFILED, profiles_of
from .report import Results, tables, write
from .trial import Trial


def measure(asked: Request) -> Results:
    """Do what is asked for."""
    began = time.perf_counter()
    peers, missing = installed([PEERS[name] for name in asked.peers])
    results = Results(missing=missing)
    names = [peer.name for peer in peers]
    results.trials = play(tasks_for(asked, peers), asked.jobs, "minimizing")
    for name in asked.sets:
        own = [trial for trial in results.trials if trial.set == name]
        if "reliability" in asked.parts:
            results.reliability[name] = played_by(names, own)
        if "profiles" in asked.parts and name in PROFILED:
            results.profiles[name] = profiles_of(name, played_by(names, own))
    if "ablation" in asked.parts:
        rules = [t for t in results.trials if t.peer == FULL or t.peer.startswith(PREFIX)]
        results.effects = effects_of(rules)
    if "growth" in asked.parts:
        sizes = QUICK_SIZES if asked.quick else SIZES
        results.growth = grow(peers, sizes, asked.seeds[0])
    results.seconds = time.perf_counter() - began
    return results


def played_by(peers: Sequence[str], trials: Sequence[Trial]) -> list[Trial]:
    return [trial for trial in trials if trial.peer in peers]


def main(words: Sequence[str] | None = None) -> None:
    """Print the tables, and write what is to be written."""
    asked = request(words)
    results = measure(asked)
    for table in tables(results, asked):
        print(table.markdown(), end="\n\n")
    if results.missing:
        print(f"Skipped, because not installed: {', '.join(results.missing)}\n")
    if asked.output is not None:
        write(results, asked, asked.output)
    print(f"{results.seconds:.0f} s", file=sys.stderr)


if __name__ == "__main__":
    main()
