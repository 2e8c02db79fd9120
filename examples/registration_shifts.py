"""A photograph shifted by 50 and by -340 columns, and the cost of all shifts at each level.

What comes in at the side is missing, not black. The second shift leaves a third of the image, and
there are traps between it and no shift: the minimizer alone, started there at full resolution, ends
in one of them. With 32 x 32 pixels all shifts are looked at in no time.

Writes ``registration_shifts.png`` (or the file given) and prints

                        shift, rows   shift, columns     cost
    true                       0.00            50.00
    register                   0.00            50.00   0.0000
    true                       0.00          -340.00
    register                   0.00          -340.00   0.0000
    the minimizer alone, at full size, from no shift: trapped

Needs ``pip install ".[demo]"``.
"""

from __future__ import annotations

import sys
from typing import Any

import numpy as np
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from skimage import color, data

from minimizer import Minimizer
from minimizer.registration import RegistrationCost, register

LEVELS = 5


def shifted(image: np.ndarray, columns: int) -> np.ndarray:
    """Return the image shifted to the right; NaN where nothing is known."""
    moving = np.full(image.shape, np.nan)
    n = image.shape[1]
    left, right = max(columns, 0), max(-columns, 0)
    moving[:, left : n - right] = image[:, right : n - left]
    return moving


def line(name: str, shift: Any, cost: float | None = None) -> None:
    """Print one line."""
    row, column = (round(float(value), 2) + 0.0 for value in shift)
    said = "" if cost is None else f"{cost:>9.4f}"
    print(f"{name:<18}{row:>13.2f}{column:>17.2f}{said}")


def draw(ax: Any, fixed: np.ndarray, moving: np.ndarray, true: int, trap: float | None) -> None:
    """Draw the cost over all horizontal shifts at every level."""
    for level in range(LEVELS):
        cost = RegistrationCost(fixed, moving, "translation", level=level, min_overlap=0.2)
        shifts = np.arange(-450, 451, max(2, 2**level))
        values = [cost([0.0, shift]) for shift in shifts]
        size = " x ".join(map(str, cost.shape))
        grey = 0.16 * level
        ax.plot(shifts, values, color=str(grey), lw=2.2 - 0.35 * level, label=size)
    ax.axvline(true, color="0.5", ls="--", label=f"true: {true}")
    if trap is not None:
        ax.axvline(trap, color="0.5", ls=":", label=f"trap: {trap:.0f}")
    ax.set_title(f"shifted by {true} columns", fontsize=10)
    ax.set_xlabel("shift in columns")
    ax.set_ylabel("mean squared difference")
    ax.grid(alpha=0.3)
    ax.legend(fontsize=8)


def main(path: str = "registration_shifts.png") -> None:
    """Register both, and draw the cost."""
    fixed = color.rgb2gray(data.astronaut())
    figure = Figure(figsize=(12, 4.8), dpi=110, layout="constrained")
    FigureCanvasAgg(figure)
    axes = figure.subplots(1, 2)
    print(f"{'':<18}{'shift, rows':>13}{'shift, columns':>17}     cost")
    for ax, true in zip(axes, (50, -340), strict=True):
        moving = shifted(fixed, true)
        result = register(fixed, moving, transform="translation")
        line("true", (0, true))
        line("register", result.shift, result.cost)
        trap = None
        if true == -340:
            cost = RegistrationCost(fixed, moving, "translation")
            alone = Minimizer(cost, 2)
            alone.minimize(cost.identity, [20.0, 20.0])
            trap = alone.params[1]
            verdict = "trapped" if trap - true > 200 else "found"
            print(f"the minimizer alone, at full size, from no shift: {verdict}")
        draw(ax, fixed, moving, true, trap)
    figure.savefig(path)


if __name__ == "__main__":
    main(*sys.argv[1:2])
