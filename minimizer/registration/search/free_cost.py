"""The cost as a function of the parameters that are not held, in a box."""

from __future__ import annotations

import numpy as np

from ...common.arrays import Array
from ...common.bounds import Box
from ..cost import RegistrationCost
from ..transforms.limits import box_of, is_free, nearest_allowed


class FreeCost:
    """A function of the free parameters.

    Parameters
    ----------
    cost : RegistrationCost
        The function of all parameters; its transform has their limits.

    Attributes
    ----------
    box : Box or None
        Limits of the free parameters; None if there are no limits at all.
    """

    def __init__(self, cost: RegistrationCost) -> None:
        self.cost = cost
        self.chosen = is_free(cost.transform)
        whole = box_of(cost.transform)
        self.box = whole and Box(whole.lower[self.chosen], whole.upper[self.chosen])
        self.rest = whole.lower if whole else np.zeros(cost.n_params)

    def __call__(self, free: Array) -> float:
        """Return the cost."""
        return self.cost(self.full(free))

    def start(self, params: Array) -> Array:
        """Return the nearest allowed parameters."""
        return nearest_allowed(self.cost.transform, params)

    def free(self, params: Array) -> Array:
        """Return the free parameters of all."""
        return np.asarray(params[self.chosen], dtype=np.float64)

    def full(self, free: Array) -> Array:
        """Return all parameters."""
        params: Array = self.rest.copy()
        params[self.chosen] = free
        return params
