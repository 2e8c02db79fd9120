"""One damped step of a block: the rules of the Levenberg-Marquardt engine on its normal matrix."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np

from ..common.arrays import Array, Mask, norm_of
from ..common.bounds import Box
from ..levenberg_marquardt.damping import Damping
from ..levenberg_marquardt.options import Options
from ..levenberg_marquardt.outcome import SHARE
from ..levenberg_marquardt.problem import Problem
from ..levenberg_marquardt.stationarity import free_of
from ..levenberg_marquardt.step import step_in_box
from ..levenberg_marquardt.tangent import Spectrum, Tangent

OPTIONS = Options()
TRIES = 4  # steps in a loop; the next loop goes on with the damping that was found
NOISE = 1e-7  # of the largest singular value: less is lost in a normal matrix
ROUNDING = 1e-14  # of the sum of squares: a fall that cannot be seen


@dataclass
class Memory:
    """What is known of the k parameters of a block, kept from loop to loop."""

    top: Array  # largest values so far
    steps: Array  # of differences
    scale: Array  # largest norms so far of the columns of J: Marquardt's damping matrix
    damping: Damping | None = None
    norm: float = 0.0  # largest norm so far of the residuals that differences were made of

    def part(self, own: slice) -> Memory:
        """Return the memory of some of the parameters, without the damping."""
        return Memory(self.top[own].copy(), self.steps[own].copy(), self.scale[own], norm=self.norm)

    def take_part(self, own: slice, part: Memory) -> None:
        """Update it with the results of differences for some of the parameters."""
        self.top[own], self.steps[own] = part.top, part.steps
        self.norm = max(self.norm, part.norm)


@dataclass(frozen=True)
class Step:
    """The outcome of a block's step.

    Attributes
    ----------
    end : ndarray (k,)
        The point that it leads to; its start if no step lowered the sum.
    fall : float
        Fall of the sum of squares.
    expected : float
        The fall that an undamped step promised: zero at a stationary point.
    tries : int
        Number of steps evaluated.
    without_influence : ndarray (k,) of bool
        Parameters that do not change any residual, alone or combined.
    was_nan : bool
        Whether a step met residuals that are not finite.
    """

    end: Array
    fall: float = 0.0
    expected: float = 0.0
    tries: int = 0
    without_influence: Mask = field(default_factory=lambda: np.zeros(0, dtype=bool))
    was_nan: bool = False


def new_memory(x: Array) -> Memory:
    """Return the memory of a block that has not been run."""
    return Memory(abs(x), np.zeros(x.size), np.zeros(x.size))


def tangent_of(gram: Array) -> Tangent:
    """Return the tangent space of the normal matrix (k + 1, k + 1) of [J, r]."""
    unit = np.sqrt(gram.diagonal())
    unit = np.where(unit > 0.0, unit, 1.0)
    scaled = gram / unit / unit[:, None]
    try:
        return Tangent(np.linalg.cholesky(scaled).T * unit)
    except np.linalg.LinAlgError:  # singular, within rounding
        values, vectors = np.linalg.eigh(scaled)
        root = np.sqrt(np.maximum(values, 0.0))[:, None] * vectors.T
        return Tangent(np.asarray(np.linalg.qr(root, mode="r")) * unit)


def damped_step(
    gram: Array,
    x: Array,
    box: Box,
    held: Mask,
    memory: Memory,
    sum_at: Callable[[Array], float],
    n_plain: int | None = None,
) -> Step:
    """Try steps from x (k,) until one lowers the sum of squares.

    `gram` is the normal matrix of [J, r]; `sum_at` returns the sum at a point, infinite where it is
    not defined. The first `n_plain` of x are parameters, the others directions. The memory is
    brought up to date.
    """
    n_plain = x.size if n_plain is None else n_plain
    with np.errstate(all="ignore"):
        gram, undefined = _defined(gram)
        tangent = tangent_of(gram)
        norms = tangent.column_norms
        lost = (norms == 0.0) & ~held & ~undefined
        free = np.flatnonzero(
            free_of(Problem(x, box, held | lost | undefined, OPTIONS), x, tangent.gradient)
        )
        memory.scale = np.maximum(memory.scale, norms)
        scale = np.where(memory.scale > 0.0, memory.scale, 1.0)
        if not free.size:
            return Step(x, without_influence=lost, was_nan=bool(undefined.any()))
        if free.size < x.size:
            tangent = tangent.of(free)
        spectrum = tangent.spectrum(scale[free]).truncated(NOISE)
        plain = np.flatnonzero(free < n_plain)
        own = (
            spectrum if plain.size == free.size else tangent.of(plain).spectrum(scale[free[plain]])
        )
        lost[free[plain[_undetermined(own.truncated(NOISE))]]] = True
        expected = float(spectrum.c @ spectrum.c)
        if memory.damping is None:
            size = norm_of(scale * x) or float(gram[-1, -1]) ** 0.5
            memory.damping = Damping(OPTIONS.radius * size, 0.0)
        damping, f, was_nan, tries = memory.damping, float(gram[-1, -1]), bool(undefined.any()), 0
        for _ in range(TRIES):
            value = damping.of(OPTIONS, spectrum)
            end = box.clip(x + step_in_box(x, box, free, tangent, spectrum, value))
            predicted, length = tangent.decrease((end - x)[free]), norm_of(scale * (end - x))
            if not predicted > ROUNDING * f:
                break
            tries += 1
            new = sum_at(end)
            if new < f:
                damping.step_succeeded(OPTIONS, (f - new) / predicted, length, value > 0.0)
                return Step(end, f - new, expected, tries, lost, was_nan)
            was_nan |= new == np.inf
            damping.step_failed(OPTIONS, length, new == np.inf)
    return Step(x, 0.0, expected, tries, lost, was_nan)


def _undetermined(spectrum: Spectrum) -> Mask:
    """Return which parameters (k,) make up directions without influence."""
    shares = abs(spectrum.V[:, spectrum.s == 0.0])
    found: Mask = (shares > SHARE * shares.max(axis=0, initial=0.0)).any(axis=1)
    return found


def _defined(gram: Array) -> tuple[Array, Mask]:
    """Return the normal matrix with non-finite columns set to 0, and a mask (k,) of these."""
    undefined = ~np.isfinite(gram.diagonal())
    if undefined.any():
        gram = gram.copy()
        gram[undefined] = gram[:, undefined] = 0.0
    return gram, undefined[:-1]


def sum_of_squares(r: Array) -> float:
    """Return the sum of squares, infinite if a residual is not finite."""
    value = float(r @ r)
    return value if value < np.inf else np.inf
