"""`minimizer.minimize` and SciPy's Nelder-Mead side by side: who claims success, and who is right.

``python -m benchmarks.dropin [--seed N]`` needs scipy and prints two tables: the 53 instances of
Moré and Wild, and 24 random boxes. A result is right if its value is at most 1e-6 of the way from
the best known value up to the start's; a claimed success that is not right is a false one. Those
that ended in another known local minimum, of which no local method can know, are listed apart.

The boxes hold Rosenbrock's function and convex quadratics of condition 1e4 in turn, n = 2 … 6.
The minimum lies on at least one face and is the only one: that of a quadratic is known from its
optimality conditions, that of Rosenbrock's function is where L-BFGS-B ends from 40 starts.
"""

from __future__ import annotations

import argparse
import itertools
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import scipy.optimize

import minimizer

from .morewild import Array, instances

TIGHT = {"xatol": 1e-10, "fatol": 1e-10}
EQUAL = {"xatol": 1e-4, "fatol": 1e-4}


@dataclass
class Score:
    """What one minimizer did on a set of problems."""

    name: str
    claimed: int = 0
    right: int = 0
    evaluations: int = 0
    false: list[str] = field(default_factory=list)
    elsewhere: list[str] = field(default_factory=list)  # false too, but in a minimum

    def add(self, problem: str, result: Any, right: bool, elsewhere: bool = False) -> None:
        """Count one result."""
        self.claimed += bool(result.success)
        self.right += right
        self.evaluations += result.nfev
        if result.success and not right:
            (self.elsewhere if elsewhere else self.false).append(problem)

    def row(self) -> str:
        """Line of a table."""
        false = len(self.false) + len(self.elsewhere)
        counts = (self.claimed, false, len(self.elsewhere), self.right, self.evaluations)
        cells = zip(counts, COLUMNS, strict=True)
        return f"| {self.name:{WIDTH}} | " + " ".join(f"{c:{len(t)}d} |" for c, t in cells)


COLUMNS = ("claimed", "false", "in another minimum", "right", "evaluations")
WIDTH = 31


def ours(options: dict[str, Any]) -> Callable[..., Any]:
    """Return this package's `minimize` with options."""
    return lambda f, x0, **more: minimizer.minimize(
        f, x0, bounds=more.pop("bounds", None), options=options | more
    )


def scipys(options: dict[str, Any], limited: bool) -> Callable[..., Any]:
    """Return SciPy's Nelder-Mead with options, by default limited to 200 n evaluations."""

    def minimize(f: Any, x0: Array, bounds: Any = None, maxfev: int | None = None) -> Any:
        n = len(x0)
        most = None if not limited else maxfev or 2000 * (n + 1)
        budget = {} if most is None else {"maxfev": most, "maxiter": most}
        with np.errstate(all="ignore"):
            return scipy.optimize.minimize(
                f, x0, bounds=bounds, method="Nelder-Mead", options=options | budget
            )

    return minimize


def contestants(seed: int) -> dict[str, Callable[..., Any]]:
    """Return the minimizers to compare."""
    mine = {"random_seed": seed}
    return {
        "minimizer": ours(mine),
        "SciPy": scipys({}, limited=False),
        "SciPy, xatol = fatol = 1e-10": scipys(TIGHT, limited=True),
        "minimizer, xatol = fatol = 1e-4": ours(mine | EQUAL),
        "SciPy, xatol = fatol = 1e-4": scipys(EQUAL, limited=True),
    }


def play_morewild(seed: int) -> list[Score]:
    """Minimize the 53 instances, at most 2000 (n + 1) evaluations each."""
    scores = []
    for name, minimize in contestants(seed).items():
        score = Score(name)
        for problem in instances():
            result = minimize(problem, problem.start, maxfev=2000 * (problem.n + 1))
            right = problem.is_right(result.fun)
            score.add(problem.name, result, right, problem.is_other_minimum(result.fun))
        scores.append(score)
    return scores


@dataclass
class Box:
    """A function to be minimized between bounds; it counts the calls that are out of them."""

    name: str
    fun: Callable[[Array], float]
    lower: Array
    upper: Array
    start: Array
    best: float
    outside: int = 0

    def __call__(self, x: Array) -> float:
        """Return the value."""
        self.outside += bool(((x < self.lower) | (x > self.upper)).any())
        return self.fun(x)

    def is_right(self, value: float) -> bool:
        """Tell whether a value is the least one, to 1e-6 of the start's distance from it."""
        return value - self.best <= 1e-6 * (self.fun(self.start) - self.best)


def random_boxes(seed: int) -> Iterator[Box]:
    """Yield one random box after the other, without end."""
    rng = np.random.default_rng(seed)
    for number in itertools.count():
        n = 2 + number // 2 % 5
        lower = rng.uniform(-2.0, 1.0, n)
        upper = lower + rng.uniform(0.3, 3.0, n)
        start = rng.uniform(lower, upper)
        fun: Callable[[Array], float] = rosenbrock
        if number % 2 == 0:
            found = rosenbrock_minimum(lower, upper, rng)
        else:
            rotation = np.linalg.qr(rng.normal(size=(n, n)))[0]
            matrix = rotation * np.logspace(0.0, 4.0, n) @ rotation.T
            centre = rng.uniform(-3.0, 3.0, n)
            fun = quadratic(matrix, centre)
            found = quadratic_minimum(matrix, centre, lower, upper)
        name = f"{'quadratic' if number % 2 else 'Rosenbrock'} in box {number}, n = {n}"
        if found is not None and ((found == lower) | (found == upper)).any():
            yield Box(name, fun, lower, upper, start, best=fun(found))


def rosenbrock(x: Array) -> float:
    return float((100.0 * (x[1:] - x[:-1] ** 2) ** 2 + (1.0 - x[:-1]) ** 2).sum())


def quadratic(matrix: Array, centre: Array) -> Callable[[Array], float]:
    return lambda x: float(0.5 * (x - centre) @ matrix @ (x - centre))


def rosenbrock_minimum(lower: Array, upper: Array, rng: np.random.Generator) -> Array | None:
    """Return where L-BFGS-B ends from 40 starts, None if they do not all end at one minimum."""
    ends = [
        scipy.optimize.minimize(
            rosenbrock,
            start,
            jac=scipy.optimize.rosen_der,
            method="L-BFGS-B",
            bounds=np.stack([lower, upper], axis=1),
            options={"ftol": 1e-15, "gtol": 1e-10},
        )
        for start in rng.uniform(lower, upper, (40, len(lower)))
    ]
    best = min(ends, key=lambda end: float(end.fun))
    worst = max(end.fun for end in ends)
    return best.x if worst - best.fun < 1e-6 * (1.0 + best.fun) else None


def quadratic_minimum(matrix: Array, centre: Array, lower: Array, upper: Array) -> Array | None:
    """Return the minimum of a quadratic in a box: of all faces, the one whose gradient is right."""
    for case in itertools.product((-1, 0, 1), repeat=len(centre)):
        side = np.array(case)
        free = side == 0
        x = np.where(side < 0, lower, upper)
        if free.any():
            pull = matrix[np.ix_(free, ~free)] @ (x - centre)[~free]
            x[free] = centre[free] - np.linalg.solve(matrix[np.ix_(free, free)], pull)
        slope = matrix @ (x - centre)
        inside = ((lower <= x) & (x <= upper)).all()
        if inside and (slope[side < 0] >= 0).all() and (slope[side > 0] <= 0).all():
            return x
    return None


def play_boxes(seed: int, number: int = 24) -> list[Score]:
    """Minimize in random boxes."""
    scores = []
    boxes = list(itertools.islice(random_boxes(seed), number))
    for name, minimize in contestants(seed).items():
        score = Score(name)
        for box in boxes:
            result = minimize(box, box.start, bounds=list(zip(box.lower, box.upper, strict=True)))
            score.add(box.name, result, box.is_right(result.fun))
        outside = sum(box.outside for box in boxes)
        if outside:
            raise AssertionError(f"{name} called its function {outside} times out of bounds")
        scores.append(score)
    return scores


def show(title: str, scores: list[Score]) -> None:
    """Print a table, and which successes were false."""
    print(f"\n{title}\n")
    print(f"| {'':{WIDTH}} | {' | '.join(COLUMNS)} |")
    print(f"|{'-' * (WIDTH + 2)}|" + "".join(f"{'-' * (len(t) + 1)}:|" for t in COLUMNS))
    for score in scores:
        print(score.row())
    print()
    for score in scores:
        names = score.false + [f"{name} (another minimum)" for name in score.elsewhere]
        if names:
            print(f"{score.name}, false: {'; '.join(names)}")


def main() -> None:
    """Print both tables."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.dropin", description=__doc__)
    parser.add_argument("--seed", type=int, default=0, help="of the runs and of the boxes")
    seed = parser.parse_args().seed
    began = time.perf_counter()
    show("53 instances of Moré and Wild, at most 2000 (n + 1) calls", play_morewild(seed))
    show("24 random boxes", play_boxes(seed))
    print(f"\n{time.perf_counter() - began:.0f} s")


if __name__ == "__main__":
    main()
