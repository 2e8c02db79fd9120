"""The result of the registration of a stack: the drift, and the aligned frames."""

from __future__ import annotations

import csv
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import ArrayLike

from ..common.arrays import Array
from ..common.html import table
from ..common.status import Status
from ..common.whole_file import whole_file
from .affine_map import AffineMap
from .geometry import Grid
from .images.checks import filled
from .images.warp import warp
from .result import RegistrationResult
from .transforms.base import Transform

if TYPE_CHECKING:
    from matplotlib.figure import Figure


@dataclass(frozen=True, eq=False)
class StackResult:
    """The result of `register_stack`.

    Attributes
    ----------
    transform : Transform
        Names, units and meaning of the parameters.
    matrices : ndarray, shape (frames, ndim + 1, ndim + 1)
        Homogeneous, in numpy's index order, from an index of the first frame (and of the aligned
        stack) to one of each frame: the accumulated drift since the first frame.
        ``scipy.ndimage.affine_transform(stack[i], result.matrices[i])`` is the aligned frame.
    steps : tuple of RegistrationResult
        The registrations of all frames but the first, to the reference; without images.
    reference : str
        The image each frame was registered to: "previous", "first" or "mean".
    """

    transform: Transform
    matrices: Array
    steps: tuple[RegistrationResult, ...]
    reference: str

    @property
    def n_frames(self) -> int:
        """Number of frames."""
        return len(self.matrices)

    @cached_property
    def params(self) -> Array:
        """Parameters of the transform from the first frame to each, shape (frames, n_params)."""
        return np.stack([self.transform.params_of(matrix) for matrix in self.matrices])

    @cached_property
    def drift(self) -> dict[str, Array]:
        """The drift since the first frame by name, shape (frames,) each; for units see `units`."""
        described = [self.transform.describe(params) for params in self.params]
        return {name: np.array([frame[name][0] for frame in described]) for name in self.units}

    @cached_property
    def units(self) -> dict[str, str]:
        """The unit of each name in `drift`."""
        described = self.transform.describe(self.transform.identity)
        return {name: unit for name, (_, unit) in described.items()}

    @property
    def failed(self) -> list[int]:
        """The frames whose minimization did not succeed."""
        return [i for i, step in enumerate(self.steps, 1) if step.status is not Status.SUCCESS]

    @property
    def doubtful(self) -> list[int]:
        """The frames whose registration is ambiguous."""
        return [i for i, step in enumerate(self.steps, 1) if step.ambiguous]

    @property
    def status(self) -> Status:
        """SUCCESS if all frames succeeded, otherwise the first failure."""
        return self.steps[self.failed[0] - 1].status if self.failed else Status.SUCCESS

    @property
    def ambiguous(self) -> bool:
        """Whether there is a doubtful frame."""
        return bool(self.doubtful)

    @property
    def message(self) -> str:
        """Assessment of the result, in words."""
        if not self.failed and not self.doubtful:
            return self.status.message
        parts = []
        if self.failed:
            parts.append(f"Not converged: frames {_listed(self.failed)}. {self.status.message}")
        if self.doubtful:
            parts.append(f"Ambiguous: frames {_listed(self.doubtful)}; check them.")
            if self.reference == "previous":
                parts.append("An error in one frame carries over to all later ones.")
        return " ".join(parts)

    def affine_map(self, frame: int) -> AffineMap:
        """Return the map from positions in the first frame to those in another one.

        ``result.affine_map(3).transform_points(points)`` follows points of the first frame.
        """
        grid = Grid(self.transform.shape, self.transform.fixed_spacing)
        return AffineMap(self.matrices[frame], grid, grid)

    def warp(self, stack: ArrayLike, order: int = 3, channel_axis: int | None = None) -> Array:
        """Return the aligned stack, shape (frames, …), NaN where a frame has no data.

        Parameters
        ----------
        stack : array_like, shape (frames, …)
            The stack, or another one of the same scene, for example another channel.
        order : int
            Order of the spline: 0 for labels, 1 linear, 3 cubic.
        channel_axis : int, optional
            Axis of the channels in `stack`; they are resampled one by one.

        Raises
        ------
        ValueError
            If the number of frames differs from that of the registered stack.
        """
        frames = filled(stack)
        if channel_axis is not None:
            channels = np.moveaxis(frames, channel_axis, 0)
            return np.stack([self.warp(each, order) for each in channels], axis=channel_axis)
        if len(frames) != self.n_frames:
            raise ValueError(
                f"stack has {len(frames)} frames, and {self.n_frames} were registered; the first "
                "axis must be that of the frames"
            )
        pairs = zip(frames, self.matrices, strict=True)
        return np.stack([warp(frame, m, self.transform.shape, order) for frame, m in pairs])

    def rows(self) -> list[list[str]]:
        """Return the drift table: a header with units, and one row per frame."""
        header = [f"{name} [{unit}]" if unit else name for name, unit in self.units.items()]
        rows = [["frame", *header, "cost", "overlap", "status"]]
        for i, values in enumerate(zip(*self.drift.values(), strict=True)):
            step = self.steps[i - 1] if i else None
            rows.append([str(i), *(f"{value + 0.0:.4f}" for value in values), *_assessed(step)])
        return rows

    def _repr_html_(self) -> str:
        header, *rows = self.rows()
        return table([("status", self.status.name), ("message", self.message)]) + table(
            rows, header
        )

    def write_csv(self, path: str | Path) -> None:
        """Write the drift table as comma-separated values, whole or not at all."""
        with whole_file(path) as name, open(name, "w", newline="", encoding="utf-8") as file:
            csv.writer(file).writerows(self.rows())

    def plot(self, stack: ArrayLike, figure: Any = None) -> Figure:
        """Draw the drift, and the mean and the deviations of the frames before and after.

        Parameters
        ----------
        stack : array_like, shape (frames, …)
            The frames, with one channel.
        figure : matplotlib.figure.Figure, optional
            Figure to draw into; by default a new one that needs no display.
        """
        from .plot.stack import draw_stack

        before = np.asarray(filled(stack), dtype=np.float64)
        return draw_stack(
            before,
            self.warp(before, order=1),
            self.drift,
            self.units,
            doubtful=sorted({*self.doubtful, *self.failed}),
            title=repr(self).strip("<>").partition(";")[0],
            figure=figure,
        )

    def summary(self) -> str:
        """Return the drift table with aligned columns."""
        rows = self.rows()
        widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
        lines = [
            "  ".join(cell.rjust(width) for cell, width in zip(row, widths, strict=True))
            for row in rows
        ]
        return "\n".join([f"drift since frame 0, each frame to the {self._to}", *lines])

    __str__ = summary

    def __repr__(self) -> str:
        last = ", ".join(
            f"{name} {values[-1] + 0.0:.3f} {self.units[name]}".rstrip()
            for name, values in self.drift.items()
        )
        return (
            f"<StackResult: {self.n_frames} frames, to the {self._to}; last: {last}; "
            f"{self.status.name}{', ambiguous' * self.ambiguous}>"
        )

    @property
    def _to(self) -> str:
        """The reference in words."""
        return {"mean": "mean of those before", "first": "first"}.get(self.reference, "one before")


def _assessed(step: RegistrationResult | None) -> list[str]:
    """Return cost, overlap and status of a frame."""
    if step is None:
        return ["", "", ""]
    status = step.status.name + ", ambiguous" * step.ambiguous
    return [f"{step.cost:.6g}", f"{step.overlap:.1%}", status]


def _listed(frames: list[int], most: int = 8) -> str:
    """Return the first few frame numbers, in words."""
    return ", ".join(map(str, frames[:most])) + ", …" * (len(frames) > most)
