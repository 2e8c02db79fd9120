"""The path of the simplex over a function of two parameters."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from ..common.arrays import Array
from ..common.extras import require
from . import style
from .sources import best_of, trace_of
from .trace_simplices import Snapshot, simplices

if TYPE_CHECKING:
    from matplotlib.axes import Axes

LEVELS = 20
VISIBLE = 1e-3  # of the picture: smaller simplices are not drawn


def plot_simplex(
    m: Any,
    bounds: Sequence[tuple[float, float]] | None = None,
    *,
    run: int = 0,
    fun: Callable[[Array], Any] | None = None,
    points: int = 200,
    ax: Axes | None = None,
) -> Axes:
    """Plot the path of the simplex over a filled contour of a function of two parameters.

    Parameters
    ----------
    m : Minimizer or OptimizeResult
        With a trace, that is made with ``trace=True``.
    bounds : two pairs (lower, upper), optional
        Part of the plane to show; by default the part that the run evaluated.
    run : int
        Number of the run, from 0.
    fun : callable, optional
        The function; by default that of the minimizer. Required for an `OptimizeResult`, and if
        the values were given by `tell`.
    points : int
        The function is evaluated on a grid of `points` by `points`.
    ax : matplotlib.axes.Axes, optional
        Axes to draw into; by default those of a new figure.

    Returns
    -------
    matplotlib.axes.Axes
        Dark is low; the levels are quantiles of the values in the picture, so that valleys show for
        any range. Regions where the function is NaN are grey and hatched.

    Raises
    ------
    ValueError
        If there is no trace, no such run, or the number of parameters is not two.
    ImportError
        Without matplotlib.

    Notes
    -----
    The simplices are reconstructed from the trace, by the comparisons of the algorithm.

    Examples
    --------
    >>> import matplotlib; matplotlib.use("Agg")
    >>> from minimizer import Minimizer
    >>> from minimizer.plot import plot_simplex
    >>> m = Minimizer(lambda x: (x[0] - 1) ** 2 + (x[1] - x[0]) ** 2, 2, trace=True)
    >>> status = m.minimize([3.0, 3.0])
    >>> ax = plot_simplex(m, [(0, 4), (0, 4)])
    >>> [text.get_text() for text in ax.get_legend().get_texts()]
    ['simplex', 'its best vertex', 'start', "minimizer's result"]
    """
    runs = trace_of(m)
    if not 0 <= run < len(runs):
        raise ValueError(f"run is {run}; the trace has the runs 0 to {len(runs) - 1}")
    n = runs[run][0].point.size
    if n != 2:
        raise ValueError(f"plot_simplex is for two parameters and m has {n}; see plot_profile")
    path = simplices(runs[run])
    seen = np.array([evaluation.point for evaluation in runs[run]])
    limits = _limits(bounds, seen)
    drawn = ax or style.new_axes(6.8, 4.8)
    draw_function(drawn, _function(m, fun), limits, points)
    draw_path(drawn, path, limits)
    edges: dict[str, Any] = {"markeredgecolor": "black", "linestyle": "none", "zorder": 5}
    drawn.plot(*seen[0], "s", color="white", ms=8, label="start", **edges)
    best = best_of(m)[0]
    drawn.plot(*best, "*", color=style.ORANGE, ms=16, label="minimizer's result", **edges)
    drawn.set(xlim=limits[0], ylim=limits[1], xlabel="parameter 0", ylabel="parameter 1")
    lowest = np.fmin.reduce([evaluation.value for evaluation in runs[run]])
    drawn.set_title(f"run {run}: {lowest:.8g} after {len(seen)} evaluations", fontsize=10)
    drawn.legend(fontsize=9, framealpha=0.95)
    return drawn


def draw_function(
    ax: Axes, fun: Callable[[Array], Any], limits: list[tuple[float, float]], points: int
) -> None:
    """Draw the filled contour of a function, dark where it is low, and hatch where it is NaN."""
    colors = require("matplotlib.colors", extra="plot")
    x, y = (np.linspace(*pair, points) for pair in limits)
    values = np.array([[_value(fun, a, b) for a in x] for b in y])
    finite = values[np.isfinite(values)]
    nan = ~np.isfinite(values)
    if nan.any():
        ax.set_facecolor("0.88")
        shaded = ax.contourf(x, y, nan, [0.5, 1.5], colors=["0.88"], hatches=["////"])
        shaded.set(edgecolor="0.7", linewidth=0.0, zorder=1.5)  # over the steps of the grid
        if not nan.all():
            ax.contour(x, y, nan, [0.5], colors=["0.35"], linewidths=1.2, zorder=1.6)
        text = "NaN" if np.isnan(values).any() else "infinite"
        box = {"facecolor": "0.88", "edgecolor": "0.6", "label": text, "hatch": "////"}
        ax.add_patch(require("matplotlib.patches", extra="plot").Rectangle((0, 0), 0, 0, **box))
    shares = np.linspace(0, 1, LEVELS + 1)
    levels = np.unique(np.quantile(finite, shares)) if finite.size else finite
    if levels.size > 1:
        blues = require("matplotlib", extra="plot").colormaps["Blues_r"]
        light = colors.ListedColormap(blues(np.linspace(0.35, 1.0, 256)))
        norm = colors.BoundaryNorm(levels, 256)
        filled = ax.contourf(x, y, np.where(nan, np.nan, values), levels, cmap=light, norm=norm)
        ticks = levels[:: max(1, levels.size // 6)]
        bar = ax.figure.colorbar(filled, ax=ax, label="value", ticks=ticks, format="%.3g")
        bar.minorticks_off()


def draw_path(ax: Axes, path: list[Snapshot], limits: list[tuple[float, float]]) -> None:
    """Draw the simplices that are large enough, and the line of their best vertices."""
    spans = np.array([high - low for low, high in limits])
    for snapshot in path:
        if (np.ptp(snapshot.vertices, axis=0) / spans).max() > VISIBLE:
            corners = np.vstack([snapshot.vertices, snapshot.vertices[:1]])
            ax.plot(*corners.T, "-", color="black", lw=0.7, alpha=0.55, zorder=2)
    best = np.array([s.vertices[s.values.argmin()] for s in path]).reshape(-1, 2)
    ax.plot([], [], "-", color="black", lw=0.7, alpha=0.7, label="simplex")
    ax.plot(*best.T, "-", color="white", lw=4.0, zorder=2.9)  # seen on dark and in grey
    line: dict[str, Any] = {"color": style.VERMILION, "lw": 2.0, "zorder": 3}
    ax.plot(*best.T, "-", label="its best vertex", **line)


def _function(m: Any, fun: Callable[[Array], Any] | None) -> Callable[[Array], Any]:
    """Return the function of the parameters alone."""
    if fun is not None:
        return fun
    given = getattr(m, "fun", None)
    if not callable(given):
        raise ValueError("fun is not known to m; give it: plot_simplex(m, bounds, fun=...)")
    extra = np.zeros(m.extra_array_elements)
    return lambda params: given(np.concatenate([params, extra]), *m.args)


def _value(fun: Callable[[Array], Any], a: float, b: float) -> float:
    with np.errstate(all="ignore"):
        return float(fun(np.array([a, b])))


def _limits(bounds: Any, seen: Array) -> list[tuple[float, float]]:
    """Return the part of the plane to show: the given one, or that of the run with a margin."""
    if bounds is None:
        low, high = seen.min(axis=0), seen.max(axis=0)
        margin = 0.08 * np.maximum(high - low, 1e-12 * (1.0 + abs(high)))
        return [(float(a), float(b)) for a, b in zip(low - margin, high + margin, strict=True)]
    pairs = np.asarray(bounds, dtype=np.float64)
    if pairs.shape != (2, 2) or not np.isfinite(pairs).all() or (pairs[:, 0] >= pairs[:, 1]).any():
        raise ValueError(f"bounds is {bounds!r}; it must be two pairs (lower, upper), lower first")
    return [(float(a), float(b)) for a, b in pairs]
