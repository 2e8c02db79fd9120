"""The test of a stationary point: how nearly residuals are orthogonal to the tangent space.

The relative offset has no unit: scaling residuals or parameters changes nothing.

References
----------
D. M. Bates, D. G. Watts, A relative offset orthogonality convergence criterion for nonlinear least
squares, Technometrics 23 (1981) 179-183.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import Enum

import numpy as np

from ..common.arrays import Array, Indices, Mask, norm_of
from .problem import Problem
from .tangent import Spectrum, Tangent, triangle

ZERO = 1e-11  # of the first residuals' norm: residuals that have vanished
SETTLED = 1e-3  # of the parameters: the remaining step where residuals have vanished
STILL = 1e-9  # of the parameters: a step that changes nothing
ORTHOGONAL = 1e-9  # cosine between the residuals and every column of J
WITHOUT_INFLUENCE = 1e-7  # of the residuals: the change by a parameter's whole size
NULL = 1e12  # unit of such a parameter, in units of its column
NEAR_ZERO = 1e-3  # of the largest value so far: a parameter nearer to zero counts as this


class Stop(Enum):
    """The test that ended a run; all but the last three mean a stationary point."""

    OFFSET = "the relative offset is small"
    ZERO = "the residuals vanish"
    STILL = "the step that is left does not change the parameters"
    ORTHOGONAL = "the residuals are orthogonal to the tangent space"
    CORNER = "all parameters are at bounds, and held there by the gradient"
    PARAMETERS = "the last step was within the tolerance of the parameters"
    DECREASE = "the sum fell by less than its tolerance"
    EXPECTED = "the expected decrease was within its tolerance"


@dataclass(frozen=True)
class Look:
    """The tangent space at a point.

    Attributes
    ----------
    free : ndarray (n,) of bool
        Parameters that are neither held nor pushed against a bound by the gradient.
    indices : ndarray (k,)
        The same, as indices.
    tangent : Tangent
        Of the free parameters.
    spectrum : Spectrum
        Of these, in units of their columns.
    kept : ndarray (k,) of bool
        Directions in which the residuals change by more than the noise of J.
    column_norms : ndarray (n,)
    gradient : ndarray (n,)
    offset : float
        Relative offset.
    scatter : float
        Residual standard deviation, orthogonal to the tangent space.
    stop : Stop or None
        Why the point is stationary, if it is.
    """

    free: Mask
    indices: Indices
    tangent: Tangent
    spectrum: Spectrum
    kept: Mask
    column_norms: Array
    gradient: Array
    offset: float
    scatter: float
    stop: Stop | None

    @property
    def rank(self) -> int:
        """Number of directions, those at bounds included, that residuals depend on."""
        return int(self.kept.sum()) + self.free.size - self.indices.size

    @property
    def undamped_step(self) -> Array:
        """Step (k,) of Gauss and Newton in the kept directions."""
        k = self.kept
        along: Array = self.spectrum.V[:, k] @ (self.spectrum.c[k] / self.spectrum.s[k])
        return -along / self.spectrum.unit


def look(
    problem: Problem, x: Array, top: Array, r: Array, J: Array, noise: float, first: float
) -> Look:
    """Examine a point.

    Parameters
    ----------
    x, top : ndarray (n,)
        The point, and the largest values of its parameters so far.
    r, J : ndarray (m,), ndarray (m, n)
    noise : float
        Of J, relative: singular values below it are meaningless.
    first : float
        Norm of the residuals at the start.
    """
    r, J = problem.least_squares_form(r, J)
    whole = Tangent(triangle(J, r))
    norms, gradient, norm = whole.column_norms, whole.gradient, whole.norm
    free = free_of(problem, x, gradient)
    indices = np.flatnonzero(free)
    tangent = whole if free.all() else whole.of(indices)
    size = np.maximum(abs(x), NEAR_ZERO * top)
    spectrum = tangent.spectrum(_units(norms, size, norm)[indices])
    s, c = spectrum.s, spectrum.c
    kept = s > noise * s.max(initial=0.0)
    rank, k = int(kept.sum()), indices.size
    scatter = np.hypot(tangent.orthogonal, norm_of(c[~kept]))
    scatter = float(scatter) / (r.size - rank) ** 0.5 if r.size > rank else 0.0
    within = norm_of(c[kept]) / max(rank, 1) ** 0.5
    offset = within / scatter if scatter > 0.0 else 0.0 if within == 0.0 else np.inf
    found = Look(
        free, indices, tangent, spectrum, kept, norms, gradient, offset, scatter, stop=None
    )
    stop = None
    step = abs(found.undamped_step) if k else np.zeros(0)
    if not k:
        stop = Stop.CORNER
    elif norm <= ZERO * first and (step <= SETTLED * size[indices]).all():
        stop = Stop.ZERO
    elif offset <= problem.options.offset:
        stop = Stop.OFFSET
    elif kept.all() and (step <= STILL * abs(x[indices])).all():
        stop = Stop.STILL
    elif _cosine(gradient[indices], norms[indices], norm) <= ORTHOGONAL:
        stop = Stop.ORTHOGONAL
    return replace(found, stop=stop)


def free_of(problem: Problem, x: Array, gradient: Array) -> Mask:
    """Return the parameters that may move: the others are held, or pushed against a bound."""
    box = problem.box
    at_bound = ((x <= box.lower) & (gradient > 0.0)) | ((x >= box.upper) & (gradient < 0.0))
    free: Mask = ~(at_bound | problem.held)
    return free


def _units(norms: Array, size: Array, norm: float) -> Array:
    """Return units (n,) of the parameters in which columns of J have norm 1.

    A parameter that cannot change the residuals visibly gets a column near 0.
    """
    units = np.where(norms > 0.0, norms, 1.0)
    faint = (norms > 0.0) & (norms * size <= WITHOUT_INFLUENCE * norm)
    return np.where(faint, NULL * units, units)


def _cosine(gradient: Array, norms: Array, norm: float) -> float:
    """Return the largest cosine between the residuals and a column of J."""
    on = norms > 0.0
    if norm == 0.0 or not on.any():
        return 0.0
    return float((abs(gradient[on]) / norms[on]).max()) / norm
