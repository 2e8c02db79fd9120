"""A callback that stops early: when a run is good enough, and when it gets no further.

It is called after every iteration with the record of the run so far; StopIteration ends the
minimization, and the best point is kept. Run ``python examples/stop_early.py``. It prints::

    to the end   SUCCESS   1456 evaluations, value 5.8e-26
    good enough  ABORTED    376 evaluations, value 1.9e-04
    patience     SUCCESS   1456 evaluations, value 5.8e-26
"""

from __future__ import annotations

import numpy as np

from minimizer import Minimizer, RunRecord


def rosenbrock(x: np.ndarray) -> float:
    """Rosenbrock's function of four parameters, least where all are 1, with the value 0."""
    return float(np.sum(100.0 * (x[1:] - x[:-1] ** 2) ** 2 + (1.0 - x[:-1]) ** 2))


def good_enough(record: RunRecord) -> None:
    """Stop below 0.001."""
    if record.function_value < 1e-3:
        raise StopIteration


class Patience:
    """Stop when a run has come down by less than a millionth in its last iterations."""

    def __init__(self, iterations: int) -> None:
        self.iterations = iterations
        self.values: dict[int, list[float]] = {}

    def __call__(self, record: RunRecord) -> None:
        """Look at the values so far."""
        values = self.values.setdefault(record.seed, [])
        values.append(record.function_value)
        if len(values) > self.iterations and values[-1 - self.iterations] - values[-1] < 1e-6:
            raise StopIteration


def report(name: str, m: Minimizer) -> None:
    """Print how it ended."""
    print(
        f"{name:<12} {m.status!s:<8} {m.evaluations:>5} evaluations, value {m.function_value:.1e}"
    )


def main() -> None:
    """Minimize to the end, and with both callbacks."""
    start = [-1.2, 1.0, -1.2, 1.0]
    for name, callback in (
        ("to the end", None),
        ("good enough", good_enough),
        ("patience", Patience(20)),
    ):
        m = Minimizer(rosenbrock, callback=callback)
        m.minimize(start)
        report(name, m)


if __name__ == "__main__":
    main()
