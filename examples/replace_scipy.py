"""The same old script with SciPy's functions and with those of this package.

`legacy_script` is written for SciPy: it calls ``minimize(..., method="Nelder-Mead")`` and `fmin`,
and believes what they say. It is run twice, and all that changes is where the two come from. On
the first two tasks both are right. On the third, a chain of cubes whose least value is 0 where all
five parameters are 1, SciPy reports success in the middle of a curved valley. Here a success means
that two runs from different simplices agreed, which costs more calls of the function.

Run ``python examples/replace_scipy.py`` (needs scipy). It prints::

                            SciPy                           minimizer
    banana, success         True                            True
    banana, x               1.0000 1.0000                   1.0000 1.0000
    decay, warnflag         0                               0
    decay, x                2.515 0.736 0.298               2.515 0.736 0.298
    cubes, success          True                            True
    cubes, x                0.911 0.755 0.430 0.079 0.000   1.000 1.000 1.000 1.000 1.000
    cubes, value            8.0e-03                         2.1e-20
    cubes, calls            201                             6641
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Callable
from typing import Any

import scipy.optimize

import minimizer

TIMES = (0.0, 0.5, 1.0, 1.5, 2.0, 3.0, 4.0, 5.0, 7.0, 9.0)
COUNTS = (2.81, 2.04, 1.51, 1.13, 0.87, 0.57, 0.43, 0.36, 0.32, 0.30)


def banana(x: Any) -> Any:
    """Rosenbrock's function, least at (1, 1)."""
    return 100 * (x[1] - x[0] * x[0]) ** 2 + (1 - x[0]) ** 2


def decay(x: Any, times: Any, counts: Any) -> Any:
    """Sum of squares of an exponential decay with a background."""
    pairs = zip(times, counts, strict=True)
    return sum((x[0] * math.exp(-x[1] * t) + x[2] - y) ** 2 for t, y in pairs)


def cubes(x: Any) -> Any:
    """Chain of cubes: each parameter should be the cube of the one before, the first 1."""
    return (x[0] - 1) ** 2 + sum(100 * (b - a * a * a) ** 2 for a, b in itertools.pairwise(x))


def legacy_script(minimize: Callable[..., Any], fmin: Callable[..., Any]) -> dict[str, str]:
    """Do three tasks, as somebody wrote it down years ago."""
    answers = {}

    result = minimize(banana, [-1.2, 1.0], method="Nelder-Mead")
    answers["banana, success"] = str(result.success)
    answers["banana, x"] = numbers(result.x, ".4f")

    x, _, _, _, warnflag = fmin(decay, [1.0, 1.0, 0.0], (TIMES, COUNTS), full_output=1, disp=0)
    answers["decay, warnflag"] = str(warnflag)
    answers["decay, x"] = numbers(x, ".3f")

    result = minimize(cubes, [0.5] * 5, method="Nelder-Mead", options={"maxiter": 5000})
    answers["cubes, success"] = str(result["success"])
    answers["cubes, x"] = numbers(result.x, ".3f")
    answers["cubes, value"] = f"{result.fun:.1e}"
    answers["cubes, calls"] = str(result.nfev)
    return answers


def numbers(values: Any, form: str) -> str:
    """Write numbers side by side."""
    return " ".join(format(value, form) for value in values)


def main() -> None:
    """Run the script with both and print the answers side by side."""
    theirs = legacy_script(scipy.optimize.minimize, scipy.optimize.fmin)
    ours = legacy_script(minimizer.minimize, minimizer.fmin)
    print(f"{'':24}{'SciPy':32}minimizer")
    for task, answer in theirs.items():
        print(f"{task:24}{answer:32}{ours[task]}")


if __name__ == "__main__":
    main()
