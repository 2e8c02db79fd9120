"""The result of `fit_blocks` and `alternate`."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np

from ..common.arrays import Array, Indices
from ..common.status import Status


@dataclass(frozen=True)
class BlockStatistics:
    """The steps of a block in all loops.

    Attributes
    ----------
    name : str
        A component (and the number of others with it), "shared", or names of parameters.
    parameters, residuals : int
        Number of the block's parameters, and of the residuals that it touches.
    steps, failed : int
        Steps that lowered the sum of squares, and loops in which none did.
    tries : int
        Number of steps evaluated.
    fall : float
        Fall of the cost by all steps.
    expected : float
        Fall of the cost that the last undamped step promised.
    """

    name: str
    parameters: int
    residuals: int
    steps: int = 0
    failed: int = 0
    tries: int = 0
    fall: float = 0.0
    expected: float = 0.0


@dataclass(frozen=True)
class LoopRecord:
    """The record that a callback is given after each loop.

    Attributes
    ----------
    loop : int
        Number of the loop, from 1.
    params : ndarray (n,)
    cost : float
        Half the sum of squares.
    evaluations : int
        Calls of ``model.residuals`` so far.
    left : float
        Estimated fall of the cost by further loops; infinite if unknown.
    """

    loop: int
    params: Array
    cost: float
    evaluations: int
    left: float


@dataclass
class BlocksResult:
    """Result of `fit_blocks` and `alternate`.

    Attributes
    ----------
    x : ndarray (n,)
        The parameters.
    cost : float
        Half the sum of squares.
    success : bool
        Whether the loops converged.
    status : Status
    message : str
    loops : int
    cost_per_loop : list of float
        The cost at the start, then after each loop.
    evaluations : int
        Calls of ``model.residuals``, including those in windows and in chunks.
    sweeps : float
        Residuals that these returned, divided by the number of residuals.
    blocks : list of BlockStatistics
    names : list of str
    residuals : int
        Number of residuals.
    left : float
        Estimated fall of the cost by further loops.
    """

    x: Array
    cost: float
    status: Status
    message: str
    loops: int
    cost_per_loop: list[float]
    evaluations: int
    sweeps: float
    blocks: list[BlockStatistics]
    names: list[str]
    residuals: int
    left: float
    _errors: Any = field(default=None, repr=False)

    @property
    def success(self) -> bool:
        """Whether the loops converged."""
        return self.status is Status.SUCCESS

    def value(self, name: str) -> float:
        """Return a parameter by its name."""
        return float(self.x[self.names.index(name)])

    def uncertainties(self, k: int | None = None, *, scaled: bool = False) -> Array:
        """Return standard errors of a component, or of the shared parameters.

        Parameters
        ----------
        k : int, optional
            Number of the component; without it those of the shared parameters.
        scaled : bool
            Whether to multiply by the root of ``2 cost / (m - n)``, for residuals whose standard
            deviations are known up to a factor only.

        Returns
        -------
        ndarray
            In the order of the parameters in ``model.groups[k]`` or ``model.shared``; NaN for
            parameters that are held or that the residuals do not determine.

        Notes
        -----
        They are the roots of the diagonal of (JᵀJ)⁻¹, where J has the columns of all fitted
        parameters. JᵀJ is computed at the first call, which takes about as long as three loops and
        keeps the model alive. It is sparse, as components affect each other only where their
        windows overlap.
        """
        errors = self._errors.of(k)
        if scaled:
            free = self._errors.n_free
            spare = self.residuals - free
            errors = errors * (np.sqrt(2.0 * self.cost / spare) if spare > 0 else np.nan)
        found: Array = errors
        return found


def chosen_names(names: list[str], which: Indices, most: int = 5) -> str:
    """Return names of parameters for a message; of many only the first few."""
    shown = [names[j] for j in which[:most].tolist()]
    more = f" and {which.size - most} more" if which.size > most else ""
    return ", ".join(shown) + more
