"""The result of a registration."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import ArrayLike

from ..common.arrays import Array
from ..common.html import table
from ..common.status import Status
from .affine_map import AffineMap, HasMap
from .geometry import Grid
from .level_record import LevelRecord
from .transforms.base import Transform
from .transforms.limits import at_limits

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from .cost import RegistrationCost

AT_BOUND = 0.02
"""A parameter this near its bound, in pixels, lies at it."""


@dataclass(frozen=True, eq=False)
class RegistrationResult:
    """The result of `register`.

    Attributes
    ----------
    params : ndarray, shape (n_params,)
        Parameters of `transform`.
    transform : Transform
        Names, units and meaning of the parameters; ``transform.describe(params)`` returns them in
        degrees and units of length.
    matrix : ndarray, shape (ndim + 1, ndim + 1)
        Homogeneous, in numpy's index order, from fixed to moving index.
        ``scipy.ndimage.affine_transform(moving, result.matrix, output_shape=fixed.shape)`` is the
        registered image.
    angle : float or None
        Degrees by which `moving` is turned against `fixed`: in two dimensions counter-clockwise
        as displayed, in three about some axis; None for a translation and an affine map.
    shift : ndarray, shape (ndim,)
        Shift of the centre of `fixed` to its position in `moving`: in pixels, or in the unit of
        the spacing if that was given.
    cost : float
        The cost at full resolution, for the images as given (not smoothed, all pixels).
    cost_at_identity : float
        The same cost where nothing is moved; NaN if the images do not overlap enough there.
    overlap : float
        Part of the fixed image's data that meets data of the moving image.
    status : Status
        SUCCESS if the minimizer succeeded at every level, otherwise the first failure.
    ambiguous : bool
        Whether a clearly different alignment is about as good, so that the result may be wrong.
    doubt : float
        How good the best clearly different alignment is: 0 if no other is nearly as good, above 1
        if the result is ambiguous. The result is compared with the other refined candidates and,
        by fine detail, with all shifts in its orientation; a result that matches no better than
        unrelated images can by chance is ambiguous as well.
    levels : tuple of LevelRecord
        One record per level, from coarse to fine.
    moving_shape : tuple of int
        Shape of the moving image.
    cost_function : RegistrationCost or None
        The function whose value at `params` is `cost`. It holds both images; without it
        (``dataclasses.replace(result, cost_function=None)``) a result is small, and has no `plot`.
    """

    params: Array
    transform: Transform
    matrix: Array
    angle: float | None
    shift: Array
    cost: float
    cost_at_identity: float
    overlap: float
    status: Status
    ambiguous: bool
    doubt: float
    levels: tuple[LevelRecord, ...]
    moving_shape: tuple[int, ...]
    cost_function: RegistrationCost | None = None

    @property
    def at_bounds(self) -> tuple[str, ...]:
        """Names of the parameters that lie at one of their bounds, if there are any."""
        return at_limits(self.transform, self.params, AT_BOUND * min(self.transform.fixed_spacing))

    @property
    def message(self) -> str:
        """Assessment of the result, in words."""
        if not self.ambiguous:
            return self.status.message + self._about_bounds()
        return (
            "The result is ambiguous: a clearly different alignment is about as good. The images "
            "may show different things, repeat themselves, or be too noisy. Check the result, and "
            "give initial, masks, or another metric." + self._about_bounds()
        )

    def _about_bounds(self) -> str:
        """Return a sentence about the parameters at a bound, or nothing."""
        names = self.at_bounds
        verb = "lies" if len(names) == 1 else "lie"
        return f" {', '.join(names)} {verb} at a bound; the best value may be beyond." * bool(names)

    @property
    def physical_matrix(self) -> Array:
        """The matrix from fixed to moving physical position (index times spacing)."""
        return self.transform.physical_matrix(self.params)

    def affine_map(self, fixed: Grid | None = None, moving: Grid | None = None) -> AffineMap:
        """Return the alignment alone, without images: to keep, combine, and apply later.

        Parameters
        ----------
        fixed, moving : Grid, optional
            Where both images lie, if they have an origin or directions of their axes; by default
            their spacings alone.
        """
        spacings = self.transform.spacings
        return AffineMap(
            self.matrix,
            fixed or Grid(self.transform.shape, spacings[0]),
            moving or Grid(self.moving_shape, spacings[1]),
        )

    def inverse(self) -> AffineMap:
        """Return the map from places in `moving` to places in `fixed`."""
        return self.affine_map().inverse()

    def compose(self, *others: HasMap) -> AffineMap:
        """Return the map that applies this result first, then `others`; see `AffineMap.compose`."""
        return self.affine_map().compose(*others)

    def transform_points(self, points: ArrayLike, units: str = "index") -> Array:
        """Return where points of `fixed` lie in `moving`, in pixels or, "physical", with units.

        ``result.inverse().transform_points(points)`` is for points of `moving`; see
        `AffineMap.transform_points`.
        """
        return self.affine_map().transform_points(points, units)

    def warp(self, image: ArrayLike, order: int = 3, channel_axis: int | None = None) -> Array:
        """Return `image`, which has the geometry of `moving`, on the grid of the fixed image.

        Parameters
        ----------
        image : array_like, with the dimensions of the registered images
            The moving image, or another one of the same scene.
        order : int
            Order of the spline: 0 for labels, 1 linear, 3 cubic.
        channel_axis : int, optional
            Axis of the channels of `image`; they are resampled one by one.

        Returns
        -------
        ndarray, shape of the fixed image, with the channels where they were
            NaN where `image` has no data.
        """
        return self.affine_map().warp(image, order, channel_axis)

    def to_skimage(self) -> Array:
        """Return the matrix in the (x, y) order of scikit-image.

        ``skimage.transform.warp(moving, result.to_skimage(), output_shape=fixed.shape)`` is the
        registered image; ``skimage.transform.AffineTransform`` takes the matrix.
        """
        order = [*reversed(range(self.transform.ndim)), self.transform.ndim]
        return self.matrix[np.ix_(order, order)]

    def write_itk(
        self, path: str | Path, fixed: Grid | None = None, moving: Grid | None = None
    ) -> None:
        """Write an ITK transform file, for SimpleITK, ANTs, elastix or 3D Slicer; see `itk`.

        If the images have an origin or directions there, give their grids; see `affine_map`.
        """
        self.affine_map(fixed, moving).write_itk(path)

    def plot(self, figure: Any = None) -> Figure:
        """Draw both images before and after, the cost around the result, and the minimizations.

        Parameters
        ----------
        figure : matplotlib.figure.Figure, optional
            Figure to draw into, for example ``matplotlib.pyplot.figure()``; by default a new one
            that needs no display.

        Returns
        -------
        matplotlib.figure.Figure
            With checkerboards, differences and joint histograms before and after, the cost along
            each parameter through the result, and the lowest cost against the evaluations at each
            level. Volumes are shown as three slices. ``result.plot().savefig("report.png")``.

        Raises
        ------
        ImportError
            Without matplotlib, of the extra ``plot``.
        ValueError
            If the result has no images, like those of a stack, or if these have not two or three
            dimensions.
        """
        from .plot.cost import LevelTrace
        from .plot.registration import draw_registration

        if self.cost_function is None:
            raise ValueError(
                "this result has no images; register the two images (or frames) on their own"
            )
        return draw_registration(
            self.cost_function,
            self.transform,
            self.params,
            self.matrix,
            verdict=f"{self.status.name}{', AMBIGUOUS' * self.ambiguous}",
            overlap=self.overlap,
            cost_at_identity=self.cost_at_identity,
            levels=[LevelTrace(r.shape, r.trace, r.evaluations, r.seconds) for r in self.levels],
            figure=figure,
        )

    def summary(self) -> str:
        """Return the result with units, and one line per pyramid level."""
        lines = [f"status            {self.status.name}{', AMBIGUOUS' * self.ambiguous}"]
        for name, (value, unit) in self.transform.describe(self.params).items():
            lines.append(f"{name:<18}{value + 0.0:.4f} {unit}".rstrip())
        lines += [
            f"cost              {self.cost:.6g}",
            f"cost at identity  {self.cost_at_identity:.6g}",
            f"overlap           {self.overlap:.1%}",
            f"{'level':>5}  {'shape':>15}  {'metric':>8}  {'cost':>11}  {'evaluations':>11}  "
            f"{'seconds':>7}",
        ]
        lines += [
            f"{record.level:>5}  {' x '.join(map(str, record.shape)):>15}  {record.metric:>8}  "
            f"{record.cost:>11.5g}  {record.evaluations:>11}  {record.seconds:>7.2f}"
            for record in self.levels
        ]
        return "\n".join(lines)

    __str__ = summary

    def _repr_html_(self) -> str:
        described = self.transform.describe(self.params).items()
        rows = [
            ("status", f"{self.status.name}{', AMBIGUOUS' * self.ambiguous}"),
            ("message", self.message),
            *((name, f"{value + 0.0:.4f} {unit}".rstrip()) for name, (value, unit) in described),
            ("cost", f"{self.cost:.6g}"),
            ("cost at identity", f"{self.cost_at_identity:.6g}"),
            ("overlap", f"{self.overlap:.1%}"),
        ]
        return table(rows)

    def __repr__(self) -> str:
        angle = "" if self.angle is None else f"angle={self.angle:.4f} degrees, "
        shift = ", ".join(f"{value:.3f}" for value in self.shift.round(3) + 0.0)
        return (
            f"<RegistrationResult: {angle}shift=({shift}) {self.transform.unit}, "
            f"cost={self.cost:.6g}, overlap={self.overlap:.1%}, {self.status.name}"
            f"{', ambiguous' * self.ambiguous}>"
        )
