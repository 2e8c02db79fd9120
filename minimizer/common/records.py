"""Records of runs and evaluations."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import Enum
from typing import Any, NamedTuple

import numpy as np

from .arrays import Array
from .status import Status

BESIDE = 1e-8  # of a run's descent: two points that differ by less are one


class Evaluation(NamedTuple):
    """One evaluation in a trace: number of the run, reason for the point, point (n,), value.

    The value is a float; for a function of residuals it is their array (m,).
    """

    run: int
    move: Enum
    point: Array
    value: Any


@dataclass(frozen=True)
class RunRecord:
    """Record of one run; `status` is None while it is under way.

    Attributes
    ----------
    seed : int
        Seed of its random numbers.
    status : Status or None
    params : ndarray (n,)
        Best point; NaN if there is none.
    function_value : float
    extra : ndarray (extra,)
        The extra array elements of the best point.
    iterations, evaluations, nan_evaluations, completed : int
        Counts; `completed` is 1 if the run converged.
    has_result : bool
        Whether there is a best point (whose value ImageJ's rules allow to be NaN).
    descent : float
        How far the best value is below that of the run's first valid point, or below the highest
        of its first simplex (R18).
    at_edge : bool
        Whether the last search met NaN.
    confirms : bool
        Whether the run was stopped because it had reached the result of an earlier one.
    simplex : tuple of ndarray (n + 1, n) and ndarray (n + 1,), or None
        The last simplex, best vertex first, and its values; None while the run is under way.
    hessian : ndarray (n, n) or None
        Approximate second derivatives at the minimum, from the surface that ended the run; None if
        no surface did. NaN for a parameter on a bound.
    """

    seed: int
    status: Status | None
    params: Array
    function_value: float
    extra: Array
    iterations: int
    evaluations: int
    nan_evaluations: int
    completed: int
    has_result: bool = field(repr=False)
    descent: float = field(default=0.0, repr=False)
    at_edge: bool = field(default=False, repr=False)
    confirms: bool = field(default=False, repr=False)
    simplex: tuple[Array, Array] | None = field(default=None, repr=False)
    hessian: Array | None = field(default=None, repr=False)


def hessian_at(best: RunRecord | None, runs: Sequence[RunRecord]) -> Array | None:
    """Return the curvature at the best point, by the run that reached it or one beside it."""
    near = [run for run in runs if best is not None and _ends_beside(run, best)]
    return min(near, key=lambda run: run.function_value).hessian if near else None


def _ends_beside(run: RunRecord, best: RunRecord) -> bool:
    """Return whether a run's own curvature gives its distance from the best point no weight."""
    if run.hessian is None:
        return False
    way = run.params - best.params
    with np.errstate(all="ignore"):
        rise = 0.5 * way @ np.nan_to_num(run.hessian) @ way
    return run is best or bool(rise <= BESIDE * run.descent)


def inverse_of(hessian: Array | None) -> Array | None:
    """Return the inverse, with zeros for a parameter on a bound; None if it is not invertible."""
    if hessian is None:
        return None
    free = ~np.isnan(np.diag(hessian))
    inverse = np.zeros_like(hessian)
    try:
        inverse[np.ix_(free, free)] = np.linalg.inv(hessian[np.ix_(free, free)])
    except np.linalg.LinAlgError:
        return None
    return inverse
