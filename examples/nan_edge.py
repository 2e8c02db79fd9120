"""A minimum on the edge of the region where the function is defined: ours and SciPy's answer.

The simplex comes to the edge, walks along it and ends in the minimum. SciPy's goes flat on the edge
and stays. Writes ``nan_edge.png`` (or the file given) and prints

    true minimum      4.507577 at [1.940285, 0.485071]
    minimizer         4.507577 at [1.940284, 0.485074], SUCCESS, 455 evaluations
    SciPy             9.258444 at [1.721997, -1.017212], success=True, 105 evaluations

Needs matplotlib and scipy: ``pip install ".[demo]"``.
"""

from __future__ import annotations

import math
import sys
import warnings
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from scipy.optimize import minimize as scipy_minimize

from minimizer import Minimizer
from minimizer.plot import plot_simplex

START = [-1.2, -0.7]
RADIUS = 2.0
TARGET = np.array([4.0, 1.0])


def cost(x: Any) -> float:
    """Squared distance from the target, defined inside a disc only."""
    return math.nan if x @ x > RADIUS**2 else float((x - TARGET) @ (x - TARGET))


def line(name: str, value: float, x: Any, how: str = "") -> str:
    """One line of the report."""
    return f"{name:<15} {value:>10.6f} at [{x[0]:.6f}, {x[1]:.6f}]{how}"


def draw(m: Minimizer, theirs: Any, path: Any) -> Axes:
    """Draw the first run's simplex on its way, and SciPy's answer."""
    figure = Figure(figsize=(7.6, 4.4), dpi=110, layout="constrained")
    FigureCanvasAgg(figure)  # needs no display
    ax = plot_simplex(m, [(-1.6, 2.75), (-1.45, 1.25)], points=400, ax=figure.subplots())
    ax.plot(*path.T, "-", color="white", lw=3.5, zorder=1.9)
    ax.plot(*path.T, "--", color="black", lw=1.3, label="SciPy's best vertex", zorder=2)
    mark = {"color": "white", "mec": "black", "ms": 12, "zorder": 5}
    ax.plot(*theirs.x, "X", label='SciPy: "success"', linestyle="none", **mark)
    note = {"fontsize": 10, "arrowprops": {"arrowstyle": "->"}, "va": "center"}
    box = {"boxstyle": "round", "fc": "white", "ec": "0.5"}
    ax.annotate(f"SciPy: {theirs.fun:.3f}", theirs.x, (1.95, -1.2), bbox=box, **note)
    ax.annotate(f"minimizer: {m.function_value:.3f}", m.params, (1.7, 1.1), bbox=box, **note)
    ax.set(aspect="equal", title="the simplex walks along the edge to the minimum")
    ax.legend(fontsize=9, loc="upper left")
    return ax


def main(output: str = "nan_edge.png") -> None:
    """Minimize with both, print and draw."""
    m = Minimizer(cost, trace=True)
    m.minimize(START)
    path = [np.array(START)]
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", RuntimeWarning)  # of NaN in SciPy's arithmetic
        theirs = scipy_minimize(cost, START, method="Nelder-Mead", callback=path.append)
    true = RADIUS * TARGET / np.linalg.norm(TARGET)
    print(line("true minimum", cost(true * (1 - 1e-15)), true))
    how = f", {m.status}, {m.evaluations} evaluations"
    print(line("minimizer", m.function_value, m.params, how))
    how = f", success={theirs.success}, {theirs.nfev} evaluations"
    print(line("SciPy", theirs.fun, theirs.x, how))
    draw(m, theirs, np.array(path)).figure.savefig(output)


if __name__ == "__main__":
    main(*sys.argv[1:])
