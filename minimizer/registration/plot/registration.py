"""The picture of a result: images before and after, the cost around it, and the minimizations."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

from ...common.arrays import Array
from ...common.extras import require
from ..images.warp import warp
from .cost import draw_levels, draw_profile, profiles
from .images import ImagePair, draw_checkerboard, draw_difference, draw_histogram

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from ..cost import RegistrationCost
    from ..transforms.base import Transform
    from .cost import LevelTrace, Profile

PROFILES_IN_A_ROW = 6


def draw_registration(
    cost: RegistrationCost,
    transform: Transform,
    params: Array,
    matrix: Array,
    *,
    verdict: str,
    overlap: float,
    cost_at_identity: float,
    levels: list[LevelTrace],
    figure: Any = None,
) -> Figure:
    """Return the picture of a result; see `RegistrationResult.plot`.

    Parameters
    ----------
    cost : RegistrationCost
        The cost at full resolution, which holds both images.
    transform : Transform
        Names and units of the parameters.
    params : ndarray (n_params,)
        The result.
    matrix : ndarray (ndim + 1, ndim + 1)
        The same, from fixed to moving index.
    verdict : str
        Status, for the title.
    overlap : float
        Part of the fixed image's data that meets data of the moving image.
    cost_at_identity : float
        The cost where nothing is moved, NaN if there is none.
    levels : list of LevelTrace
        The minimizations, one per pyramid level.
    figure : matplotlib.figure.Figure, optional
        Figure to draw into.
    """
    pair = cost.comparison.pair
    if pair.fixed.ndim not in (2, 3):
        raise ValueError(
            f"the images have {pair.fixed.ndim} dimensions; pictures are for 2 or 3: plot a slice"
        )
    moving = pair.whole_moving()
    identity = transform.matrix(transform.identity)
    before, after = (warp(moving, m, transform.shape) for m in (identity, matrix))
    views = 1 if pair.fixed.ndim == 2 else 3
    rows = math.ceil(transform.n_params / PROFILES_IN_A_ROW)
    heights = [3.4 * (1 if views == 1 else 2.1), 3.1, 2.6 * rows]
    if figure is None:
        figure = make_figure(13.0, sum(heights) + 0.7)
    figure.suptitle(title(verdict, overlap, transform.describe(params)), fontsize=12)
    parts = figure.subfigures(3, 1, height_ratios=heights)
    compared = ImagePair.of(pair.fixed, before, after, cost)
    draw_images(parts[0], compared, views)
    left, right, traces = parts[1].subplots(1, 3, width_ratios=(1, 1, 1.6))
    draw_histogram(left, compared, before, "joint histogram before")
    draw_histogram(right, compared, after, "joint histogram after")
    draw_levels(traces, levels, cost_at_identity)
    draw_profiles(parts[2], profiles(cost, transform, params), cost_at_identity, rows)
    drawn: Figure = figure
    return drawn


def make_figure(width: float, height: float) -> Any:
    """Return a new figure that needs no display."""
    module: Any = require("matplotlib.figure", extra="plot")
    agg: Any = require("matplotlib.backends.backend_agg", extra="plot")
    figure = module.Figure(figsize=(width, height), dpi=110, layout="constrained")
    agg.FigureCanvasAgg(figure)
    return figure


def title(verdict: str, overlap: float, described: dict[str, tuple[float, str]]) -> str:
    """Return the verdict, the overlap and the parameters, in two or three lines."""
    parts = [
        f"{name} {round(value, 4) + 0.0:.5g}{'°' if unit == 'degrees' else ' ' + unit}".strip()
        for name, (value, unit) in described.items()
    ]
    half = len(parts) if len(parts) < 7 else (len(parts) + 1) // 2
    lines = "\n".join(", ".join(part) for part in (parts[:half], parts[half:]) if part)
    return f"{verdict}, overlap {overlap:.0%}\n{lines}"


def draw_images(figure: Any, compared: ImagePair, views: int) -> None:
    """Draw checkerboards and differences before and after, one row per view."""
    axes = figure.subplots(views, 4, squeeze=False)
    for view, row in enumerate(axes):
        first = view == 0
        draw_checkerboard(row[0], compared, compared.before, view)
        draw_checkerboard(row[1], compared, compared.after, view)
        draw_difference(row[2], compared, compared.before, view)
        drawn = draw_difference(row[3], compared, compared.after, view)
        if first:
            row[0].set_title("checkerboard before", fontsize=10)
            row[1].set_title("checkerboard after", fontsize=10)
            row[2].set_title(f"difference before, rms {compared.rms(compared.before):.3g}")
            row[3].set_title(f"difference after, rms {compared.rms(compared.after):.3g}")
            for ax in row[2:]:
                ax.title.set_fontsize(10)
    bar = figure.colorbar(drawn, ax=axes[:, 3], shrink=0.9 if views == 1 else 0.4)
    bar.set_label(compared.difference_name, fontsize=8)


def draw_profiles(figure: Any, drawn: list[Profile], cost_at_identity: float, rows: int) -> None:
    """Draw the cost along each parameter, with one scale for all."""
    columns = math.ceil(len(drawn) / rows)
    axes = figure.subplots(rows, columns, squeeze=False, sharey=True)
    for ax, profile in zip(axes.flat, drawn, strict=False):
        draw_profile(ax, profile, cost_at_identity)
    for ax in axes.flat[len(drawn) :]:
        ax.set_axis_off()
    for ax in axes[:, 0]:
        ax.set_ylabel("cost", fontsize=9)
