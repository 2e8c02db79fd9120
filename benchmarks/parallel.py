"""What two threads gain, and what the default costs: ``python -m benchmarks.parallel``.

Prints two ratios. First, the time of a minimization on one core over that on two threads, with a
cost that takes 5 ms and releases the lock, as compiled code on images does (here it sleeps): at
least 1.7 is wanted. Second, the time with the default ``n_jobs=None`` over that with ``n_jobs=1``,
with a cost of about 2 µs: at most 1.05. Each is the median of pairs made one after the other.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from statistics import median

import numpy as np
from numpy.typing import NDArray

from minimizer import Minimizer

Array = NDArray[np.float64]

START = [-1.2, 1.0]
SLOW_PAIRS = 3
FAST_PAIRS = 60


def fast(x: Array) -> float:
    """Compute Rosenbrock's function: about 2 µs."""
    a, b = x.tolist()
    return float(100.0 * (b - a * a) ** 2 + (1.0 - a) ** 2)


def slow(x: Array) -> float:
    """Return the same in 5 ms, without the lock."""
    time.sleep(0.005)
    return fast(x)


def seconds(fun: Callable[[Array], float], n_jobs: int | None) -> float:
    """Return the time of one minimization."""
    m = Minimizer(fun, n_jobs=n_jobs)
    begin = time.perf_counter()
    m.minimize(START)
    return time.perf_counter() - begin


def ratio(fun: Callable[[Array], float], over: int | None, under: int | None, pairs: int) -> float:
    """Return how many times longer it takes with `over` workers than with `under`."""
    seconds(fun, under)  # imports and caches
    return median(seconds(fun, over) / seconds(fun, under) for _ in range(pairs))


def main() -> None:
    """Measure and print."""
    gain = ratio(slow, 1, 2, SLOW_PAIRS)
    print(f"cost of 5 ms without the lock: two threads are {gain:.2f} times faster (1.7 wanted)")
    chosen = ratio(slow, 1, None, SLOW_PAIRS)
    print(f"                      default: {chosen:.2f} times faster")
    price = ratio(fast, None, 1, FAST_PAIRS)
    print(f"cost of 2 µs: the default takes {price:.3f} of the time of n_jobs=1 (1.05 allowed)")


if __name__ == "__main__":
    main()
