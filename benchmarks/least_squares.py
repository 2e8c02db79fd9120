"""Least squares side by side: ``python -m benchmarks.least_squares [SET ...] [--seed N ...]``.

Sets: ``nist`` (54 starts), ``perturbed`` (each of these times 1 + 0.2 N(0, 1), of a seed),
``morewild`` (53 instances), ``hard`` (124 problems of a seed, see `hard_residuals`). Beside SciPy's
lm, trf and dogbox, and lmfit if it is installed. A result is right if its sum is that of the best
known one (NIST: four digits), false if it is claimed and neither right nor another known minimum;
all calls of the residual function count, those for differences included.
"""

from __future__ import annotations

import argparse
import warnings
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Any

import numpy as np
import scipy.optimize

import minimizer

from .case import Array
from .hard_residuals import hard_problems
from .morewild import instances
from .sets import nist
from .table import Cell, Table

PATIENT = 20_000  # SciPy's own limits end some problems too early
SAME = 1e-4  # relative: a sum is that of the best result


@dataclass
class Case:
    """A problem with what is known of its answer: a sum below `right`, or one of `others`."""

    set: str
    name: str
    fun: Callable[[Array], Array]
    start: Array
    bounds: tuple[Array, Array] | None = None
    loss: str | None = None
    right: float = -np.inf
    others: tuple[float, ...] = ()
    calls: int = field(default=0, repr=False)

    def __call__(self, x: Array) -> Array:
        """Return the residuals, and count the call."""
        self.calls += 1
        with np.errstate(all="ignore"):
            return self.fun(x)


def nist_cases(seed: int) -> Iterator[Case]:
    """Give NIST's regressions from both starts."""
    for case in nist.cases(seed):
        assert isinstance(case.fun, nist.Regression)
        assert case.tolerance is not None
        right = case.minimum + case.tolerance
        yield Case(
            "nist", case.name, case.fun.residuals, case.start, right=right, others=case.others
        )


def perturbed_cases(seed: int) -> Iterator[Case]:
    """Give NIST's regressions from starts moved by a fifth."""
    rng = np.random.default_rng(seed)
    for case in nist_cases(seed):
        case.set, case.start = (
            "perturbed",
            case.start * (1 + 0.2 * rng.standard_normal(case.start.size)),
        )
        yield case


def morewild_cases(seed: int) -> Iterator[Case]:
    """Give the instances of Moré and Wild."""
    for one in instances():
        right = one.best + 1e-6 * (one(one.start) - one.best)
        yield Case("morewild", one.name, one.residuals, one.start, right=right, others=one.others)


def hard_cases(seed: int) -> Iterator[Case]:
    """Give the hard problems of a seed; right is the lowest sum that any solver here comes to."""
    for i, hard in enumerate(hard_problems(seed)):
        case = Case("hard", f"{hard.family} {i}", hard.fun, hard.start, hard.bounds, hard.loss)
        found = [2.0 * solver(case).cost for solver in _references()]
        first = float(np.sum(hard.fun(hard.start) ** 2))
        case.right = min(found) * (1.0 + SAME) + 1e-10 * first
        case.calls = 0
        yield case


SETS: dict[str, Callable[[int], Iterator[Case]]] = {
    "nist": nist_cases,
    "perturbed": perturbed_cases,
    "morewild": morewild_cases,
    "hard": hard_cases,
}


@dataclass(frozen=True)
class Answer:
    """What a solver says."""

    cost: float
    success: bool


def ours(case: Case, **words: Any) -> Answer:
    """Run `minimizer.least_squares`."""
    result = minimizer.least_squares(
        case, case.start, bounds=case.bounds, loss=case.loss or "linear", **words
    )
    return Answer(result.cost, result.success)


def of_scipy(case: Case, method: str, **words: Any) -> Answer:
    """Run SciPy's `least_squares`; what it cannot do is a failure."""
    bounds = (-np.inf, np.inf) if case.bounds is None else case.bounds
    try:
        result = scipy.optimize.least_squares(
            case, case.start, bounds=bounds, loss=case.loss or "linear", method=method, **words
        )
    except (ValueError, np.linalg.LinAlgError):
        return Answer(np.inf, success=False)
    return Answer(float(result.cost), bool(result.success))


def of_lmfit(case: Case) -> Answer:
    """Run lmfit's default method."""
    import lmfit  # type: ignore[import-untyped]

    parameters = lmfit.Parameters()
    for j, value in enumerate(case.start):
        low, high = (-np.inf, np.inf) if case.bounds is None else (side[j] for side in case.bounds)
        parameters.add(f"p{j}", value=value, min=low, max=high)

    def fun(p: Any) -> Array:
        return case(np.array([p[name].value for name in p]))

    try:
        result = lmfit.minimize(fun, parameters)
    except (ValueError, TypeError):
        return Answer(np.inf, success=False)
    return Answer(0.5 * float(result.chisqr), bool(result.success) and case.loss is None)


SOLVERS: dict[str, Callable[[Case], Answer]] = {
    "minimizer": ours,
    "minimizer, no simplex": partial(ours, method="trf"),
    "minimizer, confirmed": partial(ours, confirm=True),
    "scipy trf": partial(of_scipy, method="trf", max_nfev=PATIENT),
    "scipy dogbox": partial(of_scipy, method="dogbox", max_nfev=PATIENT),
    "scipy lm": partial(of_scipy, method="lm", max_nfev=PATIENT),
    "lmfit": of_lmfit,
}


def _references() -> list[Callable[[Case], Answer]]:
    """Return solvers of many kinds, the simplex among them."""
    words: dict[str, Any] = {"x_scale": "jac", "ftol": 1e-14, "xtol": 1e-14, "gtol": 1e-14}
    exact = partial(of_scipy, method="trf", max_nfev=1000, **words)
    return [ours, partial(of_scipy, method="trf"), exact, _simplex]


def _simplex(case: Case) -> Answer:
    if case.bounds is not None or case.loss is not None:
        return Answer(np.inf, success=False)
    result = minimizer.minimize(lambda x: float(np.sum(case(x) ** 2)), case.start)
    return Answer(0.5 * result.fun, result.success)


def play(case: Case, solver: Callable[[Case], Answer]) -> str:
    """Return how a solver does: right, unclaimed, local, false, or failed."""
    case.calls = 0
    answer = solver(case)
    value = 2.0 * answer.cost
    if value <= case.right:
        return "right" if answer.success else "unclaimed"
    if not answer.success:
        return "failed"
    return "local" if any(abs(value - o) <= 1e-3 * o for o in case.others) else "false"


def main(words: Sequence[str] | None = None) -> None:
    """Print a table per set."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.least_squares")
    parser.add_argument("sets", nargs="*", choices=[*SETS, []], default=list(SETS))
    parser.add_argument("--seed", type=int, nargs="+", default=[11, 12, 13])
    parser.add_argument("--solver", nargs="+", choices=SOLVERS, default=list(SOLVERS))
    asked = parser.parse_args(words)
    warnings.simplefilter("ignore")
    for name in asked.sets or SETS:
        seeds = asked.seed if name in ("perturbed", "hard") else [0]
        cases = [case for seed in seeds for case in SETS[name](seed)]
        print(table(name, cases, asked.solver).markdown(), end="\n\n", flush=True)


KINDS = ("right", "local", "unclaimed", "false", "failed")


def table(name: str, cases: Iterable[Case], solvers: Sequence[str]) -> Table:
    """Return how solvers do on a set."""
    cases = list(cases)
    rows: list[Sequence[Cell]] = []
    for solver in solvers:
        counts, calls = Counter[str](), 0
        for case in cases:
            counts[play(case, SOLVERS[solver])] += 1
            calls += case.calls
        rows.append([solver, *(counts[kind] for kind in KINDS), calls])
    command = f"python -m benchmarks.least_squares {name}"
    return Table(name, f"{name}, {len(cases)} problems", command, ["solver", *KINDS, "calls"], rows)


if __name__ == "__main__":
    main()
