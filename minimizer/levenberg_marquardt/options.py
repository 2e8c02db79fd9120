"""The options of the algorithm, and the worth of each."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ..common import checks
from ..common.arrays import Array

_scaling = checks.one_of("marquardt", "levenberg")
_update = checks.one_of("radius", "nielsen", "factors")
_differences = checks.one_of("forward", "central", "richardson")
_positive = checks.such_that(lambda value: value > 0.0, "be positive", of=checks.real)


@dataclass(frozen=True)
class Tolerances:
    """Relative tolerances at which a run ends; 0 means none.

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
        Factor of the damping after a success.
    acceleration : float
        Limit on twice the geodesic acceleration relative to the step; 0 turns it off.
    broyden : bool or None
        Whether J is updated by Broyden's formula while steps are well predicted; None decides by
        the size of J, whose triangle must be recomputed each time.
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

    Notes
    -----
    Their worth: right results and calls on NIST's 54 regressions, Moré and Wild's 53
    instances, and 124 hard problems, of which 12 have their minimum on the edge of a region of NaN
    and are left to the simplex (``python -m benchmarks.least_squares_ablation --seed 11``).

    ======================== ========== ========== ==========
    changed                  NIST       Moré-Wild  hard
    ======================== ========== ========== ==========
    nothing                  54, 5723   50, 13299  112, 6985
    update="nielsen"         53, 8644   47, 18954  112, 8146
    update="factors"         53, 8534   50, 17465  112, 8215
    scaling="levenberg"      52, 9253   50, 19620  102, 14506
    acceleration=0           54, 8886   49, 18577  112, 6092
    broyden=False            53, 9495   49, 16605  112, 8137
    further_runs=0           52, 5093   39, 9596   104, 6796
    jacobian="central"       54, 8739   50, 20845  112, 10191
    offset=1e-6              53, 8842   48, 17050  112, 7769
    ======================== ========== ========== ==========

    There was no false success; without further runs, most of the missing ones are found but not
    claimed. A first `damping` of 1 or `radius` of 0.1 changes little.
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

    def __post_init__(self) -> None:
        if isinstance(self.scaling, str):
            _scaling("scaling", self.scaling)
        _update("update", self.update)
        _differences("jacobian", self.jacobian)
        positive = ("radius", "increase", "decrease", "offset", "precision")
        for name in positive:
            _positive(name, getattr(self, name))
        for value in np.ravel(self.damping):
            _positive("damping", float(value))
        checks.limit("acceleration", self.acceleration)
        checks.count("further_runs", self.further_runs)
