"""Single runs that a quadratic surface has ended: whether such a run, unconfirmed, is ever wrong.

``python -m benchmarks.single`` makes one run per problem and seed, at this package's limits and at
SciPy's tolerances, and counts where those ended that a surface ended: in the minimum, in another
(it is known, or SciPy's Nelder-Mead finds nothing lower around it), or in none. SciPy's interface
calls such a run a success if the caller's budget ends before a second could confirm it.
"""

from __future__ import annotations

import argparse
import copy
import warnings
from collections import Counter
from collections.abc import Iterator
from typing import Any

import numpy as np
from scipy.optimize import minimize

from minimizer import Minimizer, Status

from .case import Array, Case
from .sets import SETS
from .table import Table
from .trial import value_at

NAMES = ("transformed", "boxes", "nan_edges", "morewild", "nist", "noisy")
SEEDS = 6
LIMITS: dict[str, dict[str, Any]] = {
    "its own limits": {},
    "xatol = fatol = 1e-4": {"tolerances": (1e-4, 1e-4)},
}
HEADER = ("problems", "limits", "runs", "ended by a surface", "the minimum", "another", "none")
NEARBY = (1e-6, 1e-4, 1e-2)  # sizes of simplices around a result, of its parameters
TIGHT = {"xatol": 1e-13, "fatol": 1e-16, "maxfev": 10_000, "maxiter": 10_000}


def verdict(case: Case, seed: int, limits: dict[str, Any]) -> str | None:
    """Return where a run ended; None if no surface ended it."""
    m = Minimizer(
        copy.deepcopy(case.fun),
        case.n,
        bounds=case.bounds,
        random_seed=seed,
        max_evaluations=case.budget,
        **limits,
    )
    if m.minimize_once(case.start) is not Status.SUCCESS or m.hessian is None:
        return None
    value = value_at(case, m.params)
    within = limits.get("tolerances", (0.0, 0.0))[1]
    if case.is_good(value) or value - case.minimum <= within:
        return "minimum"
    known = case.is_other(value) or is_local_minimum(case, m.params, within)
    return "another" if known else "none"


def is_local_minimum(case: Case, point: Array, within: float) -> bool:
    """Return whether SciPy's Nelder-Mead, begun around a point, finds nothing lower."""
    value = case.fun(point.copy())
    for size in NEARBY:
        steps = np.diag(size * np.maximum(np.abs(point), 1e-3))
        options = {"initial_simplex": np.vstack([point, point + steps]), **TIGHT}
        found = minimize(case.fun, point, method="Nelder-Mead", bounds=case.bounds, options=options)
        if value - found.fun > max(case.margin, within):
            return False
    return True


def rows(first: int, count: int) -> Iterator[tuple[tuple[str | int, ...], list[str]]]:
    """Return the lines of the table, and the names of what ended in none."""
    for name in NAMES:
        cases = [(c, seed) for seed in range(first, first + count) for c in SETS[name](seed, False)]
        for title, limits in LIMITS.items():
            ends = [(case.name, verdict(case, seed, limits)) for case, seed in cases]
            counts = Counter(end for _, end in ends if end is not None)
            kinds = (counts[kind] for kind in ("minimum", "another", "none"))
            wrong = [f"{name}: {case}" for case, end in ends if end == "none"]
            yield (name, title, len(ends), counts.total(), *kinds), wrong


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--seed", type=int, default=20, help="the first")
    parser.add_argument("--seeds", type=int, default=SEEDS, help="how many")
    arguments = parser.parse_args()
    with warnings.catch_warnings(), np.errstate(all="ignore"):
        warnings.simplefilter("ignore")
        lines = list(rows(arguments.seed, arguments.seeds))
    notes = [note for _, wrong in lines for note in dict.fromkeys(wrong)]
    title, command = "Single runs that a surface ended", "python -m benchmarks.single"
    print(Table("single", title, command, HEADER, [row for row, _ in lines], notes).markdown())


if __name__ == "__main__":
    main()
