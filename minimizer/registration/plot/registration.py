"""The picture of a result: the images before and after, the cost around it, and the way there."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import numpy as np

from ...common.extras import require
from ..images.warp import warp
from .cost import draw_levels, draw_profile, profiles
from .images import Comparison, draw_checkerboard, draw_difference, draw_histogram

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from ..result import RegistrationResult

PROFILES_IN_A_ROW = 6


def draw_result(result: RegistrationResult, figure: Any = None) -> Figure:
    """Return the picture of a result; see `RegistrationResult.plot`."""
    function = result.cost_function
    if function is None:
        raise ValueError(
            "this result came without its images; register the two images (or frames) alone"
        )
    pair = function.comparison.pair
    if pair.fixed.ndim not in (2, 3):
        raise ValueError(
            f"the images have {pair.fixed.ndim} dimensions; pictures are for 2 or 3: plot a slice"
        )
    moving = np.where(pair.missing, np.nan, pair.moving) if pair.missing.size else pair.moving
    transform = result.transform
    identity = transform.matrix(transform.identity)
    before, after = (warp(moving, m, transform.shape) for m in (identity, result.matrix))
    views = 1 if pair.fixed.ndim == 2 else 3
    rows = math.ceil(transform.n_params / PROFILES_IN_A_ROW)
    heights = [3.4 * (1 if views == 1 else 2.1), 3.1, 2.6 * rows]
    if figure is None:
        figure = make_figure(13.0, sum(heights) + 0.7)
    figure.suptitle(title(result), fontsize=12)
    parts = figure.subfigures(3, 1, height_ratios=heights)
    compared = Comparison.of(pair.fixed, before, after, function)
    draw_images(parts[0], compared, views)
    left, right, way = parts[1].subplots(1, 3, width_ratios=(1, 1, 1.6))
    draw_histogram(left, compared, before, "joint histogram before")
    draw_histogram(right, compared, after, "joint histogram after")
    draw_levels(way, result)
    draw_profiles(parts[2], result, rows)
    drawn: Figure = figure
    return drawn


def make_figure(width: float, height: float) -> Any:
    """Return a new figure that needs no display."""
    module: Any = require("matplotlib.figure", extra="plot")
    agg: Any = require("matplotlib.backends.backend_agg", extra="plot")
    figure = module.Figure(figsize=(width, height), dpi=110, layout="constrained")
    agg.FigureCanvasAgg(figure)
    return figure


def title(result: RegistrationResult) -> str:
    """Return what was found in one or two lines."""
    parts = [
        f"{name} {round(value, 4) + 0.0:.5g}{'°' if unit == 'degrees' else ' ' + unit}".strip()
        for name, (value, unit) in result.transform.describe(result.params).items()
    ]
    verdict = result.status.name + ", AMBIGUOUS" * result.ambiguous
    half = len(parts) if len(parts) < 7 else (len(parts) + 1) // 2
    said = "\n".join(", ".join(part) for part in (parts[:half], parts[half:]) if part)
    return f"{verdict}, overlap {result.overlap:.0%}\n{said}"


def draw_images(figure: Any, compared: Comparison, views: int) -> None:
    """Draw checkerboards and differences, before and after; a row for each view."""
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


def draw_profiles(figure: Any, result: RegistrationResult, rows: int) -> None:
    """Draw the cost along each parameter, with one scale for all."""
    n = result.transform.n_params
    columns = math.ceil(n / rows)
    axes = figure.subplots(rows, columns, squeeze=False, sharey=True)
    for ax, profile in zip(axes.flat, profiles(result), strict=False):
        draw_profile(ax, profile, result)
    for ax in axes.flat[n:]:
        ax.set_axis_off()
    for ax in axes[:, 0]:
        ax.set_ylabel("cost", fontsize=9)
