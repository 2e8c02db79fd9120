"""A peak fitted with and without the quadratic surface: values against evaluations.

A simplex comes down by a nearly constant factor per evaluation, to the last digit, and then
searches once more. With the surface (R16) a run ends as soon as a paraboloid predicts the values,
and its curvature, ``m.hessian``, gives approximate uncertainties without further evaluations;
beside them are the accurate ones of `minimizer.curvature`. Writes ``surface.png`` (or the file
given) and prints

    without the surface  SUCCESS, 696 evaluations, sum of squares 0.357206849
    with the surface     SUCCESS, 341 evaluations, sum of squares 0.357206849
    height    2.9835 ± 0.050   accurate: 0.050
    position  4.1958 ± 0.017   accurate: 0.017
    width     0.8947 ± 0.018   accurate: 0.018
    base      0.5048 ± 0.021   accurate: 0.021

Needs matplotlib: ``pip install ".[plot]"``.
"""

from __future__ import annotations

import sys

import numpy as np
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure

from minimizer import Minimizer, Move, Rules
from minimizer.curvature import uncertainties

X = np.linspace(0.0, 10.0, 41)
TRUE = np.array([3.0, 4.2, 0.9, 0.5])  # height, position, width, base
START = [2.0, 5.0, 1.5, 0.0]
NAMES = ("height", "position", "width", "base")
LEAST = 1e-16  # drawn for a value that is the lowest of all


def peak(params: np.ndarray) -> np.ndarray:
    """Return a Gaussian peak on a base."""
    height, position, width, base = params
    return height * np.exp(-0.5 * ((X - position) / width) ** 2) + base


Y = peak(TRUE) + np.random.default_rng(1).normal(0.0, 0.1, X.size)


def cost(params: np.ndarray) -> float:
    """Sum of squares."""
    r = Y - peak(params)
    return float(r @ r)


def fit(surface: bool) -> Minimizer:
    """Fit with the surface or without it."""
    m = Minimizer(cost, rules=Rules(quadratic_surface=surface), trace=True)
    m.minimize(START)
    return m


def deviations(m: Minimizer) -> np.ndarray:
    """Return approximate uncertainties, from the curvature of the surface: 2 s² H⁻¹."""
    if m.hessian is None:  # no surface has ended the best run
        return np.full(m.params.size, np.nan)
    variance = m.function_value / (X.size - m.params.size)
    return np.sqrt(np.diag(2.0 * variance * np.linalg.inv(m.hessian)))


def draw(fits: dict[str, Minimizer]) -> Axes:
    """Draw how far the best value of the first run is above the lowest."""
    figure = Figure(figsize=(7.2, 4.2), dpi=110, layout="constrained")
    FigureCanvasAgg(figure)  # needs no display
    ax: Axes = figure.subplots()
    lowest = min(m.function_value for m in fits.values())
    for (name, m), colour in zip(fits.items(), ("#D55E00", "#0072B2"), strict=True):
        run = [evaluation for evaluation in m.trace if evaluation.run == 0]
        best = np.minimum.accumulate([evaluation.value for evaluation in run])
        above = np.maximum(best - lowest, LEAST)
        numbers = np.arange(1, len(run) + 1)
        ax.semilogy(numbers, above, drawstyle="steps-post", color=colour, label=name)
        ax.plot(numbers[-1], above[-1], "o", color=colour)
        tried = [i for i, e in enumerate(run) if e.move in (Move.SURFACE, Move.SURROUND)]
        label = {"label": "evaluations for a surface"} if tried else {}
        ax.plot(numbers[tried], above[tried], "|", ms=9, color=colour, **label)
    ax.set(xlabel="evaluations of the first run", ylabel="best value above the lowest")
    ax.set_title("a peak with four parameters")
    ax.grid(alpha=0.3)
    ax.legend()
    return ax


def main(output: str = "surface.png") -> None:
    """Fit, print and draw."""
    fits = {"without the surface": fit(False), "with the surface": fit(True)}
    for name, m in fits.items():
        value = f"sum of squares {m.function_value:.9f}"
        print(f"{name:<19}  {m.status}, {m.evaluations} evaluations, {value}")
    m = fits["with the surface"]
    more = {"kind": "squares", "n_data": X.size, "hessian": m.hessian}
    accurate = uncertainties(cost, m.params, **more)
    for row in zip(NAMES, m.params, deviations(m), accurate, strict=True):
        print("{:<8}  {:.4f} ± {:.3f}   accurate: {:.3f}".format(*row))
    draw(fits).figure.savefig(output)


if __name__ == "__main__":
    main(*sys.argv[1:])
