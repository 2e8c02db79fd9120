"""What two threads gain: ``python -m benchmarks.parallel``.

Prints the time of a minimization on one core over that on two threads, with a cost that takes 5 ms
and releases the lock, as compiled code on images does (here it sleeps): at least 1.7 is wanted. It
is the median of pairs made one after the other.
"""

from __future__ import annotations

import time
from statistics import median

import numpy as np
from numpy.typing import NDArray

from minimizer import Minimizer

Array = NDArray[np.float64]

START = [-1.2, 1.0]
PAIRS = 3


def slow(x: Array) -> float:
    """Compute Rosenbrock's function in 5 ms, without the lock."""
    time.sleep(0.005)
    a, b = x.tolist()
    return float(100.0 * (b - a * a) ** 2 + (1.0 - a) ** 2)


def seconds(n_jobs: int) -> float:
    """Return the time of one minimization."""
    m = Minimizer(slow, n_jobs=n_jobs)
    begin = time.perf_counter()
    m.minimize(START)
    return time.perf_counter() - begin


def main() -> None:
    """Measure and print."""
    gain = median(seconds(1) / seconds(2) for _ in range(PAIRS))
    print(f"cost of 5 ms without the lock: two threads are {gain:.2f} times faster (1.7 wanted)")


if __name__ == "__main__":
    main()
