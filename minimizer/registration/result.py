"""What a registration found."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from ..status import Status
from .transforms import Floats, Transform
from .warp import warp


@dataclass(frozen=True, eq=False)
class LevelRecord:
    """What happened at one pyramid level; `level` 0 is full resolution.

    Attributes
    ----------
    level : int
        The images were shrunk by 2**level.
    shape : tuple of int
        Shape of the fixed image at this level.
    params : ndarray, shape (n_params,)
        The parameters found, in pixels of full resolution like all parameters.
    cost : float
        The cost there, of the images as they were compared at this level.
    status : Status
        How the minimization at this level ended.
    evaluations : int
        Evaluations of the cost, those of the search for a start included.
    seconds : float
        Time for this level, shrinking the images included.
    trace : ndarray, shape (evaluations,)
        The lowest cost so far after each evaluation; NaN before the first that is a number.
    """

    level: int
    shape: tuple[int, ...]
    params: Floats
    cost: float
    status: Status
    evaluations: int
    seconds: float
    trace: Floats


@dataclass(frozen=True, eq=False)
class RegistrationResult:
    """What `register` found.

    Attributes
    ----------
    params : ndarray, shape (n_params,)
        Parameters of `transform`.
    transform : Transform
        Names and units of the parameters.
    matrix : ndarray, shape (ndim + 1, ndim + 1)
        Homogeneous, in numpy's index order, from fixed to moving index.
        ``scipy.ndimage.affine_transform(moving, result.matrix, output_shape=fixed.shape)`` is the
        registered image.
    angle : float or None
        Degrees by which `moving` is turned against `fixed`, counter-clockwise as displayed; None
        for a translation.
    shift : ndarray, shape (ndim,)
        Pixels by which the centre of `fixed` is moved to its place in `moving`.
    cost : float
        The cost at full resolution, of the images as they were given (not smoothed).
    cost_at_identity : float
        The same cost where nothing is moved; NaN if the images do not overlap enough there.
    overlap : float
        Part of the fixed image's data that meets data of the moving image.
    status : Status
        SUCCESS if the minimizer succeeded at every level, otherwise the first failure.
    levels : tuple of LevelRecord
        One for each pyramid level, coarse to fine.
    """

    params: Floats
    transform: Transform
    matrix: Floats
    angle: float | None
    shift: Floats
    cost: float
    cost_at_identity: float
    overlap: float
    status: Status
    levels: tuple[LevelRecord, ...]

    def warp(self, image: ArrayLike, order: int = 3) -> Floats:
        """Return `image`, which lies as `moving` does, on the grid of the fixed image.

        Parameters
        ----------
        image : array_like, with the dimensions of the registered images
            The moving image, or another one of the same scene.
        order : int
            Order of the spline: 0 for labels, 1 linear, 3 cubic.

        Returns
        -------
        ndarray, shape of the fixed image
            NaN where `image` has no data.
        """
        return warp(image, self.matrix, self.transform.shape, order)

    def inverse(self) -> Floats:
        """Return the matrix from moving to fixed index, shape (ndim + 1, ndim + 1)."""
        return np.asarray(np.linalg.inv(self.matrix), dtype=np.float64)

    def summary(self) -> str:
        """Return what was found, with units, and one line for each pyramid level."""
        lines = [f"status            {self.status.name}"]
        if self.angle is not None:
            lines.append(f"angle             {self.angle:.4f} degrees, counter-clockwise")
        lines += [
            f"shift             ({_fixed(self.shift)}) px, one for each axis",
            f"cost              {self.cost:.6g}",
            f"cost at identity  {self.cost_at_identity:.6g}",
            f"overlap           {self.overlap:.1%}",
            f"{'level':>5}  {'shape':>15}  {'cost':>11}  {'evaluations':>11}  {'seconds':>7}",
        ]
        lines += [
            f"{record.level:>5}  {' x '.join(map(str, record.shape)):>15}  {record.cost:>11.5g}  "
            f"{record.evaluations:>11}  {record.seconds:>7.2f}"
            for record in self.levels
        ]
        return "\n".join(lines)

    __str__ = summary

    def __repr__(self) -> str:
        angle = "" if self.angle is None else f"angle={self.angle:.4f} degrees, "
        return (
            f"<RegistrationResult: {angle}shift=({_fixed(self.shift)}) px, cost={self.cost:.6g}, "
            f"overlap={self.overlap:.1%}, {self.status.name}>"
        )


def _fixed(values: Floats) -> str:
    """Return the values with three decimals, without a negative zero."""
    return ", ".join(f"{value:.3f}" for value in values.round(3) + 0.0)
