"""Compiled runs and many fits: ``python -m benchmarks.compiled [FITS]`` (default 10000).

Times differ from machine to machine, ratios within one run less. Functions are compiled before the
clock starts.
"""

from __future__ import annotations

import math
import sys
import time
import warnings
from collections.abc import Callable
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
    noise = random.normal(0.0, 0.02, (n, len(TIMES)))
    y = amplitude * np.exp(-rate * TIMES) + offset + noise
    return y, np.broadcast_to(TIMES, y.shape)


def seconds(work: Callable[..., Any], *given: Any, **named: Any) -> tuple[float, Any]:
    """Return the time that something takes, and what it returns."""
    start = time.perf_counter()
    result = work(*given, **named)
    return time.perf_counter() - start, result


def evaluations() -> None:
    """Print the time of an evaluation, all included."""
    for n in (2, 6):
        starts = np.random.default_rng(1).uniform(-2.0, 2.0, (2000, n))
        minimize_many(rosenbrock, starts[:2], n_jobs=1)
        took, many = seconds(minimize_many, rosenbrock, starts, n_jobs=1)
        m = Minimizer(rosenbrock, n)
        m.minimize(starts[0])
        single, _ = seconds(m.minimize, starts[0])
        print(
            f"Rosenbrock n={n}: {took / many.evaluations.sum() * 1e6:.3f} us an evaluation, one "
            f"worker; a call of Minimizer {single * 1e6:.0f} us, {m.evaluations} evaluations"
        )


def scipy_fit(y: Array) -> Array | None:
    """Fit with SciPy's Nelder-Mead; None if it fails."""
    result = minimize(squares, START, args=(y, TIMES), method="Nelder-Mead")
    return result.x if result.success else None


def curve(y: Array) -> Array | None:
    """Fit with `curve_fit`; None if it fails."""
    try:
        found, _ = curve_fit(lambda t, a, k, c: a * np.exp(-k * t) + c, TIMES, y, START)
    except RuntimeError:
        return None
    return np.asarray(found)


def fits(n: int) -> None:
    """Print how long fits take, and how well they agree."""
    y, times = decays(n)
    minimize_many(squares, START, (y[:2], times[:2]))
    ours, result = seconds(minimize_many, squares, START, (y, times), n_jobs=2)
    print(f"{n} decays: {ours:.2f} s, {ours / n * 1e6:.0f} us each; {result}")
    looped = min(n, LOOPED)
    for name, fit in (("SciPy's Nelder-Mead", scipy_fit), ("curve_fit", curve)):
        took, theirs = seconds(list, map(fit, y[:looped]))
        both = [i for i in range(looped) if theirs[i] is not None and result.success[i]]
        apart = [abs(result.params[i] - theirs[i]).max() for i in both]
        ratio = took / looped * n / ours
        near = sum(d <= 1e-4 for d in apart)
        converged = sum(x is not None for x in theirs)
        print(
            f"{name}: {took / looped * 1e6:.0f} us each ({looped} fits), {ratio:.1f} times ours; "
            f"converged {converged}, both {len(both)}, of these within 1e-4 {near}"
        )


def growth(largest: int) -> None:
    """Print how the time grows with the number of problems."""
    for n in (10**k for k in range(3, 7)):
        if n <= largest:
            y, times = decays(n)
            took, _ = seconds(minimize_many, squares, START, (y, times))
            print(f"{n} problems: {took:.2f} s, {took / n * 1e6:.0f} us each")


def main() -> None:
    """Print everything."""
    warnings.simplefilter("ignore")
    n = int(sys.argv[1]) if len(sys.argv) > 1 else 10_000
    evaluations()
    fits(n)
    growth(n)


if __name__ == "__main__":
    main()
