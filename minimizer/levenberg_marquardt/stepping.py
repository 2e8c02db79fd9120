"""Damped steps: tried until one lowers the sum."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from ..common.arrays import Array, norm_of
from . import acceleration as geodesic
from .broyden import updated
from .damping import Damping
from .moves import Move
from .state import Last, State, Task, Trial
from .step import step_in_box
from .tolerances import reached

TRUNCATED = 1e-12  # of the largest singular value: no step along directions without influence
SHORT = 1e-12  # of the parameters: a step that changes nothing
WELL_PREDICTED = 0.25, 4.0  # gain ratios with which Broyden's update is good for a further step
LARGE = 100_000  # elements of J: beyond, an update costs more than the calls that it saves


def begin_step(s: State) -> Task:
    """Prepare a step from the tangent space at x."""
    s.iterations += 1
    free = s.look.indices
    spectrum = s.look.tangent.spectrum(s.scale[free]).truncated(TRUNCATED)
    if s.damping is None:
        size = norm_of((s.scale / s.slowed * s.x)[free]) or s.first_norm
        first = float(np.min(s.options.damping)) * float(spectrum.s[0]) ** 2
        s.damping = Damping(s.options.radius * size, first)
    nowhere = np.zeros(s.problem.n)
    s.trial = Trial(spectrum, 0.0, 0.0, nowhere, nowhere)
    return Task.TRY


def try_step(s: State) -> Task | None:
    """Ask for the residuals at the end of the damped step, or a little ahead for its curvature."""
    trial, damping = _under_way(s)
    free, tangent = s.look.indices, s.look.tangent
    trial.damping = damping.of(s.options, trial.spectrum)
    trial.step = step_in_box(s.x, s.problem.box, free, tangent, trial.spectrum, trial.damping)
    trial.predicted = tangent.decrease(trial.step[free])
    if not trial.predicted > 0.0 or (abs(trial.step) <= SHORT * s.size).all():
        return Task.OVERCOME
    if _accelerates(s):
        s.want(Move.CURVATURE, [s.x + geodesic.AHEAD * trial.step])
    else:
        _want_end(s, trial.step)
    return None


def _under_way(s: State) -> tuple[Trial, Damping]:
    assert s.trial is not None
    assert s.damping is not None
    return s.trial, s.damping


def _accelerates(s: State) -> bool:
    """Return whether the step is accelerated: only a damped one from a true Jacobian."""
    trial, _ = _under_way(s)
    plain = s.problem.loss is None
    return s.options.acceleration > 0.0 and s.age == 0 and plain and trial.damping > 0.0


def _want_end(s: State, whole: Array) -> None:
    trial, _ = _under_way(s)
    end = s.problem.box.clip(s.x + whole)
    trial.whole = end - s.x
    s.want(Move.STEP, [end])


def take_curvature(s: State, values: Sequence[Array]) -> Task | None:
    """Add the acceleration, if it is small enough to be trusted."""
    trial, _ = _under_way(s)
    if s.problem.value(values[0]) == np.inf:
        return _failed(s, np.inf)
    free = s.look.indices
    second = geodesic.second_derivative(s.r, values[0], s.J, trial.step)
    bend = np.zeros(s.problem.n)
    bend[free] = geodesic.acceleration(trial.spectrum, s.J[:, free], second, trial.damping)
    if 2.0 * _length(s, bend) <= s.options.acceleration * _length(s, trial.step):
        _want_end(s, trial.step + bend)
        return None
    return _failed(s, s.f)


def take_step(s: State, values: Sequence[Array]) -> Task | None:
    """Move to the end of the step if the sum is lower there."""
    f = s.problem.value(values[0])
    return _succeeded(s, values[0], f) if f < s.f else _failed(s, f)


def _length(s: State, step: Array) -> float:
    return norm_of(s.scale * step)


def _failed(s: State, f: float) -> Task:
    """Damp more; or, if the Jacobian was updated, measure it here."""
    trial, damping = _under_way(s)
    length = _length(s, trial.step)
    s.nan_steps = s.nan_steps + 1 if f == np.inf else 0
    if s.age > 0:
        damping.radius = min(damping.radius, length)
        return Task.MEASURE
    damping.step_failed(s.options, length, f == np.inf)
    return Task.TRY


def _succeeded(s: State, r: Array, f: float) -> Task | None:
    trial, damping = _under_way(s)
    gain, whole = (s.f - f) / trial.predicted, trial.whole
    damping.step_succeeded(s.options, gain, _length(s, trial.step), trial.damping > 0.0)
    s.last = Last(whole, s.f - f, trial.predicted, s.f)
    change = r - s.r
    s.accept(s.x + whole, r, f)
    if (stop := reached(s)) is not None:
        s.asked = stop
        return Task.MEASURE
    if _updates(s) and WELL_PREDICTED[0] < gain < WELL_PREDICTED[1]:
        s.J = updated(s.J, whole, change, s.scale)
        s.age += 1
        return Task.EXAMINE
    return Task.MEASURE


def _updates(s: State) -> bool:
    """Return whether J may be updated by Broyden's formula once more."""
    wanted = s.options.broyden
    if wanted is None:
        wanted = s.J.size < LARGE
    return wanted and s.problem.loss is None and s.age < 2 * s.problem.n
