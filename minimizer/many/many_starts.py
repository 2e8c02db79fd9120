"""`minimize_from_many_starts`: the distinct minima in a box, with how often each was found."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

import joblib
import numpy as np

from ..common import checks
from ..common.arrays import Array
from ..common.bounds import Box
from ..common.status import Status
from ..minimizer import Minimizer
from ..residuals.engine import LevenbergMarquardt

SAME = 1e-4  # of the box: points of one minimum


@dataclass(frozen=True)
class Minimum:
    """A minimum.

    Attributes
    ----------
    params : ndarray (n,)
    function_value : float
    count : int
        How many starts led to it.
    success : bool
        Whether a run converged there.
    """

    params: Array
    function_value: float
    count: int
    success: bool


def minimize_from_many_starts(
    fun: Callable[..., Any],
    bounds: Any,
    *,
    n_starts: int = 20,
    args: Any = (),
    residuals: bool = False,
    random_seed: int = 0,
    n_jobs: int | None = None,
    **settings: Any,
) -> list[Minimum]:
    """Minimize a function from many starts in a box, and list the distinct minima.

    Parameters
    ----------
    fun : callable
        ``fun(params, *args) -> float``, or residuals (m,).
    bounds : sequence of (lower, upper) or scipy.optimize.Bounds
        Finite. The minima may lie on them.
    n_starts : int
        Number of starts: one in each of as many slices of every parameter.
    args : tuple
        Further arguments for `fun`.
    residuals : bool
        Whether `fun` returns residuals; then half the sum of their squares is minimized, by
        Levenberg-Marquardt. Otherwise single runs of the simplex are made.
    random_seed : int
        Seed of the starts.
    n_jobs : int, optional
        Number of workers (joblib's convention); the result does not depend on it.
    **settings
        Further settings of `Minimizer`, or of `LevenbergMarquardt`.

    Returns
    -------
    list of Minimum
        The lowest first. The counts show how large the funnel of each is, and whether more starts
        are likely to find others.

    Raises
    ------
    ValueError, TypeError
        If an argument is wrong.
    Exception
        Any exception of `fun`.

    Examples
    --------
    >>> from minimizer import minimize_from_many_starts
    >>> def two_wells(x):
    ...     return x[0] ** 4 - 8 * x[0] ** 2 + x[0]
    >>> for minimum in minimize_from_many_starts(two_wells, [(-4, 4)]):
    ...     print(minimum.params.round(3), round(minimum.function_value, 3), minimum.count)
    [-2.031] -18.015 10
    [1.968] -14.016 10
    """
    box = checks.bounds("bounds", bounds)
    if box is None or not np.isfinite([box.lower, box.upper]).all():
        raise ValueError("bounds must be finite: the starts are drawn within them")
    checks.function("fun", fun)
    number = checks.size("n_starts", n_starts)
    seed = checks.seed("random_seed", random_seed)
    further = checks.args("args", args)
    starts = starts_in(box, number, seed)
    one = _by_residuals if residuals else _by_simplex
    found = joblib.Parallel(n_jobs=n_jobs)(
        joblib.delayed(one)(fun, start, box, further, settings) for start in starts
    )
    return distinct([each for each in found if each.function_value == each.function_value], box)


def starts_in(box: Box, number: int, seed: int) -> Array:
    """Return starts (number, n), one in each slice of every parameter (a Latin hypercube)."""
    random = np.random.default_rng([seed + 2**31, number])
    n = box.lower.size
    slices = np.column_stack([random.permutation(number) for _ in range(n)])
    share = (slices + random.uniform(0.0, 1.0, (number, n))) / number
    points: Array = box.lower + share * (box.upper - box.lower)
    return points


def _by_simplex(
    fun: Any, start: Array, box: Box, args: tuple[Any, ...], settings: dict[str, Any]
) -> Minimum:
    m = Minimizer(fun, start.size, args=args, bounds=box, **settings)
    status = m.minimize_once(start, 0.05 * np.maximum(box.upper - box.lower, 1e-12))
    return Minimum(m.params, m.function_value, 1, status is Status.SUCCESS)


def _by_residuals(
    fun: Any, start: Array, box: Box, args: tuple[Any, ...], settings: dict[str, Any]
) -> Minimum:
    lm = LevenbergMarquardt(fun, args=args, bounds=box, **settings)
    status = lm.minimize(start)
    return Minimum(lm.params, lm.cost, 1, status is Status.SUCCESS)


def distinct(found: list[Minimum], box: Box) -> list[Minimum]:
    """Return the minima without repetitions, the lowest first, each with its count."""
    minima: list[Minimum] = []
    width = np.where(box.upper > box.lower, box.upper - box.lower, 1.0)
    for one in sorted(found, key=lambda each: (not each.success, each.function_value)):
        for i, known in enumerate(minima):
            if (abs(one.params - known.params) <= SAME * width).all():
                minima[i] = replace(known, count=known.count + 1)
                break
        else:
            minima.append(one)
    return sorted(minima, key=lambda each: each.function_value)
