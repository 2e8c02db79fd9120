"""Random pairs of pictures: ``python -m benchmarks.random_pairs --pairs 1056 --seed 1``.

Each pair is of one of 88 kinds in `benchmarks.pair_kinds`, all with equal shares. The table counts,
by kind, what is

- *found*: right, and called a success that is not ambiguous;
- *flagged*, that is ambiguous or no success: *rightly* where the result is wrong or no result can
  be right, *needlessly* where it is right;
- *refused*: an error says that no alignment overlaps enough;
- *imprecise*: called a success, up to three times the limit off, and better than the truth by its
  own metric: noise, or whatever the pictures do not share, has moved the optimum;
- *WRONG*: called a success, not ambiguous, and wrong.

``--use ncc=lncc`` replaces a metric in all kinds, to compare the two on the same pairs.
"""

from __future__ import annotations

import argparse
import json
import time
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

from minimizer import Status
from minimizer.registration import register

from .pair_kinds import Kind, pairs
from .registration_cases import Case, error
from .table import Cell, Table

VERDICTS = ("found", "rightly", "needlessly", "refused", "imprecise", "WRONG")
MAX_IMPRECISION = 3.0
"""Times the limit; what is farther off is wrong."""


def verdict(kind: Kind, case: Case) -> tuple[str, float, float]:
    """Return the verdict on a pair, the doubt and the error."""
    try:
        result = register(case.fixed, case.moving, **case.settings)
    except ValueError:
        return "refused", float("nan"), float("nan")
    distance = error(case, result.matrix)
    is_right = kind.has_answer and distance < case.limit
    if result.status is not Status.SUCCESS or result.ambiguous:
        return ("needlessly" if is_right else "rightly"), result.doubt, distance
    if is_right:
        return "found", result.doubt, distance
    cost = result.cost_function
    is_near = kind.has_answer and distance < MAX_IMPRECISION * case.limit
    if is_near and cost and result.cost < cost(cost.transform.params_of(case.truth)):
        return "imprecise", result.doubt, distance
    return "WRONG", result.doubt, distance


def table(counts: dict[tuple[str, str], Counter[str]], command: str) -> Table:
    """Return the counts by kind, and of all."""
    total = sum(counts.values(), Counter[str]())
    rows: list[Sequence[Cell]] = [
        [name, metric, *(count[word] for word in VERDICTS)]
        for (name, metric), count in (*counts.items(), (("all", ""), total))
    ]
    return Table("random-pairs", "Random pairs", command, ["kind", "metric", *VERDICTS], rows)


def main() -> None:
    """Print a line per pair that is wrong, and the table."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.random_pairs", description=__doc__)
    parser.add_argument("--pairs", type=int, default=1056, help="number of pairs (1056)")
    parser.add_argument("--seed", type=int, default=0, help="of the pairs (0)")
    parser.add_argument("--size", type=int, default=160, help="side of the pictures (160)")
    parser.add_argument("--kinds", default="", metavar="WORDS", help="kinds with these words only")
    parser.add_argument("--use", nargs="*", default=[], metavar="A=B", help="metric B instead of A")
    parser.add_argument("--out", type=Path, help="file for a line of JSON per pair")
    given = parser.parse_args()
    instead = dict(rule.split("=") for rule in given.use)
    counts: dict[tuple[str, str], Counter[str]] = {}
    out = given.out.open("w", encoding="utf-8") if given.out else None
    clock = time.process_time()
    for kind, case in pairs(given.pairs, given.seed, given.size, given.kinds):
        metric = case.settings["metric"] = instead.get(kind.metric, kind.metric)
        judged, doubt, distance = verdict(kind, case)
        counts.setdefault((kind.name, metric), Counter())[judged] += 1
        line = {"kind": kind.name, "verdict": judged, "doubt": doubt, "error": distance}
        if out:
            print(json.dumps(line), file=out, flush=True)
        if judged == "WRONG":
            print(f"  {kind.name}: WRONG, doubt {doubt:.2f}, error {distance:.2f}", flush=True)
    words = [f"--pairs {given.pairs} --seed {given.seed}", *(f"--use {r}" for r in given.use)]
    print(table(counts, f"python -m benchmarks.random_pairs {' '.join(words)}").markdown())
    print(f"\nCPU time {time.process_time() - clock:.0f} s")
    if out:
        out.close()


if __name__ == "__main__":
    main()
