"""Reliability: is what is called a success one? ``python -m benchmarks [--seeds N] [--seed S]``.

For each problem and method, over the seeds: how many results are good (within 1e-6 of the gap
between the start's value and the minimum), how many are claimed as a success, how many of these
claims are false, and the evaluations. SciPy's results do not depend on a seed; it is left out
where it is not installed.
"""

from __future__ import annotations

import argparse
import warnings
from collections.abc import Callable
from statistics import median
from typing import Any, NamedTuple

from minimizer import Minimizer, Status

from .problems import Problem, all_problems

GOOD = 1e-6


class Trial(NamedTuple):
    """How one minimization ended."""

    success: bool
    value: float
    evaluations: int


Method = Callable[[Problem, int], Trial]


def ours(rules: str) -> Method:
    """Return this package's method under the given rules."""

    def method(problem: Problem, seed: int) -> Trial:
        m = Minimizer(problem.fun, len(problem.start), rules=rules, random_seed=seed)
        status = m.minimize(problem.start)
        return Trial(status is Status.SUCCESS, m.function_value, m.evaluations)

    return method


def scipys(**options: Any) -> Method | None:
    """Return SciPy's Nelder-Mead with these options, None if it is not installed."""
    try:
        from scipy.optimize import minimize
    except ImportError:
        return None

    def method(problem: Problem, _seed: int) -> Trial:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", RuntimeWarning)  # of NaN, in its own arithmetic
            r = minimize(problem.fun, problem.start, method="Nelder-Mead", options=options)
        return Trial(bool(r.success), float(r.fun), int(r.nfev))

    return method


def methods() -> dict[str, Method]:
    """Return the methods to compare."""
    candidates = {
        "robust": ours("robust"),
        "imagej": ours("imagej"),
        "scipy": scipys(),
        "scipy 1e-10": scipys(xatol=1e-10, fatol=1e-10, maxiter=10**5, maxfev=10**5),
    }
    return {name: method for name, method in candidates.items() if method is not None}


def row(problem: Problem, method: Method, seeds: range) -> tuple[int, int, int, float, int]:
    """Return good, claimed, false, median and maximum of the evaluations."""
    trials = [method(problem, seed) for seed in seeds]
    good = [trial.value - problem.minimum <= GOOD * problem.gap for trial in trials]
    claimed = [trial.success for trial in trials]
    false = sum(c and not g for c, g in zip(claimed, good, strict=True))
    counts = [trial.evaluations for trial in trials]
    return sum(good), sum(claimed), false, median(counts), max(counts)


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("--seeds", type=int, default=10, help="how many seeds (10)")
    parser.add_argument("--seed", type=int, default=0, help="the first of them (0)")
    given = parser.parse_args()
    seeds = range(given.seed, given.seed + given.seeds)

    print(f"{'problem':<34}{'method':<13} good  claimed  false   median      max")
    for problem in all_problems():
        for name, method in methods().items():
            good, claimed, false, middle, most = row(problem, method, seeds)
            print(
                f"{problem.name:<34}{name:<13}{good:>5}{claimed:>9}{false:>7}{middle:>9g}{most:>9}",
                flush=True,
            )


if __name__ == "__main__":
    main()
