"""Count, moments, and the bounded sum of residuals, from which the robust metric is computed."""

from __future__ import annotations

import numpy as np

from .walk import between_2, between_3, compiled, hole_2, hole_3, walk


@compiled
def robust_2(  # type: ignore[no-untyped-def]
    fixed, start, length, first, moving, cells, missing, matrix, frame, scale, out
):
    """Set `out` (6,): count, sums of f, m, ff, mm, and of d² / (d² + scale²) for d = f - m."""
    p, s = np.empty(2), np.empty(2)
    h, w, holes = moving.shape[0] - 2, moving.shape[1] - 2, cells.size > 0
    n, sf, sm, sff, smm, total, squared = 0, 0.0, 0.0, 0.0, 0.0, 0.0, scale * scale
    for run in range(start.shape[0]):
        low, high = walk(matrix, start[run], length[run], frame, p, s)
        p0, p1, s0, s1, offset = p[0], p[1], s[0], s[1], first[run]
        for q in range(low, high):
            y, x = p0 + q * s0, p1 + q * s1
            i, j = min(int(y), h), min(int(x), w)
            if holes and cells[i, j] and hole_2(missing, i, j, y - i, x - j):
                continue
            f, m = fixed[offset + q], between_2(moving, i, j, y - i, x - j)
            n += 1
            sf += f
            sm += m
            sff += f * f
            smm += m * m
            dd = (f - m) * (f - m)
            total += dd / (dd + squared)
    out[0], out[1], out[2], out[3], out[4], out[5] = n, sf, sm, sff, smm, total


@compiled
def robust_3(  # type: ignore[no-untyped-def]
    fixed, start, length, first, moving, cells, missing, matrix, frame, scale, out
):
    """Set `out` (6,): count, sums of f, m, ff, mm, and of d² / (d² + scale²) for d = f - m."""
    p, s = np.empty(3), np.empty(3)
    d, h, w = moving.shape[0] - 2, moving.shape[1] - 2, moving.shape[2] - 2
    holes = cells.size > 0
    n, sf, sm, sff, smm, total, squared = 0, 0.0, 0.0, 0.0, 0.0, 0.0, scale * scale
    for run in range(start.shape[0]):
        low, high = walk(matrix, start[run], length[run], frame, p, s)
        p0, p1, p2, s0, s1, s2, offset = p[0], p[1], p[2], s[0], s[1], s[2], first[run]
        for q in range(low, high):
            z, y, x = p0 + q * s0, p1 + q * s1, p2 + q * s2
            i, j, k = min(int(z), d), min(int(y), h), min(int(x), w)
            if holes and cells[i, j, k] and hole_3(missing, i, j, k, z - i, y - j, x - k):
                continue
            f, m = fixed[offset + q], between_3(moving, i, j, k, z - i, y - j, x - k)
            n += 1
            sf += f
            sm += m
            sff += f * f
            smm += m * m
            dd = (f - m) * (f - m)
            total += dd / (dd + squared)
    out[0], out[1], out[2], out[3], out[4], out[5] = n, sf, sm, sff, smm, total
