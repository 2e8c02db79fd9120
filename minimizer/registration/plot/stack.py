"""The picture of a stack's registration: the drift, and the frames before and after."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from ...common.arrays import Array
from .cost import DASHES, GREYS
from .images import MISSING, grey
from .registration import make_figure

if TYPE_CHECKING:
    from matplotlib.figure import Figure

MARKERS = ("o", "s", "^", "D", "v", "x", "+", "*")


def draw_stack(
    before: Array,
    after: Array,
    drift: dict[str, Array],
    units: dict[str, str],
    *,
    doubtful: list[int],
    title: str,
    figure: Any = None,
) -> Figure:
    """Return the picture of a stack's registration; see `StackResult.plot`.

    Parameters
    ----------
    before, after : ndarray (frames, …)
        The stack as given and aligned, NaN where data are missing.
    drift : dict
        Drift (frames,) per parameter.
    units : dict
        Unit per parameter.
    doubtful : list of int
        Frames to mark.
    title : str
        Title of the figure.
    figure : matplotlib.figure.Figure, optional
        Figure to draw into.
    """
    if figure is None:
        figure = make_figure(12.0, 7.0)
    figure.suptitle(title, fontsize=12)
    groups = by_unit(units)
    above, below = figure.subfigures(2, 1, height_ratios=(1, 1.25))
    for ax, (unit, names) in zip(
        above.subplots(1, len(groups), squeeze=False)[0], groups.items(), strict=True
    ):
        draw_drift(ax, {name: drift[name] for name in names}, unit, doubtful)
    axes = below.subplots(1, 4)
    means, spreads = zip(*map(mean_and_spread, (before, after)), strict=True)
    top = float(np.nanquantile(spreads[0], 0.99))
    for ax, mean, when in zip(axes, means, ("before", "after"), strict=False):
        draw_frame(ax, mean, f"mean {when}")
    for ax, spread, when in zip(axes[2:], spreads, ("before", "after"), strict=True):
        rms = float(np.sqrt(np.nanmean(spread**2)))
        draw_frame(ax, spread, f"deviation of the frames {when}, rms {rms:.3g}", vmin=0, vmax=top)
    drawn: Figure = figure
    return drawn


def by_unit(units: dict[str, str]) -> dict[str, list[str]]:
    """Return the names of the parameters per unit."""
    groups: dict[str, list[str]] = {}
    for name, unit in units.items():
        groups.setdefault(unit, []).append(name)
    return groups


def draw_drift(ax: Any, drift: dict[str, Array], unit: str, doubtful: list[int]) -> None:
    """Draw the drift of parameters with the same unit; bars mark doubtful frames."""
    for i, (name, values) in enumerate(drift.items()):
        style = {"color": GREYS[i % len(GREYS)], "ls": DASHES[i % len(DASHES)]}
        marker = MARKERS[i % len(MARKERS)]
        ax.plot(values, marker=marker, ms=4, lw=1.3, label=name, **style)
    for i in doubtful:
        ax.axvline(i, color="0.7", lw=3, zorder=0, label="doubtful" if i == doubtful[0] else None)
    ax.set_title("drift since the first frame", fontsize=10)
    ax.set_xlabel("frame", fontsize=9)
    ax.xaxis.get_major_locator().set_params(integer=True)
    ax.set_ylabel(unit or "1", fontsize=9)
    ax.tick_params(labelsize=8)
    ax.grid(alpha=0.3)
    ax.legend(fontsize=8)


def draw_frame(ax: Any, image: Any, name: str, **limits: float) -> None:
    """Draw an image in grey, or the middle slice of a volume."""
    if image.ndim == 3:
        image = image[len(image) // 2]
    ax.set_facecolor(MISSING)
    ax.set_title(name, fontsize=9)
    ax.tick_params(labelsize=7)
    ax.imshow(image if limits else grey(image), cmap="gray", interpolation="nearest", **limits)


def mean_and_spread(frames: Array) -> tuple[Array, Array]:
    """Return mean and standard deviation over the frames with data; NaN where there are none."""
    present = np.isfinite(frames)
    count = np.where(present.any(axis=0), present.sum(axis=0), np.nan)
    mean = np.where(present, frames, 0.0).sum(axis=0) / count
    squares = np.where(present, (frames - mean) ** 2, 0.0).sum(axis=0) / count
    return np.asarray(mean), np.asarray(np.sqrt(squares))
