"""The end of a run: the test for a stationary point, its last digits, and ways out if stuck."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from ..common.arrays import Array
from ..common.status import Status
from . import flatness
from .measuring import check_user, doubts_user, noise, use_differences
from .moves import Move
from .state import State, Task
from .stationarity import Stop, look

EDGE = 5  # successive steps into NaN
CHECKS = 6  # of the directions without influence, in a run
REFINEMENTS = 6
LAST_STEP = (Stop.OFFSET, Stop.ZERO, Stop.STILL)
NOTHING = 1e-14  # of the parameters: a last step not worth an evaluation
LONGEST, MOST_BENT = 4.0, 0.75  # of the last steps, and of the bend along them


def examine(s: State) -> Task | None:
    """Examine the tangent space; end, or make a step."""
    s.seen = look(s.problem, s.x, s.top, s.r, s.J, noise(s), s.first_norm)
    if doubts_user(s):
        check_user(s)
        return None
    if s.first_rank is None:
        s.first_rank, s.first_columns = s.look.rank, s.look.column_norms
    if s.age == 0:
        rescale(s)
    if s.look.stop is None:
        return _go_on(s)
    if s.age > 0:
        return Task.MEASURE  # a success needs a true Jacobian
    if s.look.stop is not Stop.ZERO and not s.look.kept.all():
        _check_flatness(s)
    elif s.look.stop in LAST_STEP:
        _refine(s)
    else:
        s.end(Status.SUCCESS, s.look.stop)
    return None


def _go_on(s: State) -> Task | None:
    if s.asked is None:
        return Task.STEP
    s.end(Status.TOLERANCE_REACHED, s.asked)
    return None


def rescale(s: State) -> None:
    """Take the units of the parameters from a true Jacobian."""
    scaling, damping = s.options.scaling, s.options.damping
    if not isinstance(scaling, str):
        s.scale = np.array(scaling, dtype=np.float64)
    elif scaling == "levenberg":
        s.scale = np.ones(s.problem.n)
    else:
        if not isinstance(damping, float):
            s.slowed = np.sqrt(damping / np.min(damping))
        s.scale = np.maximum(s.scale, s.look.column_norms * s.slowed)
        s.scale[s.scale == 0.0] = 1.0


# ---- directions without influence


def _check_flatness(s: State) -> None:
    s.flatness_checks += 1
    if s.flatness_checks > CHECKS:
        s.end(Status.SINGULAR)
    else:
        s.want(Move.FLATNESS, flatness.points(s.look, s.x, s.top, s.problem.box))


def take_flatness(s: State, values: Sequence[Array]) -> Task | None:
    """Continue from a lower point along such a direction, else end."""
    assert s.first_rank is not None
    sums = [s.problem.value(r) for r in values]
    lowest = int(np.argmin(sums))
    if sums[lowest] < s.f * (1.0 - flatness.LOWER):
        s.accept(s.wanted[lowest], values[lowest], sums[lowest])
        s.damping = None
        return Task.MEASURE
    s.is_flat = flatness.is_flat(s.f, sums)
    verdict = flatness.verdict(s.look, s.is_flat, s.first_rank, s.first_columns)
    s.end(verdict, s.look.stop)
    return None


# ---- the last digits


def _refine(s: State) -> None:
    """Ask for the residuals at the end of a last step, if it changes the digits required."""
    last = s.refinement
    last.step = np.zeros(s.problem.n)
    last.step[s.look.indices] = s.look.undamped_step
    last.stretch = min(LONGEST, 1.0 / (1.0 - last.bend))
    end = s.x + last.stretch * last.step
    nothing = bool((abs(last.step) <= NOTHING * s.size).all())
    if nothing or not s.problem.box.contains(end):
        s.end(Status.SUCCESS, s.look.stop)
    else:
        s.want(Move.REFINEMENT, [end])


def take_refinement(s: State, values: Sequence[Array]) -> Task | None:
    """Go there, unless only rounding is left.

    The tangent predicts a fall q of the sum for its own step. As the model bends, a step longer by
    a factor t lowers the sum by q (2 t - t² (1 - bend)): the best t is 1 / (1 - bend).
    """
    last, t = s.refinement, s.refinement.stretch
    f = s.problem.value(values[0])
    fall = (s.f - f) / s.look.tangent.decrease(last.step[s.look.indices])
    left = abs(last.step)
    if f < s.f:
        s.accept(s.x + t * last.step, values[0], f)
        last.bend = float(np.clip(1.0 - (2.0 * t - fall) / t**2, 1.0 - 2.0 * LONGEST, MOST_BENT))
        left = abs(1.0 / (1.0 - last.bend) - t) * left
    last.count += 1
    if not _is_precise(s, left) and last.count < REFINEMENTS:
        if s.scheme == "forward":  # whose errors prevent it
            use_differences(s, "central")
            return Task.MEASURE
        if fall > 0.0:
            return Task.MEASURE
    s.end(Status.SUCCESS, s.look.stop)
    return None


def _is_precise(s: State, error: Array) -> bool:
    """Return whether parameters with these errors have the digits required."""
    return bool((error <= s.options.precision * s.size).all())


# ---- no way on


def overcome(s: State) -> Task | None:
    """Improve J where no step lowers the sum and the point is not stationary."""
    if s.age > 0:
        return Task.MEASURE
    if s.nan_steps > EDGE:
        s.end(Status.EDGE)
    elif s.hidden == 0.0:  # a change of the sum by rounding only counts as no influence
        s.hidden = s.eps**0.5
        return Task.EXAMINE
    elif s.scheme in ("forward", "exact"):  # the user's may be differences, too
        use_differences(s, "central")
        s.damping = None
        return Task.MEASURE
    else:
        s.end(Status.STALLED)
    return None
