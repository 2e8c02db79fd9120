"""The outcome of a descent without a simplex."""

from __future__ import annotations

from typing import NamedTuple

from ...common.arrays import Array


class Descent(NamedTuple):
    """The end of a descent.

    Attributes
    ----------
    params : ndarray (n,)
    value : float
        The cost there, NaN if it is not defined at the start.
    values : ndarray (k,)
        The cost of each evaluation.
    converged : bool
        Whether there is evidence of a minimum.
    """

    params: Array
    value: float
    values: Array
    converged: bool
