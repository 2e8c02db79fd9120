"""Where to start: a look at all rotations and all shifts, on the smallest images.

A cost has many minima, and the one nearest to where the images happen to lie is rarely the right
one when they are turned by 60 degrees against each other. On the coarsest level a look costs so
little that all places can be looked at; the best ones that are clearly apart are worth refining.
"""

from __future__ import annotations

import itertools
from typing import NamedTuple

import numpy as np

from .cost import RegistrationCost
from .transforms import Floats, largest_displacement

DEGREES = 12.0
"""Step between the orientations that are looked at."""

STEP = 2.0
"""Smallest step between the shifts that are looked at, in pixels of the level."""

WORK = 3e7
"""At most about so many pixels are compared; larger images are looked at in larger steps."""

APART = 3.0
"""Two starts are apart if one moves a corner so many pixels of the level farther."""


class Look(NamedTuple):
    """What a look around has shown: the starts, best first, and all the costs that were seen."""

    starts: list[Floats]
    costs: Floats

    @property
    def spread(self) -> float:
        """How far the best cost is from the middle one."""
        return float(np.nanmedian(self.costs) - np.nanmin(self.costs))


def look_around(cost: RegistrationCost, n_starts: int) -> Look:
    """Look at all orientations and all shifts; return at most `n_starts` places that are apart.

    Raises
    ------
    ValueError
        If the images overlap too little wherever one looks.
    """
    orientations = cost.transform.orientations(DEGREES)
    shifts = shift_grid(cost, WORK / (len(orientations) * np.prod(cost.shape)))
    not_shifted = cost.n_params - cost.transform.ndim
    places = [
        orientation + np.pad(shift, (not_shifted, 0))
        for orientation, shift in itertools.product(orientations, shifts)
    ]
    costs = np.array([cost(place) for place in places])
    if np.isnan(costs).all():
        raise ValueError(
            f"no shift or rotation makes {cost.min_overlap:.0%} of fixed meet data of moving; "
            "lower min_overlap, or crop fixed to what both images show"
        )
    return Look(best_apart(cost, places, costs, n_starts), costs)


def best_apart(
    cost: RegistrationCost, places: list[Floats], costs: Floats, n_starts: int
) -> list[Floats]:
    """Return the best places of which each is apart from all better ones."""
    chosen: list[Floats] = []
    for i in np.argsort(costs):  # NaN comes last
        if len(chosen) == n_starts or np.isnan(costs[i]):
            break
        if all(are_apart(cost, places[i], better) for better in chosen):
            chosen.append(places[i])
    return chosen


def are_apart(cost: RegistrationCost, a: Floats, b: Floats) -> bool:
    """Tell whether two places are clearly different."""
    matrices = cost.transform.matrix(a), cost.transform.matrix(b)
    return largest_displacement(*matrices, cost.transform.shape) >= APART * 2.0**cost.level


def shift_grid(cost: RegistrationCost, n_shifts: float) -> list[Floats]:
    """Return about `n_shifts` shifts or fewer, each of shape (ndim,), in pixels.

    They are those that leave enough overlap when nothing is turned; no shift is among them.
    """
    shape = np.array(cost.transform.shape)
    reach = 1 - cost.min_overlap
    steps = np.maximum(STEP * 2**cost.level / shape, 2 * reach / n_shifts ** (1 / len(shape)))
    counts = (reach / steps).astype(int)
    axes = [step * np.arange(-n, n + 1) for step, n in zip(steps, counts, strict=True)]
    parts = np.array(list(itertools.product(*axes)))
    leaves_enough = np.prod(1 - abs(parts), axis=1) >= cost.min_overlap
    return list(parts[leaves_enough] * shape)
