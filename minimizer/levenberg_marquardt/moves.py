"""Why a point is evaluated."""

from __future__ import annotations

from enum import Enum


class Move(Enum):
    """Why the algorithm asks for the residuals at a point."""

    START = "start"
    JACOBIAN = "derivatives"
    CURVATURE = "curvature along the step"
    STEP = "damped step"
    REFINEMENT = "last step"
    FLATNESS = "along a direction that has no influence"
    NOISE = "accuracy of the Jacobian"
