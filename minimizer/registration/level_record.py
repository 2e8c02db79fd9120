"""The record of one pyramid level of a registration."""

from __future__ import annotations

from dataclasses import dataclass

from ..common.arrays import Array
from ..common.status import Status


@dataclass(frozen=True, eq=False)
class LevelRecord:
    """Record of one pyramid level; `level` 0 is full resolution.

    Attributes
    ----------
    level : int
        The images were shrunk by 2**level.
    shape : tuple of int
        Shape of the fixed image at this level.
    params : ndarray, shape (n_params,)
        The parameters found; they mean the same at every level.
    metric : str
        Name of the metric minimized: between two modalities, it is the requested one only at full
        resolution.
    cost : float
        Value of the metric at `params`, for the images as compared at this level.
    status : Status
        How the minimization at this level ended.
    evaluations : int
        Evaluations of the cost.
    seconds : float
        Time for this level, including the global search and shrinking the images.
    trace : ndarray, shape (evaluations,)
        The lowest cost so far after each evaluation; NaN until there is a number.
    """

    level: int
    shape: tuple[int, ...]
    params: Array
    metric: str
    cost: float
    status: Status
    evaluations: int
    seconds: float
    trace: Array
