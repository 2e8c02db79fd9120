"""The results of the runs beside each other, to see whether they agreed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from ..agreement import LEVEL, NEAR
from ..limits import Array
from ..records import RunRecord
from . import style
from .traced import best_of, runs_of, status_of

if TYPE_CHECKING:
    from matplotlib.axes import Axes

LEAST_SHARE = 1e-3  # of the greatest parameter, for those near 0
LEAST = 1e-16  # relative differences below are as good as none, and drawn at 0


def plot_runs(m: Any, *, ax: Axes | None = None) -> Axes:
    """Plot how far the value and the parameters of each run are from those of the best.

    Parameters
    ----------
    m : Minimizer or OptimizeResult
        No trace is needed.
    ax : matplotlib.axes.Axes, optional
        Where to draw; by default in a new figure.

    Returns
    -------
    matplotlib.axes.Axes
        A marker a run in the column of the value and in that of each parameter: the difference
        from the best run, relative to the way that its value came down, and to the parameter (but
        to no less than a thousandth of the greatest parameter). A run whose markers are all below
        the dashed lines, 1e-6 and 1e-4, came to the same place (R14 of `Rules`). The title tells
        the status.

    Raises
    ------
    ValueError
        If no run has a finite value.
    ImportError
        Without matplotlib.

    Examples
    --------
    >>> import matplotlib; matplotlib.use("Agg")
    >>> from minimizer import Minimizer
    >>> from minimizer.plot import plot_runs
    >>> m = Minimizer(lambda x: (x[0] - 1) ** 2 + 5)
    >>> status = m.minimize([3.0])
    >>> ax = plot_runs(m)
    >>> ax.get_title(), [text.get_text() for text in ax.get_xticklabels()]
    ('SUCCESS, 2 runs', ['value', 'parameter 0'])
    """
    runs = runs_of(m)
    point, value = best_of(m)
    best = np.concatenate([[value], point])
    scale = np.concatenate([[descent_of(runs)], scales(point)])
    n = point.size
    drawn = ax or style.new_axes(max(5.0, 2.4 + 0.8 * n), 4.4)
    drawn.set_yscale("symlog", linthresh=LEAST, linscale=0.6)
    shifts = np.linspace(-0.25, 0.25, len(runs)) if len(runs) > 1 else np.zeros(1)
    for i, run in enumerate(runs):
        off = abs(np.concatenate([[run.function_value], run.params]) - best) / scale
        mark = style.marker(i) | {"ms": 9 - 2 * (i % 2), "linestyle": "none", "clip_on": False}
        status = "cut short" if run.status is None else run.status.name
        text = f"run {i}: {run.function_value:.8g}, {status}"
        drawn.plot(np.arange(n + 1) + shifts[i], off, label=text, **mark)
    drawn.hlines(LEVEL, -0.45, 0.45, color="0.3", ls="--", lw=1.2, label="below: the same place")
    drawn.hlines(NEAR, 0.55, n + 0.45, color="0.3", ls="--", lw=1.2)
    drawn.axvline(0.5, color="0.8", lw=1.0)
    many = "run" if len(runs) == 1 else "runs"
    drawn.set(title=f"{status_of(m)}, {len(runs)} {many}", ylabel="difference from the best run")
    drawn.set_xticks(range(n + 1), ["value", *(f"parameter {i}" for i in range(n))])
    drawn.tick_params(axis="x", rotation=30 if n > 4 else 0)
    drawn.set_xlim(-0.5, n + 0.5)
    drawn.set_ylim(0.0, max(10.0, 10.0 * drawn.dataLim.y1))
    powers = np.arange(-15, np.log10(drawn.get_ylim()[1]) + 0.1, 3)
    drawn.set_yticks([0.0, *10.0**powers])
    drawn.grid(axis="y", alpha=0.3)
    drawn.legend(fontsize=8, loc="best")
    return drawn


def descent_of(runs: list[RunRecord]) -> float:
    """Return how far the best run has come down, or its value if it is that of its start."""
    best = min(runs, key=lambda run: run.function_value)
    return best.descent or abs(best.function_value) or 1.0


def scales(point: Array) -> Array:
    """Return what differences of parameters are relative to, (n,)."""
    sizes = abs(point)
    return np.maximum(sizes, LEAST_SHARE * (sizes.max() or 1.0 / LEAST_SHARE))
