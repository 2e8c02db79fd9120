"""The block of parameters that touch everything, and of the last steps as further directions.

Its normal matrix is summed over chunks of residuals: the memory does not grow with their number.
The directions are those of the last loops: where alternating blocks creep along a valley, the sum
is minimized in the plane of their steps, at the cost of one evaluation per direction.

References
----------
A. Miele, J. W. Cantrell, Study on a memory gradient method for the minimization of functions,
J. Optim. Theory Appl. 3 (1969) 459-470.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ..common.arrays import Array, Indices, Mask
from ..common.bounds import Box
from .block_step import Memory, Step, damped_step, sum_of_squares
from .columns import columns, slope
from .measured import Measured, part_box
from .restricted import Restricted
from .tiles import COPIES
from .windows import Window
from .workers import Crew


@dataclass
class Wide:
    """A block of parameters without a window."""

    which: Indices
    memory: Memory


@dataclass
class Space:
    """The space of a step: parameters (k,), and directions (q, n) that leave these alone."""

    which: Indices
    directions: Array
    box: Box
    held: Mask

    @property
    def size(self) -> int:
        """Number of dimensions, k + q."""
        return self.which.size + len(self.directions)

    def point(self, params: Array, at: Array) -> Array:
        """Return the parameters (n,) at a point (k + q,) of the space."""
        k = self.which.size
        there = params + at[k:] @ self.directions
        there[self.which] = at[:k]
        return self.box.clip(there)


def rows_that_fit(k: int, max_memory: float) -> int:
    """Return the number of residuals for which the columns of k parameters fit."""
    return int(max_memory / (8.0 * (COPIES + k + 2)))


def partial_normal_matrix(
    measured: Measured, params: Array, space: Space, memory: Memory, chunk: Window
) -> tuple[Array, Memory]:
    """Return a chunk's part of the normal matrix (k + q + 1, k + q + 1) of [J, r]."""
    k = space.which.size
    A = np.empty((chunk.size, space.size + 1), order="F")
    r = A[:, -1] = measured.residuals(params, chunk)
    box = part_box(space.box, space.which)
    about = memory.part(slice(None))
    for some in _shares(k, measured.has_jacobian):
        part = about.part(some)
        side = Box(box.lower[some], box.upper[some])
        held = space.held[space.which][some]
        few = Restricted(measured, params, space.which[some], chunk)
        A[:, some] = columns(few, r, side, held, part)
        about.take_part(some, part)
    for j, direction in enumerate(space.directions):
        A[:, k + j] = slope(measured, params, r, direction, chunk, space.box)
    with np.errstate(all="ignore"):
        return A.T @ A, about


def _shares(k: int, at_once: bool) -> list[slice]:
    """Return the columns to compute at once: differences one by one, as each needs copies."""
    return [slice(0, k)] if at_once else [slice(j, j + 1) for j in range(k)]


def partial_sum(measured: Measured, params: Array, chunk: Window) -> float:
    """Return a chunk's part of the sum of squares."""
    return sum_of_squares(measured.residuals(params, chunk))


def run_wide(
    crew: Crew, params: Array, space: Space, memory: Memory, chunks: list[Window]
) -> tuple[Step, Array, float]:
    """Make a step; return it with the new parameters (n,) and the sum of squares before."""
    k, q = space.which.size, len(space.directions)
    # All chunks begin with the same memory, as they may be done side by side.
    parts = list(crew.on_chunks(partial_normal_matrix, chunks, params, space, memory))
    gram = np.zeros((space.size + 1, space.size + 1))
    for part, about in parts:
        gram += part
        memory.top = np.maximum(memory.top, about.top)
        memory.steps = np.maximum(memory.steps, about.steps)
        memory.norm = max(memory.norm, about.norm)

    def sum_at(at: Array) -> float:
        there = space.point(params, at)
        return float(sum(crew.on_chunks(partial_sum, chunks, there)))

    x = np.concatenate([params[space.which], np.zeros(q)])
    own = part_box(space.box, space.which)
    none = np.full(q, np.inf)
    box = Box(np.concatenate([own.lower, -none]), np.concatenate([own.upper, none]))
    held = np.concatenate([space.held[space.which], np.zeros(q, dtype=bool)])
    whole = Memory(x, x, np.concatenate([memory.scale, np.zeros(q)]), memory.damping)
    step = damped_step(gram, x, box, held, whole, sum_at, k)
    memory.scale, memory.damping = whole.scale[:k], whole.damping
    return step, space.point(params, step.end), float(gram[-1, -1])
