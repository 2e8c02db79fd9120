"""A picture of a pair of volumes: three slices of both, and of the moving one as registered."""

from __future__ import annotations

from typing import Any

import numpy as np

from minimizer.registration import RegistrationResult

from .registration_cases import Case


def draw_pair(case: Case, result: RegistrationResult, title: str, path: str) -> None:
    """Write the picture."""
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    figure = Figure(figsize=(6.0, 8.0), dpi=70, layout="constrained")
    FigureCanvasAgg(figure)
    truth = result.transform.params_of(case.truth)
    rows: list[tuple[str, Any]] = [
        ("fixed", case.fixed),
        ("moving", case.moving),
        ("registered", result.warp(case.moving, order=1)),
        ("at the truth", _warped(result, truth, case.moving)),
    ]
    grid = figure.subplots(4, 3)
    for axes, (name, volume) in zip(grid, rows, strict=True):
        for axis, ax in enumerate(axes):
            ax.imshow(np.take(volume, volume.shape[axis] // 2, axis), cmap="gray", vmin=0, vmax=1.5)
            ax.set_xticks([])
            ax.set_yticks([])
        axes[0].set_ylabel(name)
    figure.suptitle(title, fontsize=9)
    figure.savefig(path)


def _warped(result: RegistrationResult, params: Any, volume: Any) -> Any:
    """Return the volume moved by other parameters of the same transform."""
    from minimizer.registration.images.warp import warp

    return warp(volume, result.transform.matrix(params), result.transform.shape)
