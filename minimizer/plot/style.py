"""Colours, lines and markers that can be distinguished in grey and by the colour-blind.

M. Okabe, K. Ito, Color Universal Design, https://jfly.uni-koeln.de/color/.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ..common.extras import require

if TYPE_CHECKING:
    from matplotlib.axes import Axes

BLACK, VERMILION, BLUE, ORANGE, SKY, GREEN, PURPLE = (
    "#000000",
    "#D55E00",
    "#0072B2",
    "#E69F00",
    "#56B4E9",
    "#009E73",
    "#CC79A7",
)
GREY = "#8C8C8C"
COLOURS = (BLACK, VERMILION, SKY, BLUE, ORANGE, GREEN, PURPLE)
DASHES = ("-", "--", "-.", ":", (0, (6, 1, 1, 1, 1, 1)))
MARKERS = ("o", "s", "^", "D", "v", "P", "X", "*")


def line(i: int) -> dict[str, Any]:
    """Return the style of line `i`; pairs of colour and dashes repeat only after 35 lines."""
    return {"color": COLOURS[i % len(COLOURS)], "linestyle": DASHES[i % len(DASHES)]}


def marker(i: int) -> dict[str, Any]:
    """Return the style of the points of series `i`."""
    return {
        "marker": MARKERS[i % len(MARKERS)],
        "color": COLOURS[i % len(COLOURS)],
        "markeredgecolor": "black",
        "markeredgewidth": 0.6,
    }


def new_axes(width: float = 6.4, height: float = 4.6) -> Axes:
    """Return axes of a new figure of pyplot, so that ``plt.show()`` shows it."""
    plt = require("matplotlib.pyplot", extra="plot")
    axes: Axes = plt.subplots(figsize=(width, height), layout="constrained")[1]
    return axes


def panels(ax: Any, heights: list[float], gap: float = 0.04) -> list[Axes]:
    """Divide the area of `ax` into panels, one above another, that share their x axis."""
    ax.set_axis_off()
    share = (1.0 - gap * (len(heights) - 1)) / sum(heights)
    parts: list[Axes] = []
    top = 1.0
    for height in heights:
        bottom = max(0.0, top - share * height)
        shared = {"sharex": parts[0]} if parts else {}
        parts.append(ax.inset_axes((0.0, bottom, 1.0, share * height), **shared))
        top = bottom - gap
    for part in parts[:-1]:
        part.tick_params(labelbottom=False)
    return parts
