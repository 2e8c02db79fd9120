"""The kernels in SciPy: for other dimensions, without numba, and to test those of numba.

The functions take the same arguments as the kernels and set the same outputs.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from scipy import ndimage

from ...common.arrays import Array
from ..images.pixels import EDGE, TOUCHED, Bools, Ints, Pair, Runs


def moments(
    fixed: Array,
    start: Ints,
    length: Ints,
    first: Ints,
    moving: Array,
    cells: Bools,
    missing: Bools,
    matrix: Array,
    frame: Array,
    out: Array,
) -> None:
    """Set `out` (7,): count, and sums of f, m, ff, mm, fm and (f - m)²."""
    inside, positions = _inside(Runs(start, length, first), missing, matrix, frame)
    f, m = fixed[inside], between(moving, positions)
    d = f - m
    out[:7] = len(f), f.sum(), m.sum(), f @ f, m @ m, f @ m, d @ d


def robust(
    fixed: Array,
    start: Ints,
    length: Ints,
    first: Ints,
    moving: Array,
    cells: Bools,
    missing: Bools,
    matrix: Array,
    frame: Array,
    scale: float,
    out: Array,
) -> None:
    """Set `out` (6,): count, sums of f, m, ff, mm, and of d² / (d² + scale²) for d = f - m."""
    inside, positions = _inside(Runs(start, length, first), missing, matrix, frame)
    f, m = fixed[inside], between(moving, positions)
    squared = (f - m) ** 2
    total = (squared / (squared + scale**2)).sum()
    out[:6] = len(f), f.sum(), m.sum(), f @ f, m @ m, total


def joint(
    fixed: Ints,
    start: Ints,
    length: Ints,
    first: Ints,
    moving: Array,
    cells: Bools,
    missing: Bools,
    matrix: Array,
    frame: Array,
    lanes: Array,
    out: Array,
) -> None:
    """Add to `lanes` (4, bins, bins + 1); set `out` (3,): count, smallest and largest value."""
    inside, positions = _inside(Runs(start, length, first), missing, matrix, frame)
    _count(fixed[inside], between(moving, positions), lanes, out)


def gradient(
    fixed: Ints,
    slope: Array,
    start: Ints,
    length: Ints,
    first: Ints,
    moving: Array,
    cells: Bools,
    missing: Bools,
    matrix: Array,
    frame: Array,
    chain: Array,
    lanes: Array,
    out: Array,
) -> None:
    """Do the same as `joint`, and set `out[3]` to the sum of the gradient similarities."""
    inside, positions = _inside(Runs(start, length, first), missing, matrix, frame)
    parts = [between(moving[..., c], positions) for c in range(moving.shape[-1])]
    _count(fixed[inside], parts[0], lanes, out)
    g, f = chain @ np.stack(parts[1:]), slope[inside].T
    dot, ff, mm = (f * g).sum(axis=0), (f * f).sum(axis=0), (g * g).sum(axis=0)
    both = ff * mm > 0
    dot, ff, mm = dot[both], ff[both], mm[both]
    cosine = np.minimum(1.0, dot / ff * (dot / mm))  # squared
    out[3] = cosine @ np.sqrt(np.minimum(ff, mm))


def gram(
    fixed: Array,
    start: Ints,
    length: Ints,
    first: Ints,
    moving: Array,
    cells: Bools,
    missing: Bools,
    matrix: Array,
    frame: Array,
    slopes: Array,
    out: Array,
) -> None:
    """Set `out` (4 + n, 4 + n): products of 1, f, m, f - m and the slopes of m."""
    runs = Runs(start, length, first)
    inside, positions = _inside(runs, missing, matrix, frame)
    f, (m, rise) = fixed[inside], with_slopes(moving, positions)
    index = np.vstack([runs.index()[:, inside], np.ones(len(f))])
    table = [np.ones(len(f)), f, m, f - m]
    table += [((slope @ index) * rise).sum(axis=0) for slope in slopes]
    rows = np.stack(table)
    out[:] = rows @ rows.T


def with_slopes(image: Array, positions: Array) -> tuple[Array, Array]:
    """Return linearly interpolated values (n,) at positions (ndim, n), and their slopes."""
    last = np.array(image.shape)[:, None] - 2
    corner = np.minimum(positions.astype(np.intp), last)
    part = positions - corner
    value, rise = np.zeros(positions.shape[1]), np.zeros(positions.shape)
    for ends in np.ndindex((2,) * len(positions)):
        side = np.array(ends)[:, None]
        at = image[tuple(corner + side)].astype(np.float64)
        weights = np.where(side == 1, part, 1 - part)
        value += at * weights.prod(axis=0)
        for axis, end in enumerate(ends):
            rise[axis] += (2 * end - 1) * at * np.delete(weights, axis, axis=0).prod(axis=0)
    return value, rise


def values(pair: Pair, matrix: Array) -> tuple[Array, Array]:
    """Return the fixed and the warped values where both images have data, shape (n,) each."""
    inside, positions = _inside(pair.runs, pair.missing, matrix, pair.frame)
    fixed = pair.values_of(pair.fixed).astype(np.float64)
    return fixed[inside], between(pair.moving, positions)


def between(image: Any, positions: Array) -> Array:
    """Return linearly interpolated values at positions (ndim, n)."""
    found: Array = ndimage.map_coordinates(
        image, positions, output=np.float64, order=1, mode="nearest"
    )
    return found


def _inside(runs: Runs, missing: Bools, matrix: Array, frame: Array) -> tuple[Ints, Array]:
    """Return the pixels whose position in the moving image has data, and these positions."""
    positions = matrix[:-1, :-1] @ runs.index() + matrix[:-1, -1:]
    edge = frame[:, None]
    inside = np.flatnonzero(((positions >= -EDGE) & (positions <= edge + EDGE)).all(axis=0))
    positions = np.clip(positions[:, inside], 0.0, edge)
    if missing.size:
        whole = between(missing.astype(np.float64), positions) <= TOUCHED
        inside, positions = inside[whole], positions[:, whole]
    return inside, positions


def _count(f: Ints, m: Array, lanes: Array, out: Array) -> None:
    """Add values to the first lane, and set count, smallest and largest value."""
    bins = lanes.shape[1]
    b = m.astype(np.intp)
    t = m - b
    cell = f * (bins + 1) + b
    size = bins * (bins + 1)
    total = np.bincount(cell, 1 - t, size) + np.bincount(cell + 1, t, size + 1)[:size]
    lanes[0] += total.reshape(bins, bins + 1)
    out[:3] = len(m), m.min(initial=np.inf), m.max(initial=-np.inf)
