"""What the compiled engine saves: ``python -m benchmarks.engine``.

It needs the compiled algorithm: ``python -m minimizer compile``. For a function in Python, prints
the CPU time between two calls of it with both engines, in microseconds: that of 4000 evaluations
more, less that of the function itself. What a call costs once, some tenths of a millisecond, is not
in it. Each is the least of some repetitions, made in turn; it is the ratio that counts, as the
times depend on the machine.
"""

from __future__ import annotations

import time

import numpy as np
from numpy.typing import NDArray

from minimizer import Minimizer

Array = NDArray[np.float64]
ENGINES = ("python", "compiled")
REPETITIONS = 7
FEW, MANY = 1000, 5000


def rough(x: Array) -> float:
    """Return a bowl with steps, in which the simplex does the work and searches are long."""
    square = float(x @ x)
    return square + 10.0 * (1000.0 * square % 1.0)


def own_time(n: int) -> float:
    """Return the least CPU time of a call of the function."""
    x, least = np.ones(n), np.inf
    for _ in range(REPETITIONS):
        began = time.process_time()
        for _ in range(20_000):
            rough(x)
        least = min(least, time.process_time() - began)
    return least / 20_000


def seconds(n: int, engine: str, evaluations: int) -> float:
    """Return the CPU time of a call with so many evaluations."""
    m = Minimizer(rough, engine=engine, max_evaluations=evaluations, max_restarts=10_000)
    began = time.process_time()
    m.minimize(np.arange(3.0, n + 3.0))
    taken = time.process_time() - began
    assert m.evaluations == evaluations
    return taken


def between(n: int) -> list[float]:
    """Return for each engine the time between two calls of the function."""
    times = {(engine, k): np.inf for engine in ENGINES for k in (FEW, MANY)}
    own = own_time(n)
    for _ in range(REPETITIONS):
        for engine, k in times:
            times[engine, k] = min(times[engine, k], seconds(n, engine, k))
    further = MANY - FEW
    return [(times[engine, MANY] - times[engine, FEW]) / further - own for engine in ENGINES]


def main() -> None:
    """Measure and print."""
    Minimizer(rough, engine="compiled").minimize([1.0])  # is read from the cache
    print(" n   python  compiled   ratio")
    for n in range(2, 13):
        python, compiled = between(n)
        print(f"{n:>2} {1e6 * python:>8.2f} {1e6 * compiled:>9.2f} {python / compiled:>7.1f}")


if __name__ == "__main__":
    main()
