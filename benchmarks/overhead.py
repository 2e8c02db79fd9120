"""Time of our own per evaluation and per call, against SciPy's: ``python -m benchmarks.overhead``.

The function costs next to nothing and never converges; what remains of an evaluation's time after
the function's own is the minimizer's. The last line is the fixed cost of a call: `minimize` of two
parameters that ends after three evaluations, in the processor's time. Times differ from machine to
machine, ratios less.
"""

from __future__ import annotations

import time
import warnings
from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

import nlopt
import numpy as np
import scipy.optimize

from minimizer import Minimizer, minimize

from .case import Array

EVALUATIONS = 5000
REPEATS = 9
FEWEST, CALLS = {"maxfev": 3}, 500  # evaluations of a call, and how many calls make a repeat


class Restless:
    """Sum of squares with a slow drift downwards, so that no search converges."""

    def __init__(self) -> None:
        self.calls = 0

    def __call__(self, x: Array) -> float:
        """Return a number cheaply."""
        self.calls += 1
        return x.item(0) * x.item(0) - 1e-3 * self.calls


def ours(n: int) -> int:
    """Minimize with this package and return the number of evaluations."""
    m = Minimizer(Restless(), n, max_evaluations=EVALUATIONS)
    m.minimize_once(np.ones(n))
    return m.evaluations


def scipys(n: int) -> int:
    """Minimize with SciPy and return the number of evaluations."""
    limits = {"maxfev": EVALUATIONS, "maxiter": 10 * EVALUATIONS, "xatol": 0.0, "fatol": 0.0}
    result = scipy.optimize.minimize(Restless(), np.ones(n), method="Nelder-Mead", options=limits)
    return int(result.nfev)


def nlopts(n: int) -> int:
    """Minimize with NLopt's LN_NELDERMEAD and return the number of evaluations."""
    fun = Restless()
    opt = nlopt.opt(nlopt.LN_NELDERMEAD, n)
    opt.set_min_objective(lambda x, grad: fun(x))
    opt.set_maxeval(EVALUATIONS)
    opt.optimize(np.ones(n))
    return fun.calls


def bare(n: int) -> int:
    """Only evaluate."""
    fun, x = Restless(), np.ones(n)
    for _ in range(EVALUATIONS):
        fun(x)
    return EVALUATIONS


def microseconds(works: Sequence[Callable[[int], int]], n: int) -> list[float]:
    """Return the shortest time per evaluation of each, all in turn.

    Whatever else the machine does makes a time longer, never shorter, and hits all of them.
    """
    times: list[list[float]] = [[] for _ in works]
    for _ in range(REPEATS):
        for work, measured in zip(works, times, strict=True):
            start = time.perf_counter()
            evaluations = work(n)
            measured.append((time.perf_counter() - start) / evaluations * 1e6)
    return [min(measured) for measured in times]


def three_evaluations() -> None:
    """Only evaluate, as often as a call does."""
    fun, x = Restless(), np.zeros(2)
    for _ in range(FEWEST["maxfev"]):
        fun(x)


def fixed_costs(calls: Sequence[Callable[[], Any]]) -> list[float]:
    """Return the shortest processor time of each call in microseconds, all in turn."""
    times: list[list[float]] = [[] for _ in calls]
    for _ in range(REPEATS):
        for call, measured in zip(calls, times, strict=True):
            start = time.process_time()
            for _ in range(CALLS):
                call()
            measured.append((time.process_time() - start) / CALLS * 1e6)
    return [min(measured) for measured in times]


def print_fixed_costs() -> None:
    """Print the line of the shortest calls."""
    solvers = (minimize, scipy.optimize.minimize)
    ours, scipys = (
        partial(solve, Restless(), [0, 0], method="Nelder-Mead", options=FEWEST)
        for solve in solvers
    )
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        function, *others = fixed_costs((three_evaluations, ours, scipys))
    own, other = (whole - function for whole in others)
    print(f"fixed cost of a call, n = 2: ours {own:.1f}, SciPy {other:.1f} us, {own / other:.2f}")


def main() -> None:
    """Print the table and the line."""
    print(f"{'n':>4}{'ours, us':>10}{'SciPy, us':>11}{'ratio':>7}{'NLopt, us':>11}")
    for n in (2, 3, 6, 12, 30, 100):
        function, *others = microseconds((bare, ours, scipys, nlopts), n)
        own, scipys_own, other = (whole - function for whole in others)
        print(f"{n:>4}{own:>10.1f}{scipys_own:>11.1f}{own / scipys_own:>7.2f}{other:>11.1f}")
    print_fixed_costs()


if __name__ == "__main__":
    main()
