"""The options of the algorithm, each with what it is worth."""

from __future__ import annotations

from dataclasses import dataclass

from ..common.arrays import Array

DIFFERENCES = ("forward", "central", "richardson")


@dataclass(frozen=True)
class Options:
    """Rules of a run of Levenberg-Marquardt.

    Parameters
    ----------
    scaling : {"marquardt", "levenberg"} or ndarray (n,)
        Damping matrix DᵀD: the largest norm so far of each column of J (Marquardt's, with memory:
        unit-free), the identity (Levenberg's), or the squares of an array.
    damping : float or ndarray (n,)
        First damping, in units of the largest squared singular value of J D⁻¹; used by "nielsen"
        and "factors". An array is relative, per parameter: 4 halves the radius of that parameter.
    update : {"radius", "nielsen", "factors"}
        How damping changes: such that a step stays within a trust radius, by Nielsen's gain ratio,
        or multiplied by `increase` after a failure and by `decrease` after a success.
    radius : float
        First radius, in units of the norm of D x.
    increase, decrease : float
    acceleration : float
        Limit on twice the geodesic acceleration relative to the step; 0 turns it off.
    broyden : bool or None
        Whether J is updated by Broyden's formula while steps are well predicted; None decides by
        the number of parameters.
    jacobian : {"forward", "central", "richardson"}
        Differences for J.
    offset : float
        Relative offset (Bates and Watts) at which a point is stationary.
    further_runs : int
        Further runs by other rules after one that ran away, stalled, or ended singular.
    """

    scaling: str | Array = "marquardt"
    damping: float | Array = 1e-3
    update: str = "radius"
    radius: float = 1.0
    increase: float = 4.0
    decrease: float = 0.2
    acceleration: float = 0.75
    broyden: bool | None = None
    jacobian: str = "forward"
    offset: float = 1e-4
    further_runs: int = 3
