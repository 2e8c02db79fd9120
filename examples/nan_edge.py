"""A minimum on the edge of the region where the function is defined: ours and SciPy's answer.

Writes ``nan_edge.png`` (or the file given) and prints

    true minimum      4.507577 at [1.940285, 0.485071]
    minimizer         4.507577 at [1.940285, 0.485073], SUCCESS, 600 evaluations
    SciPy             7.551695 at [1.301363, 1.518702], success=True, 109 evaluations

Needs matplotlib and scipy: ``pip install "minimizer[demo]"``.
"""

from __future__ import annotations

import math
import sys
import warnings

import numpy as np
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from scipy.optimize import minimize as scipy_minimize

from minimizer import Minimizer

START = [-1.0, 0.5]
RADIUS = 2.0
TARGET = np.array([4.0, 1.0])


def cost(x: np.ndarray) -> float:
    """Squared distance from the target, defined inside a disc only."""
    return math.nan if x @ x > RADIUS**2 else float((x - TARGET) @ (x - TARGET))


def line(name: str, value: float, x: np.ndarray, how: str = "") -> str:
    """One line of the report."""
    return f"{name:<15} {value:>10.6f} at [{x[0]:.6f}, {x[1]:.6f}]{how}"


def draw(m: Minimizer, true: np.ndarray, wrong: np.ndarray) -> Figure:
    """Draw the function, every point that the first run tried, and both answers."""
    figure = Figure(figsize=(6.4, 4.6), dpi=110, layout="constrained")
    FigureCanvasAgg(figure)
    ax = figure.subplots()
    x, y = np.meshgrid(np.linspace(-1.6, 2.5, 400), np.linspace(-0.7, 2.2, 400))
    values = (x - TARGET[0]) ** 2 + (y - TARGET[1]) ** 2
    values[x**2 + y**2 > RADIUS**2] = np.nan
    ax.set_facecolor("0.85")
    ax.contourf(x, y, values, 24, cmap="Blues_r", alpha=0.9)
    ax.text(1.75, 1.85, "NaN", color="0.4", fontsize=16)

    trials = [e for e in m.trace if e.run == 0]
    valid = np.array([e.point for e in trials if not math.isnan(e.value)])
    invalid = np.array([e.point for e in trials if math.isnan(e.value)])
    best = [min(trials[: i + 1], key=nan_last).point for i in range(len(trials))]
    ax.plot(*invalid.T, "x", color="0.35", ms=4, mew=0.8, label="tried: NaN")
    ax.plot(*valid.T, "o", color="white", mec="black", mew=0.5, ms=3.5, label="tried: a number")
    ax.plot(*np.array(best).T, "-", color="black", lw=1.2, label="best so far")
    ax.plot(*START, "s", color="white", mec="black", ms=8, label="start")
    ax.plot(*true, "*", color="gold", mec="black", ms=18, label="minimizer: the minimum")
    ax.plot(*wrong, "X", color="tab:red", mec="black", ms=11, label='SciPy: "success"')
    ax.set(xlim=(-1.6, 2.5), ylim=(-0.7, 2.2), xlabel="$x_0$", ylabel="$x_1$")
    ax.set_aspect("equal")
    ax.legend(loc="lower left", fontsize=8)
    return figure


def nan_last(evaluation: object) -> float:
    """Order evaluations by value."""
    value: float = evaluation.value  # type: ignore[attr-defined]
    return math.inf if math.isnan(value) else value


def main(output: str = "nan_edge.png") -> None:
    """Minimize with both, print and draw."""
    m = Minimizer(cost, trace=True)
    m.minimize(START)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", RuntimeWarning)  # of NaN in SciPy's arithmetic
        theirs = scipy_minimize(cost, START, method="Nelder-Mead")
    true = RADIUS * TARGET / np.linalg.norm(TARGET)
    print(line("true minimum", cost(true * (1 - 1e-15)), true))
    how = f", {m.status}, {m.evaluations} evaluations"
    print(line("minimizer", m.function_value, m.params, how))
    how = f", success={theirs.success}, {theirs.nfev} evaluations"
    print(line("SciPy", theirs.fun, theirs.x, how))
    draw(m, m.params, theirs.x).savefig(output)


if __name__ == "__main__":
    main(*sys.argv[1:])
