"""Compiled runs and many fits: ``python -m benchmarks.compiled [--fits P] [--growth [P]]``.

``--growth`` fits 10^3 problems, ten times as many, and so on up to 10^6, and prints time and memory
in place of all else. Times differ from machine to machine, ratios within one run less. Functions
are compiled before the clock starts.
"""

from __future__ import annotations

import argparse
import math
import time
import warnings
from collections.abc import Callable
from pathlib import Path
from statistics import median
from typing import Any

import numba
import numpy as np
from scipy.optimize import curve_fit, minimize

from minimizer import Minimizer, minimize_many

from .case import Array

TIMES = np.linspace(0.0, 3.0, 30)
START = (2.0, 1.0, 0.5)
LOOPED = 500  # fits that the loops over SciPy are timed on


@numba.njit
def rosenbrock(x):  # type: ignore[no-untyped-def]
    """Sum over pairs of neighbours."""
    s = 0.0
    for i in range(len(x) - 1):
        a, b = x[i + 1] - x[i] * x[i], 1.0 - x[i]
        s += 100.0 * (a * a) + b * b
    return s


@numba.njit
def squares(params, y, t):  # type: ignore[no-untyped-def]
    """Sum of squared residuals of a decay."""
    s = 0.0
    for i in range(len(y)):
        d = params[0] * math.exp(-params[1] * t[i]) + params[2] - y[i]
        s += d * d
    return s


def decays(n: int) -> tuple[Array, Array]:
    """Return noisy decays (n, 30) and their times."""
    random = np.random.default_rng(0)
    amplitude, rate, offset = random.uniform([1.0, 0.5, 0.0], [5.0, 2.0, 1.0], (n, 3)).T[..., None]
    y = random.normal(0.0, 0.02, (n, len(TIMES)))
    for start in range(0, n, 10_000):  # so that making them leaves no higher peak of memory
        some = slice(start, start + 10_000)
        y[some] += amplitude[some] * np.exp(-rate[some] * TIMES) + offset[some]
    return y, np.broadcast_to(TIMES, y.shape)


def seconds(
    work: Callable[..., Any], *given: Any, repeats: int = 1, **named: Any
) -> tuple[float, Any]:
    """Return the time that something takes, the median of `repeats`, and what it returns."""
    took = []
    for _ in range(repeats):
        start = time.perf_counter()
        result = work(*given, **named)
        took.append(time.perf_counter() - start)
    return median(took), result


def evaluations() -> None:
    """Print the time of an evaluation, all included."""
    for n in (2, 6):
        starts = np.random.default_rng(1).uniform(-2.0, 2.0, (2000, n))
        minimize_many(rosenbrock, starts[:2], n_jobs=1)
        took, many = seconds(minimize_many, rosenbrock, starts, n_jobs=1, repeats=5)
        m = Minimizer(rosenbrock, n)
        m.minimize(starts[0])
        single, _ = seconds(m.minimize, starts[0], repeats=200)
        print(
            f"Rosenbrock n={n}: {took / many.evaluations.sum() * 1e6:.3f} us an evaluation, one "
            f"worker; a call of Minimizer {single * 1e6:.0f} us, {m.evaluations} evaluations"
        )


def squares_numpy(params: Array, y: Array, t: Array) -> float:
    """Sum of squared residuals of a decay, as it is written without numba."""
    d = params[0] * np.exp(-params[1] * t) + params[2] - y
    return float(d @ d)


def scipy_fit(y: Array, function: Callable[..., float] = squares) -> Array | None:
    """Fit with SciPy's Nelder-Mead; None if it fails."""
    result = minimize(function, START, args=(y, TIMES), method="Nelder-Mead")
    return result.x if result.success else None


def scipy_numpy_fit(y: Array) -> Array | None:
    """Fit likewise, with the function in NumPy."""
    return scipy_fit(y, squares_numpy)


def curve(y: Array) -> Array | None:
    """Fit with `curve_fit`; None if it fails."""
    try:
        found, _ = curve_fit(lambda t, a, k, c: a * np.exp(-k * t) + c, TIMES, y, START)
    except RuntimeError:
        return None
    return np.asarray(found)


def loop(fit: Callable[[Array], Array | None], y: Array) -> list[Array | None]:
    """Fit one after another."""
    return [fit(one) for one in y]


def fits(n: int) -> None:
    """Print how long fits take, and how well they agree."""
    y, times = decays(n)
    minimize_many(squares, START, (y[:2], times[:2]))
    ours, result = seconds(minimize_many, squares, START, (y, times), n_jobs=2, repeats=5)
    print(f"{n} decays: {ours:.2f} s, {ours / n * 1e6:.0f} us each; {result}")
    looped = min(n, LOOPED)
    peers = {
        "SciPy's Nelder-Mead, compiled function": scipy_fit,
        "SciPy's Nelder-Mead, function in NumPy": scipy_numpy_fit,
        "curve_fit": curve,
    }
    for name, fit in peers.items():
        took, theirs = seconds(loop, fit, y[:looped], repeats=3)
        both = [i for i in range(looped) if theirs[i] is not None and result.success[i]]
        apart = [abs(result.params[i] - theirs[i]).max() for i in both]
        ratio = took / looped * n / ours
        near = sum(d <= 1e-4 for d in apart)
        converged = sum(x is not None for x in theirs)
        print(
            f"{name}: {took / looped * 1e6:.0f} us each ({looped} fits), {ratio:.1f} times ours; "
            f"not converged {looped - converged}, ours {looped - result.success[:looped].sum()}; "
            f"both {len(both)}, of these within 1e-4 {near}"
        )


def growth(largest: int) -> None:
    """Print how time and memory grow with the number of problems."""
    y, _ = decays(2)
    minimize_many(squares, START, (y, np.broadcast_to(TIMES, y.shape)))
    n = 1000
    while n <= largest:
        y, times = decays(n)
        Path("/proc/self/clear_refs").write_text("5")  # Linux: the peak begins anew
        before = peak()
        took, result = seconds(minimize_many, squares, START, (y, times))
        grown = (peak() - before) / 2**20
        own = sum(a.nbytes for a in (result.params, result.function_value, result.status))
        own += result.counts.nbytes
        print(
            f"{n} problems: {took:.2f} s, {took / n * 1e6:.0f} us each; memory grew by "
            f"{grown:.1f} MiB, the arrays of results are {own / 2**20:.1f} MiB"
        )
        n *= 10


def peak() -> int:
    """Return the most bytes of memory that the process has had."""
    lines = Path("/proc/self/status").read_text().splitlines()
    return 1024 * next(int(line.split()[1]) for line in lines if line.startswith("VmHWM"))


def main() -> None:
    """Print what is asked for."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--fits", type=int, default=10_000, metavar="P")
    parser.add_argument("--growth", type=int, nargs="?", const=10**6, metavar="P")
    asked = parser.parse_args()
    warnings.simplefilter("ignore")
    if asked.growth:
        growth(asked.growth)
    else:
        evaluations()
        fits(asked.fits)


if __name__ == "__main__":
    main()
