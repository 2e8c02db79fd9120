"""Count and moments of the two images' values, from which SSD and NCC are computed."""

from __future__ import annotations

import numpy as np

from .walk import between_2, between_flat, compiled, hole_2, hole_3, walk


@compiled
def moments_2(fixed, start, length, first, moving, cells, missing, matrix, frame, out):  # type: ignore[no-untyped-def]
    """Set `out` (7,): count, and sums of f, m, ff, mm, fm and (f - m)²."""
    p, s = np.empty(2), np.empty(2)
    h, w, holes = moving.shape[0] - 2, moving.shape[1] - 2, cells.size > 0
    n, sf, sm, sff, smm, sfm, sdd = 0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0
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
            sfm += f * m
            sdd += (f - m) * (f - m)
    out[0], out[1], out[2], out[3], out[4], out[5], out[6] = n, sf, sm, sff, smm, sfm, sdd


@compiled
def moments_3(fixed, start, length, first, moving, cells, missing, matrix, frame, out):  # type: ignore[no-untyped-def]
    """Set `out` (7,): count, and sums of f, m, ff, mm, fm and (f - m)²."""
    p, s = np.empty(3), np.empty(3)
    d, h, w = moving.shape[0] - 2, moving.shape[1] - 2, moving.shape[2] - 2
    holes, flat = cells.size > 0, moving.ravel()
    per_plane, per_row = moving.shape[1] * moving.shape[2], moving.shape[2]
    plane, row = np.uint64(per_plane), np.uint64(per_row)
    n, sf, sm, sff, smm, sfm, sdd = 0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0
    for run in range(start.shape[0]):
        low, high = walk(matrix, start[run], length[run], frame, p, s)
        p0, p1, p2, s0, s1, s2, offset = p[0], p[1], p[2], s[0], s[1], s[2], first[run]
        for q in range(low, high):
            z, y, x = p0 + q * s0, p1 + q * s1, p2 + q * s2
            i, j, k = min(int(z), d), min(int(y), h), min(int(x), w)
            if holes and cells[i, j, k] and hole_3(missing, i, j, k, z - i, y - j, x - k):
                continue
            at = np.uint64(i * per_plane + j * per_row + k)
            f, m = fixed[offset + q], between_flat(flat, at, plane, row, z - i, y - j, x - k)
            n += 1
            sf += f
            sm += m
            sff += f * f
            smm += m * m
            sfm += f * m
            sdd += (f - m) * (f - m)
    out[0], out[1], out[2], out[3], out[4], out[5], out[6] = n, sf, sm, sff, smm, sfm, sdd
