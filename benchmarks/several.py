"""What several points at once save: ``python -m benchmarks.several``.

For a function that takes long, the time of a minimization is that of its rounds: how often points
are asked for. Prints, for functions that everyone tries first, evaluations (one round each) over
rounds of up to 2, 4, 8 and 16 points, and the evaluations that were made and not needed. Nothing is
timed, so that the figures are the same every time.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from minimizer import Minimizer

Array = NDArray[np.float64]
AT_ONCE = (2, 4, 8, 16)


class Case(NamedTuple):
    """A function and a start."""

    name: str
    fun: Callable[[Array], float]
    start: list[float]


def rosenbrock(x: Array) -> float:
    """Return the sum over neighbours."""
    return float((100.0 * (x[1:] - x[:-1] ** 2) ** 2 + (1.0 - x[:-1]) ** 2).sum())


def bowl(x: Array) -> float:
    """Return a parabola of another width per parameter."""
    i = np.arange(1, len(x) + 1)
    return float((i * (x - i) ** 2).sum()) + 7.0


def kink(x: Array) -> float:
    """Return a function without curvature."""
    return float(abs(x - np.arange(len(x))).sum()) + 1.0


def disc(x: Array) -> float:
    """Be NaN outside a disc, on whose edge the minimum lies."""
    return float("nan") if (x**2).sum() > 4.0 else float(((x - [4.0, 1.0]) ** 2).sum())


CASES = [
    Case("rosenbrock", rosenbrock, [-1.2, 1.0]),
    Case("rosenbrock", rosenbrock, [-1.2, 1.0] * 2),
    Case("rosenbrock", rosenbrock, [-1.2, 1.0] * 4),
    Case("bowl", bowl, [5.0] * 2),
    Case("bowl", bowl, [5.0] * 4),
    Case("bowl", bowl, [5.0] * 8),
    Case("kink", kink, [5.0] * 4),
    Case("disc", disc, [-1.2, -0.7]),
]


def rounds(case: Case, max_points: int) -> tuple[int, int, int]:
    """Return evaluations, rounds, and evaluations that were not needed."""
    m, count = Minimizer(None), 0
    while not m.is_over:
        points = m.ask(case.start, max_points=max_points)
        m.tell([case.fun(point) for point in points])
        count += len(points) > 0
    return m.evaluations, count, m.speculative_evaluations


def main() -> None:
    """Count and print."""
    print(f"{'':<12}{'n':>3}{'evaluations':>13}" + "".join(f"{k:>8} at once" for k in AT_ONCE))
    for case in CASES:
        counted = [rounds(case, k) for k in AT_ONCE]
        cells = "".join(
            f"{evaluations / count:>10.2f} ({extra:>3})" for evaluations, count, extra in counted
        )
        print(f"{case.name:<12}{len(case.start):>3}{counted[0][0]:>13}{cells}")


if __name__ == "__main__":
    main()
