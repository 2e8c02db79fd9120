"""The joint histogram, from which NMI and MI are computed.

The fixed image comes as bin numbers, the moving image in units of bins: each value is shared
between its two neighbouring bins. Four histograms take turns, because adding twice in a row at the
same memory address stalls.
"""

from __future__ import annotations

import numpy as np

from .walk import between_2, between_3, compiled, hole_2, hole_3, walk


@compiled
def joint_2(fixed, start, length, first, moving, cells, missing, matrix, frame, lanes, out):  # type: ignore[no-untyped-def]
    """Add to `lanes` (4, bins, bins + 1); set `out` (3,): count, smallest and largest value."""
    p, s = np.empty(2), np.empty(2)
    h, w, holes = moving.shape[0] - 2, moving.shape[1] - 2, cells.size > 0
    n, least, largest = 0, np.inf, -np.inf
    for run in range(start.shape[0]):
        low, high = walk(matrix, start[run], length[run], frame, p, s)
        p0, p1, s0, s1, offset = p[0], p[1], s[0], s[1], first[run]
        for q in range(low, high):
            y, x = p0 + q * s0, p1 + q * s1
            i, j = min(int(y), h), min(int(x), w)
            if holes and cells[i, j] and hole_2(missing, i, j, y - i, x - j):
                continue
            m = between_2(moving, i, j, y - i, x - j)
            n += 1
            least, largest = min(least, m), max(largest, m)
            f, b = fixed[offset + q], int(m)
            lanes[q & 3, f, b] += 1.0 - (m - b)
            lanes[q & 3, f, b + 1] += m - b
    out[0], out[1], out[2] = n, least, largest


@compiled
def joint_3(fixed, start, length, first, moving, cells, missing, matrix, frame, lanes, out):  # type: ignore[no-untyped-def]
    """Add to `lanes` (4, bins, bins + 1); set `out` (3,): count, smallest and largest value."""
    p, s = np.empty(3), np.empty(3)
    d, h, w = moving.shape[0] - 2, moving.shape[1] - 2, moving.shape[2] - 2
    holes = cells.size > 0
    n, least, largest = 0, np.inf, -np.inf
    for run in range(start.shape[0]):
        low, high = walk(matrix, start[run], length[run], frame, p, s)
        p0, p1, p2, s0, s1, s2, offset = p[0], p[1], p[2], s[0], s[1], s[2], first[run]
        for q in range(low, high):
            z, y, x = p0 + q * s0, p1 + q * s1, p2 + q * s2
            i, j, k = min(int(z), d), min(int(y), h), min(int(x), w)
            if holes and cells[i, j, k] and hole_3(missing, i, j, k, z - i, y - j, x - k):
                continue
            m = between_3(moving, i, j, k, z - i, y - j, x - k)
            n += 1
            least, largest = min(least, m), max(largest, m)
            f, b = fixed[offset + q], int(m)
            lanes[q & 3, f, b] += 1.0 - (m - b)
            lanes[q & 3, f, b + 1] += m - b
    out[0], out[1], out[2] = n, least, largest
