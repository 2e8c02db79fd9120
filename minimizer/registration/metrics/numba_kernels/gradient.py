"""The joint histogram and the gradient similarity of Pluim et al. in one pass.

The moving image comes as a stack (…, 1 + ndim): its values in units of bins, then its gradient.
`chain` (ndim, ndim) is the chain rule: it maps the moving image's gradient to the fixed grid.
"""

from __future__ import annotations

import numpy as np

from .walk import compiled, component_2, component_3, hole_2, hole_3, walk


@compiled
def similarity(dot, ff, mm):  # type: ignore[no-untyped-def]
    """Return cos² of the angle between two gradients, times the smaller norm."""
    both = ff * mm
    if both <= 0.0:
        return 0.0
    return min(1.0, dot * dot / both) * np.sqrt(min(ff, mm))


@compiled
def gradient_2(  # type: ignore[no-untyped-def]
    fixed, slope, start, length, first, moving, cells, missing, matrix, frame, chain, lanes, out
):
    """Do the same as `joint_2`, and set `out[3]` to the sum of the gradient similarities."""
    p, s = np.empty(2), np.empty(2)
    h, w, holes = moving.shape[0] - 2, moving.shape[1] - 2, cells.size > 0
    t00, t01, t10, t11 = chain[0, 0], chain[0, 1], chain[1, 0], chain[1, 1]
    n, least, largest, total = 0, np.inf, -np.inf, 0.0
    for run in range(start.shape[0]):
        low, high = walk(matrix, start[run], length[run], frame, p, s)
        p0, p1, s0, s1, offset = p[0], p[1], s[0], s[1], first[run]
        for q in range(low, high):
            y, x = p0 + q * s0, p1 + q * s1
            i, j = min(int(y), h), min(int(x), w)
            t, u = y - i, x - j
            if holes and cells[i, j] and hole_2(missing, i, j, t, u):
                continue
            m = component_2(moving, i, j, t, u, 0)
            n += 1
            least, largest = min(least, m), max(largest, m)
            f, b = fixed[offset + q], int(m)
            lanes[q & 3, f, b] += 1.0 - (m - b)
            lanes[q & 3, f, b + 1] += m - b
            a0, a1 = component_2(moving, i, j, t, u, 1), component_2(moving, i, j, t, u, 2)
            g0, g1 = t00 * a0 + t01 * a1, t10 * a0 + t11 * a1
            f0, f1 = slope[offset + q, 0], slope[offset + q, 1]
            total += similarity(f0 * g0 + f1 * g1, f0 * f0 + f1 * f1, g0 * g0 + g1 * g1)
    out[0], out[1], out[2], out[3] = n, least, largest, total


@compiled
def gradient_3(  # type: ignore[no-untyped-def]
    fixed, slope, start, length, first, moving, cells, missing, matrix, frame, chain, lanes, out
):
    """Do the same as `joint_3`, and set `out[3]` to the sum of the gradient similarities."""
    p, s = np.empty(3), np.empty(3)
    d, h, w = moving.shape[0] - 2, moving.shape[1] - 2, moving.shape[2] - 2
    holes = cells.size > 0
    t00, t01, t02 = chain[0, 0], chain[0, 1], chain[0, 2]
    t10, t11, t12 = chain[1, 0], chain[1, 1], chain[1, 2]
    t20, t21, t22 = chain[2, 0], chain[2, 1], chain[2, 2]
    n, least, largest, total = 0, np.inf, -np.inf, 0.0
    for run in range(start.shape[0]):
        low, high = walk(matrix, start[run], length[run], frame, p, s)
        p0, p1, p2, s0, s1, s2, offset = p[0], p[1], p[2], s[0], s[1], s[2], first[run]
        for q in range(low, high):
            z, y, x = p0 + q * s0, p1 + q * s1, p2 + q * s2
            i, j, k = min(int(z), d), min(int(y), h), min(int(x), w)
            t, u, v = z - i, y - j, x - k
            if holes and cells[i, j, k] and hole_3(missing, i, j, k, t, u, v):
                continue
            m = component_3(moving, i, j, k, t, u, v, 0)
            n += 1
            least, largest = min(least, m), max(largest, m)
            f, b = fixed[offset + q], int(m)
            lanes[q & 3, f, b] += 1.0 - (m - b)
            lanes[q & 3, f, b + 1] += m - b
            a0 = component_3(moving, i, j, k, t, u, v, 1)
            a1 = component_3(moving, i, j, k, t, u, v, 2)
            a2 = component_3(moving, i, j, k, t, u, v, 3)
            g0 = t00 * a0 + t01 * a1 + t02 * a2
            g1 = t10 * a0 + t11 * a1 + t12 * a2
            g2 = t20 * a0 + t21 * a1 + t22 * a2
            f0, f1, f2 = slope[offset + q, 0], slope[offset + q, 1], slope[offset + q, 2]
            total += similarity(
                f0 * g0 + f1 * g1 + f2 * g2,
                f0 * f0 + f1 * f1 + f2 * f2,
                g0 * g0 + g1 * g1 + g2 * g2,
            )
    out[0], out[1], out[2], out[3] = n, least, largest, total
