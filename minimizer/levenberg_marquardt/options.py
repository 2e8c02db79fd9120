"""The options of the algorithm, each with what it is worth."""

from __future__ import annotations

from dataclasses import dataclass

from ..common.arrays import Array


@dataclass(frozen=True)
class Tolerances:
    """Relative tolerances at which a run is to end; 0 is none.

    They are no evidence: only a stationary point is a success.

    Attributes
    ----------
    parameters : float
        Norm of D (step) relative to that of D x.
    decrease, expected_decrease : float
        Fall of the sum of squares by the last step, and the fall that was expected, relative to
        the sum.
    """

    parameters: float = 0.0
    decrease: float = 0.0
    expected_decrease: float = 0.0


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
    increase : float
        Factor of the damping after a failure, with "factors".
    decrease : float
        The same after a success.
    acceleration : float
        Limit on twice the geodesic acceleration relative to the step; 0 turns it off.
    broyden : bool or None
        Whether J is updated by Broyden's formula while steps are well predicted; None decides by
        the number of parameters.
    jacobian : {"forward", "central", "richardson"}
        Differences for J.
    offset : float
        Relative offset (Bates and Watts) at which a point is stationary.
    precision : float
        Relative error of the parameters up to which steps are added to a stationary point.
    tolerances : Tolerances, optional
        For those who want to stop earlier.
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
    precision: float = 1e-7
    tolerances: Tolerances | None = None
    further_runs: int = 3
