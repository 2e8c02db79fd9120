"""The picture of the demonstration: slices, errors beside their bounds, and the course of fits."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from ...blocks.spheres.made import SHARED
from ...common.arrays import Array
from ...plot import style
from .scene import Scene

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from .run import Outcome

FARTHEST = 4.0  # errors, in units of their bounds


def draw(scene: Scene, outcome: Outcome) -> Figure:
    """Return the picture."""
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    figure = Figure(figsize=(12.0, 8.2), dpi=110, layout="constrained")
    FigureCanvasAgg(figure)  # needs no display
    comparison = outcome.comparison
    figure.suptitle(
        f"{len(comparison.pairs)} of {(len(scene.truth) - len(SHARED)) // 4} spheres found, "
        f"{len(comparison.spurious)} spurious",
        fontsize=15,
    )
    axes = figure.subplots(2, 3)
    model, found = scene.model, outcome.result
    middle = slice(model.shape[0] // 2, model.shape[0] // 2 + 1)
    noise = float(np.mean(model.noise))
    data = model.image[middle][0]
    before = model.residuals(scene.guess, middle)[0]
    after = found.model.residuals(found.x, middle)[0]
    grey = {"vmin": 0.0, "vmax": 1.1, "cmap": "gray"}
    show(axes[0, 0], data, f"data, slice {middle.start}", **grey)
    show(axes[0, 1], data + noise * after, "model", **grey)
    signed = {"vmin": -5.0, "vmax": 5.0, "cmap": "RdBu_r"}
    show(axes[1, 0], before, "model - data, guess", **signed)
    drawn = show(axes[1, 1], after, "model - data, found", **signed)
    beside = axes[1, 1].inset_axes((1.04, 0.0, 0.05, 1.0))
    figure.colorbar(drawn, cax=beside, label="standard deviations of the noise")
    draw_errors(axes[0, 2], comparison.spheres)
    draw_loops(axes[1, 2], outcome)
    return figure


def show(ax: Any, image: Array, title: str, **colours: Any) -> Any:
    """Draw one slice."""
    ax.set_title(title, fontsize=11)
    ax.set_xlabel("x")
    ax.set_ylabel("y")
    return ax.imshow(image, interpolation="nearest", **colours)


def draw_errors(ax: Any, errors: Array) -> None:
    """Draw how often errors have a size, beside the normal distribution that the bounds imply."""
    edges = np.linspace(-FARTHEST, FARTHEST, 33)
    for i, (name, values) in enumerate((("centres", errors[:, :3]), ("radii", errors[:, 3]))):
        size = float(np.sqrt(np.mean(values**2)))
        heights, _ = np.histogram(values, edges, density=True)
        label = f"{name}, rms {size:.2f}"
        ax.stairs(heights, edges, label=label, lw=1.8, color=style.line(i)["color"])
    x = np.linspace(-FARTHEST, FARTHEST, 200)
    ax.plot(x, np.exp(-0.5 * x * x) / np.sqrt(2.0 * np.pi), color="0.4", ls="--", label="bound")
    ax.set_title("errors in units of the Cramér-Rao bound", fontsize=11)
    ax.set_xlabel("error / bound")
    ax.set_ylabel("density")
    ax.set_ylim(0.0, 0.6)
    ax.set_box_aspect(1)
    ax.legend(fontsize=8.5)


def draw_loops(ax: Any, outcome: Outcome) -> None:
    """Draw how far above the lowest cost each fit is after each loop."""
    lowest = min(min(fit.cost_per_loop) for fit in outcome.polish.values())
    for i, (name, fit) in enumerate(outcome.polish.items()):
        above = np.maximum(np.array(fit.cost_per_loop) - lowest, 1e-6)
        ax.semilogy(np.arange(len(above)), above, lw=1.8, label=name, **style.line(i))
    ax.set_title("fits from a rough start", fontsize=11)
    ax.set_xlabel("loop")
    ax.set_ylabel("cost above the lowest")
    ax.set_box_aspect(1)
    ax.grid(alpha=0.3)
    ax.legend(fontsize=8.5)
