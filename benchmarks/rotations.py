"""Volumes turned far: ``python -m benchmarks.rotations [far|little|unrelated|symmetric|look]``.

``far``: turned by 90° to 180° about random axes; ``little``: by 0° to 45°; both by kind. Volumes
that are ``unrelated`` or ``symmetric`` have no right answer, and every result must be ambiguous.
A result is confidently wrong if it is a success, not ambiguous, and not right. It is imprecise, and
counted apart, if it is less than three voxels off and better than the truth by its own metric: then
noise has moved the optimum. ``look`` measures the CPU time of the look at all rotations, which
every search begins with. ``--picture worst.png`` draws the least precise of the results that are
not flagged.
"""

from __future__ import annotations

import argparse
import time
from collections import Counter
from collections.abc import Iterator
from importlib.util import find_spec

from minimizer import Status
from minimizer.registration import RegistrationResult, register

from .registration_cases import Case, error
from .rotation_cases import BRAINS, KINDS, symmetric, turned, unrelated
from .rotation_look import time_the_look
from .rotation_picture import draw_pair

ANGLES = {"far": (90.0, 180.0), "little": (0.0, 45.0)}


def verdict(case: Case, search: str, has_answer: bool = True) -> tuple[str, float, float]:
    """Return the verdict, the doubt and the error; needless is right, but flagged."""
    result = register(case.fixed, case.moving, search=search, **case.settings)
    return judged(case, result, has_answer)


def judged(
    case: Case, result: RegistrationResult, has_answer: bool = True
) -> tuple[str, float, float]:
    """Return the verdict on a result, its doubt and its error."""
    distance = error(case, result.matrix)
    is_right = has_answer and distance < case.limit
    is_sure = result.status is Status.SUCCESS and not result.ambiguous
    if is_sure and has_answer and case.limit <= distance < 3 * case.limit:
        cost = result.cost_function
        if cost is not None and result.cost < cost(cost.transform.params_of(case.truth)):
            return "imprecise", result.doubt, distance
    if is_sure:
        return ("found" if is_right else "WRONG"), result.doubt, distance
    return ("needless" if is_right else "flagged"), result.doubt, distance


def pairs(what: str, seed: int, n: int, size: int, words: str = "") -> Iterator[tuple[str, Case]]:
    """Yield the name of the kind, and the pair."""
    if what in ANGLES:
        every = (*KINDS, *BRAINS) if find_spec("nilearn") else KINDS
        kinds = [kind for kind in every if words in kind.name]
        for kind in kinds:
            for k in range(n):
                yield kind.name, turned(kind, seed + k, size, ANGLES[what])
        return
    for k in range(n):
        yield from (unrelated if what == "unrelated" else symmetric)(seed + k, size)


def main() -> None:
    """Print a line per kind, and one for all."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.rotations", description=__doc__)
    parser.add_argument("what", choices=(*ANGLES, "unrelated", "symmetric", "look"))
    parser.add_argument("--seed", type=int, default=0, help="first seed (0)")
    parser.add_argument("--n", type=int, default=6, help="pairs of each kind, or turns (6)")
    parser.add_argument("--size", type=int, default=40, help="side of the volumes (40)")
    parser.add_argument("--search", default="auto", help="search of `register` (auto)")
    parser.add_argument("--kind", default="", metavar="WORDS", help="kinds with these words only")
    parser.add_argument("--picture", metavar="PATH", help="file for a picture of the worst case")
    given = parser.parse_args()
    if given.what == "look":
        time_the_look(given.n)
        return
    worst = 0.0
    found: dict[str, Counter[str]] = {}
    doubts: dict[str, list[float]] = {}
    seconds: dict[str, float] = {}
    for name, case in pairs(given.what, given.seed, given.n, given.size, given.kind):
        clock = time.process_time()
        result = register(case.fixed, case.moving, search=given.search, **case.settings)
        word, doubt, distance = judged(case, result, given.what in ANGLES)
        seconds[name] = seconds.get(name, 0.0) + time.process_time() - clock
        found.setdefault(name, Counter())[word] += 1
        doubts.setdefault(name, []).append(doubt)
        if given.picture and word in ("found", "imprecise", "WRONG") and distance > worst:
            worst = distance
            title = f"{name}: {word}, {distance:.2f} voxels off, doubt {doubt:.2f}"
            draw_pair(case, result, title, given.picture)
        if word == "WRONG" or (word != "found" and given.what in ANGLES):
            print(f"  {name}: {word}, doubt {doubt:.2f}, error {distance:.2f}", flush=True)
    total: Counter[str] = Counter()
    for name, counts in found.items():
        total.update(counts)
        said = ", ".join(f"{count} {word}" for word, count in sorted(counts.items()))
        low, high = min(doubts[name]), max(doubts[name])
        print(f"{name:<24}{said:<36}doubt {low:.2f} to {high:.2f}, CPU {seconds[name]:.1f} s")
    print("all: " + ", ".join(f"{count} {word}" for word, count in sorted(total.items())))


if __name__ == "__main__":
    main()
