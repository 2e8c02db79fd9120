"""The damped step in a box: what meets a bound is put there, and the rest is solved again."""

from __future__ import annotations

import numpy as np

from ..common.arrays import Array
from ..common.bounds import Box
from .tangent import Spectrum, Tangent


def step_in_box(
    x: Array, box: Box, free: Array, tangent: Tangent, spectrum: Spectrum, damping: float
) -> Array:
    """Return the step (n,) of the `free` parameters (indices), to which `tangent` belongs."""
    step = np.zeros(x.size)
    step[free] = spectrum.damped_step(damping)
    place = np.arange(free.size)  # in `free`, of those that have not met a bound
    while True:
        here = free[place]
        end = x[here] + step[here]
        met = (end < box.lower[here]) | (end > box.upper[here])
        if not met.any():
            return step
        step[here[met]] = np.clip(end, box.lower[here], box.upper[here])[met] - x[here[met]]
        place = place[~met]
        if not place.size:
            return step
        fixed = np.setdiff1d(np.arange(free.size), place)
        rest = tangent.moved(fixed, step[free[fixed]], place)
        step[free[place]] = rest.spectrum(spectrum.unit[place]).damped_step(damping)
