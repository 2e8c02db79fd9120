"""The plot of a fit: data and curve, and the residuals."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from ..common.arrays import Array
from ..common.extras import require
from ..plot import style

POINTS = 400


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
    require("matplotlib", extra="fit")
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    figure = Figure(figsize=(6.8, 5.4), dpi=110, layout="constrained")
    FigureCanvasAgg(figure)  # needs no display
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
