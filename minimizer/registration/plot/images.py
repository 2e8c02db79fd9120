"""Two images in one picture: checkerboard, difference, joint histogram; volumes in slices."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from ...common.arrays import Array
from ..images.normalize import histogram_limits
from ..metrics.definitions import in_bins
from ..metrics.registry import find_metric

if TYPE_CHECKING:
    from ..cost import RegistrationCost

FIELDS = 8
"""Number of checkerboard fields along the shorter side."""

CLASSES = 64
"""Number of classes of the joint histogram, and of the moving values that predict fixed ones."""

MISSING = "#b9c9d9"
"""Colour where there are no data; its lightness differs from that of black and white."""


@dataclass(frozen=True)
class ImagePair:
    """Two images on the fixed grid, to be drawn.

    Attributes
    ----------
    fixed, before, after : ndarray
        The fixed image, and the moving one as given and as registered.
    spacing : ndarray (ndim,)
        Spacing of the fixed grid.
    same_contrast : bool
        Whether the difference of both values is drawn. For images of different contrast, it is the
        difference from the value expected for the moving value: the mean of the fixed values where
        the registered image has about that value.
    centre : tuple of int
        Index at which volumes are sliced.
    """

    fixed: Array
    before: Array
    after: Array
    spacing: Array
    same_contrast: bool
    centre: tuple[int, ...]

    @classmethod
    def of(cls, fixed: Array, before: Array, after: Array, function: RegistrationCost) -> ImagePair:
        """Return the pair for the images of a cost."""
        where = np.argwhere(np.isfinite(fixed) & np.isfinite(after))
        middle = np.median(where, axis=0) if len(where) else np.array(fixed.shape) // 2
        centre = tuple(middle.astype(int).tolist())
        same_contrast = find_metric(function.metric).same_contrast
        return cls(fixed, before, after, function.spacing, same_contrast, centre)

    @property
    def difference_name(self) -> str:
        """Label of the differences."""
        return "fixed - moving" if self.same_contrast else "fixed - expected from moving"

    def difference(self, moving: Array) -> Array:
        """Return the difference between the fixed image and an image on its grid."""
        return self.fixed - (moving if self.same_contrast else self.expected(moving))

    def rms(self, moving: Array) -> float:
        """Return the root mean square difference, NaN without overlap."""
        values = self.difference(moving)
        values = values[np.isfinite(values)]
        return float(np.sqrt((values**2).mean())) if values.size else float("nan")

    def expected(self, moving: Array) -> Array:
        """Return the fixed values expected for moving values, from the registered image."""
        both = np.isfinite(self.fixed) & np.isfinite(self.after)
        edges = np.linspace(*histogram_limits(self.after[np.isfinite(self.after)]), CLASSES + 1)
        bins = np.clip(np.digitize(self.after[both], edges) - 1, 0, CLASSES - 1)
        count = np.bincount(bins, minlength=CLASSES)
        total = np.bincount(bins, self.fixed[both], CLASSES)
        seen = np.flatnonzero(count)
        middle = (edges[:-1] + edges[1:]) / 2
        return np.asarray(np.interp(moving, middle[seen], (total[seen] / count[seen])))

    def view(self, image: Array, view: int) -> tuple[Array, float, tuple[int, int]]:
        """Return a slice, the aspect of its pixels, and its axes (vertical, horizontal)."""
        if image.ndim == 2:
            return image, float(self.spacing[0] / self.spacing[1]), (0, 1)
        down, right = ((1, 2), (0, 2), (0, 1))[view]
        aspect = float(self.spacing[down] / self.spacing[right])
        return np.take(image, self.centre[view], axis=view), aspect, (down, right)


def grey(image: Array) -> Array:
    """Return an image from 0 (black) to 1 (white), without the few values that are outliers."""
    present = image[np.isfinite(image)]
    if present.size == 0:
        return image
    low, high = np.quantile(present, [0.005, 0.995])
    return np.asarray(np.clip((image - low) / max(high - low, 1e-300), 0, 1))


def draw_checkerboard(ax: Any, compared: ImagePair, moving: Array, view: int) -> None:
    """Draw fixed and moving image in alternate fields; lines are continuous where they match."""
    fixed, aspect, axes = compared.view(grey(compared.fixed), view)
    other = compared.view(grey(moving), view)[0]
    sides = np.array(fixed.shape) * [aspect, 1.0]
    field = sides.min() / FIELDS
    rows, columns = np.ogrid[: fixed.shape[0], : fixed.shape[1]]
    odd = ((rows * aspect // field + columns // field) % 2).astype(bool)
    _show(ax, np.where(odd, other, fixed), aspect, axes, cmap="gray", vmin=0, vmax=1)
    if moving.ndim == 3:
        ax.set_ylabel(f"index {view} = {compared.centre[view]}\naxis {axes[0]}", fontsize=8)


def draw_difference(ax: Any, compared: ImagePair, moving: Array, view: int) -> Any:
    """Draw the difference: dark where fixed is darker, bright where it is brighter."""
    difference, aspect, axes = compared.view(compared.difference(moving), view)
    return _show(ax, difference, aspect, axes, cmap="gray", **_range(compared))


def draw_histogram(ax: Any, compared: ImagePair, moving: Array, name: str) -> None:
    """Draw how often each pair of values occurs: the sharper, the better registered."""
    both = np.isfinite(compared.fixed) & np.isfinite(moving)
    ax.set_title(name, fontsize=10)
    ax.set_xlabel("moving", fontsize=9)
    ax.set_ylabel("fixed", fontsize=9)
    ax.tick_params(labelsize=8)
    ax.set_box_aspect(1)
    if not both.any():
        ax.text(0.5, 0.5, "no overlap", ha="center", transform=ax.transAxes)
        return
    edges = [
        histogram_limits(image[np.isfinite(image)]) for image in (compared.fixed, compared.after)
    ]
    f, m = (
        np.rint(in_bins(image[both], edge, CLASSES)).astype(np.intp)
        for image, edge in zip((compared.fixed, moving), edges, strict=True)
    )
    counts = np.bincount(f * CLASSES + m, minlength=CLASSES**2).reshape(CLASSES, CLASSES)
    shown = np.log1p(counts / counts.mean())
    top = float(np.quantile(shown[shown > 0], 0.995))
    extent = (*edges[1], *edges[0])
    axes = {"origin": "lower", "extent": extent, "aspect": "auto"}
    ax.imshow(shown, cmap="gray_r", vmin=0, vmax=top, **axes)


def _range(compared: ImagePair) -> dict[str, float]:
    """Return a symmetric range for the differences, the same before and after."""
    values = abs(compared.difference(compared.before))
    values = values[np.isfinite(values)]
    if values.size == 0:
        values = abs(compared.difference(compared.after))
        values = values[np.isfinite(values)]
    top = float(np.quantile(values, 0.99)) if values.size else 1.0
    return {"vmin": -top, "vmax": top} if top > 0 else {"vmin": -1.0, "vmax": 1.0}


def _show(ax: Any, image: Array, aspect: float, axes: tuple[int, int], **colours: Any) -> Any:
    """Draw one image; the background shows where it has no data."""
    ax.set_facecolor(MISSING)
    ax.tick_params(labelsize=7)
    ax.set_ylabel(f"axis {axes[0]}", fontsize=8)
    ax.set_xlabel(f"axis {axes[1]}", fontsize=8)
    return ax.imshow(image, interpolation="nearest", aspect=aspect, **colours)
