"""The Jacobian, the user's or by differences, and its accuracy."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from ..common.arrays import Array, norm_of
from ..common.differences import STENCILS, Differences, relative_steps, weights
from ..common.status import Status
from .moves import Move
from .state import State, Task

NOISE = {"forward": 0.5, "central": 0.7, "richardson": 0.8, "exact": 0.83}  # J's is eps to this
MOST_NOISE = 1e-6  # by rounding: a worse column belongs to a direction that does not matter
CHECK = STENCILS["richardson"][0]
CHECKED = 2.0**-9  # of the parameters: step of the check of a user's Jacobian


def measure(s: State) -> Task | None:
    """Ask for the Jacobian at x."""
    s.top = np.maximum(s.top, abs(s.x))
    s.jacobians += 1
    if s.scheme == "exact":
        s.want(Move.JACOBIAN, [s.x.copy()])
        return None
    first = relative_steps(s.x, s.top, s.eps, s.scheme, s.steps)
    if s.problem.diff_step is not None:
        first = s.problem.diff_step * np.where(s.x == 0.0, 1.0, abs(s.x))
    s.differences = Differences(
        s.x, s.r, first, s.problem.box, ~s.problem.held, s.scheme, s.first_norm, s.eps
    )
    return _ask_or_keep(s)


def take_jacobian(s: State, values: Sequence[Array]) -> Task | None:
    """Take the user's Jacobian, or the residuals that make up one."""
    if s.differences is None:
        s.J, s.rounding = np.array(values[0], dtype=np.float64), s.user_noise
        return _keep(s)
    s.differences.take(values)
    return _ask_or_keep(s)


def _ask_or_keep(s: State) -> Task | None:
    found = s.differences
    assert found is not None
    if not found.is_done:
        s.want(Move.JACOBIAN, found.points())
        return None
    s.J, s.steps = found.jacobian(), found.steps
    s.rounding = found.noise(s.eps, s.first_norm)
    s.differences = None
    return _keep(s)


def _keep(s: State) -> Task | None:
    s.age = 0
    if np.isfinite(s.J).all():
        return Task.EXAMINE
    s.end(Status.EDGE)
    return None


def use_differences(s: State, scheme: str) -> None:
    """Take the Jacobian by other differences from now on."""
    s.scheme, s.steps, s.hidden = scheme, np.zeros(s.problem.n), 0.0


def noise(s: State) -> float:
    """Return the relative noise of J, below which singular values are meaningless."""
    usual = float(s.eps ** NOISE[s.scheme])
    return 2.0 * max(usual, min(s.rounding, MOST_NOISE), s.hidden)


# ---- a user's Jacobian may be made of differences, too


def doubts_user(s: State) -> bool:
    """Return whether the rank depends on how accurate the user's Jacobian is."""
    return s.scheme == "exact" and s.user_noise == 0.0 and bool(_unsure(s).any())


def _unsure(s: State) -> Array:
    """Return directions (k,) whose influence may be noise of the differences."""
    values = s.look.spectrum.s
    unsure: Array = (values > 0.0) & (values < 2.0 * s.eps**0.5 * values.max(initial=0.0))
    return unsure


def check_user(s: State) -> None:
    """Ask for the derivative along a direction of little influence, by differences."""
    spectrum, way = s.look.spectrum, np.zeros(s.problem.n)
    k = int(np.flatnonzero(_unsure(s))[0])
    way[s.look.indices] = spectrum.V[:, k] / spectrum.unit
    size = np.where(s.top > 0.0, s.top, 1.0)
    s.checked_way = way * (CHECKED / float((abs(way) / size).max()))
    s.want(Move.NOISE, [s.x + offset * s.checked_way for offset in CHECK])


def take_check(s: State, values: Sequence[Array]) -> Task:
    """Take the error along that direction for the noise of the user's Jacobian."""
    slope = weights(CHECK) @ np.array([value - s.r for value in values])
    error = norm_of(slope - s.J @ s.checked_way)
    way = norm_of(s.checked_way[s.look.indices] * s.look.spectrum.unit)
    found = error / (way * float(s.look.spectrum.s[0]))
    s.user_noise = max(found, s.eps ** NOISE["exact"]) if np.isfinite(found) else s.eps**0.5
    s.rounding = s.user_noise
    return Task.EXAMINE
