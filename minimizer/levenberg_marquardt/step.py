"""The damped step in a box: as far as a bound; there the parameter stays, and the others continue.

Each move goes towards a minimum of the damped model, which is convex, so the whole step leads
downwards.
"""

from __future__ import annotations

import numpy as np

from ..common.arrays import Array, Indices
from ..common.bounds import Box
from .tangent import Spectrum, Tangent


def step_in_box(
    x: Array, box: Box, free: Indices, tangent: Tangent, spectrum: Spectrum, damping: float
) -> Array:
    """Return the step (n,) of the `free` parameters (indices), to which `tangent` belongs."""
    low, high = (box.lower - x)[free], (box.upper - x)[free]
    part = np.zeros(free.size)
    moving = np.arange(free.size)
    target = spectrum.damped_step(damping)
    while True:
        way = target - part[moving]
        share = room(part[moving], way, low[moving], high[moving])
        met = share <= min(1.0, float(share.min(initial=np.inf)))
        if not met.any():
            part[moving] = target
            break
        bound = np.where(way > 0.0, high[moving], low[moving])
        part[moving] += share[met][0] * way
        part[moving[met]] = bound[met]
        moving = moving[~met]
        if not moving.size:
            break
        at_bounds = np.setdiff1d(np.arange(free.size), moving)
        rest = tangent.moved(at_bounds, part[at_bounds], moving)
        target = rest.spectrum(spectrum.unit[moving]).damped_step(damping)
    step = np.zeros(x.size)
    step[free] = part
    return step


def room(here: Array, way: Array, low: Array, high: Array) -> Array:
    """Return for each parameter the share of the step at which it meets a bound, (k,)."""
    share = np.full(way.size, np.inf)
    up, down = way > 0.0, way < 0.0
    share[up] = (high - here)[up] / way[up]
    share[down] = (low - here)[down] / way[down]
    return share
