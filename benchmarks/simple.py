"""Evaluations on the functions that everyone tries first: ``python -m benchmarks.simple``.

Medians over seeds 0 to 4, of this package, of SciPy's Nelder-Mead with xatol = fatol = 1e-10 and of
NLopt's LN_NELDERMEAD with relative tolerances of 1e-12; and how far above the minimum the worst
value of them is. The other two draw no numbers. Needs scipy and nlopt.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from statistics import median

import nlopt
import numpy as np
from scipy.optimize import minimize

from minimizer import Minimizer, Status

from .case import Array, Case
from .sets.constants import Classic, Raised
from .sets.convex import Quadratic
from .sets.mgh import PROBLEMS
from .table import Table
from .trial import Counted

SEEDS = range(5)
BUDGET = 100_000
SCIPY = 1e-10
NLOPT = 1e-12

Play = Callable[[Counted, Case, int], tuple[Array, bool]]


@dataclass(frozen=True)
class Line:
    """What a minimizer needs for a function.

    Attributes
    ----------
    evaluations : float
        Median.
    error : float
        The worst value, less the minimum.
    claimed : bool
        Every time.
    """

    evaluations: float
    error: float
    claimed: bool


def functions() -> list[Case]:
    """Return what is minimized."""
    six = Quadratic(np.eye(6), np.full(6, 0.3))
    return [
        Case("sphere, n = 2", Quadratic(np.eye(2), np.full(2, 0.3)), np.ones(2), 0.0),
        Case("sphere plus 1, n = 6", Raised(six, 1.0), np.ones(6), 1.0),
        *(classic(name, n) for name, n in (("Rosenbrock", 2), ("Beale", 2), ("Wood", 4))),
        classic("Powell singular", 4),
    ]


def classic(name: str, n: int) -> Case:
    """Return a function from its standard start."""
    return Case(name, Classic(name, n), PROBLEMS[name].start(n), 0.0)


def ours(fun: Counted, case: Case, seed: int) -> tuple[Array, bool]:
    """Minimize with this package."""
    m = Minimizer(fun, case.n, random_seed=seed)
    status = m.minimize(case.start)
    return m.params, status is Status.SUCCESS


def scipys(fun: Counted, case: Case, _seed: int) -> tuple[Array, bool]:
    """Minimize with SciPy."""
    options = {"xatol": SCIPY, "fatol": SCIPY, "maxiter": BUDGET, "maxfev": BUDGET}
    end = minimize(fun, case.start, method="Nelder-Mead", options=options)
    return end.x, bool(end.success)


def nlopts(fun: Counted, case: Case, _seed: int) -> tuple[Array, bool]:
    """Minimize with NLopt."""
    opt = nlopt.opt(nlopt.LN_NELDERMEAD, case.n)
    opt.set_min_objective(lambda x, _gradient: fun(x))
    opt.set_ftol_rel(NLOPT)
    opt.set_xtol_rel(NLOPT)
    opt.set_maxeval(BUDGET)
    x = np.asarray(opt.optimize(case.start.copy()))
    return x, opt.last_optimize_result() in (nlopt.FTOL_REACHED, nlopt.XTOL_REACHED)


MINIMIZERS: dict[str, Play] = {"minimizer": ours, "SciPy": scipys, "NLopt": nlopts}


def line(case: Case, play: Play) -> Line:
    """Minimize with every seed."""
    evaluations, errors, claims = [], [], []
    for seed in SEEDS:
        fun = Counted(case.fun)
        x, claimed = play(fun, case, seed)
        evaluations.append(fun.evaluations)
        errors.append(case.fun(x) - case.minimum)
        claims.append(claimed)
    return Line(median(evaluations), max(errors), all(claims))


def table() -> Table:
    """Return the evaluations and errors of all, and what is not claimed."""
    header = ["function"]
    for name in MINIMIZERS:
        header += [name, f"{name}, error"]
    rows: list[list[str | int | float]] = []
    notes = []
    for case in functions():
        row: list[str | int | float] = [case.name]
        for name, play in MINIMIZERS.items():
            own = line(case, play)
            row += [round(own.evaluations), f"{own.error:.0e}"]
            if not own.claimed:
                notes.append(f"{name}, {case.name}: not always called a success")
        rows.append(row)
    title = f"Median evaluations over seeds {SEEDS[0]} to {SEEDS[-1]}, and the largest error"
    return Table("simple", title, "python -m benchmarks.simple", header, [*rows], notes)


def main() -> None:
    """Print the table."""
    print(table().markdown())


if __name__ == "__main__":
    main()
