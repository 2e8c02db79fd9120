"""The plot of a fit: data and curve, and the residuals."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np

from ..common.arrays import Array
from ..common.extras import require
from ..plot import style
from .curve import Fit
from .imagej.text import fixed, significant

POINTS = 400
FEWEST, MOST = 100, 1000  # points of the curve in ImageJ's plot


def in_short(fit: Fit) -> str:
    """Return the parameters with their uncertainties, in one line."""
    parts = []
    for name, value, error in zip(fit.names, fit.params, fit.precision.uncertainties, strict=True):
        known = f" ± {error:#.2g}".rstrip(".") if math.isfinite(error) else ""
        parts.append(f"{name} = {value:.4g}{known}")
    return ", ".join(parts)


def draw(
    x: Array,
    y: Array,
    fitted: Array,
    *,
    sigma: Array | None,
    curve: Callable[[Array], Array] | None,
    labels: tuple[str, str],
    title: str,
) -> Any:
    """Return a figure: data with the curve, and the residuals below.

    Parameters
    ----------
    x, y, fitted : ndarray (m,)
    sigma : ndarray (m,) or None
        Errors, drawn as bars.
    curve : callable or None
        The model as a function of x; None if it depends on other columns.
    labels : (str, str)
        Of x and y.
    title : str
    """
    figure = _figure(6.8, 5.4)
    above, below = figure.subplots(2, 1, sharex=True, height_ratios=[3, 1])
    dots: dict[str, Any] = {"fmt": "o", "ms": 4.5, "mfc": "white", "color": style.BLACK, "lw": 1.0}
    line: dict[str, Any] = {"color": style.VERMILION, "lw": 2.0, "zorder": 3, "label": "fit"}
    above.errorbar(x, y, sigma, label="data", **dots)
    if curve is not None:
        fine = np.linspace(x.min(), x.max(), POINTS)
        above.plot(fine, curve(fine), "-", **line)
    else:
        above.plot(x, fitted, "_", ms=11, mew=2.0, **line)
    below.errorbar(x, y - fitted, sigma, **dots)
    below.axhline(0.0, color=style.VERMILION, lw=2.0)
    above.set_title(title, fontsize=11)
    above.set_ylabel(labels[1])
    below.set(xlabel=labels[0], ylabel="residual")
    for ax in (above, below):
        ax.grid(alpha=0.3)
    above.legend()
    return figure


def draw_fitter(fitter: Any, x: Array, y: Array) -> Any:
    """Return ImageJ's plot of a `CurveFitter`, a figure: data, curve, and a legend."""
    figure = _figure(6.4, 4.6)
    ax = figure.subplots()
    ax.plot(x, y, "o", ms=4.5, mfc="white", color=style.BLACK)
    lines = [fitter.name, fitter.formula]
    if x.size and np.isfinite(fitter.params).all():
        fine = np.linspace(x.min(), x.max(), min(max(FEWEST, x.size), MOST))
        values = fitter.f(fine)
        ax.plot(fine, values, "-", color=style.VERMILION, lw=2.0, zorder=3)
        ax.set_ylim(*_limits(y, values))
        names = "abcdefghijklmnopqrstuvwxyz"
        lines += [
            f"{name} = {significant(value)}"
            for name, value in zip(names, fitter.params.tolist(), strict=False)
        ]
        lines.append(f"R^2 = {fixed(fitter.r_squared, 4)}")
    else:
        lines.append(fitter.message)
    ax.text(0.02, 0.98, "\n".join(lines), transform=ax.transAxes, va="top", fontsize=8)
    ax.set(xlabel="x", ylabel="y")
    ax.grid(alpha=0.3)
    return figure


def _figure(width: float, height: float) -> Any:
    """Return a figure that needs no display."""
    require("matplotlib", extra="fit")
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    figure = Figure(figsize=(width, height), dpi=110, layout="constrained")
    FigureCanvasAgg(figure)
    return figure


def _limits(y: Array, curve: Array) -> tuple[float, float]:
    """Return the range of y, widened to the curve by no more than the range of the data."""
    low, high = float(y.min()), float(y.max())
    room = high - low or abs(high) or 1.0
    known = curve[np.isfinite(curve)]
    below = max(float(known.min(initial=low)), low - room)
    above = min(float(known.max(initial=high)), high + room)
    margin = 0.03 * (max(high, above) - min(low, below)) or 0.03 * room
    return min(low, below) - margin, max(high, above) + margin
