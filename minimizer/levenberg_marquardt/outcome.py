"""The result of a run."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from ..common.arrays import Array, norm_of
from ..common.status import Status
from .flatness import lost
from .state import State
from .stationarity import Look, free_of
from .tangent import Tangent, triangle

SHARE = 0.1  # of the largest: a parameter with this share in a direction belongs to it


@dataclass(frozen=True)
class Outcome:
    """The result of a run, in the units of the parameters and residuals.

    Attributes
    ----------
    x, r : ndarray (n,), ndarray (m,)
    cost : float
        Half the sum that is minimized.
    J : ndarray (m, n)
        With a loss, that of the equivalent sum of squares.
    gradient : ndarray (n,)
        Of the cost.
    active : ndarray (n,) of int
        -1 at a lower bound, 1 at an upper one, else 0.
    covariance : ndarray (n, n)
        s² (JᵀJ)⁻¹ of free parameters, with s² = r·r / (m - n); NaN where the data do not determine
        it.
    unscaled_covariance : ndarray (n, n)
        (JᵀJ)⁻¹, for residuals in units of their errors.
    degenerate : list of list of int
        Parameters of each direction without influence.
    lost : list of int
        Parameters that have lost their influence on the way.
    model_cosine : float
        Cosine of the angle between the residuals and the tangent space.
    termination : dict
    """

    x: Array
    r: Array
    cost: float
    J: Array
    gradient: Array
    active: Array
    covariance: Array
    unscaled_covariance: Array
    degenerate: list[list[int]]
    lost: list[int]
    model_cosine: float
    termination: dict[str, Any]


def outcome_of(s: State) -> Outcome:
    """Return the result of a run, even if it was ended from outside."""
    n, m = s.problem.n, s.r.size
    J = s.J if s.J.size else np.full((m, n), np.nan)
    with np.errstate(all="ignore"):
        r_form, J_form = s.problem.least_squares_form(s.r, J) if m else (s.r, J)
        gradient = J_form.T @ r_form if m else np.full(n, np.nan)
        known = s.seen is not None
        unscaled = _inverse(s.look) if known else np.full((n, n), np.nan)
        variance = 2.0 * (0.5 * float(s.r @ s.r)) / (m - n) if m > n else np.nan
        if s.problem.loss is not None and m > n:
            variance = s.f / (m - n)
    return Outcome(
        x=s.x.copy(),
        r=s.r.copy(),
        cost=0.5 * s.f if s.f < np.inf else np.nan,
        J=J_form,
        gradient=gradient,
        active=_active(s),
        covariance=variance * unscaled,
        unscaled_covariance=unscaled,
        degenerate=degenerate(s.look) if known else [],
        lost=np.flatnonzero(lost(s.look, s.first_columns)).tolist() if known else [],
        model_cosine=_model_cosine(s.look) if known else np.nan,
        termination=termination_of(s),
    )


def _active(s: State) -> Array:
    box = s.problem.box
    active = np.where(s.x <= box.lower, -1, np.where(s.x >= box.upper, 1, 0))
    return np.where(np.isfinite(s.x), active, 0)


def degenerate(look: Look) -> list[list[int]]:
    """Return the parameters of each direction without influence."""
    found = []
    for k in np.flatnonzero(~look.kept):
        shares = abs(look.spectrum.V[:, k])
        found.append(look.indices[shares > SHARE * shares.max()].tolist())
    return found


def _inverse(look: Look) -> Array:
    """Return (JᵀJ)⁻¹ (n, n); NaN for parameters that are not free or not determined."""
    n, k = look.free.size, look.kept
    full = np.full((n, n), np.nan)
    if k.any():
        half = look.spectrum.V[:, k] / look.spectrum.s[k] / look.spectrum.unit[:, None]
        full[np.ix_(look.indices, look.indices)] = half @ half.T
    for group in degenerate(look):
        full[group, :] = full[:, group] = np.nan
    return full


def _model_cosine(look: Look) -> float:
    norm = look.tangent.norm
    return norm_of(look.spectrum.c[look.kept]) / norm if norm > 0.0 else 0.0


def termination_of(s: State) -> dict[str, Any]:
    """Return the changes by the last step, and those that the tangent space expects of another."""
    nothing = np.zeros(s.problem.n)
    last = s.last
    expected = expected_sum(s, "undamped") if s.seen is not None else np.nan
    return {
        "stop": None if s.stop is None else s.stop.name.lower(),
        "because": "" if s.stop is None else s.stop.value,
        "delta_params": nothing if last is None else last.step,
        "delta_error": 0.0 if last is None else -0.5 * last.fall,
        "fractional_change": 0.0 if last is None else last.fall / last.f,
        "expected_error": 0.5 * expected,
        "expected_change": 0.5 * (expected - s.f),
        "iterations": s.iterations,
        "jacobians": s.jacobians,
        "relative_offset": s.look.offset if s.seen is not None else np.nan,
        "model_cosine": _model_cosine(s.look) if s.seen is not None else np.nan,
        "rank": s.look.rank if s.seen is not None else 0,
    }


def expected_sum(s: State, step: Any = "current") -> float:
    """Return the sum of squares that the tangent space expects at the end of a step.

    `step` is an array (n,), "current" (damped as the next step would be) or "undamped".
    """
    r, J = s.problem.least_squares_form(s.r, s.J)
    whole = np.zeros(s.problem.n)
    if not isinstance(step, str):
        whole = np.asarray(step, dtype=np.float64)
    else:
        free = np.flatnonzero(free_of(s.problem, s.x, J.T @ r))
        if free.size:
            spectrum = Tangent(triangle(J[:, free], r)).spectrum(s.scale[free])
            damped = step == "current" and s.damping is not None
            damping = s.damping.of(s.options, spectrum) if damped and s.damping else 0.0
            whole[free] = spectrum.truncated(1e-12).damped_step(damping)
    return s.f - Tangent(triangle(J, r)).decrease(whole)


def reason(status: Status, outcome: Outcome, names: list[str]) -> str:
    """Return the message of a status with the names of the parameters that it concerns."""
    text = status.message
    if status is Status.SUCCESS:
        text = f"Converged: {outcome.termination['because']}."
    groups = [" and ".join(names[j] for j in group) for group in outcome.degenerate]
    lost_ones = " and ".join(names[j] for j in outcome.lost)
    if status is Status.RUNAWAY and (lost_ones or groups):
        who = lost_ones or groups[0]
        return f"{who} lost its influence on the residuals on the way. {text}"
    if groups and status in (Status.SUCCESS, Status.SINGULAR):
        return f"{text} Without influence: {'; '.join(groups)}."
    return text
