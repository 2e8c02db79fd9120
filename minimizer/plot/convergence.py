"""Convergence: values, sizes of the simplex and moves against the evaluations."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from ..common.arrays import Array
from ..common.records import Evaluation
from ..simplex.moves import Move
from . import style
from .sources import trace_of
from .trace_simplices import Snapshot, simplices

if TYPE_CHECKING:
    from matplotlib.axes import Axes

LEAST = 1e-17  # of the range of values: drawn for a difference of zero
ROWS = (
    Move.REFLECT,
    Move.EXPAND,
    Move.CONTRACT_OUTSIDE,
    Move.CONTRACT_INSIDE,
    Move.DRAW_INWARDS,
    Move.SHRINK,
    Move.SURFACE,
    Move.SURROUND,
    Move.PROBE,
    Move.REINITIALIZE,
)


def plot_convergence(m: Any, *, ax: Axes | None = None) -> list[Axes]:
    """Plot best value, size of the simplex and moves against the evaluations, one line per run.

    Parameters
    ----------
    m : Minimizer or OptimizeResult
        With a trace, that is made with ``trace=True``.
    ax : matplotlib.axes.Axes, optional
        Axes to divide into the three panels; by default those of a new figure.

    Returns
    -------
    list of matplotlib.axes.Axes
        Three panels. The first shows the best value so far of each run above the lowest of all
        runs, on a logarithmic scale; a run that stays above the level of the others found a worse
        minimum. The second shows the size of the simplex, relative to the first simplex of the
        first run. A circle on a line is a new simplex around the result of a search. The third has
        a tick per move tried, one row per kind of move, runs beside each other.

    Raises
    ------
    ValueError
        If there is no trace.
    ImportError
        Without matplotlib.

    See Also
    --------
    plot_runs : Show whether the runs agreed.

    Examples
    --------
    >>> import matplotlib; matplotlib.use("Agg")
    >>> from minimizer import Minimizer
    >>> from minimizer.plot import plot_convergence
    >>> m = Minimizer(lambda x: (x[0] - 1) ** 2 + x[1] ** 2 + 5, 2, trace=True)
    >>> status = m.minimize([3.0, 3.0])
    >>> [ax.get_ylabel() for ax in plot_convergence(m)]
    ['value above the lowest', 'size of the simplex', 'move']
    """
    runs = trace_of(m)
    parts = style.panels(ax or style.new_axes(7.2, 6.4), [3.0, 2.0, 1.8])
    paths = [simplices(run) for run in runs]
    values = [best_so_far(run) for run in runs]
    finite = np.concatenate([v[np.isfinite(v)] for v in values])
    lowest, extent = (finite.min(), np.ptp(finite)) if finite.size else (0.0, 1.0)
    scale = next((extents(path[0]) for path in paths if path), np.ones(1))
    for i, (run, path, best) in enumerate(zip(runs, paths, values, strict=True)):
        above = np.maximum(best - lowest, LEAST * (extent or 1.0))
        draw_line(parts[0], i, np.arange(len(run), dtype=float), above, path)
        numbers = np.array([float(snapshot.evaluation) for snapshot in path])
        sizes = np.array([(extents(snapshot) / scale).max() for snapshot in path])
        draw_line(parts[1], i, numbers, sizes, path)
        draw_moves(parts[2], i, len(runs), run)
    label(parts, min((float(v.min()) for v in values), default=np.inf))
    return parts


def best_so_far(run: list[Evaluation]) -> Array:
    """Return the lowest value up to each evaluation, inf before the first that is not NaN."""
    values = np.array([evaluation.value for evaluation in run])
    lowest: Array = np.minimum.accumulate(np.where(np.isnan(values), np.inf, values))
    return lowest


def extents(snapshot: Snapshot) -> Array:
    """Return the extents of a simplex, (n,); for an extent of zero, the least positive number."""
    size: Array = np.ptp(snapshot.vertices, axis=0)
    return np.maximum(size, np.finfo(float).tiny)


def draw_line(ax: Axes, i: int, x: Array, y: Array, path: list[Snapshot]) -> None:
    """Draw the line of a run, with a circle at each new complete simplex."""
    (drawn,) = ax.semilogy(x + 1, y, lw=1.8, drawstyle="steps-post", **style.line(i))
    drawn.set_label(f"run {i}")
    new = [s.evaluation for s in path if s.move is Move.REINITIALIZE]
    marks = np.searchsorted(x, new)
    colour = drawn.get_color()
    ax.plot(x[marks] + 1, y[marks], "o", mfc="white", mec=colour, ms=6, mew=1.4, zorder=3)


def draw_moves(ax: Axes, i: int, n_runs: int, run: list[Evaluation]) -> None:
    """Draw one tick per move in the row of its kind, each run slightly below the one before."""
    height = 0.8 / n_runs
    for row, move in enumerate(ROWS):
        numbers = [k + 1 for k, evaluation in enumerate(run) if evaluation.move is move]
        middle = row - 0.4 + height * (i + 0.5)
        colour = style.line(i)["color"]
        ax.vlines(numbers, middle - 0.45 * height, middle + 0.45 * height, color=colour, lw=0.9)


def label(parts: list[Axes], lowest: float) -> None:
    """Label axes and lines."""
    values, sizes, moves = parts
    title = "no value but NaN and infinity" if lowest == np.inf else f"lowest value {lowest:.10g}"
    values.set(title=title, ylabel="value above the lowest")
    handles, names = values.get_legend_handles_labels()
    (circle,) = values.plot([], [], "o", mfc="white", mec="0.3", ms=6, mew=1.4)
    values.legend([*handles, circle], [*names, "new simplex"], fontsize=9)
    sizes.set_ylabel("size of the simplex")
    moves.set(xlabel="evaluations of the run", ylabel="move", ylim=(len(ROWS) - 0.5, -0.5))
    moves.set_yticks(range(len(ROWS)), [move.value for move in ROWS], fontsize=8)
    for ax in parts:
        ax.grid(axis="x", alpha=0.3)
    for ax in (values, sizes):
        ax.grid(axis="y", alpha=0.3)
