"""Starts for parameters of unknown meaning: values of every kind, combined evenly."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from ...common.arrays import Array
from ..functions import trial_values as trial
from ..functions.data_range import DataRange
from .separable import Separable
from .starts import Start

SWEPT = 3  # times as many points are improved as are returned
SWEEPS = 4
PRIMES = (2, 3, 5, 7, 11, 13, 17, 19, 23, 29, 31, 37)


def values_of_any_kind(data: DataRange) -> Array:
    """Return values that may be a rate, a position, a width, an exponent, or a plain number."""
    plain = trial.both_signs(np.geomspace(1e-3, 1e3, 13))
    rates = trial.rates(data)[::3]
    positions = np.linspace(data.x_min, data.x_max, 61)
    widths = trial.widths(data)[::2]
    return np.unique(np.concatenate([plain, rates, positions, widths]))


def scattered_starts(
    model: Separable,
    data: DataRange,
    known: Mapping[int, Array],
    n_points: int,
    count: int,
    limits: Sequence[tuple[float, float]],
) -> list[Start]:
    """Return the lowest of many points: `count` improved along the axes, half as many unchanged.

    Parameters
    ----------
    model : Separable
    data : DataRange
    known : mapping
        Values to try for parameters about which more is known, by index.
    n_points : int
        How many points are evaluated.
    limits : sequence of (low, high)
        Bounds of the parameters that are searched, infinite if there are none.

    References
    ----------
    J. H. Halton, On the efficiency of certain quasi-random sequences of points in evaluating
    multi-dimensional integrals, Numer. Math. 2 (1960) 84-90.
    """
    anything = values_of_any_kind(data)
    axes = [
        np.unique(np.clip(known.get(i, anything), low, high))
        for i, (low, high) in zip(model.nonlinear, limits, strict=True)
    ]
    if len(axes) == 1:
        points = axes[0][:, None]
    else:
        shares = halton(n_points, len(axes))
        points = np.column_stack(
            [
                axis[(share * axis.size).astype(int)]
                for axis, share in zip(axes, shares.T, strict=True)
            ]
        )
    sums = model.sums_of_squares(points)
    order = np.argsort(np.where(np.isfinite(sums), sums, np.inf), kind="stable")
    lowest = [points[i] for i in order[: SWEPT * count] if np.isfinite(sums[i])]
    chosen = lowest[:count]
    if len(axes) > 1 and model.at_once:
        improved = _distinct([swept(model, point, axes) for point in lowest])
        chosen = improved[:count] + lowest[: count // 2]
    return [Start(point, np.zeros(0)) for point in chosen]


def swept(model: Separable, point: Array, axes: Sequence[Array]) -> tuple[float, Array]:
    """Return the lowest value, and where, of a search along one parameter after another."""
    point, least = point.copy(), np.inf
    for _ in range(SWEEPS):
        before = least
        for k, axis in enumerate(axes):
            values = np.append(axis, point[k])
            many = np.repeat(point[None, :], values.size, axis=0)
            many[:, k] = values
            sums = model.sums_of_squares(many)
            best = int(np.argmin(np.where(np.isfinite(sums), sums, np.inf)))
            point[k], least = values[best], float(sums[best])
        if not least < before:
            break
    return least, point


def _distinct(found: list[tuple[float, Array]]) -> list[Array]:
    """Return the points of different values, lowest first."""
    by_value = dict(reversed(found))
    return [by_value[value] for value in sorted(by_value)]


def halton(count: int, n: int) -> Array:
    """Return `count` points of Halton's sequence in the unit cube of n dimensions, (count, n)."""
    columns = []
    for prime in (PRIMES[k % len(PRIMES)] for k in range(n)):
        k, share, weight = np.arange(1, count + 1), np.zeros(count), 1.0
        while k.any():
            weight /= prime
            share += weight * (k % prime)
            k //= prime
        columns.append(share)
    return np.column_stack(columns)
