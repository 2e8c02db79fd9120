"""Sums over the overlap of two small volumes for many poses of one of them; see `..pose_sums`."""

from __future__ import annotations

import numpy as np

from .walk import compiled


@compiled
def pose_sums(  # type: ignore[no-untyped-def]
    node,
    part,
    points,
    moving,
    cells,
    linear,
    offset,
    arm,
    overlap,
    gram,
    total,
    squares,
    slopes,
    curvature,
):
    """Do the same as `..pose_sums.pose_sums`."""
    d, h, w = moving.shape[0] - 1, moving.shape[1] - 1, moving.shape[2] - 1
    # Numba need not test whether an unsigned index is negative.
    flat, flat_cells, one = moving.ravel(), cells.ravel(), np.uint64(1)
    row, plane = np.uint64(w + 1), np.uint64((h + 1) * (w + 1))
    last, holes, with_slopes = total.shape[1], cells.size > 0, slopes.size > 0
    g = np.empty(7)
    for k in range(linear.shape[0]):
        a, b = linear[k], offset[k]
        n, mm = 0, 0.0
        for q in range(node.size):
            x, y, z = points[q, 0], points[q, 1], points[q, 2]
            u0 = a[0, 0] * x + a[0, 1] * y + a[0, 2] * z
            u1 = a[1, 0] * x + a[1, 1] * y + a[1, 2] * z
            u2 = a[2, 0] * x + a[2, 1] * y + a[2, 2] * z
            p0, p1, p2 = u0 + b[0], u1 + b[1], u2 + b[2]
            if p0 < 0 or p1 < 0 or p2 < 0 or p0 > d or p1 > h or p2 > w:
                continue
            i, j, l = min(int(p0), d - 1), min(int(p1), h - 1), min(int(p2), w - 1)  # noqa: E741
            near = np.uint64((i * (h + 1) + j) * (w + 1) + l)
            if holes and flat_cells[near]:
                continue
            far = near + plane
            r, s, t = p0 - i, p1 - j, p2 - l
            c00, c01, c10, c11 = flat[near], flat[near + row], flat[far], flat[far + row]
            near, far = near + one, far + one
            e00, e01, e10, e11 = flat[near], flat[near + row], flat[far], flat[far + row]
            e00, e01, e10, e11 = e00 - c00, e01 - c01, e10 - c10, e11 - c11
            c00, c01, c10, c11 = c00 + t * e00, c01 + t * e01, c10 + t * e10, c11 + t * e11
            f0, f1 = c00 + s * (c01 - c00), c10 + s * (c11 - c10)
            m = f0 + r * (f1 - f0)
            c, upper = np.uint64(node[q]), part[q]
            lower = 1.0 - upper
            n += 1
            mm += m * m
            gram[k, c, 0] += lower * lower
            gram[k, c, 1] += lower * upper
            gram[k, c + one, 0] += upper * upper
            total[k, c] += lower * m
            total[k, c + one] += upper * m
            if with_slopes:
                g0 = f1 - f0
                g1 = (1 - r) * (c01 - c00) + r * (c11 - c10)
                g2 = (1 - r) * (e00 + s * (e01 - e00)) + r * (e10 + s * (e11 - e10))
                g[0], g[1], g[2] = u1 * g2 - u2 * g1, u2 * g0 - u0 * g2, u0 * g1 - u1 * g0
                g[6] = u0 * g0 + u1 * g1 + u2 * g2
                g[0], g[1], g[2], g[6] = g[0] / arm, g[1] / arm, g[2] / arm, g[6] / arm
                g[3], g[4], g[5] = g0, g1, g2
                for v in range(7):
                    slopes[k, c, v] += lower * g[v]
                    slopes[k, c + one, v] += upper * g[v]
                    slopes[k, last, v] += m * g[v]
                    for o in range(v + 1):
                        curvature[k, v, o] += g[v] * g[o]
        overlap[k], squares[k] = n, mm
        if with_slopes:
            for v in range(7):
                for o in range(v):
                    curvature[k, o, v] = curvature[k, v, o]
