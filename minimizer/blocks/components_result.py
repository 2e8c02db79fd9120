"""The result of `add_and_remove`."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from ..common.arrays import Array
from ..common.status import Status
from .result import BlocksResult


@dataclass(frozen=True)
class Move:
    """A component that was added or removed.

    Attributes
    ----------
    what : str
        "added" or "removed".
    position : ndarray
        Its position, in the units of the model's `position`.
    component : ndarray
        Its parameters.
    why : str
        The reason.
    round : int
        Number of the round, from 1.
    """

    what: str
    position: Array
    component: Array
    why: str
    round: int = 0

    def in_round(self, count: int) -> Move:
        """Return the move with its round."""
        return replace(self, round=count)


@dataclass
class ComponentsResult:
    """Result of `add_and_remove`.

    Attributes
    ----------
    model : Model
        The model with the components that were found.
    x : ndarray (n,)
        Its parameters.
    cost : float
        Half the sum of squares.
    success : bool
        Whether the last round changed nothing, and the fit converged.
    status : Status
    message : str
    rounds : int
    moves : list of Move
        All additions and removals, in order, with their reasons.
    fit : BlocksResult
        The last fit; its `uncertainties` are those of the components.
    """

    model: Any
    fit: BlocksResult
    rounds: int
    moves: list[Move]
    is_complete: bool

    @property
    def x(self) -> Array:
        """The parameters (n,)."""
        return self.fit.x

    @property
    def cost(self) -> float:
        """Half the sum of squares."""
        return self.fit.cost

    @property
    def status(self) -> Status:
        """The status of the last fit, unless the rounds were ended by their limit."""
        if self.fit.success and not self.is_complete:
            return Status.MAX_ITERATIONS_EXCEEDED
        return self.fit.status

    @property
    def success(self) -> bool:
        """Whether the last round changed nothing, and the fit converged."""
        return self.status is Status.SUCCESS

    @property
    def message(self) -> str:
        """The outcome in words."""
        counts = f"{len(self.added)} components added, {len(self.removed)} removed. "
        if self.fit.success and not self.is_complete:
            return f"{counts}Components still came and went in round {self.rounds}, the last."
        return counts + self.fit.message

    @property
    def n_components(self) -> int:
        """Number of components."""
        return len(self.model.groups)

    @property
    def added(self) -> Array:
        """Positions (count, d) of the added components."""
        return self._positions("added")

    @property
    def removed(self) -> Array:
        """Positions (count, d) of the removed components."""
        return self._positions("removed")

    def uncertainties(self, k: int | None = None, *, scaled: bool = False) -> Array:
        """Return standard errors of a component, or of the shared parameters, from `fit`."""
        return self.fit.uncertainties(k, scaled=scaled)

    def _positions(self, what: str) -> Array:
        places = [move.position for move in self.moves if move.what == what]
        return np.array(places) if places else np.empty((0, 0))
