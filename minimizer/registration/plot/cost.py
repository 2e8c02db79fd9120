"""The cost in pictures: along each parameter through the result, and during the search."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from ...common.arrays import Array
from ..cost import RegistrationCost
from ..images.channels import pyramid_pair

if TYPE_CHECKING:
    from ..transforms.base import Transform

POINTS = 32
"""Number of points of a profile on either side of the result."""

MAX_SAMPLES = 50_000
"""Largest number of pixels compared for a profile, chosen at random."""

DASHES = ("-", "--", "-.", ":", (0, (6, 1, 1, 1, 1, 1)))
GREYS = ("0.0", "0.3", "0.5", "0.15", "0.6")


class LevelTrace(NamedTuple):
    """The minimization at one pyramid level.

    Attributes
    ----------
    shape : tuple of int
        Shape of the fixed image at the level.
    trace : ndarray (evaluations,)
        The lowest cost so far after each evaluation.
    evaluations : int
        Number of evaluations.
    seconds : float
        Time for the level.
    """

    shape: tuple[int, ...]
    trace: Array
    evaluations: int
    seconds: float


class Profile(NamedTuple):
    """The cost along one parameter.

    Attributes
    ----------
    name, unit : str
        Name and unit of the parameter.
    deviation : ndarray (k,)
        Deviations from the result, in that unit.
    cost : ndarray (k,)
        The cost there; NaN where the overlap is too small.
    """

    name: str
    unit: str
    deviation: Array
    cost: Array


def profiles(cost: RegistrationCost, transform: Transform, params: Array) -> list[Profile]:
    """Return the cost along each parameter through a result, with the others held.

    Each profile reaches to where the edge of the image is moved by half its shortest side; points
    are denser near the result.

    Parameters
    ----------
    cost : RegistrationCost
        The cost; of many pixels, a sample is compared.
    transform : Transform
        Names and units of the parameters.
    params : ndarray (n_params,)
        The result.
    """
    cost = sampled(cost)
    reach = float((np.array(transform.shape) * transform.fixed_spacing).min()) / 2
    side = np.sinh(np.linspace(0, 4, POINTS + 1)) / np.sinh(4) * reach
    steps = np.concatenate([-side[:0:-1], side])
    made = []
    for i, name in enumerate(transform.names):
        along = np.zeros(transform.n_params)
        along[i] = 1.0
        values = np.array([cost(params + step * along) for step in steps])
        slope, unit = displayed_slope(transform, params, along, name)
        made.append(Profile(name, unit, steps * slope, values))
    return made


def displayed_slope(
    transform: Transform, params: Array, along: Array, name: str
) -> tuple[float, str]:
    """Return the slope of the displayed parameter against the parameter itself, and its unit."""
    tiny = 1e-3
    low, unit = transform.describe(params - tiny * along)[name]
    change = transform.describe(params + tiny * along)[name][0] - low
    return (math.remainder(change, 360) if unit == "degrees" else change) / (2 * tiny), unit


def sampled(function: RegistrationCost) -> RegistrationCost:
    """Return the cost for at most `MAX_SAMPLES` of the pixels."""
    n = function.comparison.n_pixels
    if n <= MAX_SAMPLES:
        return function
    pairs = [part.pair for part in function.comparison.parts]
    levels = pyramid_pair(
        [pair.fixed for pair in pairs],
        [pair.whole_moving() for pair in pairs],
        function.transform.spacings,
        1.0,
    )
    settings = replace(function.settings, sampling=MAX_SAMPLES / n)
    return RegistrationCost.at_level(function.transform, levels, 0, settings)


def draw_profile(ax: Any, profile: Profile, cost_at_identity: float) -> None:
    """Draw a profile of the cost: ideally a single funnel."""
    ax.axvline(0.0, color="0.6", lw=0.9)
    if np.isfinite(cost_at_identity):
        ax.axhline(cost_at_identity, color="0.6", lw=0.9, ls="--")
    ax.plot(profile.deviation, profile.cost, color="black", lw=1.3)
    ax.plot(0.0, profile.cost[len(profile.cost) // 2], "o", ms=4, color="black")
    ax.set_title(f"cost along {profile.name}", fontsize=9)
    ax.set_xlabel(f"from the result, {profile.unit}".rstrip(", "), fontsize=8)
    ax.tick_params(labelsize=7)
    ax.grid(alpha=0.3)


def draw_levels(ax: Any, levels: list[LevelTrace], cost_at_identity: float) -> None:
    """Draw the lowest cost so far against the evaluations, one line per level."""
    for i, level in enumerate(levels):
        evaluations = np.arange(1, len(level.trace) + 1)
        style = {"color": GREYS[i % len(GREYS)], "ls": DASHES[i % len(DASHES)]}
        label = f"{' x '.join(map(str, level.shape))}: {level.evaluations}, {level.seconds:.2f} s"
        ax.plot(evaluations, level.trace, lw=1.5, label=label, **style)
        ax.plot(evaluations[-1], level.trace[-1], "o", ms=4, color=style["color"])
    if np.isfinite(cost_at_identity):
        ax.axhline(cost_at_identity, color="0.6", ls="--", lw=0.9, label="nothing moved")
    ax.set_xscale("log")
    if min(np.nanmin(level.trace) for level in levels) > 0:
        ax.set_yscale("log")
    ax.set_title("lowest cost so far, at each pyramid level", fontsize=10)
    ax.set_xlabel("evaluations at this level", fontsize=9)
    ax.set_ylabel("cost", fontsize=9)
    ax.tick_params(labelsize=8)
    ax.grid(alpha=0.3)
    ax.legend(fontsize=7.5, title="level: evaluations, time", title_fontsize=7.5)
