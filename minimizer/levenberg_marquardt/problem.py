"""The problem: the sum of squares, or of a robust loss, of residuals in a box."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from ..common.arrays import Array, Mask
from ..common.bounds import Box
from .losses import Loss, corrected
from .options import Options


@dataclass(frozen=True)
class Problem:
    """A problem of n parameters.

    Attributes
    ----------
    start : ndarray (n,)
        Within the box.
    box : Box
    held : ndarray (n,) of bool
        Parameters that stay at their start.
    options : Options
    loss : callable, optional
        See `losses`; None is the plain sum of squares.
    f_scale : float
        Residual above which the loss differs from the square.
    has_jacobian : bool
        Whether the user's function gives J; points then have a further element, see `asked`.
    max_evaluations : int
    """

    start: Array
    box: Box
    held: Mask
    options: Options = field(default_factory=Options)
    loss: Loss | None = None
    f_scale: float = 1.0
    has_jacobian: bool = False
    max_evaluations: int | None = None
    diff_step: Array | None = None  # relative, of the differences

    @property
    def n(self) -> int:
        """Number of parameters."""
        return int(self.start.size)

    def value(self, r: Array) -> float:
        """Return the sum that is minimized, infinite if a residual is not finite."""
        if self.loss is None:
            value = float(r @ r)
        else:
            rho = self.loss((r / self.f_scale) ** 2)[0]
            value = self.f_scale**2 * float(rho.sum())
        return value if value < np.inf else np.inf  # NaN, too

    def least_squares_form(self, r: Array, J: Array) -> tuple[Array, Array]:
        """Return residuals and Jacobian with the same gradient in a plain sum of squares."""
        return (r, J) if self.loss is None else corrected(self.loss, self.f_scale, r, J)
