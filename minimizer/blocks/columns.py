"""Columns of the Jacobian on a window: the model's, or the engine's differences."""

from __future__ import annotations

import numpy as np

from ..common.arrays import Array, Mask, norm_of
from ..common.bounds import Box
from ..common.differences import Differences, relative_steps
from .block_step import Memory
from .measured import Measured
from .restricted import Restricted
from .windows import Window

COARSE = 1e-10  # precision of residuals from which on forward differences are too noisy
AHEAD = 2.0**-7  # of a direction: where its slope is measured
LEAST_AHEAD = 0.375  # a parameter must change by eps to this power to be seen


def columns(restricted: Restricted, r: Array, box: Box, held: Mask, memory: Memory) -> Array:
    """Return J (size, k) for the parameters that vary, to which box, held and memory refer.

    `r` are the residuals at their values `x`. A column that is not defined is NaN.
    """
    x, measured = restricted.x, restricted.measured
    if not x.size:
        return np.zeros((r.size, 0))
    if measured.has_jacobian:
        J = restricted.jacobian()
        return np.where(held, 0.0, J) if held.any() else J
    memory.top = np.maximum(memory.top, abs(x))
    scheme = "central" if measured.eps > COARSE else "forward"
    first = relative_steps(x, memory.top, measured.eps, scheme, memory.steps)
    memory.norm = max(memory.norm, norm_of(r))
    found = Differences(x, r, first, box, ~held, scheme, memory.norm, measured.eps)
    with np.errstate(all="ignore"):
        while not found.is_done:
            found.take([restricted.residuals(point) for point in found.points()])
    memory.steps = found.steps
    return found.jacobian()


def slope(
    measured: Measured, params: Array, r: Array, direction: Array, window: Window, box: Box
) -> Array:
    """Return the derivative (size,) of the residuals along a direction (n,)."""
    size = np.maximum(abs(params), 1e-3 * abs(params).max(initial=0.0))
    relative = float(np.max(abs(direction) / np.where(size > 0.0, size, 1.0), initial=0.0))
    share = max(AHEAD, measured.eps**LEAST_AHEAD / relative) if relative > 0.0 else AHEAD
    ahead = box.clip(params + share * direction)
    with np.errstate(all="ignore"):
        return (measured.residuals(ahead, window) - r) / share
